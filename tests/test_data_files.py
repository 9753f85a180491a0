from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from kube import find_kubectl
from shaped import CONFIGS

from kustz_tpl import data_files, kinds
from kustz_tpl.data_files import DataSet, Sources
from kustz_tpl.data_files.folder import MAX_BYTES, DataFolder
from kustz_tpl.errors import Diagnostic
from kustz_tpl.kustomize_text import find_lost, find_lost_bytes
from kustz_tpl.schema import is_secret, normalise
from kustz_tpl.yaml_source import read
from kustz_tpl.yaml_source.tree import Data, Document, Place

Files = dict[str, bytes | str]
HEAD = "name: shop\nservice: {image: nginx}\n"


def write(folder: Path, files: Files) -> None:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)


def read_sources(
    folder: Path, text: str, file: str = "kustz.yml"
) -> tuple[Sources, list[Diagnostic]]:
    config, document = normalise(read(text.encode(), file, is_secret))
    assert not document.diagnostics
    return data_files.read(config, document, DataFolder(folder))


def load(
    folder: Path, text: str, files: Files, file: str = "kustz.yml"
) -> tuple[Sources, list[str]]:
    write(folder, files)
    found, diagnostics = read_sources(folder, HEAD + text, file)
    return found, list(map(str, diagnostics))


def accept(folder: Path, text: str, files: Files) -> Sources:
    found, diagnostics = load(folder, text, files)
    assert diagnostics == []
    return found


def refuse(folder: Path, text: str, files: Files) -> list[str]:
    _, diagnostics = load(folder, text, files)
    return diagnostics


def envs(*paths: str, pairs: str = "{}") -> str:
    files = ", ".join(paths)
    return f"name: shop\nservice: {{image: nginx, envs: {{files: [{files}], pairs: {pairs}}}}}"


def load_env(folder: Path, text: str, files: Files) -> tuple[dict[str, str], list[str]]:
    write(folder, files)
    config, document = normalise(read(text.encode(), "kustz.yml", is_secret))
    found, _, diagnostics = data_files.read_variables(config, document, DataFolder(folder))
    (env,) = found.values()
    return env, list(map(str, diagnostics))


# Environment


def test_env_of_files_and_pairs(tmp_path: Path) -> None:
    env, diagnostics = load_env(
        tmp_path,
        envs("one.yml", "two.yml", pairs="{C: pair, D: pair}"),
        {"one.yml": "A: 1.10\nB: yes\nC: one\n", "two.yml": "# only\nB: two\nE: |\n  x\n  y\n"},
    )
    assert diagnostics == []
    assert list(env.items()) == [
        ("A", "1.10"),
        ("B", "two"),
        ("C", "pair"),
        ("E", "x\ny\n"),
        ("D", "pair"),
    ]


def test_a_missing_env_file(tmp_path: Path) -> None:
    _, (problem,) = load_env(tmp_path, envs("a.yml"), {})
    assert problem.endswith("service.envs.files[0]: expected an existing file, got 'a.yml'")


def test_an_empty_env_file(tmp_path: Path) -> None:
    assert load_env(tmp_path, envs("a.yml"), {"a.yml": ""}) == ({}, [])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("1A: x\nB: ~\nC: [x]\n", [
            "a.yml:1:1: 1A: expected an environment variable name of letters, digits, '_', '-' and '.' (no digit first, not '.', no '..' first), got '1A'",
            'a.yml:2:4: B: expected a string, got null; write "" for an empty string',
            "a.yml:3:4: C: expected a string, got a list",
        ]),
        ('A: "x\\0"\nB: "\\x85"', [
            "a.yml:1:4: A: expected no U+0000, which no process can be given",
            "a.yml:2:4: B: expected a string that kustomize keeps, got U+0085",
        ]),
        ("A: 1\nA: 2", ["a.yml:2:1: expected unique keys, got 'A' twice; the first is at line 1"]),
        ("- A", ["a.yml:1:1: expected a mapping, got a list"]),
        (b"A: \xff", ["a.yml:1:4: expected UTF-8, got the byte 0xFF"]),
        ("A: 'x", ["a.yml:1:6: expected the closing quote of the string that opens at line 1, column 4, got the end of the file"]),
    ],
)  # fmt: skip
def test_env_file_refused(tmp_path: Path, content: bytes | str, expected: list[str]) -> None:
    assert load_env(tmp_path, envs("a.yml"), {"a.yml": content})[1] == expected


