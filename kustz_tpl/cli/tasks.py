"""What a run has to do: its applications, their environments, and where each is written."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from kustz_tpl import schema
from kustz_tpl.cli import layout
from kustz_tpl.cli.inputs import config_file, read_source
from kustz_tpl.cli.layout import Owner
from kustz_tpl.cli.options import OUTPUT, STDIN
from kustz_tpl.errors import Diagnostic, InputError, NotationError
from kustz_tpl.generated import Generated
from kustz_tpl.messages import any_of
from kustz_tpl.output.index import index_folder, make_index
from kustz_tpl.project import PROJECT_FILE
from kustz_tpl.source import (
    Override,
    Source,
    find_environments,
    find_identity,
    read_document,
    read_identity,
)

if TYPE_CHECKING:
    from kustz_tpl.cluster.kubectl import Cluster
    from kustz_tpl.kustomize.program import Kustomize
    from kustz_tpl.output.guards import Encryption
    from kustz_tpl.project.file import Project
    from kustz_tpl.secrets.logins import Absence

T = TypeVar("T")
R = TypeVar("R")

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

    Without `jobs`, many applications get one process per processor. `output` is None until the
    environments are known, unless it was given; without `environments` all of them are meant.
    A run `is_whole` that works on all applications of its project. With `kustomize`, it builds
    them, and with `cluster` it asks that about what was built.
    """

    configs: tuple[str, ...]
    output: str | None
    templates: tuple[Path, ...] = ()
    allow_python_filters: bool = False
    allow_outside: bool = False
    overrides: tuple[Override, ...] = ()
    jobs: int | None = None
    has_index: bool = False
    secrets: Secrets = Secrets()
    environments: tuple[str, ...] = ()
    project: Project | None = None
    shared_templates: tuple[Path, ...] = ()
    is_whole: bool = False
    kustomize: Kustomize | None = None
    cluster: Cluster | None = None
    environment_flag: str = "-e"

    @property
    def top(self) -> Path | None:
        """Return the folder of the project, if there is one."""
        return self.project.folder if self.project else None

    @property
    def option(self) -> str:
        """Return what has the pattern of the output folders, for a hint."""
        is_flag = self.project is None or self.output is not None
        return "-o" if is_flag else f"output in {PROJECT_FILE}"


class Task(NamedTuple):
    """One application of a request, in one environment if it has any.

    `pattern` is that of its output folder, `folder` the folder itself, if it is known;
    `environments` are all that the application has, `index_at` is the folder of its index.
    """

    config: str
    folder: Path | None = None
    environment: str | None = None
    pattern: str = OUTPUT
    environments: tuple[str, ...] = ()
    index_at: Path = Path()

    @property
    def owner(self) -> Owner:
        """Return whose folder it is."""
        return Owner(self.config, self.environment)


def source_of(request: Request, task: Task) -> Source:
    """Return the config of a task."""
    source = read_source(task.config, request.overrides, task.environment)
    project = request.project
    if project is None:
        return source
    title = os.path.relpath(os.path.realpath(source.file), os.path.realpath(project.folder))
    return source._replace(
        below=project.below(task.environment, source.folder),
        shared=project.sources(task.environment),
        title=Path(title).as_posix(),
        root=project.folder,
    )


def assign(request: Request) -> list[Task]:
    """Return the tasks; raise InputError if two applications would share a folder.

    To find that out before anything is written, all names are read first. The configs are not
    kept: those of thousands of applications would take much memory.
    """
    tasks = list_tasks(request)
    patterns = {task.pattern: task for task in tasks}
    diagnostics = []
    for pattern, task in patterns.items():
        configs = [each.config for each in tasks if each.pattern == task.pattern]
        found = layout.find_misplaced(pattern, configs, request.top)
        if request.has_index and not found:
            found = layout.index_clashes(pattern, configs, request.option, request.top)
        diagnostics += found
    if not diagnostics and request.is_whole and not any(_has_name(task) for task in tasks):
        diagnostics = list(_find_twins(request, tasks))
    if diagnostics:
        raise InputError(*dict.fromkeys(diagnostics))
    if len(tasks) == 1:
        return tasks
    needs_namespace = any(layout.needs(pattern, "namespace") for pattern in patterns)
    places = _places(request, tasks, partial(find_identity, needs_namespace=needs_namespace))
    shown = request.output or tasks[0].pattern
    if layout.clashes(shown, places, request.option):
        # With one that cannot be generated, for a reason further down, nothing clashes.
        places = _places(request, tasks, read_identity)
        if diagnostics := layout.clashes(shown, places, request.option):
            raise InputError(*diagnostics)
    return [
        each._replace(folder=places[each.owner].folder if each.owner in places else None)
        for each in tasks
    ]


