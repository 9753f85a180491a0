"""Limits are held, and given back as they were: after errors, when nested, and in threads."""

from __future__ import annotations

import contextlib
import resource
import runpy
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from pages import Pages
from values import Data

from kustz_tpl.engine import Limits, TemplateError, limits
from kustz_tpl.engine.limits import AGAIN_SECONDS, LAST_SECONDS, TimeLimitError, bounded

ENDLESS = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
ENDLESS_SECONDS = 100
SHORT = Limits(seconds=0.1)
TAKES_LONGER = r"takes more than 0\.1 s of processor time"
# A timer has run since it was set, and is set to the kernel's next tick at that. Both take some
# hundredths of a second of this process' own time, however busy the machine is.
SINCE_SET = 1


def process_limits() -> tuple[Data, ...]:
    return (
        resource.getrlimit(resource.RLIMIT_AS),
        signal.getitimer(signal.ITIMER_PROF),
        signal.getitimer(signal.ITIMER_VIRTUAL),
        signal.getsignal(signal.SIGPROF),
    )


def assert_timed(seconds: float) -> None:
    """Assert that a page may take so many seconds from about now on."""
    left, interval = signal.getitimer(signal.ITIMER_PROF)
    assert left == pytest.approx(seconds, abs=SINCE_SET)
    assert interval == pytest.approx(AGAIN_SECONDS)
    left, interval = signal.getitimer(signal.ITIMER_VIRTUAL)
    assert (left, interval) == (pytest.approx(seconds + LAST_SECONDS, abs=SINCE_SET), 0)


def spin(seconds: float) -> None:
    """Use up processor time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


class SlowFinaliser:
    """Take until the alarm when it is let go, where Python drops what the alarm raises."""

    def __del__(self) -> None:
        spin(SHORT.seconds + AGAIN_SECONDS / 2)


def let_a_finaliser_go(_value: Data) -> None:
    SlowFinaliser()
    spin(ENDLESS_SECONDS)


def keep_every_exception(_value: Data) -> None:
    while True:
        with contextlib.suppress(Exception):
            spin(ENDLESS_SECONDS)


@pytest.mark.parametrize(
    "template", ["a: 1", "a: [", ENDLESS, "a: {{ 'a' * 10**9 }}", "{{ 1 / 0 }}"]
)
def test_limits_are_given_back(template: str) -> None:
    before = process_limits()
    pages = Pages(template, limits=SHORT)
    for _ in range(2):
        with contextlib.suppress(TemplateError):
            pages.render()
        assert process_limits() == before


def test_limits_are_in_force_meanwhile() -> None:
    with bounded(Limits(seconds=100, memory_bytes=1 << 30)):
        assert resource.getrlimit(resource.RLIMIT_AS)[0] > 1 << 30
        assert_timed(100)


def test_a_lower_limit_of_the_process_stays() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    low = 64 << 30
    resource.setrlimit(resource.RLIMIT_AS, (low, before[1]))
    try:
        with bounded(Limits(memory_bytes=low)):
            assert resource.getrlimit(resource.RLIMIT_AS)[0] == low
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def test_the_outer_limit_goes_on_after_an_inner_one() -> None:
    with bounded(Limits(seconds=50)):
        with bounded(Limits(seconds=10)):
            assert_timed(10)
        assert_timed(50)


def test_an_engine_may_be_used_by_a_filter_of_an_engine() -> None:
    inner = Pages("b: {{ x }}\n")
    outer = Pages(
        "a: {{ 1 | inner }}\n", filters={"inner": lambda x: inner.render(x=x).documents[0]}
    )
    assert outer.render().documents == [{"a": {"b": 1}}]


def test_an_engine_may_be_used_by_a_filter_of_itself() -> None:
    def again(depth: int) -> Data:
        return pages.render(depth=depth - 1).documents[0] if depth else "end"

    pages = Pages("d: {{ depth | again }}\n", filters={"again": again})
    assert pages.render(depth=3).documents == [{"d": {"d": {"d": {"d": "end"}}}}]


def test_a_time_limit_is_no_exception_that_a_filter_can_catch() -> None:
    pages = Pages("a: {{ 1 | keep }}\n", filters={"keep": keep_every_exception}, limits=SHORT)
    with pytest.raises(TemplateError, match=TAKES_LONGER):
        pages.render()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_alarm_that_was_dropped_comes_again() -> None:
    pages = Pages("a: {{ 1 | let_go }}\n", filters={"let_go": let_a_finaliser_go}, limits=SHORT)
    with pytest.raises(TemplateError, match=TAKES_LONGER):
        pages.render()


def test_the_limit_is_raised_as_itself() -> None:
    with pytest.raises(TimeLimitError), bounded(SHORT):
        spin(ENDLESS_SECONDS)


def test_pages_are_rendered_in_threads_without_the_process_limits() -> None:
    before = process_limits()
    pages = Pages("{% macro m(y) %}\n   a: {{ y }}\n{% endmacro %}\n{{ m(x) }}\n")
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda x: pages.render(x=x).documents, [*range(4)] * 50))
    assert process_limits() == before
    assert found == [[{"a": x}] for x in range(4)] * 50


def test_the_size_of_the_text_is_held_in_threads() -> None:
    pages = Pages("{% for i in range(99999) %}" + "x" * 1000 + "{% endfor %}")
    with ThreadPoolExecutor(1) as threads, pytest.raises(TemplateError) as caught:
        threads.submit(pages.render).result()
    assert caught.value.message == f"renders more than {Limits().text_characters} characters"


def test_without_timers_and_without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "setitimer")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert Pages("a: 1").render().documents == [{"a": 1}]


def test_without_a_readable_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    before = resource.getrlimit(resource.RLIMIT_AS)
    monkeypatch.setattr("os.open", refuse)
    with bounded(Limits()):
        assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_without_posix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    monkeypatch.delattr(signal, "setitimer")
    elsewhere = runpy.run_path(str(limits.__file__))
    with elsewhere["bounded"](elsewhere["Limits"]()):
        assert elsewhere["_address_space"]() == 0


def test_importing_the_engine_changes_no_limit() -> None:
    code = (
        "import resource, signal; before = resource.getrlimit(resource.RLIMIT_AS); "
        "import kustz_tpl.engine; assert resource.getrlimit(resource.RLIMIT_AS) == before; "
        "assert signal.getsignal(signal.SIGPROF) == signal.SIG_DFL"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