def test_a_file_named_twice_is_reported_once(tmp_path: Path) -> None:
    _, diagnostics = load_env(tmp_path, envs("a.yml", "./a.yml"), {"a.yml": "1A: x"})
    assert len(diagnostics) == 1


# ConfigMaps and Secrets


def test_configmaps(tmp_path: Path) -> None:
    found = accept(
        tmp_path,
        "configmaps:\n"
        "  envs: [{name: e, files: [a.env, b.env]}]\n"
        "  files: [{name: f, files: [x.txt, k=sub/x.bin]}]\n"
        "  literals: [{name: l, files: [one.yml, two.yml]}]\n",
        {
            "a.env": '\ufeff# c\nA="1" # x\n\n B=2 \nC\n',
            "b.env": "D=a=b\r\nE=",
            "x.txt": "x\r\n",
            "sub/x.bin": b"\xff\x00",
            "one.yml": "A: 1.10\nB: |\n  x\n  y\n",
            "two.yml": "A: yes\n",
        },
    )
    assert found.configmaps == (
        DataSet("e", None, literals={"A": '"1" # x', "B": "2 ", "C": "", "D": "a=b", "E": ""}),
        DataSet("f", None, files={"x.txt": b"x\r\n", "k": b"\xff\x00"}),
        DataSet("l", None, literals={"A": "yes", "B": "x\ny\n"}),
    )
    assert found.secrets == ()


def test_secrets_are_files_whatever_their_list(tmp_path: Path) -> None:
    found = accept(
        tmp_path,
        "secrets:\n"
        "  envs: [{name: e, files: [a.env]}]\n"
        "  files: [{name: f, files: [x.bin]}]\n"
        "  literals: [{name: l, type: my/type, files: [one.yml]}]\n",
        {"a.env": "A=é\n", "x.bin": b"\xff\x7f\x85", "one.yml": 'B: "\\x85"\n'},
    )
    assert found.secrets == (
        DataSet("e", "Opaque", files={"A": "é".encode()}),
        DataSet("f", "Opaque", files={"x.bin": b"\xff\x7f\x85"}),
        DataSet("l", "my/type", files={"B": "\x85".encode()}),
    )


def test_no_text_form_shows_a_value(tmp_path: Path) -> None:
    text = "secrets: {envs: [{name: e, files: [a.env]}]}"
    found = accept(tmp_path, text, {"a.env": "A=hunter2"})
    assert "hunter2" not in f"{found!r} {found}"


def test_entry_without_files(tmp_path: Path) -> None:
    found = accept(tmp_path, "configmaps: {envs: [{name: e}]}", {})
    assert found.configmaps == (DataSet("e", None),)


def test_a_dotenv_line_may_be_long(tmp_path: Path) -> None:
    text = "configmaps: {envs: [{name: e, files: [a.env]}]}"
    found = accept(tmp_path, text, {"a.env": f"A={'x' * 70_000}\nB=1\n"})
    assert [len(value) for value in found.configmaps[0].literals.values()] == [70_000, 1]


