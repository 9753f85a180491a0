"""The rules of scheduling: affinity, node selectors, tolerations and topology spread."""

from __future__ import annotations

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown
from kustz_tpl.notation.keys import check_qualified_name, parse_label_value
from kustz_tpl.verdict.checks import (
    LABEL,
    LARGEST_LONG,
    Fields,
    Findings,
    Rules,
    about,
    at_least,
    between,
    choice,
    each_read_by,
    forbidden,
    items,
    notation,
    only_if,
    operator,
    parse_key,
    read_by,
    required,
)

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_NODE_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")


def _check_toleration(toleration: Fields, path: KeyPath) -> Findings:
    name = toleration.get("operator") or "Equal"
    if toleration.get("key"):
        yield from notation(
            lambda text: check_qualified_name(text, "key of a taint"),
            toleration["key"],
            (*path, "key"),
        )
    elif name != "Exists":
        yield about((*path, "operator"), NotationError("Exists without a key", name))
    if name == "Exists" and toleration.get("value"):
        yield about((*path, "value"), "expected no value with Exists")
    elif name == "Equal" and toleration.get("value"):
        yield from notation(parse_label_value, toleration["value"], (*path, "value"))
    if toleration.get("tolerationSeconds") is not None and toleration.get("effect") != "NoExecute":
        effect = toleration.get("effect")
        got = effect or Shown("none")
        yield about((*path, "effect"), NotationError("NoExecute with tolerationSeconds", got))


def _check_affinity(term: Fields, path: KeyPath) -> Findings:
    yield from required("topologyKey")(term, path)
    if term.get("topologyKey"):
        yield from notation(parse_key, term["topologyKey"], (*path, "topologyKey"))
    own = set(term.get("matchLabelKeys") or ())
    for key in ("matchLabelKeys", "mismatchLabelKeys"):
        if term.get(key) and term.get("labelSelector") is None:
            yield about((*path, key), f"expected labelSelector with {key}")
    for index, key in items(term, "mismatchLabelKeys"):
        if key in own:
            yield about((*path, "mismatchLabelKeys", index), "expected a key of only one list")


def _check_nodes(selector: Fields, path: KeyPath) -> Findings:
    """Yield what is wrong with the required terms; the values of preferred terms are not checked."""
    at = (*path, "nodeSelectorTerms")
    if not selector.get("nodeSelectorTerms"):
        yield about(at, NotationError("at least one term", Shown("none")))
    for index, term in items(selector, "nodeSelectorTerms"):
        for number, requirement in items(term, "matchExpressions"):
            for place, value in items(requirement, "values"):
                inner = (*at, index, "matchExpressions", number, "values", place)
                yield from notation(parse_label_value, value, inner)


def _check_fields(term: Fields, path: KeyPath) -> Findings:
    for index, field in items(term, "matchFields"):
        if field.get("key") != "metadata.name":
            at = (*path, "matchFields", index, "key")
            yield about(at, NotationError("metadata.name", field.get("key", "")))
        yield from choice("operator", "In", "NotIn")(field, (*path, "matchFields", index))
        if len(field.get("values") or ()) != 1:
            yield about((*path, "matchFields", index, "values"), "expected one value")


RULES: Rules = {
    "Toleration": (
        between(-LARGEST_LONG - 1, LARGEST_LONG, "tolerationSeconds"),
        choice("operator", "Equal", "Exists"),
        choice("effect", *_EFFECTS),
        _check_toleration,
    ),
    "TopologySpreadConstraint": (
        required("topologyKey", "whenUnsatisfiable", "maxSkew"),
        at_least(1, "maxSkew", "minDomains"),
        choice("whenUnsatisfiable", "DoNotSchedule", "ScheduleAnyway"),
        only_if(
            lambda spread: spread.get("whenUnsatisfiable") != "DoNotSchedule",
            forbidden(" without whenUnsatisfiable: DoNotSchedule", "minDomains"),
        ),
        choice("nodeAffinityPolicy", "Ignore", "Honor", may_be_empty=False),
        choice("nodeTaintsPolicy", "Ignore", "Honor", may_be_empty=False),
        each_read_by(parse_key, "matchLabelKeys"),
        only_if(
            lambda spread: spread.get("labelSelector") is None,
            forbidden(" without labelSelector", "matchLabelKeys"),
        ),
    ),
    "PodAffinityTerm": (
        _check_affinity,
        each_read_by(parse_key, "matchLabelKeys"),
        each_read_by(parse_key, "mismatchLabelKeys"),
        each_read_by(LABEL, "namespaces"),
    ),
    "WeightedPodAffinityTerm": (required("weight", "podAffinityTerm"), between(1, 100, "weight")),
    "PreferredSchedulingTerm": (required("weight"), between(1, 100, "weight")),
    "NodeSelectorTerm": (_check_fields,),
    "NodeSelector": (_check_nodes,),
    "NodeSelectorRequirement": (operator(_NODE_OPERATORS),),
    "PodSchedulingGate": (required("name"), read_by(parse_key, "name")),
}
"""The checks of the types of scheduling."""
