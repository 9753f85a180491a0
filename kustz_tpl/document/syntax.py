"""What libyaml says of text that is no YAML, in words that help to mend it."""

from __future__ import annotations

from yaml.error import MarkedYAMLError

from kustz_tpl.document.composition import MAX_DEPTH, Locate
from kustz_tpl.document.tree import Place
from kustz_tpl.messages import quoted

_TABS = "expected spaces, got a tab; indent with spaces"

# {opening}: where the thing began that could not be read to its end; {found}: what stands there.
_MESSAGES = {
    "block sequence entries are not allowed in this context": (
        "expected no list item here; start a list on a line of its own"
    ),
    "could not find expected ':'": "expected ':' after the key at {opening}",
    "did not find expected ',' or ']'": "expected ',' or ']' for the list that opens at {opening}",
    "did not find expected ',' or '}'": "expected ',' or '}}' for the map that opens at {opening}",
    "did not find expected '-' indicator": (
        "expected '-', the next item of the list that starts at {opening}; check the indentation"
    ),
    "did not find expected <document start>": "expected the end of the document, got {found}",
    "did not find expected alphabetic or numeric character": (
        "expected the name of an anchor, got {found}; write text that starts with & or * in quotes"
    ),
    "did not find expected key": (
        "expected a key of the map that starts at {opening}, got {found}; check the indentation and quotes"
    ),
    "did not find expected node content": "expected a value, got {found}",
    "found a tab character that violates indentation": _TABS,
    "found a tab character where an indentation space is expected": _TABS,
    "exceeded maximum nesting depth": f"expected at most {MAX_DEPTH} maps and lists inside one another",
    "found character that cannot start any token": (
        "expected a value, got {found}; write text that starts so in quotes"
    ),
    "did not find expected hexdecimal number": "expected a hexadecimal digit, got {found}",
    "did not find expected comment or line break": "expected the end of the line, got {found}",
    "found incompatible YAML document": "expected YAML 1.1 or 1.2, got another version",
    "found invalid Unicode character escape code": (
        "expected the code of a character, not one from D800 to DFFF or above 10FFFF; write the character itself"
    ),
    "found undefined tag handle": "expected no tag, got {found}",
    "found unexpected document indicator": (
        "expected the closing quote of the text that opens at {opening}, got a document mark"
    ),
    "found unexpected end of stream": (
        "expected the closing quote of the text that opens at {opening}, got the end of the file"
    ),
    "found unknown escape character": (
        "expected an escape that YAML knows, got {found}; write \\\\ for a backslash"
    ),
    "mapping values are not allowed in this context": (
        "expected no second ':' here; write text that holds ': ' in quotes and check the indentation"
    ),
}


def explain(error: MarkedYAMLError, text: str, locate: Locate) -> tuple[Place, str]:
    """Return where the parser stumbled and over what, naming where the broken thing opened."""
    mark = error.problem_mark
    assert mark is not None  # noqa: S101 - the parser marks every problem
    found = _found(text, mark.index)
    template = _MESSAGES.get(error.problem or "", f"expected YAML, got a fault: {error.problem}")
    if found == "a tab" and "{found}" in template:
        template = _TABS
    opening = "its start"
    if context := error.context_mark:
        opening = _opening(locate(context.line, context.column))
    return locate(mark.line, mark.column), template.format(opening=opening, found=found)


def _opening(place: Place) -> str:
    if not place.line:
        return "its start"
    return f"line {place.line}, column {place.column}"


def _found(text: str, index: int) -> str:
    """Name the character at an index: no more, for it may begin a secret."""
    if index >= len(text):
        return "the end of the file"
    if text[index] == "\t":
        return "a tab"
    if text[index] in "\r\n":
        return "the end of the line"
    return quoted(text[index : index + 2] if text[index] == "\\" else text[index])
