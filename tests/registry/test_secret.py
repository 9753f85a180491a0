"""A secret string does not appear in any representation."""

from __future__ import annotations

import json
import logging
import pickle
import traceback

import pytest

from kustz_tpl.secret import Secret

MARKER = "s3cr3t-marker"


@pytest.mark.parametrize("form", [str, repr, "{}".format, "{!r:>40}".format, "%s".__mod__])
def test_every_text_form_is_redacted(form: object) -> None:
    assert MARKER not in form(Secret(MARKER))  # type: ignore[operator]
    assert MARKER not in form([Secret(MARKER)] if form in (str, repr) else Secret(MARKER))  # type: ignore[operator]


def test_it_neither_pickles_nor_becomes_json() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(MARKER))
    with pytest.raises(TypeError):
        json.dumps(Secret(MARKER))


def test_no_log_or_traceback_holds_it(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger().warning("%s %r", Secret(MARKER), Secret(MARKER))
    assert MARKER not in caplog.text
    error = ValueError(Secret(MARKER))
    assert MARKER not in "".join(traceback.format_exception(error))


def test_it_compares_by_its_text() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert Secret(MARKER).reveal() == MARKER
