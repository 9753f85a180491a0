"""The kinds of objects that an application is made of, a module for each.

No other package names a kind. A new one is a module, its line in KINDS, a template of its name,
its keys in the schema, and cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from kustz_tpl import rules, schema
from kustz_tpl.errors import Diagnostic
from kustz_tpl.kinds import application, container, metadata, pod
from kustz_tpl.kinds.autoscaler import HORIZONTAL_POD_AUTOSCALER, POD_DISRUPTION_BUDGET
from kustz_tpl.kinds.config_map import CONFIG_MAP
from kustz_tpl.kinds.cron_job import CRON_JOB
from kustz_tpl.kinds.daemon_set import DAEMON_SET
from kustz_tpl.kinds.deployment import DEPLOYMENT
from kustz_tpl.kinds.external_secret import EXTERNAL_SECRET
from kustz_tpl.kinds.http_route import HTTP_ROUTE
from kustz_tpl.kinds.ingress import INGRESS
from kustz_tpl.kinds.job import JOB
from kustz_tpl.kinds.kind import Config, Filter, Kind, PassThrough, Rule, value_at
from kustz_tpl.kinds.kustomization import KUSTOMIZATION
from kustz_tpl.kinds.persistent_volume_claim import PERSISTENT_VOLUME_CLAIM
from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.kinds.service import SERVICE
from kustz_tpl.kinds.service_account import SERVICE_ACCOUNT
from kustz_tpl.kinds.stateful_set import STATEFUL_SET
from kustz_tpl.kinds.virtual_service import VIRTUAL_SERVICE
from kustz_tpl.kinds.workload import WORKLOAD
from kustz_tpl.rules.general import check_once, check_passthrough, check_texts
from kustz_tpl.rules.generators import check_generated_labels
from kustz_tpl.yaml_source.tree import Document

_SPEC = ("spec",)
WORKLOADS: tuple[Kind, ...] = (DEPLOYMENT, STATEFUL_SET, DAEMON_SET, CRON_JOB, JOB)
"""The kinds of `service.kind`."""

ROUTES: tuple[Kind, ...] = (INGRESS, HTTP_ROUTE, VIRTUAL_SERVICE)
"""The kinds of `ingress.kind`."""

KINDS: tuple[Kind, ...] = (
    *WORKLOADS,
    SERVICE,
    *ROUTES,
    HORIZONTAL_POD_AUTOSCALER,
    POD_DISRUPTION_BUDGET,
    SERVICE_ACCOUNT,
    PERSISTENT_VOLUME_CLAIM,
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


def find_kind(name: str) -> Kind:
    """Return the kind of a name; for one that we do not make, a workload in general."""
    return next((kind for kind in KINDS if kind.name == name), WORKLOAD)


def find_pod_spec(document: object) -> tuple[str, ...]:
    """Return where a document has its pod's spec, empty if it has none; a Pod is one itself."""
    places = dict.fromkeys(kind.pod_spec for kind in WORKLOADS)
    found = (each for each in places if isinstance(value_at(document, *each), dict))
    return next(found, _SPEC if value_at(document, *_SPEC, "containers") else ())


def workload_of(config: Config) -> Kind:
    """Return the kind of a config's workload; a Deployment where that is wrong."""
    named = config["service"]["kind"]
    return next((kind for kind in WORKLOADS if kind.name == named), DEPLOYMENT)


def pass_through(config: Config) -> list[PassThrough]:
    """Return where the config has Kubernetes' own fields, in the order that they are joined."""
    written = [each for each in container.containers(config) if each.entry["container"]]
    whole = (pod.PASS_THROUGH, *workload_of(config).pass_through)
    return [
        *map(container.pass_through, written),
        *(each for each in whole if value_at(config, *each.path)),
    ]


def check(config: schema.Config, document: Document) -> list[Diagnostic]:
    """Return what only several fields of a config together show, one problem for a path."""
    versions = partial(_check_versions, written=document.data)
    return rules.check(config, document, (*_RULES, versions))


def check_application(
    workloads: Mapping[str | None, tuple[schema.Config, Document]],
) -> list[Diagnostic]:
    """Return what only all workloads of an application together show."""
    configs = {entry: config for entry, (config, _) in workloads.items() if config["name"]}
    return [
        problem
        for entry, finding in (application.check(configs) if None in configs else ())
        for problem in rules.to_diagnostics((finding,), workloads[entry][1])
    ]


def _check_strings(config: Config) -> Iterator[Diagnostic]:
    for key in ("annotations", *dict.fromkeys(key for kind in KINDS for key in kind.keys)):
        yield from check_texts(config[key], (key,))


def _check_pass_through(config: Config) -> Iterator[Diagnostic]:
    for each in pass_through(config):
        yield from check_passthrough(config, each.path, each.type, each.owned)


def _check_versions(config: Config, written: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Find what the oldest Kubernetes does not have; a warning unless that is written."""
    for each in pass_through(config) if config["kubeVersion"] else ():
        from kustz_tpl.rules.fields import find_structs  # noqa: PLC0415 - reads a table
        from kustz_tpl.rules.versions import check_versions, find_oldest  # noqa: PLC0415 - likewise

        structs = find_structs(each.type, value_at(config, *each.path), each.path)
        yield from check_versions(structs, find_oldest(config, written))


def _check_environments(config: Config) -> Iterator[Diagnostic]:
    yield from check_once(("environments",), config["environments"])


_RULES: tuple[Rule, ...] = (
    _check_environments,
    _check_strings,
    *metadata.RULES,
    check_generated_labels,
    *(rule for kind in KINDS for rule in kind.rules),
    _check_pass_through,
)
