"""The ways in which a template captures a piece of YAML and prints it below some keys."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from pages import PAGE

BODY = "BODY"
DEPTHS = (1, 2, 3)


@dataclass(frozen=True)
class Capture:
    """The text before the page, the tag that prints the body, and the other templates."""

    tag: str
    before: str = ""
    others: Mapping[str, str] | None = None
    is_region: bool = True
    base: str = PAGE

    def templates(self, body: str, depth: int, *, is_again: bool = False) -> dict[str, str]:
        """Return templates that print a body as the value of `k`, so many keys deep.

        Printed again, it is the value of `l`, too.
        """
        keys = "".join(f"{'  ' * level}k:\n" for level in range(depth))
        indent = "  " * depth
        inner = body if self.is_region else textwrap.indent(body, indent)
        tag = f"{indent}{self.tag}\n"
        page = self.before + keys + tag + (f"l:\n{indent}{self.tag}\n" if is_again else "")
        files = {self.base: page, **(self.others or {})}
        return {name: text.replace(BODY, inner) for name, text in files.items()}


CAPTURES = {
    "macro": Capture("{{ m() }}", f"{{% macro m() %}}\n{BODY}{{% endmacro %}}\n"),
    "call": Capture(
        f"{{% call m() %}}\n{BODY}{{% endcall %}}",
        "{% macro m() %}\n     {{ caller() }}\n{% endmacro %}\n",
    ),
    "set": Capture("{{ s }}", f"{{% set s %}}\n{BODY}{{% endset %}}\n"),
    "include": Capture("{% include '_i' %}", others={"_i": BODY}),
    "import": Capture(
        "{{ m() }}",
        "{% from '_i' import m with context %}\n",
        {"_i": f"{{% macro m() %}}\n{BODY}{{% endmacro %}}\n"},
    ),
    "block": Capture(f"{{% block b %}}\n{BODY}{{% endblock %}}"),
    "self": Capture(
        "{{ self.b() }}",
        f"{{% if false %}}\n{{% block b %}}\n{BODY}{{% endblock %}}\n{{% endif %}}\n",
    ),
    "super": Capture(
        f"{{% block b %}}\n{BODY}{{% endblock %}}",
        others={PAGE: "{% extends '_base' %}{% block b %}\n  {{ super() }}\n{% endblock %}\n"},
        base="_base",
    ),
    "loop": Capture(f"{{% for _ in [1] %}}\n{BODY}{{% endfor %}}", is_region=False),
    "recursive loop": Capture(
        "{{ s }}",
        "{% set s %}\n{% for y in [[1]] recursive %}\n{% if loop.depth == 1 %}\n   {{ loop(y) }}\n"
        f"{{% else %}}\n{BODY}{{% endif %}}\n{{% endfor %}}\n{{% endset %}}\n",
    ),
    "fragment in a fragment": Capture(
        "{{ n(s) }}",
        f"{{% set s %}}\n{BODY}{{% endset %}}\n{{% macro n(y) %}}\n    {{{{ y }}}}\n{{% endmacro %}}\n",
    ),
}
