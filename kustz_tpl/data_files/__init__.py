"""The data files a config names, read: variables, ConfigMaps and Secrets."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from kustz_tpl.data_files.folder import DataFolder
from kustz_tpl.data_files.reader import DataFiles, ParseKey, Text
from kustz_tpl.data_files.secret_types import DOCKER_KEYS, check_secret
from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.container import containers
from kustz_tpl.kinds.kind import is_older_than
from kustz_tpl.kinds.variables import RELAXED_NAMES
from kustz_tpl.kustomize_text import find_lost, find_lost_bytes, find_unfit
from kustz_tpl.messages import Shown, quoted
from kustz_tpl.notation.keys import parse_data_key, parse_env_name, parse_old_env_name
from kustz_tpl.notation.local import parse_data_file
from kustz_tpl.registry.backend import backend_of, backend_paths
from kustz_tpl.rules.generators import CAPITALS, entries
from kustz_tpl.secret_string import partial_repr
from kustz_tpl.yaml_source.tree import Document, Place

if TYPE_CHECKING:
    from kustz_tpl.schema.config import Config

Entry = Mapping[str, Any]

MAX_DATA = 1_048_576
"""How many bytes the values of a ConfigMap or Secret may have together."""


class DataSet(NamedTuple):
    """Hold a ConfigMap or Secret: its values in kustomization.yml and its files.

    `type` is a Secret's. A Secret has files only, whichever list its keys come from.
    """

    name: str
    type: str | None
    literals: Mapping[str, str] = {}
    files: Mapping[str, bytes] = {}

    def __repr__(self) -> str:
        """Return all but what may be secret."""
        return partial_repr(self, "name", "type")


class Sources(NamedTuple):
    """Hold the ConfigMaps and Secrets.

    `plain` are the contents of all files that hold no secret, as messages name them.
    """

    configmaps: tuple[DataSet, ...]
    secrets: tuple[DataSet, ...]
    plain: Mapping[str, bytes] = {}


def read(
    config: Config, document: Document, folder: DataFolder, left: Container[str] = ()
) -> tuple[Sources, list[Diagnostic]]:
    """Read every data file, relative to the folder; what is wrong is missing in the result.

    Secrets that are `left` are not read, nor those whose backend needs no value.
    """
    files = DataFiles(document, folder)
    sources = Sources(
        configmaps=tuple(_read_configmaps(config, files)),
        secrets=tuple(_read_secrets(config, files, left)),
        plain=files.plain,
    )
    return sources, list(dict.fromkeys(files.diagnostics))


def read_variables(
    config: Config, document: Document, folder: DataFolder
) -> tuple[dict[str, dict[str, str]], Mapping[str, bytes], list[Diagnostic]]:
    """Read the variables of files and pairs of each container, and the files' contents."""
    files = DataFiles(document, folder)
    is_old = is_older_than(config, RELAXED_NAMES) and not document.is_unsure(("kubeVersion",))
    parse_name = parse_old_env_name if is_old else parse_env_name
    env = {
        each.name: _read_env((*each.path, "envs"), each.entry["envs"], files, parse_name)
        for each in containers(config)
    }
    return env, files.plain, list(dict.fromkeys(files.diagnostics))


def _read_env(
    whole: KeyPath, envs: Entry, files: DataFiles, parse_name: ParseKey
) -> dict[str, str]:
    """Return the variables: a later one wins, in the place of the first; a source wins over all."""
    result: dict[str, str] = {}
    for at, path in _items((*whole, "files"), envs["files"]):
        for name, each in files.text_map(at, path, parse_name).items():
            for message in find_unfit(each.text):
                files.complain(at, each.place, name, message)
            if name not in envs["valueFrom"]:
                result[name] = each.text
    return result | {name: text for name, text in envs["pairs"].items() if text is not None}


def _read_configmaps(config: Config, files: DataFiles) -> Iterator[DataSet]:
    for at, entry in entries("configmaps", config):
        name = entry["name"] or ""
        if at[1] == "files":
            contents = _read_files(at, entry["files"], files)
            _check_size(at, contents.values(), files)
            yield DataSet(name, None, files=contents)
        else:
            texts = _read_texts(at, entry["files"], files)
            _check_carriage(at, texts, files)
            _check_size(at, [each.text.encode() for each in texts.values()], files)
            yield DataSet(name, None, literals={key: each.text for key, each in texts.items()})


