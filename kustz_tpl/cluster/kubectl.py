"""Asks a cluster through kubectl what it says of objects; nothing in the cluster is changed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from subprocess import CompletedProcess
from typing import Any, NamedTuple

from kustz_tpl.cluster.answer import Answer, parse_answer, words_of
from kustz_tpl.errors import ProgramError
from kustz_tpl.programs import find_program, run_program

# For each request: the server must have an answer, not only a connection.
_TIMEOUT = "--request-timeout=20s"
_CHECK = "check it with kubectl version"
# What kubectl says where there is no answer of the server; the first group is the reason.
_FAILURES = (
    r"Unable to connect to the server: (.*)",
    r"(The connection to the server .* was refused)",
    r"(?:error: )?(You must be logged in to the server.*|.* has asked for the client to provide.*)",
    r'.*(?:Get|Post|Patch|Put) "https?://[^"]*": (.*)',
)


class Cluster(NamedTuple):
    """Name the program that asks the cluster, and the context that the user chose, if any."""

    kubectl: str
    context: str | None = None


def find_cluster(context: str | None) -> Cluster:
    """Return a cluster that answers; raises ProgramError with why there is none.

    Where it is and who asks is in the configuration of the user's kubectl alone.
    """
    cluster = Cluster(find_program("kubectl", "install kubectl"), context)
    done = _run(cluster, "get", "--raw", "/version")
    if done.returncode:
        raise ProgramError(_failure(done) or f"{_cannot(words_of(_printed(done)))}; {_CHECK}")
    return cluster


def ask(cluster: Cluster, documents: Sequence[Mapping[str, Any]]) -> list[Answer]:
    """Return what the server says of each object; raises ProgramError if it cannot be asked.

    kubectl names no object in a warning, and prints a warning once. So if there is anything to
    say of several objects, each is asked about alone.
    """
    if not documents:
        return []
    given = b"\n".join(json.dumps(each).encode() for each in documents)
    done = _run(cluster, "apply", "--dry-run=server", "-f", "-", given=given)
    if failure := _failure(done):
        raise ProgramError(failure)
    if not done.returncode and not done.stderr.strip():
        return [Answer()] * len(documents)
    if len(documents) > 1:
        return [answer for each in documents for answer in ask(cluster, [each])]
    return [parse_answer(_printed(done), documents[0], is_refused=bool(done.returncode))]


def _run(cluster: Cluster, *words: str, given: bytes = b"") -> CompletedProcess[bytes]:
    context = (f"--context={cluster.context}",) if cluster.context is not None else ()
    command = (cluster.kubectl, *words, _TIMEOUT, *context)
    return run_program(command, os.environ | {"LC_ALL": "C"}, given)


def _printed(done: CompletedProcess[bytes]) -> str:
    return done.stderr.decode(errors="replace")


def _failure(done: CompletedProcess[bytes]) -> str | None:
    """Return why the server could not be asked, None if it answered."""
    if not done.returncode:
        return None
    for line in _printed(done).splitlines():
        for pattern in _FAILURES:
            if match := re.fullmatch(pattern, line):
                return f"{_cannot(match[1])}; {_CHECK}"
    return None


def _cannot(reason: str) -> str:
    reason = f"{reason[:1].lower()}{reason[1:]}" if reason.startswith(("The ", "You ")) else reason
    return f"kubectl cannot ask the server: {reason}"
