"""Which line of a CSV names its columns, what they are called, and by what they are divided."""

import csv
import io
from typing import TextIO

from ingest.errors import FileRefused
from ingest.mapping import CsvStyle
from ingest.sql.names import normalised

DELIMITERS = (",", ";", "\t", "|")
HEADER_LIMIT = 1 << 20
#: How far down a header line is looked for when the first line is none.
PREAMBLE_LINES = 60


def find_header(text: TextIO, style: CsvStyle, wanted: frozenset[str]) -> tuple[tuple[str, ...], str, int]:
    """Column names, delimiter and number of lines before the header, of a CSV open at its start.

    Of the usual delimiters the one that finds most of the wanted columns. When the first line names none of them, the
    header is the first line below it that names several. Raises FileRefused when no line names a column.
    """
    skip = style.skip_lines or 0
    for _ in range(skip):
        text.readline(HEADER_LIMIT)
    start = text.read(HEADER_LIMIT)
    if style.header:
        return style.header, style.delimiter or _delimiter(start.split("\n", 1)[0], len(style.header)), skip
    header, delimiter = _named_by(start, style, wanted)
    if style.skip_lines is None and not _known(header, wanted):
        lines = start.split("\n")[:PREAMBLE_LINES]
        below = ((n, *_named_by("\n".join(lines[n:]), style, wanted)) for n in range(1, len(lines)) if lines[n].strip())
        skip, header, delimiter = next((f for f in below if _known(f[1], wanted) > 1), (0, header, delimiter))
    if not any(name.strip() for name in header):
        raise FileRefused("no header line: the first line must name the columns, or the mapping must (csv: header)")
    return _unique(header), delimiter, skip


def _delimiter(line: str, columns: int) -> str:
    """The usual delimiter that splits a line into that many columns, else the most frequent."""
    return max(DELIMITERS, key=lambda d: (line.count(d) + 1 == columns, line.count(d)))


def _named_by(text: str, style: CsvStyle, wanted: frozenset[str]) -> tuple[list[str], str]:
    """The fields of a text's first line by the delimiter that finds most of the wanted columns."""
    headers = {d: _first_row(text, d, style.quote) for d in ([style.delimiter] if style.delimiter else DELIMITERS)}
    best = max(headers, key=lambda d: (_known(headers[d], wanted), len(headers[d])))
    return headers[best], best


def _known(header: list[str], wanted: frozenset[str]) -> int:
    return sum(bool(name) and normalised(name) in wanted for name in header)


def _first_row(text: str, delimiter: str, quote: str) -> list[str]:
    reader = csv.reader(
        io.StringIO(text.replace("\0", "").lstrip("\n"), newline=""), delimiter=delimiter, quotechar=quote
    )
    try:
        return [name.strip() for name in next(reader, [])]
    except csv.Error:
        return []


def _unique(names: list[str]) -> tuple[str, ...]:
    """Names without blanks and repeats: a nameless column is `column_3`, a repeated name `name_2`."""
    out: list[str] = []
    taken: set[str] = set()
    for place, name in enumerate(names, start=1):
        shown = base = name or f"column_{place}"
        number = 2
        while normalised(shown) in taken:
            shown, number = f"{base}_{number}", number + 1
        taken.add(normalised(shown))
        out.append(shown)
    return tuple(out)
