"""Reads all that a config names, and finds what is wrong with it before anything is rendered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kustz_tpl import data_files, kinds, rules, schema
from kustz_tpl.context import known_services
from kustz_tpl.data_files.folder import DataFolder
from kustz_tpl.data_files.reader import DataFiles
from kustz_tpl.errors import Diagnostic, InputError, KeyPath, Subject
from kustz_tpl.kinds.backend import check_backends
from kustz_tpl.kinds.mounts import has_outside_volumes
from kustz_tpl.kinds.references import check_mounted_keys, check_variable_keys, known_keys
from kustz_tpl.kinds.security import is_restricted
from kustz_tpl.kinds.variables import check_order
from kustz_tpl.notation.choices import WORKLOAD_KINDS
from kustz_tpl.registry.backend import secret_entries
from kustz_tpl.schema.workloads import Workload, split_workloads, unreported
from kustz_tpl.source import Source, read_document
from kustz_tpl.yaml_source import Document, read

if TYPE_CHECKING:
    from kustz_tpl.patches import Additions
    from kustz_tpl.secrets.logins import Absence, Login

_MOST_UNFIT = 20
"""Rounds in which defaults are left out; one may only show after another is gone."""


class Input(NamedTuple):
    """All that was read and found right; the first workload is the main one."""

    config: schema.Config
    document: Document
    workloads: tuple[Workload, ...]
    data: data_files.Sources
    additions: Additions | None
    logins: list[Login]
    warnings: tuple[Diagnostic, ...]


def validate(source: Source, folder: DataFolder, absence: Absence) -> Input:
    """Return what a config names; InputError with every problem of it and its data files.

    Defaults of the project that do not fit the application are left out.
    """
    document = read_document(source)
    for _ in range(_MOST_UNFIT if source.below else 1):
        try:
            return _validated(document, folder, absence, source)
        except InputError as error:
            paths = _unfit(error, document, source)
            if not paths:
                raise
            from kustz_tpl.yaml_source.layers import without  # noqa: PLC0415 - seldom

            for path in paths:
                document = without(document, path)
    return _validated(document, folder, absence, source)


def _validated(document: Document, folder: DataFolder, absence: Absence, source: Source) -> Input:
    """Return what was read; InputError with every problem of the file and its data files."""
    found, diagnostics = _workloads(document)
    config, document = found[0].config, found[0].document
    workloads: list[Workload] = []
    plain: dict[str, bytes] = {}
    for each in found:
        env, contents, more = data_files.read_variables(each.config, each.document, folder)
        diagnostics += unreported(each, more, diagnostics)
        plain |= contents
        workloads.append(each._replace(env=env))
    absent, more = _absent(config, document, folder, absence)
    diagnostics += more
    data, more = data_files.read(config, document, folder, absent)
    data = data._replace(plain={**data.plain, **plain})
    diagnostics += [*more, *_check_references(workloads, data, are_whole=not more)]
    logins, more = _logins(config, document, folder, absence)
    diagnostics += more
    additions = None
    if config["patches"] or config["resources"] or any(map(_has_additions, workloads)):
        from kustz_tpl.patches import read as read_additions  # noqa: PLC0415 - seldom

        additions, more = read_additions(config, document, folder)
        diagnostics += more
    is_whole = not any(problem.severity == "error" for problem in diagnostics)
    if is_whole:
        diagnostics += _uncovered(workloads, data, logins)
        diagnostics += _unknown_public(config, document, data)
    if config["ingress"]["rules"]:
        services = known_services(workloads, additions)
        found_rules = check_backends(config, services, is_whole=is_whole)
        diagnostics += rules.to_diagnostics(found_rules, document)
    if source.environment:
        diagnostics = [with_cause(each, document, source) for each in diagnostics]
    problems = ordered(diagnostics, document.file)
    if any(problem.severity == "error" for problem in problems):
        raise InputError(*problems)
    return Input(config, document, tuple(workloads), data, additions, logins, tuple(problems))


def _unfit(error: InputError, document: Document, source: Source) -> set[KeyPath]:
    """Return the defaults that rules refuse in this application, but not in any application."""
    files = {each.file for each in source.shared}
    paths = {
        problem.subject.path
        for problem in error.diagnostics
        if problem.severity == "error" and problem.file in files
    }
    paths = {path for path in paths if path in document.places}
    return paths - _always_refused(source) if paths else paths


def _always_refused(source: Source) -> set[KeyPath]:
    """Return the defaults that the rules of every kind of workload refuse."""
    from kustz_tpl.yaml_source.layers import put_layers  # noqa: PLC0415 - seldom

    refused = []
    for kind in WORKLOAD_KINDS:
        text = f"name: any\nservice: {{kind: {kind}, image: any}}\n".encode()
        document = put_layers(read(text, "", schema.is_secret), source.below)
        config, document = schema.normalise(document)
        refused.append({each.subject.path for each in kinds.check(config, document)})
    return set.intersection(*refused)


def with_cause(problem: Diagnostic, document: Document, source: Source) -> Diagnostic:
    """Name what a file of the environment has that makes something of a file below it a problem."""
    about = problem.subject
    files = {each.file for each in (source.layer, *source.shared[1:]) if each}
    if problem.file in files:
        return problem
    for path in filter(None, (about.other, *about.depends_on)):
        place = document.place(path)
        if place.file in files:
            return problem._replace(cause=f"{place.file}:{place.line} has {document.show(path)}")
    return problem


def check_language(document: Document) -> list[Diagnostic]:
    """Return what is wrong with a config, without a look at the files that it names."""
    return ordered(_workloads(document)[1], document.file)


def _workloads(document: Document) -> tuple[list[Workload], list[Diagnostic]]:
    """Return the workloads of a config, the main one first, and what is wrong with them."""
    config, document = schema.normalise(document)
    entries, diagnostics = split_workloads(document)
    found = [Workload(None, config, document)]
    found += [Workload(each.name, *schema.normalise(each.document)) for each in entries]
    diagnostics += kinds.check_application(
        {each.entry: (each.config, each.document) for each in found}
    )
    for each in found:
        problems = kinds.check(each.config, each.document)
        if each.entry:  # its paths are not those of the document
            problems = [problem._replace(subject=Subject()) for problem in problems]
        problems = [*each.document.diagnostics, *problems]
        diagnostics += unreported(each, problems, diagnostics)
    return found, diagnostics


def _has_additions(workload: Workload) -> bool:
    """Check whether a workload has fields of Kubernetes' own, or its pod is to be looked at."""
    config = workload.config
    return bool(kinds.pass_through(config)) or has_outside_volumes(config) or is_restricted(config)


