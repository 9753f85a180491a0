"""Runs an action for every application, in this process or in several."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from kustz_tpl.cli import layout
from kustz_tpl.cli.inputs import config_file, read_source
from kustz_tpl.cli.options import STDIN
from kustz_tpl.errors import Diagnostic, InputError, NotationError
from kustz_tpl.output.git import Repositories
from kustz_tpl.output.guards import apply_guards, known_keys
from kustz_tpl.pipeline import (
    Generated,
    Generator,
    Override,
    SecretSource,
    Source,
    find_identity,
    read_identity,
)

if TYPE_CHECKING:
    from kustz_tpl.output.guards import Encryption
    from kustz_tpl.secrets.logins import Absence

T = TypeVar("T")
R = TypeVar("R")
Action = Callable[[Generated, Path, Repositories], T]

_Identify = Callable[[Source], tuple[str, str | None]]

_MANY = 40
"""Applications; for fewer a second process costs more time than it saves."""


class Secrets(NamedTuple):
    """State how a run deals with secrets: absent ones, encrypted ones, and whether it writes.

    A run that is not guarded neither encrypts nor asks git about secret files.
    """

    absence: Absence = "leave"
    encryption: Encryption = "never"
    writes: bool = False
    is_guarded: bool = True


class Request(NamedTuple):
    """What the command line asks of every application.

    Without `jobs`, many applications get one process per processor.
    """

    configs: tuple[str, ...]
    output: str
    templates: tuple[Path, ...] = ()
    allow_python_filters: bool = False
    allow_outside: bool = False
    overrides: tuple[Override, ...] = ()
    jobs: int | None = None
    has_index: bool = False
    secrets: Secrets = Secrets()


class Task(NamedTuple):
    """One application of a request; `folder` is its output folder, if that is known."""

    config: str
    folder: Path | None = None


class Outcome(NamedTuple, Generic[T]):
    """What became of one application: a result, or problems.

    `text` is a config with problems that came from standard input.
    """

    config: str
    folder: Path | None
    result: T | None
    diagnostics: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    text: bytes | None = None
    secret_sources: tuple[SecretSource, ...] = ()

    @property
    def file(self) -> str:
        """Return the config as messages name it."""
        return layout.shown(self.config)

    @property
    def is_failed(self) -> bool:
        """Return whether the application has problems."""
        return bool(self.diagnostics)

    @property
    def is_quiet(self) -> bool:
        """Return whether there is nothing to print; a result without news is falsy."""
        return not (self.diagnostics or self.warnings or self.result)


class _Tools(NamedTuple):
    """What all tasks share: the compiled templates, and what git answered."""

    generator: Generator
    git: Repositories


def assign(request: Request) -> list[Task]:
    """Return the tasks; raise InputError if two applications would share a folder.

    To find that out before anything is written, all names are read first. The configs are not
    kept: those of thousands of applications would take much memory.
    """
    files: dict[Path, str] = {}
    for config in request.configs:  # one that names a file again is dropped
        files.setdefault(Path(config_file(config)), config)
    configs = list(files.values())
    diagnostics = layout.strangers(request.output, configs)
    if request.has_index and not diagnostics:
        diagnostics = layout.index_clashes(request.output, configs)
    if diagnostics:
        raise InputError(*diagnostics)
    if len(configs) == 1:
        return [Task(configs[0])]
    glance = partial(find_identity, needs_namespace=layout.needs(request.output, "namespace"))
    places = _places(request, configs, glance)
    if layout.clashes(request.output, places):
        # With one that cannot be generated, for a reason further down, nothing clashes.
        places = _places(request, configs, read_identity)
        if diagnostics := layout.clashes(request.output, places):
            raise InputError(*diagnostics)
    return [Task(each, places[each].folder if each in places else None) for each in configs]


def _places(request: Request, configs: list[str], identify: _Identify) -> dict[str, layout.Place]:
    """Return where each application will be written, without those that cannot be generated."""
    work = partial(_expected_place, request, identify)
    found = _mapped(request, list(map(Task, configs)), work)
    return {config: place for config, place in zip(configs, found, strict=True) if place}


def _expected_place(request: Request, identify: _Identify, task: Task) -> layout.Place | None:
    """Return where an application will be written; None if it cannot be generated anyway."""
    name, namespace = "", None
    try:
        if layout.needs(request.output, "name", "namespace"):
            name, namespace = identify(read_source(task.config, request.overrides))
        folder = layout.output_folder(request.output, task.config, name, namespace)
    except (InputError, NotationError):
        return None
    return layout.Place(folder, name)


def run(request: Request, tasks: Sequence[Task], action: Action[T]) -> Iterator[Outcome[T]]:
    """Yield the outcome of every task, in the order of the tasks."""
    generator = Generator(
        request.templates,
        request.secrets.absence,
        allow_python_filters=request.allow_python_filters,
        allow_outside=request.allow_outside,
    )
    tools = _Tools(generator, Repositories())
    return _mapped(request, tasks, partial(_attempt, tools, request, action))


def _mapped(request: Request, tasks: Sequence[Task], work: Callable[[Task], R]) -> Iterator[R]:
    """Yield the result of each task, computed here or in several processes."""
    jobs = min(request.jobs or default_jobs(len(tasks)), len(tasks))
    if jobs <= 1 or not hasattr(os, "fork"):
        yield from map(work, tasks)
        return
    from kustz_tpl.cli.processes import KilledError, in_processes  # noqa: PLC0415 - start-up time

    try:
        yield from in_processes(jobs, tasks, work)
    except KilledError as error:
        at = layout.shown(tasks[error.number].config)
        message = f"a process of this run was killed at {at}; run it again with fewer --jobs"
        raise InputError(Diagnostic("kustz-tpl", 0, 0, "", message)) from None


def default_jobs(applications: int) -> int:
    """Return the default number of processes for a number of applications."""
    if applications < _MANY:
        return 1
    if hasattr(os, "sched_getaffinity"):  # in a container, fewer than the machine has
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _attempt(tools: _Tools, request: Request, action: Action[T], task: Task) -> Outcome[T]:
    text = None
    try:
        source = read_source(task.config, request.overrides)
        text = source.text if task.config == STDIN else None
        generated = _generate(tools.generator, source, is_one=len(request.configs) == 1)
        folder = _folder(request, task, generated)
        if generated.keyless:
            generated = tools.generator.generate(source._replace(known_keys=known_keys(folder)))
        if request.secrets.is_guarded:
            encryption = request.secrets.encryption
            git = tools.git if request.secrets.writes else None
            generated = apply_guards(generated, folder, git, encryption)
        result = action(generated, folder, tools.git)
    except InputError as error:
        return Outcome(task.config, None, None, error.diagnostics, text=text)
    return Outcome(
        task.config,
        folder,
        result,
        warnings=generated.warnings,
        secret_sources=generated.secret_sources,
    )


def _generate(generator: Generator, source: Source, *, is_one: bool) -> Generated:
    """Generate; a problem of a file that applications may share names the application."""
    try:
        return generator.generate(source)
    except InputError as error:
        if is_one:
            raise
        diagnostics = [
            each
            if each.file == source.file
            else each._replace(message=f"{each.text} (in the application {source.file})", hint="")
            for each in error.diagnostics
        ]
        raise InputError(*diagnostics) from None


def _folder(request: Request, task: Task, generated: Generated) -> Path:
    folder = layout.output_folder(request.output, task.config, generated.name, generated.namespace)
    if task.folder not in {None, folder}:
        message = "the name or namespace was changed during the run; run it again"
        raise InputError(Diagnostic(layout.shown(task.config), 0, 0, "name", message))
    return folder