def test_paths_are_relative_to_the_folder(tmp_path: Path) -> None:
    text = "configmaps: {files: [{name: f, files: [../x.txt]}]}"
    (tmp_path / "app").mkdir()
    (tmp_path / "x.txt").write_text("x")
    assert accept(tmp_path / "app", text, {}).configmaps[0].files == {"x.txt": b"x"}


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("kustz.yml", "a.env"),
        ("apps/web/kustz.yml", "apps/web/a.env"),
        ("../kustz.yml", "../a.env"),
        ("standard input", "a.env"),
    ],
)
def test_a_data_file_is_named_from_where_the_config_is(
    tmp_path: Path, file: str, shown: str
) -> None:
    text = "configmaps: {envs: [{name: e, files: [a.env]}]}"
    _, diagnostics = load(tmp_path, text, {"a.env": "=x"}, file)
    assert diagnostics[0].startswith(f"{shown}:1:1: expected key=value")


CONFIGMAPS = "configmaps:\n  envs: [{name: e, files: [a.env, b.env]}]\n"
FILES = "configmaps:\n  files: [{name: f, files: [a.txt]}]\n"
LITERALS = "configmaps:\n  literals: [{name: l, files: [a.yml]}]\n"


@pytest.mark.parametrize(
    ("text", "files", "expected"),
    [
        (CONFIGMAPS, {"a.env": "A=1\nA=2\nB=1", "b.env": "\nB=2"}, [
            "a.env:2:1: A: expected unique keys (the first is at line 1 of a.env), got 'A' twice",
            "b.env:2:1: B: expected unique keys (the first is at line 3 of a.env), got 'B' twice",
        ]),
        (CONFIGMAPS, {"a.env": "export A=1\nB =2\n=3", "b.env": b"C=\xff"}, [
            "a.env:1:1: expected key=value, the key of letters, digits, '-', '_' and '.'; remove the word export",
            "a.env:2:1: expected key=value, the key of letters, digits, '-', '_' and '.'; remove the space before '='",
            "a.env:3:1: expected key=value, the key of letters, digits, '-', '_' and '.'",
            "b.env:1:3: expected UTF-8, got the byte 0xFF",
        ]),
        (CONFIGMAPS, {"a.env": "A=x\x85\nB=\ty", "b.env": "C=\x7f"}, [
            "a.env:1:1: A: expected a string that kustomize keeps, got U+0085",
            "b.env:1:1: C: expected a string that kustomize keeps, got U+007F",
        ]),
        (CONFIGMAPS, {"a.env": ""}, ["kustz.yml:4:35: configmaps.envs[0].files[1]: expected an existing file, got 'b.env'"]),
        (FILES, {"a.txt": "one\ntwo \x85\nthree \uffff\x7f\n"}, [
            "a.txt:2:5: a.txt: expected a string that kustomize keeps, got U+0085",
            "a.txt:3:7: a.txt: expected a string that kustomize keeps, got U+FFFF",
        ]),
        (FILES, {"a.txt": "\ta\nb\n"}, ["a.txt:1:1: a.txt: expected a string that kustomize keeps, got several lines after a tab"]),
        (FILES, {"a.txt/b": ""}, ["kustz.yml:4:29: configmaps.files[0].files[0]: expected a file, got the folder 'a.txt'"]),
        (FILES, {"a.txt": b"x" * (MAX_BYTES + 1)}, ["kustz.yml:4:29: configmaps.files[0].files[0]: expected a file of at most 1048576 bytes, got 'a.txt'"]),
        (LITERALS, {"a.yml": 'a b: x\nc: ~\nd: "\\x85"\ne: {}\n'}, [
            "a.yml:1:1: a b: expected a key of letters, digits, '-', '_' and '.' (at most 253, not '.', no '..' first), got 'a b'",
            'a.yml:2:4: c: expected a string, got null; write "" for an empty string',
            "a.yml:4:4: e: expected a string, got a mapping",
            "a.yml:3:4: d: expected a string that kustomize keeps, got U+0085",
        ]),
        (LITERALS, {"a.yml": 'a: "\\ta\\nb"'}, ["a.yml:1:4: a: expected a string that kustomize keeps, got several lines after a tab"]),
        (LITERALS, {"a.yml": "a: 1\na: 2"}, ["a.yml:2:1: expected unique keys, got 'a' twice; the first is at line 1"]),
    ],
)  # fmt: skip
def test_configmap_refused(tmp_path: Path, text: str, files: Files, expected: list[str]) -> None:
    assert refuse(tmp_path, text, files) == expected


