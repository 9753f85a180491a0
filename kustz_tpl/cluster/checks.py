"""Checks the built objects of an application with the API server of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kustz_tpl.cluster.answer import Missing
from kustz_tpl.cluster.kubectl import Cluster, ask
from kustz_tpl.errors import Diagnostic
from kustz_tpl.finished_objects import unique
from kustz_tpl.kinds.kind import value_at
from kustz_tpl.kustomize.objects import Built
from kustz_tpl.resource import identify

_UNKNOWN = "not checked by the server: the values of this Secret are not available here"


def check_objects(cluster: Cluster, built: Sequence[Built]) -> list[Diagnostic]:
    """Return the errors and warnings of the server, each at the place where the field is written.

    Secrets whose values are not known are not sent. Raises ProgramError if kubectl or the server
    fails.
    """
    not_sent = [each for each in built if each.made.is_unknown(each.name)]
    about = Diagnostic.about(("metadata", "name"), _UNKNOWN, severity="warning")
    sent = [each for each in built if each not in not_sent]
    found = unique((*_asked(cluster, sent), *(each.place(about) for each in not_sent)))
    first = built[0].made.main.document.file if built else ""
    return sorted(found, key=lambda each: (each.file != first, *each[:3]))


def _asked(cluster: Cluster, built: Sequence[Built]) -> Iterator[Diagnostic]:
    """Yield the findings of the server; a missing namespace or kind is reported once.

    It is a warning if the application itself adds it, which a dry run does not do.
    """
    own = {each for one in built for each in _added(one)}
    reported: set[Missing] = set()
    for each, answer in zip(built, ask(cluster, [one.document for one in built]), strict=True):
        for finding in answer.findings if answer.missing not in reported else ():
            message = finding.subject.message
            if answer.missing in own:
                subject = finding.subject._replace(message=f"{message}, so it is not checked")
                yield each.place(finding._replace(severity="warning", subject=subject))
            else:
                yield each.place(finding)
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
