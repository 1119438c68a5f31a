"""Every cause is named, and the parts sum to the movement to the cent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bi.diff import customer_story, movements
from guestbook.errors import UsageError

from .conftest import FIRST, LAST, Group

RECORDS = {"a-ann": "ann", "a-bob": "bob"}


def parts(group: Group, figure: str, first: date = FIRST, last: date = LAST) -> dict[str, Decimal]:
    """Amount by cause; checks that they sum to the movement."""
    (found,) = movements(group.settings, first, last, figure)
    assert sum(part.amount for part in found.parts) == found.after - found.before
    return {part.cause_code: part.amount for part in found.parts}


def every_figure_sums(group: Group) -> None:
    for found in movements(group.settings, FIRST, LAST):
        assert sum(part.amount for part in found.parts) == found.after - found.before, found.figure_code


def test_nothing_new_moves_nothing(group: Group) -> None:
    group.night(LAST, RECORDS)
    assert all(not found.parts and found.before == found.after for found in movements(group.settings, FIRST, LAST))


def test_a_new_stay_is_new_business(group: Group) -> None:
    group.file(2, LAST, LAST)
    group.reservation("r3", "cia", 2, updated_on="2025-06-02", amount="80.55")
    group.customer("cia", 2)
    group.night(LAST, {**RECORDS, "a-cia": "cia"})
    assert parts(group, "revenue") == {"new_business": Decimal("80.5500")}
    assert parts(group, "customers") == {"new_business": 1}
    every_figure_sums(group)


def test_a_file_of_a_night_already_run_is_late(group: Group) -> None:
    group.file(2, FIRST - timedelta(days=3), LAST)
    group.reservation("r3", "cia", 2)
    group.customer("cia", 2)
    group.night(LAST, {**RECORDS, "a-cia": "cia"})
    assert parts(group, "nights") == {"late_delivery": 2}
    assert parts(group, "customers") == {"late_delivery": 1}
    (revenue,) = movements(group.settings, FIRST, LAST, "revenue")
    assert revenue.parts[0].files == [("2025-05-29/2.csv", Decimal("100.0000"))]
    assert revenue.parts[0].customers == [("cia", Decimal("100.0000"))]
    published = group.con.execute(
        "select top_customers, top_files from ops.headline_change where figure_code = 'revenue'"
    ).fetchall()
    assert published == [
        ('[{"customer_id":"cia","amount":100.0000}]', '[{"file_name":"2025-05-29/2.csv","amount":100.0000}]')
    ]


def test_an_old_row_in_tonights_file_is_late(group: Group) -> None:
    group.file(2, LAST, LAST)
    group.reservation("r3", "ann", 2, updated_on="2025-05-20")
    group.customer("ann", 1, visits=2)
    group.night(LAST, RECORDS)
    assert parts(group, "revenue") == {"late_delivery": 100}
    assert parts(group, "repeat_customers") == {"late_delivery": 1}
    assert parts(group, "repeat_share") == {"late_delivery": 50}


def test_a_closed_stay_that_changes_is_a_correction_and_so_is_one_that_goes(group: Group) -> None:
    group.file(2, LAST, LAST)
    group.reservation("r1", "ann", 2, amount="60.00", updated_on="2025-06-02")
    group.reservation("r2", "bob", 2, status="cancelled", updated_on="2025-06-02")
    group.customer("bob", 1, visits=0)
    group.night(LAST, RECORDS)
    assert parts(group, "revenue") == {"corrected_row": Decimal("-160.0000")}
    assert parts(group, "visited_customers") == {"corrected_row": -1}
    every_figure_sums(group)


def test_a_stay_still_in_house_that_grows_is_new_business(group: Group) -> None:
    group.reservation("r4", "ann", 1, status="in_house")
    group.night(FIRST, RECORDS)
    group.file(2, LAST, LAST)
    group.reservation("r4", "ann", 2, nights=3, amount="150.00", updated_on="2025-06-02")
    group.night(LAST, RECORDS)
    assert parts(group, "revenue") == {"new_business": 50}
    assert parts(group, "nights") == {"new_business": 1}


def test_a_rate_is_told_apart_from_a_correction_to_the_cent(group: Group) -> None:
    group.file(2, LAST, LAST)
    group.reservation("r2", "bob", 2, amount="110.10", currency="GBP", rate="1.17", updated_on="2025-06-02")
    group.night(LAST, RECORDS)
    assert parts(group, "revenue") == {"corrected_row": Decimal("12.1200"), "exchange_rate": Decimal("-3.3030")}


def test_a_merge_takes_a_customer_and_makes_a_repeat_guest(group: Group) -> None:
    del group.customers["bob"]
    group.reservation("r2", "ann", 1, currency="GBP", rate="1.20")
    group.customer("ann", 1, visits=2)
    group.night(LAST, {"a-ann": "ann", "a-bob": "ann"})
    assert parts(group, "customers") == {"merge_or_split": -1}
    assert parts(group, "repeat_share") == {"merge_or_split": 100}
    assert parts(group, "at_risk_value") == {"merge_or_split": -500}
    assert parts(group, "revenue") == {}
    assert {row["cause_code"] for row in customer_story(group.settings, "ann", FIRST, LAST)} == {"merge_or_split"}


def test_a_split_gives_the_customer_back(group: Group) -> None:
    group.night(LAST, {"a-ann": "ann", "a-bob": "ann"})
    group.customer("dan", 1)
    third = LAST + timedelta(days=1)
    group.night(third, {"a-ann": "ann", "a-bob": "dan"})
    assert parts(group, "customers", LAST, third) == {"merge_or_split": 1}


def test_a_new_model_moves_what_is_at_risk(group: Group) -> None:
    group.customer("bob", 1, band="high", value="450.00", model="m2")
    group.customer("ann", 1, model="m2")
    group.night(LAST, RECORDS)
    assert parts(group, "at_risk_value") == {"model_change": -50}
    every_figure_sums(group)


def test_without_one_time_moves_it_and_the_tiers(group: Group) -> None:
    """A customer that another model in use now scores, such as the fallback, is no change of model."""
    group.customer("cia", 1, model="fallback")
    group.night(FIRST, {**RECORDS, "a-cia": "cia"})
    group.customer("cia", 1, band="high", value="20.00")
    group.customer("ann", 1, band="critical", value="10.00", tier="key")
    group.customer("bob", 1, band="high", value="500.00", model="fallback")
    group.night(LAST, {**RECORDS, "a-cia": "cia"})
    assert parts(group, "at_risk_value") == {"passing_of_time": 30}
    assert parts(group, "tier_key") == {"passing_of_time": 1}


def test_several_nights_are_the_sum_of_each_and_a_night_run_again_replaces_its_books(group: Group) -> None:
    group.file(2, LAST, LAST)
    group.reservation("r3", "ann", 2, updated_on="2025-06-02", amount="10.00")
    group.night(LAST, RECORDS)
    group.reservation("r3", "ann", 2, updated_on="2025-06-02", amount="12.00")
    group.night(LAST, RECORDS)
    third = LAST + timedelta(days=1)
    group.file(3, third, third)
    group.reservation("r3", "ann", 3, updated_on="2025-06-03", amount="5.00")
    group.night(third, RECORDS)
    assert parts(group, "revenue", FIRST, third) == {"new_business": 12, "corrected_row": -7}


def test_a_night_without_books_is_named(group: Group) -> None:
    with pytest.raises(UsageError, match="no books for the night 2025-06-02: closed are 2025-06-01"):
        movements(group.settings, FIRST, LAST)
    group.night(LAST, RECORDS)
    with pytest.raises(UsageError, match="not before"):
        movements(group.settings, LAST, FIRST)
    with pytest.raises(UsageError, match="no headline figure 'turnover'"):
        movements(group.settings, FIRST, LAST, "turnover")
