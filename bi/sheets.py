"""Tables as files for people: CSV, Parquet and Excel, for their owner only, and safe to open in a spreadsheet."""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from guestbook.errors import UsageError
from guestbook.files import private_path

FORMATS = ("csv", "parquet", "xlsx")
#: A text that begins with one of these is a formula to a spreadsheet; an apostrophe before it makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
#: A sign and digits compute nothing: a phone number stays one that can be dialled.
PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
EXCEL_ROWS = 1_048_575  # and a heading
EXCEL_TEXT = 32_767


def format_of(path: Path) -> str:
    """The format that a file name asks for. Raises UsageError for another one."""
    name = path.suffix.lstrip(".").lower()
    if name not in FORMATS:
        raise UsageError(f"{path.name}: can't be written; its name must end in .{', .'.join(FORMATS)}")
    return name


def write_sheet(table: pa.Table, path: Path) -> None:
    """Write a table in the format of the file's name, mode 0600, in one step. Raises UsageError for too many rows."""
    kind = format_of(path)
    with private_path(path) as draft:
        if kind == "parquet":
            pq.write_table(table, draft, compression="zstd")
        elif kind == "csv":
            _write_csv(table, draft)
        else:
            _write_excel(table, draft)


def safe_text(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula; other values as they are."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS) and not PLAIN_NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def _write_csv(table: pa.Table, draft: Path) -> None:
    # The byte order mark tells Excel that the file is UTF-8.
    with draft.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(table.column_names)
        writer.writerows([_csv_cell(value) for value in row] for row in _rows(table))


def _csv_cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else safe_text(_plain(value))


def _write_excel(table: pa.Table, draft: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    if len(table) > EXCEL_ROWS:
        raise UsageError(
            f"{len(table):,} rows don't fit into a sheet of {EXCEL_ROWS:,}; write .csv or .parquet instead"
        )
    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.append(table.column_names)
    for row in _rows(table):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=_excel_value(value))
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula, whatever it begins with
            cells.append(cell)
        sheet.append(cells)
    with draft.open("wb") as stream:
        book.save(stream)


def _excel_value(value: Any) -> Any:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, str):
        return ILLEGAL_CHARACTERS_RE.sub(" ", value)[:EXCEL_TEXT]
    return value if isinstance(value, bool | int | float | Decimal | date | None) else str(_plain(value))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, list | dict) else value


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
