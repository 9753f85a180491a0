"""The whole language: every key with its rules for Cerberus, and in `meta` a line about it.

The tables of docs/language.md are made from it. Rules of our own: `notation` is that of a string,
`each` of the items of a list, `keys` and `values` of those of a map, `source` of a secret value.
"""

from __future__ import annotations

from typing import Any

from kustz_tpl.notation.choices import ROUTE_KINDS, WORKLOAD_KINDS

_MAX_INT32 = 2**31 - 1

_REQUIRED = {"nullable": False, "default": None}
_OPTIONAL = {"nullable": True, "default": None}

_TEXT = {"coerce": "text", "type": "string"}
_TEXTS = {"coerce": "texts", "type": "list", "default": []}
_TEXT_MAP = {"coerce": "text_map", "type": "dict", "default": {}}
_MAP = {"coerce": "map", "type": "dict", "default": {}}
_MAP_ITEM = {"coerce": "map", "type": "dict"}
_MAP_OR_NONE = {"coerce": "map_or_none", "type": "dict", **_OPTIONAL}
_PLAIN_MAP = {"coerce": "plain_map", "type": "dict", "default": {}}
_FIELDS = {"coerce": "fields", "type": "dict", "default": {}}
_LIST = {"coerce": "list", "type": "list", "default": []}
_COUNT = {"coerce": "integer", "type": "integer", "min": 0, "max": _MAX_INT32}
_SWITCH = {"coerce": "boolean", "type": "boolean", "default": False}
_ANNOTATIONS = {**_TEXT_MAP, "keys": "annotation_key", "values": "text"}
_LABELS = {**_TEXT_MAP, "keys": "label_key", "values": "label_value"}
_LINES = {"coerce": "line_map", "type": "dict", "default": {}}
_COUNT_OR_NONE = {**_COUNT, **_OPTIONAL}

_ACTION = {
    "coerce": "text_or_texts",
    "type": ["string", "list"],
    **_REQUIRED,
    "notation": "action",
    "meta": "what the probe does, see below",
}
_HEADERS = {"keys": "header_name", "values": "text", "meta": "for http and https only"}
_PROBE = {
    "action": _ACTION,
    "headers": {**_TEXT_MAP, **_HEADERS},
    "initialDelaySeconds": {**_COUNT, **_OPTIONAL, "meta": "as in Kubernetes"},
    "timeoutSeconds": {**_COUNT, **_OPTIONAL, "meta": "as in Kubernetes"},
    "periodSeconds": {**_COUNT, **_OPTIONAL, "meta": "as in Kubernetes"},
    "successThreshold": {**_COUNT, **_OPTIONAL, "meta": "as in Kubernetes"},
    "failureThreshold": {**_COUNT, **_OPTIONAL, "meta": "as in Kubernetes"},
    "terminationGracePeriodSeconds": {
        **_COUNT,
        **_OPTIONAL,
        "min": 1,
        "meta": "as in Kubernetes",
    },
}
_PROBES = {
    "liveness": {**_MAP_OR_NONE, "schema": _PROBE, "meta": "restarts a container that fails it"},
    "readiness": {**_MAP_OR_NONE, "schema": _PROBE, "meta": "a pod that fails it gets no traffic"},
    "startup": {**_MAP_OR_NONE, "schema": _PROBE, "meta": "the other two wait for it"},
}

_HANDLER = {
    "coerce": "text_or_texts",
    "type": ["string", "list"],
    **_OPTIONAL,
    "notation": "lifecycle_action",
}
_LIFECYCLE = {
    "preStop": {**_HANDLER, "meta": "an action before the container is stopped"},
    "postStart": {**_HANDLER, "meta": "an action right after the container was started"},
}

_ENVS = {
    "valueFrom": {
        **_TEXT_MAP,
        "keys": "env_name",
        "values": "variable_source",
        "meta": "variables from elsewhere, before all others, see [Variables from elsewhere](#variables-from-elsewhere)",
    },
    "files": {**_TEXTS, "each": "data_path", "meta": "YAML files, each a mapping of strings"},
    "pairs": {
        **_TEXT_MAP,
        "keys": "env_name",
        "values": "text",
        "meta": "variables; they override those of the files",
    },
    "configmaps": {**_TEXTS, "each": "env_source", "meta": "whole ConfigMaps"},
    "secrets": {**_TEXTS, "each": "env_source", "meta": "whole Secrets, before the ConfigMaps"},
}

