"""Typer's commands, loaded when they are called and without its type conversion."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from kustz_tpl.cli.late_patterns import late_patterns


def new_app(**settings: Any) -> typer.Typer:  # noqa: ANN401 - whatever Typer takes
    """Return an app with plain output: no boxes around help and errors, a plain traceback."""
    plain = {"rich_markup_mode": None, "pretty_exceptions_enable": False, "add_completion": False}
    return typer.Typer(**(plain | settings))


def takes(
    options: Any,  # noqa: ANN401 - any class of named tuples
    without: Collection[str] = (),
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the fields of a named tuple as options, and pass them as one value.

    They are listed before the command's own options. A field of `without` keeps its default.
    """
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)
        for name, hint in options.__annotations__.items()
        if name not in without
        for default in [options._field_defaults[name]]
    ]

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        _, *own = inspect.signature(function).parameters.values()

        def command(**given: Any) -> None:  # noqa: ANN401 - what Typer parsed
            found = options(**{each.name: given.pop(each.name) for each in shared})
            function(found, **given)

        signature = inspect.Signature([*shared, *own])
        command.__signature__ = signature  # type: ignore[attr-defined]
        command.__annotations__ = {
            each.name: each.annotation for each in signature.parameters.values()
        }
        command.__name__, command.__doc__ = function.__name__, function.__doc__
        return command

    return decorate


def lazy_group(modules: Mapping[str, str], renamed: Mapping[str, str]) -> type[TyperGroup]:
    """Return a group of commands; each is imported from its module's `app` when it is called.

    A command of `renamed` does not exist; the error suggests its new name.
    """

    class LazyGroup(Group):
        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - Typer's own
            return list(modules)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - Typer's own
            if cmd_name not in modules:
                return None
            with late_patterns():
                module = import_module(modules[cmd_name])
            command = get_command(module.app)
            command.name = cmd_name
            return command

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - Typer's own
            if args[0] in renamed:
                ctx.fail(f"No such command '{args[0]}'. Did you mean '{renamed[args[0]]}'?")
            # Typer takes its suggestions from here.
            self.commands = dict.fromkeys(modules)  # type: ignore[assignment]
            return super().resolve_command(ctx, args)

    return LazyGroup


class Command(TyperCommand):
    """Keep strings as strings: every parameter is a string, a list of strings or a flag.

    Recent Typers convert each value, even an absent one, through pydantic; its import alone
    takes as long as a whole run.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's own
        """Parse arguments without type conversion."""
        _pass_text(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Typer's own
        """Write the help without the Python types of arguments."""
        for parameter in self.get_params(ctx):
            if parameter.param_type_name == "argument":
                setattr(parameter, "display_type", lambda _: "")  # noqa: B010 - not in every Typer
        super().format_options(ctx, formatter)


class Group(TyperGroup):
    """Keep strings as strings, like a Command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's own
        """Parse arguments without type conversion."""
        _pass_text(self.get_params(ctx))
        return super().parse_args(ctx, args)


def _pass_text(parameters: list[Any]) -> None:
    for parameter in parameters:
        if not parameter.required:
            parameter.process_value = _without_conversion(parameter)


def _without_conversion(parameter: Any) -> Callable[[Any, Any], Any]:  # noqa: ANN401 - Typer's own
    convert = parameter.process_value
    is_list = parameter.nargs == -1 or getattr(parameter, "multiple", False)

    def process_value(context: Any, value: Any) -> Any:  # noqa: ANN401 - whatever was parsed
        if not _is_text(value):
            return convert(context, value)
        if value is None and is_list:
            value = ()
        call = parameter.callback
        return call(context, parameter, value) if call else value

    return process_value


def _is_text(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return all(isinstance(item, str) for item in value)
    return value is None or isinstance(value, str)
