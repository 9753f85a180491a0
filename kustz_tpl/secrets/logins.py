"""Reads the accounts of `registries` from the environment and from files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from kustz_tpl.data_files.reader import DataFiles
from kustz_tpl.errors import Diagnostic, KeyPath
from kustz_tpl.registry.backend import account_fault, backend_of
from kustz_tpl.registry.docker_config import Account, Kind, parse_docker_config
from kustz_tpl.registry.server import canonical_server
from kustz_tpl.rules.docker_config import to_findings
from kustz_tpl.secret_string import SecretString, partial_repr

if TYPE_CHECKING:
    from kustz_tpl.schema.config import Config

Entry = Mapping[str, Any]

Absence: TypeAlias = "Literal['refuse', 'leave', 'skip']"
"""What an absent source of a secret means: a problem; a warning and no secret; no secret."""


class Login(NamedTuple):
    """Hold the content of the Secret of one registry, which is empty if a source is absent.

    `content` is a whole docker config, as read from a file.
    """

    name: str
    kind: Kind
    accounts: tuple[Account, ...] = ()
    content: bytes | None = None
    absent: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return all but what may be secret."""
        return partial_repr(self, "name", "kind", "accounts", "absent")


def read_logins(config: Config, files: DataFiles, absence: Absence) -> list[Login]:
    """Read every registry whose backend needs the values; problems are added to `files`."""
    return [
        _read_login(
            ("registries", index), entry, _Reader(files, absence_of(entry, config, absence))
        )
        for index, entry in enumerate(config["registries"])
        if entry is not None and entry["name"] and backend_of(entry, config).has_values
    ]


def absence_of(entry: Entry, config: Config, absence: Absence) -> Absence:
    """Return what becomes of an entry whose source is absent: the run's word, or its backend's."""
    leaves = backend_of(entry, config).options.get("absent") == "leave"
    return "leave" if leaves and absence == "refuse" else absence


def _read_login(at: KeyPath, entry: Entry, reader: _Reader) -> Login:
    accounts: tuple[Account, ...] = ()
    content = None
    if isinstance(entry["file"], str):
        content = reader.file((*at, "file"), entry["file"])
        if content is not None:
            found = parse_docker_config(content, "dockerconfigjson")
            for finding in to_findings((*at, "file"), entry["file"], found):
                reader.files.find(finding)
            accounts = found.accounts
    else:
        accounts = tuple(_accounts((*at, "auths"), entry["auths"], reader))
    if reader.absent and reader.absence == "leave":
        message = f"{reader.absent[0]} is missing, so this Secret is left out"
        reader.files.find(Diagnostic.about((*at, "name"), message, severity="warning"))
    return Login(entry["name"], entry["type"], accounts, content, tuple(reader.absent))


def _accounts(at: KeyPath, auths: Entry, reader: _Reader) -> Iterator[Account]:
    for server, account in auths.items():
        if account is None or None in (account["username"], account["password"]):
            continue
        username = reader.value((*at, server, "username"), account["username"])
        password = reader.value((*at, server, "password"), account["password"])
        if username is None or password is None:
            continue
        if fault := account_fault(username):
            reader.files.find(Diagnostic.about((*at, server, "username"), f"expected {fault}"))
        yield Account(canonical_server(server), username, SecretString(password))


class _Reader:
    """Read the values of one registry, and record which sources are absent."""

    def __init__(self, files: DataFiles, absence: Absence) -> None:
        self.files = files
        self.absence = absence
        self.absent: list[str] = []

    def value(self, at: KeyPath, source: str | Entry) -> str | None:
        """Return a value, None if its source is missing or invalid."""
        if isinstance(source, str):
            return source
        if source["env"] is not None:
            return self._variable(at, source["env"])
        content = self.file(at, source["file"]) if source["file"] is not None else None
        return None if content is None else self._text(at, content)

    def file(self, at: KeyPath, path: str) -> bytes | None:
        """Return the content of a file, None if it is missing."""
        if self.absence != "refuse" and not self.files.exists(path):
            self.absent.append(f"the file {path}")
            return None
        return self.files.content(at, path)

    def _variable(self, at: KeyPath, name: str) -> str | None:
        text = os.environ.get(name)
        if text:
            return self._checked(at, text)
        state = "to have a value" if text == "" else "to be set"
        if self.absence == "refuse" or text == "":
            hint = "to keep the secret files as they are, use --skip-secrets"
            message = f"expected the environment variable {name} {state}; {hint}"
            self.files.find(Diagnostic.about(at, message))
        else:
            self.absent.append(f"the environment variable {name}")
        return None

    def _text(self, at: KeyPath, content: bytes) -> str | None:
        """Return the text of a file without its last line end."""
        text = content.decode(errors="surrogateescape")
        for end in ("\r\n", "\n"):
            if text.endswith(end):
                text = text.removesuffix(end)
                break
        if not text:
            self.files.find(Diagnostic.about(at, "expected a file that is not empty"))
            return None
        return self._checked(at, text)

    def _checked(self, at: KeyPath, text: str) -> str | None:
        try:
            text.encode()
        except UnicodeEncodeError:
            self.files.find(Diagnostic.about(at, "expected UTF-8"))
            return None
        return text