_OWN_FIELDS = "[Kubernetes fields](#kubernetes-fields)"
_IMAGE = {**_TEXT, "notation": "image"}
_RUNS: dict[str, dict[str, Any]] = {
    "command": {**_TEXTS, "each": "text", "meta": "as in Kubernetes; by default the image's own"},
    "args": {**_TEXTS, "each": "text", "meta": "as in Kubernetes; by default the image's own"},
    "imagePullPolicy": {
        "coerce": "pull_policy",
        "type": "string",
        **_OPTIONAL,
        "notation": "pull_policy",
        "meta": "see [Pull policy](#pull-policy); by default the cluster decides",
    },
    "envs": {**_MAP, "schema": _ENVS, "meta": "see [Environment](#environment)"},
    "resources": {
        **_TEXT_MAP,
        "keys": "text",
        "values": "resource",
        "meta": "see [Resources](#resources)",
    },
    "mounts": {
        **_LINES,
        "keys": "mount_path",
        "lines": "mount",
        "meta": "what is mounted at each path: a line, or a list of lines for one folder, see "
        "[Mounts](#mounts)",
    },
    "probes": {**_MAP, "schema": _PROBES, "meta": "see [Probes](#probes)"},
    "lifecycle": {**_MAP, "schema": _LIFECYCLE, "meta": "see [Lifecycle](#lifecycle)"},
    "container": {**_FIELDS, "meta": f"see {_OWN_FIELDS}"},
}
"""The keys of every container."""

_SERVICE = {
    "name": {
        **_TEXT,
        **_OPTIONAL,
        "notation": "dns_label",
        "meta": "the name of the container; by default the top-level `name`",
    },
    "kind": {
        "coerce": "workload_kind",
        "type": "string",
        "default": WORKLOAD_KINDS[0],
        "notation": "workload_kind",
        "meta": "see [Kinds of workload](#kinds-of-workload)",
    },
    "schedule": {
        **_TEXT,
        **_OPTIONAL,
        "notation": "schedule",
        "meta": "when a CronJob runs, see [Schedule](#schedule); required there",
    },
    "restartPolicy": {
        "coerce": "restart_policy",
        "type": "string",
        **_OPTIONAL,
        "notation": "restart_policy",
        "meta": "of a CronJob or Job: `Never`, the default, or `OnFailure`, in any case",
    },
    "image": {**_IMAGE, **_REQUIRED, "meta": "see [Image](#image)"},
    "replicas": {
        **_COUNT,
        **_OPTIONAL,
        "coerce": "replicas",
        "type": "replicas",
        "notation": "replicas",
        "meta": "the number of pods, by default 1; or a range, see [Replicas](#replicas)",
    },
    "disruptionBudget": {
        **_TEXT,
        **_OPTIONAL,
        "notation": "disruption_budget",
        "meta": "how many pods may be away at once, a number or a percentage, see "
        "[Replicas](#replicas)",
    },
    "rollout": {
        **_TEXT,
        **_OPTIONAL,
        "notation": "rollout",
        "meta": "how a new version takes over, see [Rollout](#rollout)",
    },
    "imagePullSecrets": {
        **_TEXTS,
        "each": "dns_subdomain",
        "meta": "names of Secrets, without duplicates",
    },
    "ports": {
        **_TEXTS,
        "each": "port",
        "meta": "see [Ports](#ports); if the list is empty, no Service is generated",
    },
    **_RUNS,
}

_CONTAINER = {
    "image": {**_IMAGE, **_OPTIONAL, "meta": "by default the application's own, `service.image`"},
    "ports": {
        **_TEXTS,
        "each": "container_port",
        "meta": "ports of the container, not of the Service: `[name=][protocol://]port`",
    },
    **_RUNS,
}
_INIT_CONTAINER = {
    **_CONTAINER,
    "restartPolicy": {
        **_TEXT,
        **_OPTIONAL,
        "allowed": ["Always"],
        "meta": "`Always` makes it a sidecar, which starts in its place and stays",
    },
}


