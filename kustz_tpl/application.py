"""From the text of one kustz.yml to the content of every file it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kustz_tpl import rules, schema, sources
from kustz_tpl.document import Document, read
from kustz_tpl.errors import InputError, Problem
from kustz_tpl.layers import override
from kustz_tpl.render import Renderer

if TYPE_CHECKING:
    from kustz_tpl.additions.reading import Additions

TEMPLATES_FOLDER = "kustz-templates"
# A run over many applications may have template folders without end.
MOST_RENDERERS = 16

_ADDITIONS = ("pod", "deployment", "patches", "resources")

# Keeps git from changing line ends, and secrets out of commits.
_GUARDS = {
    "copy": (".gitattributes", b"* -text\n"),
    "secret": (".gitignore", b"*\n!.gitignore\n"),
}


@dataclass(frozen=True, slots=True)
class Override:
    """A value that the command line puts over the config, named by its label in messages.

    `path` is a path of the language (`service.ports[0]`), `value` is read as YAML.
    """

    label: str
    path: str
    value: str


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one config, how messages name it, and the folder its paths are relative to."""

    file: str
    text: bytes
    folder: Path
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """The content of one file to be; a secret's is not shown."""

    content: bytes = field(repr=False)
    kind: Literal["manifest", "copy", "secret", "control"]


@dataclass(frozen=True, slots=True)
class Generated:
    """What one application makes: files by their path below the output folder, and warnings."""

    name: str
    namespace: str | None
    config_name: str
    files: dict[str, GeneratedFile]
    warnings: tuple[Problem, ...] = ()


class Generator:
    """Generate applications; templates are compiled once for all that share their folders."""

    def __init__(self, templates: tuple[Path, ...] = ()) -> None:
        """Look for templates in these folders before any other."""
        self._templates = templates
        self._renderers: dict[tuple[Path, ...], Renderer] = {}

    def generate(self, source: Source) -> Generated:
        """Return every file of an application; InputError with all problems if there is one."""
        document = read(source.text, source.file, schema.is_secret)
        for layer in source.overrides:
            document = override(document, layer.path, layer.value, layer.label)
        config, data, additions = _validated(document, source.folder)
        texts = self._renderer(source.folder).render(
            _context(config, data, additions),
            lambda documents: additions.complete(documents, data) if additions else [],
        )
        return Generated(
            name=config["name"],
            namespace=config["namespace"],
            config_name=Path(source.file).name,
            files=_files(texts, data) | _own_manifests(additions),
        )

    def _renderer(self, folder: Path) -> Renderer:
        beside = folder / TEMPLATES_FOLDER
        folders = (*self._templates, beside) if beside.is_dir() else self._templates
        if folders not in self._renderers:
            if len(self._renderers) >= MOST_RENDERERS:
                self._renderers.clear()
            self._renderers[folders] = Renderer(folders)
        return self._renderers[folders]


def _validated(
    document: Document, folder: Path
) -> tuple[schema.Config, sources.Sources, Additions | None]:
    """Return config and data; InputError with every problem of the file and its data files."""
    config, problems = schema.normalise(document)
    problems += rules.check(config, document)
    data, more = sources.read(config, document, folder)
    problems += more
    additions = None
    if config["service"]["container"] or any(config[key] for key in _ADDITIONS):
        from kustz_tpl.additions.reading import read as read_additions  # noqa: PLC0415 - seldom

        additions, more = read_additions(config, document, folder)
        problems += more
    if problems:
        raise InputError(*_ordered(problems, document.file))
    return config, data, additions


def _ordered(problems: list[Problem], first: str) -> list[Problem]:
    """Put the config's own problems first, then those of its data files, each in line order."""
    return sorted(
        dict.fromkeys(problems),
        key=lambda problem: (problem.file != first, problem.file, problem.line, problem.column),
    )


def _context(
    config: schema.Config, data: sources.Sources, additions: Additions | None
) -> Mapping[str, Any]:
    """Return what the templates see: the config, and of the data files all but secrets."""
    return {
        **config,
        "sources": {
            "env": data.env,
            "configmaps": [
                {"name": each.name, "literals": each.literals, "files": list(each.files)}
                for each in data.configmaps
            ],
            "secrets": [
                {"name": each.name, "type": each.type, "files": list(each.files)}
                for each in data.secrets
            ],
            "patches": [each.entry for each in additions.patches] if additions else [],
            "resources": [each.target for each in additions.manifests] if additions else [],
        },
    }


def _files(texts: Mapping[str, str], data: sources.Sources) -> dict[str, GeneratedFile]:
    files = {name: GeneratedFile(text.encode(), "manifest") for name, text in texts.items()}
    files |= _data_files("configmaps", data.configmaps, "copy")
    files |= _data_files("secrets", data.secrets, "secret")
    return files


def _own_manifests(additions: Additions | None) -> dict[str, GeneratedFile]:
    """Return the user's own manifests as they are, and the git file that keeps them so."""
    if additions is None or not additions.manifests:
        return {}
    name, text = _GUARDS["copy"]
    files = {each.target: GeneratedFile(each.content, "copy") for each in additions.manifests}
    return {f"resources/{name}": GeneratedFile(text, "control")} | files


def _data_files(
    folder: str, sets: tuple[sources.DataSet, ...], kind: Literal["copy", "secret"]
) -> dict[str, GeneratedFile]:
    """Return the files that kustomize reads, and the git file that guards their folder."""
    files = {
        f"{folder}/{each.name}/{key}": GeneratedFile(content, kind)
        for each in sets
        for key, content in each.files.items()
    }
    name, text = _GUARDS[kind]
    guard = {f"{folder}/{name}": GeneratedFile(text, "control")} if files else {}
    return guard | files
