"""From the text of one kustz.yml to the content of every file it makes."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from kustz_tpl import data_files, kinds, rules, schema
from kustz_tpl.application import Application
from kustz_tpl.cache import cache_folder
from kustz_tpl.context import contexts, known_services
from kustz_tpl.data_files.folder import DataFolder, limited
from kustz_tpl.data_files.reader import DataFiles
from kustz_tpl.data_files.real_path import real_path
from kustz_tpl.engine import Watched, watch
from kustz_tpl.errors import Diagnostic, InputError, KeyPath, NotationError, Subject
from kustz_tpl.git_command import find_conflict, find_repository
from kustz_tpl.kinds.backend import check_backends
from kustz_tpl.kinds.mounts import has_outside_volumes
from kustz_tpl.kinds.references import check_mounted_keys, check_variable_keys, known_keys
from kustz_tpl.kinds.security import is_restricted
from kustz_tpl.kinds.variables import check_order
from kustz_tpl.notation.choices import WORKLOAD_KINDS
from kustz_tpl.notation.local import data_file_path
from kustz_tpl.notation.names import parse_dns_label, parse_environment
from kustz_tpl.registry.backend import secret_entries
from kustz_tpl.render import Draft, Renderer
from kustz_tpl.schema.whole_manifest import TELLTALE_KEYS, refuse_manifest
from kustz_tpl.schema.workloads import Workload, split_workloads, unreported
from kustz_tpl.secret_string import partial_repr
from kustz_tpl.secrets.scan import find_secrets
from kustz_tpl.template_checks import find_fixed_replicas, find_second_workload, find_unread
from kustz_tpl.yaml_source import Data, Document, Place, Scalar, override, read
from kustz_tpl.yaml_source.decoding import decode_yaml
from kustz_tpl.yaml_source.top_level import find_scalars

if TYPE_CHECKING:
    from kustz_tpl.patches import Additions
    from kustz_tpl.secrets.backends import Delivery
    from kustz_tpl.secrets.logins import Absence, Login

TEMPLATES_FOLDER = "kustz-templates"
# A run over many applications may have template folders without end.
MOST_RENDERERS = 16
_MOST_UNFIT = 20
"""Rounds in which defaults are left out; one may only show after another is gone."""

# Keeps git from changing line ends, and secrets out of commits.
_GUARDS = {
    "copy": (".gitattributes", b"* -text\n"),
    "secret": (".gitignore", b"*\n!.gitignore\n"),
}


class Override(NamedTuple):
    """A value that the command line puts over the config, named by its label in messages.

    `path` is a path of the language (`service.ports[0]`), `value` is read as YAML.
    """

    label: str
    path: str
    value: str


class SourceFile(NamedTuple):
    """Hold the text of a file that is a part of a config."""

    file: str
    text: bytes


class Source(NamedTuple):
    """The text of one config, how messages name it, and the folder its paths are relative to.

    `known_keys` are those of the Secrets of an earlier run, whose sources may be absent now. Of an
    environment, `layer` is the file that changes the config; `below` are the layers that every
    config of a project has below it, from the files of `shared`; `root` is the project's folder. The
    first line of a manifest calls the config by its `title`.
    """

    file: str
    text: bytes
    folder: Path
    overrides: tuple[Override, ...] = ()
    known_keys: Mapping[str, tuple[str, ...]] = {}
    environment: str | None = None
    layer: SourceFile | None = None
    below: tuple[Document, ...] = ()
    shared: tuple[SourceFile, ...] = ()
    title: str = ""
    root: Path | None = None

    @property
    def files(self) -> dict[str, bytes]:
        """Return the text of every file that the config is made of."""
        others = (self.layer,) if self.layer else ()
        return {self.file: self.text} | {each.file: each.text for each in (*self.shared, *others)}

    @property
    def origin(self) -> str:
        """Return what the first line of a manifest says that it is from."""
        title = self.title or Path(self.file).name
        return f"{title} and {Path(self.layer.file).name}" if self.layer else title


class GeneratedFile(NamedTuple):
    """The content of one file to be; a secret's is not shown."""

    content: bytes
    kind: Literal["manifest", "copy", "secret", "control"]

    def __repr__(self) -> str:
        """Return all but what may be secret."""
        return partial_repr(self, "kind")


class Sealing(NamedTuple):
    """A Secret's manifest, as JSON, and the age keys that it is to be encrypted for."""

    manifest: bytes
    age: tuple[str, ...]

    def __repr__(self) -> str:
        """Return all but what may be secret."""
        return partial_repr(self, "age")


