"""Renders a template by name to plain data; the engine's front door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from copy import copy
from pathlib import Path
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError

from kustz_tpl.engine.bytecode import compiled_templates
from kustz_tpl.engine.environment import PartsEnvironment
from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.events import Events
from kustz_tpl.engine.jinja_internals import module, start, template_line
from kustz_tpl.engine.limits import Limits, TimeLimitError, Work, bounded
from kustz_tpl.engine.loader import Loader
from kustz_tpl.engine.parts import Placeholder, UseError
from kustz_tpl.engine.tree import Tree, TreeBuilder, finish
from kustz_tpl.engine.value import Values
from kustz_tpl.engine.writer import write_yaml

_LONGEST_MESSAGE = 500


def carry_everything(_text: str) -> str | None:
    """Refuse no text."""
    return None


class Engine:
    """Render templates by name.

    `refuse` says why a text cannot be carried to where the output goes, None if it can. Without
    `limits` a template may cost what it likes. `cache` is a folder that keeps compiled templates
    between runs.
    """

    def __init__(
        self,
        loader: Loader,
        refuse: Callable[[str], str | None] = carry_everything,
        limits: Limits | None = None,
        cache: Path | None = None,
    ) -> None:
        """Compile nothing yet; a template is compiled when it is first rendered."""
        self.loader = loader
        self._limits = limits
        compiled = compiled_templates(cache) if cache else None
        self._environment = PartsEnvironment(loader, compiled)
        self._values = Values(refuse, self._expression)
        self._events = Events()

    @property
    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name, to add some or to take some away before the first rendering."""
        return self._environment.filters

    @property
    def tests(self) -> dict[str, Any]:
        """Return the tests by name, as above."""
        return self._environment.tests

    @property
    def globals(self) -> MutableMapping[str, Any]:
        """Return what every template sees besides the context, as above."""
        return self._environment.globals

    def carrying_everything(self) -> Engine:
        """Return an engine that shares all with this one and refuses no text."""
        other = copy(self)
        other._values = Values(carry_everything, self._expression)  # noqa: SLF001 - its own kind
        return other

    def render(self, template: str, /, **context: Any) -> list[Any]:  # noqa: ANN401 - plain data
        """Return the documents of a template as plain data; none if it renders blank.

        Raises TemplateError for whatever is wrong with the template or with what it prints.
        """
        return self.render_tree(template, context).documents

    def render_text(self, template: str, /, **context: Any) -> str:  # noqa: ANN401 - plain data
        """Return the documents of a template as YAML, with the comments before the first key."""
        tree = self.render_tree(template, context)
        return write_yaml(tree.documents, tree.comments)

    def render_tree(self, template: str, context: Mapping[str, Any]) -> Tree:
        """Return the documents of a template, its comments, and the blocks that it fills in vain.

        The context holds plain data only.
        """
        try:
            with bounded(self._limits) as work:
                return self._render(template, context, work)
        except TemplateError:
            raise
        except (Exception, TimeLimitError) as error:
            fault = self._fault(error, template)
            if fault is None:
                raise
            raise fault from error

    def _render(self, name: str, context: Mapping[str, Any], work: Work) -> Tree:
        template = self._environment.get_template(name)
        parts, blocks = start(template, context)
        tree = TreeBuilder(self._values, self._events).build(self._environment.capture(parts))
        finish(tree.documents, work.limits.text_characters)
        tree = tree._replace(names=work.names, templates=work.templates)
        parents = list(self._parents(template))
        if not parents or not all(each["is_traceable"] for each in parents):
            return tree  # a parent may call what it has no place for
        called = {block for each in parents for block in each["calls"]}
        from kustz_tpl.engine.lost_blocks import find_lost_blocks  # noqa: PLC0415 - start-up time

        return tree._replace(lost_blocks=tuple(find_lost_blocks(blocks, called, parents[-1])))

    def _parents(self, template: jinja2.Template) -> Iterator[dict[str, Any]]:
        """Yield the modules of the templates that a template extends whatever the context is."""
        while name := module(template)["parent"]:
            template = self._environment.get_template(name)
            yield module(template)

    def _expression(self, placeholder: Placeholder) -> str:
        if placeholder.ordinal < 0:
            return ""
        from kustz_tpl.engine.tags import expression  # noqa: PLC0415 - start-up time

        try:
            source, _, _ = self.loader.get_source(self._environment, placeholder.template)
            return expression(source, placeholder.ordinal)
        except (TemplateError, jinja2.TemplateError):  # it changed since it was compiled
            return ""

    def _fault(self, error: BaseException, name: str) -> TemplateError | None:
        """Return what a template is to blame for; None if it is a fault of the program."""
        template, line, ordinal = template_line(error.__traceback__) or (name, 0, -1)
        if isinstance(error, jinja2.TemplateSyntaxError):
            return TemplateError(self._syntax_fault(error), error.name or name, error.lineno)
        if isinstance(error, UseError):
            expression = self._expression(Placeholder(None, template, line, ordinal))
            return TemplateError(str(error), template, line, expression=expression)
        if isinstance(error, jinja2.TemplatesNotFound):
            message = self._no_template(error.templates, template)
        elif isinstance(error, jinja2.TemplateNotFound):
            message = self._no_template([error.name], template)
        elif isinstance(error, TimeLimitError) and self._limits:
            message = f"takes more than {self._limits.seconds:g} s of processor time"
        elif isinstance(error, MemoryError) and self._limits:
            message = f"takes more than {self._limits.memory_bytes >> 20} MiB of memory"
        elif isinstance(error, RecursionError):
            message = "nested too deep"
        elif isinstance(error, SecurityError):
            message = f"not allowed in a template: {error}"
        elif line or isinstance(error, OverflowError):
            message = self._python_fault(error) or f"failed with {type(error).__name__}"
        else:
            return None
        return TemplateError(_phrase(message), template, line)

    def _syntax_fault(self, error: jinja2.TemplateSyntaxError) -> str:
        from kustz_tpl.engine.hints import syntax_fault  # noqa: PLC0415 - start-up time

        known = self._environment
        return _phrase(syntax_fault(error.message or "", known.filters, known.tests))

    @staticmethod
    def _python_fault(error: BaseException) -> str:
        from kustz_tpl.engine.hints import python_fault  # noqa: PLC0415 - start-up time

        return python_fault(str(error))

    def _no_template(self, names: Iterable[object], at: str) -> str:
        from kustz_tpl.engine.hints import no_template  # noqa: PLC0415 - start-up time

        # a template that extends itself would do so without end
        return no_template(names, (each for each in self.loader.list_names() if each != at))


def _phrase(message: str | None) -> str:
    """Return a message of Jinja or Python in the form of our own."""
    text = " ".join((message or "not understood").split()).rstrip(".")
    if len(text) > _LONGEST_MESSAGE:
        text = text[: _LONGEST_MESSAGE - 1] + "…"
    return text[0].lower() + text[1:] if text[1:2].islower() else text
