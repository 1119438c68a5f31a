"""The rows that were ever accepted, and so the current ones, do not depend on the order or grouping of deliveries."""

import gzip
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guestbook.lake_views import register_pending
from guestbook.settings import Settings
from guestbook.warehouse import load_records, warehouse
from tests.unit.ingest.conftest import Stage, csv_text, reservation

FIRST = date(2026, 11, 1)
#: One month of rows: new versions, the same moment with different content, an exact repeat, and a bad row.
MONTH = [
    reservation(reservation_id="R1", updated_at="2026-11-01T10:00:00Z"),
    reservation(reservation_id="R1", updated_at="2026-11-05T10:00:00Z", status="in_house"),
    reservation(reservation_id="R1", updated_at="2026-11-05T10:00:00Z", status="cancelled"),
    reservation(reservation_id="R2", updated_at="2026-11-02T12:00:00+02:00"),
    reservation(reservation_id="R2", updated_at="2026-11-02T10:00:00Z"),
    reservation(reservation_id="R3", updated_at="2026-11-09T10:00:00Z", status="no_show"),
    reservation(reservation_id="R3", updated_at="2026-11-08T10:00:00Z"),
    reservation(reservation_id="R4", updated_at="2026-11-08T10:00:00Z", arrival_date="soon"),
]
#: The staging rule: newest updated_at, then the row that sorts last by content.
CURRENT = """
select distinct on (source_system, property_code, reservation_id) reservation_id, updated_at, row_hash
from read_parquet(?) order by source_system, property_code, reservation_id, updated_at desc, row_hash desc
"""
VERSIONS = "select distinct reservation_id, updated_at, row_hash from read_parquet(?) order by all"


@dataclass(frozen=True)
class Delivery:
    """Rows of the month in one file: how it is written, and how many days its folder is older than its night."""

    rows: tuple[int, ...]
    style: str = "csv"
    days_late: int = 0

    @property
    def content(self) -> bytes:
        rows = [MONTH[number] for number in self.rows]
        if self.style == "jsonl":
            return "\n".join(json.dumps(row) for row in rows).encode()
        text = csv_text([dict(reversed(row.items())) for row in rows] if self.style == "turned.csv" else rows)
        return gzip.compress(text.encode(), mtime=0) if self.style == "csv.gz" else text.encode()


def outcome(deliveries: Sequence[Delivery]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """(all versions, current rows) after the files came in this order, two in a night."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "landing").mkdir()
        stage = Stage(Settings.load({}, home=home))
        for number, delivery in enumerate(deliveries):
            night = FIRST + timedelta(days=number // 2)
            folder = (night - timedelta(days=delivery.days_late)).isoformat()
            stage.deliver(f"{number}.{delivery.style}", delivery.content, folder=folder)
            if number % 2 or number == len(deliveries) - 1:
                stage.run(night=night)
        files = [str(path) for path in (stage.settings.lake / "accepted/reservations").glob("*.parquet")]
        with duckdb.connect() as con:
            return con.execute(VERSIONS, [files]).fetchall(), con.execute(CURRENT, [files]).fetchall()


@cache
def expected() -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The outcome of one file."""
    return outcome([Delivery(tuple(range(len(MONTH))))])


@st.composite
def deliveries(draw: st.DrawFn) -> list[Delivery]:
    """The month's rows in any order, cut into files anywhere, however written, some late, some sent again."""
    every = range(len(MONTH))
    rows = draw(st.permutations([*every, *draw(st.lists(st.sampled_from(every), max_size=3))]))
    cuts = sorted(draw(st.sets(st.integers(1, len(rows) - 1), max_size=4)))
    groups = [tuple(rows[start:end]) for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    styles, late = st.sampled_from(["csv", "csv", "csv.gz", "turned.csv", "jsonl"]), st.sampled_from([0, 0, 1, 40])
    files = [Delivery(group, draw(styles), draw(late)) for group in groups]
    again = draw(st.lists(st.sampled_from(files), max_size=2))
    return draw(st.permutations([*files, *again]))


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(deliveries())
def test_any_order_and_grouping_gives_the_same_rows(files: list[Delivery]):
    versions, current = expected()
    assert (len(versions), [row[0] for row in current]) == (6, ["R1", "R2", "R3"])
    assert outcome(files) == (versions, current)


def test_the_same_file_three_times_under_other_names_and_again(stage: Stage):
    content = csv_text(MONTH[:4])
    for name in ("a.csv", "b.csv", "c.csv"):
        stage.deliver(name, content)
    stage.run()
    stage.deliver("late.csv", content, folder="2026-10-01")
    reports = stage.run()
    assert [row["rows_loaded"] for row in reports] == [4, 0, 0, 0]
    assert [row["rows_duplicate"] for row in reports] == [0, 4, 4, 4]
    assert len(stage.rows()) == 4


def test_deleting_a_delivered_file_loses_nothing(stage: Stage):
    path = stage.deliver("a.csv", csv_text(MONTH[:4]))
    reports = stage.run()
    before = stage.rows()
    path.unlink()
    assert stage.run() == reports
    assert stage.rows() == before
    for attempt in range(2):  # a warehouse that was lost is filled from the lake alone
        with warehouse(stage.settings) as con:
            register_pending(con, stage.settings)
            found = con.execute("select reservation_id, row_hash from lake.reservations order by row_number").fetchall()
            load_records(con, stage.settings, "ops.load_report")
            counted = con.execute("select sum(rows_loaded) from ops.load_report where feed = 'reservations'").fetchall()
        assert found == [(row["reservation_id"], row["row_hash"]) for row in before], attempt
        assert counted == [(len(before),)]
        stage.settings.warehouse_file.unlink()
