"""CSV text that DuckDB can't split: rows that split are passed on, each other one is set aside with its text.

A quote that never closes must not swallow the rows behind it: when no reading over several lines gives the header's
number of columns, only the first of these lines is set aside and reading goes on at the next.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator

MAX_LINES = 200
MAX_CHARACTERS = 1_000_000
SHOWN_CHARACTERS = 10_000
SEPARATOR = chr(31)

Row = tuple[str, str | None]


def split_rows(
    lines: Iterable[str], columns: int, delimiter: str, quote: str, is_filled: bool = False
) -> Iterator[Row]:
    """(text, None) for each row that splits into `columns` fields, (text, reason) for each line that does not.

    Blank lines are no rows. A single column can't be told from text, so every line of it is a row. `is_filled`: a row
    with fewer fields gets blank ones.
    """
    for text, found in _split(lines, columns, delimiter, quote):
        if found == columns:
            yield text, None
        elif isinstance(found, int):
            lacking = columns - found
            if is_filled and lacking > 0:
                yield text + delimiter * lacking, None
            else:
                yield text, f"row has {found} fields, the header has {columns}"
        else:
            yield text, found


def _split(lines: Iterable[str], columns: int, delimiter: str, quote: str) -> Iterator[tuple[str, int | str]]:
    """Each row with its number of fields, or why it can't be split."""
    waiting: deque[str] = deque()
    source = iter(lines)
    while True:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        if not line.strip():
            continue
        if len(line) > MAX_CHARACTERS:
            yield line[:SHOWN_CHARACTERS], f"row longer than {MAX_CHARACTERS} characters"
        elif quote not in line:
            yield line, line.count(delimiter) + 1
        else:
            yield _quoted_row(line, waiting, source, columns, delimiter, quote)


def _quoted_row(
    line: str, waiting: deque[str], source: Iterator[str], columns: int, delimiter: str, quote: str
) -> tuple[str, int | str]:
    alone = field_count(line, delimiter, quote)
    if alone is not None:
        return line, alone
    text = line
    for used in range(1, MAX_LINES):
        while len(waiting) < used and (more := next(source, None)) is not None:
            waiting.append(more)
        if len(waiting) < used or len(text) > MAX_CHARACTERS:
            break
        text += "\n" + waiting[used - 1]
        if quote not in waiting[used - 1]:
            continue
        found = field_count(text, delimiter, quote)
        if found == columns:
            for _ in range(used):
                waiting.popleft()
            return text, columns
        if found is not None:
            break
    return line, "quote does not close"


def field_count(text: str, delimiter: str, quote: str) -> int | None:
    """Number of fields of one CSV row; None when its quotes are not balanced."""
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, quotechar=quote, strict=True))
    except csv.Error:
        return None
    return len(rows[0]) if len(rows) == 1 else None


def clean_csv(
    rows: Iterable[Row], columns: int, delimiter: str, quote: str, redact: Callable[[list[str]], list[str]]
) -> Iterator[str]:
    """Lines of a CSV without a header whose first column is null for a good row, else `reason, separator, raw text`."""
    for text, reason in rows:
        if reason is None:
            yield f"{delimiter}{text}\n"
        else:
            shown = delimiter.join(redact(text.split(delimiter)))[:SHOWN_CHARACTERS]
            escaped = f"{reason}{SEPARATOR}{shown}".replace(quote, quote + quote)
            yield f"{quote}{escaped}{quote}{delimiter * columns}\n"
