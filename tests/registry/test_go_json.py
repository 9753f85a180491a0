"""The docker config that templates make is the one that kubectl makes, byte for byte."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kube import find_kubectl
from profiles import one_in

from kustz_tpl.engine import Engine, FolderLoader
from kustz_tpl.kinds import FILTERS
from kustz_tpl.registry.build import docker_config
from kustz_tpl.registry.docker_config import Account, parse_docker_config
from kustz_tpl.secret_string import SecretString

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
ENGINE = Engine(FolderLoader(TEMPLATES))
ENGINE.filters.update(FILTERS)
# A program's argument cannot hold NUL, and no server takes a colon in a user name.
TEXT = st.text(
    st.sampled_from("aZ0 \t\n\r\b\f\x01\x1f\x7f\x85\\\"'<>&=:/{}%$ßé😀\u2028\u2029\ufeff\ufffe")
    | st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    min_size=1,
    max_size=40,
)
NASTY = [
    ("deploy", "simple"),
    ("déploy", "pässwörd-密码-😀"),
    ("o'brien", "\"quoted\" and 'quoted'"),
    ("a<b>c&d", "<script>&amp;</script>"),
    ("two words", " blanks around "),
    ("line\u2028end", "paragraph\u2029end"),
    ("robot$build", "a:b:c=="),
    ("yes", "no"),
    ("1e3", "0x1F"),
    ("back\\slash", "\\u003c\\n"),
    ("tab\there", "new\nline\r\n"),
    ("long", "x" * 1024),
    ("long", "é€😀&<" * 100 + "y" * 100),
    ("\x7f", "\x85\x01"),
]


def kubectl_makes(server: str, username: str, password: str) -> bytes:
    done = subprocess.run(
        [
            find_kubectl(),
            *("create", "secret", "docker-registry", "x", "--dry-run=client", "-o", "json"),
            *(f"--docker-server={server}", f"--docker-username={username}"),
            f"--docker-password={password}",
        ],
        capture_output=True,
        check=True,
    )
    return base64.b64decode(json.loads(done.stdout)["data"][".dockerconfigjson"])


def we_make(server: str, username: str, password: str) -> bytes:
    account = Account(server, username, SecretString(password))
    return docker_config(ENGINE, "dockerconfigjson", [account])


def check(server: str, username: str, password: str) -> None:
    content = we_make(server, username, password)
    assert content == kubectl_makes(server, username, password)
    (account,) = parse_docker_config(content, "dockerconfigjson").accounts
    assert (account.server, account.username) == (server, username)
    assert account.password.reveal() == password


@pytest.mark.parametrize(("username", "password"), NASTY)
def test_as_kubectl_makes_it(username: str, password: str) -> None:
    check("registry.example.com:5000", username, password)


@given(TEXT.filter(lambda text: ":" not in text), TEXT)
@one_in(2)
def test_as_kubectl_makes_it_of_any_account(username: str, password: str) -> None:
    check("https://index.docker.io/v1/", username, password)


def test_the_older_kind_is_the_inner_map() -> None:
    accounts = [
        Account("b.example.com", "u", SecretString("p")),
        Account("a.io", "v", SecretString("q")),
    ]
    inner = docker_config(ENGINE, "dockercfg", accounts)
    whole = docker_config(ENGINE, "dockerconfigjson", accounts)
    assert whole == b'{"auths":' + inner + b"}"
    assert list(json.loads(inner)) == ["b.example.com", "a.io"]
