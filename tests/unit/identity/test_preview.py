"""The preview: what a decision would merge, split and move, without a change to anything."""

from decimal import Decimal

import pytest

from guestbook.errors import UsageError
from identity.preview import compare, preview, record_of
from identity.steward import StewardLink, add_steward_link
from tests.unit.identity.conftest import NIGHT, Hotel, person
from tests.unit.identity.worth import give_worth, take_away

PEOPLE = [
    person("r1", first_name="Anna", last_name="Huber", email="a@example.com"),
    person("r2", first_name="Anna", last_name="Huber", email="a@example.com"),
    person("r3", first_name="Jan", last_name="Koch"),
]


@pytest.fixture
def valued(hotel: Hotel):
    hotel.night(PEOPLE)
    give_worth(hotel.con, 100)
    yield hotel
    take_away(hotel.con)


def decide(hotel: Hotel, one: str, other: str, decision: str) -> None:
    add_steward_link(hotel.settings, StewardLink(one, other, decision), "seen in person", "tester", "2026-11-20")


def seen(found: dict[str, object]) -> list[tuple[object, ...]]:
    names = (
        "change_code",
        "record_count_before",
        "record_count_after",
        "revenue_amount_before",
        "revenue_amount_after",
    )
    return [tuple(row[name] for name in names) for row in found["customers"]]


def test_nothing_decided_changes_nothing(valued: Hotel) -> None:
    found = compare(valued.con, valued.settings, NIGHT)
    assert (found["customers"], found["records"]) == ([], [])
    assert found["totals"]["customer_count_before"] == found["totals"]["customer_count_after"] == 2


def test_must_link_merges_and_moves_the_smaller_ones_revenue(valued: Hotel) -> None:
    decide(valued, "r1", "r3", "must_link")
    found = compare(valued.con, valued.settings, NIGHT)
    assert seen(found) == [("grows", 2, 3, Decimal(200), Decimal(300)), ("merged", 1, 0, Decimal(100), Decimal(0))]
    totals = found["totals"]
    assert (totals["merged_count"], totals["moved_record_count"], totals["moved_revenue_amount"]) == (1, 1, 100)
    assert [row["source_record_id"] for row in found["records"]] == ["r3"]


def test_cannot_link_splits(valued: Hotel) -> None:
    decide(valued, "r1", "r2", "cannot_link")
    found = compare(valued.con, valued.settings, NIGHT)
    assert seen(found) == [("split", 2, 1, Decimal(200), Decimal(100)), ("new", 0, 1, Decimal(0), Decimal(100))]


def test_a_customer_id_means_its_anchor_record(valued: Hotel) -> None:
    (customer_id,) = valued.rows("select customer_id from identity.customer_record where source_record_id = 'r2'")[0]
    assert (record_of(valued.con, customer_id), record_of(valued.con, "r2")) == ("r1", "r2")
    with pytest.raises(UsageError, match="no source record or customer 'nobody'"):
        record_of(valued.con, "nobody")


def test_before_the_first_night_there_is_nothing_to_preview(hotel: Hotel) -> None:
    with pytest.raises(UsageError, match="no night was completed"):
        preview(hotel.settings)


def test_what_new_rules_change_is_not_shown_as_the_lists_doing(valued: Hotel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("identity.state._code", lambda: "newer")
    with pytest.raises(UsageError, match=f"not those of the night of {NIGHT}.*guestbook nightly --date {NIGHT}"):
        compare(valued.con, valued.settings, NIGHT)
