from __future__ import annotations

from collections.abc import Callable

import pytest

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.choices import (
    parse_kube_version,
    parse_restart_policy,
    parse_route_kind,
    parse_workload_kind,
)


@pytest.mark.parametrize(
    ("parse", "text", "word"),
    [
        (parse_workload_kind, "statefulset", "StatefulSet"),
        (parse_workload_kind, "Job", "Job"),
        (parse_restart_policy, "ONFAILURE", "OnFailure"),
        (parse_route_kind, "httproute", "HTTPRoute"),
    ],
)
def test_a_word_is_read_in_any_case(parse: Callable[[str], str], text: str, word: str) -> None:
    assert parse(text) == word


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [
        (
            parse_workload_kind,
            "Cronjobs",
            (
                "expected Deployment, StatefulSet, DaemonSet, CronJob or Job, got 'Cronjobs'"
                "; did you mean CronJob?"
            ),
        ),
        (parse_restart_policy, "Always", "expected Never or OnFailure, got 'Always'"),
        (
            parse_route_kind,
            "HTTPRoutes",
            (
                "expected Ingress, HTTPRoute or VirtualService, got 'HTTPRoutes'"
                "; did you mean HTTPRoute?"
            ),
        ),
    ],
)
def test_another_word_is_refused(parse: Callable[[str], str], text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse(text)
    assert str(caught.value) == message


def test_versions_are_in_order() -> None:
    texts = [f"1.{minor}" for minor in range(25, 38)]
    versions = [parse_kube_version(text) for text in texts]
    assert [str(each) for each in versions] == texts
    assert versions == sorted(versions)


@pytest.mark.parametrize(
    "text", ["1.24", "1.38", "1.3", "1", "1.29.1", "v1.29", "1.29+", "latest", "2.30", ""]
)
def test_other_versions_are_refused(text: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_kube_version(text)
    assert str(caught.value) == f"expected a version from 1.25 to 1.37, got '{text}'"