def test_text_of_the_largest_size(tmp_path: Path) -> None:
    text = "configmaps:\n  files: [{name: f, files: [a.txt, b.txt]}]\n"
    assert accept(tmp_path, text, {"a.txt": b"x" * (MAX_BYTES - 1), "b.txt": b"x"})
    assert refuse(tmp_path, text, {"a.txt": b"x" * MAX_BYTES}) == [
        "kustz.yml:4:21: configmaps.files[0].files: expected data of at most 1048576 bytes in total, got 1048577"
    ]  # fmt: skip


def test_special_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("")
    text = f"configmaps: {{files: [{{name: f, files: [fifo, loop, file/x, n=x/../fifo, y={'y' * 300}]}}]}}"
    _, diagnostics = read_sources(tmp_path, HEAD + text)
    assert [problem.message for problem in diagnostics] == [
        "expected a regular file, got 'fifo'",
        "expected a readable file, got 'loop': too many levels of symbolic links",
        "expected a readable file, got 'file/x': not a directory",
        "expected an existing file, got 'x/../fifo'",
        f"expected a readable file, got '{'y' * 40}…' (300 characters): file name too long",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.txt").chmod(0)
    assert refuse(tmp_path, FILES, {}) == [
        "kustz.yml:4:29: configmaps.files[0].files[0]: expected a readable file, got 'a.txt'"
    ]


SECRET = "hunter2"


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (f"{{files: [{{name: a, files: [{SECRET}]}}]}}", {}),
        (f"{{files: [{{name: a, files: [{SECRET}]}}]}}", {f"{SECRET}/x": ""}),
        (f"{{files: [{{name: a, files: [password={SECRET}]}}]}}", {}),
        ("{envs: [{name: a, files: [a]}]}", {"a": f"{SECRET} x"}),
        ("{envs: [{name: a, files: [a]}]}", {"a": f"{SECRET}\n{SECRET}"}),
        ("{envs: [{name: a, files: [a]}]}", {"a": f"{SECRET}=1\n{SECRET}=2"}),
        ("{envs: [{name: a, files: [a]}]}", {"a": b"A=\xffhunter2"}),
        ("{literals: [{name: a, files: [a]}]}", {"a": SECRET}),
        ("{literals: [{name: a, files: [a]}]}", {"a": f"[{SECRET}]"}),
        ("{literals: [{name: a, files: [a]}]}", {"a": f"a: [{SECRET}]"}),
        ("{literals: [{name: a, files: [a]}]}", {"a": f"a: !{SECRET} {SECRET}"}),
        ("{literals: [{name: a, files: [a]}]}", {"a": f"a: '{SECRET}"}),
        ("{literals: [{name: a, files: [a]}]}", {"a": f"{SECRET} {SECRET}: x"}),
        ("{literals: [{name: a, files: [a]}]}", {"a": f"a: {SECRET}\x00"}),
        ("{literals: [{name: a, files: [a], type: kubernetes.io/tls}]}", {"a": f"a: {SECRET}"}),
        ("{files: [{name: a, files: [.dockerconfigjson=a], type: kubernetes.io/dockerconfigjson}]}", {"a": SECRET}),
        ("{files: [{name: a, files: [.dockercfg=a], type: kubernetes.io/dockercfg}]}", {"a": f'["{SECRET}"]'}),
    ],
)  # fmt: skip
def test_what_is_secret_is_in_no_message(tmp_path: Path, text: str, files: Files) -> None:
    write(tmp_path, files)
    _, diagnostics = read_sources(tmp_path, f"{HEAD}secrets: {text}")
    assert diagnostics
    assert all(problem.is_secret for problem in diagnostics)
    assert not any(SECRET in problem.message for problem in diagnostics)


