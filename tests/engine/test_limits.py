"""Limits are held, and given back as they were: after errors, when nested, and in threads."""

from __future__ import annotations

import contextlib
import resource
import runpy
import signal
import subprocess
import sys
import threading
import time

import pytest
from pages import Pages
from values import Data

from kustz_tpl.engine import Limits, TemplateError, limits
from kustz_tpl.engine.limits import TimeLimitError, bounded

ENDLESS = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"


def process_limits() -> tuple[Data, ...]:
    return (
        resource.getrlimit(resource.RLIMIT_AS),
        signal.getitimer(signal.ITIMER_PROF),
        signal.getitimer(signal.ITIMER_VIRTUAL),
        signal.getsignal(signal.SIGPROF),
    )


@pytest.mark.parametrize(
    "template", ["a: 1", "a: [", ENDLESS, "a: {{ 'a' * 10**9 }}", "{{ 1 / 0 }}"]
)
def test_limits_are_given_back(template: str) -> None:
    before = process_limits()
    pages = Pages(template, limits=Limits(seconds=0.1))
    for _ in range(2):
        with contextlib.suppress(TemplateError):
            pages.render()
        assert process_limits() == before


def test_limits_are_in_force_meanwhile() -> None:
    with bounded(Limits(seconds=100, memory_bytes=1 << 30)):
        memory, _ = resource.getrlimit(resource.RLIMIT_AS)
        assert memory != resource.RLIM_INFINITY
        assert 99 < signal.getitimer(signal.ITIMER_PROF)[0] <= 101
        assert 101 < signal.getitimer(signal.ITIMER_VIRTUAL)[0] <= 103


def test_a_lower_limit_of_the_process_stays() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    low = 64 << 30
    resource.setrlimit(resource.RLIMIT_AS, (low, hard))
    try:
        with bounded(Limits(memory_bytes=low)):
            assert resource.getrlimit(resource.RLIMIT_AS)[0] == low
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def test_the_outer_limit_goes_on_after_an_inner_one() -> None:
    with bounded(Limits(seconds=50)):
        with bounded(Limits(seconds=10)):
            assert 9 < signal.getitimer(signal.ITIMER_PROF)[0] <= 11
        assert 49 < signal.getitimer(signal.ITIMER_PROF)[0] <= 51


def test_an_engine_may_be_used_by_a_filter_of_an_engine() -> None:
    inner = Pages("b: {{ x }}\n")
    outer = Pages(
        "a: {{ 1 | inner }}\n", filters={"inner": lambda x: inner.render(x=x).documents[0]}
    )
    assert outer.render().documents == [{"a": {"b": 1}}]


def test_an_engine_may_be_used_by_a_filter_of_itself() -> None:
    pages: list[Pages] = []

    def again(depth: int) -> Data:
        return pages[0].render(depth=depth - 1).documents[0] if depth else "end"

    pages.append(Pages("d: {{ depth | again }}\n", filters={"again": again}))
    assert pages[0].render(depth=3).documents == [{"d": {"d": {"d": {"d": "end"}}}}]


def test_a_time_limit_is_no_exception_that_a_filter_can_catch() -> None:
    def swallow(_value: Data) -> None:
        while True:
            with contextlib.suppress(Exception):
                spin(100)

    pages = Pages(
        "a: {{ 1 | swallow }}\n", filters={"swallow": swallow}, limits=Limits(seconds=0.1)
    )
    with pytest.raises(TemplateError, match=r"takes more than 0\.1 s of processor time"):
        pages.render()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_alarm_that_was_dropped_comes_again() -> None:
    class Finaliser:
        def __del__(self) -> None:
            spin(0.3)  # Python drops what is raised in here

    def drop(_value: Data) -> None:
        Finaliser()
        spin(100)

    pages = Pages("a: {{ 1 | drop }}\n", filters={"drop": drop}, limits=Limits(seconds=0.1))
    with pytest.raises(TemplateError, match=r"takes more than 0\.1 s of processor time"):
        pages.render()


def spin(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_pages_are_rendered_in_threads_without_the_process_limits() -> None:
    before = process_limits()
    pages = Pages("{% macro m(y) %}\n   a: {{ y }}\n{% endmacro %}\n{{ m(x) }}\n")
    found: list[Data] = []

    def work(x: int) -> None:
        found.extend(pages.render(x=x).documents[0]["a"] for _ in range(50))

    threads = [threading.Thread(target=work, args=(x,)) for x in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert process_limits() == before
    assert sorted(found) == [x for x in range(4) for _ in range(50)]


def test_the_size_of_the_text_is_held_in_threads() -> None:
    found: list[str] = []

    def work() -> None:
        try:
            Pages("{% for i in range(99999) %}" + "x" * 1000 + "{% endfor %}").render()
        except TemplateError as error:
            found.append(error.message)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == ["renders more than 8388608 characters"]


def test_without_timers_and_without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "setitimer")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert Pages("a: 1").render().documents == [{"a": 1}]


def test_without_a_readable_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.open", refuse)
    with bounded(Limits()):
        assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


def test_without_posix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    monkeypatch.delattr(signal, "setitimer")
    elsewhere = runpy.run_path(str(limits.__file__))
    with elsewhere["bounded"](elsewhere["Limits"]()):
        assert elsewhere["_address_space"]() == 0


def test_the_limit_is_raised_as_itself() -> None:
    with pytest.raises(TimeLimitError), bounded(Limits(seconds=0.05)):
        spin(100)


def test_importing_the_engine_changes_no_limit() -> None:
    code = (
        "import resource, signal; before = resource.getrlimit(resource.RLIMIT_AS); "
        "import kustz_tpl.engine; assert resource.getrlimit(resource.RLIMIT_AS) == before; "
        "assert signal.getsignal(signal.SIGPROF) == signal.SIG_DFL"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
