"""What the sections of a page read from: the published night, for the group or one hotel, in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from bi.pages import sql
from guestbook.labels import Labels
from guestbook.page import Section

Row = dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """The published night. `property_code` null is the whole group; amounts are in `currency_code`."""

    con: duckdb.DuckDBPyConnection
    labels: Labels
    night_date: date
    currency_code: str
    property_code: str | None = None

    def rows(self, query: str, **parameters: Any) -> list[Row]:
        """All rows of a query of `bi.pages.sql`; it is given those of $night and $property that it names."""
        known = {"night": self.night_date, "property": self.property_code, **parameters}
        cursor = self.con.execute(query, {name: value for name, value in known.items() if f"${name}" in query})
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, query: str, **parameters: Any) -> Row:
        """The only row of a query."""
        return self.rows(query, **parameters)[0]

    def say(self, code: str, **words: Any) -> str:
        """A sentence of the label file with its words filled in."""
        return self.labels("say", code).format_map(words)

    def columns(self, *codes: str) -> list[str]:
        """Headings of a table."""
        return [self.labels("column", code).format(currency=self.currency_code) for code in codes]

    def section(self, code: str, *parts: Any) -> Section:
        """A section under its label; parts that are null are left out."""
        return Section(code, self.labels("section", code), [part for part in parts if part is not None])

    def label(self, group: str, code: str | None) -> str:
        """The label of one of our own codes."""
        return self.labels(group, code)

    def vendor_label(self, group: str, code: str | None) -> str:
        """The label of a code that came with the data."""
        return self.labels.known(group, code)


def open_reader(con: duckdb.DuckDBPyConnection, labels: Labels, night_date: date) -> Reader:
    """A reader of the whole group."""
    row = con.execute(sql.CURRENCY).fetchone()
    return Reader(con, labels, night_date, row[0] if row else "")


def part_of(part: Any, whole: Any) -> float | None:
    """A share; null when there is nothing to share."""
    return float(part) / float(whole) if whole else None


def by_key(rows: list[Row], *names: str) -> Mapping[tuple[Any, ...], Row]:
    """Rows by some of their columns."""
    return {tuple(row[name] for name in names): row for row in rows}
