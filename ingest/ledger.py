"""The load ledger: which delivered files are known, and what became of them (lake records `load_report`)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from guestbook.contracts import FEEDS
from guestbook.lake import read_records, write_record
from guestbook.settings import Settings
from guestbook.tables import conform, declared
from ingest.landing import LandedFile

TABLE = "load_report"
LOADED = ("accepted", "held", "released")
#: Place of a feed in delivery_sequence; reference data comes first.
FEED_INDEX = {name: place for place, name in enumerate(("reference", *FEEDS))}
FILES_PER_PASS = 1_000_000


@dataclass
class Ledger:
    """All load reports so far, of every feed."""

    rows: list[dict[str, Any]]
    _places: dict[tuple[str, int, str], dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            self._places[(row["file_name"], row["file_size"], _stamp(row["file_modified_at"]))] = row

    def knows(self, file: LandedFile, mapping_sha256: str | None) -> bool:
        """Whether this very file was dealt with; a refused one is tried again once its mapping has changed."""
        row = self._places.get((file.file_name, file.size, _stamp(datetime.fromisoformat(file.modified_at))))
        if row is None:
            return False
        return row["load_status"] != "refused" or row["mapping_sha256"] == mapping_sha256

    def original(self, feed: str, sha256: str) -> dict[str, Any] | None:
        """The report of the loaded file with this content, if any."""
        return next(
            (
                row
                for row in self.rows
                if row["feed"] == feed and row["sha256"] == sha256 and row["load_status"] in LOADED
            ),
            None,
        )

    def loaded_of_vendor(self, feed: str, vendor: str) -> str | None:
        """Content hash of a file of this vendor that was loaded, if any."""
        return next(
            (
                row["sha256"]
                for row in self.rows
                if (row["feed"], row["vendor"]) == (feed, vendor) and row["load_status"] in LOADED
            ),
            None,
        )

    def next_pass(self, feeds: Iterable[str], night_date: date) -> int:
        """1 + the number of times that files of these feeds were taken in this night."""
        names = set(feeds)
        used = {
            row["delivery_sequence"] // (FILES_PER_PASS * 10) % 100
            for row in self.rows
            if row["feed"] in names and row["night_date"] == night_date
        }
        return max(used, default=0) + 1


def read_ledger(settings: Settings) -> Ledger:
    """The ledger as it is now."""
    return Ledger(read_records(settings, TABLE, declared("ops", TABLE).arrow_schema).to_pylist())


def delivery_sequence(night_date: date, pass_number: int, feed: str, index: int) -> int:
    """Global order of deliveries, without asking other feeds: YYYYMMDD, pass (2 digits), feed (1), file (6)."""
    day = int(night_date.strftime("%Y%m%d"))
    return ((day * 100 + pass_number) * 10 + FEED_INDEX[feed]) * FILES_PER_PASS + index


def append(settings: Settings, feed: str, night_date: date, pass_number: int, reports: list[dict[str, Any]]) -> None:
    """Add reports in one atomic step; `loaded_at` is the only wall clock."""
    now = datetime.now(UTC)  # stamp
    table = declared("ops", TABLE)
    rows = pa.Table.from_pylist([{**row, "loaded_at": now} for row in reports], schema=table.arrow_schema)
    write_record(settings, TABLE, f"{night_date.isoformat()}-{pass_number:02d}-{feed}", conform(rows, table))


def _stamp(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else ""
