"""Whatever is in a kustz.yml or next to it, there is no traceback and no half-written folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from command import Ended, run
from language import key_paths

VALUES = {
    "null": "null",
    "number": "-7",
    "text": '"a: b\\n#\\u0000 \\U0001F680 {{ x }} {% raw %} ../.. \\u202E"',
    "list of lists": "[[[1]], null, {a: [b]}]",
    "map of maps": '{"": {"": {}}, a: {b: [c]}, "../..": x}',
    "rules of Cerberus": "{type: x, coerce: y, schema: {z: 1}, default: [], nullable: {}}",
    "long": '"' + "ab" * 5_000 + '"',
}
LINE = re.compile(r"[^\n]+: [^\n]+")


PATHS = list(key_paths())


def text_of(path: tuple[str, ...], value: str) -> str:
    """Return a kustz.yml, good but for the value at the path."""
    nested = value
    for part in reversed(path[1:]):
        nested = f"[{nested}]" if part == "-" else f"{{{part}: {nested}}}"
    lines = {"name": "shop", "service": "{image: 'nginx:1.29'}"}
    if path[0] == "service" and len(path) > 1 and path[1] != "image":
        nested = nested.replace("{", "{image: 'nginx:1.29', ", 1)
    lines[path[0]] = nested
    return "".join(f"{key}: {text}\n" for key, text in lines.items())


def check_end(ended: Ended, folder: Path) -> None:
    """Assert that the run ended as any run may end."""
    assert "Traceback" not in ended.err
    assert ended.code in {0, 1}
    if ended.code:
        assert all(LINE.fullmatch(line) for line in ended.err.splitlines()), ended.err
        assert ended.err
        assert not (folder / "manifests").exists()


def test_the_walk_finds_the_keys() -> None:
    assert ("service", "probes", "liveness", "action") in PATHS
    assert ("configmaps", "envs", "-", "files") in PATHS
    assert len(PATHS) * len(VALUES) > 150


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_every_value_at_every_key(
    path: tuple[str, ...], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for index, value in enumerate(VALUES.values()):
        folder = tmp_path / str(index)
        folder.mkdir()
        (folder / "kustz.yml").write_text(text_of(path, value), "utf-8")
        check_end(run(capfd, folder, "generate"), folder)


FILES = {
    "empty": b"",
    "blank": b" \n\n",
    "marker only": b"---\n",
    "end marker": b"...\n",
    "two documents": b"name: a\n---\nname: b\n",
    "binary": bytes(range(256)) * 16,
    "zeros": bytes(4_096),
    "latin-1": "name: café\n".encode("latin-1"),
    "utf-16": "name: shop\n".encode("utf-16"),
    "utf-32": "name: shop\n".encode("utf-32"),
    "surrogate": b'name: "\xed\xa0\x80"\n',
    "escaped surrogate": b'name: "\\ud800"\n',
    "two byte order marks": b"\xef\xbb\xbf\xef\xbb\xbfname: shop\n",
    "over the limit": b"name: shop\n#" + b"x" * (1 << 20),
    "deep list": b"values: " + b"[" * 50_000,
    "deep map": b"values: " + b"{a: " * 50_000,
    "deep block": b"".join(b" " * depth + b"a:\n" for depth in range(1_000)),
    "many keys": b"".join(b"k%d: 1\n" % number for number in range(50_000)),
    "one long line": b"name: " + b"a" * 1_000_000,
    "aliases": b"a: &a [1]\n" + b"".join(b"b%d: *a\n" % number for number in range(20_000)),
    "merge of itself": b"labels: &a\n  <<: *a\n",
    "merge of a list": b"labels:\n  <<: [1, 2]\n",
    "merge of text": b"labels:\n  <<: text\n",
    "complex key": b"? [a, b]\n: c\n",
    "map as a key": b"{a: b}: c\n",
    "null key": b"~: c\n",
    "alias as a key": b"name: &a shop\n*a : x\n",
    "anchor without value": b"name: &a\n",
    "tagged": b"name: !!binary aGk=\n",
    "python": b"name: !!python/object/apply:os.system [id]\n",
    "directive": b"%YAML 3.0\n---\nname: shop\n",
    "unknown directive": b"%X y\n---\nname: shop\n",
    "tab": b"service:\n\timage: x\n",
    "unclosed": b"name: [a, {b: 'c\n",
    "odd quotes": b"name: 'a'b'\n",
    "bad escape": b'name: "\\q"\n',
    "block without text": b"name: |\nservice: >-\n",
    "wrong indicator": b"name: |9\n x\n",
    "reserved": b"name: @x\nservice: `y`\n",
    "percent": b"name: %x\n",
    "only a list": b"- a\n- b\n",
    "json": b'{"name": 1e999, "service": null}',
    "broken json": b'{"name": ',
}


@pytest.mark.parametrize("name", FILES)
def test_every_hostile_file(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kustz.yml").write_bytes(FILES[name])
    ended = run(capfd, tmp_path, "generate")
    check_end(ended, tmp_path)
    assert ended.code == 1


DATA = ["absent", "folder", "loop", "dangling", "binary", "secret-mode", "pipe", "a\nb", "x" * 300]


@pytest.mark.parametrize("kind", ["envs", "files", "literals"])
@pytest.mark.parametrize("section", ["configmaps", "secrets", "service"])
@pytest.mark.parametrize("file", DATA)
def test_every_hostile_data_file(
    file: str, section: str, kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    make_data(tmp_path)
    quoted = file.replace("\n", "\\n")
    entry = f'{{{kind}: [{{name: a, files: ["{quoted}"]}}]}}'
    rest = f'{{image: x, envs: {{files: ["{quoted}"]}}}}' if section == "service" else "{image: x}"
    more = "" if section == "service" else f"{section}: {entry}\n"
    (tmp_path / "kustz.yml").write_text(f"name: a\nservice: {rest}\n{more}", "utf-8")
    check_end(run(capfd, tmp_path, "generate"), tmp_path)


def make_data(folder: Path) -> None:
    """Make the files that nobody wants to read."""
    (folder / "folder").mkdir()
    (folder / "loop").symlink_to("loop")
    (folder / "dangling").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    (folder / "binary").write_bytes(bytes(range(256)))
    (folder / "secret-mode").write_text("A=b\n")
    (folder / "secret-mode").chmod(0)


@pytest.mark.parametrize("kind", ["folder", "loop", "dangling"])
def test_a_config_that_is_no_file(
    kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    make_data(tmp_path)
    ended = run(capfd, tmp_path, "generate", "-c", kind)
    check_end(ended, tmp_path)
    assert ended.code == 1


@pytest.mark.parametrize("name", ["a\nb.yml.j2", "_a\x1b[31mb.yml.j2", "a\tb.j2", "\x7f.yml.j2"])
def test_a_template_that_no_message_names(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kustz.yml").write_text("name: shop\nservice: {image: 'nginx:1.29'}\n")
    (tmp_path / "kustz-templates").mkdir()
    (tmp_path / "kustz-templates" / name).write_text("")
    ended = run(capfd, tmp_path, "generate")
    shown = re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\x{ord(found[0]):02x}", name)
    message = "expected a name without control characters"
    assert ended.err == f"kustz-templates/{shown}: {message}\n"
    check_end(ended, tmp_path)
