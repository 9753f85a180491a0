"""Variables, names and ports of all containers of a pod, beyond what tests/cases shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import InputError
from kustz_tpl.kinds.container import container_ports
from kustz_tpl.kinds.variables import references
from kustz_tpl.pipeline import Generator
from kustz_tpl.source import Source


def complaints(folder: Path, text: str) -> list[str]:
    """Return every problem of a config, warnings too."""
    source = Source("kustz.yml", text.encode(), folder)
    try:
        found = Generator().generate(source).warnings
    except InputError as error:
        found = error.diagnostics
    return [str(each) for each in found]


def expanded(text: str, values: dict[str, str]) -> str:
    """Return what the kubelet makes of a value, character by character."""
    out, rest = "", text
    while rest:
        end = rest.find(")")
        if rest.startswith("$$"):
            out, rest = out + "$", rest[2:]
        elif rest.startswith("$(") and end > 0:
            name = rest[2:end]
            out, rest = out + values.get(name, f"$({name})"), rest[end + 1 :]
        else:
            out, rest = out + rest[0], rest[1:]
    return out


@given(st.text(alphabet="$()AB ", max_size=12))
def test_a_variable_is_referred_to_where_its_value_counts(text: str) -> None:
    for name in ("A", "B"):
        counts = expanded(text, {name: "1"}) != expanded(text, {name: "2"})
        assert (name in references(text)) == counts


@pytest.mark.parametrize("file", ["absent.yml", "broken.yml", "wrong.yml"])
def test_keys_of_a_file_that_is_wrong_are_not_missed(tmp_path: Path, file: str) -> None:
    (tmp_path / "broken.yml").write_text("a: [", "utf-8")
    (tmp_path / "wrong.yml").write_text("key: []\n", "utf-8")
    text = (
        "name: shop\n"
        "service: {image: nginx, envs: {valueFrom: {A: configmap://settings/key}}}\n"
        f"configmaps: {{literals: [{{name: settings, files: [{file}]}}]}}\n"
    )
    found = complaints(tmp_path, text)
    assert found
    assert not any("expected a key of" in each for each in found)


def test_keys_of_a_configmap_that_is_wrong_are_not_missed(tmp_path: Path) -> None:
    text = (
        "name: shop\n"
        "service: {image: nginx, envs: {valueFrom: {A: configmap://settings/key}}}\n"
        "configmaps: {files: [{name: settings, files: [[key]]}]}\n"
    )
    (problem,) = complaints(tmp_path, text)
    assert problem.startswith("kustz.yml:3:47: configmaps.files[0].files[0]: expected a string")


@pytest.mark.parametrize("name", ["", "shop:\n  - a"])
def test_without_a_name_no_container_is_said_to_be_missing(tmp_path: Path, name: str) -> None:
    source = "resource://limits.cpu?container=shop"
    text = f"name: {name}\nservice: {{image: nginx, envs: {{valueFrom: {{A: '{source}'}}}}}}\n"
    assert not any("container of this file" in each for each in complaints(tmp_path, text))


def test_a_container_of_raw_fields_is_one_of_this_file(tmp_path: Path) -> None:
    text = (
        "name: shop\n"
        "service:\n"
        "  image: nginx\n"
        "  envs:\n"
        "    valueFrom:\n"
        "      A: resource://limits.cpu?container=raw\n"
        "      B: resource://limits.memory?container=raw\n"
        "pod: {containers: [{name: raw, image: x, resources: {limits: {cpu: 1}}}]}\n"
    )
    (warning,) = complaints(tmp_path, text)
    assert warning.startswith(
        "kustz.yml:7:10: warning: service.envs.valueFrom.B: the container raw has no limit of memory"
    )


def test_a_limit_of_raw_fields_counts(tmp_path: Path) -> None:
    text = (
        "name: shop\n"
        "service:\n"
        "  image: nginx\n"
        "  envs: {valueFrom: {A: resource://limits.cpu}}\n"
        "  container: {resources: {limits: {cpu: 1}}}\n"
    )
    assert complaints(tmp_path, text) == []


@given(st.lists(st.sampled_from(["80", "http=80", "81:80", "udp://80", "web=82"]), max_size=4))
def test_each_port_is_listed_once_and_named_if_one_names_it(ports: list[str]) -> None:
    listed = container_ports(ports)
    keys = [(each["containerPort"], each["protocol"]) for each in listed]
    assert len(keys) == len(set(keys))
    named = {each["containerPort"] for each in listed if "name" in each}
    assert named == {int(re.findall("[0-9]+", text)[-1]) for text in ports if "=" in text}
    assert container_ports(ports, {"other": {"ports": ["80", "udp://80"]}}) == [
        each for each in listed if each["containerPort"] != 80
    ]


def test_a_wrong_version_of_kubernetes_is_no_reason_for_more_problems(tmp_path: Path) -> None:
    text = (
        "name: shop\n"
        "kubeVersion: latest\n"
        "service: {image: nginx, envs: {pairs: {1A: x}}}\n"
        "dns: {policy: Default, config: {searches: [a_b]}}\n"
        "initContainers: {proxy: {restartPolicy: Always}}\n"
    )
    (problem,) = complaints(tmp_path, text)
    assert problem.startswith("kustz.yml:2:14: kubeVersion: expected a version from 1.25 to 1.37")


def test_variables_of_a_further_container_are_searched_for_secrets(tmp_path: Path) -> None:
    (tmp_path / "database.env").write_text("password=correct-horse-9-staple\n", "utf-8")
    (tmp_path / "envs.yml").write_text("URL: http://correct-horse-9-staple@db\n", "utf-8")
    text = (
        "name: shop\n"
        "service: {image: nginx}\n"
        "containers: {exporter: {envs: {files: [envs.yml]}}}\n"
        "secrets: {envs: [{name: shop-database, files: [database.env]}]}\n"
    )
    (problem,) = complaints(tmp_path, text)
    assert problem == (
        "envs.yml:1:13: contains the value of shop-database/password; "
        "move it to a Secret, or add the key to secrets.public"
    )
