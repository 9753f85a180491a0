"""Asks a server about the objects of an application, and places what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from kustz_tpl.build.objects import Built
from kustz_tpl.cluster.answer import Missing
from kustz_tpl.cluster.kubectl import Cluster, ask
from kustz_tpl.errors import Diagnostic
from kustz_tpl.finished_objects import unique
from kustz_tpl.kinds.kind import value_at
from kustz_tpl.kinds.secret import SECRET
from kustz_tpl.resource import identify

_NAMESPACE = ("metadata", "namespace")
_UNKNOWN = "not checked by the server, as the values of this Secret are not known here"


def check_objects(
    cluster: Cluster, built: Sequence[Built], unknown: Collection[str]
) -> list[Diagnostic]:
    """Return what the server says of built objects, each at the place where its field is written.

    The `unknown` are Secrets without their values, which are not sent. Raises ProgramError if the
    server cannot be asked.
    """
    kept = [each for each in built if each.name.kind == SECRET.name and each.name.name in unknown]
    about = Diagnostic.about(("metadata", "name"), _UNKNOWN, severity="warning")
    sent = [each for each in built if each not in kept]
    found = unique((*_asked(cluster, sent), *(_placed(each, about) for each in kept)))
    first = built[0].made.workloads[0].document.file if built else ""
    return sorted(found, key=lambda each: (each.file != first, *each[:3]))


def _asked(cluster: Cluster, built: Sequence[Built]) -> Iterator[Diagnostic]:
    """Yield what the server says; of what the cluster does not have, the first object alone.

    A dry run creates neither the namespace nor the kind that the application itself adds.
    """
    own = {each for one in built for each in _added(one)}
    reported: set[Missing] = set()
    for each, answer in zip(built, ask(cluster, [one.document for one in built]), strict=True):
        for finding in answer.findings if answer.missing not in reported else ():
            message = finding.subject.message
            if answer.missing in own:
                subject = finding.subject._replace(message=f"{message}, so it is not checked")
                yield _placed(each, finding._replace(severity="warning", subject=subject))
            else:
                yield _placed(each, finding)
        reported |= {answer.missing} if answer.missing else set()


def _added(built: Built) -> Iterator[Missing]:
    document, name = built.document, identify(built.document)
    if (name.group, name.kind) == ("", "Namespace"):
        yield Missing(name.kind, name.name)
    if name.kind == "CustomResourceDefinition":
        kind, group = (
            value_at(document, "spec", *path) for path in (("names", "kind"), ("group",))
        )
        yield Missing(str(kind), str(group))


def _placed(built: Built, finding: Diagnostic) -> Diagnostic:
    """Return a finding at its place; kustomize sets the namespace that the config names."""
    source = built.made.workloads[0].document
    assert built.original  # noqa: S101 - the build has no others
    is_of_config = (
        value_at(built.original.document, *_NAMESPACE) is None and "namespace" in source.data
    )
    if finding.subject.path == _NAMESPACE and is_of_config:
        at = ("namespace",)
        placed = Diagnostic.at(source.place(at), source.show(at), finding.subject.message)
    else:
        placed = built.place(finding)
    return placed._replace(severity=finding.severity)
