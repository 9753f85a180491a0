from collections.abc import Iterable, Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from cerberus.schema import DefinitionSchema

from kustz_tpl.errors import InputError
from kustz_tpl.schema import SCHEMA
from kustz_tpl.schema.flat import validated
from kustz_tpl.schema.subset import completed, fitted
from kustz_tpl.schema.validator import LanguageValidator, PreparedSchema
from kustz_tpl.yaml_source import Document, override, read
from kustz_tpl.yaml_source.tree import show_path

CASES = Path(__file__).parent / "cases"
EXAMPLES = Path(__file__).parent.parent / "examples"


def documents() -> Iterator[Any]:
    for config in sorted(CASES.glob("*/kustz.yml")):
        if config.parent.name == "refused-lists-as-maps":
            continue  # Cerberus itself fails with that
        with suppress(InputError):  # what is no YAML has no schema
            yield pytest.param(read(config.read_bytes(), "kustz.yml"), id=config.parent.name)


def test_cerberus_finds_nothing_wrong_with_the_schema_and_nothing_to_expand() -> None:
    expanded = DefinitionSchema(LanguageValidator(), deepcopy(SCHEMA))
    assert expanded.schema == SCHEMA


def undocumented(rules: dict[str, Any], path: str) -> Iterator[str]:
    """Yield the path of every key without its line of documentation."""
    for inner in (rules.get("schema"), rules.get("valuesrules")):
        if inner and ("type" in inner or "coerce" in inner):  # the rules of items
            yield from undocumented(inner, f"{path}[]")
            continue
        for key, each in (inner or {}).items():
            line = each.get("meta", "")
            if not line or "\n" in line or line.endswith("."):
                yield f"{path}.{key}"
            yield from undocumented(each, f"{path}.{key}")


def test_every_key_has_a_line_of_documentation() -> None:
    assert [*undocumented({"schema": SCHEMA}, "")] == []
    bare = {
        "schema": {
            "a": {"type": "list", "meta": "x", "schema": {"type": "dict", "schema": {"b": {}}}}
        }
    }
    assert [*undocumented(bare, "")] == [".a[].b"]


def check_as_a_whole(document: Document) -> tuple[Any, list[Any]]:
    """Have Cerberus normalise and validate every key, those that the document lacks too."""
    validator = LanguageValidator(PreparedSchema(SCHEMA))
    config = validator.normalized(document.data, always_return_document=True)
    validator.validate(config, normalize=False)
    return config, validator._errors  # noqa: SLF001 - as normalise does


def check_in_part(document: Document) -> tuple[Any, list[Any]]:
    validator = LanguageValidator(PreparedSchema(fitted(SCHEMA, document.data)))
    config = validator.normalized(document.data, always_return_document=True)
    validator.validate(config, normalize=False)
    return completed(SCHEMA, deepcopy(config)), validator._errors  # noqa: SLF001 - as normalise does


def found(errors: Iterable[Any]) -> set[Any]:
    return {(error.document_path, error.rule, error.schema_path) for error in errors}


@pytest.mark.parametrize("document", [*documents()])
def test_the_part_that_a_document_is_about_does_for_the_whole(document: Document) -> None:
    whole, part = check_as_a_whole(document), check_in_part(document)
    assert found(part[1]) == found(whole[1])
    if not whole[1]:
        assert part[0] == whole[0]


@pytest.mark.parametrize("document", [*documents()])
def test_laid_out_flat_a_document_is_right_where_the_whole_is(document: Document) -> None:
    check_flat(document)


@pytest.mark.parametrize("value", ["~", "text", "3", "[]", "[~]", "[a, {b: c}]", "{}", "{a: ~}"])
def test_laid_out_flat_nothing_wrong_is_missed(value: str) -> None:
    document = read((EXAMPLES / "web/kustz.yml").read_bytes(), "kustz.yml")
    for path in filter(None, document.places):
        check_flat(override(document, show_path(path), value, "--set"))


def check_flat(document: Document) -> None:
    flat = validated(document.data)
    config, errors = check_as_a_whole(document)
    assert (flat is None) == bool(errors)
    if flat is not None:
        assert completed(SCHEMA, flat) == config


def test_the_defaults_are_what_the_schema_allows() -> None:
    document = read(b"name: web\nservice: {image: web:1}\n", "kustz.yml")
    _, errors = check_as_a_whole(document)
    assert not errors
