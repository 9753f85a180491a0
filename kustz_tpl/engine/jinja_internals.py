"""All that leans on what Jinja does not promise to keep: a newer version is tried here first.

Its lexer, the code that its compiler writes, how an environment parses, compiles and joins, and
what a compiled template holds.
"""

from __future__ import annotations

import math
import re
import sys
import traceback
from ast import literal_eval
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import CodeType, FrameType, TracebackType
from typing import Any

from jinja2 import Environment, Template, TemplateSyntaxError, Undefined, compiler, nodes
from jinja2.compiler import CodeGenerator
from jinja2.lexer import get_lexer
from jinja2.sandbox import ImmutableSandboxedEnvironment

COMPILER = compiler.__file__
"""The file that decides the code of a template besides ours."""
# They look at the name and not at what it stands for; or they refuse captured text in other words.
_UNCHECKED = ("defined", "undefined", "indent")
_DEEPEST = 100
# Python's own bound may be lowered to this, not below.
_LONG_NUMBER = "[0-9_]{640}"


def lex(source: str, name: str | None) -> Iterator[tuple[int, str, str]]:
    """Yield line, kind and text of every token."""
    lexer = get_lexer(Environment(keep_trailing_newline=True))  # noqa: S701 - it renders nothing
    # Where Jinja's lexer fails it takes the file's name for the template's.
    return lexer.tokeniter(source, name, name)


def start(
    template: Template, context: Mapping[str, Any]
) -> tuple[Iterable[Any], dict[str, list[Callable[..., Any]]]]:
    """Return what a template will yield, and the functions of its blocks once it has."""
    whole = template.new_context(dict(context))
    return template.root_render_func(whole), whole.blocks


def module(template: Template) -> dict[str, Any]:
    """Return what the code of a template holds: its `parent`, the blocks it `calls`."""
    return template.root_render_func.__globals__


def template_line(trace: TracebackType | None) -> tuple[str, int, int] | None:
    """Return the innermost line of a template that a traceback goes through, and what it prints."""
    found = None
    for frame, line in traceback.walk_tb(trace):
        template = frame.f_globals.get("__jinja_template__")
        if template is not None and template.name:
            # A limit may strike where Python's code has no line.
            at = template.get_corresponding_lineno(line or 0)
            found = template.name, at, _ordinal(frame.f_globals["prints"], line)
    return found


def _ordinal(prints: str, line: int) -> int:
    """Return which print of a template a line of its code is, -1 for none."""
    pairs = (entry.split("=") for entry in prints.split("&") if entry)
    return next((int(ordinal) for code, ordinal in pairs if int(code) == line), -1)


