"""`set`: values of a kustz.yml or of an environment's layer, every other byte kept."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from command import PROGRAM, WEB, Ended, obey_modes, run, start, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kustz_tpl.errors import InputError
from kustz_tpl.output.disk import replace_source
from kustz_tpl.schema import is_secret
from kustz_tpl.yaml_source import Scalar, read, show_path
from kustz_tpl.yaml_source.editing import find
from kustz_tpl.yaml_source.tree import parse_path

Set = Callable[..., Ended]
CASES = Path(__file__).parent / "cases"
SHOP = """\
# The shop
name: shop
environments: [dev, staging, prod]
service:
  image: registry.example.com/shop:1.10  # from CI
  ports: ["80:8080"]
"""


@pytest.fixture
def kustz(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Set:
    monkeypatch.chdir(tmp_path)
    write("kustz.yml", SHOP)

    def call(*words: str) -> Ended:
        return run(capfd, tmp_path, *words)

    return call


def test_a_value_and_nothing_else_changes(kustz: Set) -> None:
    ended = kustz("set", "service.image=registry.example.com/shop:1.11", "service.replicas=3")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "kustz.yml:5:10: service.image: registry.example.com/shop:1.10 becomes "
        "registry.example.com/shop:1.11\n"
        "kustz.yml:7:13: service.replicas: none becomes 3\n"
    )
    assert Path("kustz.yml").read_text() == SHOP.replace("1.10", "1.11") + "  replicas: 3\n"
    assert [each.name for each in Path().iterdir()] == ["kustz.yml"]


def test_what_is_there_already_stays(kustz: Set) -> None:
    before = Path("kustz.yml").stat()
    ended = kustz("set", "service.ports[0]=80:8080", "service.replicas=~")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "kustz.yml:6:11: service.ports[0]: unchanged\nkustz.yml:5:3: service.replicas: unchanged\n"
    )
    assert Path("kustz.yml").stat() == before


def test_a_layer_is_created_and_changed(kustz: Set) -> None:
    assert kustz("set", "-e", "prod", "service.image=registry.example.com/shop:1.11").out == (
        "kustz.prod.yml:2:10: service.image: registry.example.com/shop:1.10 becomes "
        "registry.example.com/shop:1.11\n"
    )
    write("kustz.prod.yml", "service:\n  image: 'shop:1.11'  # approved\n")
    assert kustz("set", "-e", "prod", "service.image=shop:1.12", "service.replicas=2").code == 0
    text = "service:\n  image: 'shop:1.12'  # approved\n  replicas: 2\n"
    assert Path("kustz.prod.yml").read_text() == text
    assert Path("kustz.yml").read_text() == SHOP


def test_a_layer_takes_away_what_the_base_has(kustz: Set) -> None:
    write("kustz.yml", SHOP + "  replicas: 3\n")
    write("kustz.prod.yml", "service:\n  replicas: 5\n  imagePullPolicy: Always\n")
    ended = kustz("set", "-e", "prod", "service.replicas=~", "service.imagePullPolicy=~")
    assert ended.out == (
        "kustz.prod.yml:2:13: service.replicas: 5 becomes none\n"
        "kustz.prod.yml:3:20: service.imagePullPolicy: Always becomes none\n"
    )
    assert Path("kustz.prod.yml").read_text() == "service:\n  replicas: ~\n"


def test_a_base_loses_the_line(kustz: Set) -> None:
    write("kustz.yml", SHOP + "  replicas: 3  # three\n")
    assert kustz("set", "service.replicas=~").out == (
        "kustz.yml:7:13: service.replicas: 3 becomes none\n"
    )
    assert Path("kustz.yml").read_text() == SHOP


def test_promotion_takes_the_value_of_another_environment(kustz: Set) -> None:
    write("kustz.staging.yml", 'service:\n  image: shop:1.11\nvalues: {debug: "true"}\n')
    paths = ("service.image", "values.debug", "service.ports[0]")
    refused = kustz("set", "-e", "prod", "--from", "staging", *paths)
    assert refused.err == (
        "kustz.prod.yml: service.ports[0]: would replace the whole list of kustz.yml; "
        "write the list in the file\n"
    )
    assert not Path("kustz.prod.yml").exists()
    ended = kustz("set", "-e", "prod", "--from", "staging", *paths[:2])
    assert (ended.code, ended.err) == (0, "")
    expected = 'service:\n  image: shop:1.11\nvalues:\n  debug: "true"\n'
    assert Path("kustz.prod.yml").read_text() == expected
    assert kustz("set", "-e", "dev", "--from", "prod", "service.image").code == 0
    # An environment without a layer has what the base has.
    Path("kustz.staging.yml").unlink()
    assert kustz("set", "-e", "prod", "--from", "staging", "service.image").out == (
        "kustz.prod.yml:2:10: service.image: shop:1.11 becomes registry.example.com/shop:1.10\n"
    )


def test_promotion_takes_away_too(kustz: Set) -> None:
    write("kustz.yml", SHOP + "  replicas: 3\n")
    write("kustz.staging.yml", "service:\n  replicas: ~\n")
    write("kustz.prod.yml", "service:\n  replicas: 5\n")
    assert kustz("set", "-e", "prod", "--from", "staging", "service.replicas").code == 0
    assert Path("kustz.prod.yml").read_text() == "service:\n  replicas: ~\n"


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (
            ["service.replicas=many"],
            "kustz.yml: service.replicas: expected an integer, got 'many'",
        ),
        (
            ["service.image=UPPER/x", "service.replicas=3"],
            "kustz.yml:5:10: service.image: expected an image",
        ),
        (["service.imag=x"], "kustz.yml: service.imag: unknown key; did you mean image?"),
        (["name=~"], "kustz.yml:1:1: name: required key is missing"),
        (
            ["service.ports=80"],
            "kustz.yml:6:10: service.ports: expected a single value, got a list; set one of its",
        ),
        (
            ["service.ports[3]=80"],
            "kustz.yml:6:10: service.ports[3]: expected a position up to 1 in service.ports, got 3",
        ),
        (
            ["-e", "prod", "--from", "dev", "service"],
            "kustz.yml:5:3: service: expected a single value, got a mapping; name one of its parts",
        ),
        (
            ["-e", "prod", "--from", "dev", "labels.a"],
            "kustz.dev.yml: labels.a: not set, and not in kustz.yml either",
        ),
        (
            ["labels.app.kubernetes.io/name=x"],
            r"kustz.yml: labels.app: expected a string, got a mapping; write \. for a dot in a key",
        ),
        (["-c", "web.yml", "name=x"], "web.yml: no such file"),
    ],
)
def test_nothing_is_written_where_something_is_refused(
    kustz: Set, words: list[str], refusal: str
) -> None:
    ended = kustz("set", *words)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(refusal)
    assert [(each.name, each.read_text()) for each in Path().iterdir()] == [("kustz.yml", SHOP)]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ([], "Missing argument 'PATH=VALUE'"),
        (["service.image"], "Invalid value for PATH: expected PATH=VALUE, got 'service.image'"),
        (["=x"], "Invalid value for PATH: expected a path such as service.ports[0], got nothing"),
        (["--from", "dev", "a=b"], "Invalid value for PATH: expected PATH without a value, got 'a=b'"),
        (["-e", "qa", "a=b"], "Invalid value for --env: expected dev, staging or prod, got 'qa'"),
        (["--from", "qa", "a"], "Invalid value for --from: expected dev, staging or prod, got 'qa'"),
        (["-c", "-", "a=b"], "Invalid value for --config: expected a file, got standard input"),
        (["kustz.yml"], "Invalid value for PATH=VALUE: expected PATH=VALUE, got nothing"),
    ],
)  # fmt: skip
def test_wrong_usage(kustz: Set, words: list[str], fault: str) -> None:
    ended = kustz("set", *words)
    assert (ended.code, ended.out) == (2, "")
    assert fault in ended.err


@pytest.mark.parametrize("name", ["../x", "a/b", "Prod", "", "base"])
def test_an_environment_has_a_name(kustz: Set, name: str) -> None:
    write("kustz.yml", WEB)
    ended = kustz("set", "-e", name, "name=x")
    assert (ended.code, ended.out) == (2, "")
    assert "Invalid value for --env: expected " in ended.err
    assert [each.name for each in Path().iterdir()] == ["kustz.yml"]


def test_without_a_list_any_environment_may_have_a_layer(kustz: Set) -> None:
    write("kustz.yml", WEB)
    assert kustz("set", "-e", "prod", "service.replicas=3").code == 0
    assert Path("kustz.prod.yml").read_text() == "service:\n  replicas: 3\n"


def test_a_base_is_judged_in_each_of_its_environments(kustz: Set) -> None:
    write("kustz.yml", "name: shop\nenvironments: [dev, prod]\nservice:\n  ports: [80]\n")
    write("kustz.dev.yml", "service: {image: a}\ningress: {rules: ['http://a.b/?svc=shop:80']}\n")
    write("kustz.prod.yml", "service: {image: a}\n")
    assert kustz("set", "service.replicas=2").code == 0
    ended = kustz("set", "service.ports[0]=81")
    assert ended.code == 1
    assert ended.err.startswith("kustz.dev.yml:2:19: ingress.rules[0]: ")


def test_a_list_of_environments_that_is_wrong_names_no_file(kustz: Set) -> None:
    write("kustz.yml", WEB + "environments: [../x, {a: b}, base, prod]\n")
    refused = kustz("set", "service.replicas=2")
    assert (refused.code, refused.err.count("environments[")) == (1, 3)
    assert "expected prod, got" in kustz("set", "-e", "../x", "service.replicas=2").err
    write("kustz.yml", WEB + "environments: prod\n")
    refused = kustz("set", "-e", "prod", "service.replicas=3")
    assert "environments: expected a list, got 'prod'" in refused.err


def test_the_config_may_come_first(kustz: Set) -> None:
    write("services/api/kustz.yml", WEB)
    write("services/web.yml", WEB)
    assert kustz("set", "services/api", "service.replicas=2").out == (
        "services/api/kustz.yml:5:13: service.replicas: none becomes 2\n"
    )
    assert kustz("set", "-c", "services/web.yml", "-e", "prod", "service.replicas=2").out == (
        "services/web.prod.yml:2:13: service.replicas: none becomes 2\n"
    )


def test_a_layer_of_an_environment_that_nothing_lists_is_noticed(kustz: Set) -> None:
    write("kustz.yml", WEB)
    ended = kustz("set", "-e", "prod", "service.replicas=2")
    assert (ended.code, ended.err) == (0, "next: add prod to environments in kustz.yml\n")
    write("kustz-project.yml", "applications: [.]\nenvironments: [prod]\n")
    assert kustz("set", "-e", "prod", "service.replicas=3").err == ""


def test_a_value_that_is_there_already_is_written_into_a_layer(kustz: Set) -> None:
    image = "registry.example.com/shop:1.10"
    ended = kustz("set", "-e", "prod", f"service.image={image}")
    assert ended.out == f"kustz.prod.yml:2:10: service.image: {image}, as before\n"
    assert Path("kustz.prod.yml").read_text() == f"service:\n  image: {image}\n"


def test_a_default_of_the_project_is_taken_away(kustz: Set) -> None:
    write("kustz-project.yml", "applications: [.]\ndefaults: {service: {replicas: 2}}\n")
    write("kustz-project.prod.yml", "defaults: {service: {imagePullPolicy: Always}}\n")
    assert kustz("set", "-e", "prod", "service.replicas=~", "service.imagePullPolicy=~").out == (
        "kustz.prod.yml:2:13: service.replicas: 2 becomes none\n"
        "kustz.prod.yml:3:20: service.imagePullPolicy: Always becomes none\n"
    )
    assert kustz("set", "-e", "dev", "--from", "prod", "service.replicas").code == 0
    assert Path("kustz.dev.yml").read_text() == "service:\n  replicas: ~\n"
    for layer in ("kustz.dev.yml", "kustz.prod.yml"):
        Path(layer).unlink()
    assert kustz("set", "service.replicas=~").out == (
        "kustz.yml:7:13: service.replicas: 2 becomes none\n"
    )
    assert Path("kustz.yml").read_text() == SHOP + "  replicas: ~\n"


def test_a_broken_link_in_place_of_a_layer_stays(kustz: Set) -> None:
    Path("kustz.prod.yml").symlink_to("nowhere.yml")
    assert kustz("set", "-e", "prod", "service.replicas=2").err == "kustz.prod.yml: a broken link\n"
    assert not Path("nowhere.yml").exists()


def test_generate_follows(kustz: Set) -> None:
    write("web.yml", WEB)
    ended = kustz("set", "-c", "web.yml", "service.image=nginx:1.28", "--generate")
    assert ended.code == 0
    assert ended.out == (
        "web.yml:3:10: service.image: nginx:1.27 becomes nginx:1.28\n"
        "created    manifests/deployment.yml\n"
        "created    manifests/service.yml\n"
        "created    manifests/kustomization.yml\n"
    )
    assert "image: nginx:1.28\n" in Path("manifests/deployment.yml").read_text()
    again = kustz("set", "-c", "web.yml", "service.image=nginx:1.28", "--generate")
    assert again.out == "web.yml:3:10: service.image: unchanged\nunchanged  3 files\n"
    write("manifests/service.yml", "by: hand\n")
    ended = kustz("set", "-c", "web.yml", "service.image=nginx:1.29", "--generate")
    assert ended.code == 1
    assert "not generated" in ended.err or "edited by hand" in ended.err
    assert "nginx:1.29" in Path("web.yml").read_text()


def test_a_secret_value_is_not_shown(kustz: Set) -> None:
    text = "registries:\n  - {server: ghcr.io, username: deploy, password: '%s'}\n"
    write("kustz.yml", WEB + text % "hunter2")
    ended = kustz("set", "registries[0].password=hunter3")
    assert "hunter" not in ended.out + ended.err


def test_a_link_stays_and_so_does_the_mode(kustz: Set) -> None:
    write("real.yml", WEB).chmod(0o664)
    Path("web.yml").symlink_to("real.yml")
    assert kustz("set", "-c", "web.yml", "service.replicas=2").code == 0
    assert Path("web.yml").is_symlink()
    assert Path("real.yml").read_text() == WEB + "  replicas: 2\n"
    assert Path("real.yml").stat().st_mode & 0o777 == 0o664


def test_a_layer_out_of_the_repository_is_not_read(kustz: Set, tmp_path: Path) -> None:
    outside = write(tmp_path.parent / f"{tmp_path.name}.outside.yml", "service: {}\n")
    Path("kustz.prod.yml").symlink_to(outside)
    assert kustz("set", "-e", "prod", "service.replicas=2").err == (
        "kustz.prod.yml: a link out of the repository\n"
    )
    assert outside.read_text() == "service: {}\n"


def test_a_folder_is_no_layer(kustz: Set) -> None:
    write("kustz.prod.yml/kustz.yml", "service: {}\n")
    assert kustz("set", "-e", "prod", "service.replicas=2").err == (
        "kustz.prod.yml: expected a file, got a folder\n"
    )


def test_a_file_that_cannot_be_replaced_stays(tmp_path: Path) -> None:
    write(tmp_path / "kustz.yml", SHOP)
    tmp_path.chmod(0o555)
    ended = start("set", "service.replicas=2", cwd=tmp_path, preexec_fn=obey_modes)
    tmp_path.chmod(0o755)
    assert (ended.returncode, ended.stdout) == (1, b"")
    assert ended.stderr == b"kustz.yml: permission denied\n"
    assert [each.name for each in tmp_path.iterdir()] == ["kustz.yml"]
    assert (tmp_path / "kustz.yml").read_text() == SHOP


@pytest.mark.parametrize(("now", "known"), [(b"b", b"a"), (b"a", b""), (None, b"a")])
def test_a_file_that_has_changed_since_stays(
    tmp_path: Path, now: bytes | None, known: bytes
) -> None:
    file = tmp_path / "kustz.yml"
    if now is not None:
        file.write_bytes(now)
    message = "changed by another program; nothing was written, run the command again"
    with pytest.raises(InputError, match=f"kustz.yml: {message}$"):
        replace_source(file, b"new", known)
    assert (file.read_bytes() if file.exists() else None) == now


def test_no_change_of_parallel_runs_is_lost(tmp_path: Path) -> None:
    write(tmp_path / "kustz.yml", SHOP)
    runs = {
        name: subprocess.Popen(
            [*PROGRAM, "set", f"service.envs.pairs.{name}=1"],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for name in "ABCDEF"
    }
    messages = {name: run.communicate()[1] for name, run in runs.items()}
    text = (tmp_path / "kustz.yml").read_text()
    assert {name for name, message in messages.items() if not message} == set(
        re.findall(r"(\w): \"?1", text)
    )
    changed = b"kustz.yml: changed by another program; nothing was written, run the command again\n"
    assert set(messages.values()) <= {b"", changed}


def test_an_argument_that_is_not_utf_8(tmp_path: Path) -> None:
    write(tmp_path / "kustz.yml", SHOP)
    ended = start("set", b"service.image=\xff", cwd=tmp_path)
    assert ended.returncode == 2
    assert b"expected UTF-8" in ended.stderr


@pytest.mark.parametrize(
    ("words", "note"),
    [
        (["--image", "nginx:1.28"], "--image: {}service.image=nginx:1.28"),
        (
            ["--image", "nginx:1.28", "--replicas", "2"],
            "--image and --replicas: {}service.image=nginx:1.28 service.replicas=2",
        ),
        (["--set", "service.ports[0]='80:81'"], "--set service.ports[0]: {}'service.ports[0]=80:81'"),
        (["--set", "service.args=~"], "--set service.args: {}'service.args=~'"),
        (["--set", "service.ports=~"], ""),
        (["--image", "nginx:1.27"], ""),
        (["--image", "nginx:1.28", "--stdout"], ""),
        (["--set", "labels={a: b}"], ""),
        (["--image", "UPPER/x"], ""),
    ],
)  # fmt: skip
def test_generate_says_how_to_keep_the_value_of_a_flag(
    kustz: Set, words: list[str], note: str
) -> None:
    write("kustz.yml", WEB)
    err = kustz("generate", *words).err
    command = "not recorded in kustz.yml; to record, run: kustz-tpl set "
    assert err.count("not recorded") == bool(note)
    assert note.format(command) in err


def test_the_note_names_the_config(kustz: Set) -> None:
    write("a b/kustz.yml", WEB)
    note = "--image: not recorded in a b/kustz.yml; to record, run: kustz-tpl set -c 'a b' "
    assert note in kustz("generate", "a b", "--image", "nginx:1.28").err
    write("c/kustz.yml", WEB.replace("web", "c"))
    both = kustz("generate", "a b", "c", "-o", "m/{name}", "--image", "nginx:1.28")
    assert "not recorded" not in both.err


CONFIGS = sorted(
    each for each in CASES.glob("*/kustz.yml") if not each.parent.name.startswith("refused-")
)
VALUES = st.sampled_from(
    ["~", "x", "3", "80:81", "nginx:1.29", "true", "a b", "it's", "a: b", "", "*x", "# y", "100m"]
) | st.text(st.characters(blacklist_characters="\x00", blacklist_categories=["Cs"]), max_size=6)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_real_config_is_changed_or_left(
    capfd: pytest.CaptureFixture[str], data: st.DataObject
) -> None:
    config = data.draw(st.sampled_from(CONFIGS))
    content = config.read_bytes()
    document = read(content, "kustz.yml", is_secret)
    path = data.draw(st.sampled_from(sorted(document.places, key=str)[1:] or [("name",)]))
    path += data.draw(st.sampled_from([(), (), (), ("a",), (0,)]))
    value = data.draw(VALUES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "kustz.yml").write_bytes(content)
        word = f"{show_path(path)}={value}"
        ended = run(capfd, folder, "set", "-c", "kustz.yml", "--", word)
        after = (folder / "kustz.yml").read_bytes()
        assert [each.name for each in folder.iterdir()] == ["kustz.yml"]
    if ended.code:
        assert after == content
        assert ended.err
        return
    found = find(read(after, "kustz.yml").data, parse_path(show_path(path)))
    if value == "~":  # behind an item of a list, the next one follows
        is_null = isinstance(found, Scalar) and found.is_null
        assert isinstance(path[-1], int) or found is None or is_null
    else:
        assert isinstance(found, Scalar)
        assert (found.text, found.is_null) == (value, False)
