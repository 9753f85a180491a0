"""Do one thing with every application of a run, here or in several processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from kustz_tpl.cli import layout
from kustz_tpl.cli.inputs import config_file, read_source
from kustz_tpl.cli.options import STDIN
from kustz_tpl.errors import InputError, Problem
from kustz_tpl.output.git import Repositories
from kustz_tpl.output.guards import apply_guards, known_keys
from kustz_tpl.pipeline import Generated, Generator, Override, SecretSource, Source

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from kustz_tpl.output.sops_manifests import Encryption
    from kustz_tpl.secrets.logins import Absence

T = TypeVar("T")
Action = Callable[[Generated, Path, Repositories], T]

_CHUNK = 50


class Secrets(NamedTuple):
    """State how a run deals with secrets: absent ones, encrypted ones, and whether it writes.

    A run that does not `settle` does not encrypt.
    """

    absence: Absence = "leave"
    encryption: Encryption = "never"
    writes: bool = False
    settles: bool = True


class Request(NamedTuple):
    """What the command line asks of every application."""

    configs: tuple[str, ...]
    output: str
    templates: tuple[Path, ...] = ()
    allow_python_filters: bool = False
    allow_outside: bool = False
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
    """What serves all tasks: templates compiled once, and git asked once."""

    generator: Generator
    git: Repositories


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
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - start-up time

    with TemporaryDirectory(prefix="kustz-tpl-", ignore_cleanup_errors=True) as notes:
        collect = partial(_collect, request, action, Path(notes))
        yield from _in_processes(request.jobs, collect, chunks, Path(notes))


def _generator(request: Request) -> Generator:
    return Generator(
        request.templates,
        request.secrets.absence,
        allow_python_filters=request.allow_python_filters,
        allow_outside=request.allow_outside,
    )


def _tools(request: Request) -> _Tools:
    return _Tools(_generator(request), Repositories())


def _attempt(tools: _Tools, request: Request, task: Task, action: Action[T]) -> Outcome[T]:
    text = None
    try:
        source = read_source(task.config, request.overrides)
        text = source.text if task.config == STDIN else None
        generated = _generate(tools.generator, source, is_one=len(request.configs) == 1)
        folder = _folder(request, task, generated)
        if generated.keyless:
            generated = tools.generator.generate(source._replace(known_keys=known_keys(folder)))
        if request.secrets.settles:
            encryption = request.secrets.encryption
            git = tools.git if request.secrets.writes else None
            generated = apply_guards(generated, folder, git, encryption)
        result = action(generated, folder, tools.git)
    except InputError as error:
        return Outcome(task.config, None, None, error.problems, text=text)
    return Outcome(
        task.config,
        folder,
        result,
        warnings=generated.warnings,
        secret_sources=generated.secret_sources,
    )


def _generate(generator: Generator, source: Source, *, is_one: bool) -> Generated:
    """Generate; what is wrong with a file that applications may share names the application."""
    try:
        return generator.generate(source)
    except InputError as error:
        if is_one:
            raise
        problems = [
            each
            if each.file == source.file
            else each._replace(message=f"{each.message} (in the application {source.file})")
            for each in error.problems
        ]
        raise InputError(*problems) from None


def _folder(request: Request, task: Task, generated: Generated) -> Path:
    folder = layout.output_folder(request.output, task.config, generated.name, generated.namespace)
    if task.folder not in {None, folder}:
        message = "expected the name on its own line, such as name: web"
        raise InputError(Problem(layout.shown(task.config), 0, 0, "name", message))
    return folder


# Each process of a run has its own.
_own_tools = lru_cache(maxsize=1)(_tools)


def _collect(
    request: Request, action: Action[T], notes: Path, tasks: Sequence[Task]
) -> list[Outcome[T]]:
    tools = _own_tools(request)
    note = _note(notes)
    outcomes = []
    for task in tasks:
        with suppress(OSError):
            note.write_bytes(os.fsencode(task.config))
        outcomes.append(_attempt(tools, request, task, action))
    note.unlink(missing_ok=True)
    return outcomes


def _note(notes: Path) -> Path:
    """Return where a process notes what it is at; the note of one that is killed stays."""
    return notes / str(os.getpid())


def _in_processes(
    jobs: int,
    collect: Callable[[Sequence[Task]], list[Outcome[T]]],
    chunks: Sequence[Sequence[Task]],
    notes: Path,
) -> Iterator[Outcome[T]]:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - start-up time
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - start-up time

    pool = ProcessPoolExecutor(jobs, initializer=_live_as_long_as_parent, initargs=(notes,))
    try:
        with pool:
            yield from _mapped(pool, collect, chunks)
    except BrokenProcessPool:
        named = [os.fsdecode(note.read_bytes()) for note in notes.iterdir()]
        at = " or ".join(layout.shown(config) for config in named if config)
        message = f"a process of this run was killed{f' at {at}' if at else ''}"
        hint = "run it again with fewer --jobs"
        raise InputError(Problem("kustz-tpl", 0, 0, "", f"{message}; {hint}")) from None


def _mapped(
    pool: Executor,
    collect: Callable[[Sequence[Task]], list[Outcome[T]]],
    chunks: Sequence[Sequence[Task]],
) -> Iterator[Outcome[T]]:
    try:
        for outcomes in pool.map(collect, chunks):
            yield from outcomes
    except RuntimeError:  # a broken pool, whose end is waited for
        raise
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _live_as_long_as_parent(notes: Path) -> None:
    """Leave Ctrl-C to the parent, and end with it however it ends.

    No signal tells of a parent that was killed, as by the end of a CI job; a process that
    waits for work from it would wait for ever. Its files are whole at any moment.
    """
    import signal  # noqa: PLC0415 - start-up time
    from threading import Thread  # noqa: PLC0415 - start-up time

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Where one is killed, the pool ends the others so.
    signal.signal(signal.SIGTERM, lambda *_: _end(notes))
    Thread(target=_end_with_parent, daemon=True).start()


def _end(notes: Path) -> None:
    _note(notes).unlink(missing_ok=True)
    os._exit(1)


def _end_with_parent() -> None:
    from multiprocessing import parent_process  # noqa: PLC0415 - start-up time

    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)
