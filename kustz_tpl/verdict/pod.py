"""The rules of a Pod's spec, whatever kind of object it is in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kustz_tpl.errors import KeyPath, NotationError
from kustz_tpl.messages import Shown, closest
from kustz_tpl.notation.keys import (
    check_qualified_name,
    parse_header_name,
    parse_key_reference,
    parse_label_value,
)
from kustz_tpl.notation.mount import HOST_TYPES
from kustz_tpl.notation.names import parse_port_name, parse_search
from kustz_tpl.verdict import volumes, windows
from kustz_tpl.verdict.checks import (
    LABEL,
    LARGEST,
    LARGEST_LONG,
    LARGEST_PORT,
    SHARED,
    SUBDOMAIN,
    Fields,
    Findings,
    Rules,
    about,
    at_least,
    at_most,
    at_most_one,
    between,
    choice,
    each_read_by,
    forbidden,
    is_type,
    items,
    labels,
    notation,
    one_of,
    only_if,
    operator,
    parse_inner_path,
    parse_ip,
    parse_key,
    parse_pattern,
    parse_plain_path,
    port,
    quantity,
    quantity_or_none,
    read_by,
    required,
    to_quantity,
    unique,
)
from kustz_tpl.verdict.resources import check_amounts, check_resources

_LARGEST_MODE = 0o777
_HANDLERS = ("exec", "httpGet", "tcpSocket")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_NODE_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
_MOST_NAMESERVERS = 3
_MOST_SEARCHES, _LONGEST_SEARCHES = 32, 2048
_GRACE_PERIOD = 30
_BINARY = ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_ENV_NAME = parse_pattern(r"[ -<>-~]+", "printable ASCII characters without '='")
_FIELD = re.compile(
    r"metadata\.(name|namespace|uid)|spec\.(nodeName|serviceAccountName)"
    r"|status\.(hostIPs?|podIPs?)|metadata\.(labels|annotations)\['[^']*'\]"
)
_FILE_FIELD = re.compile(
    r"metadata\.(name|namespace|uid|labels|annotations)|metadata\.(labels|annotations)\['[^']*'\]"
)
_DIVISORS = {
    True: ({0, *(to_quantity(text).value for text in ("1", "1m"))}, "1 or 1m"),
    False: (
        {0, *(to_quantity(f"1{unit}").value for unit in ("", *"kMGTPE", *_BINARY))},
        "1 or 1 of a unit such as 1M or 1Mi",
    ),
}
_AMOUNT = r"(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)"


def containers(spec: Fields) -> Iterator[tuple[tuple[str, int], Fields]]:
    """Yield each container of a pod, with its list and position."""
    for key in ("initContainers", "containers"):
        for index, container in items(spec, key):
            yield (key, index), container


def _check_container(container: Fields, path: KeyPath) -> Findings:
    for key in _PROBES:
        if probe := container.get(key):
            yield from _check_probe(probe, (*path, key), is_readiness=key == "readinessProbe")
    names: dict[str, int] = {}
    for index, each in items(container, "ports"):
        if (name := each.get("name")) and name in names:
            at = (*path, "ports", index, "name")
            yield about(at, NotationError("another name for each port", name))
        names[name] = index

    if container.get("restartPolicyRules") and not container.get("restartPolicy"):
        at = (*path, "restartPolicy")
        yield about(at, NotationError("a policy with restartPolicyRules", Shown("none")))


def _check_claims(spec: Fields, path: KeyPath) -> Findings:
    """Yield the claims of devices that the pod does not have."""
    known = [claim.get("name") for _, claim in items(spec, "resourceClaims")]
    for at, container in containers(spec):
        for index, claim in items(container.get("resources") or {}, "claims"):
            if claim.get("name") and claim["name"] not in known:
                where = (*path, *at, "resources", "claims", index, "name")
                yield about(where, NotationError("the name of a resourceClaim", claim["name"]))
    if (spec.get("resources") or {}).get("claims"):
        yield about((*path, "resources", "claims"), "expected no claims of a pod as a whole")


def _check_probe(probe: Fields, path: KeyPath, *, is_readiness: bool) -> Findings:
    if not is_readiness and probe.get("successThreshold", 1) not in (0, 1):
        got = Shown(probe["successThreshold"])
        yield about((*path, "successThreshold"), NotationError("1 for this probe", got))
    if is_readiness and probe.get("terminationGracePeriodSeconds") is not None:
        key = "terminationGracePeriodSeconds"
        yield about((*path, key), f"expected no {key} of a readinessProbe")


def _check_variable(variable: Fields, path: KeyPath) -> Findings:
    if variable.get("value") and variable.get("valueFrom") is not None:
        yield about((*path, "valueFrom"), "expected either value or valueFrom, got both")
    source = variable.get("valueFrom") or {}
    if field := (source.get("fieldRef") or {}).get("fieldPath"):
        yield from _check_field(field, (*path, "valueFrom", "fieldRef", "fieldPath"), _FIELD)
    if (reference := source.get("resourceFieldRef")) is not None:
        yield from _check_amount(reference, (*path, "valueFrom", "resourceFieldRef"))


def _check_files_of_variables(spec: Fields, path: KeyPath) -> Findings:
    """Yield the variables of files that are in no emptyDir of the pod."""
    known = [each.get("name") for _, each in items(spec, "volumes") if "emptyDir" in each]
    for at, container in containers(spec):
        for index, variable in items(container, "env"):
            source = (variable.get("valueFrom") or {}).get("fileKeyRef") or {}
            if (name := source.get("volumeName")) and name not in known:
                where = (*path, *at, "env", index, "valueFrom", "fileKeyRef", "volumeName")
                yield about(where, NotationError("the name of an emptyDir volume", name))


def _check_read_only(mount: Fields, path: KeyPath) -> Findings:
    if mount.get("recursiveReadOnly") not in ("Enabled", "IfPossible"):
        return
    at = (*path, "recursiveReadOnly")
    if not mount.get("readOnly"):
        yield about(at, "expected readOnly: true with recursiveReadOnly")
    if mount.get("mountPropagation") not in (None, "None"):
        yield about(at, "expected mountPropagation: None with recursiveReadOnly")


def _check_field(field: str, path: KeyPath, known: re.Pattern[str]) -> Findings:
    found = known.fullmatch(field)
    if not found:
        yield about(path, NotationError("a field of a pod such as metadata.name", field))
        return
    if "[" in field:
        key = field[field.index("'") + 1 : -2]
        is_note = field.startswith("metadata.annotations")
        yield from notation(parse_key, key.lower() if is_note else key, path)


def _check_amount(reference: Fields, path: KeyPath) -> Findings:
    resource = reference.get("resource", "")
    if not re.fullmatch(_AMOUNT, resource):
        yield about((*path, "resource"), NotationError("a resource such as limits.cpu", resource))
    divisor = quantity_or_none(reference.get("divisor"))
    known, words = _DIVISORS[resource.endswith("cpu")]
    if reference.get("divisor") is not None and (divisor is None or divisor.value not in known):
        yield about((*path, "divisor"), NotationError(words, str(reference["divisor"])))


def _check_file(item: Fields, path: KeyPath) -> Findings:
    yield from one_of("fieldRef", "resourceFieldRef")(item, path)
    if field := (item.get("fieldRef") or {}).get("fieldPath"):
        yield from _check_field(field, (*path, "fieldRef", "fieldPath"), _FILE_FIELD)
    if (reference := item.get("resourceFieldRef")) is not None:
        at = (*path, "resourceFieldRef")
        yield from required("containerName")(reference, at)
        yield from _check_amount(reference, at)


def _check_volume(volume: Fields, path: KeyPath) -> Findings:
    sources = [key for key in volume if key != "name" and volume[key] is not None]
    if len(sources) > 1:
        got = Shown(" and ".join(sources))
        yield about((*path, sources[1]), NotationError("one source of a volume", got))


def _check_security(context: Fields, path: KeyPath) -> Findings:
    if context.get("allowPrivilegeEscalation") is not False:
        return
    at = (*path, "allowPrivilegeEscalation")
    if context.get("privileged"):
        yield about(at, "expected true with privileged: true, got false")
    if "CAP_SYS_ADMIN" in ((context.get("capabilities") or {}).get("add") or ()):
        yield about(at, "expected true with the capability CAP_SYS_ADMIN, got false")


def _check_groups(context: Fields, path: KeyPath) -> Findings:
    for index, group in items(context, "supplementalGroups"):
        if not 0 <= group <= LARGEST:
            at = (*path, "supplementalGroups", index)
            yield about(at, NotationError(f"a number from 0 to {LARGEST}", Shown(group)))


def _check_profile(profile: Fields, path: KeyPath) -> Findings:
    file = profile.get("localhostProfile")
    if profile.get("type") != "Localhost":
        if file is not None:
            yield about((*path, "localhostProfile"), "expected no file without type: Localhost")
    elif file is None:
        yield about((*path, "localhostProfile"), NotationError("a file", Shown("none")))
    else:
        yield from notation(parse_inner_path, file, (*path, "localhostProfile"))


def _check_sysctls(spec: Fields, path: KeyPath) -> Findings:
    yield from unique("sysctls", "name")(
        spec.get("securityContext") or {}, (*path, "securityContext")
    )


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


def _check_dns(spec: Fields, path: KeyPath) -> Findings:
    config = spec.get("dnsConfig") or {}
    if spec.get("dnsPolicy") == "None" and not config.get("nameservers"):
        at = (*path, "dnsConfig")
        yield about(at, NotationError("nameservers with dnsPolicy: None", Shown("none")))
    servers, searches = config.get("nameservers") or (), config.get("searches") or ()
    if len(servers) > _MOST_NAMESERVERS:
        at = (*path, "dnsConfig", "nameservers")
        expected = f"at most {_MOST_NAMESERVERS} nameservers"
        yield about(at, NotationError(expected, Shown(len(servers))))
    if len(searches) > _MOST_SEARCHES or len(" ".join(searches)) > _LONGEST_SEARCHES:
        at = (*path, "dnsConfig", "searches")
        yield about(at, f"expected at most {_MOST_SEARCHES} domains")


def _check_names(spec: Fields, path: KeyPath) -> Findings:
    seen: set[str] = set()
    for at, container in containers(spec):
        name = container.get("name")
        if name and name in seen:
            where = (*path, *at, "name")
            yield about(where, NotationError("another name for each container", name))
        seen.add(name or "")


def _check_images(spec: Fields, path: KeyPath) -> Findings:
    for at, container in containers(spec):
        if not container.get("image"):
            yield about((*path, *at, "image"), NotationError("an image", Shown("none")))


def _check_init_containers(spec: Fields, path: KeyPath) -> Findings:
    """Yield probes and hooks of an init container that is no sidecar."""
    for index, container in items(spec, "initContainers"):
        if container.get("restartPolicy") != "Always":
            reason = " of an init container without restartPolicy: Always"
            for key in (*_PROBES, "lifecycle"):
                if container.get(key) is not None:
                    yield about((*path, "initContainers", index, key), f"expected no {key}{reason}")


def _check_host(spec: Fields, path: KeyPath) -> Findings:
    taken = set()
    for at, container in containers(spec):
        for index, each in items(container, "ports"):
            where = (*path, *at, "ports", index, "hostPort")
            host, inner = each.get("hostPort"), each.get("containerPort")
            if spec.get("hostNetwork") and host and host != inner:
                expected = f"{inner}, the containerPort, with hostNetwork: true"
                yield about(where, NotationError(expected, Shown(host)))
            used = (each.get("protocol") or "TCP", each.get("hostIP", ""), host)
            if host and used in taken and at[0] == "containers":
                yield about(where, NotationError("another port of the node", Shown(host)))
            taken.add(used)
    if spec.get("hostPID") and spec.get("shareProcessNamespace"):
        at_share = (*path, "shareProcessNamespace")
        yield about(at_share, "expected either hostPID or shareProcessNamespace, got both")
    if spec.get("hostUsers") is False:
        for key in ("hostNetwork", "hostPID", "hostIPC"):
            if spec.get(key):
                yield about((*path, key), f"expected no {key} with hostUsers: false")


def _check_host_name(spec: Fields, path: KeyPath) -> Findings:
    for key in ("hostNetwork", "setHostnameAsFQDN"):
        if spec.get("hostnameOverride") is not None and spec.get(key):
            yield about((*path, "hostnameOverride"), f"expected no {key} with hostnameOverride")


def _check_pause(spec: Fields, path: KeyPath) -> Findings:
    """Yield the hooks that sleep longer than the pod has to end."""
    most = spec.get("terminationGracePeriodSeconds")
    most = _GRACE_PERIOD if most is None else most
    for at, container in containers(spec):
        for hook in ("postStart", "preStop"):
            sleep = ((container.get("lifecycle") or {}).get(hook) or {}).get("sleep")
            seconds = (sleep or {}).get("seconds", 0)
            if not 0 <= seconds <= max(most, 0):
                where = (*path, *at, "lifecycle", hook, "sleep", "seconds")
                expected = f"a number from 0 to {most}, terminationGracePeriodSeconds"
                yield about(where, NotationError(expected, Shown(seconds)))


def check_mounts(spec: Fields, path: KeyPath, further: tuple[str, ...] = ()) -> Findings:
    """Yield the mounts of volumes that a pod does not have; `further` are names of claims."""
    volumes = [volume.get("name") for _, volume in items(spec, "volumes")]
    known = [name for name in (*volumes, *further) if name]
    claims = {*further, *_claims(spec)}
    for at, container in containers(spec):
        for index, mount in items(container, "volumeMounts"):
            where = (*path, *at, "volumeMounts", index, "name")
            yield from _check_volume_name(mount.get("name"), known, where)
            is_privileged = (container.get("securityContext") or {}).get("privileged")
            if mount.get("mountPropagation") == "Bidirectional" and not is_privileged:
                key = (*where[:-1], "mountPropagation")
                yield about(key, "expected privileged: true with Bidirectional")
        for index, device in items(container, "volumeDevices"):
            where = (*path, *at, "volumeDevices", index, "name")
            yield from _check_volume_name(device.get("name"), known, where)
            if device.get("name") in known and device["name"] not in claims:
                expected = "a volume of a PersistentVolumeClaim"
                yield about(where, NotationError(expected, device["name"]))


def _claims(spec: Fields) -> list[str]:
    return [
        volume.get("name", "")
        for _, volume in items(spec, "volumes")
        if volume.get("persistentVolumeClaim") is not None or volume.get("ephemeral") is not None
    ]


def _check_volume_name(name: str | None, known: list[str], path: KeyPath) -> Findings:
    if not name:
        yield about(path, NotationError("the name of a volume", Shown("none")))
    elif name not in known:
        hint = closest(name, known) or "add it to volumes"
        yield about(path, NotationError("the name of a volume", name, hint=hint))


def _check_pod_limits(spec: Fields, path: KeyPath) -> Findings:
    """Yield the limits of containers above those of their pod."""
    for name, most in ((spec.get("resources") or {}).get("limits") or {}).items():
        top = quantity_or_none(most)
        for index, container in items(spec, "containers"):
            limit = ((container.get("resources") or {}).get("limits") or {}).get(name)
            amount = quantity_or_none(limit)
            if top and amount and amount.value > top.value:
                where = (*path, "containers", index, "resources", "limits", name)
                yield about(where, NotationError(f"at most {most}, the pod's limit", Shown(limit)))


def _check_resources(spec: Fields, path: KeyPath) -> Findings:
    """Yield the resources that a pod as a whole may not have."""
    resources = spec.get("resources") or {}
    for key in ("limits", "requests"):
        for name in resources.get(key) or {}:
            if name not in ("cpu", "memory") and not name.startswith("hugepages-"):
                at = (*path, "resources", key, name)
                yield about(at, NotationError("cpu, memory or huge pages of a pod", name))


def _check_sums(spec: Fields, path: KeyPath) -> Findings:
    """Yield a request of a pod that is less than what its containers request."""
    for name, value in ((spec.get("resources") or {}).get("requests") or {}).items():
        own = quantity_or_none(value)
        is_bare = path == ("spec",)  # whose requests are by default the limits
        if own and own.value < _requested(spec, name, is_bare=is_bare):
            at = (*path, "resources", "requests", name)
            yield about(at, NotationError("at least what the containers request", Shown(value)))


def _requested(spec: Fields, name: str, *, is_bare: bool) -> int:
    """Return what the containers request at the most: together, or one that starts before."""
    sidecars = total = most = 0
    for at, container in containers(spec):
        resources = container.get("resources") or {}
        limits = (resources.get("limits") or {}) if is_bare else {}
        amount = quantity_or_none({**limits, **(resources.get("requests") or {})}.get(name))
        value = amount.value if amount else 0
        if at[0] == "containers":
            total += value
        elif container.get("restartPolicy") == "Always":
            sidecars += value
        else:
            most = max(most, sidecars + value)
    return max(most, total + sidecars)


def _check_user_namespace(spec: Fields, path: KeyPath) -> Findings:
    """Yield the containers that share with the node what the pod keeps to itself."""
    if spec.get("hostUsers") is not False:
        return
    for at, container in containers(spec):
        if container.get("volumeDevices"):
            yield about(
                (*path, *at, "volumeDevices"), "expected no volumeDevices with hostUsers: false"
            )


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
    """Yield what is wrong with the terms that a node must meet; values of others are free."""
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


def _check_overhead(spec: Fields, path: KeyPath) -> Findings:
    yield from check_amounts(spec.get("overhead") or {}, (*path, "overhead"))


def _parse_source(text: str) -> str:
    """Read the name of what variables come from, which the server lets end in a '-'."""
    return SUBDOMAIN(re.sub("-$", "a", text))


_ID = at_least(0, "runAsUser", "runAsGroup", "fsGroup")
_MODE = between(0, _LARGEST_MODE, "defaultMode", "mode")

RULES: Rules = {
    **SHARED,
    **volumes.RULES,
    **windows.RULES,
    "PodSpec": (
        required("containers"),
        unique("volumes", "name"),
        unique("topologySpreadConstraints", "topologyKey", "whenUnsatisfiable"),
        choice("restartPolicy", "Always", "OnFailure", "Never"),
        choice("dnsPolicy", "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
        choice("preemptionPolicy", "Never", "PreemptLowerPriority", may_be_empty=False),
        read_by(SUBDOMAIN, "hostnameOverride", may_be_empty=False),
        read_by(parse_pattern(r".*", "at most 64 characters", 64), "hostnameOverride"),
        read_by(SUBDOMAIN, "serviceAccountName", "priorityClassName", "nodeName"),
        read_by(SUBDOMAIN, "runtimeClassName", may_be_empty=False),
        read_by(LABEL, "hostname", "subdomain"),
        only_if(
            lambda spec: not spec.get("serviceAccountName"),
            "the old name of the field",
            read_by(SUBDOMAIN, "serviceAccount"),
        ),
        labels("nodeSelector"),
        _check_sysctls,
        at_least(1, "activeDeadlineSeconds"),
        between(-LARGEST - 1, LARGEST, "priority"),
        forbidden(" in a manifest", "ephemeralContainers"),
        unique("resourceClaims", "name"),
        unique("schedulingGates", "name"),
        _check_claims,
        _check_names,
        _check_images,
        _check_init_containers,
        _check_host,
        _check_host_name,
        _check_pod_limits,
        _check_overhead,
        _check_pause,
        _check_dns,
        _check_resources,
        _check_sums,
        _check_user_namespace,
        _check_files_of_variables,
        windows.check_system,
        windows.check_host_processes,
    ),
    "Container": (
        required("name"),
        read_by(LABEL, "name"),
        choice("imagePullPolicy", "Always", "IfNotPresent", "Never"),
        choice("terminationMessagePolicy", "File", "FallbackToLogsOnError"),
        choice("restartPolicy", "Always", "OnFailure", "Never", may_be_empty=False),
        at_most(20, "restartPolicyRules"),
        unique("resizePolicy", "resourceName"),
        unique("volumeMounts", "mountPath"),
        unique("volumeDevices", "name"),
        unique("volumeDevices", "devicePath"),
        _check_container,
    ),
    "ContainerResizePolicy": (
        required("resourceName", "restartPolicy"),
        choice("resourceName", "cpu", "memory"),
        choice("restartPolicy", "NotRequired", "RestartContainer"),
    ),
    "ContainerRestartRule": (
        required("action"),
        choice("action", "Restart", "RestartAllContainers"),
        required("exitCodes"),
    ),
    "ContainerRestartRuleOnExitCodes": (
        required("operator"),
        choice("operator", "In", "NotIn"),
        at_most(255, "values"),
    ),
    "PodResourceClaim": (
        required("name"),
        read_by(LABEL, "name"),
        one_of("resourceClaimName", "resourceClaimTemplateName"),
        read_by(SUBDOMAIN, "resourceClaimName", "resourceClaimTemplateName", may_be_empty=False),
    ),
    "ResourceClaim": (required("name"), read_by(LABEL, "name", "request")),
    "ContainerPort": (
        required("containerPort"),
        between(1, LARGEST_PORT, "containerPort"),
        between(0, LARGEST_PORT, "hostPort"),
        read_by(parse_port_name, "name"),
        choice("protocol", "TCP", "UDP", "SCTP"),
    ),
    "EnvVar": (required("name"), read_by(_ENV_NAME, "name"), _check_variable),
    "EnvVarSource": (
        one_of("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"),
    ),
    "ConfigMapKeySelector": (
        required("name", "key"),
        read_by(SUBDOMAIN, "name"),
        read_by(parse_key_reference, "key"),
    ),
    "SecretKeySelector": (
        required("name", "key"),
        read_by(SUBDOMAIN, "name"),
        read_by(parse_key_reference, "key"),
    ),
    "FileKeySelector": (
        required("key", "volumeName", "path"),
        read_by(_ENV_NAME, "key"),
        read_by(LABEL, "volumeName"),
        read_by(parse_plain_path, "path"),
    ),
    "ObjectFieldSelector": (required("fieldPath"), choice("apiVersion", "v1")),
    "EnvFromSource": (one_of("configMapRef", "secretRef"), read_by(_ENV_NAME, "prefix")),
    "ConfigMapEnvSource": (required("name"), read_by(_parse_source, "name")),
    "SecretEnvSource": (required("name"), read_by(_parse_source, "name")),
    "Probe": (
        one_of(*_HANDLERS, "grpc"),
        at_least(
            0,
            "initialDelaySeconds",
            "timeoutSeconds",
            "periodSeconds",
            "successThreshold",
            "failureThreshold",
        ),
        between(1, LARGEST_LONG, "terminationGracePeriodSeconds"),
    ),
    "LifecycleHandler": (one_of(*_HANDLERS, "sleep"),),
    "ExecAction": (required("command"),),
    "HTTPGetAction": (port("port"), choice("scheme", "HTTP", "HTTPS")),
    "TCPSocketAction": (port("port"),),
    "GRPCAction": (required("port"), between(1, LARGEST_PORT, "port")),
    "HTTPHeader": (required("name"), read_by(parse_header_name, "name")),
    "ResourceRequirements": (check_resources,),
    "VolumeMount": (
        required("mountPath"),
        at_most_one("subPath", "subPathExpr"),
        read_by(parse_inner_path, "subPath", "subPathExpr"),
        choice("mountPropagation", "None", "HostToContainer", "Bidirectional", may_be_empty=False),
        choice("recursiveReadOnly", "Disabled", "IfPossible", "Enabled", may_be_empty=False),
        _check_read_only,
    ),
    "VolumeDevice": (required("name", "devicePath"), read_by(parse_plain_path, "devicePath")),
    "Volume": (required("name"), read_by(LABEL, "name"), _check_volume, volumes.check_initiator),
    "ConfigMapVolumeSource": (required("name"), _MODE),
    "SecretVolumeSource": (required("secretName"), _MODE),
    "PersistentVolumeClaimVolumeSource": (required("claimName"),),
    "KeyToPath": (required("key", "path"), read_by(parse_inner_path, "path"), _MODE),
    "HostPathVolumeSource": (
        required("path"),
        read_by(parse_plain_path, "path"),
        choice("type", *HOST_TYPES),
    ),
    "EmptyDirVolumeSource": (quantity("sizeLimit"),),
    "NFSVolumeSource": (
        required("server", "path"),
        read_by(parse_pattern("/.*", "an absolute path"), "path"),
    ),
    "DownwardAPIVolumeFile": (
        required("path"),
        read_by(parse_inner_path, "path"),
        _MODE,
        _check_file,
    ),
    "DownwardAPIVolumeSource": (_MODE,),
    "ServiceAccountTokenProjection": (
        required("path"),
        read_by(parse_inner_path, "path"),
        between(600, 2**32, "expirationSeconds"),
    ),
    "SecurityContext": (
        _ID,
        choice("procMount", "Default", "Unmasked"),
        _check_security,
    ),
    "PodSecurityContext": (
        _ID,
        choice("fsGroupChangePolicy", "OnRootMismatch", "Always", may_be_empty=False),
        choice("supplementalGroupsPolicy", "Merge", "Strict", may_be_empty=False),
        choice("seLinuxChangePolicy", "MountOption", "Recursive", may_be_empty=False),
        _check_groups,
    ),
    "SeccompProfile": (
        required("type"),
        choice("type", "Localhost", "RuntimeDefault", "Unconfined"),
        _check_profile,
    ),
    "AppArmorProfile": (
        required("type"),
        choice("type", "Localhost", "RuntimeDefault", "Unconfined"),
        only_if(is_type("Localhost"), "a file", required("localhostProfile")),
        only_if(
            is_type("RuntimeDefault", "Unconfined"),
            "no file",
            forbidden(" with this type", "localhostProfile"),
        ),
    ),
    "Sysctl": (
        required("name"),
        read_by(
            parse_pattern(
                r"[a-z0-9]([-_a-z0-9]*[a-z0-9])?([./][a-z0-9]([-_a-z0-9]*[a-z0-9])?)*",
                "the name of a sysctl",
                longest=253,
            ),
            "name",
        ),
    ),
    "Toleration": (
        choice("operator", "Equal", "Exists"),
        choice("effect", *_EFFECTS),
        _check_toleration,
    ),
    "TopologySpreadConstraint": (
        required("topologyKey", "whenUnsatisfiable", "maxSkew"),
        at_least(1, "maxSkew", "minDomains"),
        choice("whenUnsatisfiable", "DoNotSchedule", "ScheduleAnyway"),
        choice("nodeAffinityPolicy", "Ignore", "Honor", may_be_empty=False),
        choice("nodeTaintsPolicy", "Ignore", "Honor", may_be_empty=False),
        each_read_by(parse_key, "matchLabelKeys"),
        only_if(
            lambda spread: spread.get("labelSelector") is None,
            "all pods",
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
    "HostAlias": (
        required("ip"),
        read_by(parse_ip, "ip"),
        each_read_by(SUBDOMAIN, "hostnames"),
    ),
    "PodDNSConfig": (
        each_read_by(parse_ip, "nameservers"),
        each_read_by(parse_search, "searches"),
    ),
    "PodDNSConfigOption": (required("name"),),
    "PodOS": (required("name"), choice("name", "linux", "windows")),
    "PodReadinessGate": (required("conditionType"), read_by(parse_key, "conditionType")),
    "PodSchedulingGate": (required("name"), read_by(parse_key, "name")),
}
"""The checks of the types of a Pod's spec."""
