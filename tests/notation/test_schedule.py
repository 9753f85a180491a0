from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.schedule import Schedule, parse_schedule
from kustz_tpl.notation.time_zones import TIME_ZONES

ZONE = "expected an IANA time zone such as Europe/Berlin, got "


@pytest.mark.parametrize(
    ("text", "when", "zone"),
    [
        ("30 2 * * *", "30 2 * * *", None),
        ("30 2 * * 1-5 Europe/Berlin", "30 2 * * 1-5", "Europe/Berlin"),
        ("*/15 8-18 * JAN-dec MON-FRI UTC", "*/15 8-18 * JAN-dec MON-FRI", "UTC"),
        ("0,30 ? 31 2 sun", "0,30 ? 31 2 sun", None),
        ("5/15 1-5/2 01 1 0", "5/15 1-5/2 01 1 0", None),
        ("  30  2 *\t* * ", "30 2 * * *", None),
        ("* * * * mon-5", "* * * * mon-5", None),
        ("@daily", "@daily", None),
        ("@daily Asia/Kolkata", "@daily", "Asia/Kolkata"),
        ("@every 90m", "@every 90m", None),
        ("@every  1.5h Etc/GMT+3", "@every 1.5h", "Etc/GMT+3"),
    ],
)
def test_parse_schedule(text: str, when: str, zone: str | None) -> None:
    assert parse_schedule(text) == Schedule(when, zone, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a schedule such as 30 2 * * *, got ''"),
        (
            "30 2 * *",
            "expected five fields, minute, hour, day of month, month, day of week, got '30 2 * *'",
        ),
        (
            "0 30 2 * * *",
            (
                "expected five fields and then a time zone, got '0 30 2 * * *'"
                "; Kubernetes has no seconds and no years"
            ),
        ),
        ("30 2 * * 7", "expected 0 to 6 (Sunday is 0), got '7' in '30 2 * * 7'; write 0"),
        ("0 0 * * 1-7", "expected 0 to 6 (Sunday is 0), got '7' in '0 0 * * 1-7'; write 0"),
        ("61 * * * *", "expected 0 to 59, got '61' in '61 * * * *'"),
        ("0 24 * * *", "expected 0 to 23, got '24' in '0 24 * * *'"),
        ("0 0 0 * *", "expected 1 to 31, got '0' in '0 0 0 * *'"),
        ("0 0 * january *", "expected 1 to 12, got 'january' in '0 0 * january *'"),
        ("mon * * * *", "expected 0 to 59, got 'mon' in 'mon * * * *'"),
        ("0 0 L * *", "expected 1 to 31, got 'L' in '0 0 L * *'"),
        ("99999 * * * *", "expected 0 to 59, got '99999' in '99999 * * * *'"),
        ("5-1 * * * *", "expected an ascending range, got '5-1' in '5-1 * * * *'"),
        ("*/0 * * * *", "expected a step above 0, got '*/0' in '*/0 * * * *'"),
        ("1,,2 * * * *", "expected a minute such as *, 59, 1-5 or */2, got '' in '1,,2 * * * *'"),
        ("*-5 * * * *", "expected a minute such as *, 59, 1-5 or */2, got '*-5' in '*-5 * * * *'"),
        ("+1 * * * *", "expected a minute such as *, 59, 1-5 or */2, got '+1' in '+1 * * * *'"),
        (
            "0 0 * * mon#1",
            "expected a day of week such as *, 6, 1-5 or */2, got 'mon#1' in '0 0 * * mon#1'",
        ),
        (
            "@reboot",
            (
                "expected @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly or"
                " @every DURATION, got '@reboot'"
            ),
        ),
        (
            "@Daily",
            (
                "expected @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly or"
                " @every DURATION, got '@Daily'; did you mean @daily?"
            ),
        ),
        ("@every", "expected a duration such as 1h or 1h30m, got '' in '@every'"),
        ("@every 1d", "expected a duration such as 1h or 1h30m, got '1d' in '@every 1d'"),
        (
            "@every 0.0000000001s",
            "expected a duration above 0, got '0.0000000001s' in '@every 0.0000000001s'",
        ),
        (
            f"*/{2**63} * * * *",
            f"expected a step up to {2**63 - 1}, got '*/{2**63}' in '*/{2**63} * * * *'",
        ),
        ("@every 0s", "expected a duration above 0, got '0s' in '@every 0s'"),
        ("@every -1h", "expected a duration such as 1h or 1h30m, got '-1h' in '@every -1h'"),
        (
            "TZ=Europe/Berlin 30 2 * * *",
            (
                "expected five fields and then the time zone, got 'TZ=Europe/Berlin 30 2 * * *'"
                "; write 30 2 * * * Europe/Berlin"
            ),
        ),
        ("30 2 * * * +01:00", ZONE + "'+01:00' in '30 2 * * * +01:00'"),
        (
            "30 2 * * * Europe/Berln",
            ZONE + "'Europe/Berln' in '30 2 * * * Europe/Berln'; did you mean Europe/Berlin?",
        ),
        ("@daily utc", ZONE + "'utc' in '@daily utc'; did you mean UTC?"),
        ("@daily Local", ZONE + "'Local' in '@daily Local'"),
        (
            "@daily UTC UTC",
            "expected at most a time zone after the schedule, got '@daily UTC UTC'",
        ),
    ],
)
def test_parse_schedule_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_schedule(text)
    assert str(caught.value) == message


BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


@st.composite
def fields(draw: st.DrawFn, first: int, last: int) -> str:
    def part() -> str:
        ends = sorted(draw(st.lists(st.integers(first, last), min_size=2, max_size=2)))
        form = draw(st.sampled_from(["*", "?", f"{ends[0]}", f"{ends[0]}-{ends[1]}"]))
        return form + draw(st.sampled_from(["", "", "/1", "/7", "/100"]))

    return ",".join(part() for _ in range(draw(st.integers(1, 3))))


SCHEDULES = st.tuples(*(fields(*bounds) for bounds in BOUNDS)).map(" ".join)


@given(SCHEDULES, st.sampled_from(sorted(TIME_ZONES)) | st.none())
def test_a_written_schedule_reads_back(when: str, zone: str | None) -> None:
    text = f"{when} {zone}" if zone else when
    assert parse_schedule(text) == Schedule(when, zone, text)


@given(SCHEDULES, st.integers(0, 4), st.integers(-3, 99))
def test_a_number_outside_a_field_is_refused(when: str, index: int, number: int) -> None:
    words = when.split()
    words[index] = str(number)
    is_within = BOUNDS[index][0] <= number <= BOUNDS[index][1]
    try:
        parse_schedule(" ".join(words))
    except NotationError:
        assert not is_within
    else:
        assert is_within
