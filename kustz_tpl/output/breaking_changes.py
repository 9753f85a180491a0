"""Changes that a cluster refuses or that may cause downtime.

Which fields of an object these are, each module of kinds/ says with `breaking_changes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kustz_tpl.errors import Diagnostic
from kustz_tpl.kinds import KINDS, WORKLOADS, find_kind
from kustz_tpl.kinds.kind import Object, mappings_at, string_at
from kustz_tpl.kinds.kustomization import KUSTOMIZATION_FILE
from kustz_tpl.output import disk
from kustz_tpl.output.changes import Change, Plan
from kustz_tpl.output.headers import parse_header, parse_owner
from kustz_tpl.output.index import parse_entries
from kustz_tpl.resource import Identity, identify
from kustz_tpl.yaml_source.loader import load_mappings

_Resources = Mapping[Identity, tuple[str, Object]]
_Hosts = Mapping[str, list[Identity]]

_OWN_MANIFESTS = "resources/"


_Found = tuple[str, str]  # the path of the file that breaks something, and what it breaks


def find_breaking_changes(plan: Plan) -> tuple[Diagnostic, ...]:
    """Return a warning for each change that may break something, in the order of the files."""
    changes = [change for change in plan.differences if _holds_resources(change)]
    if not any(change.before for change in changes):
        return ()
    before = _resources((change.path, change.before) for change in changes)
    after = _resources((change.path, change.after) for change in changes)
    hosts = _hosts_after(plan, before, after)
    found = [*_losses(before, after, hosts), *_changes(before, after, hosts)]
    for change in changes:
        if change.path == KUSTOMIZATION_FILE and change.before and change.after:
            messages = _kustomization(change.before, change.after)
            found += [(KUSTOMIZATION_FILE, message) for message in messages]
    return tuple(
        Diagnostic((plan.folder / path).as_posix(), 0, 0, "", message, severity="warning")
        for path, message in found
    )


def _holds_resources(change: Change) -> bool:
    return change.kind == "manifest" or change.path.startswith(_OWN_MANIFESTS)


def _resources(files: Iterable[tuple[str, bytes | None]]) -> _Resources:
    return {
        # A cluster keeps an object whose group changes, such as an Ingress of extensions/v1beta1.
        identify(resource)._replace(group=""): (path, resource)
        for path, content in files
        for document in load_mappings(content)
        for resource in (_generated(document) if path == KUSTOMIZATION_FILE else (document,))
    }


def _hosts_after(plan: Plan, before: _Resources, after: _Resources) -> _Hosts:
    """Return which objects have each host, of the unchanged files too if there were any before."""
    if not any(find_kind(key.kind).hosts(resource) for key, (_, resource) in before.items()):
        return {}
    same = (each for each in plan.changes if each.action == "unchanged" and _holds_resources(each))
    unchanged = _resources((each.path, disk.read(plan.folder / each.path)) for each in same)
    hosts: dict[str, list[Identity]] = {}
    for key, (_, resource) in {**unchanged, **after}.items():
        for host in find_kind(key.kind).hosts(resource):
            hosts.setdefault(host, []).append(key)
    return hosts


def _generated(kustomization: Object) -> Iterator[Object]:
    """Yield the ConfigMaps and Secrets that kustomize generates."""
    for kind in (each for each in KINDS if each.generator):
        for entry in mappings_at(kustomization, kind.generator):
            yield {"kind": kind.name, "metadata": {"name": string_at(entry, "name")}}


def _losses(before: _Resources, after: _Resources, hosts: _Hosts) -> Iterator[_Found]:
    """Yield each object whose name is gone, once: renamed or removed."""
    gone = [key for key in before if key.kind and key.name and key not in after]
    new = [key for key in after if key not in before]
    for key in gone:
        path, resource = before[key]
        kind = find_kind(key.kind)
        if other := _of_another_kind(key, new):
            what = f"{key} becomes a {other.kind}"
            yield after[other][0], f"{what}: a new one is created, and the old one stays"
            continue
        heirs = [] if kind.has_many else [each for each in new if each.kind == key.kind]
        if len(heirs) == 1 == sum(each.kind == key.kind for each in gone):
            what = f"{key} becomes {heirs[0].full_name}"
            yield after[heirs[0]][0], f"{what}: a new one is created, and the old one stays"
        elif not kind.twin or key._replace(kind=kind.twin) not in after:
            message = f"{key} is removed{kind.describe_loss(resource)}"
            if kind.hosts(resource):
                message = _lost_route(key, before, after, hosts)
            yield path, message


def _of_another_kind(key: Identity, new: Iterable[Identity]) -> Identity | None:
    """Return the new workload that has the name of one of another kind."""
    kinds = {kind.name for kind in WORKLOADS}
    if key.kind not in kinds:
        return None
    return next((each for each in new if each.kind in kinds and each.name == key.name), None)


def _lost_route(key: Identity, before: _Resources, after: _Resources, hosts: _Hosts) -> str:
    """Say that an object with hosts is removed or renamed, and which objects have its hosts."""
    lost = find_kind(key.kind).hosts(before[key][1])
    names = ", ".join(lost)
    holders = {host: hosts.get(host, [None])[0] for host in lost}
    heir, *others = set(holders.values())
    if heir and heir in after and not others and heir.kind == key.kind:
        had = find_kind(heir.kind).hosts(before[heir][1]) if heir in before else ()
        if not set(had) & set(lost):
            end = f"{names} may be unreachable until both are applied"
            return f"{key} becomes {heir.full_name}: {end}"
    return f"{key} is removed, and with it {names}{_heirs(holders)}"


def _heirs(holders: Mapping[str, Identity | None]) -> str:
    """Say which objects have the hosts that another loses."""
    heirs = set(holders.values())
    if heirs == {None}:
        return ""
    if len(heirs) == 1:
        return f"; {next(iter(heirs))} has {'it' if len(holders) == 1 else 'them'}"
    return "; " + ", ".join(f"{heir} has {host}" for host, heir in holders.items() if heir)


def _changes(before: _Resources, after: _Resources, hosts: _Hosts) -> Iterator[_Found]:
    for key, (_, old) in before.items():
        if key not in after:
            continue
        path, new = after[key]
        kind = find_kind(key.kind)
        kept = kind.hosts(new)
        for host in (each for each in kind.hosts(old) if each not in kept):
            heirs = _heirs({host: hosts.get(host, [None])[0]})
            yield path, f"{key}: host {host} is removed{heirs}"
        for compare in kind.breaking_changes:
            for message in compare(old, new):
                yield path, f"{key}: {message}"


def _kustomization(before: bytes, after: bytes) -> Iterator[str]:
    old, new = parse_header(before), parse_header(after)
    if old and new and _config(old.source) != _config(new.source) and parse_owner(after) != "":
        yield f"generated from {new.source}, the last time from {old.source}"
    yield from _namespace(before, after)
    for entry in sorted(parse_entries(before) - parse_entries(after)):
        message = "a pruning apply (Argo CD, Flux) will delete it"
        yield f"{entry} is removed from the index; {message}"


def _config(source: str) -> str:
    """Return the config's name, whatever layers it has and wherever the project is."""
    return source.partition(" and ")[0].rpartition("/")[2]


def _namespace(before: bytes, after: bytes) -> Iterator[str]:
    parts = load_mappings(before), load_mappings(after)
    if not all(parts):  # a file in a merge conflict says nothing
        return
    old, new = (string_at(part[0], "namespace") for part in parts)
    if old != new:
        change = f"namespace {old or 'none'} becomes {new or 'none'}"
        yield f"{change}: everything is created again there, and the old objects stay"
