"""Secrets for commits, encrypted by the real sops for a real age key."""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import pyrage
import pytest
import yaml
from command import Ended, run
from generated import git
from kube import build

from kustz_tpl.secrets.sops import decrypt, parse_encrypted

Generate = Callable[..., Ended]

CONFIG = """\
name: shop
labels: {{version: 1.10}}
service:
  image: ghcr.io/team/shop:1.0
  imagePullSecrets: [pull]
secretBackend: {backend}
registries:
  - name: pull
    auths:
      ghcr.io: {{username: deploy, password: {{env: REGISTRY_PASSWORD}}}}
secrets:
  files:
    - name: files
      type: example.com/own
      files: [data.bin]
"""
PULL, FILES = "manifests/secret-pull.sops.yml", "manifests/secret-files.sops.yml"
DATA = bytes(range(256))


def new_key() -> tuple[str, str]:
    """Return a secret key of age and its recipient."""
    key = pyrage.x25519.Identity.generate()
    return str(key), str(key.to_public())


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the recipient whose secret key sops finds."""
    secret, recipient = new_key()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("SOPS_AGE_KEY", secret)
    return recipient


@pytest.fixture
def generate(
    key: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Generate:
    def call(*words: str, password: str | None = "s3cr3t") -> Ended:
        if password is None:
            monkeypatch.delenv("REGISTRY_PASSWORD", raising=False)
        else:
            monkeypatch.setenv("REGISTRY_PASSWORD", password)
        return run(capfd, tmp_path, *(words or ("generate",)))

    configure(tmp_path, key)
    (tmp_path / "data.bin").write_bytes(DATA)
    return call


def configure(folder: Path, *recipients: str) -> None:
    backend = f"{{sops: {{age: [{', '.join(recipients)}]}}}}" if recipients else "sops"
    (folder / "kustz.yml").write_text(CONFIG.format(backend=backend))


def opened(folder: Path, path: str) -> dict[str, Any]:
    encrypted = parse_encrypted((folder / path).read_bytes())
    assert encrypted is not None
    found = decrypt(encrypted)
    assert found is not None
    return found


def account(folder: Path) -> dict[str, str]:
    data = opened(folder, PULL)["data"][".dockerconfigjson"]
    found: dict[str, str] = json.loads(base64.b64decode(data))["auths"]["ghcr.io"]
    return found


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path: (folder / path).read_bytes() for path in (PULL, FILES)}


def test_round_trip(tmp_path: Path, generate: Generate) -> None:
    outcome = generate()
    assert outcome.code == 0, outcome.err
    assert "kubectl apply -k does not" in outcome.err
    assert account(tmp_path)["password"] == "s3cr3t"
    secret = opened(tmp_path, FILES)
    assert base64.b64decode(secret["data"]["data.bin"]) == DATA
    assert secret["type"] == "example.com/own"
    assert secret["metadata"] == {"name": "files", "labels": {"app": "shop", "version": "1.10"}}
    assert not (tmp_path / "manifests/secrets").exists()


def test_it_is_listed_and_only_its_data_is_encrypted(tmp_path: Path, generate: Generate) -> None:
    generate()
    listed = yaml.safe_load((tmp_path / "manifests/kustomization.yml").read_bytes())["resources"]
    assert listed == ["deployment.yml", "secret-files.sops.yml", "secret-pull.sops.yml"]
    secret = next(each for each in build(tmp_path / "manifests") if each["kind"] == "Secret")
    assert secret["metadata"]["labels"] == {"app": "shop", "version": "1.10"}
    assert all(value.startswith("ENC[") for value in secret["data"].values())


def test_the_same_values_are_not_encrypted_again(tmp_path: Path, generate: Generate) -> None:
    generate()
    before = bytes_of(tmp_path)
    assert generate().code == 0
    assert bytes_of(tmp_path) == before


def test_check_compares_what_is_not_encrypted(tmp_path: Path, generate: Generate, key: str) -> None:
    generate()
    outcome = generate("check", password="other")
    assert (outcome.code, outcome.out) == (0, "up to date: 1 application\n")
    assert f"{PULL}: warning: the encrypted values were not compared" in outcome.err
    config = (tmp_path / "kustz.yml").read_text()
    for change in (("1.10", "1.20"), ("[data.bin]", "[data.bin, x=data.bin]"), (key, new_key()[1])):
        (tmp_path / "kustz.yml").write_text(config.replace(*change))
        outcome = generate("check")
        assert outcome.code == 1
        assert f"{FILES}: changed" in outcome.out
    outcome = generate("diff")
    assert f"-        - recipient: {key}\n" in outcome.out


def test_check_finds_a_secret_that_is_not_there_yet(tmp_path: Path, generate: Generate) -> None:
    assert f"{PULL}: missing" in generate("check").out
    shown = generate("generate", "--stdout").out
    assert "ENC[by generate]" in shown
    assert "s3cr3t" not in shown
    assert not (tmp_path / "manifests").exists()


def test_a_changed_value_is(tmp_path: Path, generate: Generate) -> None:
    generate()
    before = bytes_of(tmp_path)
    assert generate(password="other").code == 0
    assert account(tmp_path)["password"] == "other"
    assert bytes_of(tmp_path)[FILES] == before[FILES]


def test_without_the_key_it_stays_until_rotated(
    tmp_path: Path, generate: Generate, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate()
    before = bytes_of(tmp_path)
    secret = os.environ["SOPS_AGE_KEY"]
    monkeypatch.delenv("SOPS_AGE_KEY")
    outcome = generate(password="other")
    assert (outcome.code, bytes_of(tmp_path)) == (0, before)
    assert "cannot be decrypted here" in outcome.err
    assert generate("generate", "--rotate", password="other").code == 0
    monkeypatch.setenv("SOPS_AGE_KEY", secret)
    assert account(tmp_path)["password"] == "other"


def test_another_recipient_or_label_encrypts_it_again(
    tmp_path: Path, generate: Generate, key: str
) -> None:
    generate()
    before = bytes_of(tmp_path)
    configure(tmp_path, key, new_key()[1])
    assert generate().code == 0
    after = bytes_of(tmp_path)
    assert not set(before.values()) & set(after.values())
    config = (tmp_path / "kustz.yml").read_text().replace("1.10", "1.20")
    (tmp_path / "kustz.yml").write_text(config)
    assert generate().code == 0
    assert opened(tmp_path, PULL)["metadata"]["labels"]["version"] == "1.20"


def test_it_has_the_labels_and_annotations_of_secrets(tmp_path: Path, generate: Generate) -> None:
    more = (
        "selector: {app: store}\nmetadata: {secret: {labels: {version: '2'}, annotations: {a: b}}}"
    )
    with (tmp_path / "kustz.yml").open("a") as config:
        config.write(f"\n{more}\n")
    assert generate().code == 0
    for name in ("pull", "files"):
        assert opened(tmp_path, f"manifests/secret-{name}.sops.yml")["metadata"] == {
            "name": name,
            "labels": {"app": "store", "version": "2"},
            "annotations": {"a": "b"},
        }


def test_the_rules_of_sops_yaml(tmp_path: Path, generate: Generate, key: str) -> None:
    configure(tmp_path)
    outcome = generate()
    assert outcome.code == 1
    assert "no .sops.yaml above this file; write backend: {sops: {age: [age1…]}}" in outcome.err
    assert not (tmp_path / "manifests").exists()
    rules = {"creation_rules": [{"path_regex": r"manifests/.*\.sops\.yml$", "age": key}]}
    (tmp_path / ".sops.yaml").write_text(json.dumps(rules))
    assert generate().code == 0
    assert account(tmp_path)["username"] == "deploy"


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        ".*",
        r"\.sops\.ya?ml$",
        r"(?i)MANIFESTS/",
        r"^(dev|staging|prod|manifests)/(?:.*/)?secret-[a-z0-9-]+\.(sops|enc)\.ya?ml$",
        r"manifests/[^/]*[-.][^/]*\.[a-z]{3,4}\.yml",
        r"manifests/[*+(]*secret",
    ],
)
def test_usual_patterns(pattern: str, tmp_path: Path, generate: Generate, key: str) -> None:
    configure(tmp_path)
    rules = {"creation_rules": [{"path_regex": pattern, "age": key}]}
    (tmp_path / ".sops.yaml").write_text(json.dumps(rules))
    outcome = generate()
    assert outcome.code == 0, outcome.err


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("creation_rules: []", "no rule of"),
        ("creation_rules: [{path_regex: other}]", "no rule of"),
        ("creation_rules: [{path_regex: '('}]", "expected creation_rules as sops reads them"),
        *(
            (
                f"creation_rules: [{{path_regex: '{pattern}'}}]",
                f"expected a path_regex with few * and +, and no repeated group, got '{pattern}'",
            )
            for pattern in (
                "(a+)+$",
                "(a|a)*$",
                "([^/]*){9}$",
                ".*" * 9 + "$",
                "a?" * 30 + "a" * 20,
                "(?=a)",
                r"(.)\1",
            )
        ),
        ("creation_rules: [x]", "expected creation_rules as sops reads them"),
        ("[", "expected creation_rules as sops reads them"),
        ("creation_rules: [{age: age2}]", "expected a public key of age"),
        ("creation_rules: [{hc_vault_transit_uri: 'http://x'}]", "has hc_vault_transit_uri"),
        ("creation_rules: [{key_groups: [{age: [x]}]}]", "kustz-tpl uses age keys only"),
    ],
)
def test_refused_rules(rules: str, message: str, tmp_path: Path, generate: Generate) -> None:
    configure(tmp_path)
    (tmp_path / ".sops.yaml").write_text(rules)
    for words in (("generate",), ("check",)):
        outcome = generate(*words)
        assert outcome.code == 1
        assert message in outcome.err
    assert not (tmp_path / "manifests").exists()


def test_a_rule_above_the_repository_is_not_used(
    tmp_path: Path, generate: Generate, key: str
) -> None:
    configure(tmp_path)
    git(tmp_path, "init", "-q", "manifests")
    (tmp_path / ".sops.yaml").write_text(f"creation_rules: [{{age: {key}}}]\n")
    assert "no .sops.yaml above this file" in generate().err


@pytest.mark.parametrize("variable", ["SOPS_AGE_KEY_FILE", "XDG_CONFIG_HOME", "HOME"])
def test_the_places_of_a_key(
    variable: str, tmp_path: Path, generate: Generate, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate()
    file = tmp_path / "home/.config/sops/age/keys.txt"
    file.parent.mkdir(parents=True)
    file.write_text(os.environ["SOPS_AGE_KEY"])
    monkeypatch.delenv("SOPS_AGE_KEY")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "cannot be decrypted here" in generate().err
    values = {"HOME": "home", "XDG_CONFIG_HOME": "home/.config"}
    monkeypatch.setenv(variable, str(tmp_path / values.get(variable, file)))
    assert "cannot be decrypted here" not in generate().err


class Server(ThreadingTCPServer):
    """A server that counts who comes."""

    calls = 0


class Caller(BaseRequestHandler):
    def handle(self) -> None:
        Server.calls += 1


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(Server, "calls", 0)
    with Server(("127.0.0.1", 0), Caller) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_no_token_goes_to_a_server_that_a_file_names(
    tmp_path: Path,
    generate: Generate,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generate()
    secret = os.environ["SOPS_AGE_KEY"]
    monkeypatch.setenv("VAULT_TOKEN", "t0ken-of-the-user")
    monkeypatch.delenv("SOPS_AGE_KEY")
    vault = {
        "vault_address": f"http://127.0.0.1:{server.server_address[1]}",
        "engine_path": "transit",
        "key_name": "x",
        "created_at": "2026-01-01T00:00:00Z",
        "enc": "vault:v1:x",
    }
    target = tmp_path / PULL
    found = yaml.safe_load(target.read_bytes())
    found["sops"]["hc_vault"] = [vault]
    target.write_text(target.read_text().partition("\n")[0] + "\n" + yaml.safe_dump(found))
    for words in (("check",), ("diff",), ("generate", "--stdout"), ("validate",)):
        generate(*words)
    assert generate("generate", "--force").code == 0
    assert server.calls == 0
    assert "hc_vault" not in target.read_text()
    monkeypatch.setenv("SOPS_AGE_KEY", secret)
    assert account(tmp_path)["password"] == "s3cr3t"


def fake_sops(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """Put a program in the place of sops; what it notes is in the file that is returned."""
    program, notes = folder / "fake/sops", folder / "fake/notes"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nenv >> "{notes}"\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(program.parent), os.environ["PATH"]]))
    return notes


def test_only_generate_calls_sops_and_without_credentials(
    tmp_path: Path, generate: Generate, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate()
    notes = fake_sops(tmp_path, monkeypatch, "exit 1")
    for name in ("AWS_SECRET_ACCESS_KEY", "VAULT_TOKEN", "SOPS_KMS_ARN", "GNUPGHOME"):
        monkeypatch.setenv(name, "mine")
    for words in (("check",), ("diff",), ("generate", "--stdout"), ("validate",)):
        generate(*words)
    assert not notes.exists()
    generate()
    names = {line.partition("=")[0] for line in notes.read_text().splitlines()}
    assert "SOPS_AGE_KEY" in names
    assert not names & {"HOME", "AWS_SECRET_ACCESS_KEY", "VAULT_TOKEN", "SOPS_KMS_ARN", "GNUPGHOME"}


@pytest.mark.parametrize("script", ["exit 0", "echo '{}'", "echo not: [json", "echo null"])
@pytest.mark.parametrize("words", [("generate",), ("generate", "--rotate")])
def test_what_sops_prints_is_checked(
    words: tuple[str, ...],
    script: str,
    tmp_path: Path,
    generate: Generate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generate()
    before = bytes_of(tmp_path)
    fake_sops(tmp_path, monkeypatch, script)
    outcome = generate(*words, password="other")
    assert outcome.code == 1
    assert ": sops did not return" in outcome.err
    assert bytes_of(tmp_path) == before


@pytest.mark.parametrize("data", ["[a]", "text", "{1: a, b: c}"])
@pytest.mark.parametrize("command", ["check", "diff", "generate"])
def test_an_encrypted_manifest_that_is_no_secret_is_made_again(
    command: str, data: str, tmp_path: Path, generate: Generate
) -> None:
    generate()
    path = tmp_path / FILES
    found = yaml.safe_load(path.read_text())
    found["data"] = yaml.safe_load(data)
    path.write_text(path.read_text().splitlines()[0] + "\n" + yaml.safe_dump(found))
    assert generate(command).code in {0, 1}


def test_a_value_that_sops_leaves_open_is_refused(
    tmp_path: Path, generate: Generate, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate()
    before = bytes_of(tmp_path)
    fake_sops(tmp_path, monkeypatch, f"cat {tmp_path}/open.yml")
    found = yaml.safe_load(before[FILES])
    found["data"] = {"data.bin": base64.b64encode(DATA).decode()}
    (tmp_path / "open.yml").write_text(yaml.safe_dump(found))
    assert "sops did not return an encrypted Secret" in generate("generate", "--rotate").err
    assert bytes_of(tmp_path) == before


def test_rotate_is_for_files_that_are_written(generate: Generate) -> None:
    assert generate("generate", "--stdout", "--rotate").code == 2


def test_an_absent_source_leaves_it(tmp_path: Path, generate: Generate) -> None:
    generate()
    before = bytes_of(tmp_path)
    assert generate(password=None).code == 1
    outcome = generate("check", password=None)
    assert outcome.code == 0
    assert "REGISTRY_PASSWORD is missing, so this Secret is left out" in outcome.err
    assert generate("generate", "--skip-secrets", password=None).code == 0
    assert bytes_of(tmp_path) == before


def test_a_secret_that_is_no_more_is_removed(tmp_path: Path, generate: Generate) -> None:
    generate()
    config = (tmp_path / "kustz.yml").read_text().partition("secrets:\n")[0]
    (tmp_path / "kustz.yml").write_text(config)
    assert generate().code == 0
    assert not (tmp_path / FILES).exists()


def test_no_sops_at_all(
    tmp_path: Path, generate: Generate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    outcome = generate()
    assert outcome.code == 1
    assert "sops is not on PATH" in outcome.err
    assert not (tmp_path / "manifests").exists()
