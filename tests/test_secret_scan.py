"""What the scan for secret values finds, on a set of honest overlaps and a set of leaks."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from command import run

from kustz_tpl.errors import Diagnostic, InputError
from kustz_tpl.pipeline import Generator
from kustz_tpl.source import Override, Source

SETS = Path(__file__).parent / "secret-scan"
Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    return yaml.load((SETS / f"{name}.yml").read_bytes(), yaml.CSafeLoader)


def config(row: Row, folder: Path) -> dict[str, Any]:
    """Write what a row holds, and return the config that takes it."""
    files = {"secret.yml": json.dumps(row["secret"]), "plain.txt": row.get("file", "")}
    files |= {"password": row.get("registry", ""), "manifest.yml": row.get("manifest", "")}
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    if "template" in row:
        (folder / "kustz-templates").mkdir()
        (folder / "kustz-templates" / "other.yml.j2").write_text(row["template"])
    secret = {"name": "shop-database", "files": ["secret.yml"]}
    account = {"username": "deploy", "password": {"file": "password"}}
    return {
        "name": "shop",
        "service": {
            "image": "ghcr.io/team/shop:1.0",
            "args": row.get("args", []),
            "imagePullSecrets": ["pull"],
            "envs": {"pairs": row.get("plain", {})},
        },
        "configmaps": {"files": [{"name": "plain", "files": ["plain.txt"]}]},
        "secrets": {
            "literals": [secret] if row["secret"] else [],
            "public": [f"shop-database/{key}" for key in row.get("public", ())],
        },
        "registries": [{"name": "pull", "auths": {"ghcr.io": account}}]
        if "registry" in row
        else [],
        "resources": ["manifest.yml"] if "manifest" in row else [],
    }


def scan(row: Row, folder: Path, *overrides: Override) -> tuple[Diagnostic, ...]:
    """Return the errors about a row's config."""
    text = yaml.safe_dump(config(row, folder), width=10_000).encode()
    (folder / "kustz.yml").write_bytes(text)
    try:
        Generator().generate(Source("kustz.yml", text, folder, overrides))
    except InputError as error:
        return tuple(each for each in error.diagnostics if each.severity == "error")
    return ()


def judged(name: str, tmp_path: Path) -> list[tuple[Row, tuple[Diagnostic, ...]]]:
    found = []
    for number, row in enumerate(rows(name)):
        (tmp_path / str(number)).mkdir()
        found.append((row, scan(row, tmp_path / str(number))))
    return found


def test_honest_overlaps_are_no_findings(tmp_path: Path) -> None:
    judgements = judged("honest", tmp_path)
    wrong = [(row, found[0].message) for row, found in judgements if found]
    print(*wrong, sep="\n")  # noqa: T201 - the ones to look at
    assert len(judgements) >= 100
    assert len(wrong) <= len(judgements) // 10


def test_leaks_are_found(tmp_path: Path) -> None:
    judgements = judged("leaks", tmp_path)
    wrong = [row for row, found in judgements if not found]
    print(*wrong, sep="\n")  # noqa: T201 - the ones to look at
    assert len(judgements) >= 60
    assert len(wrong) <= len(judgements) // 10
    for row, found in judgements:
        key = "pull/.dockerconfigjson" if "registry" in row else "shop-database/"
        is_known = any(key in each.message for each in found)
        assert is_known is bool(found and (row["secret"] or "registry" in row)), (row, found)


LEAK: Row = {"secret": {"PASSWORD": "hunter2"}}
MESSAGE = (
    "contains the value of shop-database/PASSWORD; "
    "move it to a Secret, or add the key to secrets.public"
)
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\ndata:\n  a: %s\n"


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({"file": "first\n  ü hunter2\n"}, "plain.txt:2:5"),
        ({"manifest": CONFIG_MAP % "hunter2"}, "manifest.yml:5:6"),
        ({"template": CONFIG_MAP % "hunter2"}, "kustz-templates/other.yml.j2:5:6"),
        ({"template": CONFIG_MAP % '"hun{{ "ter2" }}"'}, "kustz-templates/other.yml.j2"),
    ],
)
def test_a_finding_is_where_the_plain_value_comes_from(
    row: Row, place: str, tmp_path: Path
) -> None:
    found = [str(each).removeprefix(f"{tmp_path}/") for each in scan({**LEAK, **row}, tmp_path)]
    assert found == [f"{place}: {MESSAGE}"]


def test_a_flag_and_the_config_are_places(tmp_path: Path) -> None:
    flag = Override("--set service.args[0]", "service.args[0]", "-phunter2 hunter2")
    (found,) = scan({**LEAK, "args": ["x"]}, tmp_path, flag)
    assert (found.file, found.line) == ("--set service.args[0]", 0)
    (found,) = scan({**LEAK, "plain": {"X": "a hunter2 b"}}, tmp_path)
    line = (tmp_path / "kustz.yml").read_text().splitlines()[found.line - 1]
    assert line[found.column - 1 :].startswith("hunter2")
    assert found.is_secret  # so that no terminal shows the line


def test_every_file_with_a_value_is_reported(tmp_path: Path) -> None:
    found = scan({**LEAK, "file": "hunter2", "manifest": CONFIG_MAP % "hunter2"}, tmp_path)
    assert [each.file for each in found] == ["manifest.yml", "plain.txt"]


def test_a_password_of_a_docker_config_in_secrets_is_searched_for(tmp_path: Path) -> None:
    auth = base64.b64encode(b"deploy:hunter2").decode()
    (tmp_path / "docker.json").write_text(json.dumps({"auths": {"ghcr.io": {"auth": auth}}}))
    text = """\
name: shop
service: {image: nginx, args: ["{0}"]}
secrets:
  files:
    - name: pull
      type: kubernetes.io/dockerconfigjson
      files: [.dockerconfigjson=docker.json]
"""
    for leak in ("--password=hunter2", auth):
        source = Source("kustz.yml", text.replace("{0}", leak).encode(), tmp_path)
        with pytest.raises(InputError, match=r"the value of pull/\.dockerconfigjson"):
            Generator().generate(source)


@pytest.mark.parametrize(
    "text",
    [
        "aA1-" * 250_000,
        "6a" * 500_000,
        "-----BEGIN PRIVATE KEY-----" * 38_000,
        "name: " * 170_000,
        "://a:" * 200_000,
    ],
)
def test_a_large_file_of_one_kind_is_searched_in_one_pass(text: str, tmp_path: Path) -> None:
    """Where a pattern went back over what it has seen, this would not end."""
    secret = {"PASSWORD": "hunter2", "WORD_PASSWORD": "letmein", "OTHER_PASSWORD": text[:1000]}
    leaks = f"{text} hunter2 password=letmein"
    found = scan({"secret": secret, "file": leaks}, tmp_path)
    assert {each.file for each in found} == {"plain.txt"}
    (tmp_path / "plain.txt").unlink()
    assert scan({"secret": {"PASSWORD": text}, "file": "harmless"}, tmp_path) == ()


def test_validate_finds_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = yaml.safe_dump(config({**LEAK, "args": ["--password=hunter2"]}, tmp_path))
    (tmp_path / "kustz.yml").write_text(text)
    for command in ("validate", "check", "diff", "generate"):
        ended = run(capfd, tmp_path, command)
        assert ended.code == 1
        assert MESSAGE in ended.err
    assert not (tmp_path / "manifests").exists()
