"""PyYAML's own parser, made to read and to complain as libyaml does, for where that is missing.

Without it `[a?b]`, a tab between two tokens and a few more would be errors, and the words and
places of errors others. It is some ten times slower.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.error import Mark, MarkedYAMLError
from yaml.parser import Parser
from yaml.scanner import Scanner, ScannerError
from yaml.tokens import ScalarToken

_BLANK = "\0 \t\r\n\x85\u2028\u2029"
_ESCAPE = re.compile(r"(?s)\\(?:x[^\W_]{2}|u([^\W_]{4})|U([^\W_]{8})|.)")
_QUOTED = "while parsing a quoted scalar"
# Beginnings of PyYAML's problems, and libyaml's words for each; those of a directive, which are
# no part of any page that anyone writes, are left.
_PROBLEMS = {
    "expected ',' or ']'": "did not find expected ',' or ']'",
    "expected ',' or '}'": "did not find expected ',' or '}'",
    "expected '<document start>'": "did not find expected <document start>",
    "expected the node content": "did not find expected node content",
    "expected alphabetic": "did not find expected alphabetic or numeric character",
    "expected chomping": "did not find expected comment or line break",
    "expected a comment": "did not find expected comment or line break",
    "expected indentation indicator": "found an indentation indicator equal to 0",
    "expected escape sequence": "did not find expected hexdecimal number",
    "expected ' '": "did not find expected whitespace or line break",
    "expected URI escape": "did not find URI escaped octet",
    "expected URI": "did not find expected tag URI",
    "found character": "found character that cannot start any token",
    "found undefined tag handle": "found undefined tag handle",
    "found incompatible YAML document": "found incompatible YAML document",
    "found unknown escape character": "found unknown escape character",
    "found unexpected document separator": "found unexpected document indicator",
    "duplicate tag handle": "found duplicate %TAG directive",
    "found duplicate YAML directive": "found duplicate %YAML directive",
    "sequence entries": "block sequence entries are not allowed in this context",
    "mapping keys": "mapping keys are not allowed in this context",
    "mapping values": "mapping values are not allowed in this context",
}
_BLOCK_ENDS = {
    "while parsing a block mapping": "did not find expected key",
    "while parsing a block collection": "did not find expected '-' indicator",
}


_SCANNER: Any = Scanner  # the stubs have few of the methods
_PARSER: Any = Parser


class _Parser(_SCANNER, _PARSER):  # type: ignore[misc]
    """The parts of PyYAML's loaders in which libyaml differs."""

    line: int
    column: int

    def check_event(self, *choices: Any) -> bool:  # noqa: ANN401 - as PyYAML's own
        """Check whether the next event is one of these classes; its errors are in libyaml's words."""
        try:
            return bool(super().check_event(*choices))
        except MarkedYAMLError as error:
            raise _as_libyaml(error) from None

    def peek_event(self) -> Any:  # noqa: ANN401 - as PyYAML's own
        """Return the next event; its errors are in libyaml's words."""
        try:
            return super().peek_event()
        except MarkedYAMLError as error:
            raise _as_libyaml(error) from None

    def get_event(self) -> Any:  # noqa: ANN401 - as PyYAML's own
        """Return the next event and go on; its errors are in libyaml's words."""
        try:
            return super().get_event()
        except MarkedYAMLError as error:
            raise _as_libyaml(error) from None

    def fetch_stream_end(self) -> None:
        """End the last line, as libyaml does, before the stream."""
        if self.column:
            self.line, self.column = self.line + 1, 0
        super().fetch_stream_end()

    def process_empty_scalar(self, mark: Mark) -> yaml.ScalarEvent:
        """Place a missing value in braces or brackets where the next token begins."""
        if self.state in {self.parse_flow_mapping_key, self.parse_flow_sequence_entry_mapping_end}:
            mark = self.peek_token().start_mark
        event: yaml.ScalarEvent = super().process_empty_scalar(mark)
        return event

    def scan_to_next_token(self) -> None:
        """Skip what is between two tokens; a tab is that where no key can begin."""
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()

    def scan_plain(self) -> ScalarToken:
        """Read a plain scalar: in a list or map in brackets it may have a `?`, but no `:,`."""
        start = end = self.get_mark()
        text = gap = ""
        while self.peek() != "#" and (word := self._word(start)):
            self.allow_simple_key = False
            text += gap + word
            end = self.get_mark()
            gap = self._gap(start)
            if not gap or (not self.flow_level and self.column < self.indent + 1):
                break
        return ScalarToken(text, True, start, end)  # noqa: FBT003 - as PyYAML's own

    def _word(self, start: Mark) -> str:
        length = 0
        while (character := self.peek(length)) not in _BLANK:
            following = self.peek(length + 1)
            if self.flow_level and character == ":" and following in ",?[]{}":
                self.forward(length)
                problem = "found unexpected ':'"
                raise ScannerError("while scanning a plain scalar", start, problem, self.get_mark())
            if character == ":" and following in _BLANK:
                break
            if self.flow_level and character in ",[]{}":
                break
            length += 1
        word: str = self.prefix(length)
        self.forward(length)
        return word

    def _gap(self, start: Mark) -> str:
        """Read what is between two words: blanks as they are, or line breaks, folded."""
        blanks, breaks = "", []
        while self.peek() in _BLANK[1:] and not self._is_at_mark():
            if self.peek() not in " \t":
                breaks.append(self.scan_line_break())
                continue
            if breaks and self.peek() == "\t" and self.column < self.indent + 1:
                problem = "found a tab character that violates indentation"
                raise ScannerError("while scanning a plain scalar", start, problem, self.get_mark())
            blanks += self.peek()
            self.forward()
        if not breaks:
            return blanks
        self.allow_simple_key = True
        if self._is_at_mark():
            return ""
        first = "" if breaks[0] == "\n" else breaks[0]
        return first + "".join(breaks[1:]) or " "

    def _is_at_mark(self) -> bool:
        """Check whether `---` or `...` begins the line."""
        return bool(self.check_document_start() or self.check_document_end())

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: Mark) -> list[str]:  # noqa: FBT001 - as PyYAML's own
        """Read a word of a quoted scalar; a code that is of no character is an error."""
        begin, pointer = self.get_mark(), self.pointer
        try:
            chunks: list[str] = super().scan_flow_scalar_non_spaces(double, start_mark)
        except (ValueError, OverflowError):  # of chr
            _refuse_escapes(self.buffer[pointer : self.pointer + 8], begin, start_mark)
            raise
        if double:
            _refuse_escapes(self.buffer[pointer : self.pointer], begin, start_mark)
        return chunks


