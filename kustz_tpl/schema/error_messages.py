"""What Cerberus found, in the words of the language and with its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kustz_tpl.errors import Diagnostic, KeyPath, Message, NotationError
from kustz_tpl.messages import Shown, any_of, worded
from kustz_tpl.notation import CHECKS
from kustz_tpl.registry.backend import BACKENDS
from kustz_tpl.schema.inheritance import name_own_keys
from kustz_tpl.schema.key_hints import key_hint
from kustz_tpl.yaml_source.tree import (
    Document,
    Place,
    Scalar,
    describe,
    show_path,
    to_boolean,
    to_integer,
)

if TYPE_CHECKING:
    from cerberus.errors import ValidationError

_OF_ITEMS = ("each", "values", "notation_or_list", "by_scheme")
_MAX_HINTS = 100  # looking for a near word takes time, and such a file is no kustz.yml
_FEW_KEYS = 4  # that a message can name all of
_TYPES = {
    "string": "a string",
    "list": "a list",
    "dict": "a mapping",
    "integer": "an integer",
    "boolean": "true or false",
    "backend": any_of(BACKENDS),
    "further_service": "a list of ports or a mapping",
    "replicas": "an integer",
}
# What a YAML list and a shell take literally.
_BARE = r"-?[A-Za-z0-9_/.][\w/.:=@+?&*!%-]*(?<!:)"
_LONGEST_ITEM = 40
_LONGEST_MAP = 100
_WORD = r"[\w/.:=@+%,-]+"
_EXAMPLES = {
    "container_port": "write a port such as http=8080",
    "dns_label": "write a name such as shop",
    "env_source": "write a name such as shop-settings",
    "image": "write an image such as nginx:1.29",
    "route_rule": "write a URL such as https://shop.example.com/*",
    "mount": "write a volume such as emptydir://",
    "port": "write ports such as 80:8080",
    "resource": "write the request and limit of one resource, such as cpu: 100m/500m",
    "rollout": "write a rollout such as 1/0",
    "spread": "write a spread such as zone",
    "toleration": "write a taint such as dedicated=payments:NoSchedule",
    "variable_source": "write a source such as secret://shop-database/password",
}
_TRUTHS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def complain(
    errors: Iterable[ValidationError],
    document: Document,
    schema: Mapping[str, Any],
    secret_keys: Iterable[str],
) -> dict[KeyPath, Diagnostic | None]:
    """Return the problem of each path that Cerberus' errors are about, the first of each.

    It is None where the document's own problems are the reason.
    """
    diagnostics: dict[KeyPath, Diagnostic | None] = {}
    hints = 0
    for error in _flattened(errors):
        path = error.document_path
        if diagnostics.get(path):
            continue
        if document.is_unsure(path) and not _is_about_key(error):
            diagnostics[path] = None
            continue
        hides = path[0] in secret_keys
        place = _place(error, document)
        hint = _dot_hint(error, place)
        if _is_unknown(error) and hints < _MAX_HINTS:
            hint = name_own_keys(_key_hint(path, schema, hint), document)
            hints += 1
        message, hint = _message(error, hint, _rules_of(path, schema), hides=hides)
        problem = Diagnostic.at(place, document.show(path), message, hides=hides)
        diagnostics[path] = problem._replace(hint=hint) if hint else problem
    return diagnostics


def _flattened(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    for error in errors:
        if error.is_group_error:
            yield from _flattened(error.child_errors)
        else:
            yield error


def _is_unknown(error: ValidationError) -> bool:
    return error.rule is None and not error.info


def _is_about_key(error: ValidationError) -> bool:
    return _is_unknown(error) or error.info[1:] == ("key",)


def _place(error: ValidationError, document: Document) -> Place:
    path: KeyPath = error.document_path
    if _is_about_key(error):
        return document.key_place(path)
    if error.rule == "nullable":
        return document.key_place(path[:-1])
    return document.place(path)


def _rules_of(path: KeyPath, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the rules of a value; in a list or mapping of strings, those of their notation."""
    if rules := _rules(path, schema):
        return rules
    above = _rules(path[:-1], schema)
    if lines := above.get("lines"):
        return {"notation": lines, "type": ["string", "list"]}
    if lines := _rules(path[:-2], schema).get("lines"):
        return {"notation": lines}
    whole = _rules(path[:2], schema)  # a list in a map, such as ingress.gateways.http
    notation = next(
        (rules[key] for rules in (above, whole) for key in _OF_ITEMS if key in rules), "text"
    )
    return {"notation": notation}


