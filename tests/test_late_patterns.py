"""PyYAML and Jinja do the same with patterns that are compiled late, and most never are."""

from __future__ import annotations

import subprocess
import sys

import pytest

SAFE = """
import yaml
from jinja2 import Environment
from jinja2.filters import do_title, do_wordcount
text = "{day: 2001-12-14, number: 1.5e3, off: no, word: a b, base: 0b11, key: ~}"
print(yaml.load(text, yaml.SafeLoader), yaml.load(text, yaml.CSafeLoader))
print(Environment().from_string("{% set a = 1_0.5 %}{{ 'a-b'|title }}\\r\\n{{ a }}").render())
print(do_wordcount("one two"), do_title("a (b"))
"""
LATE = f"""
from kustz_tpl.cli.late_patterns import late_patterns
with late_patterns():
    import jinja2, yaml
from yaml.reader import Reader
assert not hasattr(type(Reader.NON_PRINTABLE), "search")
assert vars(Reader.NON_PRINTABLE).keys() == {{"_given"}}
{SAFE}
assert vars(Reader.NON_PRINTABLE).keys() == {{"_given", "search"}}
"""
OTHERS = """
import re
from kustz_tpl.cli.late_patterns import late_patterns
with late_patterns():
    import textwrap
    print(type(re.compile("a")) is type(textwrap.TextWrapper.wordsep_re) is re.Pattern)
"""


def output(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout


def test_late_patterns_find_the_same() -> None:
    pytest.importorskip("yaml._yaml")
    assert output(LATE) == output(SAFE)


def test_patterns_of_others_are_compiled_at_once() -> None:
    assert output(OTHERS) == "True\n"
