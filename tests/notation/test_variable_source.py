from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.references import VariableSource, parse_variable_source

FIELD = "expected a field such as metadata.name, status.podIP or metadata.labels['KEY'], got "
RESOURCE = (
    "expected limits.NAME or requests.NAME of cpu, memory, ephemeral-storage or hugepages-SIZE"
    ", got "
)
PART = "name of letters, digits, '-', '_' and '.' (at most 63, the first and the last a letter or digit)"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("secret://db/password", VariableSource("secret", "db", "password")),
        ("Secret://db/1", VariableSource("secret", "db", "1")),
        (
            "configmap://a.b/region?optional=true",
            VariableSource("configmap", "a.b", "region", optional=True),
        ),
        ("secret://a/b?optional=false", VariableSource("secret", "a", "b", optional=False)),
        ("field://status.podIPs", VariableSource("field", "status.podIPs")),
        ("field://metadata.labels['app']", VariableSource("field", "metadata.labels['app']")),
        (
            "field://metadata.annotations['Example.com/Team']",
            VariableSource("field", "metadata.annotations['Example.com/Team']"),
        ),
        ("resource://limits.memory", VariableSource("resource", "limits.memory")),
        (
            "resource://requests.cpu?container=web&divisor=1m",
            VariableSource("resource", "requests.cpu", container="web", divisor="1m"),
        ),
        (
            "resource://limits.hugepages-2Mi?divisor=1Mi",
            VariableSource("resource", "limits.hugepages-2Mi", divisor="1Mi"),
        ),
    ],
)
def test_parse_variable_source(text: str, source: VariableSource) -> None:
    assert parse_variable_source(text) == source._replace(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "db/password",
            (
                "expected a source such as secret://NAME/KEY, configmap://NAME/KEY,"
                " field://status.podIP or resource://limits.cpu, got 'db/password'"
            ),
        ),
        (
            "secert://a/b",
            (
                "expected secret, configmap, field or resource before '://', got 'secert'"
                " in 'secert://a/b'; did you mean secret?"
            ),
        ),
        (
            "secret://db",
            "expected a key after the name, as in NAME/KEY, got 'db' in 'secret://db'",
        ),
        (
            "secret://db/",
            "expected a key after the name, as in NAME/KEY, got 'db/' in 'secret://db/'",
        ),
        (
            "secret://db/a b",
            (
                "expected a key of letters, digits, '-', '_' and '.' (at most 253, not '.', no '..'"
                " first), got 'a b' in 'secret://db/a b'"
            ),
        ),
        (
            "secret://a/b?opt=true",
            "expected the parameter optional only, got 'opt' in 'secret://a/b?opt=true'",
        ),
        (
            "secret://a/b?optional=1",
            "expected true or false, got '1' in 'secret://a/b?optional=1'",
        ),
        (
            "field://status.ip",
            FIELD + "'status.ip' in 'field://status.ip'; did you mean status.podIP?",
        ),
        ("field://metadata.labels", FIELD + "'metadata.labels' in 'field://metadata.labels'"),
        (
            "field://metadata.labels[app]",
            FIELD + "'metadata.labels[app]' in 'field://metadata.labels[app]'",
        ),
        (
            "field://metadata.labels['']",
            f"expected in the key of metadata.labels a {PART}, got '' in 'field://metadata.labels['']'",
        ),
        (
            "field://metadata.labels['A/b']",
            (
                "expected before the '/' of the key of metadata.labels a DNS name (lower case,"
                " at most 253 characters), got 'A' in 'field://metadata.labels['A/b']'"
            ),
        ),
        (
            "field://metadata.name?a=b",
            "expected no parameters, got 'a' in 'field://metadata.name?a=b'",
        ),
        ("resource://memory", RESOURCE + "'memory' in 'resource://memory'"),
        (
            "resource://limits.nvidia.com/gpu",
            RESOURCE + "'limits.nvidia.com/gpu' in 'resource://limits.nvidia.com/gpu'",
        ),
        (
            "resource://limits.hugepages-x",
            (
                "expected a quantity such as 250m, 0.5 or 128Mi, got 'x'"
                " in 'resource://limits.hugepages-x'"
            ),
        ),
        (
            "resource://limits.cpu?divisor=1Mi",
            "expected the divisor 1 or 1m for cpu, got '1Mi' in 'resource://limits.cpu?divisor=1Mi'",
        ),
        (
            "resource://limits.memory?divisor=2Mi",
            (
                "expected a divisor such as 1, 1M or 1Mi, got '2Mi'"
                " in 'resource://limits.memory?divisor=2Mi'"
            ),
        ),
        (
            "resource://limits.cpu?container=A",
            (
                "expected a name of lower-case letters, digits and '-' (at most 63, the first and the"
                " last a letter or digit), got 'A' in 'resource://limits.cpu?container=A'"
                "; did you mean a?"
            ),
        ),
    ],
)
def test_parse_variable_source_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_variable_source(text)
    assert str(caught.value) == message


NAMES = st.from_regex(r"[a-z]([-a-z0-9]{0,8}[a-z0-9])?", fullmatch=True)
KEYS = st.from_regex(r"[A-Za-z0-9_-]{1,8}(\.[a-z]{1,3})?", fullmatch=True)


@given(
    scheme=st.sampled_from(["secret", "configmap"]),
    name=NAMES,
    key=KEYS,
    optional=st.booleans() | st.none(),
)
def test_a_written_reference_reads_back(
    scheme: str, name: str, key: str, *, optional: bool | None
) -> None:
    text = f"{scheme}://{name}/{key}"
    text += "" if optional is None else f"?optional={str(optional).lower()}"
    assert parse_variable_source(text) == VariableSource(scheme, name, key, optional, text=text)


@given(
    st.sampled_from(["limits", "requests"]),
    st.sampled_from(["memory", "ephemeral-storage", "hugepages-1Gi"]),
    NAMES | st.none(),
    st.sampled_from(["1", "1k", "1E", "1Ki", "1Ei"]) | st.none(),
)
def test_a_written_resource_reads_back(
    side: str, name: str, container: str | None, divisor: str | None
) -> None:
    written = {"container": container, "divisor": divisor}
    query = "&".join(f"{key}={value}" for key, value in written.items() if value)
    parsed = parse_variable_source(f"resource://{side}.{name}" + (f"?{query}" if query else ""))
    assert (parsed.name, parsed.container, parsed.divisor) == (f"{side}.{name}", container, divisor)
