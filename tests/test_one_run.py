"""One run reports every mistake in a file and its data files, and none of them twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from command import run
from hypothesis import given, reject
from hypothesis import strategies as st
from random_configs import generate, random_config

from kustz_tpl.errors import Diagnostic, InputError
from kustz_tpl.pipeline import Generator
from kustz_tpl.schema import is_secret
from kustz_tpl.source import Override, Source
from kustz_tpl.yaml_source import Place, read

CASES = Path(__file__).parent / "cases"
# Whose places are not all their own.
SHARED = "anchors-and-merge-keys"
GENERATOR = Generator()


def diagnostics(text: str, folder: Path, *overrides: Override) -> list[Diagnostic]:
    try:
        Generator().generate(Source("kustz.yml", text.encode(), folder, overrides))
    except InputError as error:
        return [each for each in error.diagnostics if each.severity == "error"]
    return []


# One fault of reading, at each place of the good cases in turn, is one problem and no other.


def good_cases() -> list[str]:
    found = (path.parent for path in CASES.glob("*/expected"))
    return sorted(each.name for each in found if not (each / "args").exists())


def insert(text: str, place: Place, more: str, comma: str = "") -> str:
    """Put something in front of a place, on a line of its own unless it is within a line."""
    lines = text.splitlines(keepends=True)
    before, after = (
        lines[place.line - 1][: place.column - 1],
        lines[place.line - 1][place.column - 1 :],
    )
    is_within = bool(before.strip(" -"))
    end = f" {comma} " if is_within else f"\n{' ' * len(before)}"
    start = " " if is_within else ""
    lines[place.line - 1] = f"{before}{start}{more}{end}{after}"
    return "".join(lines)


def with_one_fault(text: str) -> Iterator[tuple[str, str]]:
    """Yield what was done to a text, and the text, for each fault at each of its places."""
    document = read(text.encode(), "kustz.yml")
    done = set()
    for path, place in document.places.items():
        shape = tuple("-" if isinstance(step, int) else step for step in path)
        if shape in done or not path:
            continue
        done.add(shape)
        yield f"tag {path}", insert(text, place, "!tag")
        if key_place := document.key_places.get(path):
            key = json.dumps(path[-1])
            yield f"repeat {path}", insert(text, key_place, f"{key}:", ",")
            if path[:-1] not in done:
                done.add(path[:-1])
                yield f"merge {path[:-1]}", insert(text, key_place, "<<: 1", ",")


@pytest.mark.parametrize("case", good_cases())
def test_a_fault_has_no_consequences(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = CASES / case / "env"
    for line in env.read_text("utf-8").splitlines() if env.exists() else ():
        monkeypatch.setenv(*line.split("=", 1))
    folder = shutil.copytree(CASES / case, tmp_path / "app")
    text = (folder / "kustz.yml").read_text("utf-8-sig")
    assert diagnostics(text, folder) == []
    for what, changed in with_one_fault(text) if case != SHARED else ():
        found = diagnostics(changed, folder)
        assert len(found) == 1, (what, found)
        assert read(changed.encode(), "kustz.yml", is_secret).diagnostics == tuple(found), what


@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_a_fault_of_a_random_config_has_no_consequences(
    tmp_path_factory: pytest.TempPathFactory, seed: int, random: Random
) -> None:
    config, folder = random_config(seed), tmp_path_factory.mktemp("app")
    if isinstance(generate(config, folder, GENERATOR), InputError):
        reject()
    what, changed = random.choice(list(with_one_fault(config.text)))
    found = diagnostics(changed, folder)
    assert len(found) == 1, (what, found)


BROKEN = """\
name: shop
name: web
service: {image: !tag x, replicas: two, ports: [80]}
ingress: {rules: ["http://www.example.com/?svc=shop:81"]}
patches:
  - {patch: "- {op: add, path: /a, value: 1}", target: {kind: !tag x}}
  - {path: absent.yml, target: {kind: "("}}
