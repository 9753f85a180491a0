"""Jinja that keeps printed values whole instead of turning them into text.

The generated code of a template yields `Text` and `Hole` objects. Jinja's own `concat`, which
joins what macros, blocks and `super()` capture, makes a `Fragment`.
"""

from __future__ import annotations

import functools
import re
import sys
from ast import literal_eval
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from types import BuiltinMethodType, CodeType, FrameType
from typing import Any

from jinja2 import (
    BytecodeCache,
    Environment,
    Template,
    TemplateSyntaxError,
    Undefined,
    nodes,
    pass_environment,
)
from jinja2.filters import make_attrgetter
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kustz_tpl.engine.conversion import (
    Formatter,
    check_filters,
    check_tests,
    computable,
    concatenate,
    modulo,
)
from kustz_tpl.engine.generator import PartsGenerator
from kustz_tpl.engine.missing import Missing
from kustz_tpl.engine.parts import Fragment, Hole, Part, Text

# They make markup, noise or a text that YAML readers mistake.
REMOVED_FILTERS = (
    "e",
    "escape",
    "forceescape",
    "pprint",
    "random",
    "safe",
    "striptags",
    "tojson",
    "urlize",
    "xmlattr",
)
REMOVED_GLOBALS = ("lipsum",)
REMOVED_TESTS = ("escaped",)

# Jinja's own give iterators: printed twice they would be empty, and fail without a line.
_EAGER_FILTERS = (
    "batch",
    "items",
    "map",
    "reject",
    "rejectattr",
    "reverse",
    "select",
    "selectattr",
    "slice",
    "unique",
)


_DEEPEST = 100
# Python's own bound may be lowered to this, not below.
_LONG_NUMBER = "[0-9_]{640}"