def _containers(schema: dict[str, Any], meta: str) -> dict[str, Any]:
    return {
        **_MAP,
        "keys": "dns_label",
        "valuesrules": {**_MAP_ITEM, "schema": schema},
        "meta": meta,
    }


def _metadata(meta: str) -> dict[str, Any]:
    """Return the rules of the labels and annotations of one kind of object."""
    schema = {
        "labels": {**_LABELS, "meta": "over the `labels` of the top level"},
        "annotations": {**_ANNOTATIONS, "meta": "over the `annotations` of the top level"},
    }
    return {**_MAP, "schema": schema, "meta": meta}


_METADATA = {
    kind: _metadata(meta)
    for kind, meta in {
        "deployment": "the Deployment",
        "statefulset": "the StatefulSet",
        "daemonset": "the DaemonSet",
        "cronjob": "the CronJob",
        "job": "the Job, or the jobs that a CronJob makes",
        "pod": "the pods",
        "service": "the Services",
        "serviceaccount": "the ServiceAccount",
        "horizontalpodautoscaler": "the HorizontalPodAutoscaler",
        "poddisruptionbudget": "the PodDisruptionBudget",
        "ingress": "the Ingress",
        "httproute": "the HTTPRoutes",
        "virtualservice": "the VirtualServices",
        "persistentvolumeclaim": "the claims that `mounts` makes",
        "configmap": "the ConfigMaps that are generated",
        "secret": "the Secrets that are generated",
    }.items()
}

_DNS_CONFIG = {
    "nameservers": {**_TEXTS, "each": "nameserver", "meta": "up to three IP addresses"},
    "searches": {
        **_TEXTS,
        "each": "search",
        "meta": "search domains, up to 32; up to 6 for Kubernetes 1.25",
    },
    "options": {**_TEXTS, "each": "dns_option", "meta": "resolver options"},
}
_DNS = {
    "config": {**_MAP, "schema": _DNS_CONFIG, "meta": "the pod's `dnsConfig`"},
    "policy": {
        "coerce": "dns_policy",
        "type": "string",
        **_OPTIONAL,
        "notation": "dns_policy",
        "meta": "the pod's `dnsPolicy`; with `config` and without `policy` it is `None`",
    },
}

_INGRESS = {
    "kind": {
        "coerce": "route_kinds",
        "type": ["string", "list"],
        "default": ROUTE_KINDS[0],
        "notation_or_list": "route_kind",
        "meta": "what the rules become: `Ingress`, `HTTPRoute` or `VirtualService`, in any case, "
        "or a list of them",
    },
    "gateways": {
        "coerce": "gateways",
        "type": ["string", "list", "dict"],
        "default": {},
        "by_scheme": "gateway",
        "meta": "what an HTTPRoute or VirtualService attaches to, required there: a gateway or a list, "
        "or a mapping with `http` and `https`",
    },
    "rules": {
        **_TEXTS,
        "each": "route_rule",
        "meta": "the URLs; if the list is empty, no object is generated for them",
    },
    "annotations": {**_ANNOTATIONS, "meta": "annotations of the Ingress and of the routes"},
    "class": {
        **_TEXT,
        **_OPTIONAL,
        "notation": "dns_subdomain",
        "meta": "its `ingressClassName`",
    },
}

_STORE = {
    "store": {**_TEXT, **_REQUIRED, "notation": "dns_subdomain", "meta": "the store's name"},
    "kind": {
        **_TEXT,
        "default": "SecretStore",
        "allowed": ["SecretStore", "ClusterSecretStore"],
        "meta": "the store's kind, or `ClusterSecretStore`",
    },
    "refreshInterval": {
        **_TEXT,
        "default": "1h",
        "notation": "duration",
        "meta": "how often the operator reads the store",
    },
}
_FILE = {
    "absent": {
        **_TEXT,
        "default": "refuse",
        "allowed": ["refuse", "leave"],
        "meta": "`leave` keeps the files as they are where a source is missing, with a warning",
    },
}
_AGE = {"age": {**_TEXTS, "each": "age_recipient", "meta": "the keys to encrypt for"}}
_BACKEND = {
    "coerce": "backend",
    "type": "backend",
    **_OPTIONAL,
    "schema": {
        "file": {
            **_MAP_ITEM,
            **_OPTIONAL,
            "schema": _FILE,
            "meta": "files that git ignores",
        },
        "external-secret": {
            **_MAP_ITEM,
            **_OPTIONAL,
            "schema": _STORE,
            "meta": "an ExternalSecret, which the External Secrets operator fills",
        },
        "sops": {
            **_MAP_ITEM,
            **_OPTIONAL,
            "schema": _AGE,
            "meta": "a manifest encrypted with sops",
        },
        "none": {**_MAP_ITEM, **_OPTIONAL, "schema": {}, "meta": "the cluster has it already"},
    },
}
_BACKEND_OF_ENTRY = {**_BACKEND, "meta": "where the Secret is stored; by default `secretBackend`"}

