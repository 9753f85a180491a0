"""From the text of one config to the content of every file that it makes."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from kustz_tpl import data_files, kinds, rules, schema
from kustz_tpl.application import Application
from kustz_tpl.cache import cache_folder
from kustz_tpl.context import contexts
from kustz_tpl.data_files.folder import DataFolder, limited
from kustz_tpl.data_files.real_path import real_path
from kustz_tpl.engine import Watched, watch
from kustz_tpl.errors import Diagnostic, InputError, KeyPath, NotationError
from kustz_tpl.generated import Generated, GeneratedFile, Sealing, SecretSource
from kustz_tpl.git_command import find_repository
from kustz_tpl.notation.local import data_file_path
from kustz_tpl.registry.backend import secret_entries
from kustz_tpl.render import Renderer
from kustz_tpl.schema.workloads import Workload, unreported
from kustz_tpl.secrets.scan import find_secrets
from kustz_tpl.source import Source
from kustz_tpl.template_checks import find_fixed_replicas, find_second_workload, find_unread
from kustz_tpl.validation import Input, ordered, validate, with_cause

if TYPE_CHECKING:
    from kustz_tpl.patches import Additions
    from kustz_tpl.secrets.backends import Delivery
    from kustz_tpl.secrets.logins import Absence

TEMPLATES_FOLDER = "kustz-templates"
# A run over many applications may have template folders without end.
MOST_RENDERERS = 16

# Keeps git from changing line ends, and secrets out of commits.
_GUARDS = {
    "copy": (".gitattributes", b"* -text\n"),
    "secret": (".gitignore", b"*\n!.gitignore\n"),
}


_Watched: TypeAlias = "tuple[list[tuple[tuple[str, ...], KeyPath]], Watched]"
"""The new keys that a workload writes, and a context that notes which are read."""


class Generator:
    """Generate applications; templates are compiled once for all that share their folders."""

    def __init__(
        self,
        templates: tuple[Path, ...] = (),
        absence: Absence = "refuse",
        *,
        allow_python_filters: bool = False,
        allow_outside: bool = False,
        shared_templates: tuple[Path, ...] = (),
    ) -> None:
        """Look for templates in these folders before any other.

        `absence` says what becomes of a Secret whose source is absent; with `skip` every Secret
        stays as it is. What a config names stays inside its repository unless it is allowed
        outside.
        """
        self._templates = templates
        self._shared_templates = shared_templates
        self._absence = absence
        self._allows_python = allow_python_filters
        self._allows_outside = allow_outside
        self._repository = find_repository(os.path.realpath(os.curdir))
        self._renderers: dict[tuple[object, ...], Renderer] = {}

    def generate(self, source: Source) -> Generated:
        """Return every file of an application; InputError with all problems if there is one."""
        folder = (
            DataFolder(source.folder)
            if self._allows_outside
            else limited(source.folder, source.root)
        )
        known = validate(source, folder, self._absence)
        renderer = self._renderer(folder)
        delivery = _deliver(known, renderer, source.known_keys, skips=self._absence == "skip")
        return _generated(source, known, renderer, delivery)

    def _renderer(self, folder: DataFolder) -> Renderer:
        neighbour = find_templates(folder)
        own = (neighbour,) if neighbour else ()
        folders = tuple(dict.fromkeys((*self._templates, *own, *self._shared_templates)))
        trees = (folder.limit or limited(folder.path).limit, self._repository)
        key = (folders, *trees)
        if key not in self._renderers:
            if len(self._renderers) >= MOST_RENDERERS:
                self._renderers.clear()
            cache = cache_folder(tree for tree in trees if tree)
            self._renderers[key] = _new_renderer(folders, cache, allows_python=self._allows_python)
        return self._renderers[key]


def find_templates(folder: DataFolder) -> Path | None:
    """Return the folder of templates next to a config; InputError if it links outside."""
    neighbour = folder.path / TEMPLATES_FOLDER
    if not os.path.lexists(neighbour):
        return None
    try:
        return neighbour if folder.find(TEMPLATES_FOLDER).is_dir() else None
    except NotationError:
        message = "a link out of the repository; remove it and name the folder with -t"
        raise InputError(Diagnostic(neighbour.as_posix(), 0, 0, "", message)) from None


def _new_renderer(
    folders: tuple[Path, ...], cache: Path | None, *, allows_python: bool
) -> Renderer:
    if not any((folder / "filters.py").is_file() for folder in folders):
        return Renderer(folders, cache=cache)
    from kustz_tpl.patches import python_filters  # noqa: PLC0415 - seldom

    files = python_filters.find_filters(folders)
    if allows_python:
        return Renderer(folders, python_filters.load_filters(files, kinds.FILTERS), cache=cache)
    return Renderer(folders, warnings=python_filters.warn(files), cache=cache)


def _generated(
    source: Source, known: Input, renderer: Renderer, delivery: Delivery | None
) -> Generated:
    secrets = delivery.files if delivery else ()
    data = known.data._replace(secrets=secrets)
    watched = _watch(source, known, data, delivery)
    context, *others = (each.context for _, each in watched)
    rendered = renderer.render_manifests(context, others)
    made = _complete(known, Application(known.workloads, rendered, renderer, data, delivery))
    found = _check(made, known, source)
    errors = [each for each in found if each.severity == "error"]
    draft = made.draft._replace(diagnostics=(*made.draft.diagnostics, *errors))
    texts, warnings, problems = renderer.render(context, draft)
    own = (each for each in found if each.severity == "warning")
    warnings = (*known.warnings, *own, *warnings)
    are_complete = not rendered.diagnostics and len(problems) == len(draft.diagnostics)
    if are_complete:  # else a page may yet read a key
        unread = _find_unread(source, watched, made)
        problems = tuple(ordered([*problems, *unread], source.file)) if unread else problems
    if problems:
        raise InputError(*problems, *warnings)
    _refuse_leaks(source, known, renderer, texts)
    left = delivery.left if delivery else frozenset()
    return Generated(
        name=known.config["name"],
        namespace=known.config["namespace"],
        config_name=source.origin,
        files=_files(texts, data, left) | _own_manifests(known.additions),
        warnings=warnings,
        sealed=_sealed(delivery, context, renderer) if delivery else {},
        left=delivery.left_files if delivery else frozenset(),
        keyless=frozenset(each.name for each in secrets if not each.files and each.name in left),
        reads=frozenset(_read_paths(source, known, renderer)),
        secret_sources=tuple(_secret_sources(known, source.folder)) if delivery else (),
        made=made,
    )


def _watch(
    source: Source, known: Input, data: data_files.Sources, delivery: Delivery | None
) -> list[_Watched]:
    """Return what the templates see of each workload, the main one first."""
    main, further = contexts(known.workloads, data, known.additions, delivery)
    for each in (main, *further):
        each["environment"] = source.environment
    return [_watched(*each) for each in zip(known.workloads, (main, *further), strict=True)]


def _complete(known: Input, made: Application) -> Application:
    """Return an application with raw sections and patches, tried as far as they can be."""
    if not known.additions:
        return made
    draft, tried = known.additions.complete(made.draft, made.data, made.workloads, made.renderer)
    return made._replace(draft=draft, completed=(known.additions, tried))


def _check(made: Application, known: Input, source: Source) -> list[Diagnostic]:
    """Return what is wrong with the manifests as a whole, and what a server refuses of them."""
    configs = [each.config for each in made.workloads]
    found = [
        each
        for config in configs
        for each in find_second_workload(config, made.draft, made.renderer)
    ]
    found += find_fixed_replicas(configs, made.draft, made.renderer)
    is_wrong = made.draft.diagnostics or any(each.severity == "error" for each in found)
    if is_wrong or not (known.additions or made.renderer.has_user_templates):
        return found
    from kustz_tpl.finished_objects import check_objects  # noqa: PLC0415 - seldom

    return [*_new(check_objects(made), known, source), *found]


def _new(judged: Iterable[Diagnostic], known: Input, source: Source) -> list[Diagnostic]:
    """Return what is wrong with objects, without the warnings that the rules gave already."""
    reported = {each[:4] for each in known.warnings}
    found = [each for each in judged if each.severity == "error" or each[:4] not in reported]
    if source.environment:
        found = [with_cause(each, known.document, source) for each in found]
    return ordered(found, source.file)


def _find_unread(
    source: Source, watched: Iterable[_Watched], made: Application
) -> list[Diagnostic]:
    """Return the keys that no template reads, those of the project's files apart."""
    shared = {each.file for each in source.shared}
    unread: list[Diagnostic] = []
    for workload, (written, context) in zip(made.workloads, watched, strict=True):
        found = find_unread(written, context, made.draft.of(workload.entry), made.renderer)
        problems = rules.to_diagnostics(found, workload.document)
        problems = [problem for problem in problems if problem.file not in shared]
        unread += unreported(workload, problems, unread)
    return unread


