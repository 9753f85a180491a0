"""An application in a private folder, where kustomize builds it with all or some of its patches."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from kustz_tpl.application import Application
from kustz_tpl.engine import write_yaml
from kustz_tpl.errors import BuildError, Diagnostic, InputError, KeyPath, ProgramError
from kustz_tpl.finished_objects import find_patches
from kustz_tpl.generated import Generated
from kustz_tpl.kinds.config_map import CONFIG_MAP
from kustz_tpl.kinds.kind import value_at
from kustz_tpl.kinds.kustomization import KUSTOMIZATION_FILE
from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.kustomize.folder import private_folder, write_files
from kustz_tpl.kustomize.kustomization import check_files, with_patches
from kustz_tpl.kustomize.objects import Built, read_built
from kustz_tpl.kustomize.program import Kustomize
from kustz_tpl.located_objects import Located, data_sets, find_objects
from kustz_tpl.patches.patch import Patch
from kustz_tpl.resource import Identity, identify
from kustz_tpl.yaml_source.loader import load
from kustz_tpl.yaml_source.tree import show_path
from kustz_tpl.yaml_source.written_lines import find_line

_GENERATORS = {"configMapGenerator": CONFIG_MAP.name, "secretGenerator": SECRET.name}
_MOST_SHOWN = 300
"""Characters of an error of kustomize, which may repeat whole patches."""


class StagedApplication(NamedTuple):
    """Hold an application whose files are in a folder, ready for kustomize."""

    folder: Path
    kustomize: Kustomize
    kustomization: Mapping[str, Any]
    made: Application
    objects: Mapping[Identity, Located]

    @property
    def patches(self) -> list[Patch]:
        """Return the patches of kustz.yml that are in kustomization.yml."""
        entries = self.kustomization.get("patches") or ()
        return [each for each in self.made.patches if each.entry in entries]

    @property
    def resources(self) -> Collection[str]:
        """Return the files that kustomization.yml lists."""
        return self.kustomization.get("resources") or ()

    def build(self) -> bytes:
        """Return what kustomize prints; InputError with its error, at the cause."""
        try:
            return self._build(self.patches)
        except BuildError as error:
            raise InputError(self._cause(str(error))) from None

    def build_with(self, patches: Sequence[Patch]) -> bytes | None:
        """Return what kustomize prints with some of the patches, None if it fails."""
        try:
            return self._build(patches)
        except BuildError:
            return None

    def read(self, printed: bytes) -> list[Built]:
        """Return the objects that kustomize printed; InputError if one of them was not generated."""
        built = read_built(printed, self.objects, self.made)
        message = "is not one of the generated objects"
        others = [each.name for each in built if each.original is None]
        if others:
            raise InputError(*(self.in_kustomization((), f"{name} {message}") for name in others))
        return built

    def names_of(self, patch: Patch) -> set[Identity]:
        """Return the objects that a patch selects."""
        objects = self.objects.items()
        return {name for name, each in objects if patch in find_patches(self.made, each.document)}

    def contents(self) -> Iterator[tuple[Identity, dict[str, bytes]]]:
        """Yield the data of each ConfigMap and Secret whose data are known."""
        for kind, each in data_sets(self.made):
            name = Identity("", kind, "", each.name)
            if not self.made.is_unknown(name):
                texts = {key: text.encode() for key, text in each.literals.items()}
                yield name, {**texts, **each.files}

    def in_patch(self, patch: Patch, message: str) -> Diagnostic:
        """Return a problem of a patch, at its entry."""
        document = self.made.main.document
        return Diagnostic.at(document.place(patch.path), document.show(patch.path), message)

    def in_kustomization(self, path: KeyPath, message: Any) -> Diagnostic:  # noqa: ANN401 - see at
        """Return a problem of kustomization.yml, at the user's template that renders it."""
        renderer = self.made.renderer
        file = renderer.template_file(KUSTOMIZATION_FILE)
        text = renderer.user_templates().get(file)
        if text is None:
            document = self.made.main.document
            return Diagnostic.at((document.file, 0, 0), "", message)
        line = find_line(text.decode(errors="replace"), path) if path else 0
        return Diagnostic.at((file, line, 1 if line else 0), show_path(path), message)

    def user_generators(self) -> dict[Identity, Located]:
        """Return the objects of the generators that the user's kustomization.yml adds."""
        found: dict[Identity, Located] = {}
        for key, kind in _GENERATORS.items():
            for index, entry in enumerate(self.kustomization.get(key) or ()):
                metadata = {each: value_at(entry, each) or "" for each in ("name", "namespace")}
                document = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
                locate = partial(self._in_generator, (key, index), identify(document))
                found[identify(document)] = Located(document, locate)
        return found

    def _in_generator(self, path: KeyPath, name: Identity, finding: Diagnostic) -> Diagnostic:
        where = f" ({show_path(finding.subject.path)} of {name})"
        problem = self.in_kustomization(path, finding.subject.message)
        return problem._replace(message=problem.message + where, severity=finding.severity)

    def _build(self, patches: Sequence[Patch]) -> bytes:
        entries = self.kustomization.get("patches") or ()
        ours = [each.entry for each in self.made.patches]
        chosen = [each.entry for each in patches]
        listed = [each for each in entries if each in chosen or each not in ours]
        path = self.folder / KUSTOMIZATION_FILE
        path.write_bytes(with_patches(self.kustomization, listed))
        return self.kustomize.build(self.folder)

    def _cause(self, message: str) -> Diagnostic:
        """Return an error at the patch that causes it, else at the file that it names."""
        shown = self._shown(message)
        if self.patches and self.build_with(()) is not None:
            wrong = next(
                patch
                for number, patch in enumerate(self.patches, 1)
                if number == len(self.patches) or self.build_with(self.patches[:number]) is None
            )
            return self.in_patch(wrong, shown)
        additions = self.made.additions
        for each in additions.manifests if additions else ():
            if each.target in message:
                document = additions.document  # type: ignore[union-attr]
                return Diagnostic.at(document.place(each.path), document.show(each.path), shown)
        for page in self.made.draft.manifests:
            if page.name in message and (found := self.made.renderer.template_file(page.name)):
                return Diagnostic.at((found, 0, 0), "", shown)
        return self.in_kustomization((), shown)

    def _shown(self, message: str) -> str:
        """Return an error of kustomize on one line, without the values of Secrets."""
        values = {
            text
            for name, contents in self.contents()
            for value in (contents.values() if name.kind == SECRET.name else ())
            for text in (value.decode(errors="replace").strip(), b64encode(value).decode())
        }
        if any(len(text) > 3 and text in message for text in values):  # noqa: PLR2004 - else a word
            message = ""
        # It repeats whole patches and objects.
        message = re.sub(r" with config: `.*?`|map\[string\]interface \{\}\{.*\}: ", "", message)
        said = re.split(r':? \[?\{"| from \[|map\[string\]interface|: node contents: ', message)[0]
        cut = said if len(said) <= _MOST_SHOWN else f"{said[:_MOST_SHOWN]}…"
        return f"kustomize cannot build it: {cut}" if cut else "kustomize cannot build it"


