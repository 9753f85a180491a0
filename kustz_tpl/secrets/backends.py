"""Decides what every Secret of a config becomes: files, references or encrypted manifests."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from kustz_tpl.data_files import DataSet
from kustz_tpl.data_files.reader import DataFiles
from kustz_tpl.engine import Engine
from kustz_tpl.errors import Diagnostic, KeyPath
from kustz_tpl.notation.local import data_file_path, parse_data_file
from kustz_tpl.registry.backend import backend_of, secret_entries
from kustz_tpl.registry.build import docker_config, go_json, render_one
from kustz_tpl.registry.docker_config import TYPES, Account, parse_docker_config
from kustz_tpl.secret_string import SecretString, partial_repr
from kustz_tpl.secrets.logins import Absence, Login, absence_of
from kustz_tpl.secrets.rendering import render_hidden

if TYPE_CHECKING:
    from kustz_tpl.schema.config import Config

Entry = Mapping[str, Any]


class Sealed(NamedTuple):
    """Hold a Secret to encrypt; it has no files if its values are absent."""

    name: str
    type: str
    age: tuple[str, ...]
    files: Mapping[str, bytes]

    def __repr__(self) -> str:
        """Return all but what may be secret."""
        return partial_repr(self, "name", "type", "age")

    @property
    def path(self) -> str:
        """Return the path of its manifest."""
        return f"secret-{self.name}.sops.yml"

    def manifest(self, context: Entry, engine: Engine) -> bytes:
        """Return the Secret as JSON, made by the template `_secret.yml.j2`."""
        template = "_secret.yml.j2"

        def render(data: Mapping[str, str]) -> bytes:
            secret = {"name": self.name, "type": self.type, "data": data}
            return go_json(render_one(engine, template, {**context, "secret": secret})).encode()

        data = {key: b64encode(content).decode() for key, content in self.files.items()}
        others = dict.fromkeys(data, b64encode(b"value").decode())
        return render_hidden(engine, template, render, data, others)


class Delivery(NamedTuple):
    """Hold what each Secret becomes, in the order of the config.

    Of Secrets in `left` only the keys are known; their files are not changed.
    """

    files: tuple[DataSet, ...] = ()
    left: frozenset[str] = frozenset()
    sealed: tuple[Sealed, ...] = ()
    external: tuple[Mapping[str, Any], ...] = ()

    @property
    def left_files(self) -> frozenset[str]:
        """Return the files that are not changed."""
        data = (
            data_file_path("secrets", each.name, key)
            for each in self.files
            if each.name in self.left
            for key in each.files
        )
        manifests = (each.path for each in self.sealed if each.name in self.left)
        return frozenset((*data, *manifests))


def secret_values(
    secrets: Iterable[DataSet], logins: Iterable[Login]
) -> Iterator[tuple[str, bytes]]:
    """Yield every known secret value, of docker configs the passwords, named `SECRET/KEY`."""
    accounts = [(each.name, each.kind, each.accounts) for each in logins]
    for each in secrets:
        kind = TYPES.get(each.type or "")
        if kind:
            config = each.files.get(f".{kind}", b"")
            accounts.append((each.name, kind, parse_docker_config(config, kind).accounts))
        for key, content in each.files.items():
            if key != f".{kind}":
                yield f"{each.name}/{key}", content
    for name, kind, found in accounts:
        for account in found:
            yield f"{name}/.{kind}", account.password.reveal().encode(errors="surrogateescape")


def absent_secrets(config: Config, files: DataFiles, absence: Absence) -> dict[str, KeyPath]:
    """Return the entries of `secrets` with an absent file, if that is not a problem."""
    absent: dict[str, KeyPath] = {}
    for at, entry in secret_entries(config):
        if at[0] != "secrets" or not entry["name"] or not backend_of(entry, config).has_values:
            continue
        how = absence_of(entry, config, absence)
        if how == "refuse":
            continue
        missing = [path for path in _paths(at, entry) if not files.exists(path)]
        if missing:
            absent[entry["name"]] = at
        if missing and how == "leave":
            effect = "is left out" if how == absence else "stays as it is"
            message = f"the file {missing[0]} is missing, so this Secret {effect}"
            files.find(Diagnostic.about((*at, "name"), message, severity="warning"))
    return absent


def source_files(config: Config) -> Iterator[tuple[KeyPath, str]]:
    """Yield every file that a Secret's values are read from, with the path that names it."""
    for at, entry in secret_entries(config):
        if not backend_of(entry, config).has_values:
            continue
        if at[0] == "secrets":
            yield from (((*at, "files", i), path) for i, path in enumerate(_paths(at, entry)))
            continue
        if isinstance(entry["file"], str):
            yield (*at, "file"), entry["file"]
        for server, account in entry["auths"].items():
            for role, source in (account or {}).items():
                if isinstance(source, dict) and source["file"] is not None:
                    yield (*at, "auths", server, role, "file"), source["file"]


