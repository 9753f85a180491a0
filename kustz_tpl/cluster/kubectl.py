"""Runs kubectl to validate objects on a cluster, without changing the cluster."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from subprocess import CompletedProcess
from typing import Any, NamedTuple

from kustz_tpl.cluster.answer import WARNING, Answer, parse_answer, words_of
from kustz_tpl.errors import ProgramError
from kustz_tpl.programs import ended_by_signals, find_kubectl, run_program

# For each request; an admission webhook may take 30 s.
_TIMEOUT = "--request-timeout=40s"
# What kubectl prints if the server does not answer.
_FAILURE = re.compile(
    r"Unable to connect to the server: (.+)|(The connection to the server \S+ was refused)"
    r"|(You must be logged in to the server.*)|(the server has asked for .* credentials)"
    r'|(?:Get|Patch|Post|Put) "https?://[^"]*": (.+?)(?:; if you choose|$)'
)


class Cluster(NamedTuple):
    """Hold the path of kubectl and the context that the user chose, if any.

    `name` is the context in use, the current one if the user chose none.
    """

    kubectl: str
    context: str | None = None
    name: str = ""


def find_cluster(context: str | None) -> Cluster:
    """Return a cluster that answers; raises ProgramError with the reason if there is none.

    The address and the credentials are only in the user's kubectl configuration.
    """
    cluster = Cluster(find_kubectl(), context)
    done = _run(cluster, "get", "--raw", "/version")
    if done.returncode:
        raise _failure(done) or _error(words_of(_printed(done)) or "it gives no reason")
    current = _run(cluster, "config", "current-context")
    return cluster._replace(name=context or current.stdout.decode(errors="replace").strip())


def ask(cluster: Cluster, documents: Sequence[Mapping[str, Any]]) -> list[Answer]:
    """Return the server's answer for each object; raises ProgramError if kubectl cannot get one.

    kubectl prints each warning once and without the object. So if anything is printed for several
    objects, each is sent again alone.
    """
    if not documents:
        return []
    given = b"\n".join(json.dumps(each).encode() for each in documents)
    done = _run(cluster, "apply", "--dry-run=server", "-f", "-", given=given)
    if failure := _failure(done):
        raise failure
    if not done.returncode and WARNING.encode() not in done.stderr:
        return [Answer()] * len(documents)
    if len(documents) > 1:
        return [answer for each in documents for answer in ask(cluster, [each])]
    return [parse_answer(_printed(done), documents[0], is_refused=bool(done.returncode))]


def _run(cluster: Cluster, *words: str, given: bytes = b"") -> CompletedProcess[bytes]:
    context = (f"--context={cluster.context}",) if cluster.context is not None else ()
    command = (cluster.kubectl, *words, _TIMEOUT, *context)
    with ended_by_signals():  # kubectl ends, too
        return run_program(command, os.environ | {"LC_ALL": "C"}, given)


def _printed(done: CompletedProcess[bytes]) -> str:
    return done.stderr.decode(errors="replace")


def _failure(done: CompletedProcess[bytes]) -> ProgramError | None:
    """Return why the server could not be asked, None if it answered.

    A server that cannot reach a webhook has answered.
    """
    if not done.returncode:
        return None
    if b"Please enter Username" in done.stdout:
        return _error("the context names no user with credentials")
    for line in _printed(done).splitlines():
        match = _FAILURE.search(line)
        if match and match.lastindex and "webhook" not in line:
            return _error(match[match.lastindex])
    return None


def _error(reason: str) -> ProgramError:
    reason = re.sub(r"^(The|You) ", lambda match: match[0].lower(), reason)
    return ProgramError(f"kubectl failed: {reason}; check it with kubectl version")
