"""Renders a template by name to plain data; the engine's front door."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from pathlib import Path
from types import TracebackType
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError

from kustz_tpl.engine.bytecode import compiled_templates
from kustz_tpl.engine.environment import PartsEnvironment
from kustz_tpl.engine.errors import TemplateError
from kustz_tpl.engine.events import Events
from kustz_tpl.engine.limits import Limits, TimeLimitError, bounded
from kustz_tpl.engine.loader import Folder, FolderLoader
from kustz_tpl.engine.parts import Hole, UseError
from kustz_tpl.engine.tree import Tree, TreeBuilder, finish
from kustz_tpl.engine.value import Values

_LONGEST_MESSAGE = 500


def carry_everything(_text: str) -> str | None:
    """Refuse no text."""
    return None


class Engine:
    """Render the templates of some folders, the first folder that has a name wins.

    `filters` are added to Jinja's own. `refuse` says why a text cannot be carried to where the
    output goes, None if it can. `cache` is a folder that keeps compiled templates between runs.
    """

    def __init__(
        self,
        folders: Iterable[Folder],
        filters: Mapping[str, Callable[..., Any]] | None = None,
        refuse: Callable[[str], str | None] = carry_everything,
        limits: Limits | None = None,
        cache: Path | None = None,
    ) -> None:
        """Compile nothing yet; a template is compiled when it is first rendered."""
        self.loader = FolderLoader(folders)
        self._limits = limits or Limits()
        largest = self._limits.text_characters
        compiled = compiled_templates(cache, filters or ()) if cache else None
        self._environment = PartsEnvironment(self.loader, filters or {}, largest, compiled)
        self._values = Values(refuse, self._expression)
        self._events = Events()

    def carrying_everything(self) -> Engine:
        """Return an engine that shares all with this one and refuses no text."""
        other = copy(self)
        other._values = Values(carry_everything, self._expression)  # noqa: SLF001 - its own kind
        return other

    def render(self, name: str, context: Mapping[str, Any]) -> Tree:
        """Return the documents of a template; none if it renders blank.

        The context holds plain data only. Raises TemplateError for whatever is wrong with the
        template or with what it prints.
        """
        try:
            with bounded(self._limits):
                return self._render(name, context)
        except TemplateError:
            raise
        except (Exception, TimeLimitError) as error:
            fault = self._fault(error, name)
            if fault is None:
                raise
            raise fault from error

    def _render(self, name: str, context: Mapping[str, Any]) -> Tree:
        template = self._environment.get_template(name)
        all_of_it = template.new_context(dict(context))
        parts = template.root_render_func(all_of_it)
        tree = TreeBuilder(self._values, self._events).build(self._environment.capture(parts))
        finish(tree.documents, self._limits.text_characters)
        parents = list(self._parents(template))
        if not parents or any(each["calls_blocks"] for each in parents):
            return tree  # by `self` a parent may call what it has no place for
        from kustz_tpl.engine.lost_blocks import find_lost_blocks  # noqa: PLC0415 - start-up time

        return tree._replace(lost_blocks=tuple(find_lost_blocks(all_of_it.blocks)))

    def _parents(self, template: jinja2.Template) -> Iterator[dict[str, Any]]:
        """Yield the modules of the templates that a template extends whatever the context is."""
        while name := template.root_render_func.__globals__["parent"]:
            template = self._environment.get_template(name)
            yield template.root_render_func.__globals__

    def _expression(self, hole: Hole) -> str:
        if hole.ordinal < 0:
            return ""
        from kustz_tpl.engine.tags import expression  # noqa: PLC0415 - start-up time

        try:
            source, _, _ = self.loader.get_source(self._environment, hole.template)
            return expression(source, hole.ordinal)
        except (TemplateError, jinja2.TemplateError):  # it changed since it was compiled
            return ""

    def _fault(self, error: BaseException, name: str) -> TemplateError | None:
        """Return what a template is to blame for; None if it is a fault of the program."""
        template, line, ordinal = _template_line(error.__traceback__) or (name, 0, -1)
        if isinstance(error, jinja2.TemplateSyntaxError):
            return TemplateError(self._syntax_fault(error), error.name or name, error.lineno)
        if isinstance(error, UseError):
            expression = self._expression(Hole(None, template, line, ordinal))
            return TemplateError(str(error), template, line, expression=expression)
        if isinstance(error, jinja2.TemplatesNotFound):
            message = self._no_template(error.templates, template)
        elif isinstance(error, jinja2.TemplateNotFound):
            message = self._no_template([error.name], template)
        elif isinstance(error, TimeLimitError):
            message = f"takes more than {self._limits.seconds:g} s of processor time"
        elif isinstance(error, MemoryError):
            message = f"takes more than {self._limits.memory_bytes >> 20} MiB of memory"
        elif isinstance(error, RecursionError):
            message = "nested or recursive without end"
        elif isinstance(error, SecurityError):
            message = f"not allowed in a template: {error}"
        elif line or isinstance(error, OverflowError):
            message = str(error) or f"failed with {type(error).__name__}"
        else:
            return None
        return TemplateError(_phrase(message), template, line)

    def _syntax_fault(self, error: jinja2.TemplateSyntaxError) -> str:
        from kustz_tpl.engine.cures import syntax_fault  # noqa: PLC0415 - start-up time

        known = self._environment
        return _phrase(syntax_fault(error.message or "", known.filters, known.tests))

    def _no_template(self, names: Iterable[object], at: str) -> str:
        from kustz_tpl.engine.cures import no_template  # noqa: PLC0415 - start-up time

        # a template that is told to extend itself would do so without end
        return no_template(names, (each for each in self.loader.list_names() if each != at))


def _phrase(message: str | None) -> str:
    """Return a message of Jinja or Python in the form of our own."""
    text = " ".join((message or "not understood").split()).rstrip(".")
    if len(text) > _LONGEST_MESSAGE:
        text = text[: _LONGEST_MESSAGE - 1] + "…"
    return text[0].lower() + text[1:] if text[1:2].islower() else text


def _template_line(trace: TracebackType | None) -> tuple[str, int, int] | None:
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