def _watched(workload: Workload, context: Mapping[str, Any]) -> _Watched:
    """Return the new keys that a workload writes, and a context that notes which are read.

    `services` are read of the main workload's only.
    """
    keys = schema.new_keys(workload.config, workload.document)
    written = [each for each in keys if workload.entry is None or each[0] != ("services",)]
    return written, watch(context, dict.fromkeys(key for key, _ in written))


def _read_paths(source: Source, known: Input, renderer: Renderer) -> Iterator[str]:
    """Yield the real paths of the config, of the files that it names, and of template folders."""
    found: dict[str, str] = {}
    variables = (data_files.variable_files(each.config) for each in known.workloads)
    paths = (*data_files.named_files(known.config), *chain.from_iterable(variables))
    named = (os.path.join(source.folder, path) for path in paths)  # noqa: PTH118 - text
    for path in (*source.files, *named, *renderer.folders):
        yield real_path(str(path), found)


def _refuse_leaks(
    source: Source, known: Input, renderer: Renderer, texts: Mapping[str, str]
) -> None:
    """Raise InputError where what will be committed holds a secret value or a credential."""
    inputs = {**source.files, **known.data.plain}
    flags = {each.label: each.value.encode(errors="replace") for each in source.overrides}
    inputs |= flags
    inputs |= known.additions.plain() if known.additions else {}
    rendered = {name: text.encode() for name, text in texts.items()}
    values: Iterable[tuple[str, bytes]] = ()
    if known.data.secrets or known.logins:
        from kustz_tpl.secrets.backends import secret_values  # noqa: PLC0415 - start-up time

        public = known.config["secrets"]["public"]
        values = secret_values(known.data.secrets, known.logins)
        values = ((name, value) for name, value in values if name not in public)
    if diagnostics := find_secrets(values, inputs, rendered, renderer):
        whole = (
            each._replace(line=0, column=0) if each.file in flags else each for each in diagnostics
        )
        raise InputError(*whole, *known.warnings)


