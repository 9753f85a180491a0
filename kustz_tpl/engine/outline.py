"""Tells what a template is made of without rendering it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.jinja_internals import inheritance, long_number


class Outline(NamedTuple):
    """State which template this one extends, its blocks, and the names it takes from the context.

    `blocks` gives the line of every block, in order; `fills` those that a template which extends
    another has for that one. A name is as deep as it is written: `service.ports`.
    """

    parent: str | None
    blocks: dict[str, int]
    fills: dict[str, int]
    names: tuple[str, ...]


def outline(text: str, template: str) -> Outline:
    """Return the outline of a template's text; TemplateError where it is no Jinja."""
    environment = Environment(extensions=["jinja2.ext.loopcontrols"])  # noqa: S701 - only parsed
    try:
        tree = _parsed(environment, text, template)
        for each in tree.find_all(nodes.Filter):  # whether a filter exists, rendering tells
            environment.filters.setdefault(each.name, str)
        undeclared = meta.find_undeclared_variables(tree)
    except TemplateSyntaxError as error:
        raise TemplateError(error.message or "not understood", template, error.lineno) from error
    except RecursionError as error:
        raise TemplateError("nested too deep", template) from error
    extends = inheritance(tree)
    names = undeclared - {"super", "self", "loop", "caller", *environment.globals}
    return Outline(
        parent=_parent(tree),
        blocks={block.name: block.lineno for block in tree.find_all(nodes.Block)},
        fills=extends[1] if extends else {},
        names=tuple(sorted(set(_paths(tree, names)))),
    )


def _parsed(environment: Environment, text: str, template: str) -> nodes.Template:
    try:
        return environment.parse(text, template)
    except ValueError as error:
        raise long_number(text, template) from error


def _parent(tree: nodes.Template) -> str | None:
    for extends in tree.find_all(nodes.Extends):
        if isinstance(extends.template, nodes.Const):
            return str(extends.template.value)
    return None


def _paths(node: Any, names: set[str]) -> Iterator[str]:  # noqa: ANN401 - any node
    """Yield the names that a node takes from the context, as deep as they are written."""
    if path := _path(node):
        if path[0] in names:
            yield ".".join(path)
        return
    is_method = isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr)
    for child in node.iter_child_nodes():
        yield from _paths(child.node if is_method and child is node.node else child, names)


def _path(node: Any) -> list[str]:  # noqa: ANN401 - any node
    """Return the steps of a name with attributes, nothing of any other node."""
    if isinstance(node, nodes.Name):
        return [node.name]
    if not isinstance(node, (nodes.Getattr, nodes.Getitem)):
        return []
    inner = _path(node.node)
    if isinstance(node, nodes.Getattr):
        return [*inner, node.attr] if inner else []
    key = node.arg.value if isinstance(node.arg, nodes.Const) else None
    return [*inner, key] if inner and isinstance(key, str) else []
