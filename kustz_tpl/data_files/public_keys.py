"""The keys of Secrets that `secrets.public` lists: each must be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kustz_tpl.data_files.known_keys import secret_keys
from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.messages import closest
from kustz_tpl.notation.local import parse_secret_key

if TYPE_CHECKING:
    from kustz_tpl.data_files import DataSet
    from kustz_tpl.schema.config import Config


def check_public(config: Config, secrets: Iterable[DataSet]) -> Iterator[Diagnostic]:
    """Yield the entries that name no Secret of the config, or no key of it."""
    known = secret_keys(config, secrets)
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