class SecretSource(NamedTuple):
    """Name a file that secret values are read from, and where the config names it."""

    file: Path
    place: Place
    path: str


class Generated(NamedTuple):
    """What one application makes: files by their path below the output folder, and warnings.

    `sealed` are the manifests that are still to be encrypted, `left` the files that stay as they
    are, `keyless` the Secrets of which not even the keys are known. `reads` are the files and
    folders that the run reads; `made` is what its objects are made of.
    """

    name: str
    namespace: str | None
    config_name: str
    files: dict[str, GeneratedFile]
    warnings: tuple[Diagnostic, ...] = ()
    sealed: Mapping[str, Sealing] = {}
    left: frozenset[str] = frozenset()
    keyless: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    secret_sources: tuple[SecretSource, ...] = ()
    made: Application | None = None

    def __repr__(self) -> str:
        """Return all but what may be secret."""
        return partial_repr(self, "name", "namespace", "config_name", "files")


_Watched: TypeAlias = "tuple[list[tuple[tuple[str, ...], KeyPath]], Watched]"
"""The new keys that a workload writes, and a context that notes which are read."""


class _Input(NamedTuple):
    """All that was read and found right; the first workload is the main one."""

    config: schema.Config
    document: Document
    workloads: tuple[Workload, ...]
    data: data_files.Sources
    additions: Additions | None
    logins: list[Login]
    warnings: tuple[Diagnostic, ...]


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
        known = self._validated(read_document(source), folder, source)
        renderer = self._renderer(folder)
        delivery = _deliver(known, renderer, source.known_keys, skips=self._absence == "skip")
        return _generated(source, known, renderer, delivery)

    def _validated(self, document: Document, folder: DataFolder, source: Source) -> _Input:
        """Return what was read, without defaults of the project that do not fit the application."""
        for _ in range(_MOST_UNFIT if source.below else 1):
            try:
                return _validated(document, folder, self._absence, source)
            except InputError as error:
                paths = _unfit(error, document, source)
                if not paths:
                    raise
                from kustz_tpl.yaml_source.layers import without  # noqa: PLC0415 - seldom

                for path in paths:
                    document = without(document, path)
        return _validated(document, folder, self._absence, source)

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


def read_identity(source: Source) -> tuple[str, str | None]:
    """Return an application's name and namespace; InputError or NotationError if one is wrong."""
    return _identity(read_document(source).data)


def find_identity(source: Source, *, needs_namespace: bool) -> tuple[str, str | None]:
    """Return what `read_identity` does, without a look at what is wrong further down.

    A namespace that is not needed may be None.
    """
    found = None
    is_alone = not (source.overrides or (needs_namespace and (source.layer or source.below)))
    if is_alone and not find_conflict(source.text):
        keys = ("name", "namespace") if needs_namespace else ("name",)
        found = find_scalars(decode_yaml(source.text, source.file), keys)
    return _identity(found if found and "name" in found else read_document(source).data)


def _identity(data: Mapping[str, Data]) -> tuple[str, str | None]:
    name, namespace = (
        each.text if isinstance(each, Scalar) and not each.is_null else None
        for each in map(data.get, ("name", "namespace"))
    )
    return parse_dns_label(name or ""), parse_dns_label(namespace) if namespace else None


def find_environments(source: Source) -> tuple[str, ...] | None:
    """Return the environments that a config lists, None where it says nothing about them.

    None is listed where something is wrong with the list, which `generate` finds.
    """
    if b"environments" not in source.text:
        return None
    document = read(source.text, source.file, schema.is_secret)
    if "environments" not in document.data:
        return None
    names = document.data["environments"]
    if not isinstance(names, list) or not all(isinstance(name, Scalar) for name in names):
        return ()
    try:
        found = [parse_environment(name.text) for name in names if isinstance(name, Scalar)]
    except NotationError:
        return ()
    return tuple(found) if len(set(found)) == len(found) else ()


def read_document(source: Source) -> Document:
    """Return a config with its layers, as far as it can be read; InputError if it cannot."""
    document = _read(source)
    if source.layer or source.below:
        from kustz_tpl.yaml_source.layers import put_layers  # noqa: PLC0415 - start-up time

        layer = source.layer
        above = [read(layer.text, layer.file, schema.is_secret)] if layer else []
        document = put_layers(document, source.below, above)
    return _overridden(document, source.overrides) if source.overrides else document


