"""Health figures without truth: hand-made customers with known flaws, and records that move between nights."""

from datetime import date, timedelta

import pytest

from identity import measure_health
from tests.unit.identity.conftest import NIGHT, Hotel, person

FACTS = """
create or replace table core.fct_pos_check (pos_check_id varchar, payment_method_code varchar, customer_id varchar);
insert into core.fct_pos_check values ('1', 'room_charge', 'c1'), ('2', 'room_charge', null), ('3', 'card', null),
    ('4', 'card', 'c2');
create or replace table core.fct_interaction (
    interaction_id varchar, customer_phone varchar, customer_email varchar, loyalty_number varchar,
    confirmation_number varchar, customer_id varchar
);
insert into core.fct_interaction values ('1', '+49', null, null, null, 'c1'), ('2', null, null, null, null, null)
"""
ANNA = {"first_name": "Anna", "last_name": "Huber", "email": "a@example.com"}


@pytest.fixture
def facts(hotel: Hotel):
    hotel.con.execute(FACTS)
    yield hotel
    hotel.con.execute("drop table core.fct_pos_check; drop table core.fct_interaction")


def test_a_first_night_has_no_changes_to_measure(facts: Hotel) -> None:
    near = {"birth_date": date(1990, 3, 7)}, {"birth_date": date(1991, 3, 7)}
    people = [person("r1", **ANNA, **near[0]), person("r2", **ANNA, **near[1]), person("r3", first_name="Jan")]
    facts.night(people, is_committed=False)
    found = measure_health(facts.con, facts.settings, NIGHT)
    assert found == {
        "customer_many_birth_dates_share": 0.5,
        "customer_many_first_names_share": 0,
        "customer_single_record_share": 0.5,
        "largest_customer_record_count": 2,
        "record_new_count": 3,
        "largest_customer_record_share": pytest.approx(2 / 3),
        "pos_check_attributed_share": 0.5,
        "room_charge_attributed_share": 0.5,
        "interaction_attributed_share": 0.5,
        "interaction_identified_attributed_share": 1,
    }


def test_records_that_change_customer_are_counted_whenever_it_is_asked(facts: Hotel) -> None:
    """The fourth record ties two customers of the night before: the younger one's record changes its customer."""
    before = [person("r1", **ANNA), person("r2", first_name="Anna", last_name="Huber", loyalty_number="7")]
    facts.night(before)
    next_night = NIGHT + timedelta(days=1)
    bridge = person("r9", **ANNA, loyalty_number="7", delivery_sequence=2, night_date=next_night)
    facts.night([*before, bridge], next_night, is_committed=False)
    first = measure_health(facts.con, facts.settings, next_night)
    assert (first["record_changed_customer_share"], first["customer_merged_share"]) == (0.5, 0.5)
    facts.night([*before, bridge], next_night)
    assert measure_health(facts.con, facts.settings, next_night) == first
    detail = (
        "select count(*), count(distinct metric_name) from ops.identity_health where night_date = date '2026-11-21'"
    )
    assert facts.rows(detail) == [(14, 14)]


def test_nothing_delivered_is_no_error(facts: Hotel) -> None:
    facts.con.execute("delete from core.fct_pos_check; delete from core.fct_interaction")
    facts.night([], is_committed=False)
    assert measure_health(facts.con, facts.settings, NIGHT) == {}