_REMOTE = {
    "remote": {**_TEXT, **_OPTIONAL, "empty": False, "meta": "a path in an external store"},
    "property": {**_TEXT, **_OPTIONAL, "empty": False, "meta": "a property of what is there"},
}
_VALUE = {
    "env": {**_TEXT, **_OPTIONAL, "notation": "variable", "meta": "an environment variable"},
    "file": {**_TEXT, **_OPTIONAL, "notation": "data_path", "meta": "a file"},
    **_REMOTE,
}
_ACCOUNT = {
    "username": {
        "coerce": "text_or_map",
        **_REQUIRED,
        "source": "username",
        "schema": _VALUE,
        "meta": "a string or a source",
    },
    "password": {
        "coerce": "map",
        **_REQUIRED,
        "source": "password",
        "schema": _VALUE,
        "meta": "a source",
    },
}
_REGISTRY = {
    "name": {
        **_TEXT,
        **_REQUIRED,
        "notation": "dns_subdomain",
        "meta": "the Secret's name, to list in `service.imagePullSecrets`",
    },
    "type": {
        **_TEXT,
        "default": "dockerconfigjson",
        "allowed": ["dockerconfigjson", "dockercfg"],
        "meta": "or the legacy `dockercfg`",
    },
    "backend": _BACKEND_OF_ENTRY,
    "file": {
        "coerce": "text_or_map",
        **_OPTIONAL,
        "source": "file",
        "schema": _REMOTE,
        "meta": "a docker config, as `docker login` writes it, instead of `auths`",
    },
    "auths": {
        **_MAP,
        "valuesrules": {**_MAP_ITEM, "schema": _ACCOUNT},
        "meta": "accounts by registry; each has a `username`, a string or a source, and a "
        "`password`, a source",
    },
}


def _entries(file: str, meta: str, **more: dict[str, Any]) -> dict[str, Any]:
    """Return the rules of a list of ConfigMaps or Secrets, whose files are in one notation."""
    name = "the ConfigMap's or Secret's name"
    entry = {
        "name": {**_TEXT, **_REQUIRED, "notation": "dns_subdomain", "meta": name},
        "files": {**_TEXTS, "each": file, "meta": "the files with the data"},
        **more,
    }
    return {**_LIST, "schema": {**_MAP_ITEM, "schema": entry}, "meta": meta}


_DOTENV = "from lines of `key=value`: one key a line"
_FILES = "from any file, `[key=]path`: one key a file"
_LITERALS = "from YAML, a mapping of strings, several lines welcome: one key an entry"
_CONFIGMAPS = {
    "envs": _entries("data_path", _DOTENV),
    "files": _entries("data_file", _FILES),
    "literals": _entries("data_path", _LITERALS),
}
_SECRET: dict[str, dict[str, Any]] = {
    "type": {**_TEXT, "default": "Opaque", "empty": False, "meta": "Secrets only"},
    "backend": {**_BACKEND, "meta": f"Secrets only: {_BACKEND_OF_ENTRY['meta']}"},
    "keys": {
        **_MAP,
        "keys": "data_key",
        "valuesrules": {**_MAP_ITEM, "schema": _REMOTE},
        "meta": "Secrets only: where an external store has each key",
    },
}
_SECRETS = {
    "envs": _entries("data_path", _DOTENV, **_SECRET),
    "files": _entries("data_file", _FILES, **_SECRET),
    "literals": _entries("data_path", _LITERALS, **_SECRET),
    "public": {**_TEXTS, "each": "secret_key", "meta": "keys whose values are no secrets"},
}