def _read(source: Source) -> Document:
    try:
        document = read(source.text, source.file, schema.is_secret)
    except InputError:  # a manifest may have a second document
        text = decode_yaml(source.text, source.file)
        refuse_manifest(find_scalars(text, TELLTALE_KEYS) or {}, source.file)
        raise
    refuse_manifest(document.data, source.file)
    return document


def _overridden(document: Document, overrides: Iterable[Override]) -> Document:
    for layer in overrides:
        document = override(document, layer.path, layer.value, layer.label)
    return document


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
    source: Source, known: _Input, renderer: Renderer, delivery: Delivery | None
) -> Generated:
    config, additions = known.config, known.additions
    secrets = delivery.files if delivery else ()
    data = known.data._replace(secrets=secrets)
    seen, further = contexts(known.workloads, data, additions, delivery)
    for visible in (seen, *further):
        visible["environment"] = source.environment
    watched = [_watched(*each) for each in zip(known.workloads, (seen, *further), strict=True)]
    context, *others = (each.context for _, each in watched)
    draft = renderer.render_manifests(context, others)
    is_rendered = not draft.diagnostics
    completed = None
    if additions:
        draft, tried = additions.complete(draft, data, known.workloads, renderer)
        completed = additions, tried
    second = (
        each
        for workload in known.workloads
        for each in find_second_workload(workload.config, draft, renderer)
    )
    configs = [workload.config for workload in known.workloads]
    fixed = list(find_fixed_replicas(configs, draft, renderer))
    wrong = (*second, *(each for each in fixed if each.severity == "error"))
    draft = draft._replace(diagnostics=(*draft.diagnostics, *wrong))
    made = Application(known.workloads, draft, renderer, data, delivery, completed)
    judged: list[Diagnostic] = []
    if not draft.diagnostics and (additions or renderer.has_user_templates):
        from kustz_tpl.finished_objects import check_objects  # noqa: PLC0415 - seldom

        judged = _new(check_objects(made), known, source)
    errors = (each for each in judged if each.severity == "error")
    draft = draft._replace(diagnostics=(*draft.diagnostics, *errors))
    texts, warnings, problems = renderer.render(context, draft)
    own = (each for each in (*judged, *fixed) if each.severity == "warning")
    warnings = (*known.warnings, *own, *warnings)
    if is_rendered and len(problems) == len(draft.diagnostics):  # else a page may yet read a key
        pages = zip(known.workloads, watched, strict=True)
        unread = _unread(source, pages, draft, renderer)
        problems = tuple(_ordered([*problems, *unread], source.file)) if unread else problems
    if problems:
        raise InputError(*problems, *warnings)
    _refuse_leaks(source, known, renderer, texts)
    sealed = _sealed(delivery, context, renderer) if delivery else {}
    left = delivery.left if delivery else frozenset()
    return Generated(
        name=config["name"],
        namespace=config["namespace"],
        config_name=source.origin,
        files=_files(texts, data, left) | _own_manifests(additions),
        warnings=warnings,
        sealed=sealed,
        left=delivery.left_files if delivery else frozenset(),
        keyless=frozenset(each.name for each in secrets if not each.files and each.name in left),
        reads=frozenset(_read_paths(source, known, renderer)),
        secret_sources=tuple(_secret_sources(known, source.folder)) if delivery else (),
        made=made,
    )


def _new(judged: Iterable[Diagnostic], known: _Input, source: Source) -> list[Diagnostic]:
    """Return what is wrong with objects, without the warnings that the rules gave already."""
    told = {each[:4] for each in known.warnings}
    found = [each for each in judged if each.severity == "error" or each[:4] not in told]
    if source.environment:
        found = [_with_cause(each, known.document, source) for each in found]
    return _ordered(found, source.file)


def _unread(
    source: Source,
    pages: Iterable[tuple[Workload, _Watched]],
    draft: Draft,
    renderer: Renderer,
) -> list[Diagnostic]:
    """Return the keys that no template reads, those of the project's files apart."""
    shared = {each.file for each in source.shared}
    unread: list[Diagnostic] = []
    for workload, (written, watched) in pages:
        found = find_unread(written, watched, draft.of(workload.entry), renderer)
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


