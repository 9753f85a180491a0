"""Each parser accepts any string or data, or refuses it with its own error."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError, RefusedError
from kustz_tpl.patches.manifest import parse_documents
from kustz_tpl.patches.selector import is_selected, parse_pattern, parse_selector
from kustz_tpl.resource import parse_resource
from kustz_tpl.rules.fields import check_fields
from kustz_tpl.schema.kubernetes import types
from kustz_tpl.template_admin.ejection import eject, parse_origin

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(sorted({field for fields in types().values() for field in fields}))
            | st.text(max_size=9),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
WORDS = st.text(st.sampled_from("ab=!,() in\nnot"), max_size=20)
WEB = parse_resource({"apiVersion": "v1", "kind": "A", "metadata": {"name": "a"}})


@given(st.sampled_from(["Container", "PodSpec", "DeploymentSpec"]), PLAIN)
def test_any_data_is_checked_as_fields(kind: str, data: object) -> None:
    for finding in check_fields(kind, data, ("pod",)):
        assert finding.subject.path[0] == "pod"
        assert "\n" not in str(finding.message)


@given(st.text(max_size=30) | WORDS)
def test_any_text_is_a_selector_or_none(text: str) -> None:
    with suppress(NotationError):
        parse_selector(text)
        is_selected(WEB, {"labelSelector": text})


@given(st.text(max_size=30))
@example("[[")
def test_any_text_is_a_pattern_or_none(text: str) -> None:
    with suppress(NotationError):
        parse_pattern(text)


@given(st.text(max_size=60) | st.text(st.sampled_from("a: -[]{}&*!\n'\""), max_size=40))
def test_any_text_is_yaml_or_none(text: str) -> None:
    with suppress(RefusedError):
        for document in parse_documents(text):
            with suppress(ValueError):
                parse_resource(document)


@given(st.text(st.characters(codec="utf-8", exclude_characters="{}#%\r"), max_size=60))
def test_an_ejected_text_knows_its_origin(text: str) -> None:
    for is_whole in (False, True):
        origin = parse_origin(eject({"x.yml.j2": text}, is_whole=is_whole))
        assert origin
        assert (origin.name, origin.is_whole) == ("x.yml.j2", is_whole)
