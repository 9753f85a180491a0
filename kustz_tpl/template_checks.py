"""Finds templates of the user's that are older than the language, by what they rendered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kustz_tpl.engine import Watched
from kustz_tpl.errors import Diagnostic, KeyPath
from kustz_tpl.kinds import KINDS, WORKLOADS, find_pod_spec, workload_of
from kustz_tpl.kinds.autoscaler import HORIZONTAL_POD_AUTOSCALER, autoscale
from kustz_tpl.kinds.kind import Config, string_at, value_at
from kustz_tpl.kinds.kustomization import KUSTOMIZATION_FILE
from kustz_tpl.messages import with_hint
from kustz_tpl.render import BUILT_IN_PREFIX, SUFFIX, Draft, Renderer

_UPDATE = "to update it, run: kustz-tpl templates update"

_SERVICES = "services"
Key = tuple[str, ...]


def find_unread(
    written: Iterable[tuple[Key, KeyPath]], watched: Watched, draft: Draft, renderer: Renderer
) -> list[Diagnostic]:
    """Return the keys that no page has read; of one and others inside it only the outer one.

    Those of the top level are the pod's, so it is the page with the pod that has to; `services`
    are another page's.
    """
    pages = (page.tree for page in draft.manifests if any(map(find_pod_spec, page.tree.documents)))
    names = {name for page in pages for name in page.names}
    names |= {_SERVICES for page in draft.manifests if _SERVICES in page.tree.names}
    found: dict[KeyPath, Diagnostic] = {}
    for key, path in written:
        is_read = key[0] in names if len(key) == 1 else watched.is_read(key)
        if not is_read and not any(path[: len(outer)] == outer for outer in found):
            message = with_hint("no template uses it", _advice(path, watched.context, renderer))
            found[path] = Diagnostic.about(path, message, is_about_key=True)
    return list(found.values())


def find_second_workload(config: Config, draft: Draft, renderer: Renderer) -> Iterator[Diagnostic]:
    """Yield the templates that make a workload of another kind than the config's."""
    expected = config["service"]["kind"]
    kinds = {kind.name for kind in WORKLOADS} - {expected}
    if expected == WORKLOADS[0].name:  # as a template of 0.1.0 takes for granted
        return
    for manifest in draft.manifests:
        for document in manifest.tree.documents:
            kind = string_at(document, "kind")
            if kind in kinds and value_at(document, "metadata", "name") == config["name"]:
                file = renderer.loader.describe(manifest.template)
                message = f"a {kind} with the {expected}; it is older than service.kind; {_UPDATE}"
                yield Diagnostic(file, 0, 0, "", message)


def find_fixed_replicas(
    configs: Sequence[Config], draft: Draft, renderer: Renderer
) -> Iterator[Diagnostic]:
    """Yield the templates that set replicas which an autoscaler changes.

    It is an error for a range in kustz.yml, and a warning for an autoscaler of the user's own. A
    patch may take them away, which only kustomize knows.
    """
    documents = [(each, page) for page in draft.manifests for each in page.tree.documents]
    fixed = {
        _identity(each): page for each, page in documents if value_at(each, "spec", "replicas")
    }
    patches = configs[0]["patches"]
    if any("replicas" in (patch["patch"] or patch["path"]) for patch in patches):
        return
    ranges = {each["name"] for each in configs if autoscale(each["service"]["replicas"])}
    for each, page in documents:
        target = value_at(each, "spec", "scaleTargetRef")
        if value_at(each, "kind") != HORIZONTAL_POD_AUTOSCALER.name or not isinstance(target, dict):
            continue
        kind, name = string_at(target, "kind"), string_at(target, "name")
        if (kind, name) in fixed and name in ranges:
            message = (
                "replicas with a HorizontalPodAutoscaler: every apply resets the number that it chose; "
                "leave them out where service.autoscale is set"
            )
            file = renderer.loader.describe(fixed[(kind, name)].template)
            yield Diagnostic(file, 0, 0, "", message)
        elif (kind, name) in fixed:
            block = f"in the block spec of {str(kind).lower()}.yml.j2"
            message = (
                f"the {kind} {name} sets replicas, which every apply then resets; "
                f"leave them out {block}"
            )
            file = renderer.loader.describe(page.template)
            yield Diagnostic(file, 0, 0, "", message, severity="warning")


def _identity(document: Any) -> tuple[Any, Any]:  # noqa: ANN401 - plain data
    return string_at(document, "kind"), string_at(document, "metadata", "name")


def _advice(path: KeyPath, config: Config, renderer: Renderer) -> str | None:
    """Return what to do to the template of the user's that should read a key."""
    kinds = [
        kind
        for kind in KINDS
        if (path[0] == "metadata" and kind.name.lower() == path[1])
        or (path[0] == _SERVICES and _SERVICES in kind.keys)
    ]
    files = [kind.template or KUSTOMIZATION_FILE for kind in kinds or [workload_of(config)]]
    pages = [*(file + SUFFIX for file in files), "_workload.yml.j2"]
    is_inside = path[0] in ("containers", "initContainers") and len(path) > 1
    names = ["_container.yml.j2", *pages] if is_inside else [*pages, "_container.yml.j2"]
    template = next((name for name in names if renderer.is_users(name)), None)
    if template is None:
        return None
    file = renderer.loader.describe(template)
    if f'extends "{BUILT_IN_PREFIX}/{template}"'.encode() in renderer.user_templates()[file]:
        return f"the block of {file} that replaces its own needs {{{{ super() }}}}"
    return f"{file} is older than it; {_UPDATE}"
