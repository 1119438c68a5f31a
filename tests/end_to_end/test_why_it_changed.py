"""A night seeded with a late file, a correction, a merge, a split and another exchange rate: every cause is named."""

import csv
import json
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from guestbook.contracts import contract
from tests.end_to_end.background import in_background
from tests.end_to_end.homes import FIRST, SECOND, THIRD, Home, Nights

pytestmark = pytest.mark.end_to_end

CORRECTION = Decimal("12.34")
LATE_REVENUE = Decimal("300.00")
CLOSED_STAY = """
select version.* from staging.stg_reservation as version
where status = 'checked_out' and currency_code = 'EUR' and room_count = 1 and total_revenue_amount > 0
order by reservation_id limit 1
"""
TWO_CUSTOMERS = """
select min(source_record_id) from identity.customer_record where record_kind = 'reservation' and role = 'guest'
group by customer_id having count(*) = 1 order by 1 limit 2
"""
ONE_CUSTOMER = """
select min(source_record_id), max(source_record_id) from identity.customer_record
where record_kind = 'reservation' and role = 'guest'
group by customer_id having count(*) = 2 order by 1 desc limit 1
"""


@in_background
def test_what_changed_names_every_seeded_cause(nights: Nights, folder: Path) -> None:
    home = nights.after_second.copy(folder / "home")
    shutil.copytree(home.landing, folder / "landing")
    home = Home(home.path, folder / "landing")
    late_sum = seed_causes(home)
    home.night(THIRD)
    found = {row["figure_code"]: row for row in json.loads(home.run("diff", SECOND, THIRD, "--json").split("\n\n")[0])}
    parts = {
        figure: {part["cause_code"]: Decimal(part["amount"]) for part in row["parts"]} for figure, row in found.items()
    }
    for figure, row in found.items():
        assert sum(parts[figure].values()) == Decimal(row["after"]) - Decimal(row["before"]), figure
    assert parts["revenue"]["corrected_row"] == CORRECTION
    assert parts["revenue"]["late_delivery"] >= late_sum
    assert parts["revenue"]["exchange_rate"] != 0
    late = next(part for part in found["revenue"]["parts"] if part["cause_code"] == "late_delivery")
    assert any(name.endswith("late.jsonl") for name, _ in late["files"])
    moved = next(part for part in found["customers"]["parts"] if part["cause_code"] == "merge_or_split")
    assert moved["customer_count"] >= 2  # one id went, one came


def seed_causes(home: Home) -> Decimal:
    """Put the causes into the landing folder and the steward's list; the revenue that comes late."""
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        columns = [column.name for column in contract("reservations").columns]
        stay = con.execute(CLOSED_STAY).to_arrow_table().select(columns).to_pylist()[0]
        (first,), (second,) = con.execute(TWO_CUSTOMERS).fetchall()
        apart = con.execute(ONE_CUSTOMER).fetchone()
    stay["guest_document_number"] = None
    corrected = {**stay, "total_revenue_amount": stay["total_revenue_amount"] + CORRECTION,
                 "updated_at": datetime(2026, 11, 20, 9, tzinfo=UTC)}  # fmt: skip
    late = {**stay, "reservation_id": "LATE-1", "total_revenue_amount": LATE_REVENUE, "guest_email": "late@example.org"}
    deliver(home, THIRD, "corrected.jsonl", corrected)
    deliver(home, FIRST, "late.jsonl", late)
    steward = home.path / "steward" / "identity_link.csv"
    steward.parent.mkdir(exist_ok=True)
    links = [("source_record_id_1", "source_record_id_2", "decision"), (first, second, "must_link")]
    with steward.open("w", newline="") as file:
        csv.writer(file).writerows([*links, *([(*apart, "cannot_link")] if apart else [])])
    rates = home.landing / "reference" / "fx_rate.csv"
    with rates.open(newline="") as file:
        lines = [
            (code, day, rate if code == "EUR" else Decimal(rate) * 2) for code, day, rate in list(csv.reader(file))[1:]
        ]
    with rates.open("w", newline="") as file:
        csv.writer(file).writerows([("currency_code", "rate_date", "rate"), *lines])
    return LATE_REVENUE


def deliver(home: Home, folder_date: str, name: str, row: dict[str, Any]) -> None:
    """One canonical row as a delivered file."""
    target = home.landing / "reservations" / "canonical" / folder_date / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({key: value for key, value in row.items() if value is not None}, default=str) + "\n")
