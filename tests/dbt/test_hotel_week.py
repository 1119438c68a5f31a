"""Staging and facts over three nights: exact rows, nothing moves on repeat, incremental equals full refresh."""

from decimal import Decimal

import pytest


def test_a_repeated_delivery_changes_nothing(hotel_week):
    assert hotel_week.after_changes["core.fct_stay"]
    for name, rows in hotel_week.after_changes.items():
        assert hotel_week.after_repeat[name] == rows, name


def test_full_refresh_equals_nights(hotel_week):
    for name, rows in hotel_week.after_repeat.items():
        assert hotel_week.after_refresh[name] == rows, name


def test_rooms_split_to_the_cent_with_the_remainder_on_the_first(hotel_week):
    sql = "select room_index, room_revenue_amount from core.fct_stay where reservation_id = 'three_rooms' order by 1"
    assert hotel_week.warehouse.rows(sql) == [(1, Decimal("33.34")), (2, Decimal("33.33")), (3, Decimal("33.33"))]


def test_sharers_sell_one_room_each_night(hotel_week):
    sql = """select stay_date::varchar, sum(room_sold_count), count(*)
             from core.fct_stay_night where share_id = 'S' group by 1 order by 1"""
    assert hotel_week.warehouse.rows(sql) == [("2026-10-20", 1, 1), ("2026-10-21", 1, 2), ("2026-10-22", 1, 1)]


def test_day_use_is_a_stay_without_a_night(hotel_week):
    sql = "select los_nights, is_day_use from core.fct_stay where reservation_id = 'day_use'"
    assert hotel_week.warehouse.rows(sql) == [(0, True)]
    assert hotel_week.warehouse.rows("select * from core.fct_stay_night where reservation_id = 'day_use'") == []


def test_a_cancelled_stay_is_no_stay_any_more(hotel_week):
    for table in ("fct_stay", "fct_stay_night"):
        assert hotel_week.warehouse.rows(f"select * from core.{table} where reservation_id = 'undone'") == [], table
    events = hotel_week.warehouse.rows(
        "select event_type from core.fct_customer_event where reference_id = 'undone' order by 1"
    )
    assert events == [("booking",), ("cancellation",)]


def test_visits_are_islands_of_touching_stays_with_one_confirmation(hotel_week):
    # Three rooms of 20-22 October are one visit; the stay of the 22nd only touches it and shares nothing.
    sql = """select arrival_date::varchar, departure_date::varchar, stay_count, total_revenue_amount
             from core.fct_visit where customer_id = 'ann@x.example' order by 1"""
    assert hotel_week.warehouse.rows(sql) == [
        ("2026-10-20", "2026-10-22", 3, Decimal("100")),
        ("2026-10-22", "2026-10-25", 2, Decimal("110")),
    ]


def test_dates_are_the_hotels_and_an_unknown_rate_is_null(hotel_week):
    sql = """select reservation_id, booked_on::varchar, reporting_rate, room_revenue_reporting_amount
             from core.fct_reservation where reservation_id in ('dollars', 'no_rate', 'day_use') order by 1"""
    assert hotel_week.warehouse.rows(sql) == [
        ("day_use", "2026-09-02", Decimal("1"), Decimal("20")),
        ("dollars", "2026-09-02", Decimal("0.9"), Decimal("9")),
        ("no_rate", "2026-09-02", None, None),
    ]


def test_known_on_is_the_fact_for_history_and_the_night_later(hotel_week):
    sql = """select reservation_id, known_on::varchar from core.fct_reservation
             where reservation_id in ('day_use', 'late_stay', 'newest_first') order by 1"""
    assert hotel_week.warehouse.rows(sql) == [
        ("day_use", "2026-10-25"),
        ("late_stay", "2026-11-02"),
        ("newest_first", "2026-09-01"),
    ]


def test_an_older_version_that_comes_later_is_not_current(hotel_week):
    sql = "select departure_date::varchar from core.fct_reservation where reservation_id = 'newest_first'"
    assert hotel_week.warehouse.rows(sql) == [("2026-12-11",)]


