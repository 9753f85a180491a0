"""A tree names the templates that had a part in it."""

from __future__ import annotations

from pages import PAGE, Pages


def test_what_a_page_extends_includes_and_imports_has_a_part_in_it() -> None:
    page = "{% extends '_base' %}\n{% block a %}\n{% include '_a' %}\n{% endblock %}\n"
    base = "{% from '_macros' import k %}\na: {{ k() }}\n{% block a %}\n{% endblock %}\n"
    macros = "{% macro k() %}{% include '_deep' %}{% endmacro %}"
    files = {"_base": base, "_a": "b: 1\n", "_macros": macros, "_deep": "1", "_other": "c: 1\n"}
    pages = Pages({PAGE: page, **files})
    for _ in range(2):  # compiled, and already so
        assert pages.render().templates == {PAGE, "_base", "_a", "_macros", "_deep"}


def test_what_is_not_loaded_has_none() -> None:
    page = "a: 1\n{% if x %}\n{% include '_a' %}\n{% endif %}\n"
    pages = Pages({PAGE: page, "_a": "b: 1\n"})
    assert pages.render(x=False).templates == {PAGE}
    assert pages.render(x=True).templates == {PAGE, "_a"}
