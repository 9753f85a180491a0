from pathlib import Path

import pytest

from kustz_tpl.errors import InputError
from kustz_tpl.yaml_source import NULL, Scalar, read
from kustz_tpl.yaml_source.decoding import decode_yaml
from kustz_tpl.yaml_source.top_level import find_scalars

KEYS = ("name", "namespace")
CONFIGS = sorted((Path(__file__).parent / "cases").glob("*/kustz.yml"))


def check(content: bytes) -> None:
    """Compare a look at two keys with the whole document, where both know them."""
    try:
        data = read(content, "kustz.yml").data
        found = find_scalars(decode_yaml(content, "kustz.yml"), KEYS)
    except InputError:
        return
    if found is not None:
        assert found == {key: data[key] for key in KEYS if key in data}


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.parent.name)
def test_a_look_at_two_keys_finds_what_the_document_has(config: Path) -> None:
    check(config.read_bytes())


@pytest.mark.parametrize(
    "text",
    [
        "{name: web, namespace: shop}",
        "--- # comment\nnamespace: 'a'\nlabels: {name: [x, {y: z}], namespace: w}\nname: |\n  web\n",
        "values: {name: other}\nname: ~\n",
        "name: a\nname: b\nnamespace: c\n",
        "labels: [[name], [{name: x}]]\n? name\n: web\n",
    ],
)
def test_plain_keys_are_found_at_the_top_alone(text: str) -> None:
    assert find_scalars(text, KEYS) is not None
    check(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "- name: web\n",
        "name",
        "<<: {name: web}\nname: b\n",
        "a: &a web\nname: *a\n",
        "a: &a name\n*a : web\n",
        "name: !x web\n",
        "!x {name: web}\n",
        "name: [web]\n",
        "[name]: web\nname: a\n",
        "a: [\nname: web\n",
    ],
)
def test_only_the_whole_document_can_tell(text: str) -> None:
    assert find_scalars(text, KEYS) is None


def test_what_follows_the_last_key_is_not_looked_at() -> None:
    assert find_scalars("name: web\na: [\n", ["name"]) == {"name": Scalar("web", is_plain=True)}
    assert find_scalars("name:\n", KEYS) == {"name": NULL}