@pytest.mark.parametrize(
    ("reservation_id", "records", "current_email"),
    [
        ("placeholder", [(True, None), (False, "ann@x.example")], "ann@x.example"),
        ("to_be_blanked", [(False, "cat@x.example")], "cat@x.example"),
        ("name_swap", [(False, "bob@x.example"), (False, "cat@x.example")], "cat@x.example"),
        ("filled_in", [(True, None), (False, "cat@x.example")], "cat@x.example"),
    ],
)
def test_what_a_changing_guest_leaves_behind(hotel_week, reservation_id, records, current_email):
    where = f"record_kind = 'reservation' and role = 'guest' and reference_id = '{reservation_id}'"
    order = "order by delivery_sequence, email nulls first"
    sql = f"select email is null, email from staging.stg_person_record where {where} {order}"
    assert hotel_week.warehouse.rows(sql) == records
    sql = f"""select record.email
              from (from staging.stg_person_current where {where}) join staging.stg_person_record as record
              using (source_record_id)"""
    assert hotel_week.warehouse.rows(sql) == [(current_email,)]


def test_the_booker_stays_known_when_a_later_version_names_none(hotel_week):
    sql = "select customer_id, booker_customer_id from core.fct_reservation where reservation_id = 'name_swap'"
    assert hotel_week.warehouse.rows(sql) == [("cat@x.example", "pa@corp.example")]


def test_checks_find_their_guest_or_nobody(hotel_week):
    sql = "select pos_check_id, customer_id, attribution_method, is_on_folio from core.fct_pos_check order by 1"
    assert hotel_week.warehouse.rows(sql) == [
        ("by_card", "tok", "card_token", False),
        ("by_reservation", "ann@x.example", "reservation_id", True),
        ("by_room", "ann@x.example", "room_charge", True),
        ("named_sharer", "cat@x.example", "room_charge", True),
        ("two_sharers", None, "unattributed", True),
        ("voided_later", None, "unattributed", False),
        ("waits_for_stay", "bob@x.example", "room_charge", True),
    ]


@pytest.mark.parametrize("name", ["core.fct_stay", "core.fct_visit", "core.fct_pos_check", "core.fct_customer_event"])
def test_a_split_takes_every_fact_along(hotel_week, name):
    """On the first night cat passed for bob; the second night's facts are as if that had never been (full refresh)."""
    nights = (hotel_week.after_history, hotel_week.after_changes)
    mixed, split = ({value for row in content[name] for value in row} for content in nights)
    assert ("bob@x.example" in mixed, "cat@x.example" in mixed) == (True, False)
    assert {"bob@x.example", "cat@x.example"} <= split


def test_a_check_of_two_sharers_is_a_doubt_again_after_their_split(hotel_week):
    (before,) = (row for row in hotel_week.after_history["core.fct_pos_check"] if "two_sharers" in row)
    (after,) = (row for row in hotel_week.after_changes["core.fct_pos_check"] if "two_sharers" in row)
    assert ("bob@x.example" in before, "room_charge" in before) == (True, True)
    assert ("bob@x.example" in after, "unattributed" in after) == (False, True)


def test_void_lines_and_tips_are_not_in_the_net_amount(hotel_week):
    sql = """select net_amount, tip_amount, line_count, void_line_count
             from core.fct_pos_check where pos_check_id = 'voided_later'"""
    assert hotel_week.warehouse.rows(sql) == [(Decimal("3"), Decimal("2"), 2, 1)]


def test_calls_belong_to_the_guest(hotel_week):
    # zed was merged into ann on the second night: the fact follows.
    sql = "select interaction_id, customer_id, attribution_method from core.fct_interaction order by 1"
    assert hotel_week.warehouse.rows(sql) == [
        ("complaint_1", "cat@x.example", "email"),
        ("complaint_2", "cat@x.example", "email"),
        ("guest_calls", "ann@x.example", "confirmation_number"),
        ("nobody", None, "unattributed"),
        ("other_calls", "ann@x.example", "confirmation_number"),
    ]


def test_another_caller_keeps_the_call_whatever_number_they_give(hotel_week):
    """Zed gave the number of ann's reservation on the first night, when nothing said yet that zed is ann."""
    (row,) = (row for row in hotel_week.after_history["core.fct_interaction"] if "other_calls" in row)
    assert ("email" in row, "ann@x.example" in row) == (True, False)


def test_a_case_is_its_newest_state(hotel_week):
    sql = "select case_id, case_status, interaction_count, compensation_amount, is_complaint from core.fct_case"
    assert hotel_week.warehouse.rows(sql) == [("K", "resolved", 2, Decimal("25"), True)]
