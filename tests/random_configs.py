"""Whole random kustz.yml over all keys, mostly valid, each made from one number."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar

import yaml
from random_values import (
    ACTIONS,
    ACTIONS_AT_THE_END,
    ANNOTATIONS,
    ANNOTATIONS_AT_THE_END,
    BUDGETS,
    BYTES,
    EDIT,
    EXTENDED,
    EXTERNAL_NAMES,
    FIELDS,
    GATEWAYS,
    GRPC,
    HEADERS,
    HEADERS_OF_ROUTES,
    HOSTS,
    HUGE_PAGES,
    IDS,
    IMAGES,
    IMAGES_AT_THE_END,
    INTERVALS,
    JOBS,
    KEYS,
    KEYS_AT_THE_END,
    KINDS,
    LABELS,
    LABELS_AT_ENDS,
    LABELS_AT_THE_END,
    METRICS,
    NAMES,
    NAMES_AT_THE_END,
    NAMES_OF_VARIABLES,
    NAMESERVERS,
    OBJECTS,
    OBJECTS_AT_THE_END,
    OPTIONS,
    PATHS,
    PATHS_AT_THE_END,
    PERCENTAGES,
    QUANTITIES,
    RANGES,
    RESOURCES,
    ROLLOUTS,
    ROUTE_PATHS,
    SCHEDULES,
    SCHEDULES_AT_THE_END,
    SEARCHES,
    SECONDS,
    SECRET_TYPES,
    SECURITY,
    SERVERS,
    SOURCES_OF_NFS,
    TEXTS,
    TEXTS_AT_THE_END,
    TIMEOUTS,
    TOLERATIONS,
    TOPOLOGIES,
    USERNAMES,
    VARIABLES,
    VERSIONS,
    WEIGHTS,
    WHOLE,
)

from kustz_tpl.errors import InputError
from kustz_tpl.generated import Generated
from kustz_tpl.pipeline import Generator
from kustz_tpl.source import Source

Data = dict[str, Any]
T = TypeVar("T")

ROUTES = (["Ingress", "HTTPRoute"], ["HTTPRoute", "virtualservice"])
USUAL_GATEWAYS: tuple[Any, ...] = (
    *("infra/public", "public", ["public", "infra/private"]),
    {"https": "infra/secure:https", "http": "infra/plain"},
)
ROUTE_RULES = (
    *("https://shop.example.com/v1/*?rewrite=/&set=X-Prefix:/v1&timeout=30s&{svc}",),
    *("https://shop.example.com/new?{svc}@90&svc=canary:80@10", "http://*/*?{svc}"),
    *("https://shop.example.com/a/*?header=X-Canary:always&svc=canary:80",),
    *("https://moved.example.com/x?redirect=/y",),
    *("http://a.example.com/?redirect=http://b.example.com:8080/c",),
)
RULE_PARAMETERS = (
    *("rewrite={path}", "set={header}", "header={header}", "timeout={timeout}", "redirect={path}"),
    *(
        "redirect=https",
        "redirect=http://{host}:65535{path}",
        "redirect=https://{host}",
        "tls={name}",
    ),
    *("{svc}@{weight}&svc=canary:80@{weight}", "svc=other:{port}", "svc=canary:http", "svc=1a:1"),
    *("type=ImplementationSpecific", "{svc}@{weight}"),
)
NEAR_MISSES = 0.7
"""The share of mistakes that are an edit of a string."""
RAW_SECTIONS = ("container", "pod", *(kind.lower() for kind in KINDS))
VOLUMES = [{"name": "raw", "emptyDir": {}}, {"name": "keys", "secret": {"secretName": "k"}}]


class RandomConfig(NamedTuple):
    """Hold the text of a kustz.yml and the data files that it names.

    `is_for_cluster` is False where a field of Kubernetes' own has a value that only a cluster
    judges.
    """

    text: str
    files: dict[str, str | bytes]
    is_for_cluster: bool


def random_config(seed: int) -> RandomConfig:
    """Return the config that belongs to a number; every third one has a random mistake."""
    maker = _Maker(Random(seed))
    data = json.loads(json.dumps(maker.config()))
    is_own = seed % 3 == 0 and _spoil(data, maker.random)
    text = yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
    return RandomConfig(text, maker.files, is_for_cluster=not is_own)


def generate(config: RandomConfig, folder: Path, generator: Generator) -> Generated | InputError:
    """Return what a config generates in a folder that gets its data files, or why it is refused."""
    for name, text in config.files.items():
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    try:
        return generator.generate(Source("kustz.yml", config.text.encode(), folder))
    except InputError as error:
        return error


def write(generated: Generated, folder: Path) -> None:
    """Write the files as they are, into a folder that may be missing."""
    for name, file in generated.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(file.content)


def _spoil(data: Data, random: Random) -> bool:
    """Put another value of the config, or nonsense, in some place; return if in a raw section."""
    places = list(_places(data))
    values = deepcopy([inner[key] for inner, key, _ in places])
    inner, key, is_raw = random.choice(places)
    if isinstance(inner[key], str) and random.random() < NEAR_MISSES:
        inner[key] = _edited(inner[key], random)
    else:
        inner[key] = random.choice([*random.choices(values, k=3), None, "", "-", 0, [], {}, "a b"])
    return is_raw


def _edited(text: str, random: Random) -> str:
    """Return a string with one edit: a near miss, or another value at the end of what is right."""
    start = random.randint(0, len(text))
    end = min(len(text), start + random.choice([0, 0, 1, 2]))
    numbers = [*re.finditer("[0-9]+", text)]
    if numbers and random.random() < 0.3:
        start, end = random.choice(numbers).span()
        new = str(max(0, int(text[start:end][:20]) + random.choice([-1, 1, 2**31, 2**63])))
    else:
        new = random.choice([*EDIT, "", text[start:][:300], text[:1]])
    return text[:start] + new + text[end:]


def _places(data: Any, raw: Sequence[str] = RAW_SECTIONS) -> Iterator[tuple[Any, Any, bool]]:  # noqa: ANN401
    """Yield what holds each value, its key, and whether it is a field of Kubernetes' own."""
    for key in data if isinstance(data, dict) else range(len(data)):
        is_raw = key in raw
        yield data, key, is_raw
        inside = () if key == "metadata" else raw
        if isinstance(data[key], dict | list):
            for holder, inner, is_raw_too in _places(data[key], inside):
                yield holder, inner, is_raw or is_raw_too


