"""Reads the tags of a template, with their positions, before Jinja does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from jinja2 import TemplateSyntaxError

from kustz_tpl.engine.jinja_internals import lex
from kustz_tpl.engine.limits import WORK

_OPENING = frozenset(("block", "call", "for", "if", "macro", "with"))
# Jinja's lexer does not notice these as the last characters of a template.
_UNCLOSED = {"comment_begin": "comment tag", "raw_begin": "raw directive"}
_LONGEST_EXPRESSION = 80


class Token(NamedTuple):
    """A token of Jinja's lexer and its position in the source."""

    position: int
    line: int
    kind: str
    text: str

    @property
    def end(self) -> int:
        """Return the position behind the token."""
        return self.position + len(self.text)


class Tag(NamedTuple):
    """A tag by its name, and the tokens it begins and ends with."""

    name: str
    line: int
    opening: Token
    closing: Token
    is_assignment: bool

    @property
    def depth(self) -> int:
        """Return 1 if the tag opens a pair, -1 if it closes one, else 0."""
        if self.name.startswith("end"):
            return -1
        return int(self.name in _OPENING or (self.name == "set" and not self.is_assignment))


def read_tokens(source: str, name: str | None) -> list[Token]:
    """Return every token; TemplateSyntaxError if there are too many.

    Jinja's lexer tells no positions; blanks aside it leaves nothing out, so each token is the
    next occurrence of its text.
    """
    tokens: list[Token] = []
    position = 0
    most = WORK.get().limits.tokens
    for line, kind, text in lex(source, name):
        if len(tokens) == most:
            message = f"a template of more than {most} names, signs and texts"
            raise TemplateSyntaxError(message, line, name)
        position = source.find(text, position)
        tokens.append(Token(position, line, kind, text))
        position += len(text)
    if tokens and (what := _UNCLOSED.get(tokens[-1].kind)):
        raise TemplateSyntaxError(f"Missing end of {what}", tokens[-1].line, name)
    return tokens


def read_tags(tokens: Iterable[Token]) -> Iterator[Tag]:
    """Yield every tag that has a name."""
    opening, name, operator = None, None, ""
    for token in tokens:
        if token.kind == "block_begin":
            opening, name, operator = token, None, ""
        elif opening is None:
            continue
        elif token.kind == "block_end":
            if name is not None:
                yield Tag(name.text, name.line, opening, token, operator == "=")
            opening = None
        elif token.kind == "name" and name is None:
            name = token
        elif token.text in ("=", "|") and not operator:
            operator = token.text


def expression(source: str, ordinal: int) -> str:
    """Return the text between the braces of one print, on one line and not too long."""
    begin, found = 0, []
    for token in read_tokens(source, None):
        if token.kind == "variable_begin":
            begin = token.end
        elif token.kind == "variable_end":
            found.append(source[begin : token.position])
    text = " ".join(found[ordinal].split()) if ordinal < len(found) else ""
    return text if len(text) <= _LONGEST_EXPRESSION else text[: _LONGEST_EXPRESSION - 1] + "…"
