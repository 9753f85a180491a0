"""The keys and values of labels, annotations, variables, headers and generated data.

`within` is the longer notation that contains the key; messages show it.
"""

from __future__ import annotations

import re

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.names import LABEL_LIMIT, SUBDOMAIN_LIMIT, is_dns_subdomain

_QUALIFIED = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
_ENV_NAME = r"[-._a-zA-Z][-._a-zA-Z0-9]*"
_DATA_KEY = r"[-._a-zA-Z0-9]+"
_HEADER_NAME = r"[-A-Za-z0-9]+"
_RELAXED_ENV_NAME = r"[ -<>-~]+"

# With the first kustomize drops the object, the others do not come through.
_KUSTOMIZE_ANNOTATIONS = frozenset(
    [
        "config.kubernetes.io/local-config",
        "config.kubernetes.io/index",
        "config.kubernetes.io/origin",
        "config.kubernetes.io/path",
        "config.k8s.io/id",
        "alpha.config.kubernetes.io/transformations",
    ]
)
_KUSTOMIZE_PREFIX = "internal.config.kubernetes.io/"

# What kustomize 5 reads as a number, date, boolean or null.
_NUMBER = (
    r"-?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+"
    r"|(?:\.[0-9]+|[0-9]+\.?[0-9]*)(?:[eE]-?[0-9]+)?)"
)
# After a dot at the start, underscores only between digits; elsewhere they count for nothing.
_FRACTION = r"\.[0-9]+(?:_[0-9]+)*(?:[eE]-?[0-9]+(?:_[0-9]+)*)?"
_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_WORDS = frozenset(
    [
        "true",
        "True",
        "TRUE",
        "false",
        "False",
        "FALSE",
        "null",
        "Null",
        "NULL",
        ".inf",
        ".Inf",
        ".INF",
        "-.inf",
        "-.Inf",
        "-.INF",
        ".nan",
        ".NaN",
        ".NAN",
    ]
)


def parse_label_key(text: str) -> str:
    """Read a label key, `[prefix/]name`.

    Examples: `tier`, `app.kubernetes.io/name`. Refused: a prefix that is not a DNS subdomain, a
    name over 63 characters or with other than letters, digits, `-`, `_` and `.`; with ConfigMaps
    or Secrets that kustomize generates also `1`, `true` and what else it reads as no string.
    """
    return check_qualified_name(text, "label key")


def parse_annotation_key(text: str) -> str:
    """Read an annotation key, `[prefix/]name`.

    Examples: `note`, `Example.com/Note`. Refused: what a label key refuses, but the prefix may have
    upper case; `1`, `true` and other words that kustomize does not read as a string; annotations
    that kustomize acts on, such as `config.kubernetes.io/local-config`, with which it drops the
    object.
    """
    if text in _KUSTOMIZE_ANNOTATIONS or text.startswith(_KUSTOMIZE_PREFIX):
        raise NotationError("an annotation that kustomize does not act on", text)
    checked = text.lower() if text.isascii() else text
    return check_text_key(_check_qualified(text, checked, "annotation key", text))


def parse_resource_name(text: str) -> str:
    """Read the name of an extended resource, `domain/name`.

    Examples: `nvidia.com/gpu`, `example.com/fpga-1`. Refused: a domain that is not a DNS subdomain,
    a name that a label key refuses.
    """
    return check_qualified_name(text, "resource name")


def check_qualified_name(text: str, kind: str, within: str | None = None) -> str:
    """Return a `[prefix/]name`, such as a label key; `kind` names it in messages."""
    return _check_qualified(text, text, kind, within or text)


def _check_qualified(text: str, checked: str, kind: str, within: str) -> str:
    prefix, slash, name = checked.rpartition("/")
    if len(name) > LABEL_LIMIT or not re.fullmatch(_QUALIFIED, name):
        raise NotationError(
            f"in the {kind} a name of letters, digits, '-', '_' and '.'"
            " (at most 63, the first and the last a letter or digit)",
            text.rpartition("/")[2],
            within=within,
        )
    if slash and not is_dns_subdomain(prefix):
        raise NotationError(
            f"before the '/' of the {kind} a DNS name (lower case, at most 253 characters)",
            text.rpartition("/")[0],
            within=within,
        )
    return text