class _Maker:
    """Make the parts of one config; what one part needs of another is noted here."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.files: dict[str, str | bytes] = {}
        self.kind = self.pick(KINDS)
        self.strangeness = self.pick([0.0, 0.02, 0.1, 0.3])
        self.name = self.pick_of(NAMES, NAMES_AT_THE_END)
        self.version = self.pick(VERSIONS) if self.maybe(0.4) else None
        self.is_restricted = self.maybe(0.2)
        self.objects = [self.pick_of(OBJECTS, OBJECTS_AT_THE_END) for _ in range(4)]
        self.data_keys: dict[tuple[str, str], list[str]] = {}

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def pick(self, values: Sequence[T]) -> T:
        return self.random.choice(values)

    def pick_of(self, values: Sequence[T], at_the_end: Sequence[T]) -> T:
        """Return an ordinary value, or as often as the config is strange one of the others."""
        return self.pick(at_the_end if self.maybe(self.strangeness) else values)

    def some_of(self, values: Sequence[T], at_the_end: Sequence[T], most: int = 3) -> list[T]:
        """Return some values without duplicates, ordinary ones or others."""
        chosen = [self.pick_of(values, at_the_end) for _ in range(self.random.randint(1, most))]
        return [each for index, each in enumerate(chosen) if each not in chosen[:index]]

    def labels(self) -> Data:
        return dict(self.some_of(LABELS, LABELS_AT_ENDS))

    def notes(self) -> Data:
        return dict(self.some_of(ANNOTATIONS, ANNOTATIONS_AT_THE_END))

    def text(self) -> str:
        return self.pick_of(TEXTS, TEXTS_AT_THE_END)

    def some(self, values: Sequence[T], most: int = 3) -> list[T]:
        count = self.random.randint(1, min(most, len(values)))
        return self.random.sample(list(values), count)

    def keys(self, chance: float, **makers: Callable[[], Any]) -> Data:
        """Return some of the keys, each made only where it is written."""
        return {key: make() for key, make in makers.items() if self.maybe(chance)}

    def number(self, least: int, most: int) -> Callable[[], int]:
        return lambda: self.random.randint(least, most)

    def flag(self) -> bool:
        return self.maybe(0.5)

    def one_of(self, *values: T) -> Callable[[], T]:
        return lambda: self.pick(values)

    # The top level

    def config(self) -> Data:
        data: Data = {"name": self.name}
        data |= self.keys(
            0.2,
            apiVersion=lambda: "kustz/v1",
            environments=lambda: self.some_of(["dev", "prod"], LABELS_AT_THE_END),
        )
        data |= self.keys(
            0.25,
            namespace=lambda: self.pick_of(["store", "1-a"], LABELS_AT_THE_END),
            labels=self.labels,
            annotations=self.notes,
            selector=self.selector,
            nameSuffixHash=self.flag,
            values=lambda: {"region": "eu", "nested": {"a": [1, "b"]}},
        )
        data |= {"kubeVersion": self.version} if self.version else {}
        data |= self.keys(0.4, configmaps=lambda: self.generators("configmaps"))
        data |= self.keys(0.4, secrets=lambda: self.generators("secrets"))
        data |= self.keys(
            0.1,
            registries=self.registries,
            secretBackend=self.one_of("file", "none", {"none": {}}, {"file": {"absent": "leave"}}),
        )
        data["service"] = self.service(self.kind)
        data |= self.workload_keys(self.kind)
        data |= self.keys(0.3, dns=self.dns)
        if len(self.name) <= 54:
            data |= self.keys(0.3, workloads=self.workloads)
        if self.kind not in JOBS:
            data |= self.keys(0.3, services=self.services)
        ports = [each for each in data["service"].get("ports", ()) if "@" not in each]
        if ports:
            data |= self.keys(0.5, ingress=lambda: self.ingress(ports))
        data |= self.keys(0.3, metadata=lambda: self.metadata(data))
        data |= self.keys(0.1, patches=self.patches, resources=self.manifests)
        if "volume://" in str(data):
            data.setdefault("pod", {})["volumes"] = VOLUMES
        return self.shuffled(data)

    def shuffled(self, data: Data) -> Data:
        keys = list(data)
        if self.maybe(0.3):
            self.random.shuffle(keys)
        return {key: data[key] for key in keys}

    def selector(self) -> Data:
        labels = {"app.kubernetes.io/name": "shop", "instance": "a"}
        if self.maybe(self.strangeness):
            return self.labels()
        return labels if self.maybe(0.5) else {"app": self.pick(["old", self.name])}

    def workload_keys(self, kind: str) -> Data:
        """Return the keys of the top level that an entry of `workloads` has too."""
        data = self.keys(
            0.25,
            containers=lambda: {
                each: self.container()
                for each in self.some_of(["tail", "metrics-1"], LABELS_AT_THE_END, 2)
            },
            initContainers=lambda: {
                each: self.init_container()
                for each in self.some_of(["migrate", "proxy"], LABELS_AT_THE_END, 2)
            },
            serviceAccount=self.account,
            security=self.security,
            spread=self.spread,
            tolerations=lambda: self.some(TOLERATIONS, 5),
            pod=lambda: self.pod(kind),
        )
        return data | self.keys(0.35, **self.sections(kind))

    def account(self) -> Any:  # noqa: ANN401 - a string or a mapping
        if self.maybe(0.3):
            return self.pick_of(["default", "shop", "robot.example.com"], OBJECTS_AT_THE_END)
        data = self.keys(0.4, name=lambda: self.pick_of(["robot", "a.b"], OBJECTS_AT_THE_END))
        if self.maybe(0.6):
            data["create"] = True
            data |= self.keys(0.5, annotations=self.notes)
        return data

    def security(self) -> str:
        words = self.some(SECURITY, 4)
        if self.maybe(self.strangeness):
            names = self.some(["runAsUser", "runAsGroup", "fsGroup"])
            words = [f"{name}={self.pick(IDS)}" for name in names]
        return " ".join(["restricted", *words] if self.is_restricted else words)

    def spread(self) -> Any:  # noqa: ANN401 - a string or a list
        words = self.some_of(TOPOLOGIES[:4], TOPOLOGIES, 4)
        return words[0] if len(words) == 1 else words

    def dns(self) -> Data:
        config = self.keys(
            0.5,
            nameservers=lambda: self.some_of(NAMESERVERS[:3], NAMESERVERS),
            searches=lambda: self.some_of(SEARCHES[:2], SEARCHES, 6),
            options=lambda: self.some_of(OPTIONS[:3], OPTIONS),
        )
        is_whole = "nameservers" in config
        policies = ["Default", "clusterfirst", "ClusterFirstWithHostNet", *["None"] * is_whole]
        data: Data = {"config": config} if config else {}
        return data | self.keys(0.5 if is_whole else 1, policy=self.one_of(*policies))

    def workloads(self) -> Data:
        names = self.some(["worker", "nightly", "api"], 2)
        if self.maybe(self.strangeness):
            most = self.pick([63, 63, 52, 54, 64]) - len(self.name) - 1
            names.append("e" * max(1, most))
        return {each: self.entry() for each in names}

    def entry(self) -> Data:
        kind = self.pick(KINDS)
        data = self.service(kind)
        data.pop("name", None)
        if self.maybe(0.7):
            del data["image"]
        data |= self.workload_keys(kind)
        data |= self.keys(0.2, selector=lambda: {"role": self.pick(["worker", "b"])})
        data.setdefault("command", ["run"])
        return data

    def services(self) -> Data:
        found: Data = {}
        for each in self.some_of(["admin", "other", "internal"], LABELS_AT_THE_END, 2):
            ports = self.ports()
            is_mapping = self.maybe(0.5)
            more = self.keys(0.4, annotations=self.notes)
            found[each] = {"ports": ports, **more} if is_mapping else ports
        return found

    def ingress(self, ports: list[str]) -> Data:
        number = ports[0].rpartition("=")[2].rpartition("://")[2].lstrip("!%#").split(":")
        port = number[1] if len(number) > 2 else number[0]
        svc = f"svc={self.name}:{port}"
        kind = self.pick(["Ingress", "ingress", "HTTPRoute", "VirtualService", *ROUTES])
        rules = [
            f"http://shop.example.com/?{svc}",
            f"https://*.example.com/api/*?{svc}",
            "http://other.example.com/?svc=other:80",
            f"https://shop.example.com/*?tls=shop-cert&{svc}",
        ]
        if "ngress" not in str(kind):
            rules += [each.format(svc=svc) for each in ROUTE_RULES]
        data: Data = {"kind": kind} if kind != "Ingress" else {}
        if str(kind).lower() != "ingress":
            data["gateways"] = self.gateways()
            by_scheme = isinstance(data["gateways"], dict) and "ngress" not in str(kind)
            rules += ["http://old.example.com/*?redirect=https"] * by_scheme
        strange = 18 if self.maybe(self.strangeness) else 2 if self.maybe(self.strangeness) else 0
        rules = self.some(rules, 5) + [self.rule(svc, port) for _ in range(strange)]
        data |= {"rules": list(dict.fromkeys(rules))}
        data |= self.keys(0.3, annotations=self.notes)
        names = lambda: self.pick_of(["nginx", "a.example.com"], OBJECTS_AT_THE_END)  # noqa: E731
        classes = self.keys(0.3, **{"class": names})
        return data | (classes if "ngress" in str(kind) else {})

    def gateways(self) -> Any:  # noqa: ANN401 - a string, a list or a mapping
        if not self.maybe(self.strangeness):
            return self.pick(USUAL_GATEWAYS)
        chosen = self.some(GATEWAYS, 5)
        many = [f"infra/g{number}" for number in range(self.pick([31, 32, 33]))]
        return self.pick([chosen, chosen[0], many, {"http": chosen[0], "https": chosen[1:]}])

    def rule(self, svc: str, port: str) -> str:
        """Return a rule with hosts, paths and parameters at the ends of what is right."""
        scheme = self.pick(["http", "https"])
        url = f"{scheme}://{self.pick_of(HOSTS[:3], HOSTS)}{self.pick_of(ROUTE_PATHS[:5], ROUTE_PATHS)}"
        parameters = self.some(RULE_PARAMETERS, 3) if self.maybe(0.5) else []
        values = {
            "svc": svc,
            "port": port,
            "path": self.pick(ROUTE_PATHS[1:]).replace("%", "%25"),
            "host": self.pick(HOSTS),
            "header": self.pick(HEADERS_OF_ROUTES),
            "timeout": self.pick(TIMEOUTS),
            "weight": self.pick(WEIGHTS),
            "name": self.pick_of(OBJECTS, OBJECTS_AT_THE_END),
        }
        query = "&".join(each.format(**values) for each in parameters)
        if "svc=" not in query and "redirect=" not in query:
            query += f"{'&' * bool(query)}{svc}"
        return f"{url}?{query}"

    def metadata(self, data: Data) -> Data:
        kinds = self.some(list(self.kinds_of(data)), 9)
        return {
            kind: self.keys(
                0.6,
                labels=lambda: self.labels() | {"kind": "other"},
                annotations=lambda: self.notes() | {"kind": "other"},
            )
            for kind in kinds
        }

    def kinds_of(self, data: Data) -> Iterator[str]:
        """Yield the kinds of objects that a config makes, as `metadata` names them."""
        service, account = data["service"], data.get("serviceAccount")
        routes = str(data["ingress"].get("kind", "Ingress")).lower() if "ingress" in data else ""
        yield from (self.kind.lower(), "pod")
        is_made = {
            "job": self.kind == "CronJob",
            "service": service.get("ports"),
            "ingress": "ingress" in routes,
            "httproute": "httproute" in routes,
            "virtualservice": "virtualservice" in routes,
            "configmap": data.get("configmaps"),
            "secret": data.get("secrets") or data.get("registries"),
            "horizontalpodautoscaler": "-" in str(service.get("replicas")),
            "poddisruptionbudget": service.get("disruptionBudget"),
            "serviceaccount": isinstance(account, dict) and account.get("create"),
            "persistentvolumeclaim": self.kind != "StatefulSet" and "size=10Gi" in str(service),
        }
        yield from (kind for kind, made in is_made.items() if made)

    def patches(self) -> list[Data]:
        labels = [{"op": "add", "path": "/metadata/labels/patched", "value": "yes"}]
        group = "batch" if self.kind in JOBS else "apps"
        target = {"kind": self.kind, "name": self.name} | self.keys(
            0.3,
            group=lambda: group,
            version=lambda: "v1",
            labelSelector=lambda: "!absent",
            annotationSelector=lambda: "!none",
        )
        if self.maybe(0.5):
            return [{"patch": json.dumps(labels), "target": target}]
        metadata = {"name": self.name, "annotations": {"patched": "yes"}}
        patch = {"apiVersion": f"{group}/v1", "kind": self.kind, "metadata": metadata}
        self.files["patch.yml"] = json.dumps(patch)
        options = {"allowNameChange": self.flag(), "allowKindChange": self.flag()}
        more = self.keys(0.5, target=lambda: target, options=lambda: options)
        return [{"path": "patch.yml", **more}]

    def manifests(self) -> list[str]:
        rule = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
        role = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": {"name": "reader"},
            "rules": [rule],
        }
        self.files["role.yml"] = yaml.safe_dump(role)
        return ["role.yml"]

    # ConfigMaps, Secrets and registries

    def generators(self, section: str) -> Data:
        data: Data = {}
        scheme = section.removesuffix("s")
        for name in dict.fromkeys(self.pick(self.objects) for _ in range(self.pick([1, 2]))):
            form = self.pick(["envs", "files", "literals"])
            kind = self.pick_of(["Opaque"], list(SECRET_TYPES)) if scheme == "secret" else ""
            keys = list(SECRET_TYPES.get(kind, ())) + self.some_of(KEYS, KEYS_AT_THE_END)
            keys = list(dict.fromkeys(keys))
            self.data_keys[scheme, name] = keys
            entry: Data = {"name": name} | ({"type": kind} if kind not in ("", "Opaque") else {})
            if scheme == "secret" and self.maybe(0.2):
                entry |= self.external(name)
            else:
                entry["files"] = self.data_files(form, keys)
            data.setdefault(form, []).append(entry)
            if scheme == "secret" and "files" in entry and self.maybe(0.2):
                data["public"] = [f"{name}/{keys[0]}"]
        return data

    def data_files(self, form: str, keys: list[str]) -> list[str]:
        """Return what an entry lists as its files, after a file for each of them is made."""
        start = f"data-{len(self.files)}"
        values = {key: self.pick_of([f"value-of-{key}"], TEXTS_AT_THE_END) for key in keys}
        if form == "files":
            numbered = enumerate(map(self.content, values.values()))
            contents = {f"{start}-{number}": content for number, content in numbered}
            self.files |= contents
            return [f"{key}={file}" for key, file in zip(keys, contents, strict=True)]
        dotenv = "".join(f"{key}={value}\n" for key, value in values.items())
        self.files[start] = dotenv if form == "envs" else yaml.safe_dump(values)
        return [start]

    def content(self, text: str) -> str | bytes:
        if not self.maybe(self.strangeness):
            return f"{text}\n"
        most = "x" * (2**20 - self.pick([0, -1, 100]))
        bytes_: tuple[str | bytes, ...] = (b"\xff\x00", b"\xef\xbb\xbfa", "", most)
        return self.pick([*bytes_, "\0", "a\r\nb\r\n", "\x7f"])

    def external(self, name: str) -> Data:
        """Return keys of an entry of `secrets` whose values are in an external store."""
        stores = self.pick_of(["vault"], OBJECTS_AT_THE_END)
        store = {"store": stores, "kind": self.pick(["SecretStore", "ClusterSecretStore"])}
        store |= self.keys(0.3, refreshInterval=lambda: self.pick_of(["1h30m", "15m"], INTERVALS))
        remote = {"remote": self.pick_of(["shop/database"], TEXTS_AT_THE_END)}
        remote |= self.keys(0.5, property=lambda: self.pick_of(["password"], TEXTS_AT_THE_END))
        keys = dict.fromkeys(self.data_keys["secret", name], remote)
        return {"backend": {"external-secret": store}, "keys": keys}

    def registries(self) -> list[Data]:
        self.files["password"] = "k8s-4711-secret\n"
        username = self.pick_of(["robot"], USERNAMES)
        account: Data = {"username": username, "password": {"file": "password"}}
        kind = self.pick(["dockerconfigjson", "dockercfg"])
        hosts = self.some_of(SERVERS[:1], SERVERS)
        entry: Data = {"name": self.pick_of(["registry"], OBJECTS_AT_THE_END), "type": kind}
        if self.maybe(0.3):
            account["password"] = {"remote": "shop/registry", "property": "a"}
            entry["backend"] = {"external-secret": {"store": "vault"}}
        return [entry | {"auths": dict.fromkeys(hosts, account)}]

    # Containers

    def service(self, kind: str) -> Data:
        data: Data = {"image": self.pick_of(IMAGES, IMAGES_AT_THE_END)}
        is_default = kind == "Deployment" and self.maybe(0.7)
        data |= {} if is_default else {"kind": self.pick([kind, kind.lower()])}
        data |= self.keys(0.2, name=lambda: self.pick_of(["main", "app-1"], LABELS_AT_THE_END))
        if kind == "CronJob":
            data["schedule"] = self.pick_of(SCHEDULES, SCHEDULES_AT_THE_END)
        if kind in JOBS:
            data |= self.keys(0.5, restartPolicy=self.one_of("Never", "onfailure"))
        else:
            data |= self.keys(0.6, ports=self.ports)
            data |= self.keys(0.3, rollout=self.one_of(*ROLLOUTS[kind]))
        if kind in ("Deployment", "StatefulSet"):
            data |= self.keys(0.5, replicas=self.replicas)
            data |= self.keys(0.2, disruptionBudget=self.one_of(*BUDGETS))
        secrets = ["registry", "pull.example.com"]
        data |= self.keys(0.2, imagePullSecrets=lambda: self.some_of(secrets, OBJECTS_AT_THE_END))
        data |= self.runs(data.get("ports", ()), is_kept=kind == "StatefulSet")
        if "replicas" in data and isinstance(data["replicas"], str):
            data["resources"] = {"cpu": "10m/100m", "memory": "64Mi"}
        return data

    def replicas(self) -> Any:  # noqa: ANN401 - a number or a range
        if self.maybe(0.6):
            return self.pick([0, 1, 3, 2147483647])
        if not self.maybe(self.strangeness):
            return self.pick(RANGES)
        names = self.some(METRICS, 4)
        targets = [
            self.pick(PERCENTAGES if name in ("cpu", "memory") and self.flag() else QUANTITIES)
            for name in names
        ]
        pairs = [f"{name}={target}" for name, target in zip(names, targets, strict=True)]
        return f"{self.pick(['1-2', '1-2147483647', '2147483646-2147483647'])} {' '.join(pairs)}"

    def ports(self) -> list[str]:
        if self.maybe(0.05):
            return [f"@{self.pick_of(['db.example.com'], EXTERNAL_NAMES)}"]
        mode = self.pick(["", "", "", "!", "%", "#"])
        ports = [f"{mode}80:8080", f"{mode}8443", f"{mode}53:5353", f"{mode}9090:8080"]
        if mode in ("!", "%"):
            ports += ["!30080:8081:81"] if mode == "!" else ["%30081:8082:82"]
        chosen = self.some(ports)
        if self.maybe(self.strangeness):
            chosen = [self.port(mode) for _ in range(self.pick([1, 2, 5, 40]))]
        names = self.some(["http", "tls-1", "dns", "web"], 4)
        if self.maybe(self.strangeness):
            names = self.some(["p" * 15, "0a", "a-0", "b", "80-tls", "x-y-z"], 5)
        protocols = ["", "", "", "tcp://", "udp://", "SCTP://"]
        return [
            (f"{names[index]}=" if index < len(names) and self.maybe(0.4) else "")
            + self.pick(protocols)
            + port
            for index, port in enumerate(chosen)
        ]

    def port(self, mode: str) -> str:
        """Return the numbers of a port with ends of what is right."""
        numbers = ["1", "65535", "443", "10250", "80", "9999", str(self.random.randint(1, 65535))]
        parts = [self.pick(numbers) for _ in range(self.pick([1, 2]))]
        if mode in ("!", "%") and self.flag():
            node = str(self.random.randint(30000, 32767))
            parts = [self.pick([node, node, "30000", "32767"]), *parts, *parts[: 2 - len(parts)]]
        plain = mode in ("!", "%") and len(parts) < 3 and self.maybe(0.3)
        return ("" if plain else mode) + ":".join(parts)

    def runs(self, ports: Sequence[str], *, is_kept: bool = False) -> Data:
        """Return keys that every container has; a StatefulSet's claims are kept."""
        data = self.keys(
            0.3,
            command=lambda: self.pick([["shop", "serve"], ["sh", "-c", "exec a"], [self.text()]]),
            args=lambda: self.pick([["--yes"], ["", "010"], [self.text(), self.text()]]),
            imagePullPolicy=self.one_of("Always", "ifnotpresent", "Never"),
            envs=self.envs,
            resources=self.resources,
            lifecycle=self.lifecycle,
            probes=lambda: self.probes(ports),
        )
        data |= self.keys(0.5, mounts=lambda: self.mounts(is_kept=is_kept))
        return data | self.keys(0.3, container=lambda: self.raw_container(data))

    def container(self) -> Data:
        data = self.keys(0.6, image=lambda: self.pick_of(IMAGES, IMAGES_AT_THE_END))
        ports = ["metrics=9102", "9103", "udp://9104"]
        ends = ["1", "SCTP://65535", f"{'p' * 15}=9105", "0a=tcp://9106", "udp://1", "a=65535"]
        data |= self.keys(0.3, ports=lambda: self.some_of(ports, ends))
        return data | self.runs(())

    def init_container(self) -> Data:
        data = self.container()
        if self.maybe(0.4):
            return data | {"restartPolicy": "Always"}
        return {key: data[key] for key in data if key not in ("ports", "probes", "lifecycle")}

    def envs(self) -> Data:
        data = self.keys(
            0.6,
            valueFrom=self.sources,
            pairs=lambda: {key: self.text() for key in self.some_of(VARIABLES, NAMES_OF_VARIABLES)},
            configmaps=lambda: self.some_of(["settings:true", "defaults"], OBJECTS_AT_THE_END),
            secrets=lambda: self.some_of(["shop-database", "more:false"], OBJECTS_AT_THE_END),
        )
        if self.maybe(0.2):
            self.files["variables.yml"] = "FROM_FILE: 'yes'\nLOG_LEVEL: debug\n"
            data["files"] = ["variables.yml"]
        return data

    def sources(self) -> Data:
        divisors = [
            "1",
            "1k",
            "1M",
            "1G",
            "1T",
            "1P",
            "1E",
            "1Ki",
            "1Mi",
            "1Gi",
            "1Ti",
            "1Pi",
            "1Ei",
        ]
        pages = self.pick(["2Mi", "1Gi", "1", "x", "1e3"])
        sources = [
            f"field://{self.pick(FIELDS)}",
            self.keyed("secret") + self.pick(["", "?optional=true"]),
            self.keyed("configmap"),
            f"resource://limits.memory?divisor={self.pick(divisors)}",
            f"resource://requests.cpu?divisor={self.pick(['1m', '1'])}",
            "resource://limits.ephemeral-storage",
            f"resource://{self.pick(['limits', 'requests'])}.hugepages-{pages}",
        ]
        names = self.some_of(["POD_IP", "DB_URL", "x-y.z"], NAMES_OF_VARIABLES)
        return dict(zip(names, self.some(sources), strict=False))

    def keyed(self, scheme: str) -> str:
        name = self.pick(self.objects)
        known = self.data_keys.get((scheme, name))
        return f"{scheme}://{name}/{self.pick(known) if known else self.pick_of(KEYS, KEYS_AT_THE_END)}"

    def resources(self) -> Data:
        found = dict(self.some(RESOURCES, 4))
        if self.maybe(self.strangeness):
            found = {name: self.amount(values) for name, values in self.some(self.amounts(), 4)}
        if self.maybe(self.strangeness):
            found |= [self.pick(HUGE_PAGES)]
        return {"cpu": "1", **found} if "hugepages-" in str(found) else found

    def amounts(self) -> list[tuple[str, Sequence[str]]]:
        known = [("cpu", QUANTITIES), ("memory", BYTES), ("ephemeral-storage", BYTES)]
        return [*known, *((name, WHOLE) for name in self.some(EXTENDED, 2))]

    def amount(self, values: Sequence[str]) -> str:
        """Return a request and limit, or one of both."""
        one = self.pick(values)
        return self.pick(
            [one, one, f"{one}/", f"/{one}", f"{one}/{one}", f"{self.pick(values)}/{one}"]
        )

    def lifecycle(self) -> Data:
        actions = ["sleep 10", ["sh", "-c", "exit 0"], "http://:8080/stop"]
        if self.maybe(self.strangeness):
            actions = [each for each in ACTIONS_AT_THE_END if "tcp" not in each.lower()]
        return self.keys(0.6, preStop=self.one_of(*actions), postStart=self.one_of(*actions))

    def probes(self, ports: Sequence[str]) -> Data:
        is_named = any(port.startswith("http=") and "udp" not in port.lower() for port in ports)
        actions = [each for each in ACTIONS if is_named or ":http/" not in each]
        if self.maybe(self.strangeness):
            actions = [*ACTIONS_AT_THE_END]
        if self.is_restricted:
            actions = [each for each in actions if "://:" in each or " " in each]
        return self.keys(
            0.5,
            liveness=lambda: self.probe([*actions, self.pick(GRPC)], is_readiness=False),
            readiness=lambda: self.probe([*actions, ["true"]], is_readiness=True),
            startup=lambda: self.probe(actions, is_readiness=False),
        )

    def probe(self, actions: Sequence[Any], *, is_readiness: bool) -> Data:
        data: Data = {"action": self.pick(actions)}
        if str(data["action"]).startswith("http"):
            data |= self.keys(0.3, headers=lambda: dict(self.some_of(HEADERS[:2], HEADERS)))
        numbers = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold")
        data |= self.keys(0.3, **dict.fromkeys(numbers, self.one_of(*SECONDS)))
        key = "successThreshold" if is_readiness else "terminationGracePeriodSeconds"
        return data | self.keys(0.2, **{key: self.one_of(*SECONDS[1:])})

    def mounts(self, *, is_kept: bool) -> Data:
        return {
            path: self.mount(is_kept=is_kept) for path in self.some_of(PATHS, PATHS_AT_THE_END, 4)
        }

    def mount(self, *, is_kept: bool) -> Any:  # noqa: ANN401 - a line or a list of lines
        if self.maybe(0.15):
            lines = [f"configmap://{self.pick(self.objects)}", self.pick(_MOUNTS["token"])]
            return self.some([*lines, self.keyed("secret") + "?mode=0400"])
        is_new = self.version in VERSIONS[-3:]
        absent = [*["image"] * (not is_new), *["hostpath", "nfs"] * self.is_restricted]
        schemes = [each for each in _MOUNTS if each not in absent]
        scheme = self.pick(schemes)
        forms = _MOUNTS[scheme]
        if scheme in ("configmap", "secret"):
            name = self.pick([f"{scheme}://{self.pick(self.objects)}", self.keyed(scheme)])
            return name + self.pick(forms)
        line = self.pick_of(forms, _MOUNTS_AT_THE_END.get(scheme, forms))
        return line.replace("RWX", "RWO,ROX") if is_kept and self.maybe(0.5) else line

    # Fields of Kubernetes' own

    def raw_container(self, data: Data) -> Data:
        own = self.keys(
            0.2,
            stdin=self.flag,
            tty=self.flag,
            workingDir=self.one_of("/srv", "a"),
            terminationMessagePath=self.one_of("/dev/log"),
            terminationMessagePolicy=self.one_of("File", "FallbackToLogsOnError"),
            securityContext=lambda: self.keys(
                0.3,
                runAsNonRoot=self.flag,
                readOnlyRootFilesystem=self.flag,
                runAsGroup=self.number(1, 2000),
                procMount=self.one_of("Default"),
                seLinuxOptions=lambda: {"level": "s0:c1,c2"},
            ),
            env=lambda: [{"name": "RAW", "value": "1"}],
            envFrom=lambda: [{"prefix": "P_", "configMapRef": {"name": "raw"}}],
            ports=lambda: [{"containerPort": 7000, "name": "raw", "protocol": "TCP"}],
        )
        if not data.get("lifecycle") and self.maybe(0.1):
            own["terminationMessagePolicy"] = "File"
        return own

    def pod(self, kind: str) -> Data:
        term = {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64", "arm64"]}
        terms = {"nodeSelectorTerms": [{"matchExpressions": [term]}]}
        required = {"requiredDuringSchedulingIgnoredDuringExecution": terms}
        seconds = {"activeDeadlineSeconds": self.number(1, 600)} if kind in JOBS else {}
        security: dict[str, Callable[[], Any]] = {
            "supplementalGroups": self.one_of([1, 2]),
            "fsGroupChangePolicy": self.one_of("OnRootMismatch"),
            "sysctls": self.one_of([{"name": "kernel.shm_rmid_forced", "value": "1"}]),
        }
        toleration = {"key": "raw", "operator": "Exists", "effect": "NoExecute"}
        return self.keys(
            0.15,
            nodeSelector=lambda: {"kubernetes.io/arch": "amd64"},
            affinity=lambda: {"nodeAffinity": required},
            priorityClassName=self.one_of("high"),
            terminationGracePeriodSeconds=self.one_of(0, 40),
            hostAliases=lambda: [{"ip": "10.0.0.1", "hostnames": ["a.example.com"]}],
            shareProcessNamespace=self.flag,
            automountServiceAccountToken=self.flag,
            enableServiceLinks=self.flag,
            schedulerName=self.one_of("other"),
            runtimeClassName=self.one_of("gvisor"),
            subdomain=self.one_of("sub"),
            hostname=self.one_of("host"),
            readinessGates=lambda: [{"conditionType": "example.com/ready"}],
            securityContext=lambda: self.keys(0.4, **security),
            tolerations=lambda: [{**toleration, "tolerationSeconds": 60}],
            topologySpreadConstraints=self.raw_spread,
            volumes=lambda: VOLUMES,
            **seconds,
            **({} if self.is_restricted else self.unrestricted()),
        )

    def unrestricted(self) -> dict[str, Callable[[], Any]]:
        """Return makers of fields that do not go with `security: restricted`."""
        return {
            "hostNetwork": self.flag,
            "containers": lambda: [{"name": "raw", "image": "raw", "args": ["a"]}],
            "initContainers": lambda: [{"name": "raw-init", "image": "raw"}],
        }

    def raw_spread(self) -> list[Data]:
        labels = {"matchLabels": {"app": self.name}}
        known = {"topologyKey": "example.com/room", "labelSelector": labels}
        return [{"maxSkew": 2, "whenUnsatisfiable": "DoNotSchedule", **known}]

    def sections(self, kind: str) -> dict[str, Callable[[], Data]]:
        """Return the makers of the raw sections that go with a kind of workload."""
        makers = {
            "Deployment": self.deployment,
            "StatefulSet": self.stateful_set,
            "DaemonSet": self.daemon_set,
            "CronJob": self.cron_job,
            "Job": self.job,
        }
        both = {"job": self.job} if kind == "CronJob" else {}
        return {kind.lower(): makers[kind], **both}

    def deployment(self) -> Data:
        return self.keys(
            0.4,
            minReadySeconds=self.number(0, 60),
            revisionHistoryLimit=self.number(0, 20),
            progressDeadlineSeconds=self.number(100, 600),
            paused=self.flag,
        )

    def stateful_set(self) -> Data:
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        return self.keys(
            0.3,
            podManagementPolicy=self.one_of("Parallel", "OrderedReady"),
            serviceName=self.one_of("peers", self.name),
            minReadySeconds=self.number(0, 60),
            revisionHistoryLimit=self.number(0, 20),
            persistentVolumeClaimRetentionPolicy=self.one_of(
                {"whenDeleted": "Delete"}, {"whenDeleted": "Retain", "whenScaled": "Delete"}
            ),
            ordinals=lambda: {"start": 1},
            volumeClaimTemplates=lambda: [{"metadata": {"name": "raw-claim"}, "spec": spec}],
        )

    def daemon_set(self) -> Data:
        return self.keys(
            0.4, minReadySeconds=self.number(0, 60), revisionHistoryLimit=self.number(0, 20)
        )

    def cron_job(self) -> Data:
        return self.keys(
            0.4,
            concurrencyPolicy=self.one_of("Allow", "Forbid", "Replace"),
            startingDeadlineSeconds=self.number(0, 600),
            suspend=self.flag,
            successfulJobsHistoryLimit=self.number(0, 9),
            failedJobsHistoryLimit=self.number(0, 9),
        )

    def job(self) -> Data:
        data = self.keys(
            0.3,
            parallelism=self.number(0, 5),
            backoffLimit=self.number(0, 6),
            activeDeadlineSeconds=self.number(1, 3600),
            ttlSecondsAfterFinished=self.number(0, 3600),
            suspend=self.flag,
            completions=self.number(1, 9),
        )
        if "completions" in data and self.maybe(0.5):
            data["completionMode"] = "Indexed"
        return data


_MOUNTS: dict[str, tuple[str, ...]] = {
    "configmap": ("", "", "?mode=0440", "?optional=true", "?readOnly=false"),
    "secret": ("", "?mode=400&optional=false", "?readOnly=true"),
    "pvc": (
        *("pvc://files", "pvc://files/sub/path?readOnly=true", "pvc://data?size=10Gi"),
        *("pvc://shared?size=10Gi&class=fast&access=RWX", "pvc://static?size=1Gi&class="),
    ),
    "emptydir": (
        *("emptydir://", "emptydir://work", "emptydir://work/sub", "emptydir://?sizeLimit=64Mi"),
        *("emptydir://memory?medium=Memory&sizeLimit=1Gi", "emptydir://?medium=HugePages-2Mi"),
    ),
    "hostpath": ("hostpath:///var/log", "hostpath:///run/x.sock?type=socket&readOnly=true"),
    "nfs": ("nfs://nas.example.com/export", "nfs://10.0.0.9/a/b?readOnly=true"),
    "csi": (
        "csi://inline.storage.example.com?size=1Gi&mode=a%26b",
        "csi://secrets-store.csi.k8s.io?readOnly=true&secretProviderClass=aws",
    ),
    "image": ("image://registry.example.com/models:1.0?pullPolicy=always", "image://data"),
    "token": ("token://token", "token://vault?audience=vault&expirationSeconds=600"),
    "volume": ("volume://raw", "volume://raw/sub?readOnly=true"),
}
_MOUNTS_AT_THE_END: dict[str, tuple[str, ...]] = {
    "pvc": (
        *(f"pvc://{name}" for name in OBJECTS_AT_THE_END),
        *(f"pvc://{'p' * 63}?size={size}" for size in BYTES),
        *(f"pvc://c?size=1Gi&class={name}" for name in OBJECTS_AT_THE_END),
        *(f"pvc://{name}?size=1Gi&access=rwop" for name in LABELS_AT_THE_END),
        *("pvc://d?size=1&access=ReadWriteOnce,ROX,rwx", "pvc://e/a..b/...?readOnly=false"),
        *("pvc://f/" + "s" * 5000, "pvc://g/a b/ä", "pvc://h/.", "pvc://i/a//b", "pvc://j/a/"),
        *("pvc://k.l?size=1Gi", "pvc://m?size=1e3&class=&access=ROX"),
    ),
    "emptydir": (
        *(f"emptydir://{name}" for name in LABELS_AT_THE_END),
        *(f"emptydir://?sizeLimit={size}" for size in BYTES),
        *(f"emptydir://?medium=hugepages-{size}" for size in ("1Gi", "1", "1e3", "0.5Ki", "x")),
        *("EMPTYDIR://?medium=memory&sizeLimit=0", "emptydir://?medium=HugePages"),
    ),
    "hostpath": (
        *(
            "hostpath:///",
            "hostpath://///a",
            "hostpath:///a b/ä:c",
            "hostpath:///.",
            "hostpath:///a...b",
        ),
        *(
            f"hostpath:///a?type={kind}"
            for kind in ("directory", "DirectoryOrCreate", "fileorcreate")
        ),
        *(f"hostpath:///b?type={kind}" for kind in ("File", "CharDevice", "BlockDevice")),
        "hostpath:///" + "h" * 5000,
    ),
    "nfs": tuple(
        f"nfs://{server}/{path}" for server in SOURCES_OF_NFS for path in ("", "a b", "/ä")
    ),
    "csi": (
        *(
            f"csi://{'d' * 63}",
            "csi://A.b",
            "csi://0",
            "csi://a?b=",
            "csi://a?ä=%C3%A4&c=d%26e&f=a=b",
        ),
        *(
            "csi://" + ".".join(["d"] * 32),
            "csi://a?" + "&".join(f"k{i}={'v' * 99}" for i in range(50)),
        ),
        *("csi://a?K!=1", "csi://a? =a", "csi://a?nodePublishSecretRef=a"),
    ),
    "image": (
        *(f"image://{each}" for each in IMAGES_AT_THE_END),
        "image://a?pullPolicy=IFNOTPRESENT",
    ),
    "token": (
        *(f"token://{key}" for key in KEYS_AT_THE_END),
        *(
            f"token://a?audience={text}"
            for text in ("ä", "a%20b", "x" * 5000, "https://a/?b%26", "%F0%9F%98%80")
        ),
        *(
            f"token://b?expirationSeconds={number}"
            for number in (600, 4294967296, 86400, 4294967295)
        ),
    ),
    "volume": ("volume://raw/..a", "volume://raw/a..", "volume://keys/.../b", "volume://raw/a//b"),
}
