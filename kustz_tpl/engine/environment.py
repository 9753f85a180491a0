"""Jinja that keeps printed values whole instead of turning them into text.

The generated code of a template yields `Text` and `Placeholder` objects. Jinja's own `concat`,
which joins what macros, blocks and `super()` capture, makes a `Fragment`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import BuiltinMethodType
from typing import Any

from jinja2 import (
    BytecodeCache,
    TemplateRuntimeError,
    Undefined,
)
from jinja2.filters import do_indent
from jinja2.runtime import Context

from kustz_tpl.engine.conversion import (
    Formatter,
    as_text,
    check_filters,
    check_tests,
    computable,
    concatenate,
    modulo,
)
from kustz_tpl.engine.counting import (
    check_product,
    counted_sum,
    eager,
    measured,
    measuring,
)
from kustz_tpl.engine.jinja_internals import HookedEnvironment
from kustz_tpl.engine.limits import WORK
from kustz_tpl.engine.parts import Fragment, Part, Placeholder, Text, UseError
from kustz_tpl.engine.reads import Noted
from kustz_tpl.engine.removed import REMOVED_FILTERS, REMOVED_GLOBALS, REMOVED_TESTS
from kustz_tpl.engine.undefined import MissingName

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


# These compare all with all, in one call of Python's.
_COMPARING_FILTERS = ("dictsort", "groupby", "max", "min", "sort", "unique")
_COMPARING_TESTS = (
    *("!=", "<", "<=", "==", ">", ">=", "eq", "equalto", "ge", "greaterthan", "gt"),
    *("in", "le", "lessthan", "lt", "ne"),
)

UNINDENTED = "print the value itself: {{ x }}; it needs no indentation"
_DEEPEST = 60  # Python takes some ten calls of its own for each
_SCALARS = frozenset((bool, float, int, str))
_DICTS = frozenset((dict, Noted))
_METHODS = frozenset(dir(Noted))
_LOADED, _CAPTURED = 20, 15  # steps, by the time that they take


class _NotingContext(Context):
    """Note the names that templates take from the context."""

    def resolve_or_missing(self, key: str) -> Any:  # noqa: ANN401 - any value
        WORK.get().names.add(key)
        return super().resolve_or_missing(key)


class PartsEnvironment(HookedEnvironment):
    """Compile templates into functions that yield parts, in a sandbox, and count what they do."""

    context_class = _NotingContext
    text = Text
    concatenate = staticmethod(concatenate)
    computable = staticmethod(computable)
    intercepted_binops = frozenset(("%", "*", "**", "+"))

    def __init__(self, loader: Any, compiled: BytecodeCache | None = None) -> None:  # noqa: ANN401 - Jinja's
        """Take templates from the loader."""
        super().__init__(
            loader=loader,
            undefined=MissingName,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            optimized=False,  # a constant expression is evaluated while rendering, within limits
            autoescape=False,
            auto_reload=False,
            cache_size=-1,
            bytecode_cache=compiled,
        )
        for name in REMOVED_FILTERS:
            del self.filters[name]
        for name in REMOVED_GLOBALS:
            del self.globals[name]
        for name in REMOVED_TESTS:
            del self.tests[name]
        for name in _EAGER_FILTERS:
            self.filters[name] = eager(self.filters[name])
        self.filters["sum"] = counted_sum
        for known, comparing in (
            (self.filters, _COMPARING_FILTERS),
            (self.tests, _COMPARING_TESTS),
        ):
            for name in comparing:
                known[name] = measuring(known[name])
        self.binop_table["%"] = modulo
        check_filters(self.filters)
        check_tests(self.tests)
        self.filters["indent"] = _indent

    def prepare(self, source: str, name: str | None) -> tuple[str, list[int]]:
        """Mark a template's regions, before Jinja parses it."""
        # Only parsing needs it; most runs find every template compiled.
        from kustz_tpl.engine.regions import mark_regions  # noqa: PLC0415 - start-up time

        return mark_regions(source, name)

    def capture(self, parts: Iterable[Any]) -> Fragment:
        """Take what a template yielded as a fragment, as long as it is not too much."""
        work = WORK.get()
        most = work.limits.text_characters
        kept: list[Part] = []
        left = most
        last = Text("", 0, "")
        for part in parts:
            if type(part) is Text:
                left -= len(part.text)
                last = part
            else:
                left -= 1
            if left < 0:
                raise OverflowError(f"renders more than {most} characters")
            if part is last or type(part) is Placeholder:
                kept.append(part)
            else:  # a call block yields what it called as it is
                line = last.line + last.text.count("\n")
                kept.append(Placeholder(part, last.template, line, -1))
        work.step(_CAPTURED + len(kept))
        return Fragment(kept)

    @staticmethod
    def placeholder(value: object, template: str, line: int, ordinal: int) -> Placeholder:
        """Keep a printed value; an undefined one fails here, at its line."""
        if type(value) not in _SCALARS:
            if isinstance(value, Undefined):
                str(value)
            measured(value)
        return Placeholder(value, template, line, ordinal)

    @staticmethod
    def counted(items: Any) -> Any:  # noqa: ANN401 - whatever can be iterated
        """Count the rounds of a loop before the first one."""
        try:
            rounds = len(items)
        except TypeError:
            items = _listed(items)
            rounds = len(items)
        WORK.get().step(rounds)
        return items

    @staticmethod
    def measured(value: Any) -> Any:  # noqa: ANN401 - any value
        """Count what Python is to compare, which it does without a stop."""
        return measured(value)

    def before_loading(self, name: str) -> None:
        """Count a template that another one loads."""
        work = WORK.get()
        work.step(_LOADED)
        work.templates.add(name)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - Jinja's
        """Refuse a value that would be too large, before it is made."""
        if operator in {"*", "**"}:
            check_product(operator, left, right)
        made = super().call_binop(context, operator, left, right)
        if operator == "+" and isinstance(made, (str, list, tuple)):
            WORK.get().text(len(made))
        return made

    def call(self, context: Context, called: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - Jinja's
        """Call what a template calls; a method of Python's own may compare what it is given."""
        if type(called) is BuiltinMethodType:
            for each in args:
                measured(computable(each) if isinstance(called.__self__, str) else each)
            return super().call(context, called, *args, **kwargs)
        is_callable = callable(called) and not isinstance(called, Undefined)
        if not is_callable and (fault := _uncallable(context, called)):
            raise fault
        work = WORK.get()
        if work.calls == _DEEPEST:
            raise OverflowError(f"macros, blocks or loops nested deeper than {_DEEPEST} levels")
        work.calls += 1
        try:
            return super().call(context, called, *args, **kwargs)
        finally:
            work.calls -= 1

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:  # noqa: ANN401 - any attribute
        """Return what formats in place of the methods of a string."""
        if super().wrap_str_format(value) is None:
            return None
        text, formatter = value.__self__, Formatter(self)
        if value.__name__ == "format_map":
            return lambda entries, /: formatter.vformat(text, (), entries)
        return lambda *args, **kwargs: formatter.vformat(text, args, kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - Jinja's
        """Return an attribute, else an item; of a dict without the exception that costs most."""
        if type(obj) in _DICTS and attribute in obj and attribute not in _METHODS:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401 - Jinja's
        """Return an item by its key; of a map never a method, which a key may be named like."""
        if isinstance(obj, Mapping) and isinstance(argument, str):
            return obj[argument] if argument in obj else self.undefined(obj=obj, name=argument)
        return super().getitem(obj, measured(argument))


def _listed(items: Any) -> list[Any]:  # noqa: ANN401 - any value
    try:
        return list(items)
    except TypeError as error:
        from kustz_tpl.engine.hints import no_loop  # noqa: PLC0415 - start-up time

        raise TemplateRuntimeError(no_loop(items)) from error


def _uncallable(context: Context, called: Any) -> TemplateRuntimeError | None:  # noqa: ANN401 - any value
    from kustz_tpl.engine.hints import no_function, undefined_function  # noqa: PLC0415 - start-up time

    if isinstance(called, Undefined):
        message = undefined_function(called._undefined_name)  # noqa: SLF001 - no other way
        return TemplateRuntimeError(message) if message else None
    known = context.environment.globals
    hidden = [name for name in known if context.resolve_or_missing(name) is called]
    return TemplateRuntimeError(no_function(called, hidden))


def _indent(value: Any, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401 - Jinja's
    """Indent a text, as Jinja's own filter does; a structure needs none."""
    if isinstance(value, (Mapping, list, tuple, Fragment)):
        raise UseError(UNINDENTED)
    return do_indent(as_text(value), *args, **kwargs)
