from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl import kinds
from kustz_tpl.schema import is_secret, normalise
from kustz_tpl.yaml_source import override, read

MINIMAL = "name: shop\nservice: {image: nginx}\n"


def diagnostics(text: str, *overrides: tuple[str, str]) -> list[str]:
    document = read(text.encode(), "f.yml", is_secret)
    for path, value in overrides:
        document = override(document, path, value, f"--set {path}")
    config, document = normalise(document)
    assert not document.diagnostics
    found = sorted(kinds.check(config, document), key=lambda each: (each.line, each.column))
    return [str(problem).removeprefix("f.yml:") for problem in found if problem.severity == "error"]


def service(*lines: str) -> str:
    return "name: shop\nservice:\n  image: nginx\n" + "".join(f"  {line}\n" for line in lines)


RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
ESCAPED = RANGES.replace(".", "\\.")


APP_ARMOR = "container.apparmor.security.beta.kubernetes.io"
APP_ARMOR_ESCAPED = APP_ARMOR.replace(".", "\\.")


def ranges(value: str, ports: str = '["%80"]') -> str:
    annotations = f'annotations: {{{RANGES}: "{value}"}}'
    return service(f"ports: {ports}") + f"metadata:\n  service:\n    {annotations}\n"


def pod_annotation(key: str, value: str) -> str:
    return f"{MINIMAL}metadata:\n  pod: {{annotations: {{{key}: {value}}}}}\n"


def ingress(*rules: str, ports: str = "[80]", more: str = "") -> str:
    lines = "".join(f"  - {rule}\n" for rule in rules)
    return (
        f"name: shop\nservice: {{image: nginx, ports: {ports}}}\ningress:\n  rules:\n{lines}{more}"
    )


