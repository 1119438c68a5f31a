"""A small home with a landing area, and one call that runs the ingest stage of a feed."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

import ingest
from guestbook.settings import Settings
from ingest.ledger import read_ledger

NIGHT = date(2026, 11, 20)

RESERVATION = {
    "source_system": "pms",
    "property_code": "H1",
    "reservation_id": "R1",
    "updated_at": "2026-11-20T10:00:00Z",
    "status": "reserved",
    "arrival_date": "2026-12-01",
    "departure_date": "2026-12-03",
    "currency_code": "EUR",
}


@dataclass
class Stage:
    """The ingest stage over one home."""

    settings: Settings

    def deliver(
        self,
        name: str,
        content: bytes | str,
        feed: str = "reservations",
        vendor: str = "canonical",
        folder: str = "2026-11-20",
    ) -> Path:
        path = Path(self.settings.landing) / feed / vendor / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def reference(self, name: str, content: str) -> None:
        path = Path(self.settings.landing) / "reference" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def run(
        self, feed: str = "reservations", night: date = NIGHT, decisions: dict[str, str] | None = None
    ) -> list[dict[str, Any]]:
        """Load what is new; returns the feed's load reports so far, in order, each with balanced counts."""
        ingest.load_reference(self.settings, night)
        for batch in ingest.discover(self.settings, feed, night):
            ingest.load_batch(self.settings, feed, night, json.loads(json.dumps(batch)))
        ingest.commit(self.settings, feed, night, decisions)
        rows = sorted(
            (row for row in read_ledger(self.settings).rows if row["feed"] == feed),
            key=lambda row: row["delivery_sequence"],
        )
        for row in rows:
            assert row["rows_read"] == row["rows_loaded"] + row["rows_duplicate"] + row["rows_quarantined"]
        return rows

    def rows(self, feed: str = "reservations") -> list[dict[str, Any]]:
        return self._read("accepted", feed)

    def quarantined(self, feed: str = "reservations") -> list[dict[str, Any]]:
        found = self._read("quarantine", feed)
        return [{**row, "reasons": json.loads(row["reasons"])} for row in found]

    def _read(self, kind: str, feed: str) -> list[dict[str, Any]]:
        files = sorted(str(path) for path in (self.settings.lake / kind / feed).glob("*.parquet"))
        if not files:
            return []
        return duckdb.read_parquet(files).order("row_number").to_arrow_table().to_pylist()


@pytest.fixture(autouse=True)
def no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.landing.SECOND_LOOK_SECONDS", 0)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    (tmp_path / "landing").mkdir()
    return Stage(Settings.load({}, home=tmp_path))


@pytest.fixture
def one(stage: Stage) -> Callable[..., dict[str, Any]]:
    """Deliver one file, run the night, give its report."""

    def run(name: str, content: bytes | str, **place: str) -> dict[str, Any]:
        stage.deliver(name, content, **place)
        return stage.run(place.get("feed", "reservations"))[-1]

    return run


def csv_text(rows: Iterable[dict[str, Any]], delimiter: str = ",", line_end: str = "\n") -> str:
    """Rows as CSV with the first row's columns; values are written as they are."""
    listed = list(rows)
    lines = [delimiter.join(listed[0])] + [delimiter.join(str(value) for value in row.values()) for row in listed]
    return line_end.join(lines) + line_end


def reservation(**changes: Any) -> dict[str, Any]:
    """A good reservation row with changes."""
    return {**RESERVATION, **changes}
