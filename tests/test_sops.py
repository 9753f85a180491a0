"""Secrets for commits, encrypted by the real sops for a real age key."""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest
import yaml
from command import Ended, run
from kube import build

from kustz_tpl.credentials.sops import decrypt

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
    found = decrypt((folder / path).read_bytes(), folder / path)
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
    assert generate("check").code == 0
    assert bytes_of(tmp_path) == before


def test_a_changed_value_is(tmp_path: Path, generate: Generate) -> None:
    generate()
    before = bytes_of(tmp_path)
    assert generate("check", password="other").code == 1
    assert bytes_of(tmp_path) == before
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


def test_the_rules_of_sops_yaml(tmp_path: Path, generate: Generate, key: str) -> None:
    configure(tmp_path)
    outcome = generate()
    assert outcome.code == 1
    assert "no rule of a .sops.yaml is for this file" in outcome.err
    assert not (tmp_path / "manifests").exists()
    rules = {"creation_rules": [{"path_regex": r"manifests/.*\.sops\.yml$", "age": key}]}
    (tmp_path / ".sops.yaml").write_text(json.dumps(rules))
    assert generate().code == 0
    assert account(tmp_path)["username"] == "deploy"


def test_an_absent_source_leaves_it(tmp_path: Path, generate: Generate) -> None:
    generate()
    before = bytes_of(tmp_path)
    assert generate(password=None).code == 1
    outcome = generate("check", password=None)
    assert outcome.code == 0
    assert "REGISTRY_PASSWORD is absent here, so this secret is left out" in outcome.err
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
    assert "expected the program sops on PATH" in outcome.err
    assert not (tmp_path / "manifests").exists()
