"""A hostile template ends in an error that names it, by a count of its work wherever one can."""

from __future__ import annotations

import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from pages import PAGE, Pages

from kustz_tpl.engine import Limits, TemplateError

# A tenth of most defaults, as a tenth will do. Time is for nothing here.
LIMITS = Limits(100_000, 1_000_000, 1 << 20, 15_000, seconds=600)

MEMORY = "takes more than 512 MiB of memory"
STEPS = "takes more than 100000 steps"
NODES = "renders more than 1000000 nodes"
TOKENS = "a template of more than 15000 names, signs and texts"
BITS = "an integer of more than 65536 bits"
TEMPLATES_DEEP = "templates nested deeper than 100 levels"
CALLS_DEEP = "macros, blocks or loops nested deeper than 60 levels"
PYTHON_DEEP = "nested too deep"
LARGE = "renders more than 1048576 characters"
DEEP = "nested deeper than 100 levels"
NO_TEXT = "expected a string, a number or a boolean, got a list"

Files = dict[str, str]


CONTEXT = {
    "name": "web",
    "items": [1, 2, 3],
    "map": {"a": {"b": 1}},
    "long": "x" * 65536,
    "nothing": None,
}


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

DOUBLED = "{% set a = [a, a] %}{% set b = [b, b] %}" * 40
DOUBLED_TUPLES = "{% set a = (a, a) %}{% set b = (b, b) %}" * 40

