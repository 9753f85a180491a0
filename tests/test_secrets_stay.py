"""A marker is in every place a secret can come from; it ends up only in secrets/.

Every command is run, every failure provoked, then the marker is looked for, plain and in base64,
in all that was said, in all that git would commit, and in the temporary folder.
"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyrage
import pytest
from command import Ended, on_terminal, run
from generated import git

MARKER = "s3cr3t-Mark3r-9f81c2"
LITERAL_CONFIG = """\
name: shop
service: {image: "ghcr.io/team/shop:1.0"}
registries: [{name: pull, auths: {ghcr.io: {username: deploy, password: MARKER}}}]
"""
CONFIG = """\
name: shop
service:
  image: ghcr.io/team/shop:1.0
  imagePullSecrets: [pull, hub, whole, older, sealed]
  envs:
    secrets: [lines, texts]
registries:
  - name: pull
    auths:
      ghcr.io: {username: {env: MARKED_USER}, password: {env: MARKED_PASSWORD}}
  - name: hub
    auths:
      docker.io: {username: {file: user.txt}, password: {file: password.txt}}
  - name: whole
    file: docker-config.json
  - name: older
    type: dockercfg
    file: docker-config.json
  - name: sealed
    backend: {sops: {age: [RECIPIENT]}}
    auths:
      ghcr.io/team: {username: deploy, password: {env: MARKED_PASSWORD}}
secrets:
  envs:
    - name: lines
      files: [lines.env]
    - name: sealed-lines
      backend: {sops: {age: [RECIPIENT]}}
      files: [lines.env]
  files:
    - name: config
      type: kubernetes.io/dockerconfigjson
      files: [.dockerconfigjson=docker-config.json]
    - name: key
      files: [key.pem]
  literals:
    - name: texts
      files: [texts.yml]
"""


def forms(text: str) -> Iterator[bytes]:
    """Yield the text, and what is in every base64 that holds it."""
    yield text.encode()
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + text.encode())
        yield encoded[4 if offset else 0 : -4]


FORMS = tuple(forms(MARKER))


def holds_marker(content: bytes) -> bool:
    return any(form in content for form in FORMS)


def auth(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with the marker in every source, which git ignores."""
    home, temporary = tmp_path / "app", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("MARKED_USER", f"user-{MARKER}")
    monkeypatch.setenv("MARKED_PASSWORD", MARKER)
    git(home, "init", "-q")
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    write(home, "kustz.yml", CONFIG.replace("RECIPIENT", recipient))
    write_sources(home)
    return home


def write(home: Path, name: str, text: str) -> None:
    target = home / name
    target.parent.mkdir(exist_ok=True)
    target.write_text(text.replace("MARKER", MARKER), "utf-8")


def write_sources(home: Path) -> None:
    entry = {"auth": auth(f"deploy:{MARKER}"), "password": MARKER}
    sources = {
        "docker-config.json": json.dumps({"auths": {"ghcr.io": entry, "docker.io": entry}}),
        "user.txt": "user-MARKER\n",
        "password.txt": "MARKER\r\n",
        "lines.env": "PASSWORD=MARKER\nURL=https://shop:MARKER@db.example.com/\n",
        "key.pem": "-----BEGIN PRIVATE KEY-----\nMARKER\n-----END PRIVATE KEY-----\n",
        "texts.yml": 'PASSWORD: MARKER\nTEXT: "a\\nMARKER\\n"\n',
    }
    for name, text in sources.items():
        write(home, name, text)
    write(home, ".gitignore", "".join(f"{name}\n" for name in sources))


Call = Callable[..., Ended]


