"""The last look finds credentials outside secrets/, and only those."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from generated import application

from kustz_tpl.errors import InputError
from kustz_tpl.output.last_look import last_look

SECRET = b"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
AUTH = base64.b64encode(b"deploy:password").decode()


VALUES = {
    "reg/password0": b"hunter2",
    "db/PASSWORD": b"s3cr3t-word\n",
    "text/A": b'say "s3cr3t"\nagain',
}
OPEN_VALUES = {
    "db/HOST": b"db.example.com",
    "db/PORT": b"5432",
    "db/USER": b"shop",
    "db/MODE": b"verify-full",
    "db/empty": b"",
    "tls/tls.crt": b"-----BEGIN CERTIFICATE-----",
}


def look(content: bytes, path: str = "x_yml", values: dict[str, bytes] = VALUES) -> None:
    made = application("web", **{path: content})
    last_look(made._replace(values=values), Path("manifests"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (SECRET + b"data: {a: YQ==}\n", "is a Secret with its data in the open"),
        (SECRET + b"stringData: {a: b}\n", "is a Secret with its data in the open"),
        (b"a: b\n---\n" + SECRET + b"data: {a: YQ==}\n", "is a Secret"),
        (b'{"kind": "List", "items": [{"kind": "Secret", "data": {"a": "YQ=="}}]}', "is a Secret"),
        (f'{{"auths": {{"a.io": {{"auth": "{AUTH}"}}}}}}'.encode(), "holds the auths"),
        (
            f'c: "{{\\"auths\\":{{\\"a\\":{{\\"auth\\":\\"{AUTH}\\"}}}}}}"'.encode(),
            "holds the auths",
        ),
        (f"auths:\n  a.io:\n    auth: {AUTH}\n".encode(), "holds the auths"),
        (b"a: |\n  -----BEGIN PRIVATE KEY-----\n", "holds a private key"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----", "holds a private key"),
        (b"a: ghp_" + b"a1" * 18, "holds a GitHub token"),
        (b"a: glpat-" + b"a1" * 10, "holds a GitLab token"),
        (b"a: dckr_pat_" + b"a1" * 10, "holds a Docker Hub token"),
        (b"a: AKIA" + b"A1" * 8, "holds an AWS key"),
        (b"a: AGE-SECRET-KEY-1" + b"A1" * 20, "holds an age key"),
        (b"a: hunter2", "holds a value of the secret reg"),
        (b"a: " + base64.b64encode(b"hunter2"), "holds a value of the secret reg"),
        (b"a: xhunter2x", "holds a value of the secret reg"),
        (b"a: s3cr3t-word", "holds a value of the secret db"),
        (b'a: "say \\"s3cr3t\\"\\nagain"', "holds a value of the secret text"),
    ],
)
def test_found(content: bytes, message: str) -> None:
    with pytest.raises(InputError) as error:
        look(content)
    (problem,) = error.value.problems
    assert problem.message.startswith(message)
    assert problem.file == "manifests/x.yml"
    assert "hunter2" not in str(problem)


@pytest.mark.parametrize(
    "content",
    [
        SECRET,
        SECRET + b"data: {}\n",
        SECRET + b"data: {a: ENC}\nsops: {}\n",
        b"kind: SecretStore\ndata: {a: b}\n",
        b"kind: ExternalSecret\nspec: {data: [{secretKey: a}]}\n",
        b'c: \'{"auths":{"a.io":{"auth":{{ printf "%s:%s" .a .b | b64enc | toJson }}}}}\'\n',
        b"-----BEGIN CERTIFICATE-----\n-----BEGIN PUBLIC KEY-----\n",
        b"a: ghp_short\nauth: basic\n",
        b"auth: " + AUTH.encode(),
        b"image: db.example.com:5432/shop\nuser: shop\nport: 5432\nmode: verify-full\n",
    ],
)
def test_let_be(content: bytes) -> None:
    """Hosts, names and numbers stand in Secrets and in the open for good reasons."""
    look(content, values=OPEN_VALUES)


def test_secret_files_may_hold_them() -> None:
    look(b"hunter2", "secrets__reg__password")


def test_every_fault_is_told_with_its_line() -> None:
    with pytest.raises(InputError) as error:
        look(b"a: b\nc: hunter2\n")
    assert str(error.value).startswith(
        "manifests/x.yml:3:1: holds a value of the secret reg; "
    )  # below the line of its mark


def test_what_a_manifest_is_says_no_secret() -> None:
    look(
        b"apiVersion: v1beta1\nkind: Shibboleth1x\n",
        values={"s/K": b"v1beta1", "s/L": b"Shibboleth1x"},
    )


def test_a_line_of_a_longer_value_is_found() -> None:
    with pytest.raises(InputError):
        look(b"a: second-half!of-it\n", values={"s/K": b"first-half!of-it\nsecond-half!of-it\n"})
