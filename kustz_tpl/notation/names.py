"""The names Kubernetes gives its things, and their parsers.

Each takes what the API servers of Kubernetes 1.25 to 1.37 all take. `within` is the notation
that a name is part of; messages show it.
"""

from __future__ import annotations

import re

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.ip import is_ipv4
from kustz_tpl.notation.text_key import check_text_key

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_DNS_SUBDOMAIN = rf"{_LABEL}(?:\.{_LABEL})*"
_SERVICE_NAME = r"[a-z](?:[-a-z0-9]*[a-z0-9])?"
_QUALIFIED = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
_ENV_NAME = r"[-._a-zA-Z][-._a-zA-Z0-9]*"
_DATA_KEY = r"[-._a-zA-Z0-9]+"
_HEADER_NAME = r"[-A-Za-z0-9]+"
_PORT_NAME = r"(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*"

_LABEL_LIMIT = 63
_SUBDOMAIN_LIMIT = 253
_PORT_NAME_LIMIT = 15


def parse_dns_label(text: str) -> str:
    """Read a DNS label: the name of a container or namespace.

    Examples: `web`, `1-a`. Refused: capitals, `_`, `.`, a `-` at an end, more than 63
    characters (RFC 1123).
    """
    if len(text) <= _LABEL_LIMIT and re.fullmatch(_LABEL, text):
        return text
    raise NotationError(
        "a name of lower-case letters, digits and '-'"
        " (at most 63, the first and the last a letter or digit)",
        text,
        hint=_respelled(text, _LABEL),
    )


def parse_dns_subdomain(text: str, *, within: str | None = None) -> str:
    """Read a DNS subdomain: the name of a Deployment, ConfigMap, Secret or Ingress class.

    Examples: `web`, `web.example.com`. Refused: capitals, `_`, an empty part, a `-` at an end
    of a part, more than 253 characters (RFC 1123).
    """
    if len(text) <= _SUBDOMAIN_LIMIT and re.fullmatch(_DNS_SUBDOMAIN, text):
        return text
    raise NotationError(
        "a name of lower-case letters, digits, '-' and '.'"
        " (at most 253, the first and the last of each part a letter or digit)",
        text,
        within=within,
        hint=_respelled(text, _DNS_SUBDOMAIN),
    )


def parse_service_name(text: str, *, within: str | None = None) -> str:
    """Read a Service's name.

    Examples: `web`, `web-2`. Refused: what a DNS label refuses, and a digit first (RFC 1035;
    Kubernetes takes one only from 1.36).
    """
    if len(text) <= _LABEL_LIMIT and re.fullmatch(_SERVICE_NAME, text):
        return text
    raise NotationError(
        "a Service name of lower-case letters, digits and '-'"
        " (at most 63, the first a letter, the last a letter or digit)",
        text,
        within=within,
        hint=_respelled(text, _SERVICE_NAME),
    )


def parse_label_key(text: str) -> str:
    """Read a label's key, `[prefix/]name`.

    Examples: `tier`, `app.kubernetes.io/name`. Refused: a prefix that is no DNS subdomain, a
    name over 63 characters or with other than letters, digits, `-`, `_` and `.`; `1`, `true`
    and what else kustomize does not take for text.
    """
    return check_text_key(_check_qualified(text, text, "label key"))


def parse_annotation_key(text: str) -> str:
    """Read an annotation's key, `[prefix/]name`.

    Examples: `note`, `Example.com/Note`. Refused as for a label's key, but the prefix may have
    capitals.
    """
    checked = text.lower() if text.isascii() else text
    return check_text_key(_check_qualified(text, checked, "annotation key"))


def parse_resource_name(text: str) -> str:
    """Read the name of an extended resource, `domain/name`.

    Examples: `nvidia.com/gpu`, `example.com/fpga-1`. Refused as for a label's key.
    """
    return _check_qualified(text, text, "resource name")


def _check_qualified(text: str, checked: str, kind: str) -> str:
    prefix, slash, name = checked.rpartition("/")
    if len(name) > _LABEL_LIMIT or not re.fullmatch(_QUALIFIED, name):
        raise NotationError(
            f"in the {kind} a name of letters, digits, '-', '_' and '.'"
            " (at most 63, the first and the last a letter or digit)",
            text.rpartition("/")[2],
            within=text,
        )
    if slash and (len(prefix) > _SUBDOMAIN_LIMIT or not re.fullmatch(_DNS_SUBDOMAIN, prefix)):
        raise NotationError(
            f"before the '/' of the {kind} a DNS name (lower case, at most 253 characters)",
            text.rpartition("/")[0],
            within=text,
        )
    return text


