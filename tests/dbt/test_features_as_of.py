"""Features of a date are a function of what was known and had happened by then; labels of what came after."""

import importlib.util
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from guestbook import dbt_runner

PAST, HISTORY, CHANGES = date(2026, 10, 21), date(2026, 11, 1), date(2026, 11, 2)
# All that was known after 21 October turns into something else; what had been booked by then keeps its arrival.
SHIFT = """
    update staging.stg_reservation_version set
        arrival_date = arrival_date + case when booked_at::date > date '2026-10-21' then 200 else 0 end,
        departure_date = departure_date + 200, room_revenue_amount = 9999, guest_country_code = 'XX',
        loyalty_number = 'X', consent_email = true, known_on = known_on + 3
    where known_on > date '2026-10-21';
    update staging.stg_interaction_version set started_at = started_at + interval 200 day, reason_code = 'complaint',
        consent_email = true, loyalty_number = 'X', known_on = known_on + 3
    where known_on > date '2026-10-21';
    update staging.stg_pos_line_version set
        net_amount = 9999, business_date = business_date + 200, known_on = known_on + 3
    where known_on > date '2026-10-21';
"""


# Ann and Bob turn out to be one guest, whom Bob's id stands for.
MERGE = """
    update core.fct_reservation set customer_id = 'bob@x.example' where customer_id = 'ann@x.example';
    update core.fct_pos_check set customer_id = 'bob@x.example' where customer_id = 'ann@x.example';
    update core.fct_interaction set customer_id = 'bob@x.example' where customer_id = 'ann@x.example';
    delete from identity.customer_confidence where customer_id = 'ann@x.example';
"""