@pytest.mark.parametrize(
    ("kind", "files", "expected"),
    [
        ("tls", {"tls.crt": ""}, ["expected the key tls.key for the type kubernetes.io/tls"]),
        ("tls", {"tls.crt": "", "tls.key": ""}, []),
        ("basic-auth", {"user": "x"}, ["expected the key username or password for the type kubernetes.io/basic-auth"]),
        ("basic-auth", {"password": ""}, []),
        ("ssh-auth", {"ssh-privatekey": ""}, ["expected the key ssh-privatekey, with content, for the type kubernetes.io/ssh-auth"]),
        ("ssh-auth", {"ssh-privatekey": "x"}, []),
        ("dockercfg", {"x": "{}"}, ["expected the key .dockercfg for the type kubernetes.io/dockercfg"]),
        ("dockerconfigjson", {".dockercfg": "{}"}, ["expected the key .dockerconfigjson for the type kubernetes.io/dockerconfigjson"]),
        ("other", {}, []),
    ],
)  # fmt: skip
def test_secret_types(tmp_path: Path, kind: str, files: Files, expected: list[str]) -> None:
    text = f"secrets: {{files: [{{name: a, type: kubernetes.io/{kind}, files: [{', '.join(files)}]}}]}}"
    prefix = "kustz.yml:3:19: secrets.files[0]: "
    assert refuse(tmp_path, text, files) == [prefix + message for message in expected]


def test_a_type_is_not_judged_by_files_that_cannot_be_read(tmp_path: Path) -> None:
    text = "secrets: {files: [{name: a, type: kubernetes.io/tls, files: [tls.crt]}]}"
    (problem,) = refuse(tmp_path, text, {})
    assert problem.endswith("expected an existing file")


# What kustomize carries


CARRIED = [
    *(
        "",
        "\ta",
        "a\n\tb\n",
        "\t \n",
        "\ta\nb ",
        "\ta\r\nb",
        "\t😀\n",
        "\t\ufeff\n",
        " a\n",
        "\n\n",
    ),
    *(
        "\x00\x01\x1b\t\r",
        "\xa0\xad\u200b\u2028\ufeff\ufffd\U0001fffe",
        "---\na",
        "# a\n",
        "'",
        "yes",
    ),
]
LOST = [
    "\ta\n",
    "\ta\nb",
    "\t\n",
    "\té\n",
    "\t\u2028\n",
    "\x7f",
    "\x80",
    "\x85",
    "\x9f",
    "\ufffe",
    "\uffff",
]


@pytest.mark.parametrize("text", CARRIED)
def test_nothing_is_lost(text: str) -> None:
    assert not list(find_lost(text))
    assert not list(find_lost_bytes(text.encode()))


@pytest.mark.parametrize("text", LOST)
def test_something_is_lost(text: str) -> None:
    assert list(find_lost(text))
    assert list(find_lost_bytes(text.encode()))


def built(folder: Path, texts: list[str]) -> dict[str, str] | None:
    """Return the data of the ConfigMap that the real kustomize builds of files, None if it fails."""
    keys = [f"k{n}" for n in range(len(texts))]
    for key, text in zip(keys, texts, strict=True):
        (folder / key).write_bytes(text.encode())
    kustomization = {"configMapGenerator": [{"name": "c", "files": keys}]}
    (folder / "kustomization.yml").write_text(yaml.safe_dump(kustomization))
    command = [find_kubectl(), "kustomize", folder]
    run = subprocess.run(command, capture_output=True, check=False)
    return yaml.safe_load(run.stdout)["data"] if run.returncode == 0 else None


