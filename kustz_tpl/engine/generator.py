"""Generates the code of a template: functions that yield parts instead of text."""

from __future__ import annotations

from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator


class PartsGenerator(CodeGenerator):
    """Generate code that yields parts; nothing is folded while compiling."""

    def write_commons(self) -> None:
        """Write what all functions of a template begin with."""
        super().write_commons()
        # Jinja lets a condition without an else print nothing.
        self.writeline("cond_expr_undefined = undefined")

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

    def _output_child_post(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:  # noqa: ANN401, ARG002
        if isinstance(node, nodes.TemplateData):
            self.write(")")
        else:
            self.write(f", {self.name!r}, {node.lineno}, {getattr(node, 'ordinal', -1)})")