"""
TOLD = [
    "kustz.yml:2:1: expected unique keys, got 'name' twice; the first is at line 1",
    "kustz.yml:3:18: expected no tag, got '!tag'; put a string that starts with ! in quotes",
    "kustz.yml:3:36: service.replicas: expected an integer, got 'two'",
    "kustz.yml:4:19: ingress.rules[0]: expected a port of the Service, 80, got '81'",
    "kustz.yml:6:63: expected no tag, got '!tag'; put a string that starts with ! in quotes",
    "kustz.yml:7:12: patches[1].path: expected an existing file, got 'absent.yml'",
    "kustz.yml:7:39: patches[1].target.kind: expected a regular expression, got '(': missing ), unterminated subpattern at position 0",
]


@pytest.mark.parametrize("command", ["generate", "check", "diff", "validate"])
def test_every_command_tells_them(
    command: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kustz.yml").write_text(BROKEN)
    outcome = run(capfd, tmp_path, command)
    assert outcome.code
    assert [line for line in outcome.err.splitlines() if ": " in line] == TOLD


def test_what_the_command_line_puts_over_it_is_told_too(tmp_path: Path) -> None:
    values = {"service.replicas": "2", "service.image": "[", "labels[0]": "x", "dns.policy": "!x y"}
    layers = [Override(f"--set {path}", path, value) for path, value in values.items()]
    found = [str(each) for each in diagnostics(f"{BROKEN}labels: {{a: b}}\n", tmp_path, *layers)]
    assert found == [
        *(line for line in TOLD if "replicas" not in line),
        "--set dns.policy: expected no tag, got '!x'; put a string that starts with ! in quotes",
        "--set labels[0]: expected a list at labels, got a mapping",
        "--set service.image: expected a value, got the end of the file",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what is only wrong because something else is wrong
        ("service: {image: x, ports: 80}\ningress: {rules: [http://a.b/]}", ["service.ports"]),
        ("service: [x]\ningress: {rules: [http://a.b/]}", ["service"]),
        ("service: {image: x, resources: {hugepages-2Mi: 2Mi, <<: 1}}", [""]),
        ("service: {image: x}\ndns: {policy: None, config: {nameservers: x}}", ["dns.config.nameservers"]),
        ("service: {image: x}\nregistries: [{name: a, auths: []}]", ["registries[0].auths"]),
        ("service: {image: x}\nsecrets: {files: [{name: a, type: kubernetes.io/tls, files: x}]}", ["secrets.files[0].files"]),
        # and what is wrong all the same
        ("service: {image: x, image: y, ports: [x]}\ningress: {rules: [http://a.b/, http://a.b/]}", ["", "service.ports[0]", "ingress.rules[1]"]),
        ("service: {image: BAD, image: y}", ["service.image", ""]),
        ("service: {image: x, imag: !x y}", ["service.imag", ""]),
        ("service: {image: x, imag: y, imag: z}", ["service.imag", ""]),
        ("service: {ports: !x [80]}", ["service.image", ""]),
        ("service: {image: x}\nlabels: {a b: !x y}", ["labels.a b", ""]),
        ("service: {image: x}\ndns: !x {policy: None}", [""]),
        ("service: {image: x}\ndns: {policy: None, config: !x {searches: [a b]}}", ["", "dns.config.searches[0]"]),
    ],
)  # fmt: skip
def test_of_what_follows_only_the_reason_is_told(
    text: str, expected: list[str], tmp_path: Path
) -> None:
    found = diagnostics(f"name: shop\n{text}\n", tmp_path)
    assert [each.path for each in found] == expected


# Many mistakes, planted in lines of a good config and of its data files, are all told.

MARK = "\N{BROKEN BAR}"
SECRET = "hunter2"


class Line(NamedTuple):
    """A line of a file: what comes before its value, values for it, and wrong ones.

    The mark shows where the mistake is. A line that is `closed` stands in a map that takes no
    other keys.
    """

    start: str
    good: tuple[str, ...] = ("",)
    wrong: tuple[str, ...] = ()
    is_closed: bool = True


def files(indent: str, file: str) -> Line:
    """Return lines that name a data file in any case, and maybe another one."""
    wrong = (f"{MARK}absent.yml", f"{MARK}/etc/x.yml", f"{MARK}~", f"{MARK}!x {file}", f"{MARK}*x")
    return Line(
        f"{indent}files:\n{indent}  - {file}", wrong=tuple(f"\n{indent}  - {w}" for w in wrong)
    )


CONFIG = (
    Line("name: ", ("shop", "web"), (f"{MARK}Shop", f"{MARK}[]")),
    Line("namespace: ", ("team", '"1"'), (f"{MARK}Team A",)),
    Line("labels:", is_closed=False),
    Line("  tier: ", ("web", "1.10"), (f"{MARK}a b", f"{MARK}{{}}"), is_closed=False),
    Line("service:"),
    Line("  image: ", ("nginx:1.29", '"nginx"'), (f"{MARK}NGINX", f'{MARK}""')),
    Line("  replicas: ", ("0", "2"), (f"{MARK}two", f"{MARK}-1", f'{MARK}"2"')),
    Line("  imagePullPolicy: ", ("Always", "never"), (f"{MARK}Alwyas",)),
    Line("  ports:"),
    Line("    - ", ("80",), (f"{MARK}99999",)),
    Line("    - ", ("443", "udp://80"), (f"{MARK}htp://80", f"{MARK}80:x")),
    Line("  envs:"),
    files("    ", "env.yml"),
    Line("    pairs:", is_closed=False),
    Line("      LEVEL: ", ("info", '""'), (f'{MARK}"\\0"', f"{MARK}[a]"), is_closed=False),
    Line("      MODE: ", ("yes", "010"), (f"{MARK}~",), is_closed=False),
    Line("  resources:", is_closed=False),
    Line("    cpu: ", ("10m/20m", "1"), (f"{MARK}1x", f"{MARK}2/1"), is_closed=False),
    Line("  probes:"),
    Line("    liveness:"),
    Line("      action: ", ("ls -l", "http://:80/"), (f"{MARK}htp://:80/", f'{MARK}""')),
    Line("      periodSeconds: ", ("3", "60"), (f"{MARK}3s",)),
    Line("  container:"),
    Line("    workingDir: ", ("/srv", "x"), (f"{MARK}3", f"{MARK}true")),
    Line("    tty: ", ("true", "false"), (f"{MARK}yes", f"{MARK}[]")),
    Line("ingress:"),
    Line("  class: ", ("nginx",), (f"{MARK}NGINX",)),
    Line("  rules:"),
    Line("    - ", ("http://a.example.com/",), (f"{MARK}http://10.9.8.7/",)),
    Line("    - ", ("https://b.example.com/x*?svc=other:90",), (f"{MARK}https://b.c/?x=y",)),
    Line("configmaps:"),
    Line("  literals:"),
    Line("    - name: ", ("texts",), (f"{MARK}Texts",)),
    files("      ", "texts.yml"),
    Line("secrets:"),
    Line("  literals:"),
    Line("    - name: ", ("keys",), (f"{MARK}[{SECRET}]",)),
    files("      ", "secret.yml"),
    Line("pod:"),
    Line("  hostname: ", ("web",), (f"{MARK}12",)),
    Line("  terminationGracePeriodSeconds: ", ("3",), (f"{MARK}{{}}",)),
)
ENV = (
    Line("A: ", ("x", "1.10"), (f"{MARK}~", f"{MARK}[x]"), is_closed=False),
    Line("B: ", ("y", '""'), (f'{MARK}"\\0"', f"{MARK}~"), is_closed=False),
)
TEXTS = (
    Line("a.txt: ", ("x", '"a\\nb"'), (f'{MARK}"\\x85"',), is_closed=False),
    Line("b: ", ("y",), (f"{MARK}{{}}",), is_closed=False),
)
SECRETS = (
    Line("user: ", (SECRET,), (f"{MARK}[{SECRET}]",), is_closed=False),
    Line("password: ", (SECRET,), (f"{MARK}{{a: {SECRET}}}",), is_closed=False),
)
LISTS = ("ports:", "rules:", "literals:", "files:")
FILES = {"kustz.yml": CONFIG, "env.yml": ENV, "texts.yml": TEXTS, "secret.yml": SECRETS}


def mistakes(line: Line, value: str) -> list[str]:
    """Return the line with each mistake that can be made in it."""
    key = line.start.strip(" -")
    indent = " " * line.start.find(key)
    found = [line.start + wrong for wrong in line.wrong]
    if key and line.is_closed:  # an unknown key in front of it
        found.append(f"{line.start.replace(key, f'{MARK}unknown: 1')}\n{indent}{key} {value}")
    if line.good == ("",):
        merged = f"{line.start}\n{indent}  <<: {MARK}{SECRET}"
        return found if key.startswith(LISTS) else [*found, merged]
    if key and "-" not in line.start:
        found.append(f"{line.start}{value}\n{indent}{MARK}{key} {SECRET}")
    found.append(f"{line.start}{{{MARK}{{ {SECRET} }}}}")
    return found + [f"{line.start}{MARK}{each}" for each in (f"!{SECRET} x", "!tag {}", "*none")]


@st.composite
def planted(draw: st.DrawFn, lines: tuple[Line, ...]) -> str:
    """Return a text, good but for the marked places."""
    chosen = []
    for line in lines:
        value = draw(st.sampled_from(line.good))
        good = line.start + value
        chosen.append(draw(st.one_of(st.just(good), st.sampled_from(mistakes(line, value)))))
    return "".join(f"{line}\n" for line in chosen)


def marked(text: str, file: str) -> set[Place]:
    return {
        Place(file, number, line.index(MARK) + 1)
        for number, line in enumerate(text.splitlines(), start=1)
        if MARK in line
    }


@given(st.fixed_dictionaries({name: planted(lines) for name, lines in FILES.items()}))
def test_every_mistake_is_told_at_its_place(
    tmp_path_factory: pytest.TempPathFactory, texts: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("app")
    for name, text in texts.items():
        (folder / name).write_text(text.replace(MARK, ""), "utf-8")
    found = diagnostics(texts["kustz.yml"].replace(MARK, ""), folder)
    assert {Place(each.file, each.line, each.column) for each in found} == {
        place for name, text in texts.items() for place in marked(text, name)
    }
    hidden = [str(each) for each in found if each.is_secret]
    assert not any(SECRET in each for each in hidden)