def parse_label_value(text: str) -> str:
    """Read a label's value.

    Examples: `v1.10`, the empty text. Refused: more than 63 characters, other than letters,
    digits, `-`, `_` and `.`, or one of those three at an end.
    """
    if not text or (len(text) <= _LABEL_LIMIT and re.fullmatch(_QUALIFIED, text)):
        return text
    raise NotationError(
        "a label value of letters, digits, '-', '_' and '.'"
        " (at most 63, the first and the last a letter or digit)",
        text,
    )


def parse_env_name(text: str) -> str:
    """Read the name of an environment variable.

    Examples: `LOG_LEVEL`, `spring.profiles.active`. Refused: a digit first, blanks, and what
    else Kubernetes up to 1.31 refuses.
    """
    if re.fullmatch(_ENV_NAME, text) and not _is_dotted(text):
        return text
    raise NotationError(
        "an environment variable name of letters, digits, '_', '-' and '.' (no digit first"
        ", not '.', no '..' first)",
        text,
    )


def parse_data_key(text: str, *, within: str | None = None) -> str:
    """Read a key of a ConfigMap or Secret.

    Examples: `tls.crt`, `.dockerconfigjson`. Refused: more than 253 characters, other than
    letters, digits, `-`, `_` and `.`; `.` and a name that starts with `..`; `1`, `true` and
    what else kustomize does not take for text.
    """
    if len(text) <= _SUBDOMAIN_LIMIT and re.fullmatch(_DATA_KEY, text) and not _is_dotted(text):
        return check_text_key(text, within=within)
    raise NotationError(
        "a key of letters, digits, '-', '_' and '.' (at most 253, not '.', no '..' first)",
        text,
        within=within,
    )


def _is_dotted(text: str) -> bool:
    return text == "." or text.startswith("..")


def parse_header_name(text: str) -> str:
    """Read the name of an HTTP header of a probe.

    Examples: `Host`, `X-Probe`. Refused: `_` and whatever else is no letter, digit or `-`.
    """
    if re.fullmatch(_HEADER_NAME, text):
        return text
    dashed = text.replace("_", "-")
    hint = f"did you mean {dashed}?" if re.fullmatch(_HEADER_NAME, dashed) else None
    raise NotationError("a header name of letters, digits and '-'", text, hint=hint)


def parse_port_name(text: str, *, within: str | None = None) -> str:
    """Read the name of a port as an Ingress or a probe refers to it.

    Examples: `http`, `80-tls`. Refused: more than 15 characters, no letter at all, capitals,
    `_`, `--`, a `-` at an end (RFC 6335).
    """
    if len(text) <= _PORT_NAME_LIMIT and re.fullmatch(_PORT_NAME, text):
        return text
    raise NotationError(
        "a port name of lower-case letters, digits and single '-' between them"
        " (at most 15, one of them a letter)",
        text,
        within=within,
    )


def parse_host(text: str, *, within: str | None = None) -> str:
    """Read the host of an Ingress rule.

    Examples: `www.example.com`, `*.example.com`. Refused: an IP address, `*` alone or elsewhere
    than as the first part, capitals, `_`, a dot at the end.
    """
    if is_ipv4(text):
        raise NotationError("a host name, not an IP address", text, within=within)
    if len(text) <= _SUBDOMAIN_LIMIT and re.fullmatch(_DNS_SUBDOMAIN, text.removeprefix("*.")):
        return text
    lower = text.lower().removesuffix(".")
    is_near = lower != text and text.isascii() and re.fullmatch(_DNS_SUBDOMAIN, lower)
    raise NotationError(
        "a host such as www.example.com or *.example.com (lower-case letters, digits, '-')",
        text,
        within=within,
        hint=f"did you mean {lower}?" if is_near else None,
    )


def _respelled(text: str, pattern: str) -> str | None:
    spelling = text.strip().lower().replace("_", "-").replace(" ", "-")
    is_near = len(text) <= _LABEL_LIMIT and text.isascii() and re.fullmatch(pattern, spelling)
    return f"did you mean {spelling}?" if is_near else None
