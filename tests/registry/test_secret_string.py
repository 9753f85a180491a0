"""A secret text shows in no text form."""

from __future__ import annotations

import json
import logging
import pickle
import traceback

import pytest

from kustz_tpl.secret_string import SecretString

MARKER = "s3cr3t-marker"


@pytest.mark.parametrize("form", [str, repr, "{}".format, "{!r:>40}".format, "%s".__mod__])
def test_every_text_form_is_redacted(form: object) -> None:
    assert MARKER not in form(SecretString(MARKER))  # type: ignore[operator]
    assert MARKER not in form(
        [SecretString(MARKER)] if form in (str, repr) else SecretString(MARKER)
    )  # type: ignore[operator]


def test_it_neither_pickles_nor_becomes_json() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(SecretString(MARKER))
    with pytest.raises(TypeError):
        json.dumps(SecretString(MARKER))


def test_no_log_or_traceback_holds_it(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger().warning("%s %r", SecretString(MARKER), SecretString(MARKER))
    assert MARKER not in caplog.text
    error = ValueError(SecretString(MARKER))
    assert MARKER not in "".join(traceback.format_exception(error))


def test_it_compares_by_its_text() -> None:
    assert SecretString("a") == SecretString("a")
    assert SecretString("a") != SecretString("b")
    assert SecretString("a") != "a"
    assert len({SecretString("a"), SecretString("a")}) == 1
    assert SecretString(MARKER).reveal() == MARKER
