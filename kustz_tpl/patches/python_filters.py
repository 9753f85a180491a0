"""The user's own filters: Python next to the templates, run only if the user allows it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from pathlib import Path
from types import FunctionType
from typing import Any

from kustz_tpl.errors import Diagnostic, InputError

FILE = "filters.py"
FLAG = "--allow-python-filters"
NOT_RUN = f"not run, because Python filters can run any code; to run it, use {FLAG}"

Filters = dict[str, Callable[..., Any]]


def find_filters(folders: Iterable[Path]) -> list[Path]:
    """Return the filter files in folders of templates."""
    return [folder / FILE for folder in folders if (folder / FILE).is_file()]


def warn(files: Iterable[Path]) -> list[Diagnostic]:
    """Return a warning for each file that is not run."""
    return [Diagnostic(str(file), 0, 0, "", NOT_RUN, severity="warning") for file in files]


def load_filters(files: Iterable[Path], taken: Container[str]) -> Filters:
    """Run the files and return their public functions by name; the first file wins.

    Raises InputError for a file that fails, and for a filter with the name of a built-in one.
    """
    filters: Filters = {}
    for file in files:
        for name, function in _functions(file).items():
            if name in taken:
                line = function.__code__.co_firstlineno
                message = f"the filter {name} is built in; choose another name"
                raise InputError(Diagnostic(str(file), line, 1, "", message))
            filters.setdefault(name, function)
    return filters


def _functions(file: Path) -> dict[str, FunctionType]:
    """Return the functions that a file defines, except those whose name starts with `_`."""
    module: dict[str, Any] = {"__name__": "kustz_templates.filters", "__file__": str(file)}
    try:
        # Compiled here, so that no __pycache__ appears next to the templates.
        exec(compile(file.read_bytes(), str(file), "exec"), module)  # noqa: S102 - the user said so
    except Exception as error:
        raise InputError(_failure(error, file)) from error
    return {
        name: value
        for name, value in module.items()
        if isinstance(value, FunctionType)
        and not name.startswith("_")
        and value.__module__ == module["__name__"]
    }


def _failure(error: Exception, file: Path) -> Diagnostic:
    line = getattr(error, "lineno", None) or 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    message = f"{type(error).__name__}: {getattr(error, 'msg', None) or error}"
    return Diagnostic(str(file), line, 1 if line else 0, "", message)
