"""Columns that silently changed their meaning, columns and properties that came or went: what was expected is told."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from expectations.drift import _newest as newest
from expectations.drift import check_drift
from expectations.gates import batch_file
from expectations.ledger import Delivery, check_files
from expectations.loads import Load
from expectations.silence import check_silence
from guestbook.lake import accepted_file
from guestbook.settings import Settings

NIGHT = date(2026, 11, 19)
ROWS = 120
Make = Callable[..., Any]
Change = Callable[[int, dict[str, Any]], dict[str, Any]]


def varied(number: int, row: dict[str, Any]) -> dict[str, Any]:
    """A row with values as a hotel's day has them."""
    return row | {
        "reservation_id": f"R{1000 + number}",
        "property_code": ("LIS", "OPO", "FAO")[number % 3],
        "guest_email": None if number % 4 == 0 else f"guest{number}@example.org",
        "guest_phone": f"+35191234{number:04d}",
        "channel_code": ("OTA", "WEB", "WEB", "GDS")[number % 4],
        "room_revenue_amount": str(80 + number % 90),
        "booked_at": f"2026-10-01 {number % 12 + 8:02d}:00:00+00",
    }


@pytest.fixture
def load(settings: Settings, stage_file: Make, typical_rows: Make) -> Callable[..., Any]:
    """load(night, change, rows) -> the staged file of a night, and its line of the ledger; its rows are in the lake."""

    def deliver(night: date, change: Change = lambda _, row: row, rows: int = ROWS, **report: Any) -> Any:
        lines = [change(place, varied(place, row)) for place, row in enumerate(typical_rows("reservations", rows))]
        file = stage_file("reservations", lines, f"{night}.csv", **report)
        file["file_name"] = f"reservations/canonical/{night}/{night}.csv"
        path = accepted_file(settings, "reservations", file["sha256"])
        path.parent.mkdir(parents=True, exist_ok=True)
        Path(file["accepted_path"]).rename(path)
        file["accepted_path"] = str(path)
        line = Delivery(
            "reservations",
            "canonical",
            file["file_name"],
            file["sha256"],
            night,
            int(f"{night:%Y%m%d}"),
            "accepted",
            rows,
            rows,
            file.get("unmapped_columns"),
        )
        return batch_file(file), line

    return deliver


@pytest.fixture
def earlier(load: Make) -> list[Delivery]:
    """Ten ordinary nights."""
    return [load(NIGHT - timedelta(days=back))[1] for back in range(10, 0, -1)]


def warned(settings: Settings, file: Any, ledger: list[Delivery]) -> dict[tuple[str, str | None], str]:
    """What is observed, by rule and column, where the limit is passed."""
    return {
        (check.rule.rule, check.column_name): check.measure.observed
        for check in check_drift(settings, "reservations", [file], ledger)
        if check.is_judged and (check.measure.value or 0) > (check.rule.at_most or 0)
    }


def test_an_ordinary_night_says_nothing(settings: Settings, load: Make, earlier: list[Delivery]) -> None:
    assert warned(settings, load(NIGHT)[0], earlier) == {}


@pytest.mark.parametrize(
    ("change", "rule", "column", "said"),
    [
        (
            lambda _, row: row | {"guest_email": None},
            "column_emptied",
            "guest_email",
            "empty: 100% of 120 values, usually 25% (10 earlier loads; up to ",
        ),
        (
            lambda _, row: row | {"room_revenue_amount": f"{row['room_revenue_amount']}00"},
            "column_values_moved",
            "room_revenue_amount",
            "100% of values moved, most to about 1",
        ),
        (
            lambda _, row: row | {"channel_code": {"OTA": "1", "WEB": "2", "GDS": "3"}[row["channel_code"]]},
            "column_values_moved",
            "channel_code",
            "most to '2': 50% of 120 values, usually 0%",
        ),
        (
            lambda _, row: row | {"booked_at": "2026-10-01 00:00:00+00"},
            "column_values_moved",
            "booked_at",
            "most to 00:00 to 00:59 UTC: 100% of 120 values, usually 0%",
        ),
        (
            lambda _, row: row | {"arrival_date": "2025-11-17", "departure_date": "2025-11-19"},
            "column_values_moved",
            "arrival_date",
            "days before the row's version: 100% of 120 values, usually 0%",
        ),
        (
            lambda _, row: row | {"guest_phone": row["guest_phone"][-6:]},
            "column_length_moved",
            "guest_phone",
            "most to about 6 characters: 100% of 120 values, usually 0%",
        ),
    ],
)
def test_a_column_that_changed_its_meaning_is_named_with_what_was_expected(
    settings: Settings, load: Make, earlier: list[Delivery], change: Change, rule: str, column: str, said: str
) -> None:
    found = warned(settings, load(NIGHT, change)[0], earlier)
    assert said in found[rule, column]
    assert {name for _, name in found} <= {column, "departure_date"}
    assert "guest1" not in str(found)