# What each one says it is, the template, and what it ends in.
TEMPLATES: dict[str, tuple[Files | str, str]] = {
    # memory
    "a long text": ("a: {{ 'a' * 10**9 }}", LARGE),
    "format": ("a: {{ '{:>999999999}'.format(1) }}", MEMORY),
    "nested format": ("a: {{ '{:{}}'.format(1, 10**9) }}", MEMORY),
    "format filter": ("a: {{ '%0999999999d' | format(1) }}", MEMORY),
    "percent": ("a: {{ '%0999999999d' % 1 }}", MEMORY),
    "center": ("a: {{ 'a' | center(900000000) }}", MEMORY),
    "indent": ("a: {{ 'a\nb' | indent(900000000) }}", MEMORY),
    "ljust": ("a: {{ 'a'.ljust(10**9) }}", MEMORY),
    "expandtabs": ("a: {{ ('\\t' * 1000).expandtabs(10**7) }}", MEMORY),
    "translate": ("a: {{ 'a'.translate({97: 'b' * 10**9}) }}", LARGE),
    "replace": ("a: {{ ('a' * 10**6) | replace('a', 'b' * 1000) }}", LARGE),
    "join": ("a: {{ ('b' * 10**5).join(range(100000) | map('string')) }}", STEPS),
    "batch": ("a: {{ [1] | batch(10**9, 0) }}", MEMORY),
    "split": ("a: {{ ('a ' * 5 * 10**7).split() | length }}", LARGE),
    "doubling a text": (grown("'ab'", "n.x ~ n.x"), LARGE),
    "joining a text with itself": (grown("'ab'", "[n.x, n.x] | join"), LARGE),
    "doubling a list in a text": (grown("[1]", "n.x ~ [n.x, n.x]"), NO_TEXT),
    "doubling a list": (grown("[1]", "n.x + n.x"), LARGE),
    "frames of a loop": ("{% for i in range(99999) %}{{ range(99999) | list }}{% endfor %}", STEPS),
    # time
    "loops in loops": ("{% for a in range(99999) %}" * 4 + "{% endfor %}" * 4, STEPS),
    "a power": ("a: {{ 9 ** (9 ** 9) }}", BITS),
    "a power as a test": ("{% if 9 ** (9 ** 9) %}a: 1{% endif %}", BITS),
    "a division": ("a: {{ 10 ** 5000000 // (10 ** 2500000 + 1) }}", BITS),
    "sum": ("a: {{ ([[0] * 1000] * 10**5) | sum(start=[]) | length }}", STEPS),
    "unique": ("a: {{ (range(10**5) | list * 200) | unique | length }}", LARGE),
    "wordwrap": ("a: {{ ('a ' * 4 * 10**6) | wordwrap(1) }}", LARGE),
    "comparisons": (
        (
            "{% set a = 'a' * 10**8 %}"
            "{% for i in range(10**5) %}{% if a == a ~ '' %}{% endif %}{% endfor %}"
        ),
        LARGE,
    ),
    "a macro that calls itself twice": (
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
        CALLS_DEEP,
    ),
    "includes of includes": (BOMB, STEPS),
    # size of the output
    "text in a loop": ("{% for i in range(99999) %}" + "x" * 1000 + "{% endfor %}", STEPS),
    "items in a loop": ("{% for i in range(99999) %}- {{ long }}\n{% endfor %}", STEPS),
    "a macro in a loop": (
        (
            f"{{% macro m() %}}{'x' * 1000}{{% endmacro %}}"
            "k: '{% for i in range(99999) %}{{ m() }}{% endfor %}'"
        ),
        STEPS,
    ),
    "deeply indented lines": ("- " * 90 + "{{ 'a\\n' * 10**6 }}", LARGE),
    "escapes": ("a: {{ '\\x01' * 8 * 10**6 }}", LARGE),
    "aliases of aliases": (ALIASES, LARGE),
    "aliases of a text": ("a: &a {{ long }}\nb: [" + "*a," * 10**5 + "]\n", LARGE),
    "merges": (WIDE + "".join(f"b{n}: {{<<: *a}}\n" for n in range(30000)), STEPS),
    "one long merge": (WIDE + "b: {<<: [" + "*a," * 10**5 + "]}\n", STEPS),
    "doubling a fragment": (layered("- x", "- {{ y }}\n- {{ y }}\n") + "{{ y }}\n", LARGE),
    "doubling a list's fragment": (
        layered("\n- x\n", "\n{{ y }}\n{{ y }}\n") + "{{ y }}\n",
        NODES,
    ),
    "doubling a comment": (layered("\n# c\n", "\n{{ y }}\n{{ y }}\n") + "{{ y }}\na: 1\n", STEPS),
    "doubling a fragment's text": (layered("xx", "{{ y }}{{ y }}") + 'k: "{{ y }}"\n', STEPS),
    "a fragment of a long text": (
        "{% set y %}- {{ long }}{% endset %}{% for i in range(99999) %}\n{{ y }}\n{% endfor %}",
        STEPS,
    ),
    # depth
    "doubling a list of lists": (grown("[1]", "[n.x, n.x]"), STEPS),
    "lists in lists": (grown("[1]", "[n.x]", 50000), STEPS),
    "fragments in fragments": (layered("x: 1", "x: {{ y }}", 200) + "{{ y }}\n", PYTHON_DEEP),
    "deep fragments": (layered("x: 1", "- " * 60 + "{{ y }}\n", 20) + "{{ y }}\n", DEEP),
    "a macro that calls itself": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", CALLS_DEEP),
    "an include of itself": (f"a:\n  {{% include '{PAGE}' %}}\n", TEMPLATES_DEEP),
    "an include of itself behind much text": ("x" * 20_000 + f"{{% include '{PAGE}' %}}", LARGE),
    "includes of itself in a loop": (
        f"{{% for i in items %}}\nx: {{% include '{PAGE}' %}}\n{{% endfor %}}",
        TEMPLATES_DEEP,
    ),
    "a cycle of includes": (
        {PAGE: "{% include 'b' %}", "b": f"{{% include '{PAGE}' %}}"},
        TEMPLATES_DEEP,
    ),
    "an extension of itself": (f"{{% extends '{PAGE}' %}}", TEMPLATES_DEEP),
    "an import of itself": (f"{{% import '{PAGE}' as p %}}", TEMPLATES_DEEP),
    "a block in itself": ("{% block a %}{{ self.a() }}{% endblock %}", CALLS_DEEP),
    "a block in its super": (
        {
            PAGE: "{% extends 'b' %}{% block a %}{{ super() }}{{ self.a() }}{% endblock %}",
            "b": "{% block a %}{% endblock %}",
        },
        CALLS_DEEP,
    ),
    "a recursive loop": ("{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}", CALLS_DEEP),
    "brackets": ("a: " + "[" * 500_000, DEEP),
    "braces": ("a: " + "{a: " * 100_000, DEEP),
    "dashes": ("- " * 500_000 + "a", DEEP),
    "dashes before a value": ("- " * 300_000 + "{{ items }}\n", DEEP),
    "many dashes before many values": (("- " * 2000 + "{{ items }}\n") * 250, DEEP),
    "indentation": ("".join(" " * n + "a:\n" for n in range(1400)), DEEP),
    "question marks": ("? " * 500_000, "a mapping or a list cannot be a key"),
    "parentheses": ("a: {{ " + "(" * 100_000 + "1" + ")" * 100_000 + " }}", TOKENS),
    "minus signs": ("a: {{ " + "-" * 100_000 + "1 }}", TOKENS),
    "nots": ("a: {{ " + "not " * 100_000 + "1 }}", TOKENS),
    "filters": ("a: {{ 1" + "|abs" * 30_000 + " }}", TOKENS),
    "attributes": ("a: {{ map" + ".a" * 30_000 + " }}", TOKENS),
    "additions": ("a: {{ 1" + "+1" * 30_000 + " }}", TOKENS),
    "conditions": ("a: {{ 1" + " if 1 else 1" * 20_000 + " }}", TOKENS),
    "ifs": ("{% if 1 %}" * 200 + "a: 1" + "{% endif %}" * 200, "too many levels of indentation"),
    "fors": (
        "{% for i in [1] %}" * 25 + "a: 1" + "{% endfor %}" * 25,
        "too many statically nested blocks",
    ),
    "unclosed ifs": ("{% if 1 %}" * 30_000, TOKENS),
    "blocks": (
        "".join(f"{{% block b{n} %}}" for n in range(500)) + "{% endblock %}" * 500,
        PYTHON_DEEP,
    ),
    "items on one line": (
        "{% for i in range(40000) %}" + "[" + "," * 25 + "{% endfor %}",
        NODES,
    ),
    # values that hold one another often, which Python compares without a stop
    **{
        f"doubled lists: {end}": (
            "{% set a = [1] %}{% set b = [1] %}" + DOUBLED + f"{{{{ {end} }}}}",
            STEPS,
        )
        for end in (
            *("a == b", "a < b", "a in [b]", "a is eq b", "[a] | select('eq', b)", "[a, b] | sort"),
            *("[a, b] | unique", "[b].index(a)", "a or b", "[a, b] | max"),
        )
    },
    **{
        f"doubled tuples: {end}": (
            "{% set a = (1,) %}{% set b = (1,) %}" + DOUBLED_TUPLES + f"{{{{ {end} }}}}",
            STEPS,
        )
        for end in ("{a: 1}", "map[a]", "map.get(a)", "a in map", "{'x': a} == {'x': b}")
    },
    # a template's own text
    "two mebibytes": ("# " + "x" * (2 << 20), "a template may have 1 MiB at most"),
    "prints": ("{{ 1 }}" * 140_000, TOKENS),
    "items of prints": ("- {{ 1 }}\n" * 100_000, TOKENS),
    "lone lists": ("{{ items }}\n" * 80_000, TOKENS),
    "ten thousand includes": ({PAGE: "{% include 'b' %}\n" * 10_000, "b": "- a\n"}, TOKENS),
    "ten thousand included": (
        {PAGE: "{% for i in range(10000) %}{% include 'b' %}\n{% endfor %}", "b": "- a\n"},
        STEPS,
    ),
    "a hundred thousand blank regions": (
        "{% macro m() %}{% endmacro %}{% for i in range(99999) %}\n{{ m() }}\n{% endfor %}",
        STEPS,
    ),
    "prints on one line": ("a: {% for i in range(90000) %}{{ i }} {% endfor %}x\n", STEPS),
    "captured prints on one line": (
        "{% set s %}x{% endset %}a: {% for i in range(90000) %}{{ s }} {% endfor %}x\n",
        STEPS,
    ),
    "blank lines of tags": (
        "{% for i in range(90000) %}\n  {% if nothing %}x{% endif %}\n{% endfor %}\n",
        STEPS,
    ),
    "open comments": ("{#" * 500_000, "missing end of comment tag"),
    "open prints": ("{{" * 500_000, TOKENS),
    "open tags": ("{%" * 500_000, TOKENS),
    "raw": ("{% raw %}" * 100_000, "missing end of raw directive"),
    "backslashes": ("{{ '" + "\\" * (1 << 19), 'unexpected char "\'" at 3'),
    "blanks in a tag": ("{% " + " " * 10**6 + "if", "unexpected 'end of template'"),
    "tabs": (
        "\t" * 10**6 + "{{ map }}",
        "only a mapping or a list may stand alone among keys or items",
    ),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_hostile_template_ends_in_an_error(name: str) -> None:
    templates, message = TEMPLATES[name]
    with pytest.raises(TemplateError) as caught:
        Pages(templates, limits=LIMITS).render(**CONTEXT)
    assert caught.value.message == message
    assert caught.value.template in ({PAGE} if isinstance(templates, str) else templates)
    assert 0 <= caught.value.line <= 2501


def chain(link: str, end: str, length: int) -> Files:
    """Return templates of which each leads to the next."""
    names = [PAGE, *(f"t{n}" for n in range(1, length))]
    links = {name: link.format(following) for name, following in pairwise(names)}
    return {**links, names[-1]: end}


# What is large, but is what a template may be.
LARGE_PAGES: dict[str, tuple[Files | str, int]] = {
    "rows of a loop": ("{% for i in range(40000) %}\n- {{ i }}\n{% endfor %}\n", 40_000),
    "rows of maps": (
        "{% for i in range(40000) %}\n- a: {{ i }}\n  b: {{ name }}\n{% endfor %}\n",
        40_000,
    ),
    "rows of macros": (
        "{% macro m(x) %}- {{ x }}{% endmacro %}{% for i in range(40000) %}\n{{ m(i) }}\n{% endfor %}\n",
        40_000,
    ),
    "lines": ("- a: 1\n" * 20_000, 20_000),
    "lines of prints": ("- {{ name }}\n" * 20_000, 20_000),
    "ten thousand includes": ({PAGE: "{% include 'b' %}\n" * 10_000, "b": "- a\n"}, 10_000),
    "blanks before a print": (" " * 10**6 + "- {{ 1 }}", 1),
    "blanks cut": ("- {{ 1 -}}" + " \n" * 500_000 + "{{- 1 }}", 1),
    "comment lines": ("- {{ map }}\n" + "  #\n" * 200_000, 1),
    "blanks in a fragment": ("{% set y %}" + " " * 10**6 + "x{% endset %}\n{{ y }}\n", 1),
    "doubling an empty list": (
        layered("\n{{ [] }}\n{{ [] }}\n", "\n{{ y }}\n{{ y }}\n") + "{{ y }}\n",
        0,
    ),
    "blank lines": ((" " * 1000 + "\n") * 1000 + "- {{ map }}\n", 1),
    "templates that extend one another": (chain("{{% extends '{}' %}}", "- a\n", 99), 1),
    "templates that include one another": (chain("{{% include '{}' %}}\n", "- a\n", 99), 1),
}


@pytest.mark.parametrize("name", LARGE_PAGES)
def test_what_is_large_is_rendered(name: str) -> None:
    templates, items = LARGE_PAGES[name]
    limits = Limits(seconds=600)
    assert len(Pages(templates, limits=limits).render(**CONTEXT).documents[0]) == items


HANGS = """
from kustz_tpl.engine import Engine, FolderLoader, Limits, limits

def hang(_):
    lists, others = [1], [1]
    for _ in range(60):
        lists, others = [lists, lists], [others, others]
    return lists == others

limits.LAST_SECONDS = 0.1
engine = Engine(FolderLoader({folder!r}), limits=Limits(seconds=0.1))
engine.filters["hang"] = hang
engine.render({page!r})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="time is POSIX's")
def test_what_cannot_be_interrupted_ends_the_process_and_names_the_template(tmp_path: Path) -> None:
    (tmp_path / PAGE).write_text("a: 1\nb: {{ 1 | hang }}\n", "utf-8")
    code = HANGS.format(folder=str(tmp_path), page=PAGE)
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGVTALRM
    assert str(tmp_path / PAGE) in ended.stderr
