"""Data files and templates that a config names stay inside its repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from command import Ended, run, write
from generated import git

Cli = Callable[..., Ended]
HEAD = "name: shop\nservice: {image: nginx}\n"
FORMS = {
    "configmaps.files": "configmaps: {files: [{name: x, files: [PATH]}]}",
    "configmaps.literals": "configmaps: {literals: [{name: x, files: [PATH]}]}",
    "configmaps.envs": "configmaps: {envs: [{name: x, files: [PATH]}]}",
    "secrets.files": "secrets: {files: [{name: x, files: [PATH]}]}",
    "registries.file": "registries: [{name: x, file: PATH}]",
    "registries.auths": "registries: [{name: x, auths: {a.b: {username: u, password: {file: PATH}}}}]",
    "patches": "patches: [{path: PATH}]",
    "resources": "resources: [PATH]",
    "resources of a folder": "resources: [PATH/..]",
}


@pytest.fixture
def cli(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run the command line in an application of a repository that has neighbours."""
    (tmp_path / "repository/app").mkdir(parents=True)
    git(tmp_path / "repository", "init", "-q")
    write(tmp_path / "repository/inside", "a: b\n")
    write(tmp_path / "outside", "a: b\n")

    def call(config: str, *words: str) -> Ended:
        write(tmp_path / "repository/app/kustz.yml", HEAD + config)
        return run(capfd, tmp_path / "repository/app", *(words or ("generate",)))

    return call


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("command", ["generate", "check", "diff", "validate"])
def test_a_path_that_leaves_the_repository(form: str, command: str, cli: Cli) -> None:
    outcome = cli(FORMS[form].replace("PATH", "../../outside"), command)
    assert outcome.code == 1
    assert "expected a path inside the repository (or the flag --allow-outside)" in outcome.err
    assert ("got '../../outside" in outcome.err) is not form.startswith(("secrets", "registries"))
    assert not Path("manifests").exists()


def test_a_variable_file_that_leaves_the_repository(cli: Cli) -> None:
    outcome = cli("", "generate", "--set", "service.envs.files=[../../outside]")
    assert "expected a path inside the repository" in outcome.err
    assert cli("", "generate", "--set", "service.envs.files=[../inside]").code == 0


@pytest.mark.parametrize(
    "target", ["/proc/self/environ", "../../outside", "../../app/../../outside"]
)
def test_a_link_that_leaves_the_repository(target: str, tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "repository/app/link").symlink_to(target)
    outcome = cli(FORMS["configmaps.files"].replace("PATH", "link"))
    assert (
        "expected a path inside the repository (or the flag --allow-outside), got 'link'"
        in outcome.err
    )
    assert not (tmp_path / "repository/app/manifests").exists()


def test_a_folder_that_is_a_link_out_of_the_repository(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "repository/app/link").symlink_to(tmp_path)
    outcome = cli(FORMS["configmaps.files"].replace("PATH", "link/outside"))
    assert (
        "expected a path inside the repository (or the flag --allow-outside), got 'link/outside'"
        in outcome.err
    )


def test_above_the_application_is_inside_the_repository(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "repository/app/link").symlink_to("../inside")
    for path in ("../inside", "link", "../../repository/inside"):
        assert cli(FORMS["configmaps.files"].replace("PATH", f"key={path}")).code == 0


def test_the_config_of_git_is_not_read(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "repository/app/link").symlink_to("../.git")
    for path in ("../.git/config", "link/config", "../.git/x/../config"):
        outcome = cli(FORMS["configmaps.files"].replace("PATH", path))
        assert f"expected a path outside .git, got '{path}'" in outcome.err


def test_without_a_repository_the_folder_of_the_config_is_the_limit(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "outside", "x")
    config = HEAD + FORMS["configmaps.files"].replace("PATH", "../outside")
    write(tmp_path / "app/kustz.yml", config)
    outcome = run(capfd, tmp_path, "generate", "app")
    assert "expected a path inside the folder of the config (or" in outcome.err
    assert run(capfd, tmp_path, "generate", "app", "--allow-outside").code == 0
    assert (tmp_path / "manifests/configmaps/x/outside").read_text() == "x"


def test_a_flag_of_the_user_allows_it(tmp_path: Path, cli: Cli) -> None:
    config = FORMS["configmaps.files"].replace("PATH", "../../outside")
    for words in (("generate",), ("check",), ("diff",), ("validate",)):
        assert cli(config, *words, "--allow-outside").code == 0
    (tmp_path / "repository/app/manifests/deployment.yml").unlink()
    outcome = cli(config, "check", "--allow-outside")
    assert "kustz-tpl generate --allow-outside" in outcome.err


def test_an_absent_secret_outside_is_refused_too(cli: Cli) -> None:
    outcome = cli(FORMS["secrets.files"].replace("PATH", "../../absent"), "check")
    assert "expected a path inside the repository (or" in outcome.err


def test_templates_next_to_the_config_stay_inside(tmp_path: Path, cli: Cli) -> None:
    write(tmp_path / "templates/secret.yml.j2", "{% include 'outside' %}\n")
    folder = tmp_path / "repository/app/kustz-templates"
    folder.symlink_to(tmp_path / "templates")
    for words in (("generate",), ("templates", "list"), ("templates", "eject", "service.yml.j2")):
        outcome = cli("", *words)
        assert outcome.code == 1
        assert "kustz-templates: a link out of the repository" in outcome.err
    assert [each.name for each in (tmp_path / "templates").iterdir()] == ["secret.yml.j2"]
    folder.unlink()
    (tmp_path / "templates").rename(tmp_path / "repository/templates")
    folder.symlink_to("../templates")
    assert cli("", "templates", "list").code == 0


def test_no_compiled_template_of_the_repository_is_used(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    cache = tmp_path / "repository/.cache"
    cache.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    assert cli("").code == 0
    assert (
        run(capfd, tmp_path, "check", "repository/app", "-o", "repository/app/manifests").code == 0
    )
    write(tmp_path / "app/kustz.yml", HEAD)
    assert run(capfd, tmp_path / "repository/app", "generate", "../../app").code == 0
    assert not list(cache.iterdir())
    assert run(capfd, tmp_path, "generate", "app").code == 0
    assert list(cache.iterdir())


@pytest.mark.parametrize("command", ["generate", "check", "diff", "validate"])
def test_a_config_that_is_a_link_out_of_the_repository(
    command: str, tmp_path: Path, cli: Cli
) -> None:
    """A terminal would show a line of the file that it leads to."""
    cli("")
    write(tmp_path / "precious.yml", "password: t0p\n")
    (tmp_path / "repository/app/link.yml").symlink_to(tmp_path / "precious.yml")
    outcome = cli("", command, "-c", "link.yml")
    assert (outcome.code, outcome.err) == (1, "link.yml: a link out of the repository\n")
    (tmp_path / "repository/app/other.yml").symlink_to("kustz.yml")
    assert cli("", "validate", "-c", "other.yml").code == 0
