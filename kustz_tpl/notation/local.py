"""Files, environment variables and public keys of the machine that runs kustz-tpl."""

from __future__ import annotations

import re
from typing import NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.keys import parse_data_key
from kustz_tpl.notation.names import parse_dns_subdomain

# Some file systems ignore case and dots at the end.
_ACTED_UPON = r"(?i)(key-)*(\.git(ignore|attributes|modules)?|kustomization(\.ya?ml)?)\.*"
_ABSOLUTE = r"[/\\]|[A-Za-z]:[/\\]"


class DataFile(NamedTuple):
    """Name a file and the key of its content."""

    key: str
    path: str
    text: str = ""


def file_name(key: str) -> str:
    """Return the name of the file that contains the value of a key in the output folder.

    It is the key, unless git or kustomize would use a file of that name: `.git`, `.gitignore`,
    `.gitattributes`, `.gitmodules` and `kustomization.yml` get the prefix `key-`.
    """
    return f"key-{key}" if re.fullmatch(_ACTED_UPON, key) else key


def data_file_path(folder: str, name: str, key: str) -> str:
    """Return the path in the output folder of a key's file, below `configmaps` or `secrets`."""
    return f"{folder}/{name}/{file_name(key)}"


def parse_data_path(text: str) -> str:
    """Read the path of a file, relative to the folder of the kustz.yml.

    Examples: `web.env`, `../shared/web.env`. Refused: an absolute path (it works on one machine
    only), an empty path.
    """
    if re.match(_ABSOLUTE, text):
        raise NotationError("a relative path", text)
    if not text or "\0" in text:
        raise NotationError("a path", text)
    return text


def parse_data_file(text: str) -> DataFile:
    """Read `[key=]path`; the default key is the base name of the path.

    Examples: `tls.crt`, `.dockerconfigjson=docker-config.json`. Refused: a key that Kubernetes
    refuses, an absolute path, a second `=`.
    """
    if text.count("=") > 1:
        raise NotationError("key=path with one '='", text)
    key, equals, path = text.rpartition("=")
    parse_data_path(path)
    if equals:
        return DataFile(parse_data_key(key, within=text), path, text)
    return DataFile(_base_name(path), path, text)


def _base_name(path: str) -> str:
    name = path.rpartition("/")[2]
    try:
        return parse_data_key(name)
    except NotationError:
        raise NotationError(
            "a path whose last part can be a key", name, within=path, hint="write key=path"
        ) from None


class SecretKey(NamedTuple):
    """Name a Secret and one of its keys."""

    name: str
    key: str
    text: str = ""


def parse_secret_key(text: str) -> SecretKey:
    """Read `name/key`: a Secret and one of its keys.

    Examples: `shop-database/USERNAME`, `pull/.dockerconfigjson`. Refused: a name without a key,
    a name or key that Kubernetes refuses.
    """
    name, _, key = text.partition("/")
    try:
        return SecretKey(parse_dns_subdomain(name), parse_data_key(key), text)
    except NotationError:
        raise NotationError("name/key of a Secret", text) from None


def parse_variable(text: str) -> str:
    """Read the name of an environment variable of kustz-tpl.

    Examples: `REGISTRY_PASSWORD`, `GHCR_TOKEN`. Refused: a `$` at the start, spaces, a dash.
    """
    if not (text.isascii() and text.isidentifier()):
        hint = "leave out the $" if text.startswith("$") else None
        raise NotationError("the name of an environment variable", text, hint=hint)
    return text


_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_RECIPIENT = rf"age1[{_BECH32}]{{58,}}|age1[a-z0-9]+1[{_BECH32}]{{58,}}"


def parse_age_recipient(text: str) -> str:
    """Read a public key of age, as `age-keygen` prints it after `public key:`.

    Example: `age1` and 58 letters and digits; the key of a plugin may be longer. Refused: a secret
    key, which starts with `AGE-SECRET-KEY-`.
    """
    if text.upper().startswith("AGE-SECRET-KEY-"):
        raise NotationError("the public key, age1…, never the secret one")
    if not re.fullmatch(_RECIPIENT, text):
        raise NotationError("a public key of age, age1… as age-keygen prints it")
    return text
