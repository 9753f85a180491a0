"""The keys of Secrets that `secrets.public` lists: each must be there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.messages import closest
from kustz_tpl.notation.local import parse_secret_key
from kustz_tpl.registry.backend import backend_of, secret_entries

if TYPE_CHECKING:
    from kustz_tpl.data_files import DataSet
    from kustz_tpl.schema.config import Config


def check_public(config: Config, secrets: Iterable[DataSet]) -> Iterator[Diagnostic]:
    """Yield the entries that name no Secret of the config, or no key of it."""
    known = dict(_keys(config, {each.name: each.files for each in secrets}))
    names = [f"{name}/{key}" for name, keys in known.items() for key in keys or ()]
    for index, text in enumerate(config["secrets"]["public"]):
        if text is None:
            continue
        secret = parse_secret_key(text)
        keys = known.get(secret.name, ())
        if keys is not None and secret.key not in keys:
            what = "a key of this Secret" if keys else "a Secret of this file"
            error = NotationError(what, hint=closest(text, names))
            yield Diagnostic.about(("secrets", "public", index), error)


def _keys(
    config: Config, contents: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, Collection[str] | None]]:
    """Yield each Secret's name and keys, None where they are not known here."""
    for at, entry in secret_entries(config):
        if at[0] == "registries":
            yield entry["name"], [f".{entry['type']}"]
        elif backend_of(entry, config).kind == "external-secret":
            yield entry["name"], entry["keys"]
        else:
            yield entry["name"], contents.get(entry["name"])
