"""Runs an action for every application, in this process or in several."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from kustz_tpl.cli import layout
from kustz_tpl.cli.inputs import find_layers, read_file
from kustz_tpl.cli.layout import Owner
from kustz_tpl.cli.options import SERVER, STDIN
from kustz_tpl.cli.tasks import Request, Task, expected_place, mapped, source_of
from kustz_tpl.cli.workspace import list_applications
from kustz_tpl.errors import Diagnostic, InputError, ProgramError
from kustz_tpl.generated import Generated, SecretSource
from kustz_tpl.messages import closest, with_hint
from kustz_tpl.output.git import Repositories
from kustz_tpl.output.guards import apply_guards, known_keys
from kustz_tpl.output.leftovers import read_config_name
from kustz_tpl.pipeline import Generator
from kustz_tpl.project import is_inside
from kustz_tpl.source import Source, find_environments, find_identity

if TYPE_CHECKING:
    from kustz_tpl.cluster.kubectl import Cluster
    from kustz_tpl.kustomize.objects import Built
    from kustz_tpl.resource import Identity

T = TypeVar("T")
Action = Callable[[Generated, Path, Repositories], T]


class Outcome(NamedTuple, Generic[T]):
    """What became of one application, in one environment if it has any: a result, or problems.

    `text` is a config with problems that came from standard input. `was_reported` says that its
    problems are those of another outcome. `objects` are those that kustomize built for an index.
    """

    config: str
    folder: Path | None
    result: T | None
    diagnostics: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    text: bytes | None = None
    secret_sources: tuple[SecretSource, ...] = ()
    environment: str | None = None
    was_reported: bool = False
    objects: Mapping[Identity, Diagnostic] = {}

    @property
    def file(self) -> str:
        """Return the config as messages name it."""
        return layout.shown(self.config)

    @property
    def is_failed(self) -> bool:
        """Return whether the application has problems."""
        return bool(self.diagnostics) or self.was_reported

    @property
    def is_quiet(self) -> bool:
        """Return whether there is nothing to print; a result without news is falsy."""
        return not (self.diagnostics or self.warnings or self.result)


class _Tools(NamedTuple):
    """What all tasks share: the compiled templates, and what git answered."""

    generator: Generator
    git: Repositories


def run(request: Request, tasks: Sequence[Task], action: Action[T]) -> Iterator[Outcome[T]]:
    """Yield the outcome of every task, in the order of the tasks."""
    generator = Generator(
        request.templates,
        request.secrets.absence,
        allow_python_filters=request.allow_python_filters,
        allow_outside=request.allow_outside,
        shared_templates=request.shared_templates,
    )
    tools = _Tools(generator, Repositories())
    outcomes = mapped(request, tasks, partial(_attempt, tools, request, action))
    project = request.project
    sources = [each for of_one in project.files.values() for each in of_one] if project else []
    shared = {*(each.file for each in sources), *([SERVER] if request.cluster else [])}
    if not shared:
        return _joined(outcomes, ())
    reported = _joined(_reported_once(outcomes, shared), shared)
    return _with_first(reported, _stray_project_files(request, tasks)) if project else reported


def find_index_clashes(applications: Iterable[Outcome[T]]) -> list[Diagnostic]:
    """Return the objects that several applications of an index have, as far as they were built."""
    listed = [(each.file, each.objects) for each in applications if each.objects]
    if not listed:
        return []
    from kustz_tpl.cli.index_clashes import find_clashes  # noqa: PLC0415 - seldom

    return list(find_clashes(listed))


def _attempt(tools: _Tools, request: Request, action: Action[T], task: Task) -> Outcome[T]:
    text = None
    stray = _stray_layers(task)
    try:
        source = source_of(request, task)
        text = source.text if task.config == STDIN else None
        _refuse_environments(source, task)
        generated = _generate(tools.generator, source, is_one=len(request.configs) == 1)
        folder = _folder(request, task, generated)
        _refuse_taken(request, task, source.title, folder)
        if generated.keyless:
            generated = tools.generator.generate(source._replace(known_keys=known_keys(folder)))
        built = _build(request, generated) if request.kustomize else _Built()
        if request.secrets.is_guarded:
            encryption = request.secrets.encryption
            git = tools.git if request.secrets.writes else None
            generated = apply_guards(generated, folder, git, encryption)
        result = action(generated, folder, tools.git)
    except InputError as error:
        return Outcome(
            task.config, None, None, error.diagnostics, stray, text, environment=task.environment
        )
    return Outcome(
        task.config,
        folder,
        result,
        tuple(each for each in built.findings if each.severity == "error"),
        (*stray, *generated.warnings, *(x for x in built.findings if x.severity == "warning")),
        secret_sources=generated.secret_sources,
        environment=task.environment,
        objects=built.objects,
    )


class _Built(NamedTuple):
    """Hold the objects that kustomize built, if there is an index, and the findings of the server."""

    objects: Mapping[Identity, Diagnostic] = {}
    findings: Sequence[Diagnostic] = ()


def _build(request: Request, generated: Generated) -> _Built:
    """Build an application, check it, and ask the server about it if there is one."""
    from kustz_tpl.cli.index_clashes import in_index  # noqa: PLC0415 - seldom
    from kustz_tpl.kustomize.checks import check_build  # noqa: PLC0415 - seldom

    assert request.kustomize  # noqa: S101 - else there is nothing to build with
    built = check_build(generated, request.kustomize)
    findings = _ask(request.cluster, built) if request.cluster else ()
    return _Built(in_index(built) if request.has_index else {}, findings)


def _ask(cluster: Cluster, built: Sequence[Built]) -> Sequence[Diagnostic]:
    """Return the findings of the server; a failure to reach it is about no application."""
    from kustz_tpl.cluster.checks import check_objects  # noqa: PLC0415 - seldom

    try:
        return check_objects(cluster, built)
    except ProgramError as error:
        return [Diagnostic(SERVER, 0, 0, "", str(error))]


def _refuse_environments(source: Source, task: Task) -> None:
    """Raise InputError where a config on standard input or in a pipe has environments."""
    if not task.environments and not Path(source.file).is_file() and find_environments(source):
        message = "expected none without a file for them to be next to"
        raise InputError(Diagnostic(source.file, 0, 0, "environments", message))


def _generate(generator: Generator, source: Source, *, is_one: bool) -> Generated:
    """Generate; a problem of a file that applications may share names the application."""
    try:
        return generator.generate(source)
    except InputError as error:
        if is_one:
            raise
        diagnostics = [
            each
            if each.file in source.files
            else each._replace(message=f"{each.text} (in the application {source.file})", hint="")
            for each in error.diagnostics
        ]
        raise InputError(*diagnostics) from None


def _folder(request: Request, task: Task, generated: Generated) -> Path:
    identity = (generated.name, generated.namespace)
    folder = layout.output_folder(task.pattern, task.config, identity, request.top)
    if task.folder not in {None, folder}:
        message = "the name or namespace was changed during the run; run it again"
        raise InputError(Diagnostic(layout.shown(task.config), 0, 0, "name", message))
    project = request.project
    if project and request.output is None and not is_inside(folder, project.folder):
        message = "a link out of the folder of the project; to write there, use -o"
        raise InputError(Diagnostic(folder.as_posix(), 0, 0, "", message))
    return folder


def _refuse_taken(request: Request, task: Task, title: str, folder: Path) -> None:
    """Raise InputError for the folder of another application, of which this run knows nothing."""
    if request.project is None or request.is_whole or request.output is not None:
        return
    name = read_config_name(folder)
    other = (request.project.folder / name).as_posix()
    if name in {"", title} or not Path(other).is_file():
        return
    is_listed = other in map(layout.shown, list_applications(request.project))
    identify = partial(find_identity, needs_namespace=True)
    place = expected_place(request, identify, task._replace(config=other))
    if is_listed and place is not None and os.path.relpath(place.folder) == os.path.relpath(folder):
        message = f"{other} is written to {folder.as_posix()} too; rename one"
        raise InputError(Diagnostic(layout.shown(task.config), 0, 0, "", message))


def _stray_layers(task: Task) -> tuple[Diagnostic, ...]:
    """Return a warning for each file that is named as the layer of an unknown environment."""
    config, known = layout.shown(task.config), task.environments
    if task.environment is not None:
        return tuple(_stray(config, known))
    # Where nothing has environments, a file of such a name may be a config of its own.
    return tuple(each for each in _stray(config, known) if not _has_name(each.file))


def _has_name(file: str) -> bool:
    try:
        return re.search(rb"(?m)^name\s*:", read_file(file)) is not None
    except InputError:
        return True


def _stray_project_files(request: Request, tasks: Sequence[Task]) -> tuple[Diagnostic, ...]:
    """Return the same for the files of a project, if the run knows all of its environments."""
    if request.project is None or not request.is_whole or request.environments:
        return ()
    known = dict.fromkeys(name for task in tasks for name in task.environments)
    return tuple(_stray(request.project.file, tuple(known)))


def _stray(config: str, known: Collection[str]) -> Iterator[Diagnostic]:
    for word, file in find_layers(config).items():
        if word not in known:
            hint = closest(word, known) or "add it to environments, or rename the file"
            message = with_hint(f"no environment {word}", hint)
            yield Diagnostic(file, 0, 0, "", message, severity="warning")


def _with_first(
    outcomes: Iterator[Outcome[T]], warnings: tuple[Diagnostic, ...]
) -> Iterator[Outcome[T]]:
    """Yield the outcomes, the first of them with warnings that are about no application."""
    for outcome in outcomes:
        yield outcome._replace(warnings=(*warnings, *outcome.warnings))
        warnings = ()


def _reported_once(outcomes: Iterable[Outcome[T]], files: Collection[str]) -> Iterator[Outcome[T]]:
    """Yield the outcomes; a problem that several have is reported by the first alone.

    It is one of the files that all share, or of a whole folder. What the environments of an
    application have in common is found later.
    """
    owners: dict[Diagnostic, Owner] = {}

    def is_new(problem: Diagnostic, owner: Owner) -> bool:
        is_shared = problem.file in files
        first = owners.setdefault(problem, owner)
        return first == owner or (first.config == owner.config and not is_shared)

    for outcome in outcomes:
        owner = Owner(outcome.config, outcome.environment)
        yield outcome._replace(
            diagnostics=tuple(each for each in outcome.diagnostics if is_new(each, owner)),
            warnings=tuple(each for each in outcome.warnings if is_new(each, owner)),
            was_reported=outcome.is_failed,
        )


def _joined(outcomes: Iterable[Outcome[T]], shared: Collection[str]) -> Iterator[Outcome[T]]:
    """Yield the outcomes; what several environments have in common is reported by the first.

    A problem of a file that all applications share is not one of environments.
    """
    for _, each in groupby(outcomes, lambda outcome: outcome.config):
        group = list(each)
        if group[0].environment is None:
            yield from group
            continue
        found = _by_problem(group)
        # No layer needs to be named as the environment's.
        layers = {*find_layers(group[0].file).values(), *shared} if found.causes else set()
        for outcome in group:
            yield outcome._replace(
                diagnostics=_reported(outcome.diagnostics, outcome, found, layers),
                warnings=_reported(outcome.warnings, outcome, found, layers),
                was_reported=outcome.is_failed,
            )


class _Found(NamedTuple):
    """Hold the environments of each problem, with what their layers have to do with it."""

    causes: dict[Diagnostic, dict[str, str]]
    environments: int


def _by_problem(group: Sequence[Outcome[T]]) -> _Found:
    found = _Found({}, len(group))
    for outcome in group:
        for problem in (*outcome.diagnostics, *outcome.warnings):
            causes = found.causes.setdefault(problem._replace(cause=""), {})
            causes.setdefault(outcome.environment or "", problem.cause)
    return found


def _reported(
    problems: Iterable[Diagnostic], outcome: Outcome[T], found: _Found, layers: Collection[str]
) -> tuple[Diagnostic, ...]:
    """Return the problems that no earlier environment has, each with its environments."""
    reported = []
    for problem in dict.fromkeys(each._replace(cause="") for each in problems):
        causes = found.causes[problem]
        if next(iter(causes)) != outcome.environment:
            continue
        named = problem._replace(environments=tuple(causes))
        is_in_some = len(causes) < found.environments and problem.file not in layers
        if any(causes.values()) or is_in_some:
            words = (f"{name}: {cause}" if cause else name for name, cause in causes.items())
            named = named._replace(message=f"{problem.text} (in {', '.join(words)})", hint="")
        reported.append(named)
    return tuple(reported)
