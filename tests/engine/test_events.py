"""The events of a text are the same whether it is parsed or known, and few are kept."""

from __future__ import annotations

import pytest
import yaml

from kustz_tpl.engine.events import Events

TEXT = "a: &x [1, {b: 'c'}]\nd: *x\n"


def shown(events: Events, text: str) -> list[str]:
    return [repr(event) for event in events.of(text)]


def test_a_known_text_has_the_events_of_a_new_one() -> None:
    events = Events()
    wanted = [repr(event) for event in yaml.parse(TEXT, Loader=yaml.CSafeLoader)]
    assert shown(events, TEXT) == wanted
    assert shown(events, TEXT) == wanted
    assert next(iter(events.of(TEXT))) is next(iter(events.of(TEXT)))


def test_what_is_no_yaml_fails_each_time_behind_its_first_events() -> None:
    events = Events()
    for _ in range(2):
        passed = events.of("a: 1\nb: [\n")
        assert isinstance(next(passed), yaml.StreamStartEvent)
        with pytest.raises(yaml.MarkedYAMLError):
            list(passed)


def test_a_text_that_was_read_in_part_is_read_whole_the_next_time() -> None:
    events = Events()
    next(events.of(TEXT))
    assert len(shown(events, TEXT)) == len(list(yaml.parse(TEXT)))


@pytest.mark.parametrize("text", ["# " + "x" * 20_000, "a: " + "[" * 20_000])
def test_a_long_text_is_not_kept(text: str) -> None:
    events = Events()
    assert next(events.of(text)) is not next(events.of(text))


def test_no_more_than_so_many_characters_are_kept() -> None:
    events = Events()
    first = list(events.of("n: 0\n"))
    assert next(events.of("n: 0\n")) is first[0]
    for number in range(1, 12):
        list(events.of(f"n: {number} # {'x' * 5_000}\n"))
    assert next(events.of("n: 0\n")) is not first[0]