def _absent(
    config: schema.Config, document: Document, folder: DataFolder, absence: Absence
) -> tuple[Collection[str], list[Diagnostic]]:
    """Return the Secrets of which a file is absent without that being a problem."""
    if not any(secret_entries(config)):
        return (), []
    from kustz_tpl.secrets.backends import absent_secrets  # noqa: PLC0415 - start-up time

    files = DataFiles(document, folder)
    return absent_secrets(config, files, absence), files.diagnostics


def _logins(
    config: schema.Config,
    document: Document,
    folder: DataFolder,
    absence: Absence,
) -> tuple[list[Login], list[Diagnostic]]:
    """Return the accounts of the registries."""
    if not config["registries"]:
        return [], []
    from kustz_tpl.secrets.logins import read_logins  # noqa: PLC0415 - start-up time

    files = DataFiles(document, folder)
    logins = read_logins(config, files, absence)
    return logins, files.diagnostics


def _uncovered(
    workloads: Sequence[Workload], data: data_files.Sources, logins: list[Login]
) -> list[Diagnostic]:
    """Return what does not meet: registries, pull secrets and images."""
    main = workloads[0]
    if not main.config["registries"]:
        return []
    from kustz_tpl.secrets import pull_secret_checks as checks  # noqa: PLC0415 - start-up time

    servers = checks.known_servers(main.config, logins, data.secrets)
    configs = [each.config for each in workloads]
    problems = rules.to_diagnostics(checks.check_registries(configs, servers), main.document)
    for each in workloads:
        found = rules.to_diagnostics(checks.check_images(each.config, servers), each.document)
        problems += unreported(each, found, problems)
    return problems


def _unknown_public(
    config: schema.Config, document: Document, data: data_files.Sources
) -> list[Diagnostic]:
    """Return the entries of `secrets.public` that name no key."""
    if not config["secrets"]["public"]:
        return []
    from kustz_tpl.data_files.public_keys import check_public  # noqa: PLC0415 - seldom

    return rules.to_diagnostics(check_public(config, data.secrets), document)


def _check_references(
    workloads: Sequence[Workload], data: data_files.Sources, *, are_whole: bool
) -> list[Diagnostic]:
    """Return the variables that come too early, and the references to a key that is not there.

    The keys are known only where all of their files `are_whole`, and what names them is right.
    """
    main = workloads[0]
    is_known = not {at[0] for at in main.document.unsure if at} & {"configmaps", "secrets"}
    known = known_keys(main.config, data.configmaps, data.secrets) if are_whole and is_known else {}
    checks = (check_mounted_keys, check_variable_keys)
    problems: list[Diagnostic] = []
    for each in workloads:
        found = (
            *check_order(each.config, each.env),
            *(finding for check in checks for finding in check(each.config, known)),
        )
        problems += unreported(each, rules.to_diagnostics(found, each.document), problems)
    return problems


def ordered(diagnostics: list[Diagnostic], first: str) -> list[Diagnostic]:
    """Put the config's own problems first, then those of its data files, each in line order.

    A problem of what several aliases repeat is one: the place, the key and the message are one.
    """
    once: dict[tuple[object, ...], Diagnostic] = {}
    for each in diagnostics:
        once.setdefault((*each[:3], each.path.rpartition(".")[2], each.message), each)
    return sorted(
        once.values(),
        key=lambda problem: (problem.file != first, problem.file, problem.line, problem.column),
    )
