"""An upgrade rehearsed: eject, edit, replace the built-ins by changed ones, merge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kustz_tpl.digests import digest
from kustz_tpl.errors import RefusedError
from kustz_tpl.template_admin import merge as merging
from kustz_tpl.template_admin.built_in import BuiltIns, keep, read_built_ins
from kustz_tpl.template_admin.comparison import compare, diff_of_built_in, diff_of_user, update
from kustz_tpl.template_admin.ejection import eject, parse_origin

NAME = "service.yml.j2"
OLD = """\
kind: Service
metadata:
  {% block metadata %}
  name: {{ name }}
  {% endblock %}
spec:
  {% block spec %}
  type: ClusterIP
  {% endblock %}
  ports:
    {% block ports %}
    - port: 80
    {% endblock %}
"""
NEW = OLD.replace("kind: Service\n", "apiVersion: v1\nkind: Service\n")


@pytest.fixture
def upgrade(tmp_path: Path) -> Path:
    """Return a folder with the templates of a release, which its history keeps."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / NAME).write_text(OLD)
    keep(tmp_path / "templates", tmp_path / "history")
    return tmp_path


def after(folder: Path, text: str | None = None, name: str = NAME) -> BuiltIns:
    """Return the built-ins of the next release."""
    (folder / "templates" / NAME).unlink()
    if text is not None:
        (folder / "templates" / name).write_text(text)
    return read_built_ins(folder / "templates", folder / "history")


def ejected(folder: Path, *, is_whole: bool) -> str:
    built_ins = read_built_ins(folder / "templates", folder / "history")
    return eject({NAME: built_ins.current[NAME]}, is_whole=is_whole)


@pytest.mark.parametrize("is_whole", [False, True])
def test_an_ejected_file_knows_where_it_came_from(upgrade: Path, *, is_whole: bool) -> None:
    text = ejected(upgrade, is_whole=is_whole)
    origin = parse_origin(text)
    assert origin
    assert (origin.name, origin.digest, origin.is_whole) == (NAME, digest(OLD.encode()), is_whole)
    status = compare(NAME, text, after(upgrade, OLD))
    assert status
    assert (status.is_edited, status.upstream, status.lost_blocks) == (False, "same", ())


def test_the_short_form_extends_and_names_every_block(upgrade: Path) -> None:
    text = ejected(upgrade, is_whole=False)
    assert '{% extends "kustz/service.yml.j2" %}' in text
    for block in ("metadata", "spec", "ports"):
        assert f"{{# {{% block {block} %}}\n{{{{ super() }}}}\n{{% endblock %}} #}}" in text


@pytest.mark.parametrize("is_whole", [False, True])
def test_an_untouched_file_becomes_the_new_built_ins(upgrade: Path, *, is_whole: bool) -> None:
    text = ejected(upgrade, is_whole=is_whole)
    built_ins = after(upgrade, NEW)
    assert update(NAME, text, built_ins).text == eject({NAME: NEW}, is_whole=is_whole)


def test_edits_and_news_in_different_places_merge_cleanly(upgrade: Path) -> None:
    text = ejected(upgrade, is_whole=True).replace("port: 80", "port: 8080")
    built_ins = after(upgrade, NEW)
    status = compare(NAME, text, built_ins)
    assert status
    assert (status.is_edited, status.upstream, status.name_now) == (True, "moved", NAME)
    done = update(NAME, text, built_ins)
    assert not done.has_conflict
    assert done.text == eject({NAME: NEW}, is_whole=True).replace("port: 80", "port: 8080")
    again = compare(NAME, done.text, built_ins)
    assert again
    assert again.upstream == "same"


def test_a_conflict_keeps_both_sides_between_gits_marks(upgrade: Path) -> None:
    text = ejected(upgrade, is_whole=True).replace("ClusterIP", "NodePort")
    done = update(NAME, text, after(upgrade, OLD.replace("ClusterIP", "LoadBalancer")))
    assert done.has_conflict
    assert (
        "<<<<<<< yours\n  type: NodePort\n=======\n"
        "  type: LoadBalancer\n>>>>>>> kustz/service.yml.j2\n"
    ) in done.text
    with pytest.raises(RefusedError, match="resolve them first"):
        update(NAME, done.text, after(upgrade, NEW, "service.yml.j2"))