@pytest.mark.parametrize(
    "text",
    [
        MINIMAL,
        service("ports: [80, '!81', 82:8080, 'udp://80']"),
        service("ports: ['%80', 81]"),
        service("ports: ['#80', '#81']"),
        service("ports: ['@db.example.com']"),
        service("ports: ['!30000:80:80', 'udp://!30000:80:80']"),
        service("ports: [10250, '!10251']"),
        service("ports: ['%10250']\nkubeVersion: 1.33"),
        service("imagePullSecrets: [a, b]"),
        service("envs: {configmaps: [a, a:true], secrets: [a]}"),
        service("resources: {cpu: 1/2, memory: 1Gi, nvidia.com/gpu: 1, hugepages-2Mi: 4Mi}"),
        service("probes: {liveness: {action: ls, successThreshold: 0, terminationGracePeriodSeconds: 5}}"),
        service("probes: {readiness: {action: 'http://:80', successThreshold: 3, headers: {A: 'b\tc'}}}"),
        service("probes: {startup: {action: 'https://:80', successThreshold: 1, headers: {A: ''}}}"),
        "name: 1shop\nservice: {image: nginx}",
        "name: 1shop\nkubeVersion: 1.36\nservice: {image: nginx, ports: [80]}",
        f"{MINIMAL}dns: {{config: {{options: [a]}}, policy: Default}}",
        f"{MINIMAL}dns: {{config: {{nameservers: [1.1.1.1, 1.1.1.2, 1.1.1.3], searches: [a, b, c, d, e, f]}}}}",
        f"{MINIMAL}dns: {{policy: Default, config: {{searches: [{', '.join(f'a{i}' for i in range(32))}]}}}}",
        service('probes: {liveness: {action: "http://:80", headers: {A: "\\u2028\\t"}}}'),
        f"{MINIMAL}dns: {{policy: Default, config: {{searches: [{'a' * 60}.{'b' * 60}, {'c' * 60}.{'d' * 60}]}}}}",
        ingress("http://a.b/"),
        ingress("http://a.b/", "http://a.b/*", "http://c.b/", "http://a.b/c"),
        ingress("http://a.b/?svc=shop:8080", "http://a.b/x?svc=other", "http://a.b/y?svc=other:web", ports="[80, 8080]"),
        ingress("http://a.b/?tls=c", "https://a.b/x?tls=c", "http://a.b/y", "http://c.b/?tls=d"),
        ingress("http://a.b/", ports="['8080:80']"),
        ingress("http://a.b/?svc=other", ports="[]"),
        ingress("http://a.b/", more="  annotations: {kubernetes.io/ingress.class: nginx}\n"),
        f"{MINIMAL}configmaps: {{envs: [{{name: a}}], literals: [{{name: b}}]}}\nsecrets: {{envs: [{{name: a}}]}}",
        f"{MINIMAL}nameSuffixHash: true\nconfigmaps: {{envs: [{{name: {'a' * 242}}}]}}",
        f"{MINIMAL}configmaps: {{envs: [{{name: {'a' * 253}}}]}}",
        f"{MINIMAL}configmaps: {{files: [{{name: a, files: [a/b, c=a/b]}}]}}",
    ],
)  # fmt: skip
def test_accepted(text: str) -> None:
    assert diagnostics(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # ports
        (service("ports:", "- '!80'", "- '%81'"), ["6:5: service.ports[1]: expected ports of one Service type, got '%81' (LoadBalancer) and '!80' (NodePort); the other is at line 5"]),
        (service("ports:", "- 80", "- '#81'"), ["6:5: service.ports[1]: expected ports of one Service type, got '#81' (Headless) and '80' (ClusterIP); the other is at line 5"]),
        (service("ports:", "- '#80'", "- 81"), ["6:5: service.ports[1]: expected ports of one Service type, got '81' (ClusterIP) and '#80' (Headless); the other is at line 5"]),
        (service("ports:", "- '#80'", "- '!81'"), ["6:5: service.ports[1]: expected ports of one Service type, got '!81' (NodePort) and '#80' (Headless); the other is at line 5"]),
        (service("ports:", "- '@a.b'", "- 80"), ["6:5: service.ports[1]: expected ports of one Service type, got '80' (ClusterIP) and '@a.b' (ExternalName); the other is at line 5"]),
        (service("ports:", "- 80", "- '@a.b'"), ["6:5: service.ports[1]: expected ports of one Service type, got '@a.b' (ExternalName) and '80' (ClusterIP); the other is at line 5"]),
        (service("ports:", "- '@a.b'", "- '@a.c'"), ["6:5: service.ports[1]: expected ports of one Service type, got '@a.c' (ExternalName) and '@a.b' (ExternalName); the other is at line 5"]),
        (service("ports:", "- 80", "- '!81'", "- '#82'"), ["7:5: service.ports[2]: expected ports of one Service type, got '#82' (Headless) and '!81' (NodePort); the other is at line 6"]),
        (service("ports:", "- 80", "- 80:81", "- udp://80", "- UDP://80"), [
            "6:5: service.ports[1]: expected unique ports, got 80/TCP twice; the other is at line 5",
            "8:5: service.ports[3]: expected unique ports, got 80/UDP twice; the other is at line 7",
        ]),
        (service("ports:", "- '!30000:80:80'", "- '!30000:81:81'"), ["6:5: service.ports[1]: expected unique node ports, got 30000 twice; the other is at line 5"]),
        (service("ports:", "- '!30000:80:80'", "- 'udp://!30000:81:80'"), ["6:5: service.ports[1]: expected unique node ports, got 30000 twice; the other is at line 5"]),
        (service("ports: ['%10250']"), ["4:11: service.ports[0]: expected no 10250 on a LoadBalancer: the kubelet uses it; or write kubeVersion: 1.33"]),
        # the container
        (service("imagePullSecrets: [a, b, a]"), ["4:28: service.imagePullSecrets[2]: expected unique entries, got 'a' twice; the other is at line 4"]),
        (service("probes: {liveness: {action: ls, successThreshold: 2}}"), ["4:53: service.probes.liveness.successThreshold: expected 1 for a liveness probe, got 2"]),
        (service("probes: {startup: {action: ls, successThreshold: 2}}"), ["4:52: service.probes.startup.successThreshold: expected 1 for a startup probe, got 2"]),
        (service("probes: {readiness: {action: ls, terminationGracePeriodSeconds: 5}}"), ["4:36: service.probes.readiness.terminationGracePeriodSeconds: expected no terminationGracePeriodSeconds: a readiness probe does not end a container"]),
        (service("probes: {liveness: {action: 'tcp://:80', headers: {A: b}}}"), ["4:44: service.probes.liveness.headers: expected headers only with an http or https action"]),
        (service("probes: {liveness: {action: [ls], headers: {A: b}}}"), ["4:37: service.probes.liveness.headers: expected headers only with an http or https action"]),
        (service('probes: {liveness: {action: "http://:80", headers: {A: "b\\nc"}}}'), ["4:58: service.probes.liveness.headers.A: expected a header value without control characters and line endings"]),
        (service("resources: {gpu: 1}"), ["4:15: service.resources.gpu: expected cpu, memory, ephemeral-storage, hugepages-<size> or a name such as nvidia.com/gpu, got 'gpu'; did you mean cpu?"]),
        (service("resources: {memory: 128m}"), ["4:23: service.resources.memory: expected whole bytes, got '128m'; did you mean 128Mi?"]),
        (service("resources: {hugepages-2Mi: 2Mi}"), ["4:15: service.resources.hugepages-2Mi: expected cpu or memory with huge pages"]),
        (service('command: [a, "b\\0"]'), ["4:16: service.command[1]: expected no U+0000, which no process can be given"]),
        (service('args: ["\\x85"]'), ["4:10: service.args[0]: expected a string that kustomize keeps, got U+0085"]),
        (service('envs: {pairs: {A: "\\x7f"}}'), ["4:21: service.envs.pairs.A: expected a string that kustomize keeps, got U+007F"]),
        (service('probes: {liveness: {action: ["a\\0"]}}'), ["4:32: service.probes.liveness.action[0]: expected no U+0000, which no process can be given"]),
        # names, labels, annotations
        ("name: 1shop\nservice: {image: nginx, ports: [80]}", ["1:7: name: expected a Service name of lower-case letters, digits and '-' (at most 63, the first a letter, the last a letter or digit), got '1shop'; or write kubeVersion: 1.36"]),
        (f"{MINIMAL}labels: {{app: x}}", ["3:10: labels.app: expected another key: app is reserved for the selector"]),
        (f'{MINIMAL}annotations: {{a: "\\ta\\n"}}', ["3:18: annotations.a: expected a string that kustomize keeps, got several lines after a tab"]),
        (f'{MINIMAL}ingress: {{annotations: {{a: "\\x85"}}}}', ["3:28: ingress.annotations.a: expected a string that kustomize keeps, got U+0085"]),
        # dns
        (f"{MINIMAL}dns: {{policy: none}}", ["3:6: dns.config.nameservers: expected a name server, because the policy is None; write policy: ClusterFirst"]),
        (f"{MINIMAL}dns:\n  config:\n    searches: [a]", ["5:5: dns.config.nameservers: expected a name server, because the policy is None; write policy: ClusterFirst"]),
        (f"{MINIMAL}dns: {{config: {{nameservers: [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4]}}}}", ["3:57: dns.config.nameservers[3]: expected at most 3 name servers, got 4"]),
        (f"{MINIMAL}dns: {{config: {{nameservers: [1.1.1.1, 1.1.1.1]}}}}", ["3:39: dns.config.nameservers[1]: expected unique entries, got '1.1.1.1' twice; the other is at line 3"]),
        (f"{MINIMAL}kubeVersion: 1.25\ndns: {{policy: Default, config: {{searches: [a, b, c, d, e, f, g]}}}}", ["4:62: dns.config.searches[6]: expected at most 6 search domains, got 7"]),
        (f"{MINIMAL}dns: {{policy: Default, config: {{searches: [{', '.join(f'a{i}' for i in range(33))}]}}}}", ["3:194: dns.config.searches[32]: expected at most 32 search domains, got 33"]),
        (f"{MINIMAL}dns: {{policy: Default, config: {{searches: [{', '.join('a' * 250 + str(i) for i in range(9))}]}}}}", ["3:33: dns.config.searches: expected search domains of at most 2048 characters in total, got 2267"]),
        (f"{MINIMAL}kubeVersion: 1.25\ndns: {{policy: Default, config: {{searches: [{'a' * 63}.{'a' * 63}, {'b' * 63}.{'b' * 63}, c]}}}}", ["4:33: dns.config.searches: expected search domains of at most 256 characters in total, got 257"]),
        (f"{MINIMAL}dns: {{policy: Default, config: {{options: ['ndots:1', 'ndots:2']}}}}", ["3:54: dns.config.options[1]: expected unique entries, got 'ndots' twice; the other is at line 3"]),
        # ingress
        (ingress("http://a.b/x", "https://a.b/x"), ["6:5: ingress.rules[1]: expected unique hosts and paths, got 'a.b/x' (Exact) twice; the other is at line 5"]),
        (ingress("http://a.b/x?tls=c", "http://a.b/y", "http://a.b/z?tls=d"), ["7:5: ingress.rules[2]: expected one certificate for 'a.b', got 'd' and 'c'; the other is at line 5"]),
        (ingress("http://a.b/", ports="[]"), ["5:5: ingress.rules[0]: expected a Service; write service.ports or ?svc=NAME:PORT"]),
        (ingress("http://a.b/", ports="['@c.d']"), ["5:5: ingress.rules[0]: expected a Service with ports, but an ExternalName has none"]),
        (ingress("http://a.b/", ports="[81, 82]"), ["5:5: ingress.rules[0]: expected ?svc=NAME:PORT, because the Service has the ports 81 or 82"]),
        (ingress("http://a.b/?svc=shop:8080", ports="['80:8080']"), ["5:5: ingress.rules[0]: expected a port of the Service, 80, got '8080'"]),
        (ingress("http://a.b/?svc=shop:web", ports="[80, 81, 82]"), ["5:5: ingress.rules[0]: expected a port of the Service, 80, 81 or 82, got 'web'"]),
        (ingress("http://a.b/", more="  class: a\n  annotations: {kubernetes.io/ingress.class: a}\n"), ["7:17: ingress.annotations.kubernetes\\.io/ingress\\.class: expected this annotation or ingress.class, got both; the other is at line 6"]),
        (f"{MINIMAL}annotations: {{kubernetes.io/ingress.class: a}}\ningress: {{class: a}}", ["3:15: annotations.kubernetes\\.io/ingress\\.class: expected this annotation or ingress.class, got both; the other is at line 4"]),
        (f"{MINIMAL.replace('nginx', 'nginx, ports: [80]')}metadata: {{ingress: {{annotations: {{kubernetes.io/ingress.class: a}}}}}}\ningress: {{class: a, rules: [http://a.b/]}}", ["3:36: metadata.ingress.annotations.kubernetes\\.io/ingress\\.class: expected this annotation or ingress.class, got both; the other is at line 4"]),
        # kinds of workload
        (service("kind: StatefulSet", "schedule: '@daily'").replace("shop", "a" * 53), [
            "1:7: name: expected at most 52 characters for a StatefulSet, to which Kubernetes adds 11, got 53",
            "5:3: service.schedule: expected service.kind: CronJob with it",
        ]),
        (service("kind: Job", "replicas: 1"), ["5:3: service.replicas: expected no replicas for a Job; write parallelism in job"]),
        (service("kind: CronJob"), ["4:9: service.kind: expected service.schedule with CronJob"]),
        # metadata
        (f"{MINIMAL}metadata: {{pod: {{labels: {{app: x}}}}}}", ["3:27: metadata.pod.labels.app: expected another key: app is reserved for the selector"]),
        (f"{MINIMAL}selector: {{a: b}}\nlabels: {{a: b}}\nmetadata: {{pod: {{labels: {{a: c}}}}}}", ["5:30: metadata.pod.labels.a: expected 'b', as in selector, got 'c'; the other is at line 3"]),
        (f"{MINIMAL}metadata: {{job: {{labels: {{a: b}}}}}}", ["3:12: metadata.job: expected service.kind: CronJob or Job: this file generates no Job"]),
        (ranges("10.0.0.0/8, 10.1.2.0/24,2001:db8::/32"), []),
        (ranges(""), []),
        *[
            (ranges(f"10.0.0.0/8,{wrong}"), [f"7:75: metadata.service.annotations.{ESCAPED}: expected an address range such as 10.0.0.0/8, got '{wrong}' in '10.0.0.0/8,{wrong}'"])
            for wrong in ("10.0.0.1", "10.1.2.3/8", "010.0.0.0/8", "10.0.0.0/08", "10.0.0.0/255.0.0.0", "", "::ffff:1.2.3.4/128")
        ],
        (ranges("10.0.0.0/8", "[80]"), [f"7:19: metadata.service.annotations.{ESCAPED}: expected a LoadBalancer with it: a port such as %80"]),
        (pod_annotation("seccomp.security.alpha.kubernetes.io/pod", "runtime/default"), ["4:23: metadata.pod.annotations.seccomp\\.security\\.alpha\\.kubernetes\\.io/pod: expected another annotation; write seccompProfile in pod.securityContext"]),
        (pod_annotation(f"{APP_ARMOR}/shop", "localhost/web"), []),
        (pod_annotation("controller.kubernetes.io/pod-deletion-cost", "-2147483648"), []),
        (pod_annotation("controller.kubernetes.io/pod-deletion-cost", "2147483648"), ["4:67: metadata.pod.annotations.controller\\.kubernetes\\.io/pod-deletion-cost: expected an integer of 32 bits, got '2147483648'"]),
        (f"{service('kind: Job')}job: {{completionMode: Indexed, completions: 11}}".replace("shop", "a" * 61), ["1:7: name: expected at most 60 characters for a Job, to which Kubernetes adds 3, got 61"]),
        (f"{service('kind: Job')}job: {{completionMode: Indexed, completions: 10}}".replace("shop", "a" * 61), []),
        (service("kind: Job").replace("shop", "a" * 63), []),
        (pod_annotation(f"{APP_ARMOR}/web", "unconfined"), [f"4:23: metadata.pod.annotations.{APP_ARMOR_ESCAPED}/web: expected the name of a container after the '/', got 'web'"]),
        (pod_annotation(f"{APP_ARMOR}/shop", "x"), [f"4:76: metadata.pod.annotations.{APP_ARMOR_ESCAPED}/shop: expected runtime/default, unconfined or localhost/PROFILE, got 'x'"]),
        # ConfigMaps and Secrets
        (f"{MINIMAL}configmaps:\n  envs: [{{name: a}}]\n  files: [{{name: a}}]", ["5:18: configmaps.files[0].name: expected unique names, got a duplicate; the other is at line 4"]),
        (f"{MINIMAL}configmaps:\n  files: [{{name: a, files: [b/c, d/c]}}]", ["4:34: configmaps.files[0].files[1]: expected unique keys, got 'c' twice; the other is at line 4"]),
        (f"{MINIMAL}nameSuffixHash: true\nconfigmaps: {{envs: [{{name: {'a' * 243}}}]}}", ["4:28: configmaps.envs[0].name: expected at most 242 characters, because nameSuffixHash adds 11"]),
        (f"{MINIMAL}secrets:\n  envs: [{{name: a}}]\n  files: [{{name: a, files: [b/c, c]}}]", [
            "5:18: secrets.files[0].name: expected unique names; the other is at line 4",
            "5:34: secrets.files[0].files[1]: expected unique keys; the other is at line 5",
        ]),
        (f"{MINIMAL}secrets: {{envs: [{{name: a, type: kubernetes.io/service-account-token}}]}}", ["3:34: secrets.envs[0].type: expected another type: the cluster creates tokens; remove this entry"]),
    ],
)  # fmt: skip
def test_refused(text: str, expected: list[str]) -> None:
    assert diagnostics(text) == expected