def _read_paths(source: Source, known: _Input, renderer: Renderer) -> Iterator[str]:
    """Yield the real paths of the config, of the files that it names, and of template folders."""
    found: dict[str, str] = {}
    variables = (data_files.variable_files(each.config) for each in known.workloads)
    paths = (*data_files.named_files(known.config), *chain.from_iterable(variables))
    named = (os.path.join(source.folder, path) for path in paths)  # noqa: PTH118 - text
    for path in (*source.files, *named, *renderer.folders):
        yield real_path(str(path), found)


def _refuse_leaks(
    source: Source, known: _Input, renderer: Renderer, texts: Mapping[str, str]
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


def _secret_sources(known: _Input, folder: Path) -> Iterator[SecretSource]:
    from kustz_tpl.secrets.backends import source_files  # noqa: PLC0415 - start-up time

    for path, file in source_files(known.config):
        yield SecretSource(folder / file, known.document.place(path), known.document.show(path))


def _deliver(
    known: _Input, renderer: Renderer, known_keys: Mapping[str, tuple[str, ...]], *, skips: bool
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


def _validated(document: Document, folder: DataFolder, absence: Absence, source: Source) -> _Input:
    """Return what was read; InputError with every problem of the file and its data files."""
    found, diagnostics = _workloads(document)
    config, document = found[0].config, found[0].document
    workloads: list[Workload] = []
    plain: dict[str, bytes] = {}
    for each in found:
        env, contents, more = data_files.read_variables(each.config, each.document, folder)
        diagnostics += unreported(each, more, diagnostics)
        plain |= contents
        workloads.append(each._replace(env=env))
    absent, more = _absent(config, document, folder, absence)
    diagnostics += more
    data, more = data_files.read(config, document, folder, absent)
    data = data._replace(plain={**data.plain, **plain})
    diagnostics += [*more, *_check_references(workloads, data, are_whole=not more)]
    logins, more = _logins(config, document, folder, absence)
    diagnostics += more
    additions = None
    if config["patches"] or config["resources"] or any(map(_has_additions, workloads)):
        from kustz_tpl.patches import read as read_additions  # noqa: PLC0415 - seldom

        additions, more = read_additions(config, document, folder)
        diagnostics += more
    is_whole = not any(problem.severity == "error" for problem in diagnostics)
    if is_whole:
        diagnostics += _uncovered(workloads, data, logins)
        diagnostics += _unknown_public(config, document, data)
    if config["ingress"]["rules"]:
        services = known_services(workloads, additions)
        found_rules = check_backends(config, services, is_whole=is_whole)
        diagnostics += rules.to_diagnostics(found_rules, document)
    if source.environment:
        diagnostics = [_with_cause(each, document, source) for each in diagnostics]
    ordered = _ordered(diagnostics, document.file)
    if any(problem.severity == "error" for problem in ordered):
        raise InputError(*ordered)
    return _Input(config, document, tuple(workloads), data, additions, logins, tuple(ordered))


def _unfit(error: InputError, document: Document, source: Source) -> set[KeyPath]:
    """Return the defaults that rules refuse in this application, but not in any application."""
    files = {each.file for each in source.shared}
    paths = {
        problem.subject.path
        for problem in error.diagnostics
        if problem.severity == "error" and problem.file in files
    }
    paths = {path for path in paths if path in document.places}
    return paths - _always_refused(source) if paths else paths


def _always_refused(source: Source) -> set[KeyPath]:
    """Return the defaults that the rules of every kind of workload refuse."""
    from kustz_tpl.yaml_source.layers import put_layers  # noqa: PLC0415 - seldom

    refused = []
    for kind in WORKLOAD_KINDS:
        text = f"name: any\nservice: {{kind: {kind}, image: any}}\n".encode()
        document = put_layers(read(text, "", schema.is_secret), source.below)
        config, document = schema.normalise(document)
        refused.append({each.subject.path for each in kinds.check(config, document)})
    return set.intersection(*refused)


def _with_cause(problem: Diagnostic, document: Document, source: Source) -> Diagnostic:
    """Name what a file of the environment has that makes something of a file below it a problem."""
    about = problem.subject
    files = {each.file for each in (source.layer, *source.shared[1:]) if each}
    if problem.file in files:
        return problem
    for path in filter(None, (about.other, *about.relies_on)):
        place = document.place(path)
        if place.file in files:
            return problem._replace(cause=f"{place.file}:{place.line} has {document.show(path)}")
    return problem


def check_language(document: Document) -> list[Diagnostic]:
    """Return what is wrong with a config, without a look at the files that it names."""
    return _ordered(_workloads(document)[1], document.file)


def _workloads(document: Document) -> tuple[list[Workload], list[Diagnostic]]:
    """Return the workloads of a config, the main one first, and what is wrong with them."""
    config, document = schema.normalise(document)
    entries, diagnostics = split_workloads(document)
    found = [Workload(None, config, document)]
    found += [Workload(each.name, *schema.normalise(each.document)) for each in entries]
    diagnostics += kinds.check_application(
        {each.entry: (each.config, each.document) for each in found}
    )
    for each in found:
        problems = kinds.check(each.config, each.document)
        if each.entry:  # its paths are not those of the document
            problems = [problem._replace(subject=Subject()) for problem in problems]
        problems = [*each.document.diagnostics, *problems]
        diagnostics += unreported(each, problems, diagnostics)
    return found, diagnostics


def _has_additions(workload: Workload) -> bool:
    """Check whether a workload has fields of Kubernetes' own, or its pod is to be looked at."""
    config = workload.config
    return bool(kinds.pass_through(config)) or has_outside_volumes(config) or is_restricted(config)


def _absent(
    config: schema.Config, document: Document, folder: DataFolder, absence: Absence
) -> tuple[Collection[str], list[Diagnostic]]:
    """Return the Secrets of which a file is absent without that being a problem."""
    if not any(secret_entries(config)):
        return (), []
    from kustz_tpl.secrets.backends import absent_secrets  # noqa: PLC0415 - start-up time

    files = DataFiles(document, folder)
    return absent_secrets(config, files, absence), files.diagnostics


def _logins(
    config: schema.Config,
    document: Document,
    folder: DataFolder,
    absence: Absence,
) -> tuple[list[Login], list[Diagnostic]]:
    """Return the accounts of the registries."""
    if not config["registries"]:
        return [], []
    from kustz_tpl.secrets.logins import read_logins  # noqa: PLC0415 - start-up time

    files = DataFiles(document, folder)
    logins = read_logins(config, files, absence)
    return logins, files.diagnostics


def _uncovered(
    workloads: Sequence[Workload], data: data_files.Sources, logins: list[Login]
) -> list[Diagnostic]:
    """Return what does not meet: registries, pull secrets and images."""
    main = workloads[0]
    if not main.config["registries"]:
        return []
    from kustz_tpl.secrets import pull_secret_checks as checks  # noqa: PLC0415 - start-up time

    servers = checks.known_servers(main.config, logins, data.secrets)
    configs = [each.config for each in workloads]
    problems = rules.to_diagnostics(checks.check_registries(configs, servers), main.document)
    for each in workloads:
        found = rules.to_diagnostics(checks.check_images(each.config, servers), each.document)
        problems += unreported(each, found, problems)
    return problems


def _unknown_public(
    config: schema.Config, document: Document, data: data_files.Sources
) -> list[Diagnostic]:
    """Return the entries of `secrets.public` that name no key."""
    if not config["secrets"]["public"]:
        return []
    from kustz_tpl.data_files.public_keys import check_public  # noqa: PLC0415 - seldom

    return rules.to_diagnostics(check_public(config, data.secrets), document)


def _check_references(
    workloads: Sequence[Workload], data: data_files.Sources, *, are_whole: bool
) -> list[Diagnostic]:
    """Return the variables that come too early, and the references to a key that is not there.

    The keys are known only where all of their files `are_whole`, and what names them is right.
    """
    main = workloads[0]
    is_known = not {at[0] for at in main.document.unsure if at} & {"configmaps", "secrets"}
    known = known_keys(main.config, data.configmaps, data.secrets) if are_whole and is_known else {}
    checks = (check_mounted_keys, check_variable_keys)
    problems: list[Diagnostic] = []
    for each in workloads:
        found = (
            *check_order(each.config, each.env),
            *(finding for check in checks for finding in check(each.config, known)),
        )
        problems += unreported(each, rules.to_diagnostics(found, each.document), problems)
    return problems


def _ordered(diagnostics: list[Diagnostic], first: str) -> list[Diagnostic]:
    """Put the config's own problems first, then those of its data files, each in line order.

    A problem of what several aliases repeat is one: the place, the key and the message are one.
    """
    once: dict[tuple[object, ...], Diagnostic] = {}
    for each in diagnostics:
        once.setdefault((*each[:3], each.path.rpartition(".")[2], each.message), each)
    return sorted(
        once.values(),
        key=lambda problem: (problem.file != first, problem.file, problem.line, problem.column),
    )


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