def _week() -> Any:
    spec = importlib.util.spec_from_file_location("hotel_rows", Path(__file__).parent / "hotel_week.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Seen:
    """Rows of feat_customer by cut-off, at three moments; and those of a map that came later, then and now."""

    warehouse: Any
    before_changes: dict[date, list[tuple]]
    after_changes: dict[date, list[tuple]]
    past_after_shift: list[tuple]
    merged_then: dict[date, list[tuple]]
    merged_now: dict[date, list[tuple]]


@pytest.fixture(scope="module")
def seen(make_warehouse) -> Seen:
    rows = _week_rows()
    warehouse = make_warehouse("as_of")
    _deliver(warehouse, HISTORY, rows["history"])
    warehouse.run_night(HISTORY)
    before = _features(warehouse, HISTORY, [PAST, HISTORY])
    merged_then = _features_of_merged(warehouse, HISTORY)
    _deliver(warehouse, CHANGES, rows["changes"])
    warehouse.run_night(CHANGES)
    after = _features(warehouse, CHANGES, [PAST, HISTORY, CHANGES])
    merged_now = _features_of_merged(warehouse, CHANGES)
    with warehouse.connect() as con:
        con.execute(SHIFT)
    past_after_shift = _features(warehouse, CHANGES, [PAST])[PAST]
    return Seen(warehouse, before, after, past_after_shift, merged_then, merged_now)


def _features_of_merged(warehouse: Any, night: date) -> dict[date, list[tuple]]:
    """Features of the past by another customer map, from the facts of a night; the warehouse is left as it was."""
    kept = warehouse.settings.warehouse_file.read_bytes()
    with warehouse.connect() as con:
        con.execute(MERGE)
    features = _features(warehouse, night, [PAST, HISTORY])
    warehouse.settings.warehouse_file.write_bytes(kept)
    return features


def _week_rows() -> dict[str, dict[str, list[dict]]]:
    week = _week()
    stay, call, line = week.reservation, week.interaction, week.pos_line
    ann, bob, cat = (week.guest(*name) for name in (("Ann", "Lee"), ("Bob", "Ray"), ("Cat", "Fox")))
    december = ("2026-12-01", "2026-12-03")
    later = stay("booked_later", ("2026-10-28", "2026-10-29"), "2026-10-29", **cat)
    later["booked_at"] = "2026-10-23 00:00:00+00"
    calmed = call("upset", "2026-10-07", customer_email="bob@x.example", reason_code="enquiry")
    calmed["updated_at"] = "2026-11-01 00:00:00+00"
    member = {"loyalty_number": "bob@x.example"}
    return {
        "history": {
            "reservations": [
                stay("first", ("2026-10-01", "2026-10-03"), "2026-10-03", room_revenue_amount="100", **ann),
                stay("second", ("2026-10-10", "2026-10-12"), "2026-10-12", room_revenue_amount="50", **ann),
                stay("on_books_in_past", ("2026-10-25", "2026-10-27"), "2026-10-27", room_revenue_amount="70", **ann),
                stay("december", december, "2026-09-01", "reserved", **ann),
                stay("bobs", ("2026-10-05", "2026-10-06"), "2026-10-06", consent_email=True, **bob),
                later,
            ],
            "pos_checks": [line("check", 1, "2026-10-05", "20", business_date="2026-10-05", **member)],
            "interactions": [call("upset", "2026-10-07", customer_email="bob@x.example", reason_code="complaint")],
        },
        "changes": {
            "reservations": [
                stay("december", december, "2026-11-01", "cancelled", cancelled_at="2026-11-01 09:00:00+00", **ann),
                stay("late_file", ("2026-10-20", "2026-10-21"), "2026-10-21", room_revenue_amount="30", **ann),
                stay("bobs", ("2026-10-05", "2026-10-06"), "2026-11-01", consent_email=False, **bob),
            ],
            "pos_checks": [line("check", 1, "2026-11-01", "20", business_date="2026-10-05", is_void=True, **member)],
            "interactions": [calmed],
        },
    }


def _deliver(warehouse: Any, night: date, feeds: dict[str, list[dict]]) -> None:
    for feed, rows in feeds.items():
        warehouse.deliver(feed, night, rows)


def _features(warehouse: Any, night: date, as_of_dates: list[date]) -> dict[date, list[tuple]]:
    variables = dbt_runner.night_variables(warehouse.settings, night, as_of_dates)
    dbt_runner.build(warehouse.settings, "path:models/features", variables)
    sql = "select * from features.feat_customer where as_of_date = date '{}' order by customer_id"
    return {day: warehouse.rows(sql.format(day)) for day in as_of_dates}


@pytest.mark.parametrize("as_of", [PAST, HISTORY])
def test_later_deliveries_change_no_feature(seen, as_of):
    assert seen.before_changes[as_of]
    assert seen.after_changes[as_of] == seen.before_changes[as_of]


@pytest.mark.parametrize("as_of", [PAST, HISTORY])
def test_facts_are_as_known_then_and_identity_as_known_now(seen, as_of):
    """With the same customer map a later night builds what that night would have built, whichever map it is."""
    assert seen.merged_now[as_of] == seen.merged_then[as_of]
    assert [row[0] for row in seen.merged_now[as_of] if row[0].startswith(("ann", "bob"))] == ["bob@x.example"]
    assert seen.merged_now[as_of] != seen.after_changes[as_of]


def test_later_deliveries_change_the_next_cut_off(seen):
    assert seen.after_changes[CHANGES] != seen.after_changes[HISTORY]


def test_shifting_what_came_later_changes_no_feature(seen):
    assert seen.past_after_shift == seen.before_changes[PAST]


def test_only_who_was_known_has_features(seen):
    # Cat's booking was made two days after the cut-off.
    assert [row[0] for row in seen.before_changes[PAST]] == ["ann@x.example", "bob@x.example"]
    assert [row[0] for row in seen.before_changes[HISTORY]] == ["ann@x.example", "bob@x.example", "cat@x.example"]


def test_a_past_cut_off_of_a_history_load_sees_the_books_as_they_were(seen):
    # The stay of the 25th was booked in September: on the books on the 21st, four days ahead.
    by_name = _named(seen, PAST, "ann")
    assert (by_name["visit_count"], by_name["on_books_count"], by_name["on_books_next_arrival_days"]) == (2, 2, 4)
    assert (by_name["spend_amount"], by_name["mean_gap_days"], by_name["rfm_recency_days"]) == (Decimal(150), 9.0, 11)


def test_a_late_file_counts_from_the_night_that_brought_it(seen):
    assert _named(seen, HISTORY, "ann")["visit_count"] == 3
    latest = _named(seen, CHANGES, "ann")
    assert (latest["visit_count"], latest["cancelled_count"], latest["on_books_count"]) == (4, 1, 0)


def test_corrections_count_from_the_night_that_brought_them(seen):
    names = ("complaint_count", "pos_check_count", "fnb_amount", "consent_email")
    assert tuple(_named(seen, HISTORY, "bob")[name] for name in names) == (1, 1, Decimal(20), True)
    assert tuple(_named(seen, CHANGES, "bob")[name] for name in names) == (0, 0, Decimal(0), False)


def _named(seen: Seen, as_of: date, customer: str) -> dict[str, Any]:
    columns = [name for (name,) in seen.warehouse.rows("select column_name from (describe features.feat_customer)")]
    rows = [dict(zip(columns, row, strict=True)) for row in seen.after_changes[as_of]]
    return next(row for row in rows if row["customer_id"] == f"{customer}@x.example")
