"""Decides whether a value is secret, by the name of its key and by its form.

`docs/secret-scan.md` explains the rules.
"""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Literal

SHORTEST = 6
"""Characters of the shortest value that is searched for."""
SHORTEST_RANDOM = 16
"""The same if the name of its key does not say that it is secret."""

_KEY_WORD = r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])"
_SENSITIVE_WORD = (
    r".*(?:pass|password|passwd|passphrase|passcode|pwd|pw|token|secret|credential|cred"
    r"|salt|pepper|signature|pin|docker(?:cfg|configjson))s?"
)
_SENSITIVE_LAST = r".*(?:key|auth)s?"
"""Not in `KEY_VAULT` or `AUTH_FLOW`; digits and what `_QUALIFIER` has may follow."""
_QUALIFIER = (
    r"old|new|prod|production|dev|test|staging|base|value|primary|secondary|current|next|pem|txt"
)
_OTHER_KEY = r"partition|sort|routing|foreign|cache|row|range|message|object|public|pub|publishable"
# Words for what belongs to a secret but is not secret itself, and for ordinary settings.
_PLAIN_WORD = (
    r".*(?:user|login|host|mail|name|ur[il]|mode|type|kind|path|file|engine|driver|dialect)s?"
    r"|ids?|sid|uuid|guid|method|dir|folder|issuer|audience|realm|scopes?|algs?|algorithm|header"
    r"|prefix|suffix|region|zone|version|port|alias|format|provider|vendor|domain|enabled|ttl"
    r"|expiry|size|length|rotation|endpoint|server|address|schema|db|database|env|environment"
    r"|app|role|component|tier|stage|profile|service|group|owner|team|level|class|backend|lang"
    r"|locale|image|command|policy|strategy|store|vault|topic|queue|bucket|account|tenant|client"
    r"|project|namespace|price|plan|product|commit|rev|revision|sha|digest|checksum|hash|etag"
    r"|fingerprint|serial|build|release"
)
_LABEL = r"[a-z0-9_*](?:[-a-z0-9_]*[a-z0-9_])?"
_NAMED_FORMS = (
    r"(?i:true|false|none|null|enabled|disabled|required|optional|default)",
    # numbers, versions, quantities, dates, durations, IPv6 and MAC addresses
    r"[-+v]?[0-9][0-9.,_:/TZ+-]*(?:[eE][-+]?[0-9]+|-[a-z]+[.0-9]*|[smhdKMGTPkn]i?[Bbs]?|%)?",
    r"P?(?:[0-9]+[YMWDhms]+)*(?:T(?:[0-9]+[HMS])+)?",
    r"(?:[0-9a-fA-F]{0,4}[:-]){2,7}[0-9a-fA-F.]{0,15}(?:/[0-9]+)?",
    # hosts, images and URLs
    rf"(?:(?:{_LABEL}\.)+[a-z]{{2,}}|localhost|{_LABEL}(?=:[0-9]))(?::[0-9]+)?(?:/[a-z0-9._/:-]*)?",
    r"[A-Za-z][A-Za-z0-9+.:-]*://.*|(?:urn|arn|mailto|data|spiffe):.*",
    # paths, class names, e-mails, GUIDs, distinguished names
    r"(?:~|\.{1,2})(?:/[-\w.*@]+)+/?|(?:/[-\w.*@]+){2,}/?|/[a-z]+|[A-Za-z]:\\.*",
    r"[a-z]+(?:\.[A-Za-z0-9]+)*\.[A-Z][A-Za-z]+",
    r"[^@/:]+@[-A-Za-z0-9]+(?:\.[-A-Za-z0-9]+)*\.[A-Za-z]{2,}",
    r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?",
    r"(?:[A-Za-z]+|[0-9.]+)=[^,=]+(?:[,+](?:[A-Za-z]+|[0-9.]+)=[^,=]+)+|(?i:cn)=[^,=]+",
    # digests, @daily, references, JSON, algorithms
    r"sha(?:1|256|384|512)[:-].*|@[a-z]+|\$\{.*\}|\$\(.*\)|\$[A-Z_]+|%.*%|<.*>|\{.*\}",
    r"(?i:sha|scram-sha|aes|[hrpe]s|pkcs|x509|oauth|md|hmac|tls|rsa|ed|utf|base)-?[0-9]{1,5}(?:[-_/.][A-Za-z0-9]+)*",
    # certificates and public keys
    r"-----BEGIN (?:CERT|PUBLIC|X509|TRUSTED).*|AAAA[A-Z][0-9]NzaC1.*|AAAAE2Vj.*|age1.*",
    r"LS0tLS1CRUdJTiBDRVJU.*|LS0tLS1CRUdJTiBQVUJM.*",
)
_HARMLESS = "|".join(_NAMED_FORMS)


def is_secret(key: str, text: bytes) -> bool:
    """Check whether a value is searched for as a whole."""
    kind = key_kind(key)
    if kind == "plain" or len(text) < SHORTEST or re.search(rb"[\s\0]", text):
        return False
    return (kind == "secret" or is_random(text)) and not is_harmless(text)


def key_kind(key: str) -> Literal["secret", "plain", "other"]:
    """Return what the name of a key says about its value; the last significant word decides."""
    words = [word.lower() for word in re.findall(_KEY_WORD, key)]
    while len(words) > 1 and re.fullmatch(_QUALIFIER, words[-1]):
        words.pop()
    if words and re.fullmatch(_SENSITIVE_LAST, words[-1]):
        is_other = words == ["key"] or any(re.fullmatch(_OTHER_KEY, word) for word in words[:-1])
        return "plain" if is_other else "secret"
    for word in reversed(words):
        if re.fullmatch(_PLAIN_WORD, word):
            return "plain"
        if re.fullmatch(_SENSITIVE_WORD, word):
            return "secret"
    return "other"


def is_random(text: bytes) -> bool:
    """Check whether a value of 16 characters or more alternates between letters and digits."""
    parts = re.split(rb"[-._/:,;]", text)
    part = max(parts, key=len)
    is_mixed = re.search(rb"[0-9]", part) and re.search(rb"[A-Za-z]", part)
    if len(text) < SHORTEST_RANDOM or len(part) < 10 or not is_mixed:  # noqa: PLR2004
        return False
    return len(re.findall(rb"[A-Z]?[a-z]+|[A-Z]+|[0-9]+|.", part)) * 3.5 >= len(part)


def is_harmless(text: bytes) -> bool:
    """Check whether a value has a form that both Secrets and plain text may well contain."""
    shown = text.decode(errors="replace")
    hosts = shown.split(",") if "://" not in shown and "=" not in shown else [shown]
    return all(re.fullmatch(_HARMLESS, each) for each in hosts) or _is_public_der(text)


def _is_public_der(text: bytes) -> bool:
    """Check by the first bytes whether a key without a header is public."""
    if not text.startswith(b"MI"):
        return False
    try:
        return b64decode(text[:12])[4:5] == b"0"  # a private key has a version there
    except ValueError:
        return False
