"""What the commands say of the workloads of one application: losses, flags, older templates."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command import Ended, run

CASES = Path(__file__).parent / "cases"
OLDER = CASES / "refused-template-older-than-its-keys" / "kustz-templates" / "deployment.yml.j2"
SHOP = """\
name: shop
service: {image: "shop:1.10"}
"""
AUTOSCALER = """\
{% for each in workloads %}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: "{{ each.name }}"}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: "{{ each.name }}"}
  maxReplicas: 5
{% endfor %}
"""
SERVICE = """\
{% if service.ports %}
apiVersion: v1
kind: Service
metadata: {name: "{{ name }}"}
spec: {ports: "{{ service.ports | service_ports }}"}
{% endif %}
"""


def generate(
    capfd: pytest.CaptureFixture[str], folder: Path, text: str, *words: str, **templates: str
) -> Ended:
    (folder / "kustz.yml").write_text(SHOP + text)
    for name, template in templates.items():
        file = folder / "kustz-templates" / f"{name}.yml.j2"
        file.parent.mkdir(exist_ok=True)
        file.write_text(template)
    return run(capfd, folder, *(words or ("generate",)))


def test_an_entry_that_goes_is_marked(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    workloads = "workloads: {worker: {command: [work], ports: ['80']}, other: {command: [b]}}\n"
    assert generate(capfd, tmp_path, workloads).code == 0
    ended = generate(capfd, tmp_path, "workloads: {other: {command: [b]}}\n", "diff")
    assert "! manifests/deployment-worker.yml: Deployment shop-worker is removed" in ended.out
    assert "! manifests/service-worker.yml: Service shop-worker is removed" in ended.out
    assert "shop-other" not in ended.out


def test_a_service_that_goes_is_marked(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert generate(capfd, tmp_path, "services: {a: ['80'], b: ['81']}\n").code == 0
    ended = generate(capfd, tmp_path, "services: {a: ['80']}\n", "diff")
    assert "! manifests/service.yml: Service b is removed" in ended.out
    assert "Service a " not in ended.out


@pytest.mark.parametrize(
    ("text", "templates", "message"),
    [
        (
            "workloads: {worker: {mounts: {/x: 'emptydir://'}}}\n",
            {"deployment": OLDER.read_text()},
            (
                "kustz.yml:3:22: workloads.worker.mounts: no template uses it; "
                "kustz-templates/deployment.yml.j2 is older than it; "
                "to update it, run: kustz-tpl templates update\n"
            ),
        ),
        (
            "workloads: {job: {kind: Job}}\n",
            {"deployment": OLDER.read_text()},
            (
                "kustz-templates/deployment.yml.j2: a Deployment with the Job; "
                "it is older than service.kind; to update it, run: kustz-tpl templates update\n"
            ),
        ),
        (
            "workloads: {worker: {mounts: {/x: 'volume://scratch'}}}\n",
            {},
            "kustz.yml:3:35: workloads.worker.mounts./x: ",
        ),
        (
            "services: {admin: ['80']}\n",
            {"service": SERVICE},
            (
                "kustz.yml:3:1: services: no template uses it; "
                "kustz-templates/service.yml.j2 is older than it; "
                "to update it, run: kustz-tpl templates update\n"
            ),
        ),
        (
            "workloads: {worker: {image: 'Shop:1'}, other: {command: [a]}}\n",
            {},
            "kustz.yml:3:29: workloads.worker.image: ",
        ),
    ],
)
def test_what_is_wrong_is_said_once(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    text: str,
    templates: dict[str, str],
    message: str,
) -> None:
    ended = generate(capfd, tmp_path, text, **templates)
    assert ended.code == 1
    assert ended.err.startswith(message)
    assert len(ended.err.splitlines()) == 1


def test_an_autoscaler_of_an_entry_is_warned_of(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = "workloads: {worker: {command: [a]}}\n"
    ended = generate(capfd, tmp_path, text, hpa=AUTOSCALER)
    assert "warning: the Deployment shop-worker sets replicas" in ended.err
    assert "the Deployment shop sets replicas" not in ended.err


@pytest.mark.parametrize("line", ["name: Shop", "service: {replicas: 2}"])
def test_a_wrong_name_or_image_is_no_fault_of_the_entries(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], line: str
) -> None:
    key = line.partition(":")[0]
    kept = [each for each in SHOP.splitlines() if not each.startswith(f"{key}:")]
    text = "\n".join([*kept, line, "workloads: {a: {command: [a]}, b: {command: [b]}}", ""])
    (tmp_path / "kustz.yml").write_text(text)
    ended = run(capfd, tmp_path, "validate")
    assert len([each for each in ended.err.splitlines() if "kustz.yml:" in each]) == 1, ended.err


def test_a_set_path_reaches_into_an_entry(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ("generate", "--set", "workloads.worker.replicas=none")
    ended = generate(capfd, tmp_path, "workloads: {worker: {command: [a]}}\n", *words)
    assert ended.err == ("--set workloads.worker.replicas: expected an integer, got 'none'\n")


def test_a_block_reaches_the_workload_of_one_name(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    case = CASES / "workloads-and-templates"
    shutil.copytree(case, tmp_path / "app", ignore=shutil.ignore_patterns("expected"))
    assert run(capfd, tmp_path / "app", "generate").code == 0
    texts = {file.stem: file.read_text() for file in (tmp_path / "app/manifests").glob("*.yml")}
    assert [name for name, text in texts.items() if "stdin: true" in text] == ["deployment-worker"]
    with_directory = {name for name, text in texts.items() if "workingDir: /srv/shop\n" in text}
    assert with_directory == {"deployment", "deployment-worker", "cronjob-nightly"}


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_a_stateful_set_mounts_an_inherited_claim(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str
) -> None:
    text = (
        f"name: shop\nservice: {{kind: {kind}, image: x, "
        "mounts: {/a: 'pvc://a?size=1Gi&access=RWX', /b: 'emptydir://'}}\n"
        "workloads: {index: {kind: StatefulSet, command: [index]}}\n"
    )
    (tmp_path / "kustz.yml").write_text(text)
    assert run(capfd, tmp_path, "generate").code == 0
    index = (tmp_path / "manifests/statefulset-index.yml").read_text()
    assert "volumeClaimTemplates" not in index
    assert ("claimName: a" in index) == (kind == "Deployment")


def test_an_empty_section_of_the_top_level_takes_nothing_from_an_entry(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = "labels: ~\nannotations:\nworkloads: {worker: {command: [a]}}\n"
    assert generate(capfd, tmp_path, text).code == 0
    worker = (tmp_path / "manifests/deployment-worker.yml").read_text()
    assert worker.count("app.kubernetes.io/part-of: shop") == 2


def test_what_all_entries_inherit_is_bounded(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pairs = "".join(f"A{number}: b, " for number in range(1000))
    entries = "".join(f"w{number}: {{command: [a]}}, " for number in range(200))
    text = f"pod: {{nodeSelector: {{{pairs}}}}}\nworkloads: {{{entries}}}\n"
    ended = generate(capfd, tmp_path, text)
    message = "workloads: expected at most 100000 values, got more through inheritance"
    assert (ended.code, ended.err) == (1, f"kustz.yml:4:1: {message}\n")
