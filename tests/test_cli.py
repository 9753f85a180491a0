from __future__ import annotations

import io
import json
import shutil
import stat
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from command import WEB, Run, call, on_terminal, start, write
from generated import tree

import kustz_tpl
from kustz_tpl.cli import COMMANDS

NEXT = "next: kubectl apply -k manifests/\n"


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Run:
    return partial(call, capsys)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write("kustz.yml", WEB)
    return tmp_path


def test_version(cli: Run) -> None:
    assert cli("--version").out == f"kustz-tpl {kustz_tpl.__version__}\n"


def test_no_command_shows_the_help(cli: Run) -> None:
    ended = cli()
    assert "Commands:" in ended.out + ended.err
    assert ended.code == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples_in_80_columns(command: str) -> None:
    done = start(command, "--help", env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"})
    text = done.stdout.decode()
    assert done.returncode == 0
    assert max(map(len, text.splitlines())) <= 80
    assert "Example" in text or "Commands:" in text
    assert "<str>" not in text
    assert "list[str]" not in text


def test_the_overview_cuts_no_sentence(cli: Run) -> None:
    assert "..." not in cli("--help").out.partition("\n")[2]


def test_a_wrong_command_is_wrong_usage(cli: Run) -> None:
    ended = cli("generat")
    assert ended.code == 2
    assert "Did you mean 'generate'?" in ended.err


def test_generate_tells_what_it_did(cli: Run) -> None:
    ended = cli("generate")
    assert (ended.code, ended.err) == (0, NEXT)
    assert ended.out.splitlines() == [
        "created    manifests/deployment.yml",
        "created    manifests/service.yml",
        "created    manifests/kustomization.yml",
    ]
    write("kustz.yml", WEB.replace('  ports: ["80"]\n', ""))
    assert cli("generate").out.splitlines() == [
        "changed    manifests/deployment.yml",
        "changed    manifests/kustomization.yml",
        "removed    manifests/service.yml",
        "! manifests/service.yml: Service web is removed",
    ]
    assert cli("generate").out == "unchanged  2 files\n"


def test_generate_into_another_folder(cli: Run) -> None:
    ended = cli("generate", "-o", "to here/{namespace}-{name}", "--set", "namespace=prod")
    note = (
        "--set namespace: not recorded in kustz.yml; to record, run: kustz-tpl set namespace=prod\n"
    )
    assert ended.err == f"next: kubectl apply -k 'to here/prod-web/'\n{note}"
    assert Path("to here/prod-web/kustomization.yml").exists()


def test_generate_tells_about_secrets_only_when_it_wrote_some(cli: Run) -> None:
    write("token", "t0p")
    write("kustz.yml", WEB + "secrets: {files: [{name: web, files: [token]}]}\n")
    note = "manifests/secrets/: not in git; in a clean clone, run kustz-tpl generate to create it\n"
    hint = "to commit Secrets, use the backend external-secret or sops\n"
    assert cli("generate").err == note + hint + NEXT
    assert cli("generate").err == NEXT
    assert stat.S_IMODE(Path("manifests/secrets/web/token").stat().st_mode) == 0o600


def test_what_skip_secrets_leaves_out_is_named_instead_of_the_next_step(cli: Run) -> None:
    write("token", "t0p")
    write("vars.env", "A=1\nB=2\n")
    secrets = "{files: [{name: web, files: [token]}], envs: [{name: vars, files: [vars.env]}]}"
    write("kustz.yml", WEB + f"secrets: {secrets}\n")
    hint = "missing, so this Secret is left out; run generate without --skip-secrets before you apply\n"
    ended = cli("generate", "--skip-secrets")
    assert (ended.code, ended.err) == (
        0,
        f"manifests/secrets/vars/A and 2 files more: {hint}",
    )
    Path("vars.env").unlink()
    shutil.rmtree("manifests")
    ended = cli("generate", "--skip-secrets", "-o", "m/{name}", "--index")
    assert ended.err == f"m/web/secrets/vars and 1 file more: {hint}"
    write("vars.env", "A=1\nB=2\n")
    assert cli("generate").code == 0
    Path("token").unlink()
    assert cli("generate", "--skip-secrets").err == NEXT
    Path("manifests/secrets/web/token").unlink()
    assert cli("generate", "--skip-secrets").err == f"manifests/secrets/web/token: {hint}"


def test_image_replicas_and_set_go_over_the_config(cli: Run) -> None:
    options = ("--image", "nginx:1.28", "--replicas", "3", "--set", "service.ports[0]='!80:8080'")
    assert cli("generate", *options).code == 0
    deployment = yaml.safe_load(Path("manifests/deployment.yml").read_bytes())
    assert deployment["spec"]["replicas"] == 3
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:1.28"
    assert yaml.safe_load(Path("manifests/service.yml").read_bytes())["spec"]["type"] == "NodePort"


@pytest.mark.parametrize(
    ("words", "label"),
    [
        (["--image", "UPPER/x"], "--image"),
        (["--replicas", "-1"], "--replicas"),
        (["--replicas", "many"], "--replicas"),
        (["--set", "service.ports[0]=99999"], "--set service.ports[0]"),
        (["--set", "service.imag=x"], "--set service.imag"),
    ],
)
def test_what_a_flag_sets_is_validated_like_the_file(
    cli: Run, words: list[str], label: str
) -> None:
    ended = cli("generate", *words)
    assert ended.code == 1
    assert ended.err.startswith(f"{label}: ")
    assert not Path("manifests").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--set", "service.image"], "expected PATH=VALUE, got 'service.image'"),
        (["--set", "=x"], "expected PATH=VALUE, got '=x'"),
        (["-o", "{app}"], "expected {name}, {namespace}, {dir}, {env}, got {app}"),
        (["-o", ""], "expected a folder, got nothing"),
        (["-o", "a\nb"], "expected a folder without control characters"),
        (["-o", "m/{name"], "expected {name}, {namespace}, {dir}, {env}, got m/{name"),
        (["-o", "m/{{name}}"], "expected {name}, {namespace}, {dir}, {env}, got m/{{name}}"),
        (["-o", "name}"], "expected {name}, {namespace}, {dir}, {env}, got name}"),
        (["-t", "a\nb"], "expected a folder without control characters"),
        (["-t", ""], "--templates: expected a folder, got nothing"),
        (["-c", ""], "--config: expected a file, got nothing"),
        ([""], "CONFIG: expected a file or a folder, got nothing"),
        ([".", ""], "CONFIG: expected a file or a folder, got nothing"),
        (["-t", "nowhere"], "nowhere: no such folder"),
        (["-t", "kustz.yml"], "kustz.yml: expected a folder, got a file"),
        (["--jobs", "0"], "expected 1 to 1024, got '0'"),
        (["--jobs", "many"], "expected 1 to 1024, got 'many'"),
        (["-c", "a.yml", "b.yml"], "use --config or configs, not both"),
        (["-", "b.yml"], "use - alone, without other configs"),
        (["--stdout", "--force"], "--force: cannot be used with --stdout"),
        (["--adopt", "--stdout"], "--adopt: cannot be used with --stdout"),
        (["--stdout", "--no-prune"], "--no-prune: cannot be used with --stdout"),
        (["--skip-secrets", "--rotate"], "--rotate: cannot be used with --skip-secrets"),
        (["--show-secrets"], "--show-secrets: requires --stdout"),
        (["--nonsense"], "No such option: --nonsense"),
    ],
)
def test_wrong_usage(cli: Run, words: list[str], message: str) -> None:
    ended = cli("generate", *words)
    assert ended.code == 2
    assert message in ended.err
    assert not Path("manifests").exists()


