"""Reads what `kubectl apply --dry-run=server` prints about one object."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kustz_tpl.cluster.field_path import find_of_type, parse_field_path
from kustz_tpl.errors import Diagnostic, KeyPath
from kustz_tpl.kinds.secret import SECRET

_REFUSED, _WARNED = "refused by the server", "the server warns"
_LOG = re.compile(r"[IWEF]\d{4} \d\d:\d\d:\d\d")
# A credential plugin may print anything before it.
_REASON = re.compile(
    r'^(?:The (?:\S+ ".*"|request) is invalid|Error from server|error: )', re.MULTILINE
)
WARNING = "Warning: "
# A warning of kubectl itself, for every object that was not created with kubectl apply.
_NOT_APPLIED = "kubectl.kubernetes.io/last-applied-configuration annotation"
_SECTIONS = ("metadata", "spec", "data")
_DIFF = "\n@@"
_UNCHECKED = "some validation rules were not checked because the object was invalid"

_SENDER = re.compile(r"(?:error|Error from server(?: \(\w+\))?): ")
_TRYING = re.compile(r'error when .*"STDIN": ', re.DOTALL)
_INVALID = re.compile(r'The (?:\S+ ".*?"|request) is invalid: (.*)', re.DOTALL)
# Of an object that is there, with the whole patch that kubectl made.
_PATCHED = re.compile(r'The request is invalid: patch: Invalid value: ".*": (.*)', re.DOTALL)
_CAUSE = re.compile(r"(?P<field>[^\s:\[]*(?:\[[^\]]*\][^\s:\[]*)*): (?P<words>.*)", re.DOTALL)
_DECODING = re.compile(
    r"(?:\S+ in version .* cannot be handled as an? \S+|unable to decode \S+): (.*)"
)
_UNKNOWN = re.compile(r'(?P<words>(?:unknown|duplicate) field) "(?P<field>(?:[^"\\]|\\.)*)"')
_WRONG_TYPE = re.compile(
    r"json: cannot unmarshal (?P<got>\w+)(?: \S+)? into Go struct field \w+\.(?P<field>\S+) "
    r"of type (?P<wanted>\S+)"
)
_BAD_NAME = re.compile(r"(?:resource name may not be empty|invalid resource name .*)")
_NO_KIND = re.compile(r'.*no matches for kind "(?P<kind>\S*)" in version "(?P<version>\S*)"')
_NO_NAMESPACE = re.compile(r'namespaces "(.*)" not found')

# What may be shown of a message about a Secret: nothing that can quote a value.
_HARMLESS = re.compile(
    r"(?:Required|Invalid|Unsupported|Duplicate) value|Forbidden|Not found|Too (?:long|many|few)"
    r"|\S+(?: \S+)? is forbidden: User \S+ cannot \w+ resource .*"
    r"|.*forbidden: exceeded quota: [^\s,]+"
    r"|admission webhook \S+ denied the request"
    r"|ValidatingAdmissionPolicy \S+ with binding \S+ denied request"
    r"|(?:unknown|duplicate) field"
    r"|illegal base64 data|expected \S+, got \S+"
)
_REGEX = re.compile(r", regex used for validation is '.*?'(?=\))")
_VALUE = re.compile(r"(?:Invalid|Unsupported|Duplicate) value: ")
_LONGEST_VALUE = 80
_LONGEST = 1000


class Missing(NamedTuple):
    """Name what a cluster lacks: a kind and its group, or `Namespace` and its name."""

    kind: str
    name: str


class Answer(NamedTuple):
    """Hold the findings of the server about an object, with paths in that object."""

    findings: tuple[Diagnostic, ...] = ()
    missing: Missing | None = None


def parse_answer(printed: str, document: Mapping[str, Any], *, is_refused: bool) -> Answer:
    """Parse what kubectl printed to standard error about an object."""
    lines = _without_log(printed)
    warnings = [line.removeprefix(WARNING) for line in lines if line.startswith(WARNING)]
    text = "\n".join(line for line in lines if not line.startswith(WARNING)).strip()
    reason = _REASON.search(text)
    text = text[reason.start() :] if reason else text
    found = [_warning(each, document) for each in warnings if _NOT_APPLIED not in each]
    if not is_refused:
        return Answer(tuple(found))
    message = _TRYING.sub("", _SENDER.sub("", text, count=1))
    if namespace := _NO_NAMESPACE.fullmatch(message):
        about = ("metadata", "namespace")
        words = f"the cluster has no namespace {namespace[1]}"
        return Answer((Diagnostic.about(about, words),), Missing("Namespace", namespace[1]))
    if kind := _NO_KIND.match(message):
        words = f"the cluster has no kind {kind['kind']} in {kind['version']}"
        group = kind["version"].rpartition("/")[0]
        return Answer((Diagnostic.about(("kind",), words),), Missing(kind["kind"], group))
    found += _refusals(text, message, document)
    return Answer(tuple(dict.fromkeys(found)))


def words_of(printed: str) -> str:
    """Return an error of kubectl itself on one line."""
    return _one_line(_SENDER.sub("", "\n".join(_without_log(printed)).strip(), count=1))


def _without_log(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if not _LOG.match(line)]


def _warning(text: str, document: Mapping[str, Any]) -> Diagnostic:
    path, words = _split(text, document)
    return _finding(path, words, document, said=_WARNED)._replace(severity="warning")


def _split(text: str, document: Mapping[str, Any]) -> tuple[KeyPath, str]:
    """Return the field that a message begins with, and the rest of the message."""
    cause = _CAUSE.fullmatch(text)
    first = re.split(r"[.\[]", cause["field"], maxsplit=1)[0] if cause else ""
    if cause and (first in document or first in _SECTIONS):
        return parse_field_path(cause["field"], document), cause["words"]
    return (), text.removeprefix("<nil>: ").removeprefix(": ")


def _refusals(text: str, message: str, document: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yield the reasons for a refusal; one in an unknown format is about the whole object."""
    if patched := _PATCHED.fullmatch(text):
        yield from _undecoded(patched[1], document)
    elif invalid := _INVALID.fullmatch(text):
        for cause in invalid[1].removeprefix("\n").removeprefix("* ").split("\n* "):
            yield from _cause(cause, document)
    elif decoding := _DECODING.match(message):
        yield from _undecoded(decoding[1], document)
    else:
        path = ("metadata", "name") if _BAD_NAME.fullmatch(message) else ()
        yield _finding(path, message or "without a reason", document)


