"""The review list: what is asked, in which order, with which evidence."""

from datetime import date
from decimal import Decimal

import pytest

from identity import review
from identity.steward import StewardLink, add_steward_link
from tests.unit.identity.conftest import Hotel, person
from tests.unit.identity.worth import give_worth, take_away

HOME = {"last_name": "Huber", "email": "home@example.com"}
PEOPLE = [
    # A father and his son under one e-mail: a strong link that the birth dates refuse.
    person("r1", first_name="Karl", birth_date=date(1950, 5, 1), **HOME),
    person("r2", first_name="Karl", birth_date=date(1981, 7, 9), **HOME),
    # One name and address, nothing else: a weak link.
    person("r3", first_name="Eva", last_name="Berg", postal_code="1010", city="Wien", country_code="AT"),
    person("r4", first_name="Eva", last_name="Berg", postal_code="1010", city="Wien", country_code="AT", gender="F"),
    person("r5", first_name="Jan", last_name="Koch", email="j@example.com"),
]


@pytest.fixture
def valued(hotel: Hotel):
    hotel.night(PEOPLE)
    give_worth(hotel.con, 100)
    hotel.con.execute("""
        update core.fct_stay set total_revenue_reporting_amount = 500
        where customer_id in (select customer_id from identity.customer_record where source_record_id = 'r2')
    """)
    yield hotel
    take_away(hotel.con)


def test_doubts_come_with_evidence_the_most_revenue_first(valued: Hotel) -> None:
    found = review(valued.con)
    names = ("doubt_code", "revenue_at_stake_amount", "source_record_id_1", "source_record_id_2", "refused_reason")
    assert [tuple(row[name] for name in names) for row in found] == [
        ("refused", Decimal(100), "r1", "r2", "birth_date"),  # the son's 500 and the father's 100: the smaller moves
        ("weak", Decimal(100), "r3", "r4", None),
    ]
    assert (found[0]["agrees"], found[0]["differs"]) == ("first name, last name, e-mail", "birth date")
    assert found[1]["agrees"] == "first name, last name, postal code"
    assert found[1]["customer_id_1"] == found[1]["customer_id_2"]


def test_a_decided_pair_is_not_asked_again(valued: Hotel) -> None:
    add_steward_link(valued.settings, StewardLink("r1", "r2", "cannot_link"), "father and son", "tester", "2026-11-20")
    valued.night(PEOPLE)
    assert [row["doubt_code"] for row in review(valued.con)] == ["weak"]


def test_the_limit_keeps_the_most_valuable(valued: Hotel) -> None:
    assert [row["doubt_code"] for row in review(valued.con, limit=1)] == ["refused"]


def test_two_customers_whom_a_guard_and_a_cut_keep_apart_are_asked_about_once(hotel: Hotel) -> None:
    number = {"loyalty_number": "L-77120034"}
    hotel.night([*PEOPLE[:1], PEOPLE[1] | number, person("r6", first_name="Karl", **HOME, **number)])
    give_worth(hotel.con, 100)
    found = review(hotel.con)
    statuses = hotel.con.execute("select distinct edge_status from identity.match_edge order by 1").fetchall()
    take_away(hotel.con)
    assert statuses == [("cut",), ("kept",), ("refused",)]
    assert [(row["source_record_id_1"], row["link_count"]) for row in found] == [("r1", 2)]
