"""The documents of a JSON file in pieces that fit in memory, whatever the size of the file.

A long document that holds lists of rows is split into documents that each hold a part of one list; the mapping sees the
same rows in the same order.
"""

import io
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ingest.errors import FileRefused
from ingest.jsontext import BrokenJson, JsonText
from ingest.sql.sources import Level

#: Characters of documents that are exploded together, and of a list's elements that make one part.
PIECE = 8_000_000
PART = 1_000_000
#: Characters beyond which a document is split, and up to which what can't be split (a row, what is around) is read.
LONG = 4_000_000
LONGEST = 32_000_000
MAX_LINE = 16_000_000


@dataclass(frozen=True)
class Lists:
    """Where a document's rows are: the first alternative that it has. `may_split`: no column reads the list itself."""

    alternatives: list[Level]
    may_split: bool

    def ranks(self, path: list[str]) -> list[int]:
        """Places of the alternatives that have a list at a path."""
        return [place for place, level in enumerate(self.alternatives) if path in level]

    def leads_to(self, path: list[str]) -> bool:
        """Whether a list lies below a path."""
        return any(keys[: len(path)] == path != keys for level in self.alternatives for keys in level)


def pieces(path: Path, layout: str, lists: Lists, folder: Path) -> Iterator[list[str | bytes]]:
    """Texts of documents in the file's order: UTF-8 lines that are not blank, or values of `array`, `unstructured`.

    Raises FileRefused for a file that ends inside a document and for a document too long to be read.
    """
    piece: list[str | bytes] = []
    size = 0
    for text in _lines(path, lists, folder) if layout == "lines" else _values(path, layout, lists, folder):
        if size + len(text) > PIECE and piece:
            yield piece
            piece, size = [], 0
        piece.append(text)
        size += len(text)
    if piece:
        yield piece


def _lines(path: Path, lists: Lists, folder: Path) -> Iterator[str | bytes]:
    with path.open("rb") as stream:
        while line := stream.readline(MAX_LINE + 2):
            text = line.rstrip(b"\r\n")
            if len(text) > MAX_LINE:
                raise FileRefused(
                    f"a line of more than {MAX_LINE // 1_000_000} MB: write its rows on lines of their own"
                )
            if len(text) > LONG:
                yield from _split_line(text, lists, folder)
            elif text.strip(b" "):
                yield text


def _split_line(text: bytes, lists: Lists, folder: Path) -> Iterator[str | bytes]:
    """A long line's parts; the line itself when it is no JSON object or can't be split."""
    try:
        source = JsonText(io.StringIO(text.decode()))
        split = _Split(source, lists, folder) if lists.may_split and source.peek() == "{" else None
        if split is None or source.peek():
            yield text
            return
    except (ValueError, FileRefused):
        yield text
        return
    yield from split.parts()


def _values(path: Path, layout: str, lists: Lists, folder: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        source = JsonText(stream)
        try:
            if layout == "array":
                yield from _array(source, lists, folder)
            while layout != "array" and source.peek():
                yield from _document(source, lists, folder)
            if source.peek():
                raise BrokenJson
        except ValueError:
            raise FileRefused("not readable as JSON to its end: have it sent again") from None


def _array(source: JsonText, lists: Lists, folder: Path) -> Iterator[str]:
    source.take("[")
    while source.peek() != "]":
        yield from _document(source, lists, folder)
        if source.peek() != "]":
            source.take(",")
    source.take("]")


def _document(source: JsonText, lists: Lists, folder: Path) -> Iterator[str]:
    text = source.value(LONG)
    if text is not None:
        yield text
    elif source.peek() == "{" and lists.may_split:
        yield from _Split(source, lists, folder).parts()
    else:
        yield _whole(source)


def _whole(source: JsonText) -> str:
    text = source.value(LONGEST)
    if text is None:
        raise FileRefused(
            f"a row and what is around it has more than {LONGEST // 1_000_000} MB: name the list of rows in the"
            " mapping's rows, and let no column read that list from outside"
        )
    return text


class _Split:
    """One long document: what is around its lists of rows stays in memory, each list goes to a file in parts.

    All of it is read at once, for what comes behind a list belongs to each part. Raises BrokenJson and FileRefused.
    """

    def __init__(self, source: JsonText, lists: Lists, folder: Path) -> None:
        self._source = source
        self._lists = lists
        self._folder = folder
        #: Text before the first list, between lists, and behind the last.
        self._around: list[list[str]] = [[]]
        self._spools: list[tuple[list[str], IO[str]]] = []
        self._around_rows = {place for place, level in enumerate(lists.alternatives) if [] in level}
        self._found = set(self._around_rows)
        self._object([])
        self._level = lists.alternatives[min(self._found)] if self._found else []
        if len(self._level) > 1 and min(self._found) in self._around_rows:
            raise FileRefused(
                f"a document of more than {LONG // 1_000_000} MB whose rows are lists and what holds them: have it sent"
                " in several documents"
            )

    def parts(self) -> Iterator[str]:
        """The documents that it becomes: each has elements of one list of the alternative that counts, and no other."""
        around = ["".join(texts) for texts in self._around]
        is_split = False
        for keys in self._level:
            for number, (path, spool) in enumerate(self._spools):
                spool.seek(0)
                for line in spool if path == keys else ():
                    is_split = True
                    yield self._joined(around, {number: f"[{line}]"})
        if not is_split:
            yield self._joined(around, {n: "[]" for n, (path, _) in enumerate(self._spools) if path in self._level})
        for _, spool in self._spools:
            spool.close()

    def _joined(self, around: list[str], lists: dict[int, str]) -> str:
        behind = (lists.get(number, "null") + text for number, text in enumerate(around[1:]))
        return around[0] + "".join(behind)

    def _object(self, path: list[str]) -> None:
        self._write("{")
        self._source.take("{")
        while self._source.peek() != "}":
            key = self._source.key()
            self._write(key)
            self._member([*path, json.loads(key[:-1])])
            if self._source.peek() != "}":
                self._source.take(",")
                self._write(",")
        self._source.take("}")
        self._write("}")

    def _member(self, path: list[str]) -> None:
        kind, ranks = self._source.peek(), self._lists.ranks(path)
        if kind == "{" and self._lists.leads_to(path):
            self._around_rows.update(ranks)
            self._found.update(ranks)
            self._object(path)
        elif ranks and kind in "[{" and all(path != other for other, _ in self._spools):
            spool = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=self._folder)  # noqa: SIM115
            is_empty = not self._list(spool)
            self._found.update(rank for rank in ranks if not is_empty or len(self._lists.alternatives[rank]) == 1)
            self._spools.append((path, spool))
            self._around.append([])
        else:
            self._write(_whole(self._source))

    def _list(self, spool: IO[str]) -> int:
        """Write the elements to a file, so many on a line as make one part; an object is a list of one.

        Returns their number.
        """
        if self._source.peek() == "{":
            spool.write(_one_line(_whole(self._source)))
            return 1
        size = count = 0
        self._source.take("[")
        while self._source.peek() != "]":
            text = _one_line(_whole(self._source))
            if count:
                spool.write("\n" if size > PART else ",")
            size = len(text) if size > PART else size + len(text)
            count += 1
            spool.write(text)
            if self._source.peek() != "]":
                self._source.take(",")
        self._source.take("]")
        return count

    def _write(self, text: str) -> None:
        self._around[-1].append(text)


def _one_line(text: str) -> str:
    """JSON without line ends, which are never inside its strings."""
    return text.replace("\r", " ").replace("\n", " ")