class HookedEnvironment(ImmutableSandboxedEnvironment):
    """Let a subclass prepare a template's text, take what was printed, and join what it captured.

    The code of templates calls its `text`, `placeholder`, `capture`, `counted`, `measured`,
    `computable` and `concatenate`.
    """

    code_generator_class: type[CodeGenerator]

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - Jinja's
        """Take Jinja's own settings."""
        self.code_generator_class = PartsGenerator
        super().__init__(**settings)
        self.concat = self.capture  # type: ignore[method-assign]

    def capture(self, parts: Iterable[Any]) -> Any:  # noqa: ANN401 - whatever stands for text
        """Join what a macro, a block or a call yielded."""
        raise NotImplementedError

    def prepare(self, source: str, name: str | None) -> tuple[str, list[int]]:
        """Return the text that Jinja is to parse, and the line of each of its prints."""
        raise NotImplementedError

    def computable(self, value: Any) -> Any:  # noqa: ANN401 - any value
        """Return what a filter, a test or `in` is given."""
        raise NotImplementedError

    def before_loading(self, name: str) -> None:
        """Take note of a template that is loaded, or refuse it by an exception."""

    def _load_template(self, name: str, globals: Any) -> Template:  # noqa: A002, ANN401 - Jinja's signature
        _check_nesting()
        self.before_loading(name)
        return super()._load_template(name, globals)

    def _filter_test_common(
        self,
        name: str | Undefined,
        value: Any,  # noqa: ANN401 - Jinja's signature
        *args: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        # what `map` and `select` name
        return super()._filter_test_common(name, self.computable(value), *args)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        self.add_extension("jinja2.ext.loopcontrols")
        marked, lines = self.prepare(source, name)
        try:
            tree = super()._parse(marked, name, filename)
        except ValueError as error:
            raise long_number(source, name) from error
        prints = (
            node
            for output in tree.find_all(nodes.Output)
            for node in output.nodes
            if not isinstance(node, nodes.TemplateData)
        )
        for ordinal, (node, line) in enumerate(zip(prints, lines, strict=True)):
            # Jinja gives an expression the line of its last operator.
            node.lineno, node.ordinal = line, ordinal  # type: ignore[attr-defined]
        return tree

    def _compile(self, source: str, filename: str) -> CodeType:
        try:
            return super()._compile(source, filename)
        except SyntaxError as error:  # too deeply nested for Python, or break outside of a loop
            raise _rejected(source, error) from error


class PartsGenerator(CodeGenerator):
    """Generate code that yields parts; nothing is folded while compiling.

    A template's module holds its `parent` and the blocks it `fills`, see `inheritance`, those that
    it `calls` with `self`, and whether those are all, the blocks that each block `holds`, and those
    that print `super()`, so that what is read back from a cache knows them, too; and which of its
    own lines `prints` what, as `line=ordinal` joined with `&`.
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
        calls = [each.attr for each in node.find_all(nodes.Getattr) if _is_self(each.node)]
        self.writeline(f"calls = {sorted(set(calls))!r}")
        holds, supers = _block_contents(node)
        self.writeline(f"holds = {holds!r}")
        self.writeline(f"supers = {supers!r}")
        # What is done with `self` in another way, such as `self[name]`, nobody can tell.
        is_traceable = len(calls) == sum(map(_is_self, node.find_all(nodes.Name)))
        self.writeline(f"is_traceable = {is_traceable}")

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - Jinja's
        """Write a node; the items of a loop and what is compared are counted first."""
        counting = getattr(node, "counting", None)
        if counting is None:
            return super().visit(node, *args, **kwargs)
        self.write(f"environment.{counting}(")
        super().visit(node, *args, **kwargs)
        return self.write(")")

    def visit_For(self, node: nodes.For, frame: Any) -> None:  # noqa: ANN401, N802 - Jinja's
        """Write a loop."""
        _count(node.iter, "counted")
        super().visit_For(node, frame)

    def visit_Compare(self, node: nodes.Compare, frame: Any) -> None:  # noqa: ANN401, N802 - Jinja's
        """Write a comparison; `in` asks only the right side, which may have nothing to compare."""
        for each in (node.expr, *(operand.expr for operand in node.ops)):
            _count(each, "measured")
        if node.ops[0].op not in ("in", "notin"):
            super().visit_Compare(node, frame)
            return
        self.write("(environment.computable(")
        self.visit(node.expr, frame)
        self.write(")")
        for operand in node.ops:
            self.visit(operand, frame)
        self.write(")")

    def visit_Concat(self, node: nodes.Concat, frame: Any) -> None:  # noqa: ANN401, N802 - Jinja's
        """Write `~`; Jinja would make a text of anything."""
        self.write("environment.concatenate((")
        for each in node.nodes:
            self.visit(each, frame)
            self.write(", ")
        self.write("))")

    @contextmanager
    def _filter_test_common(
        self,
        node: nodes.Filter | nodes.Test,
        frame: Any,  # noqa: ANN401 - Jinja's signature
        is_filter: bool,  # noqa: FBT001
    ) -> Iterator[None]:
        is_checked = node.name not in _UNCHECKED and not isinstance(node.node, nodes.Const)
        with super()._filter_test_common(node, frame, is_filter):
            self.write("environment.computable(" if is_checked else "(")
            yield
            self.write(")")

    def visit_Dict(self, node: nodes.Dict, frame: Any) -> None:  # noqa: ANN401, N802 - Jinja's
        """Write a map; its keys are compared, too."""
        for pair in node.items:
            _count(pair.key, "measured")
        super().visit_Dict(node, frame)

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
            self.write("environment.placeholder(")
            self.prints.append(f"{self.code_lineno}={getattr(node, 'ordinal', -1)}")

    def _output_child_post(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:  # noqa: ANN401, ARG002
        if isinstance(node, nodes.TemplateData):
            self.write(")")
        else:
            self.write(f", {self.name!r}, {node.lineno}, {getattr(node, 'ordinal', -1)})")


def _count(node: nodes.Node, counting: str) -> None:
    if not isinstance(node, nodes.Const):
        node.counting = counting  # type: ignore[attr-defined]


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


def _block_contents(tree: nodes.Template) -> tuple[dict[str, list[str]], list[str]]:
    """Return the blocks directly in each block, those in none by "", and the blocks with `super`."""
    holds: dict[str, list[str]] = {}
    supers: list[str] = []
    holders = [("", tree), *((each.name, each) for each in tree.find_all(nodes.Block))]
    for name, node in holders:
        inner = [block for child in node.iter_child_nodes() for block in _outer_blocks(child)]
        holds[name] = [block.name for block in inner]
        if _count_supers(node) > sum(map(_count_supers, inner)):
            supers.append(name)
    return holds, supers


def _count_supers(node: nodes.Node) -> int:
    return sum(each.name == "super" for each in node.find_all(nodes.Name))


def _is_self(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Name) and node.name == "self"


def _outer_blocks(node: nodes.Node) -> Iterator[nodes.Block]:
    if isinstance(node, nodes.Block):
        yield node
        return
    for child in node.iter_child_nodes():
        yield from _outer_blocks(child)


def long_number(source: str, name: str | None) -> TemplateSyntaxError:
    """Return the refusal of a number that Jinja has Python read, which it is too long for."""
    found = re.search(_LONG_NUMBER, source)
    line = source.count("\n", 0, found.start()) + 1 if found else 1
    return TemplateSyntaxError("a number of too many digits", line, name)


def _check_nesting() -> None:
    """Refuse templates in too many templates, before Python does.

    Each is a generator within another; Python itself dies of closing too many of them.
    """
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - inspect is slow to import
    nested = 0
    while frame is not None:
        nested += "__jinja_template__" in frame.f_globals
        frame = frame.f_back
    if nested > _DEEPEST:
        raise OverflowError(f"templates nested deeper than {_DEEPEST} levels")


def _rejected(source: str, error: SyntaxError) -> TemplateSyntaxError:
    """Return Python's refusal of a template's code as a refusal of the template."""
    found = re.findall(r"^(name|debug_info) = (.*)$", source, re.MULTILINE)
    code = {name: literal_eval(value) for name, value in found}
    pairs = [entry.split("=") for entry in code["debug_info"].split("&") if entry]
    before = [int(line) for line, python in pairs if int(python) <= (error.lineno or 0)]
    return TemplateSyntaxError(error.msg, before[-1] if before else 1, code["name"])
