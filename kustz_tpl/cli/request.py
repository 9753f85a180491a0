"""Turns the options of a command line into a request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import typer

from kustz_tpl.cli.inputs import check_templates
from kustz_tpl.cli.layout import (
    ENVIRONMENT,
    PLACEHOLDERS,
    needs,
    unknown_placeholders,
)
from kustz_tpl.cli.options import CONFIG, FORMATS, SERVER, STDIN, Shared
from kustz_tpl.cli.tasks import Request, Secrets
from kustz_tpl.cli.workspace import find_workspace, shared_templates
from kustz_tpl.errors import Diagnostic, InputError, ProgramError
from kustz_tpl.messages import any_of, has_control_characters
from kustz_tpl.source import Override

_LEAVE = Secrets()


def parse_request(options: Shared, secrets: Secrets = _LEAVE) -> Request:
    """Return what a command line asks of every application."""
    output = parse_output(options.output, index=options.has_index)
    are_named = bool(options.config or options.configs)
    configs = parse_configs(options.config, options.configs)
    workspace = find_workspace(configs, are_named=are_named)
    project = workspace.project
    has_index = options.has_index or bool(project and project.config["index"])
    return Request(
        configs=workspace.configs,
        output=output,
        templates=parse_templates(options.templates),
        allow_python_filters=options.allow_python_filters,
        allow_outside=options.allow_outside,
        overrides=tuple(_overrides(options.image, options.replicas, options.values or [])),
        jobs=parse_jobs(options.jobs),
        has_index=has_index,
        secrets=secrets,
        project=project,
        shared_templates=shared_templates(project) if project else (),
        is_whole=workspace.is_whole,
        environments=tuple(dict.fromkeys(options.environments or ())),
    )


def with_build(asked: Request, flag: str = "--build") -> Request:
    """Return a request that builds with kustomize; InputError where it is not installed."""
    from kustz_tpl.kustomize.program import find_kustomize  # noqa: PLC0415 - seldom

    try:
        return asked._replace(kustomize=find_kustomize())
    except ProgramError as error:
        raise InputError(Diagnostic(flag, 0, 0, "", str(error))) from None


def with_server(asked: Request, context: str | None) -> Request:
    """Return a request that builds and asks the cluster; InputError where that is not possible."""
    from kustz_tpl.cluster.kubectl import find_cluster  # noqa: PLC0415 - seldom

    asked = with_build(asked, SERVER)
    try:
        return asked._replace(cluster=find_cluster(context))
    except ProgramError as error:
        raise InputError(Diagnostic(SERVER, 0, 0, "", str(error))) from None


def refuse_context(context: str | None, *, has_server: bool) -> None:
    """Refuse an empty context, and one of no server."""
    if context is not None and not has_server:
        raise typer.BadParameter("use it with --server", param_hint="--context")
    if context == "":
        raise typer.BadParameter("expected a name, got nothing", param_hint="--context")


def parse_configs(config: list[str] | None, configs: list[str] | None) -> tuple[str, ...]:
    """Return the configs as typed, from the option or the arguments."""
    if config and configs:
        raise typer.BadParameter("use --config or configs, not both", param_hint="--config")
    chosen = tuple(configs or [parse_config(config)])
    if "" in chosen:
        raise typer.BadParameter("expected a file or a folder, got nothing", param_hint="CONFIG")
    if STDIN in chosen and len(chosen) > 1:
        raise typer.BadParameter("use - alone, without other configs", param_hint="CONFIG")
    return chosen


def parse_config(config: list[str] | None) -> str:
    """Return the config that --config names, or the default."""
    if not config:
        return CONFIG
    if len(config) > 1:
        message = "give one config; put what an environment changes in kustz.ENV.yml"
        raise typer.BadParameter(message, param_hint="--config")
    if not config[0]:
        raise typer.BadParameter("expected a file, got nothing", param_hint="--config")
    return config[0]


def parse_output(pattern: str | None, *, index: bool) -> str | None:
    """Return the pattern of the output folders, None where it depends on the environments.

    An index is written above the folders of a pattern, so it requires one.
    """
    if pattern is None:
        return None
    for word in unknown_placeholders(pattern):
        known = ", ".join(f"{{{name}}}" for name in (*PLACEHOLDERS, ENVIRONMENT))
        raise typer.BadParameter(f"expected {known}, got {word}", param_hint="--output")
    if not pattern:
        raise typer.BadParameter("expected a folder, got nothing", param_hint="--output")
    if has_control_characters(pattern):
        message = f"expected a folder without control characters, got {pattern!r}"
        raise typer.BadParameter(message, param_hint="--output")
    if index and not needs(pattern, *PLACEHOLDERS):
        raise index_refusal(pattern)
    return pattern


def index_refusal(pattern: str) -> typer.BadParameter:
    """Return the error of an index above folders that no pattern makes."""
    message = f"expected a pattern such as -o 'manifests/{{name}}', got {pattern}"
    return typer.BadParameter(message, param_hint="--index")


def parse_templates(folders: list[str] | None) -> tuple[Path, ...]:
    """Return the template folders, each of which must exist and be readable."""
    if "" in (folders or ()):
        raise typer.BadParameter("expected a folder, got nothing", param_hint="--templates")
    paths = tuple(Path(folder) for folder in folders or ())
    for path in paths:
        if has_control_characters(str(path)):
            message = f"expected a folder without control characters, got {str(path)!r}"
            raise typer.BadParameter(message, param_hint="--templates")
        if not path.is_dir():
            fault = "expected a folder, got a file" if path.exists() else "no such folder"
            raise typer.BadParameter(f"{path}: {fault}", param_hint="--templates")
        check_templates(path)
    return paths


def _overrides(image: str | None, replicas: str | None, values: list[str]) -> Iterator[Override]:
    if image is not None:
        yield Override("--image", "service.image", image)
    if replicas is not None:
        yield Override("--replicas", "service.replicas", replicas)
    for text in values:
        path, sign, value = text.partition("=")
        if not path or not sign:
            raise typer.BadParameter(f"expected PATH=VALUE, got {text!r}", param_hint="--set")
        if re.match(r"environments(\[|\.|$)", path):
            message = "environments are written in the config; to choose one, use --env"
            raise typer.BadParameter(message, param_hint="--set")
        yield Override(f"--set {path}", path, value)


def refuse_together(flag: str, others: Mapping[str, bool]) -> None:
    """Refuse each flag that has no effect with this one."""
    for other, is_given in others.items():
        if is_given:
            raise typer.BadParameter(f"cannot be used with {flag}", param_hint=other)


def parse_jobs(text: str | None) -> int | None:
    """Return a number of processes, None where none is given."""
    if text is None:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= 1024:  # noqa: PLR2004 - more is a typo
        raise typer.BadParameter(f"expected 1 to 1024, got {text!r}", param_hint="--jobs")
    return int(text)


def parse_format(word: str) -> str:
    """Return one of the output formats."""
    if word not in FORMATS:
        message = f"expected {any_of(FORMATS)}, got {word!r}"
        raise typer.BadParameter(message, param_hint="--format")
    return word
