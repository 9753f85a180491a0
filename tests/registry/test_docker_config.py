"""A docker config is read as the kubelet reads it, and no message holds a credential."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.registry.docker_config import DockerConfig, parse_docker_config

MARKER = "s3cr3t-marker"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(MARKER),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["auths", "auth", "username", "password", "identitytoken", "credsStore", "a.b"]
            ),
            inner,
            max_size=4,
        )
    ),
)


def auth(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def read(value: object) -> DockerConfig:
    return parse_docker_config(json.dumps(value).encode(), "dockerconfigjson")


def entry(**fields: Any) -> DockerConfig:  # noqa: ANN401 - any JSON
    return read({"auths": {"reg.example.com": fields}})


@pytest.mark.parametrize(
    "fields",
    [
        {"auth": auth(f"deploy:{MARKER}")},
        {"auth": auth(f"deploy:{MARKER}").rstrip("=")},
        {"auth": auth(f"deploy:{MARKER}")[:8] + "\n" + auth(f"deploy:{MARKER}")[8:]},
        {"username": "deploy", "password": MARKER},
        {"Username": "deploy", "PASSWORD": MARKER},
        {"username": "other", "password": "other", "auth": auth(f"deploy:{MARKER}")},
        {"auth": auth(f"deploy:{MARKER}"), "identitytoken": "x", "email": "a@example.com"},
    ],
)
def test_an_account(fields: dict[str, str]) -> None:
    config = entry(**fields)
    assert config.diagnostics == ()
    (account,) = config.accounts
    assert (account.server, account.username) == ("reg.example.com", "deploy")
    assert account.password.reveal() == MARKER
    assert MARKER not in repr(config)


def test_a_password_may_hold_colons() -> None:
    (account,) = entry(auth=auth("deploy:a:b:c")).accounts
    assert (account.username, account.password.reveal()) == ("deploy", "a:b:c")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "has no user name and password"),
        ({"auth": ""}, "has no user name and password"),
        ({"identitytoken": MARKER}, "ignores an identity token"),
        ({"auth": auth("00000000:"), "identitytoken": MARKER}, "ignores an identity token"),
        ({"auth": auth("deploy:")}, "the password is empty"),
        ({"auth": auth(f":{MARKER}")}, "the user name is empty"),
        ({"auth": auth(MARKER)}, "auth has no colon"),
        ({"auth": f"{MARKER}!"}, "auth is not the base64"),
        ({"auth": "YTpi="}, "auth is not the base64"),
        ({"auth": "AAAAA"}, "auth is not the base64"),
        ({"auth": 7}, "expected auth to be a string"),
        ({"password": [MARKER]}, "expected password to be a string"),
    ],
)
def test_an_entry_the_kubelet_does_not_take(fields: dict[str, Any], message: str) -> None:
    config = entry(**fields)
    (finding,) = config.diagnostics
    assert finding.message.startswith(("the kubelet " + message, message))
    assert (finding.path, finding.severity) == ("auths[reg.example.com]", "error")
    assert config.accounts == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "1:1 expected JSON"),
        (b'{"auths": {', "1:12 expected JSON"),
        (b"[]", "expected a JSON object"),
        (b"null", "expected a JSON object"),
        (b"{}", "expected an object with auths, as docker login writes it"),
        (b'{"auths": []}', "expected a JSON object"),
        (b'{"auths": {}}', "expected a registry; log in"),
        (b'{"auths": {"a.b": 7}}', "expected a JSON object"),
        (b'{"auths": {}, "auths": {}}', "expected JSON without duplicate keys"),
        (b"\xef\xbb\xbf{}", "1:1 expected JSON"),
        (b"\xff", "expected UTF-8"),
        (b"[" * 100_000, "expected JSON"),
    ],
)
def test_what_is_no_docker_config(content: bytes, message: str) -> None:
    (finding,) = parse_docker_config(content, "dockerconfigjson").diagnostics
    place = f"{finding.line}:{finding.column} " if finding.line else ""
    assert f"{place}{finding.text}".startswith(message)
    assert finding.severity == "error"


def test_helpers_and_names_that_never_match_are_warnings() -> None:
    config = read(
        {
            "auths": {"reg.example.com/v2": {"auth": auth("a:b")}},
            "credsStore": "desktop",
            "credHelpers": {"gcr.io": "gcloud"},
        }
    )
    assert [(each.path, each.severity) for each in config.diagnostics] == [
        ("auths[reg.example.com/v2]", "warning"),
        ("credsStore", "warning"),
        ("credHelpers[gcr.io]", "warning"),
    ]
    assert len(config.accounts) == 1


def test_the_older_kind_has_no_auths() -> None:
    content = json.dumps({"reg.example.com": {"auth": auth("a:b")}}).encode()
    assert len(parse_docker_config(content, "dockercfg").accounts) == 1
    (finding,) = parse_docker_config(b'{"reg.example.com": {}}', "dockercfg").diagnostics
    assert finding.path == "[reg.example.com]"


def test_a_password_in_a_name_is_not_shown() -> None:
    config = read({"auths": {f"https://deploy:{MARKER}@reg.example.com": {}}})
    assert MARKER not in repr(config)


@given(JSON)
def test_whatever_json_it_is_no_message_holds_a_value(value: object) -> None:
    for kind in ("dockerconfigjson", "dockercfg"):
        config = parse_docker_config(json.dumps(value).encode(), kind)
        assert config.accounts or any(each.severity == "error" for each in config.diagnostics)
        assert all(MARKER not in str(each.message) for each in config.diagnostics)