def parse_label_value(text: str, *, within: str | None = None) -> str:
    """Read a label value.

    Examples: `v1.10`, the empty string. Refused: more than 63 characters; characters other than
    letters, digits, `-`, `_` and `.`; `-`, `_` or `.` at the start or end.
    """
    if not text or (len(text) <= LABEL_LIMIT and re.fullmatch(_QUALIFIED, text)):
        return text
    raise NotationError(
        "a label value of letters, digits, '-', '_' and '.'"
        " (at most 63, the first and the last a letter or digit)",
        text,
        within=within,
    )


def parse_env_name(text: str) -> str:
    """Read the name of an environment variable.

    Examples: `LOG_LEVEL`, `spring.profiles.active`. Refused: an empty name, `=`, and characters
    other than printable ASCII; with a `kubeVersion` below 1.32 also a digit at the start and all
    characters but letters, digits, `_`, `-` and `.`.
    """
    if re.fullmatch(_RELAXED_ENV_NAME, text):
        return text
    return parse_old_env_name(text)


def parse_old_env_name(text: str) -> str:
    """Read the name of an environment variable as Kubernetes up to 1.31 takes it."""
    if re.fullmatch(_ENV_NAME, text) and not _is_dotted(text):
        return text
    raise NotationError(
        "an environment variable name of letters, digits, '_', '-' and '.' (no digit first"
        ", not '.', no '..' first)",
        text,
    )


def parse_data_key(text: str, *, within: str | None = None) -> str:
    """Read a key of a ConfigMap or Secret.

    Examples: `tls.crt`, `.dockerconfigjson`. Refused: more than 253 characters; characters other
    than letters, digits, `-`, `_` and `.`; `.` and a name that starts with `..`; `1`, `true` and
    other words that kustomize does not read as a string.
    """
    return check_text_key(parse_key_reference(text, within=within), within=within)


def parse_key_reference(text: str, *, within: str | None = None) -> str:
    """Read a key of a ConfigMap or Secret that is not generated from this kustz.yml.

    Examples: `tls.crt`, `1`. Refused: what a data key refuses, except numbers and words such as
    `true`.
    """
    if len(text) <= SUBDOMAIN_LIMIT and re.fullmatch(_DATA_KEY, text) and not _is_dotted(text):
        return text
    raise NotationError(
        "a key of letters, digits, '-', '_' and '.' (at most 253, not '.', no '..' first)",
        text,
        within=within,
    )


def _is_dotted(text: str) -> bool:
    return text == "." or text.startswith("..")


def parse_header_name(text: str, *, within: str | None = None) -> str:
    """Read the name of an HTTP header.

    Examples: `Host`, `X-Probe`. Refused: characters other than letters, digits and `-`.
    """
    if re.fullmatch(_HEADER_NAME, text):
        return text
    dashed = text.replace("_", "-")
    hint = f"did you mean {dashed}?" if re.fullmatch(_HEADER_NAME, dashed) else None
    raise NotationError("a header name of letters, digits and '-'", text, within, hint)


def check_text_key(text: str, *, within: str | None = None) -> str:
    """Return the key of a mapping of strings if kustomize reads it as a string.

    Kustomize 5 writes the keys of generated data, of labels and annotations without quotes and
    cannot build what it then reads as a number, date, boolean or null.
    """
    if text in _WORDS or _is_number(text):
        raise NotationError(
            "a key that kustomize reads as a string, not as a number, date or word such as true",
            text,
            within=within,
        )
    return text


def _is_number(text: str) -> bool:
    """Check whether YAML 1.1 reads a number or a date."""
    if text[:1] not in set("-.0123456789"):
        return False
    if text[0] == ".":
        return bool(re.fullmatch(_FRACTION, text))
    return bool(re.fullmatch(_NUMBER, text.replace("_", "")) or re.fullmatch(_DATE, text))
