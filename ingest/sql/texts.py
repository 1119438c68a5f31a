"""A canonical column between the mapping, which makes a text, and the contract, which makes it a value."""

from dataclasses import dataclass

from ingest.sql import times

#: A value that a code list does not know carries one of these in front: set aside, or quarantine the row.
REJECTED = chr(1)
QUARANTINED = chr(2)


@dataclass(frozen=True)
class Text:
    """A canonical column before its type is checked: SQL of its text and how dates and times in it are read."""

    sql: str
    date_formats: tuple[str, ...] = ()
    epoch: str | None = None
    time_zone: str = "UTC"
    is_marked: bool = False
    is_mapped: bool = True


def date_text(text: Text) -> str:
    """A formatted date as ISO text; the text itself when no format fits."""
    return f"coalesce({times.read_date(text.sql, text.date_formats)}::varchar, {text.sql})"
