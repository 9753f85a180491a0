from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.local import DataFile, file_name, parse_data_file, parse_data_path

KEY = (
    "expected a key of letters, digits, '-', '_' and '.' (at most 253, not '.', no '..' first)"
    ", got "
)
BASE_NAME = "expected a path whose last part can be a key, got "


@pytest.mark.parametrize(
    ("text", "data_file"),
    [
        ("tls.crt", DataFile("tls.crt", "tls.crt")),
        ("secret/tls.key", DataFile("tls.key", "secret/tls.key")),
        ("../../a/b.json", DataFile("b.json", "../../a/b.json")),
        ("./a", DataFile("a", "./a")),
        ("tls.crt=certs/x.pem", DataFile("tls.crt", "certs/x.pem")),
        (
            ".dockerconfigjson=docker-config.json",
            DataFile(".dockerconfigjson", "docker-config.json"),
        ),
        ("key=größe und mehr.txt", DataFile("key", "größe und mehr.txt")),
        ("a b/c", DataFile("c", "a b/c")),
    ],
)
def test_parse_data_file(text: str, data_file: DataFile) -> None:
    assert parse_data_file(text) == data_file._replace(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a path, got ''"),
        ("key=", "expected a path, got ''"),
        ("=a", KEY + "'' in '=a'"),
        ("a b=c", KEY + "'a b' in 'a b=c'"),
        ("..=c", KEY + "'..' in '..=c'"),
        ("a/b=c", KEY + "'a/b' in 'a/b=c'"),
        ("a=b=c", "expected key=path with one '=', got 'a=b=c'"),
        ("/etc/x", "expected a relative path, got '/etc/x'"),
        ("key=/etc/x", "expected a relative path, got '/etc/x'"),
        (r"C:\x", r"expected a relative path, got 'C:\x'"),
        ("c:/x", "expected a relative path, got 'c:/x'"),
        (r"\\host\x", r"expected a relative path, got '\\host\x'"),
        ("a\0b", r"expected a path, got 'a\x00b'"),
        ("a/", BASE_NAME + "'' in 'a/'; write key=path"),
        ("..", BASE_NAME + "'..'; write key=path"),
        ("a/.", BASE_NAME + "'.' in 'a/.'; write key=path"),
        ("my file", BASE_NAME + "'my file'; write key=path"),
        (r"a\b", BASE_NAME + r"'a\b'; write key=path"),
        ("größe", BASE_NAME + "'größe'; write key=path"),
    ],
)
def test_parse_data_file_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_data_file(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["a", "../a", "a=b", "a b/größe", "./a", ".", "a/"])
def test_a_relative_path_is_read_as_it_stands(text: str) -> None:
    assert parse_data_path(text) == text


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("web.conf", "web.conf"),
        (".gitkeep", ".gitkeep"),
        ("a.git", "a.git"),
        (".git", "key-.git"),
        (".GIT", "key-.GIT"),
        (".git..", "key-.git.."),
        (".gitModules", "key-.gitModules"),
        ("key-.git", "key-key-.git"),
        ("kustomization.yaml", "key-kustomization.yaml"),
        ("Kustomization", "key-Kustomization"),
        ("kustomization.json", "kustomization.json"),
    ],
)
def test_the_name_of_a_file(key: str, name: str) -> None:
    assert file_name(key) == name


@given(st.sets(st.from_regex(r"(key-){0,3}\.(git|gitignore|x)\.{0,2}", fullmatch=True)))
def test_two_keys_have_two_files(keys: set[str]) -> None:
    assert len({file_name(key) for key in keys}) == len(keys)


KEYS = st.from_regex(r"[a-z][-._a-zA-Z0-9]*", fullmatch=True)


@given(KEYS, st.text().filter(lambda path: "=" not in path))
def test_a_key_makes_every_relative_path_a_data_file(key: str, path: str) -> None:
    is_path = bool(path) and "\0" not in path and path[0] not in "/\\"
    is_drive = path[1:3] in {":/", ":\\"} and path[0].isascii() and path[0].isalpha()
    try:
        assert parse_data_file(f"{key}={path}") == DataFile(key, path, f"{key}={path}")
        accepted = True
    except NotationError:
        accepted = False
    assert accepted == (is_path and not is_drive)


@given(st.lists(KEYS, min_size=1))
def test_the_key_is_by_default_the_last_part(parts: list[str]) -> None:
    path = "/".join(parts)
    assert parse_data_file(path) == DataFile(parts[-1], path, path)