_TARGET = {
    "group": {**_TEXT, **_OPTIONAL, "meta": "a regular expression of the API group"},
    "version": {**_TEXT, **_OPTIONAL, "meta": "a regular expression of the API version"},
    "kind": {**_TEXT, **_OPTIONAL, "meta": "a regular expression of the kind"},
    "name": {**_TEXT, **_OPTIONAL, "meta": "a regular expression of the name"},
    "namespace": {**_TEXT, **_OPTIONAL, "meta": "a regular expression of the namespace"},
    "labelSelector": {**_TEXT, **_OPTIONAL, "meta": "as for kubectl's `-l`"},
    "annotationSelector": {**_TEXT, **_OPTIONAL, "meta": "as for kubectl's `-l`, for annotations"},
}
_PATCH = {
    "patch": {**_TEXT, **_OPTIONAL, "empty": False, "meta": "the patch"},
    "path": {
        **_TEXT,
        **_OPTIONAL,
        "notation": "data_path",
        "meta": "the path of a file with the patch",
    },
    "target": {**_MAP, "schema": _TARGET, "meta": "the objects to patch"},
    "options": {
        **_MAP,
        "schema": {
            "allowNameChange": {**_SWITCH, "meta": "as in kustomize"},
            "allowKindChange": {**_SWITCH, "meta": "as in kustomize"},
        },
        "meta": "the options of the patch",
    },
}

