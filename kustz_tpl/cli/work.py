"""Do one thing with every application of a run, here or in several processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from kustz_tpl.application import Generated, Generator, Override, SecretSource
from kustz_tpl.cli import layout
from kustz_tpl.cli.inputs import config_file, read_source
from kustz_tpl.cli.options import STDIN
from kustz_tpl.errors import InputError, Problem
from kustz_tpl.output.git import Repositories
from kustz_tpl.output.settle import known_keys, settle

if TYPE_CHECKING:
    from kustz_tpl.credentials.logins import Absence

T = TypeVar("T")
Action = Callable[[Generated, Path], T]

_CHUNK = 50


class Secrets(NamedTuple):
    """State how a run deals with secrets: absent ones, encrypted ones, and whether it writes.

    A run that does not `settle` does not encrypt.
    """

    absence: Absence = "leave"
    rotates: bool = False
    writes: bool = False
    settles: bool = True


class Request(NamedTuple):
    """What the command line asks of every application."""

    configs: tuple[str, ...]
    output: str
    templates: tuple[Path, ...] = ()
    allow_python_filters: bool = False
    overrides: tuple[Override, ...] = ()
    jobs: int = 1
    secrets: Secrets = Secrets()


class Task(NamedTuple):
    """One application's part of a request; `folder` is where it has a place, if that is known."""

    config: str
    folder: Path | None = None


class Outcome(NamedTuple, Generic[T]):
    """What became of one application: a result, or problems.

    `text` is a config with problems that came on standard input.
    """

    config: str
    folder: Path | None
    result: T | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    text: bytes | None = None
    secret_sources: tuple[SecretSource, ...] = ()

    @property
    def file(self) -> str:
        """Return the config as messages name it."""
        return layout.shown(self.config)

    @property
    def is_failed(self) -> bool:
        """Return whether the application has problems."""
        return bool(self.problems)

    @property
    def is_quiet(self) -> bool:
        """Return whether there is nothing to say; a result without news is false."""
        return not (self.problems or self.warnings or self.result)


class _Tools(NamedTuple):
    """What serves all tasks: templates compiled once, and git asked once if anything is written."""

    generator: Generator
    repositories: Repositories | None


def assign(request: Request, *, index: bool) -> list[Task]:
    """Return the tasks; raise InputError if an application has no folder of its own.

    To know that before anything is written, the names are needed first, and reading every
    config twice would take twice the time: a look at the lines does for nearly all.
    """
    configs = _distinct(request.configs)
    problems = layout.strangers(request.output, configs)
    if index and not problems:
        problems = layout.index_clashes(request.output, configs)
    if problems:
        raise InputError(*problems)
    if len(configs) == 1:
        return [Task(configs[0])]
    places = {config: _expected_place(config, request) for config in configs}
    known = {config: place for config, place in places.items() if place}
    problems = layout.clashes(request.output, known)
    if problems:
        raise InputError(*problems)
    return [Task(config, place and place.folder) for config, place in places.items()]


def _distinct(configs: Sequence[str]) -> list[str]:
    """Drop what names a file a second time."""
    files: dict[Path | str, str] = {}
    for config in configs:
        files.setdefault(Path(config_file(config)), config)
    return list(files.values())


def _expected_place(config: str, request: Request) -> layout.Place | None:
    """Return where an application will be written; None if it cannot be generated anyway."""
    try:
        name, namespace = _identity(config, request)
        return layout.Place(layout.output_folder(request.output, config, name, namespace), name)
    except InputError:
        return None


def _identity(config: str, request: Request) -> tuple[str, str | None]:
    if not layout.needs(request.output, "name", "namespace"):
        return "", None
    source = read_source(config, request.overrides)
    is_overridden = any(override.path in {"name", "namespace"} for override in request.overrides)
    seen = None if is_overridden else layout.glance(source.text)
    if seen:
        return seen
    generated = _generator(request).generate(source)
    return generated.name, generated.namespace


def run(request: Request, tasks: Sequence[Task], action: Action[T]) -> Iterator[Outcome[T]]:
    """Yield the outcome of every task, in the order of the tasks."""
    if request.jobs == 1 or len(tasks) == 1:
        tools = _tools(request)
        for task in tasks:
            yield _attempt(tools, request, task, action)
        return
    size = min(_CHUNK, -(-len(tasks) // (4 * request.jobs)))
    chunks = [tasks[start : start + size] for start in range(0, len(tasks), size)]
    yield from _in_processes(request.jobs, partial(_collect, request, action), chunks)


def _generator(request: Request) -> Generator:
    return Generator(
        request.templates,
        request.secrets.absence,
        allow_python_filters=request.allow_python_filters,
    )


def _tools(request: Request) -> _Tools:
    return _Tools(_generator(request), Repositories() if request.secrets.writes else None)


def _attempt(tools: _Tools, request: Request, task: Task, action: Action[T]) -> Outcome[T]:
    text = None
    try:
        source = read_source(task.config, request.overrides)
        text = source.text if task.config == STDIN else None
        generated = tools.generator.generate(source)
        folder = _folder(request, task, generated)
        if generated.keyless:
            generated = tools.generator.generate(source._replace(known_keys=known_keys(folder)))
        if request.secrets.settles:
            rotates = request.secrets.rotates
            generated = settle(generated, folder, tools.repositories, rotates=rotates)
        result = action(generated, folder)
    except InputError as error:
        return Outcome(task.config, None, None, error.problems, text=text)
    return Outcome(
        task.config,
        folder,
        result,
        warnings=generated.warnings,
        secret_sources=generated.secret_sources,
    )


def _folder(request: Request, task: Task, generated: Generated) -> Path:
    folder = layout.output_folder(request.output, task.config, generated.name, generated.namespace)
    if task.folder not in {None, folder}:
        message = "expected the name on a line of its own, as in name: web"
        raise InputError(Problem(layout.shown(task.config), 0, 0, "name", message))
    return folder


# Each process of a run has its own.
_own_tools = lru_cache(maxsize=1)(_tools)


def _collect(request: Request, action: Action[T], tasks: Sequence[Task]) -> list[Outcome[T]]:
    tools = _own_tools(request)
    return [_attempt(tools, request, task, action) for task in tasks]


def _in_processes(
    jobs: int,
    collect: Callable[[Sequence[Task]], list[Outcome[T]]],
    chunks: Sequence[Sequence[Task]],
) -> Iterator[Outcome[T]]:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - start-up time
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - start-up time

    with ProcessPoolExecutor(jobs, initializer=_live_as_long_as_parent) as pool:
        try:
            for outcomes in pool.map(collect, chunks):
                yield from outcomes
        except BrokenProcessPool:
            message = "a process of this run was killed; run it again with fewer --jobs"
            raise InputError(Problem("kustz-tpl", 0, 0, "", message)) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _live_as_long_as_parent() -> None:
    """Leave Ctrl-C to the parent, and end with it however it ends.

    No signal tells of a parent that was killed, as by the end of a CI job; a process that
    waits for work from it would wait for ever. Its files are whole at any moment.
    """
    import signal  # noqa: PLC0415 - start-up time
    from threading import Thread  # noqa: PLC0415 - start-up time

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process  # noqa: PLC0415 - start-up time

    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)