def test_init_makes_the_folders(cli: Run) -> None:
    ended = cli("init", "services/web/kustz.yml")
    assert (ended.code, ended.out) == (
        0,
        "created    services/web/kustz.yml\ncreated    services/web/.gitignore\n",
    )
    assert cli("validate", "services/web").code == 0
    ended = cli("init", "kustz.yml/web/kustz.yml")
    assert (ended.code, ended.err) == (1, "kustz.yml/web: not a directory\n")


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("web", "web"),
        ("services/web/", "web"),
        ("My Shop_2.0", "my-shop-2-0"),
        ("a" * 62 + "-b", "a" * 62),
        ("2fast", "my-app"),
        ("größe", "gr-e"),
        ("!", "my-app"),
    ],
)
def test_init_of_a_folder_names_the_application_after_it(cli: Run, folder: str, name: str) -> None:
    ended = cli("init", folder)
    file = f"{folder.rstrip('/')}/kustz.yml"
    ignored = file.replace("kustz.yml", ".gitignore")
    assert (ended.code, ended.out) == (0, f"created    {file}\ncreated    {ignored}\n")
    assert Path(file).read_text() == cli("default").out.replace(
        "name: my-app            #", f"{f'name: {name}':23} #"
    )
    assert cli("validate", folder).code == 0
    assert cli("init", folder).err.startswith(f"{file}: already exists")


