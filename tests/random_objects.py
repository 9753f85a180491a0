"""Objects with one or two fields of one struct changed at random, for a seed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from random import Random
from typing import Any

from more_objects import MORE
from mutations import BASES, Object, Path
from words import ANY_NUMBERS, ANY_STRINGS, NUMBERS, WORDS

from kustz_tpl.verdict import _KINDS, _MODULES, _table, _types, custom_resources

Types = Mapping[str, Mapping[str, str]]
_LEAVES = ("string", "integer", "number", "boolean")


class Generator:
    """Changes objects; the values are those of the objects themselves, of a field's words, and wrong ones."""

    def __init__(self, known: Types, bases: Mapping[str, Object]) -> None:
        self.known = known
        self.bases = bases
        self.values: dict[str, list[Any]] = {}
        for base in bases.values():
            for _, kind, value in self.structs(base):
                self._keep(kind, value)
                for key, item in value.items():
                    self._keep(f"{kind}#{key}", item)

    def objects(self, seed: int, count: int) -> Iterator[tuple[str, Object]]:
        """Yield objects, each with the base and the fields that are changed."""
        random = Random(seed)
        names = sorted(self.bases)
        for _ in range(count):
            name = random.choice(names)
            changed: Object = json.loads(json.dumps(self.bases[name]))
            structs = [each for each in self.structs(changed) if self.known[each[1]]]
            path, kind, struct = random.choice(structs)
            steps = [
                self._change(random, kind, struct) for _ in range(random.choice((1, 1, 1, 2, 2, 3)))
            ]
            yield f"{name} {'.'.join(map(str, path))} {kind}: {'; '.join(steps)}", changed

    def structs(self, document: Object) -> Iterator[tuple[Path, str, Object]]:
        """Yield each struct of an object with its type."""
        kind = type_of(document) or str(document["kind"])
        yield from self._structs(kind, document, ())

    def _structs(self, kind: str, value: Any, path: Path) -> Iterator[tuple[Path, str, Object]]:  # noqa: ANN401
        if kind.startswith("[") and isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._structs(kind.partition("]")[2], item, (*path, index))
        elif kind.startswith("{}") and isinstance(value, dict):
            for key, item in value.items():
                yield from self._structs(kind[2:], item, (*path, key))
        elif kind in self.known and isinstance(value, dict):
            yield path, kind, value
            for key, item in value.items():
                if inner := self.known[kind].get(key):
                    yield from self._structs(inner, item, (*path, key))

    def _keep(self, kind: str, value: object) -> None:
        known = self.values.setdefault(kind, [])
        if value not in known:
            known.append(value)

    def _change(self, random: Random, kind: str, struct: Object) -> str:
        fields = self.known[kind]
        names = [name for name in sorted(fields) if name not in ("apiVersion", "kind", "status")]
        present = [name for name in names if name in struct]
        if not names:
            return "nothing"
        name = random.choice(present if present and random.random() < 0.5 else names)
        if name in struct and random.random() < 0.15:
            del struct[name]
            return f"no {name}"
        struct[name] = self._value(random, kind, name, struct.get(name))
        return f"{name}={json.dumps(struct[name])[:90]}"

    def _value(self, random: Random, kind: str, name: str, old: object) -> Any:  # noqa: ANN401
        shape = self.known[kind][name]
        if random.random() < 0.04:
            return random.choice((None, "", 0, True, [], {}, "a", ["a"], {"a": "b"}))
        known = self.values.get(f"{kind}#{name}", [])
        if known and random.random() < 0.3:
            return self._copy(random.choice(known))
        if isinstance(old, list) and old and random.random() < 0.4:
            return self._list(random, old)
        return self._of(random, shape, name)

    def _list(self, random: Random, old: Sequence[Any]) -> list[Any]:
        items = self._copy(old)
        match random.randrange(3):
            case 0:
                items.append(self._copy(random.choice(items)))
            case 1:
                items.pop(random.randrange(len(items)))
            case _:
                random.shuffle(items)
        return items  # type: ignore[no-any-return]

    def _of(self, random: Random, shape: str, name: str) -> Any:  # noqa: ANN401
        if shape.startswith("["):
            inner = shape.partition("]")[2]
            return [self._of(random, inner, name) for _ in range(random.choice((0, 1, 1, 1, 2, 2)))]
        if shape.startswith("{}"):
            inner = shape[2:] or "string"
            keys = WORDS.get(f"{name} keys", ("a", "b", "app", "example.com/a", "", "a b", "A/b"))
            count = random.choice((0, 1, 1, 2))
            return {random.choice(keys): self._of(random, inner, name) for _ in range(count)}
        if shape in self.known:
            known = self.values.get(shape, [])
            if known and random.random() < 0.7:
                value = self._copy(random.choice(known))
                if random.random() < 0.5:
                    self._change(random, shape, value)
                return value
            value = {}
            for _ in range(random.choice((0, 1, 2, 3))):
                if self.known[shape]:
                    self._change(random, shape, value)
            return value
        return self._leaf(random, shape, name)

    def _leaf(self, random: Random, shape: str, name: str) -> Any:  # noqa: ANN401
        word = random.choice(shape.split("|"))
        if word == "boolean":
            return random.choice((True, True, False, False, False, "yes", 1, None))
        if word in ("integer", "number"):
            pool = NUMBERS.get(name) if random.random() < 0.6 else None
            return random.choice(pool or ANY_NUMBERS)
        pool = WORDS.get(name) if random.random() < 0.7 else None
        return random.choice(pool or ANY_STRINGS)

    @staticmethod
    def _copy(value: Any) -> Any:  # noqa: ANN401
        return json.loads(json.dumps(value))


def type_of(document: Object) -> str | None:
    """Return the name of the type of an object."""
    name = f"{document.get('apiVersion')} {document.get('kind')}"
    return _KINDS.get(name) or _table()["kinds"].get(name)


def known_types() -> Types:
    """Return the fields of every type that is judged."""
    found: dict[str, Mapping[str, str]] = dict(_types())
    for module in _MODULES:
        found |= getattr(import_module(f"kustz_tpl.verdict.{module}"), "TYPES", {})
    for name, schema in custom_resources.table()["kinds"].items():
        found[name] = {**found[name], "spec": _schema_kind(schema, f"{name}Spec", found)}
    return found


def _schema_kind(schema: Mapping[str, Any], name: str, found: dict[str, Mapping[str, str]]) -> str:
    """Return how a schema is written in the table of types; its structs are added to it."""
    if "ref" in schema:
        schema = custom_resources.table()["shared"][schema["ref"]]
    kind = schema.get("type")
    if kind == "array":
        return f"[]{_schema_kind(schema['items'], name, found)}"
    if kind == "object" and "properties" in schema:
        fields: dict[str, str] = {}
        found[name] = fields
        for key, inner in schema["properties"].items():
            fields[key] = _schema_kind(inner, f"{name}.{key}", found)
        return name
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"{{}}{_schema_kind(values, name, found)}" if values else "{}"
    return str(kind or "string")


def generator(further: Mapping[str, Object] | None = None) -> Generator:
    """Return what changes the objects of the tests, and further ones."""
    return Generator(known_types(), {**BASES, **MORE, **(further or {})})
