"""Renders templates with secret values, and reports their errors without those values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kustz_tpl.engine import Engine, TemplateError
from kustz_tpl.errors import Diagnostic, InputError

T = TypeVar("T")
Values = TypeVar("Values")


def render_hidden(
    engine: Engine, template: str, render: Callable[[Values], T], values: Values, others: Values
) -> T:
    """Render a template with secret values; raises InputError without any of them.

    A message can contain a value in any form, and even a line number can depend on one. So the
    reported error is the one that the template has with other values of the same shape.
    """
    try:
        return render(values)
    except TemplateError:
        raise InputError(_fault(engine, template, lambda: render(others))) from None


def _fault(engine: Engine, template: str, render: Callable[[], object]) -> Diagnostic:
    try:
        render()
    except TemplateError as error:
        place, column = engine.loader.describe(error.template), 1 if error.line else 0
        expression = f"{{{{ {error.expression} }}}}: " if error.expression else ""
        message = expression + error.message
        return Diagnostic(place, error.line, column, "", message, excerpt=error.excerpt)
    message = "fails for a secret value; the reason is not shown, because it could reveal the value"
    return Diagnostic(engine.loader.describe(template), 0, 0, "", message)
