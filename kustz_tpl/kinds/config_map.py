"""The ConfigMaps, which kustomize makes of files and pairs."""

from __future__ import annotations

from collections.abc import Iterator

from kustz_tpl.errors import Diagnostic
from kustz_tpl.kinds.kind import Config, Kind
from kustz_tpl.rules.generators import check_capitals, check_keys, check_names, entries

_KEY = "configmaps"


def check_config_maps(config: Config) -> Iterator[Diagnostic]:
    """Find names and keys that two have."""
    yield from check_names(_KEY, config)
    for path, entry in entries(_KEY, config):
        if path[1] == "files":
            yield from check_keys(path, entry["files"])
            yield from check_capitals(path, entry["files"])


CONFIG_MAP = Kind(
    name="ConfigMap",
    rules=(check_config_maps,),
    generator="configMapGenerator",
    has_many=True,
)