@contextmanager
def stage(generated: Generated, kustomize: Kustomize) -> Iterator[StagedApplication]:
    """Yield the application in a private folder; InputError if it needs files that are not generated."""
    assert generated.made  # noqa: S101 - an index is not built
    files = {path: each.content for path, each in generated.files.items()}
    files |= {path: each.manifest for path, each in generated.sealed.items()}
    kustomization = load(files.pop(KUSTOMIZATION_FILE))
    objects = find_objects(generated.made)
    files |= {path: _placeholder(path, objects) for path in generated.left}
    with private_folder() as folder:
        staged = StagedApplication(folder, kustomize, kustomization, generated.made, objects)
        staged = staged._replace(objects={**staged.user_generators(), **objects})
        if found := list(check_files(kustomization, files)):
            subjects = (each.subject for each in found)
            raise InputError(
                *(staged.in_kustomization(each.path, each.message) for each in subjects)
            )
        write_files(folder, files)
        try:
            yield staged
        except ProgramError as error:
            raise InputError(staged.in_kustomization((), str(error))) from None


def _placeholder(path: str, objects: Mapping[Identity, Located]) -> bytes:
    """Return what replaces a file that stays as it is on disk, whose content is not known."""
    found = [each.document for each in objects.values() if each.file == path]
    return write_yaml(found).encode()
