"""The normalised config, typed: every key is there; a test holds it to the schema.

A value that was refused is None, as an item or value too, so a `list[str | None]`.
"""

from __future__ import annotations

from typing import Any, TypedDict

Strings = list[str | None]
StringMap = dict[str, str | None]
Lines = dict[str, str | Strings | None]


class Probe(TypedDict):
    """A probe of the container."""

    action: str | list[str] | None
    headers: StringMap
    initialDelaySeconds: int | None
    timeoutSeconds: int | None
    periodSeconds: int | None
    successThreshold: int | None
    failureThreshold: int | None
    terminationGracePeriodSeconds: int | None


class Probes(TypedDict):
    """The probes of the container."""

    liveness: Probe | None
    readiness: Probe | None
    startup: Probe | None


class Envs(TypedDict):
    """The environment of the container."""

    valueFrom: StringMap
    files: Strings
    pairs: StringMap
    configmaps: Strings
    secrets: Strings


class Lifecycle(TypedDict):
    """What is done when a container starts and stops."""

    preStop: str | list[str] | None
    postStart: str | list[str] | None


class ServiceAccount(TypedDict):
    """The ServiceAccount that the pods run as."""

    create: bool | None
    name: str | None
    annotations: StringMap


class FurtherService(TypedDict):
    """A further Service."""

    ports: Strings
    annotations: StringMap
    workload: str | None


class _Runs(TypedDict):
    image: str | None
    command: Strings
    args: Strings
    imagePullPolicy: str | None
    ports: Strings
    envs: Envs
    resources: StringMap
    mounts: Lines
    probes: Probes
    lifecycle: Lifecycle
    container: dict[str, Any]


class Service(_Runs):
    """The workload, its main container and its Service."""

    name: str | None
    kind: str | None
    schedule: str | None
    restartPolicy: str | None
    replicas: int | str | None
    disruptionBudget: str | None
    rollout: str | None
    imagePullSecrets: Strings


class Container(_Runs):
    """A further container."""


class InitContainer(_Runs):
    """A container that runs before the others."""

    restartPolicy: str | None


class Metadata(TypedDict):
    """Labels and annotations of one kind of object."""

    labels: StringMap
    annotations: StringMap


class MetadataSection(TypedDict):
    """Labels and annotations by the kind of object."""

    deployment: Metadata
    statefulset: Metadata
    daemonset: Metadata
    cronjob: Metadata
    job: Metadata
    pod: Metadata
    service: Metadata
    serviceaccount: Metadata
    horizontalpodautoscaler: Metadata
    poddisruptionbudget: Metadata
    ingress: Metadata
    httproute: Metadata
    virtualservice: Metadata
    persistentvolumeclaim: Metadata
    configmap: Metadata
    secret: Metadata


class DnsConfig(TypedDict):
    """The DNS settings of the pod."""

    nameservers: Strings
    searches: Strings
    options: Strings


class Dns(TypedDict):
    """The DNS policy of the pod and its settings."""

    config: DnsConfig
    policy: str | None


class Gateways(TypedDict):
    """The gateways of the rules of each scheme."""

    http: Strings
    https: Strings


IngressSection = TypedDict(
    "IngressSection",
    {
        "kind": Strings,
        "gateways": Gateways,
        "rules": Strings,
        "annotations": StringMap,
        "class": str | None,
    },
)
"""The URLs to expose; `class` is a word of Python."""


class Store(TypedDict):
    """A store of External Secrets."""

    store: str | None
    kind: str | None
    refreshInterval: str | None


class Sops(TypedDict):
    """The keys that sops encrypts for."""

    age: Strings


Backend = TypedDict(
    "Backend",
    {
        "file": dict[str, Any] | None,
        "external-secret": Store | None,
        "sops": Sops | None,
        "none": dict[str, Any] | None,
    },
)
"""Where a Secret goes: one of these is written."""


class Remote(TypedDict):
    """A place in an external store."""

    remote: str | None
    property: str | None


class Value(Remote):
    """Where a secret value comes from."""

    env: str | None
    file: str | None


class Account(TypedDict):
    """A login at a registry."""

    username: str | Value | None
    password: Value | None


class Registry(TypedDict):
    """A Secret with the credentials of registries."""

    name: str | None
    type: str | None
    backend: Backend | None
    file: str | Remote | None
    auths: dict[str, Account | None]


class ConfigMapEntry(TypedDict):
    """A ConfigMap to generate."""

    name: str | None
    files: Strings


class SecretEntry(ConfigMapEntry):
    """A Secret to generate."""

    type: str | None
    backend: Backend | None
    keys: dict[str, Remote | None]


class ConfigMaps(TypedDict):
    """The ConfigMaps to generate, by the form of their data."""

    envs: list[ConfigMapEntry | None]
    files: list[ConfigMapEntry | None]
    literals: list[ConfigMapEntry | None]


class Secrets(TypedDict):
    """The Secrets to generate, by the form of their data, and the keys that are none."""

    envs: list[SecretEntry | None]
    files: list[SecretEntry | None]
    literals: list[SecretEntry | None]
    public: Strings


class Target(TypedDict):
    """What a patch is for."""

    group: str | None
    version: str | None
    kind: str | None
    name: str | None
    namespace: str | None
    labelSelector: str | None
    annotationSelector: str | None


class PatchOptions(TypedDict):
    """What a patch may do besides."""

    allowNameChange: bool | None
    allowKindChange: bool | None


class PatchEntry(TypedDict):
    """A patch, or the file that holds it."""

    patch: str | None
    path: str | None
    target: Target
    options: PatchOptions


class Config(TypedDict):
    """The whole config of an application."""

    apiVersion: str | None
    name: str
    namespace: str | None
    labels: StringMap
    annotations: StringMap
    metadata: MetadataSection
    selector: StringMap
    kubeVersion: str | None
    values: dict[str, Any]
    nameSuffixHash: bool | None
    service: Service
    services: dict[str, FurtherService | None]
    workloads: dict[str, Any]
    containers: dict[str, Container | None]
    initContainers: dict[str, InitContainer | None]
    serviceAccount: ServiceAccount
    security: str | None
    spread: Strings
    tolerations: Strings
    dns: Dns
    ingress: IngressSection
    configmaps: ConfigMaps
    secrets: Secrets
    registries: list[Registry | None]
    secretBackend: Backend | None
    pod: dict[str, Any]
    deployment: dict[str, Any]
    statefulset: dict[str, Any]
    daemonset: dict[str, Any]
    cronjob: dict[str, Any]
    job: dict[str, Any]
    patches: list[PatchEntry | None]
    resources: Strings