RAW = f"{MINIMAL}pod: {{securityContext: {{supplementalGroupsPolicy: Strict}}}}\n"
NEWER = "pod.securityContext.supplementalGroupsPolicy: expected Kubernetes 1.33 or newer; write kubeVersion: 1.33"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RAW, [f"3:25: warning: {NEWER}"]),
        (f"{RAW}kubeVersion: 1.29", [f"3:25: {NEWER}"]),
        (f"{RAW}kubeVersion: 1.32", [f"3:25: {NEWER}"]),
        (f"{RAW}kubeVersion: 1.33", []),
        (f"{RAW}kubeVersion: 1.37", []),
        (f"{MINIMAL}pod: {{os: {{name: linux}}}}\nkubeVersion: 1.25", []),
        (f"{MINIMAL}statefulset: {{ordinals: {{start: 1}}}}\nkubeVersion: 1.25".replace("nginx", "nginx, kind: StatefulSet"), ["3:15: statefulset.ordinals: expected Kubernetes 1.27 or newer; write kubeVersion: 1.27"]),
        (f"{MINIMAL}pod: {{volumes: [{{name: a, image: {{reference: b}}}}]}}\nkubeVersion: 1.34", ["3:27: pod.volumes[0].image: expected Kubernetes 1.35 or newer; write kubeVersion: 1.35"]),
    ],
)  # fmt: skip
def test_fields_that_an_older_kubernetes_lacks(text: str, expected: list[str]) -> None:
    config, document = normalise(read(text.encode(), "f.yml", is_secret))
    found = [str(each).removeprefix("f.yml:") for each in kinds.check(config, document)]
    assert found == expected