def _secret_sources(known: Input, folder: Path) -> Iterator[SecretSource]:
    from kustz_tpl.secrets.backends import source_files  # noqa: PLC0415 - start-up time

    for path, file in source_files(known.config):
        yield SecretSource(folder / file, known.document.place(path), known.document.show(path))


def _deliver(
    known: Input, renderer: Renderer, known_keys: Mapping[str, tuple[str, ...]], *, skips: bool
) -> Delivery | None:
    """Return what becomes of the Secrets, None where there are none."""
    if not known.config["registries"] and not any(secret_entries(known.config)):
        return None
    from kustz_tpl.secrets.backends import arrange, gather  # noqa: PLC0415 - start-up time

    sets = gather(known.data.secrets, known.logins, renderer.secret_engine)
    return arrange(known.config, sets, known_keys, skips=skips)


def _sealed(
    delivery: Delivery, context: Mapping[str, Any], renderer: Renderer
) -> dict[str, Sealing]:
    """Return the manifests to be encrypted, by their paths."""
    return {
        each.path: Sealing(each.manifest(context, renderer.secret_engine), each.age)
        for each in delivery.sealed
        if each.name not in delivery.left
    }


def _files(
    texts: Mapping[str, str], data: data_files.Sources, left: Collection[str]
) -> dict[str, GeneratedFile]:
    files = {name: GeneratedFile(text.encode(), "manifest") for name, text in texts.items()}
    files |= _data_files("configmaps", data.configmaps, "copy")
    files |= _data_files("secrets", data.secrets, "secret", left)
    return files


def _own_manifests(additions: Additions | None) -> dict[str, GeneratedFile]:
    """Return the user's own manifests as they are, and the git file that keeps them so."""
    if additions is None or not additions.manifests:
        return {}
    name, text = _GUARDS["copy"]
    files = {each.target: GeneratedFile(each.content, "copy") for each in additions.manifests}
    return {f"resources/{name}": GeneratedFile(text, "control")} | files


def _data_files(
    folder: str,
    sets: tuple[data_files.DataSet, ...],
    kind: Literal["copy", "secret"],
    left: Collection[str] = (),
) -> dict[str, GeneratedFile]:
    """Return the files that kustomize reads, and the git file that guards their folder."""
    files = {
        data_file_path(folder, each.name, key): GeneratedFile(content, kind)
        for each in sets
        if each.name not in left
        for key, content in each.files.items()
    }
    name, text = _GUARDS[kind]
    is_used = any(each.files for each in sets)
    guard = {f"{folder}/{name}": GeneratedFile(text, "control")} if is_used else {}
    return guard | files
