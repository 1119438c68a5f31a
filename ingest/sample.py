"""A sample of an export as named columns of texts: what a proposal for a mapping looks at."""

import csv
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ingest.errors import FileRefused
from ingest.formats import format_of, is_gzip
from ingest.header import DELIMITERS, PREAMBLE_LINES
from ingest.textfile import examine
from ingest.vocabulary import known_names, words

MAX_ROWS = 500
MAX_BYTES = 64 << 20
MAX_DEPTH = 5


@dataclass
class Sample:
    """`columns`: name or path -> the values of up to 500 rows as texts, blanks left out."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    row_count: int = 0
    rows_path: str | None = None
    delimiter: str | None = None

    def add(self, row: dict[str, Any]) -> None:
        """One row: scalars by name or path."""
        self.row_count += 1
        for name, value in row.items():
            listed = self.columns.setdefault(name, [])
            text = ("true" if value else "false") if isinstance(value, bool) else str("" if value is None else value)
            if text.strip():
                listed.append(text.strip())


def read_sample(path: Path, feed: str | None) -> Sample:
    """The first rows of a file. Raises FileRefused when it can't be read."""
    file_format = format_of(path.name)
    if file_format == "parquet":
        return _parquet(path)
    text = _text(path)
    return _csv(text) if file_format == "csv" else _json(text, feed)


def _text(path: Path) -> str:
    encoding = "utf-8" if is_gzip(path) else examine(path, None).encoding
    try:
        with gzip.open(path, "rb") if is_gzip(path) else path.open("rb") as stream:
            content = stream.read(MAX_BYTES)
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
        return content.decode("cp1252", errors="replace") if "\ufffd" in text else text
    except (OSError, EOFError) as error:
        raise FileRefused(f"{path.name} can't be read ({type(error).__name__})") from None


def _parquet(path: Path) -> Sample:
    sample = Sample()
    for batch in pq.ParquetFile(path).iter_batches(batch_size=MAX_ROWS):
        for row in batch.to_pylist():
            sample.add(dict(_scalars(row)))
        break
    return sample


def _csv(text: str) -> Sample:
    lines = text.splitlines()
    lines = lines[_header_place(lines) :]
    first = lines[0] if lines else ""
    delimiter = max(DELIMITERS, key=first.count)
    sample = Sample(delimiter=delimiter if first.count(delimiter) else ",")
    reader = csv.DictReader(lines, delimiter=sample.delimiter or ",")
    for row in reader:
        if sample.row_count >= MAX_ROWS:
            break
        sample.add({name: value for name, value in row.items() if name and isinstance(value, str | None)})
    return sample


def _header_place(lines: list[str]) -> int:
    """Index of the line that names the columns: the first, unless a line below names several and this one nothing."""
    known = [
        sum(words(name.strip('" ')) in known_names() for name in re.split(r"[,;|\t]", line))
        for line in lines[:PREAMBLE_LINES]
    ]
    return next((n for n, found in enumerate(known) if found > 1), 0) if known and known[0] == 0 else 0


def _json(text: str, feed: str | None) -> Sample:
    documents = _documents(text)
    if not documents:
        raise FileRefused("no JSON object in the file")
    path = _row_path(documents[0], feed)
    sample = Sample(rows_path=".".join(f"{part}[*]" for part in path).replace("].", "].") or None)
    for row in _rows(documents, path):
        if sample.row_count >= MAX_ROWS:
            break
        sample.add(row)
    return sample


def _documents(text: str) -> list[dict[str, Any]]:
    decoder, place = json.JSONDecoder(), 0
    found: list[Any] = []
    stripped = text.strip()
    while place < len(stripped) and len(found) < MAX_ROWS:
        try:
            value, place = decoder.raw_decode(stripped, place)
        except ValueError:
            break
        found += [item for item in value if isinstance(item, dict)] if isinstance(value, list) else [value]
        while place < len(stripped) and stripped[place] in " \r\n\t,":
            place += 1
    return [item for item in found if isinstance(item, dict)]


def _row_path(document: dict[str, Any], feed: str | None) -> list[str]:
    """Lists that lead to the rows: the wrapper's list, and for checks the list of lines below it."""
    path: list[str] = []
    current = document
    while len(path) < 4:
        lists = {key: value for key, value in _lists(current) if value and isinstance(value[0], dict)}
        wanted = [key for key in lists if feed == "pos_checks" and _is_lines(key)] or [
            key for key in lists if _is_wrapper(current) or (feed == "pos_checks" and _is_checks(key))
        ]
        if not wanted:
            break
        key = max(wanted, key=lambda name: len(lists[name]))
        path.append(key)
        current = lists[key][0]
        if feed == "pos_checks" and _is_lines(key):
            break
    return path


def _lists(document: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    for key, value in document.items():
        if isinstance(value, list):
            yield key, value
        elif isinstance(value, dict) and not any(isinstance(found, dict) for found in value.values()):
            yield from ((f"{key}.{inner}", found) for inner, found in value.items() if isinstance(found, list))


def _is_lines(key: str) -> bool:
    return any(word in key.lower() for word in ("line", "item", "selection", "detail", "product", "position"))


def _is_checks(key: str) -> bool:
    return any(word in key.lower() for word in ("check", "order", "ticket", "bill", "receipt"))


def _is_wrapper(document: dict[str, Any]) -> bool:
    """An object that is little more than a list: paging counters, links and the rows."""
    scalars = [value for value in document.values() if not isinstance(value, list | dict)]
    return len(scalars) <= 6 and sum(isinstance(v, list) and len(v) > 0 for _, v in document.items()) <= 2


def _rows(documents: list[dict[str, Any]], path: list[str]) -> Iterator[dict[str, Any]]:
    for document in documents:
        yield from _below(document, path, [])


def _below(element: dict[str, Any], path: list[str], above: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows below an element; `above` are the elements around it, the document first."""
    if not path:
        row = dict(_scalars(element))
        for up, outer in enumerate(reversed(above), start=1):
            mark = "$." if up == len(above) else "^" * up + "."
            row |= {f"{mark}{name}": value for name, value in _scalars(outer, depth=2)}
        yield row
        return
    listed: Any = element
    for key in path[0].split("."):
        listed = listed.get(key, []) if isinstance(listed, dict) else []
    for item in listed if isinstance(listed, list) else [listed]:
        if isinstance(item, dict):
            yield from _below(item, path[1:], [*above, element])


def _scalars(element: dict[str, Any], prefix: str = "", depth: int = MAX_DEPTH) -> Iterator[tuple[str, Any]]:
    """Every scalar below an object by its path; of lists the first element."""
    for key, value in element.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and depth > 1:
            yield from _scalars(value, f"{name}.", depth - 1)
        elif isinstance(value, list):
            if value and isinstance(value[0], dict) and depth > 2:
                yield from _scalars(value[0], f"{name}[0].", depth - 1)
        elif not isinstance(value, dict):
            yield name, value