_PATCHES = "[patches and resources](#patches-and-resources)"
SCHEMA: dict[str, dict[str, Any]] = {
    "apiVersion": {
        **_TEXT,
        "default": "kustz/v1",
        "allowed": ["kustz/v1"],
        "meta": "the version of the language; `kustz/v1` is the only one",
    },
    "name": {
        **_TEXT,
        **_REQUIRED,
        "notation": "dns_label",
        "meta": "the application: name of its workload, Service and Ingress, and value of the "
        "label `app`",
    },
    "namespace": {
        **_TEXT,
        **_OPTIONAL,
        "notation": "dns_label",
        "meta": "goes into kustomization.yml, so that every resource gets it; an object of "
        "`resources` with another namespace is an error",
    },
    "labels": {
        **_LABELS,
        "meta": "added to every resource and to the pod, never to a selector; `app` is reserved",
    },
    "annotations": {
        **_ANNOTATIONS,
        "meta": "added to every resource, not to the pod; `ingress.annotations` wins on the "
        "Ingress",
    },
    "metadata": {
        **_MAP,
        "schema": _METADATA,
        "meta": "labels and annotations of one kind of object, see [Metadata](#metadata)",
    },
    "selector": {
        **_LABELS,
        "meta": "the labels that the workload and its Services select pods by; by default `app` "
        "with the name, see [Selector](#selector)",
    },
    "kubeVersion": {
        **_TEXT,
        "default": "1.29",
        "notation": "kube_version",
        "meta": "the oldest Kubernetes that the manifests are for, `1.25` to `1.37`",
    },
    "environments": {
        **_TEXTS,
        "each": "environment",
        "meta": "the environments of the application, in the order of promotion, see "
        "[Environments](environments.md)",
    },
    "values": {
        **_PLAIN_MAP,
        "meta": "your own parameters for your own templates; a plain word is a boolean, a number "
        "or null where YAML 1.1 and 1.2 agree that it is one (`true`, `3`, `0x1F`, `1.5`, `~`), "
        "and a string otherwise (`yes`, `010`, `1e3`); keys are strings",
    },
    "nameSuffixHash": {
        **_SWITCH,
        "meta": "`true` lets kustomize append a hash to the names of ConfigMaps and Secrets, so "
        "that a changed one restarts the pods",
    },
    "service": {**_MAP, "schema": _SERVICE, "meta": "the workload and its Service"},
    "services": {
        **_MAP,
        "keys": "dns_label",
        "valuesrules": {
            "coerce": "map",
            "type": "further_service",
            "schema": {
                "ports": {**_TEXTS, "each": "port", "meta": "see [Ports](#ports)"},
                "annotations": {**_ANNOTATIONS, "meta": "annotations of the Service"},
                "workload": {
                    **_TEXT,
                    **_OPTIONAL,
                    "meta": "an entry of `workloads`, whose pods it is for; by default the main "
                    "workload",
                },
            },
        },
        "meta": "further Services by name: a list of ports, or a mapping, see "
        "[Services](#services)",
    },
    "workloads": {
        **_MAP,
        "meta": "further workloads by name, which share the image and the environment, see "
        "[Workloads](#workloads)",
    },
    "containers": _containers(
        _CONTAINER, "further containers by name, see [More containers](#more-containers)"
    ),
    "initContainers": _containers(
        _INIT_CONTAINER,
        "containers that run before the others, in this order, see "
        "[More containers](#more-containers)",
    ),
    "serviceAccount": {
        "coerce": "service_account",
        "type": "dict",
        "default": {},
        "schema": {
            "create": {**_SWITCH, "meta": "`true` makes a ServiceAccount"},
            "name": {
                **_TEXT,
                **_OPTIONAL,
                "notation": "dns_subdomain",
                "meta": "its name; by default the top-level `name`",
            },
            "annotations": {**_ANNOTATIONS, "meta": "its annotations, with `create` only"},
        },
        "meta": "the name of a ServiceAccount that exists, or a mapping, see "
        "[Service account](#service-account)",
    },
    "security": {
        **_TEXT,
        **_OPTIONAL,
        "notation": "security",
        "meta": "the user and the privileges of the pods, see [Security](#security)",
    },
    "spread": {
        **_TEXTS,
        "each": "spread",
        "meta": "the zones or nodes to spread the pods over, a string or a list, see [Spread](#spread)",
    },
    "tolerations": {
        **_TEXTS,
        "each": "toleration",
        "meta": "taints that the pods tolerate, see [Tolerations](#tolerations)",
    },
    "dns": {**_MAP, "schema": _DNS, "meta": "the DNS settings of the pod"},
    "ingress": {**_MAP, "schema": _INGRESS, "meta": "the URLs to expose"},
    "configmaps": {**_MAP, "schema": _CONFIGMAPS, "meta": "the ConfigMaps to generate"},
    "secrets": {**_MAP, "schema": _SECRETS, "meta": "the Secrets to generate"},
    "registries": {
        **_LIST,
        "schema": {**_MAP_ITEM, "schema": _REGISTRY},
        "meta": "the credentials of image registries",
    },
    "secretBackend": {**_BACKEND, "meta": "where Secrets are stored; by default `file`"},
    "pod": {**_FIELDS, "meta": _OWN_FIELDS},
    "deployment": {**_FIELDS, "meta": _OWN_FIELDS},
    "statefulset": {**_FIELDS, "meta": _OWN_FIELDS},
    "daemonset": {**_FIELDS, "meta": _OWN_FIELDS},
    "cronjob": {**_FIELDS, "meta": _OWN_FIELDS},
    "job": {**_FIELDS, "meta": f"{_OWN_FIELDS} of a Job, or of the jobs that a CronJob makes"},
    "patches": {**_LIST, "schema": {**_MAP_ITEM, "schema": _PATCH}, "meta": _PATCHES},
    "resources": {
        **_TEXTS,
        "each": "data_path",
        "meta": f"other manifests to apply, see {_PATCHES}",
    },
}

ANY = "*"
_OF_SERVICE = (
    *("schedule", "restartPolicy", "rollout", "mounts", "lifecycle", "disruptionBudget"),
)
NEW_KEYS: frozenset[tuple[str, ...]] = frozenset(
    (
        ("selector",),
        ("services",),
        ("containers",),
        ("initContainers",),
        *((key,) for key in ("serviceAccount", "security", "spread", "tolerations")),
        *(
            (("metadata", kind, key))
            for kind in _METADATA
            if kind != "secret"
            for key in ("labels", "annotations")
        ),
        *(("service", key) for key in _OF_SERVICE),
        ("service", "envs", "valueFrom"),
        *(("containers", ANY, key) for key in _CONTAINER if key != "container"),
        *(("initContainers", ANY, key) for key in _INIT_CONTAINER if key != "container"),
    )
)
"""The keys that 0.1.0 did not have and that a template has to read; `*` is any name.

What rules and the program read is not among them, as `metadata.secret`, which ExternalSecrets
have without a template, nor are Kubernetes' own fields.
"""
NEW_KEYS_ABOVE = frozenset(key[:end] for key in NEW_KEYS for end in range(len(key)))
"""The paths that lead to them."""
