"""The marts of hotels, choices and moves by two roads: the marts of one night against pandas."""

from decimal import Decimal

import duckdb
import pytest

from tests.end_to_end import bookings_in_pandas as bookings
from tests.end_to_end import choices_in_pandas as choices
from tests.end_to_end import hotels_in_pandas as hotels
from tests.end_to_end import reconciled_in_pandas as reconciled
from tests.end_to_end.homes import Home
from tests.end_to_end.marts_in_pandas import UNITS, Facts

#: Amounts per room or night are rounded to the fourth decimal.
ROUNDING = 0.00006
ROUNDING_STEP = Decimal("0.00005")
SOURCES = [
    f"(select sum({{column}}) from marts.source_of_business where dimension_code = '{name}')"
    for name in bookings.DIMENSIONS
]
AT_NIGHT = "where as_of_date = date '{night}'"
#: Every place that has the figure.
FIGURES = {
    "reservations": [
        "(select count(*) from core.fct_reservation)",
        "(select sum(left_figure) from marts.reconciliation where check_code = 'reservation_with_customer')",
        *(source.format(column="reservation_count") for source in SOURCES),
    ],
    "room nights": [
        "(select sum(los_nights) from core.fct_stay)",
        "(select count(*) from core.fct_stay_night)",
        """(select sum(occupied_stay_count) from marts.property_daily)
            + (select count(*) from core.fct_stay_night where stay_date > date '{night}')""",
        "(select sum(left_figure) from marts.reconciliation where check_code = 'room_nights_reservation_stay')",
        "(select sum(right_figure) from marts.reconciliation where check_code = 'room_nights_reservation_stay')",
        *(source.format(column="night_count") for source in SOURCES),
    ],
    "room revenue": [
        "(select sum(room_revenue_reporting_amount) from core.fct_stay)",
        "(select sum(right_figure) from marts.reconciliation where check_code = 'room_revenue_reservation_stay')",
        *(source.format(column="room_revenue_amount") for source in SOURCES),
    ],
    "room revenue by night": [
        "(select sum(room_revenue_reporting_amount) from core.fct_stay_night)",
        "(select sum(right_figure) from marts.reconciliation where check_code = 'room_revenue_stay_night')",
        """(select sum(room_revenue_amount) from marts.property_daily)
            + (select coalesce(sum(room_revenue_reporting_amount), 0) from core.fct_stay_night
               where stay_date > date '{night}')""",
    ],
    "total revenue": [
        "(select sum(total_revenue_reporting_amount) from core.fct_stay)",
        *(source.format(column="total_revenue_amount") for source in SOURCES),
    ],
    "revenue of customers": [
        "(select sum(total_revenue_reporting_amount) from core.fct_stay where customer_id is not null)",
        "(select sum(total_revenue_reporting_amount) from core.fct_visit)",
        "(select sum(spend_amount) from core.customer_360)",
    ],
    "revenue of the year": [
        "(select sum(spend_trailing_year_amount) from core.customer_360)",
        "(select sum(spend_trailing_year_amount) from marts.segment_profile)",
        f"(select sum(spend_amount) from marts.customer_pyramid {AT_NIGHT})",
        f"(select sum(to_spend_amount) from marts.value_tier_migration {AT_NIGHT})",
    ],
    "customers": [
        "(select count(*) from core.dim_customer)",
        "(select count(*) from core.customer_360)",
        f"(select sum(customer_count) from marts.lifecycle_stage_month {AT_NIGHT})",
    ],
    "customers who stayed": [
        "(select count(distinct customer_id) from core.fct_stay)",
        "(select sum(customer_count) from marts.segment_profile)",
        f"(select sum(customer_count) from marts.customer_pyramid {AT_NIGHT})",
        f"(select sum(customer_count) from marts.value_tier_migration {AT_NIGHT})",
        "(select sum(cohort_count) from marts.cohort_retention where month_number = 0)",
        f"""(select sum(customer_count) from marts.lifecycle_stage_month {AT_NIGHT}
            and lifecycle_stage_code <> 'prospect')""",
        "(select count(distinct customer_id) from marts.preference_profile where preference_code = 'property')",
    ],
    "sales of the tills": [
        "(select sum(net_reporting_amount) from core.fct_pos_check)",
        "(select sum(left_figure) from marts.reconciliation where check_code = 'pos_net_check_line')",
        "(select sum(pos_amount) from marts.property_daily)",
    ],
}  # fmt: skip


def test_days_of_the_hotels(facts: Facts) -> None:
    expected = hotels.property_daily(facts)
    amounts = [name for name in expected if name.endswith("_amount")]
    money = ", ".join(f"({name} * 10000)::bigint as {name}" for name in amounts)
    query = f"select * replace ({money}) from marts.property_daily order by property_code, business_date"
    actual = facts.ask(query).set_index(["property_code", "business_date"])
    assert len(actual) > 100
    assert actual.index.tolist() == expected.index.tolist()
    assert actual[expected.columns].astype("int64").to_dict() == expected.to_dict()
    for name, shares in hotels.per_room(facts, expected).items():
        found = actual[name].astype(float).tolist()
        assert found == pytest.approx(shares.tolist(), abs=ROUNDING, nan_ok=True), name


def test_where_business_comes_from(facts: Facts) -> None:
    query = """select property_code, arrival_month::timestamp, dimension_code, dimension_value, reservation_count,
        cancelled_count, no_show_count, stayed_count, night_count, (room_revenue_amount * 10000)::bigint, stay_count,
        (total_revenue_amount * 10000)::bigint, repeat_in_group_count, repeat_in_property_count
        from marts.source_of_business order by 1, 2, 3, 4"""
    expected = hotels.source_of_business(facts)
    assert len(expected) > 100
    assert expected.repeat_in_property_count.sum() > 0
    assert facts.ask(query).to_numpy().tolist() == expected.reset_index().to_numpy().tolist()