def test_a_property_is_named_where_it_alone_changed(settings: Settings, load: Make) -> None:
    """One of ten properties, 60 of 600 rows: too few to move the vendor's column, all of the property's own."""

    def ten(number: int, row: dict[str, Any]) -> dict[str, Any]:
        return row | {"property_code": f"H{number % 10}"}

    def changed(number: int, row: dict[str, Any]) -> dict[str, Any]:
        return ten(number, row) | ({"room_type_code": "SUITE"} if number % 10 == 3 else {})

    ledger = [load(NIGHT - timedelta(days=back), ten, 600)[1] for back in range(8, 0, -1)]
    checks = check_drift(settings, "reservations", [load(NIGHT, changed, 600)[0]], ledger)
    found = [(check.column_name, check.property_code) for check in checks if (check.measure.value or 0) > 0.1]
    assert found == [("room_type_code", "H3")]


def test_few_rows_say_nothing(settings: Settings, load: Make, earlier: list[Delivery]) -> None:
    assert warned(settings, load(NIGHT, lambda _, row: row | {"guest_email": None}, 40)[0], earlier) == {}


def test_a_first_load_says_nothing_and_a_second_only_what_is_plain(settings: Settings, load: Make) -> None:
    first = load(NIGHT - timedelta(days=1))[1]
    emptied = load(NIGHT, lambda _, row: row | {"guest_email": None})[0]
    half = load(NIGHT + timedelta(days=1), lambda number, row: row | ({"guest_email": None} if number % 2 else {}))[0]
    assert warned(settings, emptied, []) == {}
    assert set(warned(settings, emptied, [first])) == {("column_emptied", "guest_email")}
    assert warned(settings, half, [first]) == {}


def test_a_history_is_not_what_a_night_is_compared_with(settings: Settings, load: Make) -> None:
    history = load(NIGHT - timedelta(days=1), lambda _, row: row | {"guest_phone": None}, 2000)[1]
    assert warned(settings, load(NIGHT)[0], [history]) == {}


def silent(settings: Settings, file: Any, ledger: list[Delivery]) -> dict[str | None, str]:
    return {
        check.property_code: check.measure.observed
        for check in check_silence(settings, "reservations", NIGHT, [file], ledger)
        if check.is_judged and (check.measure.value or 0) > (check.rule.at_most or 0)
    }


def test_a_property_that_sent_nothing_tonight_is_named(settings: Settings, load: Make, earlier: list[Delivery]) -> None:
    first = load(NIGHT - timedelta(days=20))[1]
    moved = load(NIGHT, lambda _, row: row | {"property_code": "LIS"} if row["property_code"] == "OPO" else row)[0]
    assert silent(settings, moved, [first, *earlier]) == {
        "OPO": "OPO sent nothing; it sent on 100% of 10 dates (40 rows a date), last on 2026-11-18"
    }
    assert silent(settings, load(NIGHT)[0], [first, *earlier]) == {}
    assert silent(settings, moved, [first, *earlier[:6]]) == {}  # six dates are too few


def test_new_columns_are_told_once(load: Make, earlier: list[Delivery]) -> None:
    file = load(NIGHT, unmapped_columns='["spa_voucher", "secret@example.org"]')[0]
    known = [*earlier, load(NIGHT - timedelta(days=11), unmapped_columns='["old"]')[1]]
    [check] = [check for check in check_files("reservations", [file], {}, known) if check.rule.rule == "new_columns"]
    assert check.measure.observed == "2 new, kept in extra: spa_voucher, (a name not shown)"
    again = [*known, load(NIGHT - timedelta(days=12), unmapped_columns='["spa_voucher", "secret@example.org"]')[1]]
    [check] = [check for check in check_files("reservations", [file], {}, again) if check.rule.rule == "new_columns"]
    assert check.measure.value == 0
    [check] = [check for check in check_files("reservations", [file], {}, []) if check.rule.rule == "new_columns"]
    assert not check.is_judged


def test_of_full_exports_only_the_newest_are_read() -> None:
    large = [Load(str(place), (entry(place, 900_000),)) for place in range(10)]
    assert [load.name for load in newest(large)] == ["7", "8", "9"]
    small = [Load(str(place), (entry(place, 900),)) for place in range(10)]
    assert newest(small) == small


def entry(place: int, rows: int) -> Delivery:
    return Delivery(
        "reservations", "v", f"reservations/v/{place}/a.csv", str(place), NIGHT, place, "accepted", rows, rows
    )
