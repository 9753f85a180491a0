"""When something runs, and for how long."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import any_of, closest
from kustz_tpl.notation import cached

_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,  # the Greek letter, which Go reads too
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_UNIT = "|".join(_UNITS)
_DURATION = rf"0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:{_UNIT}))+"
# More digits of a fraction would be less than a nanosecond.
_PART = rf"0*([0-9]*)\.?([0-9]{{0,15}})[0-9]*({_UNIT})"
_MOST = 2**63 - 1  # as Go counts, nanoseconds for instance
_MOST_DIGITS = len(str(_MOST))


def parse_duration(text: str, *, within: str | None = None) -> str:
    """Read a duration: numbers, each with its unit.

    Examples: `1h`, `1h30m`. Refused: a number without a unit, days, more than 2562047 hours.
    """
    if not re.fullmatch(_DURATION, text):
        raise NotationError("a duration such as 1h or 1h30m", text, within)
    if _total(text) > _MOST:
        raise NotationError(f"a duration of at most {_MOST // _UNITS['h']}h", text, within)
    return text


def _total(duration: str) -> int:
    """Return the nanoseconds of a duration, of each part without fractions, as Go counts them."""
    return sum(_nanoseconds(*part) for part in re.findall(_PART, duration))


def _nanoseconds(number: str, fraction: str, unit: str) -> int:
    if len(number) > _MOST_DIGITS:
        return _MOST + 1
    digits = len(fraction)
    return int(number + fraction or "0") * _UNITS[unit] // int(10**digits)


class Schedule(NamedTuple):
    """Hold when a CronJob runs: five fields or a macro, and the time zone."""

    when: str
    time_zone: str | None
    text: str = ""


class _Field(NamedTuple):
    """Hold the limits of a field, the names of its values, and a note for messages."""

    first: int
    last: int
    names: tuple[str, ...] = ()
    note: str = ""


_MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_EVERY = "@every"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = {
    "minute": _Field(0, 59),
    "hour": _Field(0, 23),
    "day of month": _Field(1, 31),
    "month": _Field(1, 12, _MONTHS),
    "day of week": _Field(0, 6, _DAYS, " (Sunday is 0)"),
}
_CRON_PART = r"(?:[*?]|(?P<first>[A-Za-z0-9]+)(?:-(?P<last>[A-Za-z0-9]+))?)(?:/(?P<step>[0-9]+))?"
_CRON_NUMBER = r"[0-9]{1,4}"
_CRON_CHARACTERS = r"[0-9*?,/-]+"
_ZONE_FIRST = r"(?:CRON_)?TZ=(.*)"


@cached
def parse_schedule(text: str) -> Schedule:
    """Read `minute hour day-of-month month day-of-week [time zone]` or `@daily [time zone]`.

    A field is `*`, a value, a range `1-5` or a list of these, each with an optional step: `*/15`.
    Months and days of the week may be the first three letters of their English names. The macros
    are `@yearly`, `@annually`, `@monthly`, `@weekly`, `@daily`, `@midnight`, `@hourly` and
    `@every DURATION`. The time zone is an IANA name.

    Examples: `30 2 * * 1-5 Europe/Berlin`, `@daily`. Refused: seconds and years, Sunday as 7,
    `@reboot`, `TZ=` at the start, an offset instead of a time zone, an empty part of a list and a
    duration of 0 (Kubernetes ignores the first and runs the second every second).
    """
    words = text.split()
    if not words:
        raise NotationError("a schedule such as 30 2 * * *", text)
    count = _check_macro(words, text) if words[0].startswith("@") else _check_fields(words, text)
    if len(words) > count + 1:
        raise NotationError("at most a time zone after the schedule", text)
    zone = words[count] if words[count:] else None
    if zone is not None:
        from kustz_tpl.notation.time_zones import TIME_ZONES  # noqa: PLC0415 - start-up time

        if zone not in TIME_ZONES:
            expected = "an IANA time zone such as Europe/Berlin"
            raise NotationError(expected, zone, text, closest(zone, TIME_ZONES))
    return Schedule(" ".join(words[:count]), zone, text)


def _check_macro(words: Sequence[str], text: str) -> int:
    """Check a macro; return the number of its words."""
    if words[0] == _EVERY:
        duration = parse_duration(words[1] if words[1:] else "", within=text)
        if not _total(duration):
            raise NotationError("a duration above 0", duration, text)
        return 2
    if words[0] not in _MACROS:
        hint = closest(words[0], (*_MACROS, _EVERY), 0.8)
        raise NotationError(any_of([*_MACROS, f"{_EVERY} DURATION"]), words[0], text, hint)
    return 1


def _check_fields(words: Sequence[str], text: str) -> int:
    if zone := re.fullmatch(_ZONE_FIRST, words[0]):
        hint = f"write {' '.join([*words[1:], zone[1]])}"
        raise NotationError("five fields and then the time zone", text, hint=hint)
    if len(words) < len(_FIELDS):
        raise NotationError(f"five fields, {', '.join(_FIELDS)}", text)
    if len(words) > len(_FIELDS) and re.fullmatch(_CRON_CHARACTERS, words[len(_FIELDS)]):
        hint = "Kubernetes has no seconds and no years"
        raise NotationError("five fields and then a time zone", text, hint=hint)
    for word, (name, field) in zip(words, _FIELDS.items(), strict=False):
        for part in word.split(","):
            _check_part(part, name, field, text)
    return len(_FIELDS)


def _check_part(part: str, name: str, field: _Field, text: str) -> None:
    found = re.fullmatch(_CRON_PART, part)
    if not found:
        raise NotationError(f"a {name} such as *, {field.last}, 1-5 or */2", part, text)
    ends = [_cron_value(end, field, text) for end in found.group("first", "last") if end]
    if ends != sorted(ends):
        raise NotationError("an ascending range", part, text)
    step = (found["step"] or "1").lstrip("0")
    if not step or len(step) > _MOST_DIGITS or int(step) > _MOST:
        raise NotationError("a step above 0" if not step else f"a step up to {_MOST}", part, text)


def _cron_value(word: str, field: _Field, text: str) -> int:
    if word.lower() in field.names:
        return field.first + field.names.index(word.lower())
    if re.fullmatch(_CRON_NUMBER, word) and field.first <= int(word) <= field.last:
        return int(word)
    hint = "write 0" if field.names == _DAYS and word == "7" else None
    raise NotationError(f"{field.first} to {field.last}{field.note}", word, text, hint)
