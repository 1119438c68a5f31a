"""Rules that compare a night with the nights before it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

import expectations
from guestbook.lake import write_record
from guestbook.settings import Settings
from guestbook.tables import declared

NIGHT = date(2026, 11, 19)
Make = Callable[..., Any]


def deliver(settings: Settings, rows_by_night: dict[date, int], **changes: Any) -> None:
    """A ledger with one good file of so many rows in each of these nights."""
    table = declared("ops", "load_report")
    rows = [
        {
            "feed": "reservations",
            "vendor": "canonical",
            "file_name": f"reservations/canonical/{night}/export_{place}.csv",
            "sha256": f"old {place}",
            "night_date": night,
            "delivery_sequence": place,
            "load_status": "accepted",
            "rows_read": count,
            "rows_loaded": count,
        }
        | changes
        for place, (night, count) in enumerate(rows_by_night.items())
    ]
    write_record(settings, table.name, "before", pa.Table.from_pylist(rows, schema=table.arrow_schema))


def weeks_before(*counts: int) -> dict[date, int]:
    return {NIGHT - timedelta(weeks=place): count for place, count in enumerate(counts, 1)}


@pytest.fixture
def warned(settings: Settings, stage_file: Make, typical_rows: Make) -> Callable[..., dict[str, str]]:
    """warned(rows) -> what is observed by each rule that warns when a file of so many rows comes."""

    def gate(rows: int, name: str = "export_99.csv") -> dict[str, str]:
        files = [stage_file("reservations", typical_rows("reservations", rows), name)] if rows else []
        outcome = expectations.gate_feed(settings, "reservations", NIGHT, files)
        assert not outcome.is_blocked
        return {result.check.rule.rule: result.check.measure.observed for result in outcome.warnings}

    return gate


def test_an_unusual_volume_for_that_weekday_warns(settings: Settings, warned: Make) -> None:
    deliver(
        settings, weeks_before(100, 110, 90, 5000)
    )  # the history load of the first night does not move the median far
    assert warned(30) == {"volume_usual": "30 rows, usually 105 on that weekday"}


def test_a_usual_volume_passes(settings: Settings, warned: Make) -> None:
    deliver(settings, weeks_before(100, 110, 90))
    assert warned(95) == {}


def test_two_weeks_are_too_few_to_compare_with(settings: Settings, warned: Make) -> None:
    deliver(settings, weeks_before(60, 60))
    assert warned(200) == {}


def test_held_files_and_other_weekdays_are_no_yardstick(settings: Settings, warned: Make) -> None:
    deliver(settings, weeks_before(100, 110, 90), load_status="held")
    assert set(warned(2)) == {"no_file_held"}
    deliver(settings, {NIGHT - timedelta(days=day): 100 for day in (1, 2, 3, 4)}, vendor="other")
    assert warned(2) == {}


def test_a_feed_that_was_delivered_before_is_missed(settings: Settings, warned: Make) -> None:
    deliver(settings, {NIGHT - timedelta(days=1): 200})
    assert warned(0) == {"feed_delivered": "no file for feed reservations"}


def test_a_second_pass_over_a_night_misses_nothing(settings: Settings, warned: Make) -> None:
    deliver(settings, {NIGHT: 200})
    assert warned(0) == {}