class SafeLoader(_Parser, yaml.SafeLoader):
    """Build plain data."""


class BaseLoader(_Parser, yaml.BaseLoader):
    """Build plain data whose scalars are all strings."""


def _refuse_escapes(text: str, begin: Mark, start: Mark) -> None:
    for match in _ESCAPE.finditer(text):
        code = int(match[1] or match[2] or "0", 16)
        if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:  # noqa: PLR2004 - what is no character
            lines = text[: match.start() + 2].split("\n")
            column = len(lines[-1]) + (begin.column if len(lines) == 1 else 0)
            index, line = begin.index + match.start() + 2, begin.line + len(lines) - 1
            mark = Mark(begin.name, index, line, column, None, 0)
            problem = "found invalid Unicode character escape code"
            raise ScannerError(_QUOTED, start, problem, mark)


def _as_libyaml(error: MarkedYAMLError) -> MarkedYAMLError:
    """Return an error as libyaml words it, which has the same place."""
    context, mark, problem = error.context, error.context_mark, error.problem or ""
    if problem.startswith("expected <block end>"):
        problem = _BLOCK_ENDS.get(context or "", problem)
    for beginning, words in _PROBLEMS.items():
        if problem.startswith(beginning):
            problem = words
            break
    if context == "while scanning a double-quoted scalar":
        context = _QUOTED
    if context == "while scanning for the next token":
        mark = error.problem_mark
    at = error.problem_mark
    if problem in {"found unknown escape character", "did not find URI escaped octet"} and at:
        at = Mark(at.name, at.index - 1, at.line, at.column - 1, None, 0)  # at the `\` or `%`
    return type(error)(context, mark, problem, at)
