"""Whole random kustz.yml over all keys, mostly valid, each made from one number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar

import yaml

from kustz_tpl.errors import InputError
from kustz_tpl.pipeline import Generated, Generator, Source

Data = dict[str, Any]
T = TypeVar("T")

KINDS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job")
JOBS = ("CronJob", "Job")
WITH_SUFFIX = ("StatefulSet", "CronJob")
NAMES = ("web", "shop", "a", "payments-api", "web-2", "x" * 40, "y" * 52, "z" * 63)
VERSIONS = ("1.25", "1.28", "1.29", "1.30", "1.31", "1.33", "1.35", "1.36", "1.37")
IMAGES = (
    "nginx",
    "nginx:1.29",
    "registry.example.com:5000/team/shop:1.10",
    "a/b@sha256:" + "0" * 64,
)
OBJECTS = ("settings", "shop-database", "tls.example.com", "ca")
KEYS = ("url", "tls.crt", "application.yml", "A_B")
TEXTS = (
    "",
    "info",
    "yes",
    "010",
    "1e3",
    "2001-01-01",
    "$(LOG_LEVEL)",
    "$$(A)",
    "a b",
    "ä:'\"",
    "x\ny",
)
LABELS = (("tier", "backend"), ("example.com/team", "store"), ("version", "v1"), ("empty", ""))
ANNOTATIONS = (("note", "a: b"), ("Example.com/Owner", "on"), ("prometheus.io/scrape", "true"))
PATHS = (
    "/data",
    "/etc/shop",
    "/tmp",
    "/var/log",
    "/run/a.sock",
    "/etc/nginx/nginx.conf",
    "/srv/a b",
)
QUANTITIES = ("1", "2", "4")
FIELDS = (
    *("metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels['app']"),
    *("metadata.annotations['Example.com/Owner']", "spec.nodeName", "spec.serviceAccountName"),
    *("status.hostIP", "status.podIP", "status.podIPs"),
)
SCHEDULES = (
    *("30 2 * * *", "*/15 8-18 * jan-DEC mon-fri", "0 0 1,15 * ? Europe/Berlin"),
    *("@daily", "@hourly UTC", "@every 90m", "? * * * sun", "5/15 * * * * America/New_York"),
)
ROLLOUTS = {
    "Deployment": ("Recreate", "recreate", "1/0", "0/1", "25%/", "/50%", "150%/0", "2/100%"),
    "StatefulSet": ("OnDelete",),
    "DaemonSet": ("OnDelete", "1/0", "0/1", "/1", "/10%", "10%/0", "2/"),
}
TOLERATIONS = (
    *(
        "dedicated=payments:NoSchedule",
        "node-role.kubernetes.io/control-plane",
        "*",
        "a=:noexecute",
    ),
    *("example.com/gpu:PreferNoSchedule", "*:NoExecute", "b=c", "d:NoExecute"),
)
SECURITY = ("readOnlyRootFilesystem", "runAsUser=10001", "runAsGroup=1", "fsGroup=2")
RANGES = (
    *("2-10", "1-3 cpu=75%", "2-4 memory=80% cpu=500m", "1-2 http_requests_per_second=100"),
    *("3-2147483647 cpu=1000%", "1-5 queue.depth=1.5 memory=1Gi"),
)
RESOURCES = (
    *(("cpu", "10m/100m"), ("cpu", "1"), ("cpu", "0.5/"), ("memory", "64Mi/128Mi")),
    *(("memory", "1e9"), ("memory", "/1Gi"), ("ephemeral-storage", "1Gi/2Gi")),
    *(("nvidia.com/gpu", "1"), ("example.com/fpga", "/2"), ("hugepages-2Mi", "4Mi")),
)
ACTIONS = (
    *(
        "http://:8080/healthz?full=1",
        "https://[::1]:8443",
        "tcp://:8080",
        "tcp://db.example.com:5432",
    ),
    *("cat /tmp/healthy", "sh -c 'exit 0'", "http://:http/ready"),
)


ROUTES = (["Ingress", "HTTPRoute"], ["HTTPRoute", "virtualservice"])
GATEWAYS: tuple[Any, ...] = (
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
RAW_SECTIONS = ("container", "pod", *(kind.lower() for kind in KINDS))
VOLUMES = [{"name": "raw", "emptyDir": {}}, {"name": "keys", "secret": {"secretName": "k"}}]


class RandomConfig(NamedTuple):
    """Hold the text of a kustz.yml and the data files that it names.

    `is_for_cluster` is False where a field of Kubernetes' own has a value that only a cluster
    judges.
    """

    text: str
    files: dict[str, str]
    is_for_cluster: bool


def random_config(seed: int) -> RandomConfig:
    """Return the config that belongs to a number; every third one has a random mistake."""
    maker = _Maker(Random(seed))
    data = json.loads(json.dumps(maker.config()))
    is_own = seed % 3 == 0 and _spoil(data, maker.random)
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    return RandomConfig(text, maker.files, is_for_cluster=not is_own)


def generate(config: RandomConfig, folder: Path, generator: Generator) -> Generated | InputError:
    """Return what a config generates in a folder that gets its data files, or why it is refused."""
    for name, text in config.files.items():
        (folder / name).write_text(text, "utf-8")
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
    inner[key] = random.choice([*random.choices(values, k=3), None, "", "-", 0, [], {}, "a b"])
    return is_raw


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
        self.files: dict[str, str] = {}
        self.kind = self.pick(KINDS)
        self.name = self.pick(NAMES[:-1] if self.kind in WITH_SUFFIX else NAMES)
        self.version = self.pick(VERSIONS) if self.maybe(0.4) else None
        self.is_restricted = self.maybe(0.2)
        self.data_keys: dict[tuple[str, str], list[str]] = {}

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def pick(self, values: Sequence[T]) -> T:
        return self.random.choice(values)

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
        data |= self.keys(0.2, apiVersion=lambda: "kustz/v1")
        data |= self.keys(
            0.25,
            namespace=self.one_of("store", "1-a"),
            labels=lambda: dict(self.some(LABELS)),
            annotations=lambda: dict(self.some(ANNOTATIONS)),
            selector=self.selector,
            nameSuffixHash=self.flag,
            values=lambda: {"region": "eu", "nested": {"a": [1, "b"]}},
        )
        data |= {"kubeVersion": self.version} if self.version else {}
        data |= self.keys(0.4, configmaps=lambda: self.generators("configmaps"))
        data |= self.keys(0.4, secrets=lambda: self.generators("secrets"))
        data |= self.keys(
            0.1, registries=self.registries, secretBackend=self.one_of("file", "none", {"none": {}})
        )
        data["service"] = self.service(self.kind)
        data |= self.workload_keys(self.kind)
        data |= self.keys(0.3, dns=self.dns)
        if len(self.name) <= 40:
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
        return labels if self.maybe(0.5) else {"app": self.pick(["old", self.name])}

    def workload_keys(self, kind: str) -> Data:
        """Return the keys of the top level that an entry of `workloads` has too."""
        data = self.keys(
            0.25,
            containers=lambda: {
                each: self.container() for each in self.some(["tail", "metrics-1"])
            },
            initContainers=lambda: {
                each: self.init_container() for each in self.some(["migrate", "proxy"])
            },
            serviceAccount=self.account,
            security=self.security,
            spread=self.spread,
            tolerations=lambda: self.some(TOLERATIONS),
            pod=lambda: self.pod(kind),
        )
        return data | self.keys(0.35, **self.sections(kind))

    def account(self) -> Any:  # noqa: ANN401 - a string or a mapping
        if self.maybe(0.3):
            return self.pick(["default", "shop", "robot.example.com"])
        data = self.keys(0.4, name=self.one_of("robot", "a.b"))
        if self.maybe(0.6):
            data["create"] = True
            data |= self.keys(0.5, annotations=lambda: dict(self.some(ANNOTATIONS)))
        return data

    def security(self) -> str:
        words = self.some(SECURITY, 4)
        return " ".join(["restricted", *words] if self.is_restricted else words)

    def spread(self) -> Any:  # noqa: ANN401 - a string or a list
        words = self.some(["zone", "host:required", "region:preferred", "example.com/rack"])
        return words[0] if len(words) == 1 else words

    def dns(self) -> Data:
        config = self.keys(
            0.5,
            nameservers=lambda: self.some(["10.9.8.7", "2001:db8::1", "1.1.1.1"]),
            searches=lambda: self.some(["ns1.svc.cluster.local", "example.com."]),
            options=lambda: self.some(["ndots:2", "edns0", "timeout:1"]),
        )
        is_whole = "nameservers" in config
        policies = ["Default", "clusterfirst", "ClusterFirstWithHostNet", *["None"] * is_whole]
        data: Data = {"config": config} if config else {}
        return data | self.keys(0.5 if is_whole else 1, policy=self.one_of(*policies))

    def workloads(self) -> Data:
        return {each: self.entry() for each in self.some(["worker", "nightly", "api"], 2)}

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
        for each in self.some(["admin", "other", "internal"], 2):
            ports = self.ports()
            is_mapping = self.maybe(0.5)
            more = self.keys(0.4, annotations=lambda: dict(self.some(ANNOTATIONS)))
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
            data["gateways"] = self.pick(GATEWAYS)
            by_scheme = isinstance(data["gateways"], dict) and "ngress" not in str(kind)
            rules += ["http://old.example.com/*?redirect=https"] * by_scheme
        data |= {"rules": self.some(rules, 5)}
        data |= self.keys(0.3, annotations=lambda: dict(self.some(ANNOTATIONS)))
        classes = self.keys(0.3, **{"class": self.one_of("nginx", "a.example.com")})
        return data | (classes if "ngress" in str(kind) else {})

    def metadata(self, data: Data) -> Data:
        kinds = self.some(list(self.kinds_of(data)), 9)
        return {
            kind: self.keys(
                0.6,
                labels=lambda: dict(self.some([*LABELS, ("kind", "other")])),
                annotations=lambda: dict(self.some([*ANNOTATIONS, ("kind", "other")])),
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
        for name in self.some(OBJECTS, 2):
            form = self.pick(["envs", "files", "literals"])
            keys = self.some(KEYS)
            scheme = section.removesuffix("s")
            self.data_keys[scheme, name] = keys
            entry: Data = {"name": name}
            if scheme == "secret" and self.maybe(0.2):
                entry = self.external(name)
            else:
                entry["files"] = self.data_files(form, f"{scheme}-{name}", keys)
            data.setdefault(form, []).append(entry)
            if scheme == "secret" and "files" in entry and self.maybe(0.2):
                data["public"] = [f"{name}/{keys[0]}"]
        return data

    def data_files(self, form: str, name: str, keys: list[str]) -> list[str]:
        if form == "files":
            self.files |= dict.fromkeys((f"{name}-{key}" for key in keys), "content 4711\n")
            return [f"{key}={name}-{key}" for key in keys]
        lines = {key: f"value-of-{key}" for key in keys}
        dotenv = "".join(f"{key}={value}\n" for key, value in lines.items())
        self.files[name] = dotenv if form == "envs" else yaml.safe_dump(lines)
        return [name]

    def external(self, name: str) -> Data:
        """Return an entry of `secrets` whose values are in an external store."""
        store = {"store": "vault", "kind": self.pick(["SecretStore", "ClusterSecretStore"])}
        store |= self.keys(0.3, refreshInterval=self.one_of("1h30m", "15m"))
        remote = {"remote": "shop/database"} | self.keys(0.5, property=self.one_of("password"))
        keys = dict.fromkeys(self.data_keys["secret", name], remote)
        return {"name": name, "backend": {"external-secret": store}, "keys": keys}

    def registries(self) -> list[Data]:
        self.files["password"] = "k8s-4711-secret\n"
        account = {"username": "robot", "password": {"file": "password"}}
        kind = self.pick(["dockerconfigjson", "dockercfg"])
        host = "registry.example.com:5000"
        return [{"name": "registry", "type": kind, "auths": {host: account}}]

    # Containers

    def service(self, kind: str) -> Data:
        data: Data = {"image": self.pick(IMAGES)}
        is_default = kind == "Deployment" and self.maybe(0.7)
        data |= {} if is_default else {"kind": self.pick([kind, kind.lower()])}
        data |= self.keys(0.2, name=self.one_of("main", "app-1"))
        if kind == "CronJob":
            data["schedule"] = self.pick(SCHEDULES)
        if kind in JOBS:
            data |= self.keys(0.5, restartPolicy=self.one_of("Never", "onfailure"))
        else:
            data |= self.keys(0.6, ports=self.ports)
            data |= self.keys(0.3, rollout=self.one_of(*ROLLOUTS[kind]))
        if kind in ("Deployment", "StatefulSet"):
            data |= self.keys(0.5, replicas=self.replicas)
            data |= self.keys(0.2, disruptionBudget=self.one_of("1", "25%", "100%", 1))
        data |= self.keys(0.2, imagePullSecrets=lambda: self.some(["registry", "pull.example.com"]))
        data |= self.runs(data.get("ports", ()), is_kept=kind == "StatefulSet")
        if "replicas" in data and isinstance(data["replicas"], str):
            data["resources"] = {"cpu": "10m/100m", "memory": "64Mi"}
        return data

    def replicas(self) -> Any:  # noqa: ANN401 - a number or a range
        return self.pick(RANGES) if self.maybe(0.4) else self.pick([0, 1, 3, 2147483647])

    def ports(self) -> list[str]:
        if self.maybe(0.05):
            return ["@db.example.com"]
        mode = self.pick(["", "", "", "!", "%", "#"])
        ports = [f"{mode}80:8080", f"{mode}8443", f"{mode}53:5353", f"{mode}9090:8080"]
        if mode in ("!", "%"):
            ports += ["!30080:8081:81"] if mode == "!" else ["%30081:8082:82"]
        chosen = self.some(ports)
        names = self.some(["http", "tls-1", "dns", "web"], 4)
        protocols = ["", "", "", "tcp://", "udp://", "SCTP://"]
        return [
            (f"{names[index]}=" if index < len(names) and self.maybe(0.4) else "")
            + self.pick(protocols if mode != "%" else protocols[:4])
            + port
            for index, port in enumerate(chosen)
        ]

    def runs(self, ports: Sequence[str], *, is_kept: bool = False) -> Data:
        """Return keys that every container has; a StatefulSet's claims are kept."""
        data = self.keys(
            0.3,
            command=lambda: self.pick([["shop", "serve"], ["sh", "-c", "exec a"]]),
            args=lambda: self.pick([["--yes"], ["", "010"]]),
            imagePullPolicy=self.one_of("Always", "ifnotpresent", "Never"),
            envs=self.envs,
            resources=self.resources,
            lifecycle=self.lifecycle,
            probes=lambda: self.probes(ports),
        )
        data |= self.keys(0.5, mounts=lambda: self.mounts(is_kept=is_kept))
        return data | self.keys(0.3, container=lambda: self.raw_container(data))

    def container(self) -> Data:
        data = self.keys(0.6, image=self.one_of(*IMAGES))
        data |= self.keys(0.3, ports=lambda: self.some(["metrics=9102", "9103", "udp://9104"]))
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
            pairs=lambda: {key: self.pick(TEXTS) for key in self.some(["LOG_LEVEL", "A", "b.c-d"])},
            configmaps=lambda: self.some(["settings:true", "defaults"]),
            secrets=lambda: self.some(["shop-database", "more:false"]),
        )
        if self.maybe(0.2):
            self.files["variables.yml"] = "FROM_FILE: 'yes'\nLOG_LEVEL: debug\n"
            data["files"] = ["variables.yml"]
        return data

    def sources(self) -> Data:
        sources = [
            f"field://{self.pick(FIELDS)}",
            self.keyed("secret") + self.pick(["", "?optional=true"]),
            self.keyed("configmap"),
            "resource://limits.memory?divisor=1Mi",
            "resource://requests.cpu?divisor=1m",
            "resource://limits.ephemeral-storage",
        ]
        return dict(zip(["POD_IP", "DB_URL", "x-y.z"], self.some(sources), strict=False))

    def keyed(self, scheme: str) -> str:
        name = self.pick(OBJECTS)
        return f"{scheme}://{name}/{self.pick(self.data_keys.get((scheme, name), KEYS))}"

    def resources(self) -> Data:
        found = dict(self.some(RESOURCES, 4))
        return {"cpu": "1", **found} if "hugepages-2Mi" in found else found

    def lifecycle(self) -> Data:
        actions = ["sleep 10", ["sh", "-c", "exit 0"], "http://:8080/stop"]
        return self.keys(0.6, preStop=self.one_of(*actions), postStart=self.one_of(*actions))

    def probes(self, ports: Sequence[str]) -> Data:
        is_named = any(port.startswith("http=") and "udp" not in port.lower() for port in ports)
        actions = [each for each in ACTIONS if is_named or ":http/" not in each]
        if self.is_restricted:
            actions = [each for each in actions if "://:" in each or " " in each]
        return self.keys(
            0.5,
            liveness=lambda: self.probe([*actions, "grpc://:9000/shop"], is_readiness=False),
            readiness=lambda: self.probe([*actions, ["true"]], is_readiness=True),
            startup=lambda: self.probe(actions, is_readiness=False),
        )

    def probe(self, actions: Sequence[Any], *, is_readiness: bool) -> Data:
        data: Data = {"action": self.pick(actions)}
        if str(data["action"]).startswith("http"):
            data |= self.keys(0.3, headers=lambda: {"X-Probe": "a b", "Host": "a"})
        numbers = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold")
        data |= self.keys(0.3, **dict.fromkeys(numbers, self.number(0, 30)))
        key = "successThreshold" if is_readiness else "terminationGracePeriodSeconds"
        return data | self.keys(0.2, **{key: self.number(1, 9)})

    def mounts(self, *, is_kept: bool) -> Data:
        return {path: self.mount(is_kept=is_kept) for path in self.some(PATHS, 4)}

    def mount(self, *, is_kept: bool) -> Any:  # noqa: ANN401 - a line or a list of lines
        if self.maybe(0.15):
            lines = [f"configmap://{self.pick(OBJECTS)}", "token://token?audience=a"]
            return self.some([*lines, self.keyed("secret") + "?mode=0400"])
        is_new = self.version in VERSIONS[-3:]
        absent = [*["image"] * (not is_new), *["hostpath", "nfs"] * self.is_restricted]
        schemes = [each for each in _MOUNTS if each not in absent]
        scheme = self.pick(schemes)
        forms = _MOUNTS[scheme]
        if scheme in ("configmap", "secret"):
            name = self.pick([f"{scheme}://{self.pick(OBJECTS)}", self.keyed(scheme)])
            return name + self.pick(forms)
        line = self.pick(forms)
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
