"""The kinds of objects that an application is made of, a module for each.

No other package names a kind. A new one is a module, its line in KINDS, a template of its name,
its keys in the schema, and cases.
"""

from __future__ import annotations

from collections.abc import Iterator

from kustz_tpl import rules, schema
from kustz_tpl.errors import Diagnostic
from kustz_tpl.kinds.config_map import CONFIG_MAP
from kustz_tpl.kinds.deployment import DEPLOYMENT, WORKLOAD
from kustz_tpl.kinds.external_secret import EXTERNAL_SECRET
from kustz_tpl.kinds.ingress import INGRESS
from kustz_tpl.kinds.kind import Config, Filter, Kind, PassThrough, Rule
from kustz_tpl.kinds.kustomization import KUSTOMIZATION
from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.kinds.service import SERVICE
from kustz_tpl.rules.general import check_metadata, check_passthrough, check_texts
from kustz_tpl.yaml_source.tree import Document

KINDS: tuple[Kind, ...] = (
    DEPLOYMENT,
    SERVICE,
    INGRESS,
    CONFIG_MAP,
    SECRET,
    EXTERNAL_SECRET,
    KUSTOMIZATION,
)
"""Every kind, in the order of kustomization.yml."""

FILTERS: dict[str, Filter] = {
    name: function for kind in KINDS for name, function in kind.filters.items()
}
"""The filters of all kinds; any template may use them, so their names are public."""

PASS_THROUGH: tuple[PassThrough, ...] = tuple(each for kind in KINDS for each in kind.pass_through)
"""Where kustz.yml takes Kubernetes' own fields."""


def find_kind(name: str) -> Kind:
    """Return the kind of a name; for one that we do not make, a workload in general."""
    return next((kind for kind in KINDS if kind.name == name), WORKLOAD)


def check(config: schema.Config, document: Document) -> list[Diagnostic]:
    """Return what only several fields of a config together show, one problem for a path."""
    return rules.check(config, document, _RULES)


def _check_strings(config: Config) -> Iterator[Diagnostic]:
    for key in ("annotations", *dict.fromkeys(key for kind in KINDS for key in kind.keys)):
        yield from check_texts(config[key], (key,))


def _check_pass_through(config: Config) -> Iterator[Diagnostic]:
    for each in PASS_THROUGH:
        yield from check_passthrough(config, each.path, each.type, each.owned)


_RULES: tuple[Rule, ...] = (
    _check_strings,
    check_metadata,
    *(rule for kind in KINDS for rule in kind.rules),
    _check_pass_through,
)