def _rules(path: KeyPath, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    rules: Mapping[str, Any] = {"schema": schema}
    for step in path:
        inner = rules.get("schema", {})
        of_any = rules.get("valuesrules", {})
        rules = inner if isinstance(step, int) else inner.get(step, of_any)
    return rules


def _dot_hint(error: ValidationError, place: Place) -> str:
    """Say how to write a dot where the path of an override goes on behind a key of one text."""
    goes_on = place.file.startswith(f"--set {show_path(error.document_path)}.")
    value = error.info[0] if error.info else error.value
    return r"write \. for a dot in a key" if goes_on and isinstance(value, dict) else ""


def _key_hint(path: KeyPath, schema: Mapping[str, Any], last_hint: str) -> str:
    """Return what an unknown key may mean: a similar key, or a key of another level."""
    key, known = str(path[-1]), list(_rules(path[:-1], schema).get("schema", {}))
    hint = key_hint(key, known, path[:-1], schema) or last_hint
    if not hint and 0 < len(known) <= _FEW_KEYS:
        return f"expected {any_of(known)}"
    return hint or ""


def _message(
    error: ValidationError, hint: str, rules: Mapping[str, Any], *, hides: bool
) -> tuple[Message, str]:
    """Return the message and the hint, which is empty where the message has its own."""
    if error.rule == "nullable":
        return "required key is missing", ""
    if _is_unknown(error):
        is_kind = error.document_path[:-1] == ("metadata",)
        return f"unknown {'kind' if is_kind else 'key'}", hint
    if error.rule is not None:
        return _expected(_wanted(error), error.value, rules, hint, hides=hides)
    found = error.info[0]
    if isinstance(found, NotationError):
        return found, ""
    return _expected(_any_type(rules.get("type", "string")), found, rules, hint, hides=hides)


def _wanted(error: ValidationError) -> str:
    match error.rule:
        case "type":
            return _any_type(error.constraint)
        case "min":
            return f"at least {error.constraint}"
        case "max":
            return f"at most {error.constraint}"
        case "allowed":
            return any_of(error.constraint)
        case "empty":
            return "a string that is not empty"
    raise AssertionError(error.rule)


def _any_type(types: str | list[str]) -> str:
    return any_of([_TYPES[name] for name in ([types] if isinstance(types, str) else types)])


def _expected(
    wanted: str, value: object, rules: Mapping[str, Any], hint: str, *, hides: bool
) -> tuple[str, str]:
    got = _shown(value, wanted, hides=hides)
    hint = hint or _hint(wanted, value, rules, hides=hides)
    return worded(wanted, Shown(got) if got else None), hint


def _shown(value: object, wanted: str, *, hides: bool) -> str:
    """Name a value for a message; of one that is hidden only its kind."""
    is_text = isinstance(value, str) or (isinstance(value, Scalar) and not value.is_null)
    if hides and is_text:
        return "" if wanted.startswith("a string") else "a string"
    if isinstance(value, int):
        return str(value)
    return describe(Scalar(value, is_plain=False) if isinstance(value, str) else value)


def _hint(wanted: str, value: object, rules: Mapping[str, Any], *, hides: bool) -> str:
    if wanted == "a mapping":
        return _map_hint(value, rules, hides=hides)
    if isinstance(value, dict) and wanted.startswith("a string"):
        return _EXAMPLES.get(rules.get("notation", "text"), "")
    if not isinstance(value, Scalar):
        return ""
    if value.is_null:
        return _null_hint(rules) if wanted.startswith("a string") else ""
    if wanted == "a list":
        return "" if hides else _list_hint(value, rules)
    return _plain_hint(wanted, value)


def _map_hint(value: object, rules: Mapping[str, Any], *, hides: bool) -> str:
    if isinstance(value, list) and not hides and {"valuesrules", "values"} & rules.keys():
        return _named_hint(value, "{…}" if "valuesrules" in rules else "…")
    keys = list(rules.get("schema", ()))
    if "action" in keys and isinstance(value, Scalar) and not value.is_null:
        return f"write {{action: {_item(value.text, is_plain=False)}}}"
    return f"its keys may be {any_of(keys)}" if 0 < len(keys) <= _FEW_KEYS else ""


def _named_hint(items: list[Any], each: str) -> str:
    """Write a list of things that have a name as a map by that name."""
    names = [item.get("name") if isinstance(item, dict) else None for item in items]
    if not items or not all(isinstance(name, Scalar) and name.text for name in names):
        return ""
    shown = ", ".join(f"{_item(name.text, is_plain=True)}: {each}" for name in names if name)
    return f"write {{{shown}}}" if len(shown) <= _LONGEST_MAP else ""


def _null_hint(rules: Mapping[str, Any]) -> str:
    notation = rules.get("notation", "text")
    return _EXAMPLES.get(notation, "") or _empty_hint(notation, rules)


def _empty_hint(notation: str, rules: Mapping[str, Any]) -> str:
    """Offer an empty string where one would do."""
    try:
        if notation != "text":
            CHECKS[notation]("")
    except NotationError:
        return ""
    return 'write "" for an empty string' if rules.get("empty", True) else ""


def _list_hint(value: Scalar, rules: Mapping[str, Any]) -> str:
    """Write a text as a list of it, a command line as a list of its words."""
    if "each" not in rules or len(value.text) > _LONGEST_ITEM or not value.text.isprintable():
        return ""
    words = value.text.split() if rules["each"] == "text" else [value.text]
    if len(words) > 1 and not all(re.fullmatch(_WORD, word) for word in words):
        return ""  # only a shell knows what quotes and variables make of it
    return f"write [{', '.join(_item(word, is_plain=value.is_plain) for word in words)}]"


def _item(text: str, *, is_plain: bool) -> str:
    if is_plain and re.fullmatch(_BARE, text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _plain_hint(wanted: str, value: Scalar) -> str:
    bare = Scalar(value.text, is_plain=True)
    if wanted == "an integer" and not value.is_plain and to_integer(bare) is not None:
        return "remove the quotes"
    if wanted == "true or false":
        if not value.is_plain and to_boolean(bare) is not None:
            return "remove the quotes"
        truth = _TRUTHS.get(value.text.lower())
        return f"write {truth}" if truth else ""
    return ""
