from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation import CHECKS

MARK = "q7Zq"
AROUND = st.text(
    alphabet=st.sampled_from("a0./:@?=&#%![]'\"\\-_* \n") | st.characters(), max_size=8
)


@pytest.mark.parametrize("name", CHECKS)
@given(before=AROUND, after=AROUND)
def test_a_message_without_its_value_holds_nothing_of_the_value(
    name: str, before: str, after: str
) -> None:
    error = refused(CHECKS[name], before + MARK + after)
    if error is not None:
        assert MARK.lower() not in str(error.redacted()).lower()


def refused(parse: Callable[[str], object], text: str) -> NotationError | None:
    try:
        parse(text)
    except NotationError as error:
        return error
    return None


SCHEMES = [
    "http",
    "https",
    "tcp",
    "grpc",
    "udp",
    "configmap",
    "secret",
    "pvc",
    "emptydir",
    "hostpath",
    "nfs",
    "csi",
    "image",
    "token",
    "volume",
    "field",
    "resource",
]
WORDS = [
    "size",
    "class",
    "access",
    "mode",
    "medium",
    "type",
    "optional",
    "readOnly",
    "divisor",
    "svc",
    "redirect",
    "set",
    "timeout",
    "2-10",
    "cpu=80%",
    "restricted",
    "runAsUser=1",
    "zone",
    "required",
    "Recreate",
    "@every",
    "*",
    "UTC",
    "a",
    "b",
    "1",
    "0",
]
ANY_TEXT = st.one_of(
    st.text(),
    st.text(alphabet="0159kKmMiIeE+-./:!%#@", max_size=20),
    st.from_regex(r"(https?|tcp|grpc|udp)://[a-z0-9.:\[\]@]*(/[^\n]*)?", fullmatch=True),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Nd", "Zs"]), max_size=8),
    st.builds(
        "{}://{}".format,
        st.sampled_from(SCHEMES),
        st.lists(st.sampled_from([*WORDS, "=", "&", "?", "/", ":", "@", ".", "%"])).map("".join),
    ),
    st.lists(st.sampled_from([*WORDS, "=", "/", ":"])).map(" ".join),
)


@pytest.mark.parametrize("name", CHECKS)
@given(text=ANY_TEXT)
def test_any_text_is_read_or_refused_in_one_printable_line(name: str, text: str) -> None:
    error = refused(CHECKS[name], text)
    if error is not None:
        message = str(error)
        assert message.isprintable()
        assert message.startswith("expected ")
        assert not message.endswith(".")
        assert message.count("; ") <= 1 + text.count("; ") * 2


@pytest.mark.parametrize("name", CHECKS)
def test_a_huge_text_is_answered_at_once(name: str) -> None:
    for text in ("9" * 1_000_000, "a-" * 500_000, "a." * 500_000 + "_", "a/" * 500_000 + " "):
        error = refused(CHECKS[name], text)
        assert error is None or len(str(error)) < 500
