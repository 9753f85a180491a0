from __future__ import annotations

import os
import signal

import pytest

from kustz_tpl.cli.processes import KilledError, in_processes

# The forked processes do not use pytest's threads.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@pytest.mark.parametrize("jobs", [1, 2, 3, 7])
def test_results_come_in_order(jobs: int) -> None:
    assert list(in_processes(jobs, range(7), lambda part: part * part)) == [
        part * part for part in range(7)
    ]


def test_more_results_than_a_pipe_holds() -> None:
    sizes = [len(text) for text in in_processes(2, range(8), lambda _: "x" * 300_000)]
    assert sizes == [300_000] * 8


def test_an_error_of_the_system_is_passed_on() -> None:
    results = in_processes(2, ["/", "/missing", "/"], os.listdir)
    assert next(results)
    with pytest.raises(FileNotFoundError) as error:
        next(results)
    assert error.value.filename == "/missing"


def test_a_bug_keeps_its_traceback() -> None:
    results = in_processes(2, [1, 1, 0], lambda part: 1 // part)
    assert [next(results), next(results)] == [1, 1]
    with pytest.raises(RuntimeError, match=r"(?s)Traceback.*_processes\.py.*ZeroDivisionError"):
        next(results)


@pytest.mark.parametrize("number", range(5))
def test_a_killed_process_is_known_by_its_part(number: int) -> None:
    def work(part: int) -> int:
        if part == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return part

    results = in_processes(2, range(5), work)
    assert [next(results) for _ in range(number)] == list(range(number))
    with pytest.raises(KilledError) as error:
        next(results)
    assert error.value.number == number


def test_no_process_is_left_when_nobody_wants_the_rest() -> None:
    results = in_processes(3, [os.getpid()] * 9, lambda parent: (parent, os.getpid()))
    parent, child = next(results)
    assert parent != child
    results.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
