"""Where pods run and with which rights: security, tolerations, spread."""

from __future__ import annotations

import re
from typing import NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import closest
from kustz_tpl.notation import cached
from kustz_tpl.notation.choices import choose
from kustz_tpl.notation.keys import check_qualified_name, parse_label_value

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_EVERY_TAINT = "*"
_TOLERATION = r"(?P<key>[^=:]+)(?:=(?P<value>[^:]*))?(?::(?P<effect>.*))?"
_TOPOLOGIES = {
    "zone": "topology.kubernetes.io/zone",
    "host": "kubernetes.io/hostname",
    "region": "topology.kubernetes.io/region",
}
_DEGREES = ("required", "preferred")
_FLAGS = ("restricted", "readOnlyRootFilesystem")
_IDS = ("runAsUser", "runAsGroup", "fsGroup")
_SECURITY = "restricted, readOnlyRootFilesystem, runAsUser=ID, runAsGroup=ID or fsGroup=ID"
_HIGHEST_ID = 2**31 - 1
_ID = r"0|[1-9][0-9]{0,9}"


class Toleration(NamedTuple):
    """Hold the taints that are tolerated: without a key all, without a value or effect any."""

    key: str | None
    value: str | None = None
    effect: str | None = None
    text: str = ""


class Spread(NamedTuple):
    """Hold the node label over whose values pods are spread."""

    topology_key: str
    is_required: bool = False
    text: str = ""


class Security(NamedTuple):
    """Hold the security settings of a pod; `restricted` is the Pod Security Standard."""

    restricted: bool = False
    read_only_root_filesystem: bool = False
    run_as_user: int | None = None
    run_as_group: int | None = None
    fs_group: int | None = None
    text: str = ""


@cached
def parse_toleration(text: str) -> Toleration:
    """Read `KEY[=VALUE][:EFFECT]`, as in `kubectl taint`.

    Without `=` any value is tolerated, without `:` any effect; `*` tolerates every taint. The
    effect is `NoSchedule`, `PreferNoSchedule` or `NoExecute`, in any case.

    Examples: `dedicated=payments:NoSchedule`, `node-role.kubernetes.io/control-plane`. Refused:
    another effect, a value after `*`, a key or value that is not valid for a label.
    """
    found = re.fullmatch(_TOLERATION, text)
    if not found:
        raise NotationError("KEY[=VALUE][:EFFECT]", text)
    key, value = found["key"], found["value"]
    if key != _EVERY_TAINT:
        check_qualified_name(key, "key of a taint", text)
    elif value is not None:
        raise NotationError("no value with '*'", value, text)
    if value is not None:
        parse_label_value(value, within=text)
    effect = None if found["effect"] is None else choose(found["effect"], _EFFECTS, text)
    return Toleration(None if key == _EVERY_TAINT else key, value, effect, text)


@cached
def parse_spread(text: str) -> Spread:
    """Read `zone`, `host`, `region` or a node label key, then `:required` or `:preferred`.

    The default is `:preferred`: pods are scheduled even if they cannot be spread.

    Examples: `zone`, `host:required`. Refused: another word; a key without `/`, which Kubernetes
    accepts but which may be a misspelled `zone`.
    """
    key, colon, degree = text.partition(":")
    if colon and degree not in _DEGREES:
        hint = closest(degree, _DEGREES)
        raise NotationError("required or preferred after ':'", degree, text, hint)
    if key in _TOPOLOGIES:
        return Spread(_TOPOLOGIES[key], degree == "required", text)
    if "/" not in key:
        expected = "zone, host, region or a label key of nodes such as example.com/rack"
        raise NotationError(expected, key, text, closest(key, _TOPOLOGIES))
    check_qualified_name(key, "label key", text)
    return Spread(key, degree == "required", text)


@cached
def parse_security(text: str) -> Security:
    """Read words: `restricted`, `readOnlyRootFilesystem`, `runAsUser=ID`, `runAsGroup=ID`, `fsGroup=ID`.

    `restricted` is the Pod Security Standard of that name. An ID is a number from 0 to 2147483647.

    Examples: `restricted`, `restricted readOnlyRootFilesystem runAsUser=10001`. Refused: another
    word, a repeated word, `runAsUser=0` with `restricted`, an empty string.
    """
    found: dict[str, int | bool] = {}
    for word in text.split():
        name, equals, value = word.partition("=")
        if name in found:
            raise NotationError("unique words", word, text)
        if name in _IDS and equals:
            found[name] = _parse_id(value, text)
        elif name in _FLAGS and not equals:
            found[name] = True
        elif name in _FLAGS:
            raise NotationError(f"{name} alone", word, text)
        else:
            hint = closest(name, (*_FLAGS, *_IDS)) if name not in _IDS else f"write {name}=ID"
            raise NotationError(_SECURITY, word, text, hint)
    if not found:
        raise NotationError(_SECURITY, text)
    if found.get("restricted") and found.get("runAsUser") == 0:
        raise NotationError("a user other than 0 with restricted", text)
    return Security(
        restricted="restricted" in found,
        read_only_root_filesystem="readOnlyRootFilesystem" in found,
        run_as_user=found.get("runAsUser"),
        run_as_group=found.get("runAsGroup"),
        fs_group=found.get("fsGroup"),
        text=text,
    )


def _parse_id(value: str, text: str) -> int:
    if not re.fullmatch(_ID, value) or int(value) > _HIGHEST_ID:
        raise NotationError(f"an ID from 0 to {_HIGHEST_ID}", value, text)
    return int(value)
