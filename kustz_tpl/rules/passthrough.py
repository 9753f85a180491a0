"""Kubernetes' own fields in kustz.yml: known to Kubernetes, and none that the language has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kustz_tpl.rules.finding import Finding
from kustz_tpl.yaml_source.tree import Path

Config = Mapping[str, Any]


def check_passthrough(
    config: Config, at: Path, kind: str, owned: Mapping[Path, str]
) -> Iterator[Finding]:
    """Yield unknown fields, values of a wrong kind, and fields that the language itself sets.

    The fields at a path are those of a kind; `owned` has the message for what the language sets.
    """
    value = _at(config, at)
    if not value:
        return
    from kustz_tpl.rules.fields import check_fields  # noqa: PLC0415 - reads a table

    written = [each for each in owned if _at(config, each) is not None]
    yield from (Finding(each, owned[each], is_about_key=True) for each in written)
    for finding in check_fields(kind, value, at):
        if not any(finding.path[: len(each)] == each for each in written):
            yield finding


def _at(config: Any, path: Path) -> Any:  # noqa: ANN401 - any part of a config
    for step in path:
        if not isinstance(config, dict):
            return None
        config = config.get(step)
    return config