def _has_name(task: Task) -> bool:
    """Check whether two applications of one name have one folder, and so clash anyway."""
    return layout.needs(task.pattern, "name") and not layout.needs(task.pattern, "namespace")


def _find_twins(request: Request, tasks: Sequence[Task]) -> Iterator[Diagnostic]:
    """Yield the applications of a project that have the name of another in the same namespace."""
    known: dict[tuple[object, ...], str] = {}
    identities = mapped(request, tasks, partial(_identity, request))
    for task, identity in zip(tasks, identities, strict=True):
        if identity is None:
            continue
        first = known.setdefault((task.environment, identity), task.config)
        if first != task.config:
            message = f"{layout.shown(first)} has this name too, in the same namespace; rename one"
            yield Diagnostic(layout.shown(task.config), 0, 0, "name", message)


def _identity(request: Request, task: Task) -> tuple[str, str | None] | None:
    try:
        return find_identity(source_of(request, task), needs_namespace=True)
    except (InputError, NotationError):
        return None  # to be reported by the task


def list_tasks(request: Request) -> list[Task]:
    """Return every application in each of its environments that is asked for, and its pattern."""
    files: dict[Path, str] = {}
    for config in request.configs:  # one that names a file again is dropped
        files.setdefault(Path(config_file(config)), config)
    configs = list(files.values())
    shared = tuple(request.project.config["environments"]) if request.project else ()
    listed = mapped(request, configs, _find_environments)
    known = {
        config: shared if names is None else names
        for config, names in zip(configs, listed, strict=True)
    }
    _refuse_unknown(request, known)
    owners = [
        Owner(config, environment)
        for config, names in known.items()
        for environment in _chosen(request, names)
    ]
    pattern = output_pattern(request, owners, is_one=len(configs) == 1)
    patterns = {name: layout.of_environment(pattern, name) for _, name in owners}
    return [
        Task(
            config,
            None,
            environment,
            patterns[environment],
            known[config],
            index_folder(patterns[environment]),
        )
        for config, environment in owners
    ]


def index_folders(request: Request, tasks: Sequence[Task]) -> dict[Path, list[Task]]:
    """Return the folder of each index and the tasks that it lists."""
    found: dict[Path, list[Task]] = {}
    for task in tasks if request.has_index else ():
        found.setdefault(task.index_at, []).append(task)
    return found


def leftover_pattern(request: Request, tasks: Sequence[Task]) -> str | None:
    """Return the pattern of folders that may be left; None where the run is not over all of them.

    That is so for all applications of a project, and for all environments of one application.
    """
    is_one = request.project is None and len({task.config for task in tasks}) == 1
    is_all = request.is_whole or (is_one and any(task.environment for task in tasks))
    if not is_all or request.environments or (request.is_whole and request.output):
        return None
    return output_pattern(request, [task.owner for task in tasks], is_one=is_one)


def make_index_of(request: Request, folder: Path, listed: Sequence[Path]) -> Generated:
    """Return the index of applications; a run over all of a project lists no others."""
    name = PROJECT_FILE if request.project else ""
    return make_index(folder, listed, name, is_whole=request.is_whole)


def _find_environments(config: str) -> tuple[str, ...] | None:
    """Return the environments of a config, as far as it can be read; None where it lists none."""
    if config == STDIN or not Path(config_file(config)).is_file():  # a pipe is read only once
        return ()
    try:
        return find_environments(read_source(config, ()))
    except InputError:
        return ()  # to be reported by the task


def _chosen(request: Request, names: tuple[str, ...]) -> Sequence[str | None]:
    if not request.environments:
        return names or (None,)
    return [name for name in names if name in request.environments]


def _refuse_unknown(request: Request, known: dict[str, tuple[str, ...]]) -> None:
    """Raise InputError for an environment that no application has."""
    names = list(dict.fromkeys(name for each in known.values() for name in each))
    problems = []
    for asked in (each for each in request.environments if each not in names):
        message = f"expected {any_of(names)}" if names else "there are no environments"
        if not names and len(known) == 1:
            message = f"{layout.shown(*known)} lists no environments"
        place = f"{request.environment_flag} {shlex.quote(asked)}"
        problems.append(Diagnostic(place, 0, 0, "", message))
    if problems:
        for config in (each for each, names in known.items() if not names):
            if config != STDIN and not Path(config_file(config)).is_fifo():  # it is read only once
                _refuse_unreadable(config)
        raise InputError(*problems)