def annotations(size: int, *, key: str = "annotations") -> str:
    """Return annotations of a size, keys counted."""
    return f"{key}: {{{key[0]}: {'x' * (size - 1)}}}"


def test_size_of_annotations() -> None:
    assert diagnostics(f"{MINIMAL}{annotations(262_144)}") == []
    assert diagnostics(f"{MINIMAL}{annotations(262_145)}") == [
        "3:1: annotations: expected annotations of at most 262144 bytes in total, got 262145"
    ]
    both = f"{MINIMAL}{annotations(200_000)}\ningress: {{annotations: {{b: {'y' * 70_000}}}}}"
    assert diagnostics(both) == [
        "4:11: ingress.annotations: expected annotations of at most 262144 bytes in total, got 270001"
    ]
    assert diagnostics(f"{MINIMAL}annotations: {{a: {'é' * 131_072}}}")[0].endswith("got 262145")
    of_kind = f"metadata: {{deployment: {{annotations: {{b: {'y' * 70_000}}}}}}}"
    assert diagnostics(f"{MINIMAL}{annotations(200_000)}\n{of_kind}") == [
        "4:25: metadata.deployment.annotations: expected annotations of at most 262144 bytes in total, got 270001"
    ]
    account = f"serviceAccount: {{create: true, annotations: {{b: {'y' * 70_000}}}}}"
    assert diagnostics(f"{MINIMAL}{annotations(200_000)}\n{account}") == [
        "4:32: serviceAccount.annotations: expected annotations of at most 262144 bytes in total, got 270001"
    ]
    of_pod = of_kind.replace("deployment", "pod")  # which does not have those of the top level
    assert diagnostics(f"{MINIMAL}{annotations(200_000)}\n{of_pod}") == []


