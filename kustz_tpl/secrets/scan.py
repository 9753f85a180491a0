"""Searches files that will be committed for secret values, plain and encoded.

`docs/secret-scan.md` says what is found and what is not.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from kustz_tpl.errors import Diagnostic
from kustz_tpl.kinds.secret import SECRET, is_plain
from kustz_tpl.secrets.scan_rules import SHORTEST, is_harmless, is_random, is_secret, key_kind
from kustz_tpl.yaml_source.loader import YAMLError, load_texts

if TYPE_CHECKING:
    from kustz_tpl.render import Renderer

Texts = Mapping[str, bytes]
"""Contents by the name of the file in messages."""

_PRIVATE_KEY = rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----((?:[^-]|-(?!-----))*)-----END"
_URL_PASSWORD = rb"://[^/\s:@]*:([^/\s@]+)@"
_NAMED_PASSWORD = (
    rb"(?i)(?:password|passwd|pwd|accountkey|accesskey|secret|token|sig)=([^;&\s\"']+)"
)


class _Search(NamedTuple):
    """Describe one search; a file without any of the hints cannot match.

    `find` returns the position in a content, or -1. Private keys are compared without line ends
    and indentation.
    """

    message: str
    hints: tuple[bytes, ...]
    find: Callable[[bytes], int]
    is_squeezed: bool = False


def find_secrets(
    values: Iterable[tuple[str, bytes]], inputs: Texts, rendered: Texts, renderer: Renderer
) -> list[Diagnostic]:
    """Return where inputs contain a credential or a secret value, named `SECRET/KEY`.

    The templates are read and searched only for what a rendered file contains and no input.
    """
    blob = b"\0".join((*inputs.values(), *rendered.values()))
    searches = [each for name, value in values for each in _value_searches(name, value)]
    squeezed = _squeezed(blob) if any(each.is_squeezed for each in searches) else b""
    diagnostics: dict[tuple[str, int], Diagnostic] = {}
    for search in (*searches, *_form_searches()):
        text = squeezed if search.is_squeezed else blob
        if not any(hint in text for hint in search.hints):
            continue
        found = list(_found(search, inputs))
        if not found and (made := list(_found(search, rendered))):
            found = list(_found(search, renderer.user_templates())) or [
                each._replace(file=renderer.template_file(each.file), line=0, column=0)
                for each in made
            ]
        for problem in found:
            diagnostics.setdefault((problem.file, problem.line), problem)
    return sorted(diagnostics.values(), key=lambda each: (each.file, each.line))


def _found(search: _Search, texts: Texts) -> Iterator[Diagnostic]:
    for file, content in texts.items():
        at = search.find(content)
        if at >= 0:
            line = content.count(b"\n", 0, at) + 1
            column = len(content[content.rfind(b"\n", 0, at) + 1 : at].decode(errors="replace")) + 1
            yield Diagnostic(file, line, column, "", search.message, is_secret=True)


def _value_searches(name: str, value: bytes) -> Iterator[_Search]:
    """Yield the searches for one value of a Secret."""
    text = value.strip()
    hint = "move it to a Secret, or add the key to secrets.public"
    for key in re.findall(_PRIVATE_KEY, text.replace(rb"\n", b"\n")):
        body = _squeezed(key)
        forms = (body, *_base64_forms(text), *_base64_forms(key.strip()))
        message = f"contains the private key of {name}; {hint}"
        yield _Search(message, forms, partial(_find_key, forms=forms), is_squeezed=True)
    for password in _passwords(text):
        if len(password) >= SHORTEST and not is_harmless(password):
            yield _word_search(f"contains the password in {name}; {hint}", password)
    if is_secret(name.rpartition("/")[2], text):
        yield _word_search(f"contains the value of {name}; {hint}", text)


def _passwords(text: bytes) -> Iterator[bytes]:
    """Yield the passwords in a URL or connection string."""
    if b"@" in text:
        for password in re.findall(_URL_PASSWORD, text):
            yield unquote_to_bytes(password)
    if b"=" in text and b"\n" not in text:
        yield from re.findall(_NAMED_PASSWORD, text)


def _word_search(message: str, value: bytes) -> _Search:
    shown = value.decode(errors="replace")
    percent = quote(value, safe="").encode()
    plain = {
        value,
        json.dumps(shown)[1:-1].encode(),
        json.dumps(shown, ensure_ascii=False)[1:-1].encode(),
        value.replace(b"'", b"''"),
        value.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;"),
        percent,
        percent.lower(),
    }
    hexadecimal = (value.hex().encode(), value.hex().upper().encode())
    encoded = _base64_forms(value)
    return _Search(
        message,
        (*plain, *encoded, *hexadecimal),
        partial(_find_value, value=value, plain=tuple(plain), encoded=encoded),
    )


def _base64_forms(value: bytes) -> tuple[bytes, ...]:
    """Return the strings of which one is in the base64 of any text that contains the value."""
    forms = []
    for offset, first in ((0, 0), (1, 2), (2, 3)):
        encoded = b64encode(b"\0" * offset + value)
        end = (0, 3, 2)[(offset + len(value)) % 3]
        forms.append(encoded[first : len(encoded) - end])
    return tuple(dict.fromkeys((*forms, *(each.translate(_URL_SAFE) for each in forms))))


_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_STANDARD = bytes.maketrans(b"-_", b"+/")


def _squeezed(content: bytes) -> bytes:
    """Return a content without what may separate the lines of a key."""
    return content.replace(rb"\n", b"").replace(rb"\r", b"").translate(None, b" \t\r\n")


def _find_key(content: bytes, forms: tuple[bytes, ...]) -> int:
    """Return where the first characters of a private key, or of its base64, are."""
    text = _squeezed(content)
    found = next((form for form in forms if form in text), None)
    return -1 if found is None else max(content.find(found[:16]), 0)


def _find_value(
    content: bytes, value: bytes, plain: tuple[bytes, ...], encoded: tuple[bytes, ...]
) -> int:
    """Return the position of a value, plain, in base64 or in hexadecimal digits."""
    is_word = re.fullmatch(rb"[A-Za-z]+(?:[-_.][A-Za-z]+)*", value)
    find = _find_setting if is_word else _find_word
    found = [find(content, form) for form in plain if form in content]
    found += [_find_base64(content, form, value) for form in encoded if form in content]
    if value.hex().encode() in content.lower():
        found.append(_find_hex(content, value))
    return min((at for at in found if at >= 0), default=-1)


def _find_hex(content: bytes, value: bytes) -> int:
    for match in re.finditer(
        rb"(?i)(?<![0-9a-f])[0-9a-f]*%s[0-9a-f]*" % value.hex().encode(), content
    ):
        if _find_word(bytes.fromhex(match[0][len(match[0]) % 2 :].decode()), value) >= 0:
            return match.start()
    return -1


def _find_base64(content: bytes, form: bytes, value: bytes) -> int:
    """Return the position of a value that is a whole word of a base64 text."""
    run = rb"[A-Za-z0-9+/_-]*"
    for match in re.finditer(
        rb"(?<![A-Za-z0-9+/_-])%s(%s)%s" % (run, re.escape(form), run), content
    ):
        inner = match.start(1)
        starts = {match.start() + skipped for skipped in range(4)}
        if content[inner - 1 : inner] in (b"/", b"-", b"_"):  # not part of the encoding
            starts.add(inner)
        for start in starts:
            text = content[start : match.end()].translate(_STANDARD)
            if _find_word(b64decode(text[: len(text) - (len(text) % 4 == 1)] + b"==="), value) >= 0:
                return inner
    return -1


def _find_word(content: bytes, form: bytes) -> int:
    """Return the position of a value as a whole word: `--password=hunter2`, not `hunter22`."""
    joined = rb"" if is_random(form) else rb"(?<!\w[-.])"
    after = rb"" if is_random(form) else rb"|[-.]\w"
    before = rb"(?:(?<!\w)%s|(?<=[\s\"']-p)|(?<=\\[nrt])|(?<=%%[0-9A-Fa-f]{2}))" % joined
    match = re.search(rb"%s%s(?!\w%s)" % (before, re.escape(form), after), content)
    return match.start() if match else -1


_SETTING = rb"""
    (?: (?: ://[^/\s:@]*: (?P<url>%(value)s) @ | [\s"']-p(?P<short>%(value)s)\b )
    |   (?: \bname["']?\s*:\s*["']?(?P<named>[\w.-]+)["']?,?\s+["']?value | (?<![\w.-])(?P<key>[\w.-]+) )
        ["']?\s*[:=>]\s*["']?
        (?P<value>%(value)s) (?=["'\s,;&<}\]\\]|$)
    |   (?<![\w-])(?P<flag>--?[\w-]+)["']?,?\s+(?:-\s+)?["']?
        (?P<given>%(value)s) (?=["'\s,;&<}\]\\]|$) )"""


def _find_setting(content: bytes, form: bytes) -> int:
    """Return the position of a word that is the value of a secret flag or possibly secret key.

    Elsewhere a word such as `postgres` means something else.
    """
    pattern = _SETTING.replace(b"%(value)s", re.sub(rb"([\s#])", rb"\\\1", re.escape(form)))
    for match in re.finditer(pattern, content, re.VERBOSE):
        name = (match["named"] or match["key"] or match["flag"] or b"").decode()
        kind = key_kind(name)
        is_password = match["url"] or match["short"] or kind == "secret"
        if is_password or (kind == "other" and not match["flag"]):
            return max(map(match.start, ("url", "short", "value", "given")))
    return -1


_TOKENS: Mapping[bytes, tuple[Any, ...]] = {
    rb"\bgh[pousr]_([A-Za-z0-9]{36})|\bgithub_pat_([A-Za-z0-9_]{50})": (
        *("a GitHub token", b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_"),
    ),
    rb"\bglpat-([-A-Za-z0-9_]{20})": ("a GitLab token", b"glpat-"),
    rb"\bdckr_pat_([-A-Za-z0-9_]{20})": ("a Docker Hub token", b"dckr_pat_"),
    rb"\bnpm_([A-Za-z0-9]{36})": ("an npm token", b"npm_"),
    rb"\bxox[abeoprs]-([-A-Za-z0-9]{10})": ("a Slack token", b"xox"),
    rb"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b(?<!EXAMPLE)": ("an AWS key", b"AKIA", b"ASIA"),
    rb"\bAIza([-A-Za-z0-9_]{35})": ("a Google key", b"AIza"),
    rb"\bsk_live_([A-Za-z0-9]{16})": ("a Stripe key", b"sk_live_"),
    rb"\bAGE-SECRET-KEY-1([A-Z0-9]{20})": ("an age key", b"AGE-SECRET-KEY"),
    rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:\s|\\[nr])*([A-Za-z0-9+/=]{12}|Proc-Type)": (
        *("a private key", b"PRIVATE KEY"),
    ),
}


def _find_token(content: bytes, pattern: bytes) -> int:
    for match in re.finditer(pattern, content):
        if len(set(match[match.lastindex or 0])) > 1:  # ghp_xxxx is a placeholder
            return match.start()
    return -1


_AUTH = rb"""\bauth\\?["']?\s*:\s*\\?["']?([A-Za-z0-9+/]{4,}={0,2})"""
_SECRET_KIND = rb"""\bkind["']?\s*:\s*["']?Secret\b"""


def _find_auth(content: bytes) -> int:
    """Return the position of an account of a docker config."""
    for match in re.finditer(_AUTH, content):
        try:
            if b":" in b64decode(match[1] + b"=" * (-len(match[1]) % 4)):
                return match.start()
        except ValueError:
            continue
    return -1


def _find_manifest(content: bytes) -> int:
    """Return the position of a Secret whose data is plain text."""
    match = re.search(_SECRET_KIND, content)
    try:
        documents = load_texts(content) if match else []
        return match.start() if match and any(map(_has_data, documents)) else -1
    except YAMLError:
        return -1


def _has_data(document: Any) -> bool:  # noqa: ANN401 - whatever a file holds
    if not isinstance(document, dict):
        return False
    if isinstance(document.get("items"), list):
        return any(map(_has_data, document["items"]))
    return is_plain(document)


def _form_searches() -> Iterator[_Search]:
    """Yield the searches for credentials that their form alone identifies."""
    hint = "move it to a Secret"
    for pattern, (name, *hints) in _TOKENS.items():
        find = partial(_find_token, pattern=pattern)
        yield _Search(f"contains {name}; {hint}", tuple(hints), find)
    yield _Search(f"contains the auths of a docker config; {hint}", (b"auths",), _find_auth)
    message = "is a Secret with plain text data; move it to secrets"
    yield _Search(message, (SECRET.name.encode(),), _find_manifest)
