"""Says of what a template names wrongly what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from types import BuiltinMethodType

from kustz_tpl.engine.removed import REMOVED_FILTERS

_NO_FILTER = r"No (?P<kind>filter|test) named '(?P<name>.*)'\."
_UNCLOSED = r"Unexpected end of template\..*block that needs to be closed is '(?P<name>\w+)'\."
_UNPACKING = " values to unpack "
_LEADING_DOT = "unexpected '.'"
_LONGEST_NAME = 200  # looking for a near one takes time
_SURE = 0.8  # a filter of another meaning is no cure
# What is left of these where values are data and not text.
_ITSELF = "print the value itself: {{ x }}"
# Of Helm and Ansible.
_HABITS = {
    **dict.fromkeys(("to_json", "to_nice_json", "to_nice_yaml", "to_yaml", "toJson"), _ITSELF),
    **dict.fromkeys(("toPrettyJson", "toYaml", "nindent", "quote", "squote"), _ITSELF),
    **dict.fromkeys(("mandatory", "required"), "without it too, a missing value is an error"),
    "dict2items": "write {{ x | items }}",
    "ternary": "write {{ a if x else b }}",
    "toString": "write {{ x | string }}",
    "trunc": "write {{ x[:63] }}",
}
_NEEDLESS = ("e", "escape", "forceescape", "pprint", "safe", "tojson")


def no_template(names: Iterable[object], known: Iterable[str]) -> str:
    """Return what is said of templates that are not there."""
    wanted = [str(name) for name in names]
    if not wanted:
        return "no template in an empty list"
    return f"no template {' or '.join(wanted)}{_near(wanted[0], known)}"


def syntax_fault(message: str, filters: Iterable[str], tests: Iterable[str]) -> str:
    """Return a message of Jinja about a template's text with its cure, if there is one."""
    if unclosed := re.fullmatch(_UNCLOSED, message, re.DOTALL):
        tag = unclosed["name"]
        return f"expected {{% end{tag} %}} for {{% {tag} %}}, got the end of the template"
    if message == _LEADING_DOT:
        return f"{message}; a name has no dot before it: {{{{ values.x }}}}"
    unknown = re.fullmatch(_NO_FILTER, message, re.DOTALL)
    if unknown is None:
        return message
    kind, name = unknown["kind"], unknown["name"]
    if kind == "filter" and name in _HABITS:
        return f"no filter named '{name}'; {_HABITS[name]}"
    if kind == "filter" and name in REMOVED_FILTERS:
        cure = "; print the value itself, it stays whole" if name in _NEEDLESS else ""
        return f"the filter {name} is removed{cure}"
    return f"no {kind} named '{name}'{_near(name, filters if kind == 'filter' else tests)}"


def _near(name: str, known: Iterable[str]) -> str:
    near = (
        get_close_matches(name, list(known), n=1, cutoff=_SURE)
        if len(name) <= _LONGEST_NAME
        else []
    )
    return f"; did you mean {near[0]}?" if near else ""


def undefined_function(name: str | None) -> str | None:
    """Return what is said of a function of Helm or Ansible, None of any other."""
    return f"'{name}' is undefined; {_HABITS[name]}" if name in _HABITS else None


def no_function(called: object, hidden: Iterable[str]) -> str:
    """Return what is said of a value that is called; `hidden` are functions of its name."""
    for name in hidden:
        return f"{name} is a value of the context here, not Jinja's function {name}()"
    return f"{_described(called)} cannot be called; print it without (): {{{{ x }}}}"


def python_fault(message: str) -> str:
    """Return what Python says, with a hint where a loop over a map is the usual reason."""
    hint = "; for the entries of a map, write x.items()"
    return message + hint if _UNPACKING in message else message


def no_loop(value: object) -> str:
    """Return what is said of a value that a loop cannot go through."""
    if isinstance(value, BuiltinMethodType):
        name = value.__name__
        return f"this is the method {name}; write {name}(), or ['{name}'] for the key"
    return f"expected a list, a map or a text to loop over, got {_described(value)}"


def _described(value: object) -> str:
    if value is None:
        return "no value (null)"
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a text"}
    kinds |= {dict: "a map", list: "a list", tuple: "a list"}
    return kinds.get(type(value), f"a {type(value).__name__}")