def test_shares_of_where_business_comes_from_are_made_of_its_counts(facts: Facts) -> None:
    rows = facts.ask("select * from marts.source_of_business")
    pairs = {
        "adr_amount": ("room_revenue_amount", "night_count"),
        "cancellation_share": ("cancelled_count", "reservation_count"),
        "no_show_share": ("no_show_count", "reservation_count"),
        "repeat_in_group_share": ("repeat_in_group_count", "stayed_count"),
        "repeat_in_property_share": ("repeat_in_property_count", "stayed_count"),
    }
    for share, (part, whole) in pairs.items():
        expected = rows[part].astype(float) / rows[whole].where(rows[whole] != 0)
        assert rows[share].astype(float).tolist() == pytest.approx(expected.tolist(), abs=ROUNDING, nan_ok=True), share


def test_two_roads_to_one_figure(facts: Facts) -> None:
    query = """select property_code, business_month::timestamp, check_code, (left_figure * 10000)::bigint,
        (right_figure * 10000)::bigint, (difference_figure * 10000)::bigint, is_equality_expected, is_equal
        from marts.reconciliation order by 1, 2, 3"""
    actual = list(facts.ask(query).itertuples(index=False, name=None))
    assert {row[2] for row in actual} >= reconciled.EXPECTED_EQUAL
    assert actual == reconciled.reconciliation(facts)


def test_why_folio_and_till_differ(facts: Facts) -> None:
    query = """select property_code, business_month::timestamp, cause_code, (folio_amount * 10000)::bigint,
        (pos_amount * 10000)::bigint, (difference_amount * 10000)::bigint, reservation_count, check_count
        from marts.folio_pos_difference order by 1, 2, 3"""
    actual = list(facts.ask(query).itertuples(index=False, name=None))
    assert len({row[2] for row in actual}) > 3
    assert actual == reconciled.folio_pos_difference(facts)


def test_what_customers_choose_most(facts: Facts) -> None:
    query = """select customer_id, preference_code, preference_rank, preference_value, evidence_count, choice_count,
        last_shown_on::timestamp as last, preference_share, preference_confidence
        from marts.preference_profile order by 1, 2, 3"""
    actual, expected = facts.ask(query), choices.preferences(facts)
    assert actual.preference_code.nunique() > 6
    assert actual.iloc[:, :7].to_numpy().tolist() == expected.to_numpy().tolist()
    assert actual.preference_share.tolist() == pytest.approx((expected.evidence / expected.choices).tolist())
    low = choices.confidences(expected.evidence, expected.choices)
    assert actual.preference_confidence.tolist() == pytest.approx(low, abs=1e-4)


def test_who_moved_between_segments(after_first: Home, facts: Facts) -> None:
    """The compiled mart over scores of several months: one night has scored but one, and then it is empty."""
    assert facts.con.sql("select count(*) from marts.segment_migration").fetchone() == (0,)
    history = choices.aged_scores(facts)
    ids = history.customer_id.unique()
    merged = dict(zip(ids[1::4], ids[::4], strict=False))
    compiled = after_first.path / "dbt" / "target" / "compiled" / "guestbook" / "models" / "marts"
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as guestbook; use guestbook; create schema ml; create schema core")
        con.execute(
            f"""create table ml.customer_segment_history as
            select customer_id, as_of_date::date as as_of_date, segment_code,
                (units::decimal(18, 4) / {UNITS})::decimal(18, 4) as spend_trailing_year_amount from history"""
        )
        con.execute("create table core.customer_id_history (customer_id varchar, current_customer_id varchar)")
        con.executemany("insert into core.customer_id_history values (?, ?)", list(merged.items()))
        con.execute("create table moves as " + (compiled / "segment_migration.sql").read_text())
        query = """select as_of_date::timestamp, from_segment_code, to_segment_code, customer_count,
            (from_spend_amount * 10000)::bigint, (to_spend_amount * 10000)::bigint from moves order by 1, 2, 3"""
        actual = list(con.sql(query).df().itertuples(index=False, name=None))
    assert len({row[0] for row in actual}) == 3
    assert actual == choices.segment_moves(history, merged)


@pytest.mark.parametrize("figure", FIGURES)
def test_customers_nights_and_money_are_the_same_in_all_marts(facts: Facts, figure: str) -> None:
    night = str(facts.night.date())
    found = {place: facts.con.sql(f"select {place.format(night=night)}").fetchone()[0] for place in FIGURES[figure]}
    assert len(set(found.values())) == 1, found
    assert next(iter(found.values()))


def test_room_revenue_of_nights_and_day_use_is_that_of_the_stays(facts: Facts) -> None:
    """Each night is converted for itself, so that it may miss by half a fourth decimal."""
    query = """select sum(room_revenue_reporting_amount) filter (where los_nights > 0) as by_stay,
        coalesce(sum(room_revenue_reporting_amount) filter (where los_nights = 0), 0) as day_use, sum(los_nights + 1)
        from core.fct_stay"""
    by_stay, day_use, amounts = facts.con.sql(query).fetchone()
    by_night = facts.con.sql("select sum(room_revenue_reporting_amount) from core.fct_stay_night").fetchone()[0]
    assert abs(by_stay - by_night) <= amounts * ROUNDING_STEP
    assert (day_use,) == facts.con.sql("select sum(day_use_revenue_amount) from marts.property_daily").fetchone()