def _paths(at: KeyPath, entry: Entry) -> Iterator[str]:
    for text in entry["files"]:
        if text is not None:
            yield parse_data_file(text).path if at[1] == "files" else text


def gather(
    secrets: Sequence[DataSet], logins: Sequence[Login], engine: Engine
) -> dict[str, DataSet]:
    """Return every Secret whose values are known, by name."""
    sets = {each.name: each for each in secrets}
    for login in logins:
        if not login.absent:
            content = _content(login, engine)
            files = {f".{login.kind}": content}
            sets[login.name] = DataSet(login.name, f"kubernetes.io/{login.kind}", files=files)
    return sets


def arrange(
    config: Config,
    sets: Mapping[str, DataSet],
    known_keys: Mapping[str, Collection[str]],
    *,
    skips: bool,
) -> Delivery:
    """Return what each Secret becomes; `known_keys` are those of the last run."""
    files: list[DataSet] = []
    sealed: list[Sealed] = []
    external: list[Mapping[str, Any]] = []
    left: set[str] = set()
    for at, entry in secret_entries(config):
        name, backend = entry["name"], backend_of(entry, config)
        if backend.kind == "external-secret":
            from kustz_tpl.kinds.external_secret import (  # noqa: PLC0415 - start-up time
                keys_spec,
                registry_spec,
            )

            spec = registry_spec if at[0] == "registries" else keys_spec
            external.append({"name": name, "spec": spec(entry, backend.options)})
        elif backend.has_values:
            if skips or name not in sets:
                left.add(name)
            found = sets.get(name) or _keys_alone(at, entry, known_keys)
            if backend.kind == "file":
                files.append(found)
            else:
                contents = {} if name in left else found.files
                age = tuple(backend.options["age"])
                sealed.append(Sealed(name, found.type or "Opaque", age, contents))
    return Delivery(tuple(files), frozenset(left), tuple(sealed), tuple(external))


def _keys_alone(at: KeyPath, entry: Entry, known_keys: Mapping[str, Collection[str]]) -> DataSet:
    """Return a Secret without values, with the keys that are known."""
    if at[0] == "registries":
        kind = entry["type"]
        return DataSet(entry["name"], f"kubernetes.io/{kind}", files={f".{kind}": b""})
    if at[1] == "files":
        keys: Collection[str] = [parse_data_file(text).key for text in entry["files"]]
    else:
        keys = known_keys.get(entry["name"], ())
    return DataSet(entry["name"], entry["type"], files=dict.fromkeys(keys, b""))


def _content(login: Login, engine: Engine) -> bytes:
    if login.content is None:
        return render_hidden(
            engine,
            f"_{login.kind}.json.j2",
            partial(docker_config, engine, login.kind),
            login.accounts,
            tuple(
                Account(each.server, "user", SecretString("password")) for each in login.accounts
            ),
        )
    if login.kind == "dockerconfigjson":
        return login.content
    import json  # noqa: PLC0415 - start-up time

    fields = {key.lower(): value for key, value in json.loads(login.content).items()}
    return go_json(fields["auths"]).encode()