class PartsEnvironment(ImmutableSandboxedEnvironment):
    """Compile templates into functions that yield parts, in a sandbox."""

    code_generator_class = PartsGenerator
    intercepted_binops = frozenset("%")
    # what the generated code calls, besides `hole`
    text = Text
    concatenate = staticmethod(concatenate)
    computable = staticmethod(computable)

    def __init__(
        self,
        loader: Any,  # noqa: ANN401 - Jinja's signature
        filters: Mapping[str, Callable[..., Any]],
        largest_text: int,
        compiled: BytecodeCache | None = None,
    ) -> None:
        """Take templates from the loader, add filters to Jinja's own, bound what is captured."""
        super().__init__(
            loader=loader,
            undefined=Missing,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            optimized=False,  # a constant expression is evaluated while rendering, within limits
            autoescape=False,
            auto_reload=False,
            cache_size=-1,
            bytecode_cache=compiled,
        )
        self.concat = self.capture  # type: ignore[assignment]
        self.largest_text = largest_text
        for name in REMOVED_FILTERS:
            del self.filters[name]
        for name in REMOVED_GLOBALS:
            del self.globals[name]
        for name in REMOVED_TESTS:
            del self.tests[name]
        for name in _EAGER_FILTERS:
            self.filters[name] = _eager(self.filters[name])
        self.filters["sum"] = _sum
        self.filters.update(filters)
        self.binop_table["%"] = modulo
        check_filters(self.filters)
        check_tests(self.tests)

    def capture(self, parts: Iterable[Any]) -> Fragment:
        """Take what a template yielded as a fragment, as long as it is not too much."""
        kept: list[Part] = []
        left = self.largest_text
        last = Text("", 0, "")
        for part in parts:
            if type(part) is Text:
                left -= len(part.text)
                last = part
            else:
                left -= 1
            if left < 0:
                raise OverflowError(f"renders more than {self.largest_text} characters")
            if part is last or type(part) is Hole:
                kept.append(part)
            else:  # a call block yields what it called as it is
                line = last.line + last.text.count("\n")
                kept.append(Hole(part, last.template, line, -1))
        return Fragment(kept)

    @staticmethod
    def hole(value: object, template: str, line: int, ordinal: int) -> Hole:
        """Keep a printed value; an undefined one fails here, at its line."""
        if isinstance(value, Undefined):
            str(value)
        return Hole(value, template, line, ordinal)

    def call(self, context: Context, called: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Call a function, a macro or a method; those of strings take no captured text."""
        if type(called) is BuiltinMethodType and isinstance(called.__self__, str):
            args = tuple(map(computable, args))
        return super().call(context, called, *args, **kwargs)

    def _filter_test_common(
        self,
        name: str | Undefined,
        value: Any,  # noqa: ANN401 - Jinja's signature
        *args: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Apply what `map` and `select` name."""
        return super()._filter_test_common(name, computable(value), *args)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:  # noqa: ANN401 - any attribute
        """Return what formats in place of the methods of a string."""
        if super().wrap_str_format(value) is None:
            return None
        text, formatter = value.__self__, Formatter(self)
        if value.__name__ == "format_map":
            return lambda entries, /: formatter.vformat(text, (), entries)
        return lambda *args, **kwargs: formatter.vformat(text, args, kwargs)

    def _load_template(
        self,
        name: str,
        globals: MutableMapping[str, Any] | None,  # noqa: A002 - Jinja's signature
    ) -> Template:
        _check_nesting()
        return super()._load_template(name, globals)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        # What only parsing needs; most runs find every template compiled.
        from kustz_tpl.engine.regions import mark_regions  # noqa: PLC0415 - start-up time

        self.add_extension("jinja2.ext.loopcontrols")
        marked, lines = mark_regions(source, name)
        try:
            tree = super()._parse(marked, name, filename)
        except ValueError as error:
            raise long_number(source, name) from error
        for ordinal, (node, line) in enumerate(zip(_prints(tree), lines, strict=True)):
            # Jinja gives an expression the line of its last operator.
            node.lineno, node.ordinal = line, ordinal  # type: ignore[attr-defined]
        return tree

    def _compile(self, source: str, filename: str) -> CodeType:
        try:
            return super()._compile(source, filename)
        except SyntaxError as error:  # too deeply nested for Python, or break outside of a loop
            raise _rejected(source, error) from error


def long_number(source: str, name: str | None) -> TemplateSyntaxError:
    """Return the refusal of a number that Jinja has Python read, which it is too long for."""
    found = re.search(_LONG_NUMBER, source)
    line = source.count("\n", 0, found.start()) + 1 if found else 1
    return TemplateSyntaxError("a number of too many digits", line, name)


def _check_nesting() -> None:
    """Refuse templates in templates without end, before Python does.

    Each is a generator within another; Python itself dies of closing too many of them.
    """
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - inspect is slow to import
    nested = 0
    while frame is not None:
        nested += "__jinja_template__" in frame.f_globals
        frame = frame.f_back
    if nested > _DEEPEST:
        raise RecursionError


def _prints(tree: nodes.Template) -> Iterator[nodes.Expr]:
    """Yield what the template prints in the order of its source."""
    for output in tree.find_all(nodes.Output):
        yield from (node for node in output.nodes if not isinstance(node, nodes.TemplateData))


def _rejected(source: str, error: SyntaxError) -> TemplateSyntaxError:
    """Return Python's refusal of a template's code as a refusal of the template."""
    found = re.findall(r"^(name|debug_info) = (.*)$", source, re.MULTILINE)
    code = {name: literal_eval(value) for name, value in found}
    pairs = [entry.split("=") for entry in code["debug_info"].split("&") if entry]
    before = [int(line) for line, python in pairs if int(python) <= (error.lineno or 0)]
    return TemplateSyntaxError(error.msg, before[-1] if before else 1, code["name"])


@pass_environment
def _sum(
    environment: Environment,
    iterable: Iterable[Any],
    attribute: str | int | None = None,
    start: Any = 0,  # noqa: ANN401 - whatever adds
) -> Any:  # noqa: ANN401
    """Add up as Jinja's own filter does, but in Python: C would not notice a limit."""
    if attribute is not None:
        iterable = map(make_attrgetter(environment, attribute), iterable)
    for item in iterable:
        start = start + item
    return start


def _eager(lazy: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(lazy)  # and with it what Jinja noted on the function
    def eager(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        made = lazy(*args, **kwargs)
        return made if isinstance(made, str) else list(made)

    return eager
