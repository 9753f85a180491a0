"""Each line of docs/from-a-deployment.md generates the field next to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from command import run
from kube import NEWEST, build, validate

PAGE = Path(__file__).parent.parent / "docs/from-a-deployment.md"
HEADER = re.compile(r"\| (?:below `(?P<prefix>.+)` )?of the (?P<kind>\w+) \| in `kustz.yml` \|")
ROW = re.compile(r"\| (?P<fields>`.+`) \| (?P<lines>`.+`) \|")
WITHOUT_PORTS = ("CronJob", "Job")


class Line(NamedTuple):
    """Hold a row: the fields of an object of a kind, and the lines that generate them."""

    kind: str
    fields: list[tuple[str, Any]]
    lines: list[tuple[str, Any]]


def lines() -> Iterator[Line]:
    kind = prefix = ""
    for text in PAGE.read_text("utf-8").splitlines():
        if header := HEADER.fullmatch(text):
            kind, prefix = header["kind"], header["prefix"] or ""
        elif row := ROW.fullmatch(text):
            fields = [
                ("." + prefix + "." * bool(prefix) + at, each) for at, each in entries(row[1])
            ]
            yield Line(kind, fields, entries(row[2]))


def entries(cell: str) -> list[tuple[str, Any]]:
    """Return the path and the value of each piece of code; without a path it is the whole."""
    found = []
    for code in re.findall(r"`([^`]+)`", cell):
        path, colon, value = ("", ":", code) if code.startswith("{") else code.partition(": ")
        assert colon, code
        found.append((path, yaml.safe_load(value)))
    return found


LINES = list(lines())


def test_the_page_has_the_common_fields() -> None:
    assert len([line for line in LINES if line.kind == "Deployment"]) >= 45
    assert len(LINES) >= 70
    rows = re.findall(r"(?m)^\| [^-\n]", PAGE.read_text("utf-8"))
    headers = re.findall(r"(?m)^\|---", PAGE.read_text("utf-8"))
    assert len(rows) - len(headers) == len(LINES)


@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(path for path, _ in line.lines))
def test_line(line: Line, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config: dict[str, Any] = {"name": "shop", "service": {"image": "nginx:1.29"}}
    if line.kind not in WITHOUT_PORTS:
        config["service"]["ports"] = ["80:8080"]
    before = objects(config, tmp_path / "before", capfd)
    for path, value in line.lines:
        put(config, path.split("."), value)
    after = objects(config, tmp_path / "after", capfd)
    validate(after, NEWEST)
    assert has_fields(after, line)
    assert not has_fields(before, line)


def objects(
    config: dict[str, Any], folder: Path, capfd: pytest.CaptureFixture[str]
) -> list[dict[str, Any]]:
    folder.mkdir()
    (folder / "kustz.yml").write_text(yaml.safe_dump(config), "utf-8")
    outcome = run(capfd, folder, "generate")
    assert outcome.code == 0, outcome.err
    return build(folder / "manifests")


def put(config: dict[str, Any], path: list[str], value: object) -> None:
    for key in path[:-1]:
        config = config.setdefault(key, {})
    config[path[-1]] = value


def has_fields(found: list[dict[str, Any]], line: Line) -> bool:
    """Return whether an object of the kind has all the fields."""
    same_kind = [each for each in found if each["kind"] == line.kind]
    return any(
        all(holds(at(each, path), wanted) for path, wanted in line.fields) for each in same_kind
    )


def at(data: object, path: str) -> object:
    for name, index in re.findall(r"(\w+)|\[(\d+)\]", path):
        if name:
            data = data.get(name) if isinstance(data, dict) else None
        else:
            data = data[int(index)] if isinstance(data, list) and int(index) < len(data) else None
    return data


def holds(found: object, wanted: object) -> bool:
    """Return whether a value is the wanted one; a mapping may have more keys."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            key in found and holds(found[key], each) for key, each in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list) and len(found) == len(wanted) and all(map(holds, found, wanted))
        )
    return found == wanted