def _read_secrets(config: Config, files: DataFiles, left: Container[str]) -> Iterator[DataSet]:
    for at, entry in entries("secrets", config):
        if entry["name"] in left or not backend_of(entry, config).has_values:
            continue
        known = len(files.diagnostics)
        texts = _read_texts(at, entry["files"], files) if at[1] != "files" else {}
        contents = {key: each.text.encode() for key, each in texts.items()}
        if at[1] == "files":
            contents = _read_files(at, entry["files"], files)
        _check_size(at, contents.values(), files)
        is_whole = len(files.diagnostics) == known and None not in entry["files"]
        if is_whole and entry["type"] is not None:
            for message in check_secret(entry["type"], contents):
                depends_on = ((*at, "files"), *backend_paths(at, entry))
                files.find(Diagnostic.about(at, message, depends_on=depends_on))
            _check_docker_config(at, entry, contents, files)
        if backend_of(entry, config).kind == "file":
            _check_capitals(at, texts, files)
        yield DataSet(entry["name"] or "", entry["type"], files=contents)


def _check_docker_config(
    at: KeyPath, entry: Entry, contents: Mapping[str, bytes], files: DataFiles
) -> None:
    if entry["type"] not in DOCKER_KEYS:
        return
    from kustz_tpl.rules.docker_config import check_docker_config  # noqa: PLC0415 - start-up time

    for finding in check_docker_config(at, entry, contents):
        files.find(finding)


def _read_files(at: KeyPath, notations: Sequence[str | None], files: DataFiles) -> dict[str, bytes]:
    """Return the content of each `[key=]path` by its key."""
    contents: dict[str, bytes] = {}
    for item, text in _items((*at, "files"), notations):
        file = parse_data_file(text)
        content = files.content(item, file.path)
        if content is None:
            continue
        contents[file.key] = content
        if at[0] == "configmaps":
            for line, column, message in find_lost_bytes(content):
                place = Place(files.display(file.path), line, column)
                files.complain(item, place, file.key, message)
    return contents


def _read_texts(at: KeyPath, paths: Sequence[str | None], files: DataFiles) -> dict[str, Text]:
    """Return the entries of dotenv files, or of YAML mappings, where the last value wins."""
    texts: dict[str, Text] = {}
    for item, path in _items((*at, "files"), paths):
        if at[1] == "literals":
            texts |= files.text_map(item, path, parse_data_key)
            continue
        for key, text in files.dotenv(item, path):
            first = texts.setdefault(key, text)
            if first is not text:
                where = f"the first is at line {first.place.line} of {first.place.file}"
                got = Shown(f"{quoted(key)} twice")
                message = NotationError(f"unique keys ({where})", got)
                files.complain(item, text.place, key, message)
    return texts


def _check_carriage(at: KeyPath, texts: Mapping[str, Text], files: DataFiles) -> None:
    for key, each in texts.items():
        for _, _, message in find_lost(each.text):
            files.complain(at, each.place, key, message)


def _check_capitals(at: KeyPath, texts: Mapping[str, Text], files: DataFiles) -> None:
    """Find keys that some disks take for one file, as `rules` does for those in the config."""
    seen: dict[str, Text] = {}
    for key, each in texts.items():
        first = seen.setdefault(key.lower(), each)
        if first is not each:
            where = f"the key at line {first.place.line} of {first.place.file}"
            message = f"the same file as {where} {CAPITALS}"
            files.complain(at, each.place, key, message, severity="warning")


def _check_size(at: KeyPath, contents: Iterable[bytes], files: DataFiles) -> None:
    size = sum(map(len, contents))
    if size > MAX_DATA:
        expected = f"data of at most {MAX_DATA} bytes in total"
        message = NotationError(expected, Shown(size))
        files.find(Diagnostic.about((*at, "files"), message, is_about_key=True))


def _items(at: KeyPath, items: Sequence[str | None]) -> Iterator[tuple[KeyPath, str]]:
    """Yield the items of a list with their paths, without the wrong ones."""
    for index, item in enumerate(items):
        if item is not None:
            yield (*at, index), item


def variable_files(config: Config) -> Iterator[str]:
    """Yield the path of every file with variables of a workload."""
    for container in containers(config):
        yield from filter(None, container.entry["envs"]["files"])


def named_files(config: Entry) -> Iterator[str]:
    """Yield every path of a file or folder that a config names, but those of variables."""
    for kind, name in product(("configmaps", "secrets"), ("envs", "files", "literals")):
        for entry in config[kind][name]:
            for text in entry["files"]:
                yield parse_data_file(text).path if name == "files" else text
    yield from (entry["path"] for entry in config["patches"] if entry["path"])
    yield from config["resources"]
    for entry in config["registries"]:
        yield from _registry_files(entry)


def _registry_files(entry: Entry) -> Iterator[str]:
    if isinstance(entry["file"], str):
        yield entry["file"]
    for account in (entry["auths"] or {}).values():
        for value in (account["username"], account["password"]):
            if isinstance(value, dict) and value["file"]:
                yield value["file"]