@pytest.fixture
def call(folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return a function that runs a command, and looks for the marker in all that it says."""

    def checked(*words: str) -> Ended:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MARKER.encode())))
        outcome = run(capfd, folder, *words)
        assert not holds_marker((outcome.out + outcome.err).encode()), words
        assert "Traceback" not in outcome.err, outcome.err
        look_around(folder)
        return outcome

    return checked


def look_around(home: Path) -> None:
    """Look for the marker in what git would commit, and for anything in the temporary folder."""
    temporary = home.parent / "temporary"
    assert not list(temporary.rglob("*"))
    git(home, "add", "-A")
    for name in git(home, "ls-files", "-z").split("\0"):
        if name:
            assert not holds_marker(name.encode())
            assert not holds_marker((home / name).read_bytes()), name


COMMANDS = [
    ("generate",),
    ("generate",),
    ("check",),
    ("check", "--format", "json"),
    ("check", "--format", "github"),
    ("diff",),
    ("validate",),
    ("validate", "--format", "json"),
    ("validate", "--format", "github"),
    ("generate", "--stdout"),
    ("generate", "--skip-secrets"),
    ("generate", "--rotate"),
    ("generate", "--force", "--adopt", "--no-prune"),
    ("generate", "--index", "-o", "all/{name}"),
    ("generate", "--jobs", "2"),
    ("default",),
    ("init",),
    ("templates", "list"),
    ("templates", "show", "_secret.yml.j2"),
    ("registry", "list"),
    ("registry", "list", "-f", "texts.yml"),
    ("registry", "add", "quay.io", "-u", "deploy", "--password-stdin"),
    ("registry", "add", "quay.io", "-u", "deploy", "--password-stdin", "-f", "texts.yml"),
]


def test_no_command_says_or_keeps_it(folder: Path, call: Call) -> None:
    for words in COMMANDS:
        call(*words)
    secrets = [path for path in folder.rglob("*") if path.is_file() and "secrets" in path.parts]
    assert sum(holds_marker(path.read_bytes()) for path in secrets) >= 8
    server = '{"auths": {"https://u:MARKER@ghcr.io": {"auth": "YTpi"}, "u:MARKER@x.io/v2": {}}}'
    write(folder, "docker-config.json", server)
    for words in COMMANDS:
        call(*words)
    write_sources(folder)
    write(folder, "password.txt", "MARKER-2")
    write(folder, "lines.env", "PASSWORD=MARKER-2\nNEW=MARKER-3\n")
    for words in (("diff",), ("check",), ("generate",), ("diff",)):
        call(*words)


def test_only_show_secrets_shows_it(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    outcome = run(capfd, folder, "generate", "--stdout", "--show-secrets")
    assert holds_marker(outcome.out.encode())
    assert not holds_marker(outcome.err.encode())


FAILURES = {
    "literal password": {"kustz.yml": LITERAL_CONFIG},
    "literal beside another fault": {
        "kustz.yml": '{name: shop, registries: [{password: MARKER, name: "MARKER"}], bogus: 1}\n'
    },
    "password for a map": {
        "kustz.yml": LITERAL_CONFIG.replace("{username: deploy, password: MARKER}", "MARKER")
    },
    "registries misspelt": {"kustz.yml": LITERAL_CONFIG.replace("registries:", "registry:")},
    "registries of another level": {
        "kustz.yml": "name: shop\nservice: {image: a, registries: {password: MARKER}}\n"
    },
    "registries of another level, as a block": {
        "kustz.yml": "name: shop\nservice:\n  image: a\n  password: MARKER\n  token: MARKER\n"
    },
    "password in a server": {
        "kustz.yml": LITERAL_CONFIG.replace("ghcr.io: {", '"https://u:MARKER@ghcr.io": {')
    },
    "unclosed quote": {"kustz.yml": LITERAL_CONFIG.replace(": MARKER", ': "MARKER')},
    "broken config": {"kustz.yml": LITERAL_CONFIG + "\tMARKER: [\n"},
    "broken JSON": {"docker-config.json": '{"auths": {"ghcr.io": {"auth": MARKER}}}'},
    "other JSON": {"docker-config.json": '["MARKER"]'},
    "auths of text": {"docker-config.json": '{"auths": "MARKER"}'},
    "auth no base64": {"docker-config.json": '{"auths": {"ghcr.io": {"auth": "MARKER!"}}}'},
    "auth no colon": {
        "docker-config.json": json.dumps({"auths": {"ghcr.io": {"auth": auth(MARKER)}}})
    },
    "identity token": {"docker-config.json": '{"auths": {"ghcr.io": {"identitytoken": "MARKER"}}}'},
    "a number": {"docker-config.json": '{"auths": {"ghcr.io": {"password": ["MARKER"]}}}'},
    "broken dotenv": {"lines.env": "=MARKER\nA B=MARKER\nA\0=MARKER\n"},
    "key twice": {"lines.env": "A=MARKER\nA=MARKER\n"},
    "broken YAML": {"texts.yml": 'A: "MARKER\n'},
    "list of texts": {"texts.yml": "- MARKER\n"},
    "text of text": {"texts.yml": "MARKER\n"},
    "a list for a text": {"texts.yml": "A: [MARKER]\n"},
    "duplicate text": {"texts.yml": "A: MARKER\nA: MARKER\n"},
    "a tag": {"texts.yml": "A: !MARKER x\n"},
    "an alias": {"texts.yml": "A: *MARKER\n"},
    "in a variable": {
        "kustz.yml": CONFIG.replace("  envs:\n", "  envs:\n    pairs: {A: MARKER}\n", 1)
    },
    "in a label": {
        "kustz.yml": CONFIG.replace("name: shop\n", "name: shop\nlabels: {a: MARKER}\n", 1)
    },
    "template that fails": {
        "kustz-templates/_dockercfg.json.j2": "{{ accounts[0].password + 1 }}\n"
    },
    "template that indexes": {
        "kustz-templates/_dockercfg.json.j2": "{{ accounts[0][accounts[0].password] }}\n"
    },
    "template that prints": {
        "kustz-templates/_dockercfg.json.j2": "a: b\n{{ accounts[0].password }}\n"
    },
    "template that makes numbers": {
        "kustz-templates/_dockercfg.json.j2": "a: {{ accounts[0].password.nothing }}\n"
    },
    "template of a Secret": {"kustz-templates/_secret.yml.j2": "{{ secret.data + 1 }}\n"},
    "two documents": {"kustz-templates/_secret.yml.j2": "a: b\n---\nc: d\n"},
    "no document": {"kustz-templates/_secret.yml.j2": "\n"},
    "an open Secret": {
        "kustz-templates/open.yml.j2": "apiVersion: v1\nkind: Secret\nmetadata: {name: open}\n"
        "stringData: {a: MARKER}\n"
    },
    "an open value": {
        "kustz-templates/open.yml.j2": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: open}\n"
        f"data: {{a: x{auth(MARKER)}}}\n"
    },
}


@pytest.mark.parametrize("files", FAILURES.values(), ids=FAILURES)
def test_no_failure_says_or_keeps_it(files: dict[str, str], folder: Path, call: Call) -> None:
    for name, text in files.items():
        recipient = (folder / "kustz.yml").read_text().partition("age: [")[2].partition("]")[0]
        write(folder, name, text.replace("RECIPIENT", recipient))
    tampered = [name for name in files if holds_marker((folder / name).read_bytes())]
    with (folder / ".gitignore").open("a") as ignored:  # what the user wrote there is the user's
        ignored.writelines(f"/{name}\n" for name in tampered)
    assert call("generate").code == 1
    for words in (("validate",), ("check",), ("diff",), ("generate", "--stdout")):
        call(*words)


PASSWORD = "accounts[0].password"
FAULTS = {
    "a name backwards": f"{{% include {PASSWORD} | reverse %}}",
    "a name in capitals": f"{{% extends {PASSWORD} | upper %}}",
    "a part of a name": f"{{% import {PASSWORD}[3:] as x %}}",
    "a key of a map": f"{{{{ {{}}[{PASSWORD} | reverse] }}}}",
    "an attribute": f"{{{{ accounts[0] | attr({PASSWORD} | reverse) }}}}",
    "a filter": f"{{{{ [1] | map({PASSWORD} | reverse) | list }}}}",
    "a test": f"{{{{ [1] | select({PASSWORD} | reverse) | list }}}}",
    "a number": f"{{{{ {PASSWORD} | reverse | int(default=none) + 1 }}}}",
    "a format": f"{{{{ '%d' | format({PASSWORD} | reverse) }}}}",
    "an argument": f"{{{{ [1] | join(**{{{PASSWORD} | reverse: 1}}) }}}}",
    "a length": f"{{{{ ([0] * ({PASSWORD} | length))[99] }}}}",
    "codes": f"{{{{ {{}}[{PASSWORD} | map('upper') | join('-')] }}}}",
    "a line": f"{{% if {PASSWORD}[0] == 's' %}}\n\n{{{{ 1 / 0 }}}}\n{{% endif %}}",
    "a line of a macro": f"{{% macro f() %}}\n{{{{ {{}}[{PASSWORD}] }}}}\n{{% endmacro %}}{{{{ f() }}}}",
}


@pytest.mark.parametrize("text", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("name", ["_dockerconfigjson.json.j2", "_secret.yml.j2"])
def test_the_fault_of_a_template_does_not_depend_on_a_value(
    name: str, text: str, folder: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "_secret.yml.j2":
        text = text.replace(PASSWORD, "(secret.data.values() | first)")
    write(folder, f"kustz-templates/{name}", text + "\n")
    first = call("generate")
    assert first.code == 1
    assert f"kustz-templates/{name}" in first.err
    monkeypatch.setenv("MARKED_PASSWORD", "s0mething-0f-an0ther-length-and-c0ntent")
    assert call("generate").err == first.err


def test_a_fault_of_every_value_is_shown_with_its_line(folder: Path, call: Call) -> None:
    write(folder, "kustz-templates/_secret.yml.j2", "kind: Secret\na: {{ secret.nme }}\n")
    assert "_secret.yml.j2:2:1: no key 'nme'; did you mean name?" in call("generate").err


@pytest.mark.parametrize(
    "words",
    [
        ("--set", f"registries[0].auths.ghcr\\.io.password={MARKER}"),
        ("--set", f"registries={MARKER}"),
        ("--set", f"secrets.envs[0].type=[{MARKER}"),
        ("-t", "absent"),
        ("-c", "password.txt"),
        ("-c", "docker-config.json"),
    ],
)
def test_no_flag_says_it(words: tuple[str, ...], call: Call) -> None:
    assert call("generate", *words).code in {1, 2}


def test_no_trouble_of_the_disk_says_it(
    folder: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "manifests").write_text("a file")
    assert call("generate").code == 1
    (folder / "manifests").unlink()
    assert call("generate").code == 0
    (folder / "manifests/deployment.yml").write_text("foreign: true\n")
    assert call("generate").code == 1
    monkeypatch.delenv("MARKED_PASSWORD")
    for command in ("generate", "check", "diff", "validate"):
        call(command)
    (folder / "lines.env").unlink()
    for words in (("check",), ("diff",), ("validate",), ("generate", "--skip-secrets", "--force")):
        call(*words)


def test_after_generate_and_add_no_secret_is_staged(folder: Path, call: Call) -> None:
    assert call("generate").code == 0
    git(folder, "add", "-A")
    staged = git(folder, "diff", "--cached", "--name-only").split()
    assert "manifests/secrets/.gitignore" in staged
    assert not [
        name for name in staged if name.startswith("manifests/secrets/") and "ignore" not in name
    ]
    for name in staged:
        assert not holds_marker(git(folder, "show", f":{name}").encode()), name


def test_a_repository_among_the_secrets_is_left_alone(folder: Path, call: Call) -> None:
    assert call("generate").code == 0
    secrets = folder / "manifests/secrets"
    git(secrets, "init", "-q")
    before = sorted(secrets.rglob("*"))
    assert call("generate").code == 0
    write(folder, "kustz.yml", "name: shop\nservice: {image: x}\n")
    assert call("generate").code == 0
    assert [path for path in before if ".git" in path.parts] == sorted(secrets.rglob("*"))


def test_a_secret_file_that_git_tracks_is_not_written(folder: Path, call: Call) -> None:
    target = folder / "manifests/secrets/pull/.dockerconfigjson"
    target.parent.mkdir(parents=True)
    target.write_text("{}")
    git(folder, "add", "-f", str(target))
    outcome = call("generate")
    assert outcome.code == 1
    assert "manifests/secrets/pull/.dockerconfigjson: git tracks this file" in outcome.err
    assert target.read_text() == "{}"
    assert not (folder / "manifests/deployment.yml").exists()


# What stands in a label or a variable is shown as any other text.
WRITTEN_OUT = [
    name for name in FAILURES if "kustz.yml" in FAILURES[name] and not name.startswith("in a ")
]


@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_no_terminal_shows_it(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal shows the line of a fault, but none that may hold a secret."""
    write(folder, "kustz.yml", FAILURES[name]["kustz.yml"])
    monkeypatch.chdir(folder)
    code, shown = on_terminal("validate")
    assert code == 1
    assert not holds_marker(shown.encode()), shown
