"""Generate the tables of the documentation: keys of the language, context and removed names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kustz_tpl.engine.removed import REMOVED_FILTERS, REMOVED_GLOBALS, REMOVED_TAGS, REMOVED_TESTS
from kustz_tpl.schema import SCHEMA
from kustz_tpl.schema.project import PROJECT

KINDS = {
    "string": "string",
    "integer": "integer",
    "replicas": "integer or string",
    "boolean": "boolean",
    "dict": "mapping",
    "backend": "mapping",
}
FORMS = {
    "by_scheme": "mapping: `http` and `https`, lists of strings",
    "notation_or_list": "list of strings",
    "valuesrules": "mapping of mappings",
    "values": "mapping of strings",
}
SOURCES = {
    "service.autoscale": "None, or `min`, `max` and `metrics` if `service.replicas` is a range",
    "sources.env": "a mapping of the container's environment variables, from files and pairs",
    "sources.volumes": "the volumes of the pod",
    "sources.volumeMounts": "the `volumeMounts` of each container by its name",
    "sources.claims": "a list of mappings: `name` and `spec` of each claim to generate",
    "sources.claimTemplates": "a list of mappings: `name` and `spec` of each claim of a StatefulSet's pods",
    "sources.ports": "the ports of all Services that select the pods, as in `service.ports`",
    "sources.serviceName": "the headless Service of a StatefulSet, or None",
    "sources.headless": "its name if it is generated next to the Service, or None",
    "sources.configmaps": "a list of mappings: `name`, `literals` (a mapping), `files` (keys)",
    "sources.secrets": "a list of mappings: `name`, `type`, `files` (keys, never contents)",
    "sources.patches": "the `patches` for kustomize, with the contents of files",
    "sources.resources": "the paths of your own manifests in the output folder",
    "sources.sealed": "the paths of the manifests that sops encrypts",
    "sources.externalSecrets": "a list of mappings: `name` and `spec` of each ExternalSecret",
    "sources.routing": "for the filters of rules: `default`, the Service of a rule that names "
    "none, and `ports`, the number of each port of a Service by its name",
}
HIDDEN = "- `namespace()`: `namespace` is the namespace of the config\n"
OTHERS = {
    "environment": "the environment that is generated, or None",
    "application": "the top-level `name`, in every workload",
    "workload": "the entry of `workloads` that is rendered, None for the main workload",
    "workloads": "the contexts of the further workloads, in their order; empty in their own",
    "services": "the further Services by name: `ports`, `annotations` and `selector` of each",
    "manifests": "in `kustomization.yml.j2` only: the names of the other generated files",
    "accounts": "in `_dockercfg.json.j2` and `_dockerconfigjson.json.j2` only: the accounts",
    "secret": "in `_secret.yml.j2` only: `name`, `type` and `data` of the Secret to encrypt",
}


def context(_all: str) -> str:
    """Return the tables of every name that a template sees."""
    rows = [
        f"| `{path}` | {kind} | {default} |"
        for path, kind, default in names(SCHEMA)
        if path not in OTHERS
    ]
    others = [f"| `{name}` | {what} |" for name, what in {**SOURCES, **OTHERS}.items()]
    return "\n".join(
        [
            "| variable | type | default |",
            "|---|---|---|",
            *rows,
            "",
            "| variable | content |",
            "|---|---|",
            *others,
            "",
        ]
    )


def keys(paths: str) -> str:
    """Return the table of the keys below a path, and below further ones inside it."""
    first, *more = paths.split()
    rows = [
        f"| `{prefix}{key}` | {_written_kind(rules)} | {_written_default(rules)} | {rules['meta']} |"
        for path in (first, *more)
        for prefix in [path.removeprefix(first).removeprefix(".") + "." if path != first else ""]
        for key, rules in _below(path).items()
    ]
    return "\n".join(["| key | type | default | meaning |", "|---|---|---|---|", *rows, ""])


def _below(path: str) -> dict[str, Any]:
    """Return the rules of the keys below a path, of a list or a map of names those of its items."""
    found: dict[str, Any] = PROJECT if path == "project" else SCHEMA
    for step in path.split("."):
        if step not in {"top", "project"}:
            rules = found[step]
            found = rules.get("schema") or rules["valuesrules"]["schema"]
            found = found.get("schema", found) if "coerce" in found else found
    return found


def _written_kind(rules: dict[str, Any]) -> str:
    if rules.get("type") == "backend":
        return "string or mapping"
    if "by_scheme" in rules:
        return "string, list or mapping"
    return "string or list of strings" if isinstance(rules.get("type"), list) else _kind(rules)


def _written_default(rules: dict[str, Any]) -> str:
    if _is_required(rules):
        return "required"
    default = _default("", rules)
    return default if default.startswith("`") else ""


def _is_required(rules: dict[str, Any]) -> bool:
    """Check whether a key has to be there, of a map because one inside it has to."""
    if rules.get("type") == "dict" and rules.get("default") == {}:
        return any(map(_is_required, rules.get("schema", {}).values()))
    return rules.get("nullable") is False


def names(schema: dict[str, Any], above: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield path, kind and default of every key of the language; `[]` is each item of a list."""
    for key, rules in schema.items():
        path = f"{above}{key}"
        # Of a range, a template gets the least.
        kind = "integer" if path == "service.replicas" else _kind(rules)
        yield path, kind, _default(path, rules)
        inner = rules.get("schema", {})
        if rules.get("type") == "list" and isinstance(inner.get("schema"), dict):
            yield from names(inner["schema"], f"{path}[].")
        elif rules.get("type") in ("dict", "backend"):
            yield from names(inner, f"{path}.")


def removed(_all: str) -> str:
    """Return the filters, functions, tests and tags of Jinja that are removed."""
    lists = {
        "filters": REMOVED_FILTERS,
        "functions": REMOVED_GLOBALS,
        "tests": REMOVED_TESTS,
        "tags": REMOVED_TAGS,
    }
    return (
        "".join(
            f"- {what}: {', '.join(f'`{word}`' for word in sorted(words))}\n"
            for what, words in lists.items()
        )
        + HIDDEN
    )


def _kind(rules: dict[str, Any]) -> str:
    kind = rules.get("type")
    if kind is None:
        return "string or mapping"
    form = next((text for key, text in FORMS.items() if key in rules), None)
    if form:
        return form
    if isinstance(kind, list):
        return "string or list of strings"
    if kind == "list":
        return "list of strings" if "each" in rules else "list of mappings"
    return KINDS[kind]


def _default(path: str, rules: dict[str, Any]) -> str:
    if rules.get("nullable") is False:
        return "required"
    if path == "service.name":
        return "`name`"
    default = rules.get("default")
    if default in ([], {}):
        return "empty"
    return (
        "None"
        if default is None
        else f"`{str(default).lower() if isinstance(default, bool) else default}`"
    )
