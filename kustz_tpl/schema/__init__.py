"""The way from a document to its config, by the language's schema."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from kustz_tpl.errors import Diagnostic, InputError, KeyPath
from kustz_tpl.notation.route import SCHEMES
from kustz_tpl.schema.language import ANY, NEW_KEYS, NEW_KEYS_ABOVE, SCHEMA
from kustz_tpl.schema.services import with_mappings
from kustz_tpl.schema.subset import completed, fitted
from kustz_tpl.yaml_source.tree import Data, Document, Scalar

if TYPE_CHECKING:
    from kustz_tpl.schema.config import Config, IngressSection
    from kustz_tpl.schema.validator import LanguageValidator

__all__ = ["SCHEMA", "Config", "is_secret", "new_keys", "normalise", "normalise_as"]


_SECRET_KEYS = ("secrets", "registries")
_STRIPPED = "expected Python with docstrings, which Cerberus reads, got -OO or PYTHONOPTIMIZE=2"


def is_secret(key: str | None) -> bool:
    """Check whether the value of a top-level key is never shown."""
    return key in _SECRET_KEYS


def normalise(document: Document) -> tuple[Config, Document]:
    """Return the config, where every key of the language exists, and the document judged.

    The document has what is wrong with it as further problems, and those places are unsure.

    What is wrong has its default in the config, or None as an item of a list or map, so that
    further checks can find other problems.
    """
    if sys.flags.optimize > 1:
        raise InputError(Diagnostic("kustz-tpl", 0, 0, "", _STRIPPED))
    from kustz_tpl.schema.flat import validated  # noqa: PLC0415 - slow

    document = with_mappings(_with_lists(document))
    config = validated(document.data)
    if config is None:
        config, document = _judged(SCHEMA, document)
    return _derived(cast("Config", completed(SCHEMA, config, _defaults()))), document


def normalise_as(
    rules: dict[str, dict[str, Any]], document: Document
) -> tuple[dict[str, Any], Document]:
    """Do what `normalise` does, by the rules of another file, and derive nothing."""
    config, document = _judged(rules, document)
    return completed(rules, config), document


@cache
def _defaults() -> dict[str, Any]:
    """Return the defaults of all keys, which every config shares: nothing may change a config."""
    return completed(SCHEMA, {})


def _with_lists(document: Document) -> Document:
    """Return the document with a single string of `spread` as a list."""
    written = document.data.get("spread")
    if not isinstance(written, Scalar) or written.is_null:
        return document
    at: KeyPath = ("spread",)
    shown = {**document.shown, (*at, 0): document.shown.get(at, at)}
    places = {**document.places, (*at, 0): document.place(at)}
    unsure = document.unsure | ({(*at, 0)} if document.is_unsure(at) else set())
    data: dict[str, Data] = {**document.data, "spread": [written]}
    return document._replace(data=data, places=places, shown=shown, unsure=unsure)


def new_keys(config: Config, document: Document) -> Iterator[tuple[tuple[str, ...], KeyPath]]:
    """Yield the keys written that templates of 0.1.0 cannot know: as in NEW_KEYS, and each path.

    An empty one changes nothing, so nobody has to read it.
    """
    return _written(config, document.data, (), ())


def _written(
    value: Any,  # noqa: ANN401 - any part of the config
    data: Any,  # noqa: ANN401 - the same part as it is written
    key: tuple[str, ...],
    path: KeyPath,
) -> Iterator[tuple[tuple[str, ...], KeyPath]]:
    """Yield the new keys at a path and below it that are in the data and hold something."""
    if not value or not data or (isinstance(data, Scalar) and data.is_null):
        return
    if key in NEW_KEYS:
        yield key, path
    if key in NEW_KEYS_ABOVE and isinstance(data, dict):
        for name, each in data.items():
            for inner in ((*key, name), (*key, ANY)):
                if inner in NEW_KEYS or inner in NEW_KEYS_ABOVE:
                    yield from _written(value.get(name), each, inner, (*path, name))


def _judged(
    rules: dict[str, dict[str, Any]], document: Document
) -> tuple[dict[str, Any], Document]:
    """Return the config without what is wrong, and the document with it as further problems."""
    from kustz_tpl.schema.error_messages import complain  # noqa: PLC0415 - start-up time

    config, validator = _normalised(rules, document.data)
    validator.validate(config, normalize=False)
    found = validator._errors  # noqa: SLF001 - the public `errors` are words already
    diagnostics = complain(found, document, rules, _SECRET_KEYS)
    if not diagnostics:
        return config, document
    config, _ = _normalised(rules, _without(document.data, diagnostics.keys()))
    known = (*document.diagnostics, *filter(None, diagnostics.values()))
    return config, document._replace(diagnostics=known, unsure=document.unsure | diagnostics.keys())


def _normalised(
    rules: dict[str, dict[str, Any]], data: dict[str, Any]
) -> tuple[dict[str, Any], LanguageValidator]:
    from kustz_tpl.schema.validator import LanguageValidator, PreparedSchema  # noqa: PLC0415 - slow

    validator = LanguageValidator(PreparedSchema(fitted(rules, data)))
    return validator.normalized(data, always_return_document=True), validator


def _derived(config: Config) -> Config:
    """Fill in what depends on another key."""
    # What is written, or a default that all configs share.
    service = config["service"] = {**config["service"]}
    dns = config["dns"] = {**config["dns"]}
    config["ingress"] = _one_form(config["ingress"])
    if service["name"] is None:
        service["name"] = config["name"]
    if not config["selector"]:
        config["selector"] = {"app": config["name"]}
    if dns["policy"] is None and any(dns["config"].values()):
        dns["policy"] = "None"
    return config


def _one_form(ingress: Any) -> IngressSection:  # noqa: ANN401 - as written
    """Return the section with a list of kinds, and the list of gateways of each scheme."""
    kind, written = ingress["kind"], ingress["gateways"]
    by_scheme = written if isinstance(written, dict) else dict.fromkeys(SCHEMES, written)
    gateways = {scheme: _listed(by_scheme.get(scheme, [])) for scheme in SCHEMES}
    kinds = [each for each in _listed(kind) if each is not None]
    return cast("IngressSection", {**ingress, "kind": kinds, "gateways": gateways})


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - as written
    return value if isinstance(value, list) else [value]


def _without(data: Any, paths: Collection[KeyPath], at: KeyPath = ()) -> Any:  # noqa: ANN401 - a tree with holes
    """Return a copy of data with None at the paths."""
    if at in paths:
        return None
    if isinstance(data, dict):
        return {key: _without(each, paths, (*at, key)) for key, each in data.items()}
    if isinstance(data, list):
        return [_without(each, paths, (*at, i)) for i, each in enumerate(data)]
    return data
