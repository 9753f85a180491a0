"""The rules of roles and their bindings."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.verdict.checks import (
    SHARED,
    SUBDOMAIN,
    Fields,
    Findings,
    Rules,
    about,
    choice,
    notation,
    parse_path_segment,
    read_by,
    required,
)

_GROUP = "rbac.authorization.k8s.io"


def _check_rule(rule: Fields, path: KeyPath) -> Findings:
    yield from required("verbs")(rule, path)
    if rule.get("nonResourceURLs"):
        if rule.get("apiGroups") or rule.get("resources") or rule.get("resourceNames"):
            at = (*path, "nonResourceURLs")
            yield about(at, "expected either resources or nonResourceURLs, got both")
        return
    yield from required("apiGroups", "resources")(rule, path)


def _check_role(role: Fields, path: KeyPath) -> Findings:
    for index, rule in enumerate(role.get("rules") or ()):
        if rule.get("nonResourceURLs"):
            at = (*path, "rules", index, "nonResourceURLs")
            yield about(at, "expected no nonResourceURLs of a Role; use a ClusterRole")


def _check_subject(subject: Fields, path: KeyPath) -> Findings:
    yield from required("kind", "name")(subject, path)
    kind, name = subject.get("kind"), subject.get("name") or ""
    if kind == "ServiceAccount" and name:
        yield from notation(SUBDOMAIN, name, (*path, "name"))
    group = subject.get("apiGroup") or ""
    if kind in ("User", "Group"):
        yield from choice("apiGroup", _GROUP)(subject, path)
    if kind == "ServiceAccount" and group:
        yield about((*path, "apiGroup"), NotationError("no apiGroup of a ServiceAccount", group))


def _check_binding(binding: Fields, path: KeyPath) -> Findings:
    is_in_namespace = binding.get("kind") == "RoleBinding"
    yield from required("roleRef")(binding, path)
    reference = binding.get("roleRef") or {}
    known = ("Role", "ClusterRole") if is_in_namespace else ("ClusterRole",)
    yield from choice("kind", *known)(reference, (*path, "roleRef"))
    for index, subject in enumerate(binding.get("subjects") or ()):
        is_account = subject.get("kind") == "ServiceAccount"
        if is_account and not is_in_namespace and not subject.get("namespace"):
            at = (*path, "subjects", index, "namespace")
            yield about(at, NotationError("the namespace of a ServiceAccount", Shown("none")))


RULES: Rules = {
    **SHARED,
    "Role": (_check_role,),
    "AggregationRule": (required("clusterRoleSelectors"),),
    "PolicyRule": (_check_rule,),
    "Subject": (choice("kind", "ServiceAccount", "User", "Group"), _check_subject),
    "RoleRef": (
        required("kind", "name"),
        choice("apiGroup", _GROUP),
        read_by(parse_path_segment, "name"),
    ),
    "RoleBinding": (_check_binding,),
    "ClusterRoleBinding": (_check_binding,),
}
"""The checks of the types of these kinds."""
