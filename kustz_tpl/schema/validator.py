"""The language's conversions and rules, as Cerberus takes them: methods of a validator."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeAlias

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown, closest
from kustz_tpl.notation import CHECKS
from kustz_tpl.notation.choices import (
    parse_dns_policy,
    parse_pull_policy,
    parse_restart_policy,
    parse_route_kind,
    parse_workload_kind,
)
from kustz_tpl.notation.route import SCHEMES
from kustz_tpl.registry.backend import BACKENDS, source_refusal
from kustz_tpl.schema.cerberus import (
    CUSTOM,
    DefinitionSchema,
    TypeDefinition,
    ValidationError,
    Validator,
)
from kustz_tpl.yaml_source.tree import Scalar, to_boolean, to_fields, to_integer, to_plain

Value: TypeAlias = Any  # a Scalar, list or map as read; what its conversion made of it
Schema: TypeAlias = "Mapping[Any, Mapping[str, Any]]"  # by keys, or by paths


class PreparedSchema(DefinitionSchema):  # type: ignore[misc]
    """A schema that Cerberus neither expands nor checks: a test has it do that to the literal."""

    def __new__(cls, _schema: Schema) -> Self:
        """Make no validator of schemas."""
        return object.__new__(cls)

    def __init__(self, schema: Schema) -> None:
        """Take the schema as it is."""
        self.schema = schema

    def copy(self) -> dict[Any, Mapping[str, Any]]:
        """Return the rules alone."""
        return dict(self.schema)


class LanguageValidator(Validator):  # type: ignore[misc]
    """Convert what can be converted, then name what is still not as the schema wants it.

    A conversion never fails: what it cannot convert stays as it is, for the validation to find.
    What a rule finds is in the error's info: a NotationError or a value that is no string, then
    "key" where it is about the key.
    """

    types_mapping = Validator.types_mapping | {
        # Types of their own, for what is said where a value is none.
        "backend": TypeDefinition("backend", (dict,), ()),
        "further_service": TypeDefinition("further_service", (dict,), ()),
        "replicas": TypeDefinition("replicas", (int, str), (bool,)),
    }

    def _error(self, *args: Any) -> None:  # noqa: ANN401 - Cerberus' own signature
        """Gather errors without Cerberus' trees and sorting, whose time grows with the square."""
        if len(args) == 1:
            self._errors.extend(args[0])
        else:
            super()._error(*args)

    def _complain(self, inner: KeyPath, *info: Value) -> None:
        """Add an error about what is at a path inside the map at hand."""
        path = (*self.document_path, *inner)
        self._error([ValidationError(path, (), CUSTOM.code, None, None, None, info)])

    def _check(self, notation: str, inner: KeyPath, value: Value) -> None:
        """Check a string, and a notation that is not just `text` on it."""
        if not isinstance(value, str):
            self._complain(inner, value)
        elif error := _refusal(notation, value):
            self._complain(inner, error)

    def _normalize_coerce_text(self, value: Value) -> Value:
        return _text(value)

    def _normalize_coerce_texts(self, value: Value) -> Value:
        return [_text(each) for each in value] if isinstance(value, list) else _or_empty(value, [])

    def _normalize_coerce_text_map(self, value: Value) -> Value:
        if isinstance(value, dict):
            return {key: _text(each) for key, each in value.items()}
        return _or_empty(value, {})

    def _normalize_coerce_list(self, value: Value) -> Value:
        return list(value) if isinstance(value, list) else _or_empty(value, [])

    def _normalize_coerce_map(self, value: Value) -> Value:
        return dict(value) if isinstance(value, dict) else _or_empty(value, {})

    def _normalize_coerce_map_or_none(self, value: Value) -> Value:
        return self._normalize_coerce_map(value) or None

    def _normalize_coerce_plain_map(self, value: Value) -> Value:
        return to_plain(value) if isinstance(value, dict) else _or_empty(value, {})

    def _normalize_coerce_fields(self, value: Value) -> Value:
        return to_fields(value) if isinstance(value, dict) else _or_empty(value, {})

    def _normalize_coerce_integer(self, value: Value) -> Value:
        number = to_integer(value) if isinstance(value, Scalar) else None
        return value if number is None else number

    def _normalize_coerce_boolean(self, value: Value) -> Value:
        truth = to_boolean(value) if isinstance(value, Scalar) else None
        return value if truth is None else truth

    def _normalize_coerce_text_or_texts(self, value: Value) -> Value:
        return self._normalize_coerce_texts(value) if isinstance(value, list) else _text(value)

    def _normalize_coerce_text_or_map(self, value: Value) -> Value:
        return self._normalize_coerce_map(value) if isinstance(value, dict) else _text(value)

    def _normalize_coerce_backend(self, value: Value) -> Value:
        """Convert the name of a backend to a mapping."""
        is_named = isinstance(value, Scalar) and value.text in BACKENDS
        return {value.text: {}} if is_named else value

    def _normalize_coerce_pull_policy(self, value: Value) -> Value:
        return _canonical(parse_pull_policy, _text(value))

    def _normalize_coerce_workload_kind(self, value: Value) -> Value:
        return _canonical(parse_workload_kind, _text(value))

    def _normalize_coerce_restart_policy(self, value: Value) -> Value:
        return _canonical(parse_restart_policy, _text(value))

    def _normalize_coerce_replicas(self, value: Value) -> Value:
        """Convert a number; leave a range, which may be quoted, as a string."""
        number = self._normalize_coerce_integer(value)
        is_range = isinstance(value, Scalar) and re.search(r"[0-9]-|[0-9]\s", value.text)
        return value.text if is_range else number

    def _normalize_coerce_service_account(self, value: Value) -> Value:
        """Convert the name of a ServiceAccount to a mapping."""
        is_name = isinstance(value, Scalar) and not value.is_null
        return {"name": value} if is_name else self._normalize_coerce_map(value)

    def _normalize_coerce_line_map(self, value: Value) -> Value:
        """Convert a mapping of lines, or of lists of them."""
        if isinstance(value, dict):
            return {key: self._normalize_coerce_text_or_texts(each) for key, each in value.items()}
        return _or_empty(value, {})

    def _normalize_coerce_route_kinds(self, value: Value) -> Value:
        texts = self._normalize_coerce_text_or_texts(value)
        if isinstance(texts, list):
            return [_canonical(parse_route_kind, each) for each in texts]
        return _canonical(parse_route_kind, texts)

    def _normalize_coerce_gateways(self, value: Value) -> Value:
        """Convert a gateway, a list of them, or what each scheme has."""
        if isinstance(value, dict):
            return {key: self._normalize_coerce_text_or_texts(each) for key, each in value.items()}
        return _or_empty(self._normalize_coerce_text_or_texts(value), {})

    def _normalize_coerce_dns_policy(self, value: Value) -> Value:
        return _canonical(parse_dns_policy, _text(value))

    def _validate_notation(self, notation: str, field: str, value: Value) -> None:
        """Check a string, or a list of strings, that is one notation; a number has its own rules.

        The rule's arguments are validated against this schema: {'type': 'string'}
        """
        if value is None or isinstance(value, int):
            return
        wrong = [i for i, each in enumerate(value) if not isinstance(each, str)]
        for index in wrong:
            self._complain((field, index), value[index])
        error = None if wrong else _refusal(notation, value)
        if error:
            self._complain((field,), error)

    def _validate_each(self, notation: str, field: str, value: Value) -> None:
        """Check every item of a list.

        The rule's arguments are validated against this schema: {'type': 'string'}
        """
        for index, each in enumerate(value):
            self._check(notation, (field, index), each)

    def _validate_keys(self, notation: str, field: str, value: Value) -> None:
        """Check every key of a mapping.

        The rule's arguments are validated against this schema: {'type': 'string'}
        """
        for key in value:
            error = _refusal(notation, key)
            if error:
                self._complain((field, key), error, "key")

    def _validate_values(self, notation: str, field: str, value: Value) -> None:
        """Check every value of a mapping.

        The rule's arguments are validated against this schema: {'type': 'string'}
        """
        for key, each in value.items():
            self._check(notation, (field, key), each)

    def _validate_lines(self, notation: str, field: str, value: Value) -> None:
        """Check every line of a mapping of lines, or of lists of them.

        The rule's arguments are validated against this schema: {'type': 'string'}
        """
        for key, lines in value.items():
            for index, line in enumerate(lines if isinstance(lines, list) else ()):
                self._check(notation, (field, key, index), line)
            if not isinstance(lines, list):
                self._check(notation, (field, key), lines)

    def _check_one_or_list(self, notation: str, inner: KeyPath, value: Value) -> None:
        """Check a string, or every item of a list."""
        if not isinstance(value, list):
            self._check(notation, inner, value)
        for index, each in enumerate(value if isinstance(value, list) else ()):
            self._check(notation, (*inner, index), each)

    def _validate_notation_or_list(self, notation: str, field: str, value: Value) -> None:
        """Check a string that is one notation, or a list of such that is not empty.

        The rule's arguments are validated against this schema: {'type': 'string'}
        """
        if value == []:
            self._complain((field,), NotationError("at least one entry", Shown("an empty list")))
        self._check_one_or_list(notation, (field,), value)

    def _validate_by_scheme(self, notation: str, field: str, value: Value) -> None:
        """Check a string, a list of strings, or a mapping of either by http and https.

        The rule's arguments are validated against this schema: {'type': 'string'}
        """
        if not isinstance(value, dict):
            self._check_one_or_list(notation, (field,), value)
            return
        for key, each in value.items():
            if key not in SCHEMES:
                error = NotationError("http or https", key, hint=closest(key, SCHEMES))
                self._complain((field, key), error, "key")
            else:
                self._check_one_or_list(notation, (field, key), each)

    def _validate_source(self, role: str, field: str, value: Value) -> None:
        """Check where a user name, a password or a docker config comes from.

        The rule's arguments are validated against this schema: {'type': 'string'}
        """
        if value is None:
            return
        if error := source_refusal(role, value):
            self._complain((field,), error)
            self._drop_remaining_rules()  # a list is not for the schema of a map


def _text(value: Value) -> Value:
    return value.text if isinstance(value, Scalar) and not value.is_null else value


def _or_empty(value: Value, empty: Value) -> Value:
    return empty if isinstance(value, Scalar) and value.is_null else value


def _refusal(notation: str, value: Value) -> NotationError | None:
    if notation == "text":
        return None
    try:
        CHECKS[notation](value)
    except NotationError as error:
        return error
    return None


def _canonical(parse: Callable[[str], str], value: Value) -> Value:
    try:
        return parse(value) if isinstance(value, str) else value
    except NotationError:
        return value
