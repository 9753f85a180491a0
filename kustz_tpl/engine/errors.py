"""The one exception that a faulty template raises."""

from __future__ import annotations


class TemplateError(Exception):
    """Say what is wrong in which template and line.

    Lines count from 1; line 0 means the template as a whole. `expression` is the text between
    the braces that printed the value at fault, `excerpt` the rendered lines around the fault of
    a page that is no YAML; either may be empty.
    """

    def __init__(
        self, message: str, template: str, line: int = 0, *, expression: str = "", excerpt: str = ""
    ) -> None:
        """Keep the parts of the message as they are."""
        super().__init__(message, template, line)
        self.message = message
        self.template = template
        self.line = line
        self.expression = expression
        self.excerpt = excerpt

    def __str__(self) -> str:
        """Return place, expression and message on one line, then the excerpt."""
        place = f"{self.template}:{self.line}" if self.line else self.template
        expression = f"{{{{ {self.expression} }}}}: " if self.expression else ""
        excerpt = f"\n{self.excerpt}" if self.excerpt else ""
        return f"{place}: {expression}{self.message}{excerpt}"
