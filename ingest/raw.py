"""A delivered file as a raw table: one row per row of the file, every column as text, in the file's order.

What can be refused is refused here: bytes that can't be decompressed or decoded, documents that are no JSON.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import duckdb
import pyarrow.parquet as pq

from ingest.errors import FileRefused
from ingest.explode import explode, forget
from ingest.formats import format_of, is_gzip, open_text, unpacked
from ingest.header import find_header
from ingest.mapping import FeedMapping
from ingest.redact import is_sensitive_name, redact_fields
from ingest.repair import clean_csv, split_rows
from ingest.sql import sources
from ingest.sql.names import normalised
from ingest.textfile import TextFacts, examine

MAX_COLUMNS = 1000
#: Where the rows of nested JSON wait: as a table they would fill memory.
RAW_DRAFT = "raw.parquet"
#: How a mapping names what a row's JSON was found in.
MARKS = {"doc": "", "parent": "^.", "grand": "^^.", "great": "^^^.", "root": "$."}


@dataclass(frozen=True)
class RawTable:
    """`source` is the SQL that reads it: unsplit, c0 .. cN, maybe position; `names` are the file's own column names.

    With a `retry`, `source` reads the file as it lies, in the hope that it is clean: when that fails, or gives another
    number of rows than `row_count`, `retry` reads it row by row.
    """

    source: str
    names: tuple[str, ...]
    row_count: int
    file_format: str
    encoding: str | None
    is_nested: bool
    warnings: tuple[str, ...] = ()
    retry: "Callable[[], RawTable] | None" = None


@dataclass
class Reader:
    """Reads one file. `wanted` are the column names that the contract or mapping looks for; `folder` is for drafts."""

    con: duckdb.DuckDBPyConnection
    mapping: FeedMapping
    wanted: frozenset[str]
    sensitive: frozenset[str]
    key: bytes
    folder: Path
    has_position: bool = True
    warnings: list[str] = field(default_factory=list)

    def read(self, path: Path, name: str) -> RawTable:
        """The raw table of a local file called `name`. Raises FileRefused."""
        file_format = format_of(name)
        if path.stat().st_size == 0 and file_format != "jsonl":
            raise FileRefused("file is empty (0 bytes): have it sent again; a file without rows still has its header")
        if is_gzip(path):
            path = unpacked(path, self.folder / "unpacked")
        if file_format == "parquet":
            return self._parquet(path)
        if path.stat().st_size == 0 and file_format != "jsonl":  # no line is how JSON Lines say no row
            raise FileRefused("file is empty after decompression: have it sent again")
        facts = examine(path, self.mapping.encoding)
        self.warnings += facts.warnings
        return self._csv(path, facts) if file_format == "csv" else self._json(path, facts, file_format)

    def _parquet(self, path: Path) -> RawTable:
        try:
            row_count = pq.read_metadata(path).num_rows
            described = self.con.execute("describe select * from read_parquet(?)", [str(path)]).fetchall()
            names = tuple(row[0] for row in described)
            columns = [sources.parquet_column(row[0], row[1]) for row in described]
            source = sources.raw_parquet(path, columns)
            self.con.execute(f"select count(columns(*)) from ({source})")
        except (OSError, ValueError, duckdb.Error) as error:
            raise FileRefused(
                f"not readable as Parquet to its end ({type(error).__name__}): have it sent again"
            ) from None
        return RawTable(source, names, row_count, "parquet", None, True, tuple(self.warnings))

    def _csv(self, path: Path, facts: TextFacts) -> RawTable:
        style = self.mapping.csv
        with open_text(path, facts) as stream:
            names, delimiter, preamble = find_header(stream, self.mapping.csv, self.wanted)
        if preamble and self.mapping.csv.skip_lines is None:
            self.warnings.append(f"{preamble} lines before the header skipped")
        skip = preamble + (0 if style.header else 1)
        repair = lambda: self._repaired_csv(path, facts, names, delimiter, skip)  # noqa: E731
        if facts.needs_rewrite:
            return repair()
        rows = sources.csv_rows(path, len(names), delimiter, style.quote, skip)
        expected = facts.line_count - skip
        if not self.has_position:
            return RawTable(rows, names, expected, "csv", facts.encoding, False, tuple(self.warnings), repair)
        try:
            table = self._finish(rows, names, "csv", facts.encoding, is_nested=False)
        except duckdb.Error:
            return repair()
        return table if table.row_count == expected else repair()

    def _repaired_csv(
        self, path: Path, facts: TextFacts, names: tuple[str, ...], delimiter: str, skip: int
    ) -> RawTable:
        """Some row does not split, or some row has line ends inside: split and count row by row."""
        style = self.mapping.csv
        clean = self.folder / "clean.csv"
        with open_text(path, facts) as stream, clean.open("w", encoding="utf-8", newline="") as out:
            lines = _lines(stream, skip, style.quote, bool(style.header))
            places = [
                place
                for place, name in enumerate(names)
                if normalised(name) in self.sensitive or is_sensitive_name(name)
            ]
            rows_found = split_rows(lines, len(names), delimiter, style.quote, style.short_rows == "fill")
            redact = lambda fields: redact_fields(self.key, fields, places, len(names))  # noqa: E731
            out.writelines(clean_csv(rows_found, len(names), delimiter, style.quote, redact))
        rows = sources.repaired_csv_rows(clean, len(names), delimiter, style.quote)
        try:
            return self._finish(rows, names, "csv", facts.encoding, is_nested=False)
        except duckdb.Error as error:
            raise FileRefused(
                f"not readable as CSV ({type(error).__name__}): check delimiter and quotes in the mapping"
            ) from None

    def _json(self, path: Path, facts: TextFacts, file_format: str) -> RawTable:
        if facts.needs_rewrite:
            clean = self.folder / "clean.jsonl"
            with open_text(path, facts) as stream, clean.open("w", encoding="utf-8", newline="") as out:
                out.writelines(line.replace("\0", "") for line in stream)
            path = clean
        layout = _json_layout(path, file_format)
        if layout == "lines" and not self.mapping.rows and not self.has_position:
            table = self._clean_objects(path, facts, lambda: self._documents(path, facts, layout))
            if table is not None:
                return table
        return self._documents(path, facts, layout)

    def _clean_objects(self, path: Path, facts: TextFacts, retry: Callable[[], RawTable]) -> RawTable | None:
        """Flat JSON lines of which every one is an object; None when they are not."""
        try:
            census = self.con.execute(sources.object_census(path)).fetchall()
        except duckdb.Error:
            return None
        keys = sorted({key for found, _ in census for key in found or ()})
        is_clean = all(found is not None for found, _ in census) and len({key.casefold() for key in keys}) == len(keys)
        if not is_clean or not 0 < len(keys) <= MAX_COLUMNS:
            return None
        rows, row_count = sources.object_columns(path, keys), sum(count for _, count in census)
        return RawTable(rows, tuple(keys), row_count, "jsonl", facts.encoding, True, tuple(self.warnings), retry)

    def _documents(self, path: Path, facts: TextFacts, layout: str) -> RawTable:
        is_exploded = bool(self.mapping.rows)
        try:
            rows = explode(self.con, path, layout, self.mapping.rows, self._reads, self.folder)
            keys = self._keys(rows, is_exploded)
            names = tuple(MARKS[source] + key for source, key in keys)
            is_plain = not is_exploded and len({key.casefold() for _, key in keys}) == len(keys) > 0
            columns = (
                sources.json_columns_fast(rows, [key for _, key in keys])
                if is_plain
                else sources.json_columns(rows, keys)
            )
            ((row_count,),) = self.con.execute(
                sources.copy_to(columns, self.folder / RAW_DRAFT, sources.DRAFT_OPTIONS)
            ).fetchall()
        except (duckdb.IOException, duckdb.OutOfMemoryException):
            raise
        except duckdb.Error as error:
            raise FileRefused(f"not readable as JSON to its end ({type(error).__name__}): have it sent again") from None
        finally:
            forget(self.folder)
        source, file_format = sources.raw_draft(self.folder / RAW_DRAFT), "json" if layout != "lines" else "jsonl"
        return RawTable(source, names, row_count, file_format, facts.encoding, True, tuple(self.warnings))

    def _reads(self, name: str) -> bool:
        """Whether the mapping reads a name or a path below it."""
        return any(text.startswith(normalised(name)) for text in self.wanted)

    def _keys(self, rows: str, is_exploded: bool) -> list[tuple[str, str]]:
        """(source, key) of every top-level key that any row's JSON has; of parents only what a mapping could name."""
        wanted_sources = tuple(MARKS) if is_exploded else ("doc",)
        found: dict[tuple[str, str], None] = {}
        inner = set(re.findall(r"[^.{}, \[\]*]+", " ".join(self.mapping.rows)))
        for source, keys in self.con.execute(sources.key_census(rows, wanted_sources)).fetchall():
            for key in keys:
                if source == "doc" or key not in inner or self._reads(MARKS[source] + key):
                    found[(source, key)] = None
        if len(found) > MAX_COLUMNS:
            raise FileRefused(
                f"{len(found)} different keys; at most {MAX_COLUMNS} are columns: is a key used as data? Name"
                f" it in the mapping's rows"
            )
        return sorted(found)

    def _finish(self, rows: str, names: tuple[str, ...], file_format: str, encoding: str, is_nested: bool) -> RawTable:
        ((row_count,),) = self.con.execute(sources.kept(rows, sources.RAW)).fetchall()
        return RawTable(sources.raw_rows(), names, row_count, file_format, encoding, is_nested, tuple(self.warnings))


def _lines(stream: TextIO, skip: int, quote: str, is_headerless: bool) -> Iterator[str]:
    """The text's lines without their ends and without NUL, after the header (which may hold line ends in quotes)."""
    lines = (line.rstrip("\n").replace("\0", "") for line in stream)
    for _ in range(skip if is_headerless else skip - 1):
        next(lines, None)
    if not is_headerless:
        text = next(lines, "")
        while text.count(quote) % 2 and (more := next(lines, None)) is not None:
            text += more
    return lines


def _has_two_documents(line: bytes) -> bool:
    """Whether a line holds one JSON object right behind another, as Firehose writes them."""
    try:
        text = line.decode().strip()
        _, end = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return False
    return text[end:].lstrip().startswith("{")


def _json_layout(path: Path, file_format: str) -> str:
    """`lines`, `array` or `unstructured` (documents behind each other, over several lines)."""
    with path.open("rb") as stream:
        start = stream.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
        if start.startswith(b"["):
            return "array"
        stream.seek(0)
        first = stream.readline(1 << 24)
    if file_format == "jsonl":
        return "unstructured" if _has_two_documents(first) else "lines"
    try:
        return "lines" if isinstance(json.loads(first), dict) else "unstructured"
    except ValueError:
        return "unstructured"
