"""JSON values of a long text one behind the other, each as it is written; what a value means is left to DuckDB."""

import re
from typing import TextIO

BLOCK = 1 << 22
_BLANKS = re.compile(r"[ \t\r\n]*+")
#: What a value holds up to its next bracket: strings whole, so that brackets inside them do not count.
_CONTENT = re.compile(r'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_WORD = re.compile(r'[^\s,\[\]{}":]*+')


class BrokenJson(ValueError):
    """The text ends inside a value, or something other than a value stands where one must."""


class JsonText:
    """A place in a text that is read block by block; never more in memory than a value and a block."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._text = ""
        self._at = 0

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            found = _BLANKS.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(self._at):
                return ""

    def take(self, expected: str) -> None:
        """Go past a character. Raises BrokenJson when it is another one."""
        if self.peek() != expected:
            raise BrokenJson
        self._at += 1

    def key(self) -> str:
        """The text of an object's key with its quotes and the colon behind it."""
        if self.peek() != '"':
            raise BrokenJson
        found = self.value() or ""
        self.take(":")
        return found + ":"

    def value(self, longest: int | None = None) -> str | None:
        """The text of the next value; None, with nothing taken, when it has more than `longest` characters."""
        first = self.peek()
        if first in "[{" and first:
            size = self._bracketed(longest)
        else:
            size = self._plain(_STRING if first == '"' else _WORD, longest)
        if size is None:
            return None
        self._at += size
        return self._text[self._at - size : self._at]

    def _bracketed(self, longest: int | None) -> int | None:
        depth, size = 0, 0
        while True:
            found = _CONTENT.match(self._text, self._at + size)
            size = found.end() - self._at if found else size
            if longest is not None and size > longest:
                return None
            if self._at + size == len(self._text) or self._text[self._at + size] == '"':
                if longest is not None and len(self._text) - self._at > longest + BLOCK:
                    return None
                if not self._more(self._at):
                    raise BrokenJson
                continue
            depth += 1 if self._text[self._at + size] in "[{" else -1
            size += 1
            if depth == 0:
                return size

    def _plain(self, pattern: re.Pattern[str], longest: int | None) -> int | None:
        while True:
            found = pattern.match(self._text, self._at)
            if found and found.end() < len(self._text):
                break
            if longest is not None and len(self._text) - self._at > longest:
                return None
            if not self._more(self._at):
                break
        if not found or found.end() == self._at:
            raise BrokenJson
        return found.end() - self._at

    def _more(self, start: int) -> bool:
        """Forget what lies before `start` and read on; False at the end."""
        block = self._stream.read(BLOCK)
        self._text = self._text[start:] + block
        self._at -= start
        return bool(block)
