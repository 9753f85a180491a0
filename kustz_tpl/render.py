"""Renders the normalised config through the templates into the text of every manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from kustz_tpl.engine import (
    Engine,
    Folder,
    FolderLoader,
    Limits,
    TemplateError,
    Tree,
    write_json,
    write_yaml,
)
from kustz_tpl.errors import Diagnostic, KeyPath
from kustz_tpl.git_command import find_conflict
from kustz_tpl.kinds import FILTERS, KINDS, ROUTES, WORKLOADS
from kustz_tpl.kinds.kind import Filter, value_at
from kustz_tpl.kinds.kustomization import KUSTOMIZATION_FILE, is_kustomization
from kustz_tpl.kustomize_text import kustomize_fault
from kustz_tpl.messages import MERGE_CONFLICT, closest, has_control_characters, with_hint
from kustz_tpl.resource import Identity, ResourceError, parse_resource

BUILT_IN_PREFIX = "kustz"
SUFFIX = ".j2"
MANIFEST_SUFFIXES = (".yml", ".yaml", ".json")
_NO_PAGE = "not rendered, because it is in a subfolder and no template includes it"
_PAGES_OF_WORKLOAD = frozenset(kind.template for kind in KINDS if kind.is_of_workload)


def built_in_folder() -> Path:
    """Return the folder of the built-in templates, in a wheel or in a checkout."""
    package = Path(__file__).parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


class Manifest(NamedTuple):
    """A file to be, the template it comes from, its documents, and the workload it is of."""

    name: str
    template: str
    tree: Tree
    workload: str | None = None

    @property
    def text(self) -> str:
        """Return the file's text."""
        if self.name.endswith(".json"):
            return write_json(self.tree.documents[0])
        return write_yaml(self.tree.documents, self.tree.comments)


class Draft(NamedTuple):
    """Hold every manifest but kustomization.yml, what is wrong with them, and warnings."""

    manifests: tuple[Manifest, ...]
    diagnostics: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def documents(self) -> dict[str, list[Any]]:
        """Return the documents of each file."""
        return {each.name: each.tree.documents for each in self.manifests}

    def of(self, workload: str | None) -> Draft:
        """Return the manifests of one workload; of the main one all that are of no other."""
        return self._replace(
            manifests=tuple(each for each in self.manifests if each.workload == workload)
        )

    def replace(
        self, documents: Mapping[str, list[Any]], diagnostics: Iterable[Diagnostic]
    ) -> Draft:
        """Return the draft with other documents in its files, and further problems."""
        manifests = (
            each._replace(tree=each.tree._replace(documents=documents[each.name]))
            for each in self.manifests
        )
        found = (*self.diagnostics, *diagnostics)
        return self._replace(manifests=tuple(manifests), diagnostics=found)


class Rendered(NamedTuple):
    """Hold the text of every file by its name, kustomization.yml last, or the problems."""

    texts: Mapping[str, str]
    warnings: tuple[Diagnostic, ...]
    problems: tuple[Diagnostic, ...] = ()


