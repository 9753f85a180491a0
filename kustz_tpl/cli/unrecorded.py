"""Says how to keep the values that `generate` took from its flags."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from kustz_tpl.cli.inputs import config_file, read_source
from kustz_tpl.cli.options import CONFIG, STDIN
from kustz_tpl.cli.tasks import Request
from kustz_tpl.cli.terminal import print_note
from kustz_tpl.errors import InputError
from kustz_tpl.schema import is_secret
from kustz_tpl.yaml_source import Scalar, read
from kustz_tpl.yaml_source.editing import find
from kustz_tpl.yaml_source.tree import parse_path


def print_unrecorded(asked: Request) -> None:
    """Print the command that records in the config what flags have changed.

    Only for one config, and for single values that the config does not have already.
    """
    if not asked.overrides or len(asked.configs) != 1 or asked.configs == (STDIN,):
        return
    (config,) = asked.configs
    changes = dict(_unrecorded(asked))
    if not changes:
        return
    words = [*([] if config == CONFIG else ["-c", config]), *changes.values()]
    if len(asked.environments) == 1:
        words = ["-e", *asked.environments, *words]
    print_note(
        f"{' and '.join(changes)}: not recorded in {config_file(config)}; "
        f"to record, run: kustz-tpl set {shlex.join(words)}"
    )


def _unrecorded(asked: Request) -> Iterator[tuple[str, str]]:
    """Yield the label of each flag and what `set` takes for it."""
    file = config_file(asked.configs[0])
    known = read(read_source(file, ()).text, file, is_secret).data
    for label, path, value in asked.overrides:
        keys = parse_path(path)
        wanted = _scalar(value)
        if wanted is None:
            continue
        current = find(known, keys)
        is_new = current is None or (isinstance(current, Scalar) and current.text != wanted.text)
        if is_new and not is_secret(str(keys[0])):
            yield label, f"{path}={'~' if wanted.is_null else wanted.text}"


def _scalar(value: str) -> Scalar | None:
    """Return the scalar that a value of the command line is; None if it is something else."""
    try:
        found = read(f"value: {value}".encode(), "").data["value"]
    except InputError:
        return None
    return found if isinstance(found, Scalar) else None
