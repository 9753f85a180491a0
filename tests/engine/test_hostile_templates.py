"""A hostile template ends in an error that names it, within its limits and 500 MB."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from pages import PAGE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the limits are POSIX's")

HOSTILE = Path(__file__).with_name("hostile.py")
MEBIBYTES = 500
SECONDS = 2
# For what another limit ends: how soon it is reached depends on the machine.
ENOUGH_SECONDS = 600

MEMORY = "takes more than 256 MiB of memory"
TIME = "takes more than 2 s of processor time"
ENDLESS = "nested or recursive without end"
LARGE = "renders more than 8388608 characters"
DEEP = "nested deeper than 100 levels"

Files = dict[str, str]


def grown(kind: str, step: str, times: int = 64) -> str:
    """Return a template that makes a value grow in a loop."""
    return (
        f"{{% set n = namespace(x={kind}) %}}{{% for i in range({times}) %}}"
        f"{{% set n.x = {step} %}}{{% endfor %}}a: {{{{ n.x }}}}"
    )


def layered(inner: str, layer: str, times: int = 40) -> str:
    """Return a template whose fragments hold the one before."""
    layers = f"{{% set y %}}{layer}{{% endset %}}" * times
    return f"{{% set y %}}{inner}{{% endset %}}{layers}"


BOMB = {
    PAGE: "{% include 'f0' %}\n",
    **{f"f{n}": f"- \n  {{% include 'f{n + 1}' %}}\n" * 2 for n in range(40)},
    "f40": "- a\n",
}
ALIASES = "a0: &a0 [x]\n" + "".join(
    f"a{n + 1}: &a{n + 1} [{','.join([f'*a{n}'] * 9)}]\n" for n in range(12)
)
WIDE = f"a: &a {{{', '.join(f'k{n}: 1' for n in range(3000))}}}\n"

# What each one says it is, the template, and what it ends in; nothing for what may also succeed.
TEMPLATES: dict[str, tuple[Files | str, str | None]] = {
    # memory
    "a long text": ("a: {{ 'a' * 10**9 }}", MEMORY),
    "format": ("a: {{ '{:>999999999}'.format(1) }}", MEMORY),
    "nested format": ("a: {{ '{:{}}'.format(1, 10**9) }}", MEMORY),
    "format filter": ("a: {{ '%0999999999d' | format(1) }}", MEMORY),
    "percent": ("a: {{ '%0999999999d' % 1 }}", MEMORY),
    "center": ("a: {{ 'a' | center(900000000) }}", MEMORY),
    "indent": ("a: {{ 'a\nb' | indent(900000000) }}", MEMORY),
    "ljust": ("a: {{ 'a'.ljust(10**9) }}", MEMORY),
    "expandtabs": ("a: {{ ('\\t' * 1000).expandtabs(10**7) }}", MEMORY),
    "translate": ("a: {{ 'a'.translate({97: 'b' * 10**9}) }}", MEMORY),
    "replace": ("a: {{ ('a' * 10**6) | replace('a', 'b' * 1000) }}", MEMORY),
    "join": ("a: {{ ('b' * 10**5).join(range(100000) | map('string')) }}", MEMORY),
    "batch": ("a: {{ [1] | batch(10**9, 0) }}", MEMORY),
    "split": ("a: {{ ('a ' * 5 * 10**7).split() | length }}", MEMORY),
    "doubling a text": (grown("'ab'", "n.x ~ n.x"), MEMORY),
    "doubling a list": (grown("[1]", "n.x + n.x"), MEMORY),
    "frames of a loop": ("{% for i in range(99999) %}{{ range(99999) | list }}{% endfor %}", None),
    # time
    "loops in loops": ("{% for a in range(99999) %}" * 4 + "{% endfor %}" * 4, TIME),
    "a power": ("a: {{ 9 ** (9 ** 9) }}", TIME),
    "a power as a test": ("{% if 9 ** (9 ** 9) %}a: 1{% endif %}", TIME),
    "a division": ("a: {{ 10 ** 5000000 // (10 ** 2500000 + 1) }}", TIME),
    "sum": ("a: {{ ([[0] * 1000] * 10**5) | sum(start=[]) | length }}", TIME),
    "unique": ("a: {{ (range(10**5) | list * 200) | unique | length }}", None),
    "wordwrap": ("a: {{ ('a ' * 4 * 10**6) | wordwrap(1) }}", TIME),
    "comparisons": (
        (
            "{% set a = 'a' * 10**8 %}"
            "{% for i in range(10**5) %}{% if a == a ~ '' %}{% endif %}{% endfor %}"
        ),
        TIME,
    ),
    "a macro that calls itself twice": (
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
        TIME,
    ),
    "includes of includes": (BOMB, TIME),
    # size of the output
    "text in a loop": ("{% for i in range(99999) %}" + "x" * 1000 + "{% endfor %}", LARGE),
    "items in a loop": ("{% for i in range(99999) %}- {{ long }}\n{% endfor %}", None),
    "a macro in a loop": (
        (
            f"{{% macro m() %}}{'x' * 1000}{{% endmacro %}}"
            "k: '{% for i in range(99999) %}{{ m() }}{% endfor %}'"
        ),
        None,
    ),
    "deeply indented lines": ("- " * 90 + "{{ 'a\\n' * 10**6 }}", LARGE),
    "escapes": ("a: {{ '\\x01' * 8 * 10**6 }}", None),
    "aliases of aliases": (ALIASES, LARGE),
    "aliases of a text": ("a: &a {{ long }}\nb: [" + "*a," * 10**5 + "]\n", LARGE),
    "merges": (WIDE + "".join(f"b{n}: {{<<: *a}}\n" for n in range(30000)), None),
    "one long merge": (WIDE + "b: {<<: [" + "*a," * 10**5 + "]}\n", None),
    "doubling a fragment": (layered("- x", "- {{ y }}\n- {{ y }}\n") + "{{ y }}\n", LARGE),
    "doubling a list's fragment": (
        layered("\n- x\n", "\n{{ y }}\n{{ y }}\n") + "{{ y }}\n",
        MEMORY,
    ),
    "doubling a fragment's text": (layered("xx", "{{ y }}{{ y }}") + 'k: "{{ y }}"\n', TIME),
    "a fragment of a long text": (
        "{% set y %}- {{ long }}{% endset %}{% for i in range(99999) %}\n{{ y }}\n{% endfor %}",
        LARGE,
    ),
    # depth
    "doubling a list of lists": (grown("[1]", "[n.x, n.x]"), TIME),
    "lists in lists": (grown("[1]", "[n.x]", 50000), DEEP),
    "fragments in fragments": (layered("x: 1", "x: {{ y }}", 200) + "{{ y }}\n", ENDLESS),
    "deep fragments": (layered("x: 1", "- " * 60 + "{{ y }}\n", 20) + "{{ y }}\n", DEEP),
    "a macro that calls itself": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", ENDLESS),
    "an include of itself": (f"a:\n  {{% include '{PAGE}' %}}\n", ENDLESS),
    "an include of itself behind much text": ("x" * 20_000 + f"{{% include '{PAGE}' %}}", ENDLESS),
    "includes of itself in a loop": (
        f"{{% for i in items %}}\nx: {{% include '{PAGE}' %}}\n{{% endfor %}}",
        ENDLESS,
    ),
    "a cycle of includes": ({PAGE: "{% include 'b' %}", "b": f"{{% include '{PAGE}' %}}"}, ENDLESS),
    "an extension of itself": (f"{{% extends '{PAGE}' %}}", ENDLESS),
    "an import of itself": (f"{{% import '{PAGE}' as p %}}", ENDLESS),
    "a block in itself": ("{% block a %}{{ self.a() }}{% endblock %}", ENDLESS),
    "a block in its super": (
        {
            PAGE: "{% extends 'b' %}{% block a %}{{ super() }}{{ self.a() }}{% endblock %}",
            "b": "{% block a %}{% endblock %}",
        },
        ENDLESS,
    ),
    "a recursive loop": ("{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}", ENDLESS),
    "brackets": ("a: " + "[" * 500_000, DEEP),
    "braces": ("a: " + "{a: " * 100_000, DEEP),
    "dashes": ("- " * 500_000 + "a", DEEP),
    "dashes before a value": ("- " * 300_000 + "{{ items }}\n", DEEP),
    "many dashes before many values": (("- " * 2000 + "{{ items }}\n") * 250, DEEP),
    "indentation": ("".join(" " * n + "a:\n" for n in range(1400)), DEEP),
    "question marks": ("? " * 500_000, "a mapping or a list cannot be a key"),
    "parentheses": ("a: {{ " + "(" * 100_000 + "1" + ")" * 100_000 + " }}", ENDLESS),
    "minus signs": ("a: {{ " + "-" * 100_000 + "1 }}", ENDLESS),
    "nots": ("a: {{ " + "not " * 100_000 + "1 }}", ENDLESS),
    "filters": ("a: {{ 1" + "|abs" * 30_000 + " }}", ENDLESS),
    "attributes": ("a: {{ map" + ".a" * 30_000 + " }}", ENDLESS),
    "additions": ("a: {{ 1" + "+1" * 30_000 + " }}", ENDLESS),
    "conditions": ("a: {{ 1" + " if 1 else 1" * 20_000 + " }}", ENDLESS),
    "ifs": ("{% if 1 %}" * 200 + "a: 1" + "{% endif %}" * 200, "too many levels of indentation"),
    "fors": (
        "{% for i in [1] %}" * 25 + "a: 1" + "{% endfor %}" * 25,
        "too many statically nested blocks",
    ),
    "unclosed ifs": ("{% if 1 %}" * 30_000, ENDLESS),
    "blocks": (
        "".join(f"{{% block b{n} %}}" for n in range(500)) + "{% endblock %}" * 500,
        ENDLESS,
    ),
    # a template's own text
    "two mebibytes": ("# " + "x" * (2 << 20), "a template may have 1 MiB at most"),
    "prints": ("{{ 1 }}" * 140_000, TIME),
    "items of prints": ("- {{ 1 }}\n" * 100_000, TIME),
    "lone lists": ("{{ items }}\n" * 80_000, TIME),
    "ten thousand includes": ({PAGE: "{% include 'b' %}\n" * 10_000, "b": "- a\n"}, MEMORY),
    "ten thousand included": (
        {PAGE: "{% for i in range(10000) %}{% include 'b' %}\n{% endfor %}", "b": "- a\n"},
        None,
    ),
    "a hundred thousand blank regions": (
        "{% macro m() %}{% endmacro %}{% for i in range(99999) %}\n{{ m() }}\n{% endfor %}",
        None,
    ),
    "prints on one line": ("a: {% for i in range(90000) %}{{ i }} {% endfor %}x\n", None),
    "captured prints on one line": (
        "{% set s %}x{% endset %}a: {% for i in range(90000) %}{{ s }} {% endfor %}x\n",
        None,
    ),
    "blank lines of tags": (
        "{% for i in range(90000) %}\n  {% if nothing %}x{% endif %}\n{% endfor %}\n",
        None,
    ),
    "open comments": ("{#" * 500_000, "missing end of comment tag"),
    "open prints": ("{{" * 500_000, TIME),
    "open tags": ("{%" * 500_000, TIME),
    "raw": ("{% raw %}" * 100_000, "missing end of raw directive"),
    "backslashes": ("{{ '" + "\\" * (1 << 19), 'unexpected char "\'" at 3'),
    "blanks in a tag": ("{% " + " " * 10**6 + "if", None),
    "blanks before a print": (" " * 10**6 + "{{ 1 }}", None),
    "blanks cut": ("{{ 1 -}}" + " \n" * 500_000 + "{{- 1 }}", None),
    "tabs": ("\t" * 10**6 + "{{ map }}", None),
    "comment lines": ("- {{ map }}\n" + "  #\n" * 200_000, None),
    "blank lines": ((" " * 1000 + "\n") * 1000 + "- {{ map }}\n", None),
}

# More of a kind: they take two seconds each.
SLOW = {
    "a power as a test",
    "unique",
    "wordwrap",
    "comparisons",
    "doubling a fragment's text",
    "prints",
    "lone lists",
    "open tags",
    "includes of includes",
    "the hash of a tuple of tuples",
}

# What Python can interrupt nowhere ends the whole process, at twice the time.
UNSTOPPABLE = {
    "equal lists of lists": grown("{'a': [1], 'b': [1]}", "{'a': [n.x.a] * 2, 'b': [n.x.b] * 2}")
    + "\nb: {{ n.x.a == n.x.b }}",
    "the hash of a tuple of tuples": grown("(1, 2)", "(n.x, n.x)") + "\nb: {{ {n.x: 1} }}",
}


def marked(names: Iterable[str]) -> list[ParameterSet]:
    return [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in names]


def run(
    folder: Path, templates: Files | str, seconds: float = SECONDS
) -> subprocess.CompletedProcess[str]:
    for name, text in ({PAGE: templates} if isinstance(templates, str) else templates).items():
        (folder / name).write_text(text, "utf-8")
    command = [sys.executable, HOSTILE, folder, PAGE, str(seconds)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", marked(TEMPLATES))
def test_a_hostile_template_ends_in_an_error(name: str, tmp_path: Path) -> None:
    templates, message = TEMPLATES[name]
    ended = run(tmp_path, templates, SECONDS if message in {None, TIME} else ENOUGH_SECONDS)
    assert ended.returncode == 0, ended.stderr
    end = json.loads(ended.stdout)
    assert end["mebibytes"] < MEBIBYTES
    if message:
        assert end["message"] == message
    if "message" in end:
        assert end["template"] in ({PAGE} if isinstance(templates, str) else templates)
        assert 0 <= end["line"] <= 1400


@pytest.mark.parametrize("name", marked(UNSTOPPABLE))
def test_what_cannot_be_interrupted_ends_the_process(name: str, tmp_path: Path) -> None:
    text = UNSTOPPABLE[name].replace("a: {{ n.x }}", "a: 1")
    assert run(tmp_path, text).returncode == -signal.SIGVTALRM