class Renderer:
    """Render the built-in templates and those of the user's folders, the first folder wins."""

    def __init__(
        self,
        folders: Iterable[Path],
        filters: Mapping[str, Filter] | None = None,
        warnings: Iterable[Diagnostic] = (),
        cache: Path | None = None,
    ) -> None:
        """Look for templates in the folders, then among the built-in ones; add the filters.

        The warnings are about the folders; every rendering has them.
        """
        self.folders = tuple(folders)
        users = [Folder(folder) for folder in self.folders]
        built_in = Folder(built_in_folder(), BUILT_IN_PREFIX)
        self._warnings = tuple(warnings)
        self._has_filters = filters is not None
        self.loader = FolderLoader(*users, built_in)
        self.engine = Engine(self.loader, kustomize_fault, Limits(), cache)
        self.engine.filters.update({**FILTERS, **(filters or {})})
        self._templates = self.loader.list_pages()
        self._is_users: dict[str, bool] = {}
        self._built_in = {
            kind.template: kind for kind in KINDS if not self.is_users(kind.template + SUFFIX)
        }

    @cached_property
    def secret_engine(self) -> Engine:
        """Return the engine for what never stands in a manifest as it is, so any text is fine."""
        return self.engine.carrying_everything()

    def render_manifests(
        self, context: Mapping[str, Any], workloads: Iterable[Mapping[str, Any]] = ()
    ) -> Draft:
        """Return every manifest but kustomization.yml, which lists them.

        The templates of a workload's kinds are rendered for each of the further workloads too.
        """
        diagnostics = [self._problem(error) for error in _misnamed(self._templates)]
        manifests: list[Manifest] = []
        pages = _in_order(self._templates)
        for name, template in pages.items():
            if not self._is_blank(name, context):
                manifests += self._manifest(name, template, context, diagnostics)
        for each in workloads:
            entry = each["workload"]
            for name in (each for each in pages if each in _PAGES_OF_WORKLOAD):
                if not self._is_blank(name, each):
                    found = self._manifest(_of(entry, name), pages[name], each, diagnostics)
                    manifests += (page._replace(workload=entry) for page in found)
        diagnostics += [self._problem(error) for error in _of_one_file(manifests)]
        diagnostics += [self._problem(error) for error in _clashes(manifests, self._line)]
        return Draft(tuple(manifests), tuple(diagnostics))

    def render(self, context: Mapping[str, Any], draft: Draft) -> Rendered:
        """Return the text of every file, with the kustomization.yml that lists the draft's."""
        diagnostics = list(draft.diagnostics)
        listed = {**context, "manifests": [manifest.name for manifest in draft.manifests]}
        last = self._manifest(KUSTOMIZATION_FILE, KUSTOMIZATION_FILE + SUFFIX, listed, diagnostics)
        diagnostics += [self._problem(error) for error in _no_kustomization(last)]
        manifests = [*draft.manifests, *last]
        own = (*self._warnings, *self._unused_pages)
        warnings = (*own, *draft.warnings, *self._lost_blocks(manifests))
        if diagnostics:
            return Rendered({}, warnings, tuple(diagnostics))
        return Rendered({each.name: each.text for each in manifests}, warnings)

    def _is_blank(self, name: str, context: Mapping[str, Any]) -> bool:
        """Check whether a page is a built-in that renders blank, which rendering takes long to tell."""
        kind = self._built_in.get(name)
        if kind is None:
            return False
        if kind in WORKLOADS and kind.name != context["service"]["kind"]:
            return True
        if kind in ROUTES and kind.name not in context["ingress"]["kind"]:
            return True
        return bool(kind.needs and not value_at(context, *kind.needs))

    @cached_property
    def has_user_templates(self) -> bool:
        """Check whether a template or a filter is not built in."""
        return self._has_filters or any(any(folder.rglob("*.j2")) for folder in self.folders)

    def is_users(self, template: str) -> bool:
        """Check whether a template is not the built-in one of its name."""
        if template not in self._is_users:
            self._is_users[template] = self.loader.prefix_of(template) != BUILT_IN_PREFIX
        return self._is_users[template]

    def has_users_part(self, page: Manifest) -> bool:
        """Check whether a template or a filter that is not built in had a part in a page."""
        return self._has_filters or any(map(self.is_users, page.tree.templates))

    def template_file(self, name: str) -> str:
        """Return how a message names the template of a file."""
        return self.loader.describe(name + SUFFIX)

    def _line(self, template: str, path: KeyPath) -> int:
        """Return the only line of a user's template that writes a key, else 0."""
        file = self.loader.find(template) if path and self.is_users(template) else None
        if file is None:
            return 0
        from kustz_tpl.yaml_source.written_lines import find_line  # noqa: PLC0415 - seldom

        return find_line(file.read_bytes().decode(errors="replace"), path)

    def user_templates(self) -> dict[str, bytes]:
        """Return the text of every template that is not built in, as a message names it."""
        loader = self.loader
        paths = {
            loader.describe(name): loader.find(name)
            for name in loader.list_names()
            if self.is_users(name)
        }
        return {file: path.read_bytes() for file, path in paths.items() if path}

    def _manifest(
        self, name: str, template: str, context: Mapping[str, Any], diagnostics: list[Diagnostic]
    ) -> list[Manifest]:
        """Return the manifest of a template; none if it renders blank or has a problem."""
        try:
            tree = self.engine.render_tree(template, context)
        except TemplateError as error:
            diagnostics.append(self._problem(error))
            return []
        count = len(tree.documents)
        if name.endswith(".json") and count > 1:
            fault = TemplateError(f"expected one document in a JSON file, got {count}", template)
            diagnostics.append(self._problem(fault))
            return []
        return [Manifest(name, template, tree)] if tree.documents else []

    @cached_property
    def _unused_pages(self) -> tuple[Diagnostic, ...]:
        """Return warnings of what looks like a page in a subfolder that no template names."""
        found = [
            (folder, path.relative_to(folder))
            for folder in self.folders
            for path in sorted(folder.rglob("*.j2"))
            if path.parent != folder
            and not path.name.startswith("_")
            and path.stem.endswith(MANIFEST_SUFFIXES)
        ]
        texts = self.user_templates().values() if found else ()
        return tuple(
            Diagnostic(
                (folder / path).as_posix(),
                0,
                0,
                "",
                f"{_NO_PAGE}; move it to {folder.as_posix()}",
                severity="warning",
            )
            for folder, path in found
            if not any(f"{path.parent.as_posix()}/".encode() in text for text in texts)
        )

    def _lost_blocks(self, manifests: Iterable[Manifest]) -> Iterator[Diagnostic]:
        for lost in (each for manifest in manifests for each in manifest.tree.lost_blocks):
            message = no_block(lost.parent, lost.block, lost.known)
            if lost.holder:
                message = (
                    f"the block {lost.block} has no effect, because the block {lost.holder} that "
                    f"has it is replaced; write it in {lost.holder}"
                )
            file = self.loader.describe(lost.template)
            yield Diagnostic(file, lost.line, 1, "", message, severity="warning")

    def _problem(self, error: TemplateError) -> Diagnostic:
        """Return a template's fault as a problem of the file that the template stands in."""
        expression = f"{{{{ {error.expression} }}}}: " if error.expression else ""
        file = self.loader.describe(error.template)
        if line := _conflict_line(Path(file)):
            return Diagnostic(file, line, 1, "", MERGE_CONFLICT)
        return Diagnostic(
            file,
            error.line,
            1 if error.line else 0,
            "",
            expression + error.message,
            excerpt=error.excerpt,
        )


