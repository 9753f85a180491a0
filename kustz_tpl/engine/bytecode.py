"""Keeps compiled templates between runs, in a folder that only its user can write."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

from kustz_tpl.engine.jinja_internals import COMPILER

# Whatever decides the code that a template becomes, besides its text; not all are imported yet.
_OURS = (
    "environment.py",
    "jinja_internals.py",
    "parts.py",
    "regions.py",
    "removed.py",
    "tags.py",
    "whitespace.py",
)
_GENERATORS = (Path(COMPILER), *map(Path(__file__).with_name, _OURS))
_MOST = 1_000


class CompiledTemplates(FileSystemBytecodeCache):
    """A cache of compiled templates, each valid for one text of its template.

    Whatever cannot be read or written is compiled again: a cache is never a reason to fail.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder that exists."""
        super().__init__(str(folder), "%s.cache")
        code = (file.stat() for file in _GENERATORS)
        stamps = (f"{each.st_mtime_ns}:{each.st_size}" for each in code)
        self._generators = "|".join(stamps)

    def get_bucket(
        self,
        environment: Environment,
        name: str,
        filename: str | None,  # noqa: ARG002 - Jinja's signature
        source: str,
    ) -> Bucket:
        """Return what is kept for a template's name and text, and the code that compiles it."""
        # A template with an unknown filter or test does not compile.
        known = "|".join(sorted([*environment.filters, *environment.tests]))
        text = f"{name}|{self._generators}|{known}|{source}"
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        bucket = Bucket(environment, key, self.get_source_checksum(source))
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load what is there and fits; loading runs it, so it must be the user's own."""
        with (
            contextlib.suppress(OSError),
            open(self._get_cache_filename(bucket), "rb") as file,  # noqa: PTH123 - as Jinja does
        ):
            if _is_own(os.fstat(file.fileno())):
                bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store, if the disk has room; start again where many templates came and went."""
        with contextlib.suppress(OSError):
            if len(os.listdir(self.directory)) >= _MOST:  # noqa: PTH208 - names alone
                self.clear()
            super().dump_bytecode(bucket)


def compiled_templates(folder: Path) -> CompiledTemplates | None:
    """Return the cache in a folder, made if need be; None if others could write into it."""
    try:
        if not folder.parent.parent.is_dir():  # no home, and none is made
            return None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_safe = _is_own(folder.stat()) and all(map(_is_fixed, folder.resolve().parents))
        is_usable = is_safe and os.access(folder, os.W_OK)
        return CompiledTemplates(folder) if is_usable else None
    except OSError:
        return None


def _is_fixed(folder: Path) -> bool:
    """Return whether nobody but its owner, the user or root, can replace what is in a folder."""
    if not hasattr(os, "getuid"):
        return True
    found = folder.stat()
    is_shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not found.st_mode & stat.S_ISVTX
    return found.st_uid in {0, os.getuid()} and not is_shared


def _is_own(found: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
