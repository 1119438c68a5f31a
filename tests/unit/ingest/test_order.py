"""The rows that were ever accepted, and so the current ones, do not depend on the order or grouping of deliveries."""

import tempfile
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guestbook.settings import Settings
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


def outcome(groups: list[list[dict[str, Any]]]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """(all versions, current rows) after each group came as a file of its own night."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "landing").mkdir()
        stage = Stage(Settings.load({}, home=home))
        for number, rows in enumerate(groups):
            night = FIRST + timedelta(days=number // 2)
            stage.deliver(f"{number}.csv", csv_text(rows), folder=night.isoformat())
            if number % 2 or number == len(groups) - 1:
                stage.run(night=night)
        files = [str(path) for path in (stage.settings.lake / "accepted/reservations").glob("*.parquet")]
        with duckdb.connect() as con:
            return con.execute(VERSIONS, [files]).fetchall(), con.execute(CURRENT, [files]).fetchall()


@cache
def expected() -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The outcome of one file."""
    return outcome([MONTH])


@st.composite
def deliveries(draw: st.DrawFn) -> list[list[dict[str, Any]]]:
    """The month's rows, some of them twice, in any order, cut into files anywhere."""
    rows = draw(st.permutations(MONTH + draw(st.lists(st.sampled_from(MONTH), max_size=3))))
    cuts = sorted(draw(st.sets(st.integers(1, len(rows) - 1), max_size=4)))
    return [rows[start:end] for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True)]


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(deliveries())
def test_any_order_and_grouping_gives_the_same_rows(groups: list[list[dict[str, Any]]]):
    versions, current = expected()
    assert (len(versions), [row[0] for row in current]) == (6, ["R1", "R2", "R3"])
    assert outcome(groups) == (versions, current)


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
    stage.run()
    before = stage.rows()
    path.unlink()
    assert len(stage.run()) == 1
    assert stage.rows() == before