def _conflict_line(template: Path) -> int:
    """Return the line of a merge conflict in a user's template, 0 where there is none."""
    try:
        return find_conflict(template.read_bytes()) if template.is_file() else 0
    except OSError:
        return 0


def no_block(parent: str, block: str, known: Iterable[str]) -> str:
    """Return what is said of a block that a template fills and its parent does not have."""
    return with_hint(f"{parent} has no block {block}", closest(block, known))


def _of(workload: str, name: str) -> str:
    """Return the name of a workload's own file: `deployment-worker.yml`."""
    stem, dot, suffix = name.partition(".")
    return f"{stem}-{workload}{dot}{suffix}"


def _misnamed(templates: Iterable[str]) -> list[TemplateError]:
    """Return what is wrong with the templates' names, as files of other systems count too."""
    names = {template.lower(): template for template in sorted(templates)}
    faults = {template: _name_fault(template, names[template.lower()]) for template in templates}
    return [TemplateError(fault, template) for template, fault in faults.items() if fault]


def _name_fault(template: str, alike: str) -> str | None:
    if has_control_characters(template):
        return "expected a name without control characters"
    if template.startswith("_"):
        return None
    if not template.removesuffix(SUFFIX).endswith(MANIFEST_SUFFIXES):
        return "expected a name that ends in .yml.j2, .yaml.j2 or .json.j2, or starts with _"
    is_kustomization = template.lower().partition(".")[0] == "kustomization"
    if is_kustomization and template != KUSTOMIZATION_FILE + SUFFIX:
        return (
            f"expected {KUSTOMIZATION_FILE}{SUFFIX}: kustomize allows only one kustomization file"
        )
    if alike != template:
        return f"expected a name that differs from {alike} in more than case"
    return None


def _in_order(templates: Iterable[str]) -> dict[str, str]:
    """Return the template of every manifest by its file name, in kustomization.yml's order."""
    names = {
        template.removesuffix(SUFFIX): template
        for template in templates
        if not template.startswith("_")
    }
    names.pop(KUSTOMIZATION_FILE, None)
    # kustomize applies in its own order; this one is for the reader.
    first = [kind.template for kind in KINDS if kind.template in names and not kind.has_many]
    return {name: names[name] for name in [*first, *names] if name.endswith(MANIFEST_SUFFIXES)}


def _no_kustomization(manifests: Iterable[Manifest]) -> list[TemplateError]:
    return [
        TemplateError("expected one document of the kind Kustomization", manifest.template)
        for manifest in manifests
        if not is_kustomization(manifest.tree.documents)
    ]


def _of_one_file(manifests: Iterable[Manifest]) -> list[TemplateError]:
    """Return the templates whose file is that of another workload."""
    files = {each.name.lower(): each for each in manifests if each.workload}
    taken = [(each, files.get(each.name.lower())) for each in manifests if not each.workload]
    return [
        TemplateError(
            f"expected another name: workloads.{other.workload} makes {other.name}", each.template
        )
        for each, other in taken
        if other
    ]


def _clashes(
    manifests: Iterable[Manifest], find: Callable[[str, KeyPath], int]
) -> list[TemplateError]:
    """Return what kustomize would refuse about the documents of all files; `find` finds a line."""
    errors: list[TemplateError] = []
    files: dict[Identity, str] = {}
    for manifest in manifests:
        for document in manifest.tree.documents:
            try:
                resource = parse_resource(document)
            except ResourceError as error:
                line = find(manifest.template, error.path)
                errors.append(TemplateError(str(error), manifest.template, line))
                continue
            if first := files.get(resource.identity):
                fault = f"{resource.kind} {resource.name} is in {first} already"
                errors.append(TemplateError(fault, manifest.template))
            files.setdefault(resource.identity, manifest.name)
    return errors
