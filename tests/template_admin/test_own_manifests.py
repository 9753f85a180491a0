"""The user's own manifests in the output folder are owned like all that is generated."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import run

CONFIG = "name: web\nservice: {image: nginx}\n"
MANIFEST = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n"


@pytest.fixture
def app(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Path:
    (tmp_path / "kustz.yml").write_text(CONFIG + "resources: [account.yml]\n")
    (tmp_path / "account.yml").write_text(MANIFEST)
    assert run(capfd, tmp_path, "generate").code == 0
    return tmp_path


def test_a_copy_has_the_bytes_of_its_source_and_follows_it(
    app: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    copy = app / "manifests" / "resources" / "account.yml"
    assert copy.read_text() == MANIFEST
    (app / "account.yml").write_text(MANIFEST.replace("\n", "\r\n") + "# more\r\n")
    assert run(capfd, app, "check").code == 1
    assert run(capfd, app, "generate").code == 0
    assert copy.read_bytes() == (app / "account.yml").read_bytes()


def test_a_hand_edit_is_not_overwritten(app: Path, capfd: pytest.CaptureFixture[str]) -> None:
    copy = app / "manifests" / "resources" / "account.yml"
    copy.write_text(MANIFEST + "# mine\n")
    outcome = run(capfd, app, "generate")
    assert outcome.code == 1
    assert "resources/account.yml: edited by hand" in outcome.err
    assert copy.read_text() == MANIFEST + "# mine\n"


def test_what_is_no_longer_named_is_removed_with_its_folder(
    app: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (app / "manifests" / "resources" / "foreign.yml").write_text("mine\n")
    (app / "kustz.yml").write_text(CONFIG)
    assert run(capfd, app, "generate").code == 0
    kept = [path.name for path in (app / "manifests" / "resources").iterdir()]
    assert kept == ["foreign.yml"]
    (app / "manifests" / "resources" / "foreign.yml").unlink()
    (app / "kustz.yml").write_text(CONFIG + "resources: [account.yml]\n")
    run(capfd, app, "generate")
    (app / "kustz.yml").write_text(CONFIG)
    run(capfd, app, "generate")
    assert not (app / "manifests" / "resources").exists()


def test_a_file_of_somebody_else_is_not_taken(app: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (app / "other.yml").write_text(MANIFEST.replace("web", "other"))
    (app / "manifests" / "resources" / "other.yml").write_text("mine\n")
    (app / "kustz.yml").write_text(CONFIG + "resources: [account.yml, other.yml]\n")
    outcome = run(capfd, app, "generate")
    assert outcome.code == 1
    assert "resources/other.yml: not written by kustz-tpl" in outcome.err
