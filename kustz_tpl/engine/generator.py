"""Generates the code of a template: functions that yield parts instead of text."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator

# They look at the name, not at what it stands for.
_OF_NAME = ("defined", "undefined")


class PartsGenerator(CodeGenerator):
    """Generate code that yields parts; nothing is folded while compiling.

    A template's module holds its `parent` and the blocks it `fills`, see `inheritance`, and
    whether it `calls_blocks`, so that what is read back from a cache knows them, too; and which
    of its own lines `prints` what, as `line=ordinal` joined with `&`.
    """

    prints: list[str]

    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:  # noqa: ANN401, N802 - Jinja's
        """Write the module of a template."""
        self.prints = []
        super().visit_Template(node, frame)
        parent, fills = inheritance(node) or (None, {})
        self.writeline(f"parent = {parent!r}")
        self.writeline(f"fills = {fills!r}")
        self.writeline(f"prints = {'&'.join(self.prints)!r}")
        self.writeline(f"calls_blocks = {any(map(_is_self, node.find_all(nodes.Name)))}")

    def write_commons(self) -> None:
        """Write what all functions of a template begin with."""
        super().write_commons()
        # Jinja lets a condition without an else print nothing.
        self.writeline("cond_expr_undefined = undefined")

    def visit_Const(self, node: nodes.Const, frame: Any) -> None:  # noqa: ANN401, N802 - Jinja's
        """Write a constant; Jinja would write `inf`, a name that nobody knows."""
        if node.value == math.inf:
            self.write("1e999")
        else:
            super().visit_Const(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Any) -> None:  # noqa: ANN401, N802 - Jinja's
        """Write `~`; Jinja would make a text of anything."""
        self.write("environment.concatenate((")
        for each in node.nodes:
            self.visit(each, frame)
            self.write(", ")
        self.write("))")

    def visit_Compare(self, node: nodes.Compare, frame: Any) -> None:  # noqa: ANN401, N802 - Jinja's
        """Write a comparison; `in` asks only the right side, which may have nothing to compare."""
        if node.ops[0].op not in ("in", "notin"):
            super().visit_Compare(node, frame)
            return
        self.write("(environment.computable(")
        self.visit(node.expr, frame)
        self.write(")")
        for each in node.ops:
            self.visit(each, frame)
        self.write(")")

    @contextmanager
    def _filter_test_common(
        self,
        node: nodes.Filter | nodes.Test,
        frame: Any,  # noqa: ANN401 - Jinja's signature
        is_filter: bool,  # noqa: FBT001
    ) -> Iterator[None]:
        """Write a filter or a test; only those of a name take captured text."""
        is_checked = node.name not in _OF_NAME and not isinstance(node.node, nodes.Const)
        with super()._filter_test_common(node, frame, is_filter):
            self.write("environment.computable(" if is_checked else "(")
            yield
            self.write(")")

    def _output_child_to_const(
        self,
        node: nodes.Expr,  # noqa: ARG002 - Jinja's signature
        frame: Any,  # noqa: ANN401, ARG002
        finalize: Any,  # noqa: ANN401, ARG002
    ) -> str:
        raise nodes.Impossible

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:  # noqa: ANN401, ARG002
        if isinstance(node, nodes.TemplateData):
            self.write(f"environment.text({self.name!r}, {node.lineno}, ")
        else:
            self.write("environment.hole(")
            self.prints.append(f"{self.code_lineno}={getattr(node, 'ordinal', -1)}")

    def _output_child_post(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:  # noqa: ANN401, ARG002
        if isinstance(node, nodes.TemplateData):
            self.write(")")
        else:
            self.write(f", {self.name!r}, {node.lineno}, {getattr(node, 'ordinal', -1)})")


def inheritance(tree: nodes.Template) -> tuple[str, dict[str, int]] | None:
    """Return what a template extends whatever the context is, and the lines of what it fills.

    It fills the blocks that only the template extended can have a place for: they stand in no
    other block, and are not called with `self` either.
    """
    for index, each in enumerate(tree.body):
        if isinstance(each, nodes.Extends) and isinstance(each.template, nodes.Const):
            called = {each.attr for each in tree.find_all(nodes.Getattr) if _is_self(each.node)}
            blocks = [block for node in tree.body[index + 1 :] for block in _outer_blocks(node)]
            fills = {block.name: block.lineno for block in blocks if block.name not in called}
            return str(each.template.value), fills
    return None


def _is_self(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Name) and node.name == "self"


def _outer_blocks(node: nodes.Node) -> Iterator[nodes.Block]:
    if isinstance(node, nodes.Block):
        yield node
        return
    for child in node.iter_child_nodes():
        yield from _outer_blocks(child)