def test_a_deleted_block_that_was_filled_is_named_and_conflicts(upgrade: Path) -> None:
    text = ejected(upgrade, is_whole=False).replace(
        "{# {% block ports %}\n{{ super() }}\n{% endblock %} #}",
        "{% block ports %}\n- port: 8080\n{% endblock %}",
    )
    gone = OLD.replace("    {% block ports %}\n    - port: 80\n    {% endblock %}\n", "    []\n")
    built_ins = after(upgrade, gone)
    status = compare(NAME, text, built_ins)
    assert status
    assert status.lost_blocks == ("ports",)
    done = update(NAME, text, built_ins)
    assert done.has_conflict
    assert "- port: 8080" in done.text


def test_a_deleted_block_that_was_not_touched_goes(upgrade: Path) -> None:
    text = ejected(upgrade, is_whole=False)
    gone = OLD.replace("    {% block ports %}\n    - port: 80\n    {% endblock %}\n", "    []\n")
    done = update(NAME, text, after(upgrade, gone))
    assert not done.has_conflict
    assert "block ports" not in done.text


@pytest.mark.parametrize("is_whole", [False, True])
def test_a_renamed_built_in_takes_the_users_file_along(upgrade: Path, *, is_whole: bool) -> None:
    text = ejected(upgrade, is_whole=is_whole).replace("ClusterIP", "NodePort")
    names = {NAME: "middle.yml.j2", "middle.yml.j2": "svc.yml.j2"}
    (upgrade / "history" / "renamed.json").write_text(json.dumps(names))
    built_ins = after(upgrade, NEW, "svc.yml.j2")
    status = compare(NAME, text, built_ins)
    assert status
    assert (status.upstream, status.name_now) == ("renamed", "svc.yml.j2")
    done = update(NAME, text, built_ins)
    assert (done.new_file, done.has_conflict) == ("svc.yml.j2", False)
    changed = eject({"svc.yml.j2": NEW}, is_whole=is_whole).replace("ClusterIP", "NodePort")
    assert done.text == changed


def test_a_removed_built_in_and_an_unknown_one_are_told_apart(upgrade: Path) -> None:
    text = ejected(upgrade, is_whole=True)
    built_ins = after(upgrade)
    status = compare(NAME, text, built_ins)
    assert status
    assert (status.upstream, status.name_now) == ("gone", None)
    with pytest.raises(RefusedError, match="no longer built in"):
        update(NAME, text, built_ins)
    unknown = built_ins._replace(current={NAME: NEW}, past={})
    status = compare(NAME, text, unknown)
    assert status
    assert status.upstream == "unknown"
    with pytest.raises(RefusedError, match="no known release"):
        update(NAME, text, unknown)


def test_a_file_of_the_users_own_is_none_of_ours(upgrade: Path) -> None:
    built_ins = after(upgrade, NEW)
    assert compare("own.yml.j2", "kind: X\n", built_ins) is None
    with pytest.raises(RefusedError, match="not ejected"):
        update("own.yml.j2", "kind: X\n", built_ins)


def test_line_ends_of_windows_stay(upgrade: Path) -> None:
    text = ejected(upgrade, is_whole=True).replace("port: 80", "port: 8080").replace("\n", "\r\n")
    done = update(NAME, text, after(upgrade, NEW))
    expected = eject({NAME: NEW}, is_whole=True).replace("port: 80", "port: 8080")
    assert done.text == expected.replace("\n", "\r\n")


def test_both_diffs_show_their_side_alone(upgrade: Path) -> None:
    text = ejected(upgrade, is_whole=True).replace("port: 80", "port: 8080")
    built_ins = after(upgrade, NEW)
    mine, theirs = diff_of_user(NAME, text, built_ins), diff_of_built_in(text, built_ins)
    assert "-    - port: 80\n+    - port: 8080\n" in mine
    assert "apiVersion" not in mine
    assert "+apiVersion: v1\n" in theirs
    assert "8080" not in theirs


def test_without_git_nothing_is_lost(upgrade: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = ejected(upgrade, is_whole=True).replace("port: 80", "port: 8080")
    monkeypatch.setenv("PATH", str(upgrade))
    with pytest.raises(merging.ProgramError, match="needs git"):
        update(NAME, text, after(upgrade, NEW))


def test_a_release_is_kept_once(upgrade: Path) -> None:
    assert keep(upgrade / "templates", upgrade / "history") == []
    (upgrade / "templates" / NAME).write_text(NEW)
    assert len(keep(upgrade / "templates", upgrade / "history")) == 1
    built_ins = read_built_ins(upgrade / "templates", upgrade / "history")
    assert built_ins.find(NAME, digest(OLD.encode())) == OLD
    assert built_ins.find(NAME, digest(NEW.encode())) == NEW