def _refuse_unreadable(config: str) -> None:
    """Raise InputError for what keeps the environments of a config from being known."""
    document = read_document(read_source(config, ()))
    _, judged = schema.normalise(document)
    faults = [each for each in judged.diagnostics if each.path.startswith("environments")]
    if document.diagnostics or faults:
        raise InputError(*(document.diagnostics or faults))


def output_pattern(request: Request, owners: Sequence[Owner], *, is_one: bool) -> str:
    """Return the pattern of the output folders; InputError if it cannot tell environments apart."""
    names = {each.environment for each in owners if each.environment}
    if request.output is None and request.project:
        return _pattern_of(request.project, names, has_index=request.has_index)
    if request.output is None:
        if not names:
            return OUTPUT
        is_one = is_one and not request.has_index
        return f"{OUTPUT}/{{env}}" if is_one else f"{OUTPUT}/{{env}}/{{name}}"
    if len(names) > 1 and not layout.needs(request.output, layout.ENVIRONMENT):
        message = f"expected {{env}} in the folder: there are {len(names)} environments"
        raise InputError(Diagnostic(f"-o {request.output}", 0, 0, "", message))
    if request.has_index and len(names) > 1:
        fixed = request.output.partition("{env}")[0]
        if "{" in fixed:
            message = "expected {env} before the other placeholders: each has an index"
            raise InputError(Diagnostic(f"-o {request.output}", 0, 0, "", message))
    return request.output


def _pattern_of(project: Project, names: Collection[str], *, has_index: bool) -> str:
    """Return the pattern of a project, from the current folder."""
    at = ("output",)
    output: str = project.config["output"] or f"{OUTPUT}/{{env}}/{{name}}"
    if unknown := layout.unknown_placeholders(output):
        raise project.refuse(at, f"unknown placeholder {unknown[0]}")
    if len(names) > 1 and not layout.needs(output, layout.ENVIRONMENT):
        message = f"expected {{env}} in the folder: there are {len(names)} environments"
        raise project.refuse(at, message)
    fixed = output.partition("{env}")[0] if len(names) > 1 else ""
    if has_index and ("{" in fixed or not layout.needs(output, *layout.PLACEHOLDERS)):
        message = "expected a pattern such as manifests/{env}/{name} for the index"
        raise project.refuse(at, message)
    return (project.folder / output).as_posix()


def _places(
    request: Request, tasks: Sequence[Task], identify: _Identify
) -> dict[Owner, layout.Place]:
    """Return where each application will be written, without those that cannot be generated."""
    found = mapped(request, tasks, partial(expected_place, request, identify))
    return {task.owner: place for task, place in zip(tasks, found, strict=True) if place}


def expected_place(request: Request, identify: _Identify, task: Task) -> layout.Place | None:
    """Return where an application will be written; None if it cannot be generated anyway."""
    name, namespace = "", None
    try:
        if layout.needs(task.pattern, "name", "namespace"):
            name, namespace = identify(source_of(request, task))
        identity = (name, namespace)
        folder = layout.output_folder(task.pattern, task.config, identity, request.top)
    except (InputError, NotationError):
        return None
    return layout.Place(folder, name)


def mapped(request: Request, parts: Sequence[T], work: Callable[[T], R]) -> Iterator[R]:
    """Yield the result of each part, computed here or in several processes."""
    jobs = min(request.jobs or default_jobs(len(parts)), len(parts))
    if jobs <= 1 or not hasattr(os, "fork"):
        yield from map(work, parts)
        return
    from kustz_tpl.cli.processes import KilledError, in_processes  # noqa: PLC0415 - start-up time

    try:
        yield from in_processes(jobs, parts, work)
    except KilledError as error:
        part = parts[error.number]
        at = layout.shown(part.config if isinstance(part, Task) else str(part))
        message = f"a process of this run was killed at {at}; run it again with fewer --jobs"
        raise InputError(Diagnostic("kustz-tpl", 0, 0, "", message)) from None


def default_jobs(applications: int) -> int:
    """Return the default number of processes for a number of applications."""
    if applications < _MANY:
        return 1
    if hasattr(os, "sched_getaffinity"):  # in a container, fewer than the machine has
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