def test_init_of_the_current_folder(cli: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "shop").mkdir()
    monkeypatch.chdir(here / "shop")
    assert cli("init", ".").out.startswith("created    kustz.yml\n")
    assert "\nname: shop " in Path("kustz.yml").read_text()


def test_a_config_with_another_suffix_is_named(cli: Run) -> None:
    write("web/kustz.yaml", "name: web\n")
    for config in ("web", "web/kustz.yml"):
        ended = cli("validate", config)
        assert ended.err == "web/kustz.yml: no such file; rename kustz.yaml to kustz.yml\n"
    assert cli("validate", "web/other.yml").err == "web/other.yml: no such file\n"


@pytest.mark.parametrize(("file", "got"), [("-", "-"), ("", "nothing")])
def test_init_writes_a_file(cli: Run, here: Path, file: str, got: str) -> None:
    before = tree(here)
    ended = cli("init", file)
    assert ended.code == 2
    assert (
        f"FILE: expected a file, got {got}; to print the starter, run kustz-tpl default\n"
        in ended.err
    )
    assert tree(here) == before


@pytest.mark.parametrize("command", [[], ["generate"], ["templates"], ["templates", "list"]])
def test_h_stands_for_help(cli: Run, command: list[str]) -> None:
    ended = cli(*command, "-h")
    assert (ended.code, ended.out) == (0, cli(*command, "--help").out)
    assert "-h" in ended.out


@pytest.mark.parametrize("command", [[], ["templates"], ["registry"]])
def test_no_line_of_a_list_of_commands_is_cut(command: list[str]) -> None:
    code, text = on_terminal(*command, "--help")
    _, heading, commands = text.partition("Commands:\n")
    assert (code, heading) == (0, "Commands:\n")
    assert all(line.endswith(".") and "..." not in line for line in commands.splitlines())


def test_a_config_of_no_name_is_wrong_usage_of_every_command(cli: Run) -> None:
    for command in (["check"], ["diff"], ["validate"], ["templates", "list"]):
        ended = cli(*command, "-c", "")
        assert (ended.code, ended.out) == (2, "")
        assert "--config: expected a file, got nothing" in ended.err


def test_a_missing_config(cli: Run) -> None:
    Path("kustz.yml").unlink()
    ended = cli("generate")
    assert ended.code == 1
    assert ended.err == "kustz.yml: no such file; to create one, run kustz-tpl init\n"
    assert cli("validate", "-c", "other.yml").err == "other.yml: no such file\n"
    assert (
        cli("validate", ".").err == "kustz.yml: no such file; to create one, run kustz-tpl init\n"
    )