def _cause(text: str, document: Mapping[str, Any]) -> Iterator[Diagnostic]:
    path, words = _split(text, document)
    if _UNCHECKED not in words:
        yield _finding(path, words.partition(_DIFF)[0], document)


def _undecoded(text: str, document: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yield the errors of the server's decoder, after which nothing else is validated."""
    unknown = list(_UNKNOWN.finditer(text))
    for each in unknown:
        path = parse_field_path(each["field"], document)
        yield _finding(path, each["words"], document, is_about_key=True)
    if unknown:
        return
    wrong = _WRONG_TYPE.search(text)
    path = find_of_type(wrong["field"], wrong["got"], document) if wrong else ()
    words = f"expected {wrong['wanted']}, got {wrong['got']}" if wrong and path else text
    yield _finding(path, words, document)


def _finding(
    path: KeyPath,
    words: str,
    document: Mapping[str, Any],
    *,
    said: str = _REFUSED,
    is_about_key: bool = False,
) -> Diagnostic:
    return Diagnostic.about(path, f"{said}: {_shown(words, document)}", is_about_key=is_about_key)


def _shown(words: str, document: Mapping[str, Any]) -> str:
    """Return the words on one line, without long values; about a Secret, only harmless words."""
    if document.get("kind") == SECRET.name:
        harmless = _HARMLESS.match(words)
        return harmless[0] if harmless else "the message is hidden, because it may quote a value"
    return _one_line(_without_long_value(words))


def _without_long_value(words: str) -> str:
    """Shorten the value that is refused, which may be a whole template."""
    start = _VALUE.match(words)
    if start is None:
        return words
    try:
        _, end = json.JSONDecoder().raw_decode(words, start.end())
    except ValueError:
        return words
    value = words[start.end() : end]
    if len(value) <= _LONGEST_VALUE:
        return words
    return f"{start[0]}{value[:_LONGEST_VALUE]}…{words[end:]}"


def _one_line(text: str) -> str:
    words = " ".join(_REGEX.sub("", text).split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
