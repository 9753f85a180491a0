"""Jinja that keeps printed values whole instead of turning them into text.

The generated code of a template yields `Text`, `Hole` and `Fragment` objects. Jinja's own
`concat`, which joins what macros, blocks and `super()` capture, makes a `Fragment`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, nodes
from jinja2.compiler import CodeGenerator
from jinja2.lexer import Lexer
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.parts import BEGIN, END, Fragment, Hole, Part, Text

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
REMOVED_TAGS = ("autoescape",)

_REGION_TAGS = frozenset(("block", "call", "filter", "include"))
_REGION_ENDS = frozenset(("endblock", "endcall", "endfilter", "include"))


class _PartsGenerator(CodeGenerator):
    """Generate code that yields parts; nothing is folded while compiling."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Jinja's signature
        super().__init__(*args, **kwargs)
        self._prints: dict[int, int] = {}

    def _output_child_to_const(
        self,
        node: nodes.Expr,
        frame: Any,  # noqa: ANN401, ARG002 - Jinja's signature
        finalize: Any,  # noqa: ANN401, ARG002
    ) -> Any:  # noqa: ANN401 - what _output_const_repr takes
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return Text(self.name or "", node.lineno, node.data)

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        texts: list[Text] = list(group)
        whole = "".join(text.text for text in texts)
        return f"environment.text({texts[0].template!r}, {texts[0].line}, {whole!r})"

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:  # noqa: ANN401, ARG002
        self.write("environment.hole(")

    def _output_child_post(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:  # noqa: ANN401, ARG002
        ordinal = self._prints.get(node.lineno, 0)
        self._prints[node.lineno] = ordinal + 1
        self.write(f", {self.name!r}, {node.lineno}, {ordinal})")


class PartsEnvironment(ImmutableSandboxedEnvironment):
    """Compile templates into functions that yield parts, in a sandbox."""

    code_generator_class = _PartsGenerator
    text = Text

    def __init__(self, loader: Any, filters: Mapping[str, Callable[..., Any]]) -> None:  # noqa: ANN401
        """Take the templates from the loader and add the filters to Jinja's own."""
        super().__init__(
            loader=loader,
            extensions=["jinja2.ext.loopcontrols"],
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            optimized=False,  # a constant expression is evaluated while rendering, within limits
            autoescape=False,
            auto_reload=False,
            cache_size=-1,
        )
        self.concat = self.capture  # type: ignore[assignment]
        self.largest_text = 0
        for name in REMOVED_FILTERS:
            del self.filters[name]
        for name in REMOVED_GLOBALS:
            del self.globals[name]
        for name in REMOVED_TESTS:
            del self.tests[name]
        self.filters.update(filters)

    def capture(self, parts: Iterable[Part | str]) -> Fragment:
        """Take what a template yielded as a fragment, as long as it is not too much."""
        kept: list[Part] = []
        left = self.largest_text
        for part in parts:
            whole = part if isinstance(part, (Text, Hole, Fragment)) else Hole(part, "", 0, 0)
            left -= len(whole.text) if isinstance(whole, Text) else 1
            if left < 0:
                raise OverflowError(f"rendered more than {self.largest_text} characters")
            kept.append(whole)
        return Fragment(kept)

    @staticmethod
    def hole(value: object, template: str, line: int, ordinal: int) -> Part:
        """Keep a printed value; an undefined one fails here, at its line."""
        if isinstance(value, Fragment):
            return value
        if isinstance(value, Undefined):
            str(value)
        return Hole(value, template, line, ordinal)

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """Mark the tags whose text is a region; refuse the removed ones."""
        source = super().preprocess(source, name, filename)
        source = source.replace("\r\n", "\n").replace("\r", "\n")
        marks = sorted(_region_marks(source, name, filename))
        pieces, at = [], 0
        for position, mark in marks:
            pieces += [source[at:position], mark]
            at = position
        return "".join([*pieces, source[at:]])


def _region_marks(source: str, name: str | None, filename: str | None) -> Iterator[tuple[int, str]]:
    """Yield where a region's marks go: outside its tags, so that trimming stops at them."""
    tag, begin = "", 0
    for position, line, kind, value in _tokens(source, name, filename):
        if kind == "block_begin":
            tag, begin = "", position
        elif kind == "name" and not tag:
            tag = value
            if tag in REMOVED_TAGS:
                raise TemplateSyntaxError(f"the tag {tag} is removed", line, name, filename)
            if tag in _REGION_TAGS:
                yield begin, BEGIN
        elif kind == "block_end" and tag in _REGION_ENDS:
            yield position + len(value.rstrip()), END


def _tokens(
    source: str, name: str | None, filename: str | None
) -> Iterator[tuple[int, int, str, str]]:
    """Yield position, line, kind and text of every token.

    Jinja's lexer tells no positions; blanks aside it leaves nothing out, so each token is the
    next occurrence of its text.
    """
    position = 0
    for line, kind, value in _plain_lexer().tokeniter(source, name, filename):
        position = source.find(value, position)
        yield position, line, kind, value
        position += len(value)


def _plain_lexer() -> Lexer:
    from jinja2.environment import Environment  # noqa: PLC0415
    from jinja2.lexer import get_lexer  # noqa: PLC0415

    return get_lexer(Environment(keep_trailing_newline=True))


def expression_of(hole: Hole, environment: PartsEnvironment) -> str:
    """Return the text between the braces that printed the hole's value, or nothing."""
    if environment.loader is None or not hole.template:
        return ""
    try:
        source, _, _ = environment.loader.get_source(environment, hole.template)
    except TemplateError:
        return ""
    found = _expressions(source, hole)
    return " ".join(found[hole.ordinal].split()) if hole.ordinal < len(found) else ""


def _expressions(source: str, hole: Hole) -> list[str]:
    found: list[str] = []
    begin = None
    for position, line, kind, value in _tokens(source, hole.template, None):
        if kind == "variable_begin" and line == hole.line:
            begin = position + len(value)
        elif kind == "variable_end" and begin is not None:
            found.append(source[begin:position])
            begin = None
    return found