def test_a_config_from_standard_input(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = SimpleNamespace(buffer=io.BytesIO(WEB.encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    assert cli("generate", "-c", "-").code == 0
    head = Path("manifests/service.yml").read_text().splitlines()[0]
    assert head.startswith("# Generated by kustz-tpl from standard input; do not edit.")
    stdin.buffer = io.BytesIO(b"name: [\n")
    ended = cli("validate", "-")
    assert (ended.code, ended.err[:15]) == (1, "standard input:")


def test_a_folder_stands_for_its_config(cli: Run) -> None:
    write("services/web/kustz.yml", WEB)
    assert cli("generate", "services/web", "-o", "{dir}/out").code == 0
    assert Path("services/web/out/service.yml").exists()


def test_an_endless_config_is_not_read_to_its_end(cli: Run) -> None:
    ended = cli("validate", "-c", "/dev/zero")
    assert ended.code == 1
    assert ended.err.startswith("/dev/zero: ")


def test_stdout_prints_what_would_be_written_and_no_secret(cli: Run) -> None:
    write("token", "t0p-secret")
    write("key", "k3y")
    write(
        "kustz.yml",
        WEB
        + "secrets: {files: [{name: web, files: [token]}]}\n"
        + "configmaps: {files: [{name: web, files: [key]}]}\n",
    )
    ended = cli("generate", "--stdout")
    assert ended.code == 0
    assert "t0p-secret" not in ended.out
    assert "# file: manifests/deployment.yml\n# Generated by kustz-tpl" in ended.out
    assert "# file: manifests/secrets/web/token (a secret, not shown)\n" in ended.out
    assert "# file: manifests/configmaps/web/key (3 bytes as they are, not shown)\n" in ended.out
    kinds = [page["kind"] for page in yaml.safe_load_all(ended.out) if page]
    assert kinds == ["Deployment", "Service", "Kustomization"]
    assert not Path("manifests").exists()


def test_stdout_is_what_generate_writes(cli: Run) -> None:
    printed = cli("generate", "--stdout").out
    cli("generate")
    for path in Path("manifests").glob("*.yml"):
        assert path.read_text() in printed


def test_force_adopt_and_no_prune(cli: Run) -> None:
    cli("generate")
    path = Path("manifests/service.yml")
    edited = path.read_text() + "# mine\n"
    path.write_text(edited)
    ended = cli("generate")
    assert ended.code == 1
    assert ended.err.startswith("manifests/service.yml: edited by hand; move the change into")
    write("kustz.yml", WEB.replace('  ports: ["80"]\n', ""))
    assert cli("generate", "--no-prune").code == 0
    assert path.read_text() == edited
    assert cli("generate", "--force").code == 0
    assert not path.exists()
    path.write_text("kind: Mine\n")
    write("kustz.yml", WEB)
    assert cli("generate", "--force").code == 1
    assert cli("generate", "--adopt").code == 0


def test_validate(cli: Run) -> None:
    assert cli("validate").out == "kustz.yml: valid\n"
    write("bad.yml", "name: web\nservice: {imag: x}\n")
    ended = cli("validate", "kustz.yml", "bad.yml")
    assert ended.code == 1
    assert ended.out == "1 of 2 configs valid\n"
    assert ended.err.startswith("bad.yml:2:")


def test_validate_as_json(cli: Run) -> None:
    write("bad.yml", "name: web\nservice:\n  imag: x\n")
    ended = cli("validate", "kustz.yml", "bad.yml", "--format", "json")
    assert ended.code == 1
    report = json.loads(ended.out)
    assert report["ok"] is False
    assert report["applications"][0] == {"config": "kustz.yml", "problems": []}
    problem = next(p for p in report["applications"][1]["problems"] if p["line"] == 3)
    assert problem == {
        "file": "bad.yml",
        "line": 3,
        "column": 3,
        "path": "service.imag",
        "message": "unknown key",
        "hint": "did you mean image?",
        "severity": "error",
    }
    assert ended.err == ""


def test_validate_for_github(cli: Run) -> None:
    write("a,b:c.yml", "name: web\nservice:\n  imag: x\n  image: x\n")
    ended = cli("validate", "a,b:c.yml", "--format", "github")
    assert ended.code == 1
    assert ended.out == (
        "::error file=a%2Cb%3Ac.yml,line=3,col=3::service.imag: unknown key; did you mean image?\n"
    )


def test_a_command_of_kustz_suggests_its_name_here(cli: Run) -> None:
    ended = cli("render")
    assert ended.code == 2
    assert "No such command 'render'. Did you mean 'generate'?" in ended.err


def test_an_unknown_format(cli: Run) -> None:
    ended = cli("check", "--format", "xml")
    assert ended.code == 2
    assert "expected text, json or github, got 'xml'" in ended.err


def test_init(cli: Run, here: Path) -> None:
    before = tree(here)
    ended = cli("init")
    assert ended.code == 1
    assert ended.err == "kustz.yml: already exists; to print the starter, run kustz-tpl default\n"
    assert tree(here) == before
    Path("kustz.yml").unlink()
    ended = cli("init")
    assert (ended.code, ended.out) == (0, "created    kustz.yml\ncreated    .gitignore\n")
    assert ended.err == "next: edit it, then run kustz-tpl generate\n"
    Path("link.yml").symlink_to("target.yml")
    assert cli("init", "link.yml").code == 1
    assert not Path("target.yml").exists()


def test_the_starter_is_valid_and_generates(cli: Run) -> None:
    text = cli("default").out
    write("kustz.yml", text)
    assert cli("validate").code == 0
    assert cli("generate").code == 0


def test_everything_in_the_starter_is_valid(cli: Run) -> None:
    """Its examples are comments: with the # gone they hold, too."""
    text = cli("default").out
    lines = [
        line.replace("# ", "", 1) if line.lstrip().startswith("#") else line
        for line in text.splitlines()[2:]
    ]
    write("kustz.yml", "\n".join(lines) + "\n")
    for name in ("settings.env", "credentials.env"):
        write(name, "KEY=value\n")
    for name in ("env.yml", "flags.yml"):
        write(name, "KEY: value\n")
    for name in ("nginx.conf", "conf/default.conf"):
        write(name, "text\n")
    ended = cli("validate")
    assert (ended.code, ended.err) == (0, "")