def test_the_other_may_be_a_flag() -> None:
    text = service("ports: ['#81']")
    (problem,) = diagnostics(text, ("service.ports[1]", "81"))
    assert problem.startswith("--set service.ports[1]: expected ports of one")
    assert problem.endswith("; the other is at line 4")
    (problem,) = diagnostics(service("ports: [80, '#81']"), ("service.ports[0]", "82"))
    assert problem.startswith("4:15: service.ports[1]: expected ports of one Service type, got")
    assert problem.endswith("; the other is in --set service.ports[0]")


def test_what_is_wrong_already_keeps_silent() -> None:
    text = (
        "name: A\nlabels: {app: , 'a b': x}\nservice:\n  image: x\n  ports: [x, 80, 80]\n"
        "  resources: {cpu: x, foo: y}\n  imagePullSecrets: [~, ~]\n  args: [~]\n"
        "  probes: {liveness: {action: [~]}, readiness: {headers: {a: ~}}, startup: x}\n"
        "ingress: {rules: [x, 'http://a.b/'], class: A}\n"
        "dns: {policy: x, config: {nameservers: [x], searches: [~], options: [~]}}\n"
        "configmaps: {files: [{files: [~, /x]}, x], envs: [{name: A}]}\n"
    )
    document = read(text.encode(), "f.yml", is_secret)
    config, document = normalise(document)
    found = {problem.path for problem in kinds.check(config, document)}
    assert len(document.diagnostics) > 20
    assert found == {"service.ports[2]"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("configmaps: {files: [{name: s, files: [a/x, b=y, X=z, X.txt]}]}", ["configmaps.files[0].files[2]"]),
        ("secrets: {files: [{name: s, files: [a/x, b/X]}]}", ["secrets.files[0].files[1]"]),
        ("secretBackend: none\nconfigmaps: {files: [{name: s, files: [a/x, b/X]}]}", ["configmaps.files[0].files[1]"]),
        ("secretBackend: none\nsecrets: {files: [{name: s, files: [a/x, b/X]}]}", []),
        ("secrets: {files: [{name: s, files: [a/x]}, {name: t, files: [b/X]}]}", []),
    ],
)  # fmt: skip
def test_files_whose_keys_differ_in_capitals(text: str, expected: list[str]) -> None:
    config, document = normalise(read(f"{MINIMAL}{text}".encode(), "f.yml", is_secret))
    assert not document.diagnostics
    found = kinds.check(config, document)
    assert [(each.path, each.severity) for each in found] == [
        (path, "warning") for path in expected
    ]
    message = "the same file as another key on case-insensitive file systems, such as on macOS and Windows"
    assert all(each.message.startswith(f"{message}; the other is at line ") for each in found)


PORTS = st.sampled_from(
    ["80", "81", "!80", "!30000:80:80", "%80", "%30000:81:81", "#80", "#82", "@a.b", "udp://80"]
)


@given(st.lists(PORTS, max_size=4), st.data())
def test_whether_ports_go_together_does_not_hang_on_their_order(
    ports: list[str], data: st.DataObject
) -> None:
    def is_refused(texts: list[str]) -> bool:
        listed = ", ".join(f"'{text}'" for text in texts)
        return bool(diagnostics(service(f"ports: [{listed}]")))

    assert is_refused(ports) == is_refused(data.draw(st.permutations(ports)))
