from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.image import Image, parse_image

SHA256 = "sha256:" + "0123456789abcdef" * 4
SHA512 = "sha512:" + "0123456789abcdef" * 8
PATH = (
    "expected an image path of lower-case letters and digits with '.', '_', '-' or '/' between"
    " them, got "
)
TAG = "expected a tag of letters, digits, '_', '-' and '.' after the ':' (at most 128), got "
DIGEST = "expected sha256: and 64 hexadecimal digits after the '@', got "
HOST = "expected a host or host:port before the first '/', got "
LENGTH = "expected an image name of at most 255 characters, got "


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("nginx", Image(None, "nginx", None, None)),
        ("nginx:1.10", Image(None, "nginx", "1.10", None)),
        ("library/nginx:alpine", Image(None, "library/nginx", "alpine", None)),
        ("docker.io/library/nginx", Image("docker.io", "library/nginx", None, None)),
        ("localhost/x", Image("localhost", "x", None, None)),
        ("localhost:5000/x:1", Image("localhost:5000", "x", "1", None)),
        ("reg:5000/a/b/c", Image("reg:5000", "a/b/c", None, None)),
        ("Reg.example.com/a", Image("Reg.example.com", "a", None, None)),
        ("10.9.8.7:80/a", Image("10.9.8.7:80", "a", None, None)),
        ("[2001:db8::1]:5000/a", Image("[2001:db8::1]:5000", "a", None, None)),
        ("reg/a", Image(None, "reg/a", None, None)),
        ("a__b/c--d.e_f", Image(None, "a__b/c--d.e_f", None, None)),
        ("x:_Tag-1.0", Image(None, "x", "_Tag-1.0", None)),
        ("x:" + "t" * 128, Image(None, "x", "t" * 128, None)),
        (f"x@{SHA256}", Image(None, "x", None, SHA256)),
        (f"x:1@{SHA256}", Image(None, "x", "1", SHA256)),
        (f"r.io:1/x:1@{SHA512}", Image("r.io:1", "x", "1", SHA512)),
        ("r.io/" + "a" * 250, Image("r.io", "a" * 250, None, None)),
        ("a" * 237, Image(None, "a" * 237, None, None)),
        ("a" * 63, Image(None, "a" * 63, None, None)),
    ],
)
def test_parse_image(text: str, image: Image) -> None:
    assert parse_image(text) == image._replace(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", PATH + "''"),
        (" nginx", PATH + "' nginx'"),
        ("nginx ", PATH + "'nginx '"),
        ("nginx\n", PATH + r"'nginx\n'"),
        ("a b", PATH + "'a b'"),
        ("Nginx", PATH + "'Nginx'; did you mean nginx?"),
        ("MyReg/App:1", PATH + "'MyReg/App' in 'MyReg/App:1'; did you mean myreg/app?"),
        ("r.io/App", PATH + "'App' in 'r.io/App'; did you mean app?"),
        ("-a", PATH + "'-a'"),
        ("a..b", PATH + "'a..b'"),
        ("a___b", PATH + "'a___b'"),
        ("a//b", PATH + "'a//b'"),
        ("/a", PATH + "'/a'"),
        ("a/", PATH + "'a/'"),
        ("r.io/", PATH + "'' in 'r.io/'"),
        (":1", PATH + "'' in ':1'"),
        ("größe", PATH + "'größe'"),
        ("٣", PATH + "'٣'"),
        ("a" * 64, f"expected a name, not the bare hash of an image, got '{'a' * 64}'"),
        ("nginx:", TAG + "'' in 'nginx:'"),
        ("nginx:-1", TAG + "'-1' in 'nginx:-1'"),
        ("nginx:a b", TAG + "'a b' in 'nginx:a b'"),
        ("nginx:1:2", TAG + "'1:2' in 'nginx:1:2'"),
        ("nginx:1\n", TAG + r"'1\n' in 'nginx:1\n'"),
        (
            "x:" + "t" * 129,
            TAG + f"'{'t' * 40}…' (129 characters) in 'x:{'t' * 38}…' (131 characters)",
        ),
        ("x@", DIGEST + "'' in 'x@'"),
        ("x@sha256:zz", DIGEST + "'sha256:zz' in 'x@sha256:zz'"),
        ("x@md5:" + "a" * 32, DIGEST + f"'md5:{'a' * 32}' in 'x@md5:{'a' * 32}'"),
        ("x@sha256:" + "A" * 64, DIGEST + f"'sha256:{'A' * 64}' in 'x@sha256:{'A' * 64}'"),
        (f"x@{SHA256}0", DIGEST + f"'{SHA256}0' in 'x@{SHA256}0'"),
        ("https://r.io/a", HOST + "'https:' in 'https://r.io/a'; leave out the scheme"),
        ("r.io:/a", HOST + "'r.io:' in 'r.io:/a'"),
        ("r.io:x/a", HOST + "'r.io:x' in 'r.io:x/a'"),
        ("r.io:0/a", HOST + "'r.io:0' in 'r.io:0/a'"),
        ("-r.io/a", HOST + "'-r.io' in '-r.io/a'"),
        ("r..io/a", HOST + "'r..io' in 'r..io/a'"),
        ("r_1.io/a", HOST + "'r_1.io' in 'r_1.io/a'"),
        ("r.io/" + "a" * 251, LENGTH + f"'r.io/{'a' * 35}…' (256 characters)"),
        ("a" * 238, LENGTH + f"'docker.io/library/{'a' * 22}…' (256 characters)"),
        ("a/" + "b" * 244, LENGTH + f"'docker.io/a/{'b' * 28}…' (256 characters)"),
    ],
)
def test_parse_image_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_image(text)
    assert str(caught.value) == message


HOSTS = st.sampled_from(["", "localhost/", "r.io/", "r:5000/", "Reg.example.com:1/", "[::1]:5/"])
PATHS = st.from_regex(r"[a-z0-9]{1,4}((\.|_|__|-{1,3})[a-z0-9]{1,3}){0,2}", fullmatch=True)
TAGS = st.from_regex(r"\w[\w.-]{0,9}", fullmatch=True).filter(str.isascii)


@given(
    HOSTS,
    st.lists(PATHS, min_size=1, max_size=3),
    TAGS | st.none(),
    st.sampled_from([None, SHA256]),
)
def test_a_written_reference_reads_back(
    host: str, parts: list[str], tag: str | None, digest: str | None
) -> None:
    path = "/".join(parts)
    if not host and len(parts) > 1 and ("." in parts[0] or parts[0] == "localhost"):
        host, path = f"{parts[0]}/", "/".join(parts[1:])
        if "_" in host or "-." in host:
            return
    text = host + path + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    assert parse_image(text) == Image(host[:-1] or None, path, tag, digest, text)


@given(st.text(alphabet="aB1.:/@-_ []\n", max_size=12) | st.text())
def test_what_is_read_can_be_written_again(text: str) -> None:
    try:
        image = parse_image(text)
    except NotationError:
        return
    host = f"{image.host}/" if image.host else ""
    tag = f":{image.tag}" if image.tag else ""
    digest = f"@{image.digest}" if image.digest else ""
    assert host + image.path + tag + digest == text
