"""What one application makes: the content of every file to be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from kustz_tpl.errors import Diagnostic
from kustz_tpl.secret_string import partial_repr
from kustz_tpl.yaml_source import Place

if TYPE_CHECKING:
    from kustz_tpl.application import Application


class GeneratedFile(NamedTuple):
    """The content of one file to be; a secret's is not shown."""

    content: bytes
    kind: Literal["manifest", "copy", "secret", "control"]

    def __repr__(self) -> str:
        """Return all but what may be secret."""
        return partial_repr(self, "kind")


class Sealing(NamedTuple):
    """A Secret's manifest, as JSON, and the age keys that it is to be encrypted for."""

    manifest: bytes
    age: tuple[str, ...]

    def __repr__(self) -> str:
        """Return all but what may be secret."""
        return partial_repr(self, "age")


class SecretSource(NamedTuple):
    """Name a file that secret values are read from, and where the config names it."""

    file: Path
    place: Place
    path: str


class Generated(NamedTuple):
    """What one application makes: files by their path below the output folder, and warnings.

    `sealed` are the manifests that are still to be encrypted, `left` the files that stay as they
    are, `keyless` the Secrets of which not even the keys are known. `reads` are the files and
    folders that the run reads; `made` is what its objects are made of.
    """

    name: str
    namespace: str | None
    config_name: str
    files: dict[str, GeneratedFile]
    warnings: tuple[Diagnostic, ...] = ()
    sealed: Mapping[str, Sealing] = {}
    left: frozenset[str] = frozenset()
    keyless: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    secret_sources: tuple[SecretSource, ...] = ()
    made: Application | None = None

    def __repr__(self) -> str:
        """Return all but what may be secret."""
        return partial_repr(self, "name", "namespace", "config_name", "files")