def test_kustomize_carries_what_is_not_lost(tmp_path: Path) -> None:
    assert built(tmp_path, CARRIED) == {f"k{n}": text for n, text in enumerate(CARRIED)}


@pytest.mark.parametrize("text", LOST)
def test_kustomize_does_not_carry_what_is_lost(tmp_path: Path, text: str) -> None:
    assert built(tmp_path, [text]) != {"k0": text}


def test_bytes_that_are_no_text_are_carried() -> None:
    assert not list(find_lost_bytes(b"\x7f\xff\xc2\x85"))


# Properties


@given(st.binary(max_size=60))
def test_any_bytes_in_any_data_file(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("data")
    (folder / "a").write_bytes(data)
    lists = "".join(
        f"  {name}: [{{name: {name}, files: [a]}}]\n" for name in ("envs", "files", "literals")
    )
    text = f"name: shop\nservice: {{image: x, envs: {{files: [a]}}}}\nconfigmaps:\n{lists}secrets:\n{lists}"
    found, diagnostics = read_sources(folder, text)
    assert found.secrets[1].files == {"a": data}
    assert all(problem.file == "a" for problem in diagnostics)


TEXTS = st.dictionaries(
    st.text(st.sampled_from("ab.-_1"), max_size=5).map("key{}".format),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    max_size=4,
)


@given(TEXTS)
def test_literals_are_what_yaml_says(
    tmp_path_factory: pytest.TempPathFactory, texts: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("data")
    (folder / "a").write_text(yaml.safe_dump(texts, default_style='"'), encoding="utf-8")
    text = f"{HEAD}secrets: {{literals: [{{name: a, files: [a]}}]}}"
    found, diagnostics = read_sources(folder, text)
    assert diagnostics == []
    assert found.secrets[0].files == {key: value.encode() for key, value in texts.items()}


CAPITALS = "on case-insensitive file systems, such as on macOS and Windows"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("secrets: {envs: [{name: s, files: [a.env, b.env]}]}", [f"b.env:1:1: warning: HTTP_PROXY: the same file as the key at line 1 of a.env {CAPITALS}"]),
        ("secrets: {literals: [{name: s, files: [c.yml]}]}", [f"c.yml:3:4: warning: A: the same file as the key at line 1 of c.yml {CAPITALS}"]),
        ("secrets: {envs: [{name: s, files: [a.env]}, {name: t, files: [b.env]}]}", []),
        ("secrets: {envs: [{name: s, files: [a.env, b.env], backend: {sops: {age: [x]}}}]}", []),
        ("secretBackend: {sops: {age: [x]}}\nsecrets: {envs: [{name: s, files: [a.env, b.env]}]}", []),
        ("configmaps: {envs: [{name: s, files: [a.env, b.env]}]}", []),
        ("configmaps: {literals: [{name: s, files: [c.yml]}]}", []),
    ],
)  # fmt: skip
def test_texts_whose_keys_differ_in_capitals(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    files: Files = {"a.env": "http_proxy=x", "b.env": "HTTP_PROXY=y", "c.yml": "a: x\nb: y\nA: z\n"}
    found, diagnostics = load(tmp_path, text.replace("[x]", f"[{recipient}]"), files)
    assert diagnostics == expected
    sets = (*found.secrets, *found.configmaps)
    keys = sorted(key for each in sets for key in (*each.files, *each.literals))
    assert keys in (["A", "a", "b"], ["HTTP_PROXY", "http_proxy"])


@given(CONFIGS)
def test_any_config_names_data_files_or_is_refused(data: dict[str, Data]) -> None:
    document = Document("f.yml", data, {(): Place("f.yml", 1, 1)}, {})
    config, document = normalise(document)
    diagnostics = kinds.check(config, document)
    diagnostics += data_files.read(config, document, DataFolder(Path(__file__).parent / "absent"))[
        1
    ]
    assert all(problem.message for problem in diagnostics)
