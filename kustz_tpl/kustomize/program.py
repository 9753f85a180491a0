"""Runs kubectl kustomize or kustomize build: without network, credentials or the user's settings."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kustz_tpl.errors import BuildError, ProgramError
from kustz_tpl.programs import find_kubectl, find_program, run_limited

_MOST = 16 * 2**20
"""Bytes of output; the largest applications have a hundredth of it."""

# It ends before it pays to collect garbage, which takes half of its time.
_FAST = {"GOGC": "off", "GOMEMLIMIT": "512MiB"}
# HOME is not among them: kubectl reads aliases and flags of the user's from there.
_ENVIRONMENT = ("PATH", "LANG", "SYSTEMROOT")
# No file that we pass on names an address. If kustomize sees one nevertheless, it gets nowhere.
_NOWHERE = dict.fromkeys(
    ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9"
) | {"GIT_ALLOW_PROTOCOL": "none", "KUBERC": "off", "KUBECONFIG": os.devnull, "LC_ALL": "C"}


class Kustomize(NamedTuple):
    """Hold the command that builds a folder, without the folder."""

    words: tuple[str, ...]

    def build(self, folder: Path) -> bytes:
        """Return the objects of a folder as YAML; raises BuildError with what kustomize says.

        The folder is never named. Raises ProgramError if kustomize does not end or prints too much.
        """
        given = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
        own = dict.fromkeys(("HOME", "TMPDIR", "TMP", "TEMP", "USERPROFILE"), str(folder))
        command = [*self.words, str(folder)]
        done = run_limited(command, given | own | _NOWHERE | _FAST, str(folder), _MOST)
        if done.returncode:
            raise BuildError(_said(done.stderr, folder))
        return done.stdout


def find_kustomize() -> Kustomize:
    """Return kubectl's kustomize, else kustomize; raises ProgramError if neither is installed."""
    try:
        return Kustomize((find_kubectl(), "kustomize"))
    except ProgramError:
        with suppress(ProgramError):
            return Kustomize((find_program("kustomize", ""), "build"))
        raise


def _said(printed: bytes, folder: Path) -> str:
    text = printed.decode(errors="replace").replace(f"{folder}/", "").replace(str(folder), ".")
    text = text.replace(folder.name, ".")
    line = " ".join(text.split())
    logged = re.fullmatch(r'E\d{4} .*?\] "command failed" err=(?:"(.*)"|< (.*) >)', line)
    said = (logged[1] or logged[2] or "").replace('\\"', '"') if logged else line
    return said.removeprefix("error: ").removeprefix("Error: ")
