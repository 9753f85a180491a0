"""Says of what a template names wrongly what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from kustz_tpl.engine.environment import REMOVED_FILTERS

_NO_FILTER = r"No (?P<kind>filter|test) named '(?P<name>.*)'\."
_UNCLOSED = r"Unexpected end of template\..*block that needs to be closed is '(?P<name>\w+)'\."
_LONGEST_NAME = 200  # looking for a near one takes time
_SURE = 0.8  # a filter of another meaning is no cure
# What is left of these where values are data and not text.
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
    unknown = re.fullmatch(_NO_FILTER, message, re.DOTALL)
    if unknown is None:
        return message
    kind, name = unknown["kind"], unknown["name"]
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
