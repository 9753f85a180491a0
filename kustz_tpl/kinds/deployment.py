"""The Deployment: its replicas, its selector, and the pod that it runs."""

from __future__ import annotations

from collections.abc import Iterator

from kustz_tpl.kinds import pod
from kustz_tpl.kinds.kind import Kind, Object, PassThrough, string_at, value_at

_KEY = "deployment"
_POD_SPEC = ("spec", "template", "spec")
_OWN_FIELDS = PassThrough(
    path=(_KEY,),
    type="DeploymentSpec",
    part=("spec",),
    owned={
        (_KEY, "replicas"): "set by service.replicas; write it there",
        (_KEY, "selector"): "set by name; a selector has no other label",
        (_KEY, "template", "spec"): "set by pod; write it there",
    },
    shared={
        (_KEY, "template", "metadata", "labels", "app"): "name",
        (_KEY, "template", "metadata", "labels"): "labels",
    },
)


def find_changed_selector(old: Object, new: Object) -> Iterator[str]:
    """Yield a new selector of a workload."""
    if value_at(new, "spec", "template") and value_at(old, "spec", "selector") != value_at(
        new, "spec", "selector"
    ):
        yield "the selector changes, which a cluster refuses: delete and create it"


def find_no_replicas(old: Object, new: Object) -> Iterator[str]:
    """Yield that nothing runs any more."""
    if string_at(new, "spec", "replicas") == "0" != string_at(old, "spec", "replicas"):
        yield "replicas become 0: nothing runs"


def find_lost_protection(old: Object, new: Object) -> Iterator[str]:
    """Yield what the containers lose."""
    yield from pod.find_lost_protection(value_at(old, *_POD_SPEC), value_at(new, *_POD_SPEC))


DEPLOYMENT = Kind(
    name="Deployment",
    keys=("service", "pod", _KEY),
    template="deployment.yml",
    filters=pod.FILTERS,
    rules=pod.RULES,
    pass_through=(*pod.pass_through(_POD_SPEC), _OWN_FIELDS),
    breaking_changes=(find_changed_selector, find_no_replicas, find_lost_protection),
    pod_spec=_POD_SPEC,
)

WORKLOAD = Kind(name="", breaking_changes=DEPLOYMENT.breaking_changes, pod_spec=_POD_SPEC)
"""What is known of a workload that a template of the user's makes, such as a StatefulSet."""
