"""Random hotels and random later events: cancellations, moves, other amounts, voids, late and out-of-order versions.

A world is told by a seed and carries its name in its keys, so that many worlds, each as known on several nights, lie
side by side in one warehouse and one build makes the features of all. Who is whom is the customer map, the same for all
nights: people turn out to be one at random.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from guestbook import dbt_runner

WORLDS = 60
NIGHTS = (date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 9))  # the first one loads the history
PAST = (date(2025, 12, 1), date(2026, 2, 10))
PEOPLE = 5
KEYS = {
    "staging.stg_reservation_version": ("core.fct_reservation", "reservation_id", 12),
    "staging.stg_pos_line_version": ("core.fct_pos_check", "pos_check_id", 5),
    "staging.stg_interaction_version": ("core.fct_interaction", "interaction_id", 5),
}
Row = dict[str, Any]
Features = dict[tuple[str, date, str, str], Row]  # by night of knowledge, cut-off, world, customer


def _reservation(rng: random.Random, changed: date) -> Row:
    arrival = changed + timedelta(days=rng.randrange(-20, 40))
    departure = arrival + timedelta(days=rng.randrange(0, 4))
    booked = min(arrival, changed) - timedelta(days=rng.randrange(0, 60))
    status = rng.choice(("reserved", "reserved", "in_house", "checked_out", "checked_out", "cancelled", "no_show"))
    dated = {"cancelled": changed, "reserved": booked, "checked_out": departure}.get(status, changed)
    return {
        "property_code": "P",
        "booked_at": f"{booked} 12:00:00+00",
        "status": status,
        "arrival_date": arrival,
        "departure_date": departure,
        "room_count": rng.randrange(1, 3),
        "currency_code": "EUR",
        "room_revenue_amount": rng.randrange(50, 500),
        "channel_code": rng.choice(("direct_web", "ota")),
        "purpose_code": rng.choice(("business", "leisure")),
        "guest_country_code": rng.choice(("DE", "FR", None)),
        "loyalty_number": rng.choice(("L1", "L2", None)),
        "consent_email": rng.choice((True, False, None)),
        "confirmation_number": rng.choice(("x", "y", None)),
        "dated": dated,
    }


def _line(rng: random.Random, changed: date) -> Row:
    business = changed - timedelta(days=rng.randrange(0, 5))
    return {
        "property_code": "P",
        "line_number": rng.randrange(1, 3),
        "business_date": business,
        "currency_code": "EUR",
        "net_amount": rng.randrange(5, 90),
        "item_category": rng.choice(("food", "spa", "tip")),
        "is_void": rng.random() < 0.2,
        "check_status": rng.choice(("closed", "voided", "open")),
        "extra": rng.choice((None, '{"_whole_check":true}')),
        "dated": business,
    }


def _call(rng: random.Random, changed: date) -> Row:
    started = changed - timedelta(days=rng.randrange(0, 5))
    return {
        "started_at": f"{started} 10:00:00+00",
        "reason_code": rng.choice(("complaint", "enquiry")),
        "loyalty_number": rng.choice(("L2", None)),
        "consent_email": rng.choice((True, False, None)),
        "dated": started,
    }


MAKERS = dict(zip(KEYS, (_reservation, _line, _call), strict=True))


def _versions(rng: random.Random, table: str, key: str) -> Iterator[Row]:
    """What was ever told of one record: some versions with the first night, others late and in any order."""
    begun, hotel = NIGHTS[0] - timedelta(days=rng.randrange(0, 120)), rng.choice("PQ")
    for number in range(rng.randrange(1, 5)):
        night = rng.choice(NIGHTS)
        changed = min(begun + timedelta(days=rng.randrange(0, 60)), night)
        row = MAKERS[table](rng, changed)
        row |= {"property_code": hotel} if "property_code" in row else {}
        dated = min(row.pop("dated"), night)
        yield row | {
            "source_system": "o",
            KEYS[table][1]: key,
            "updated_at": f"{changed} {rng.randrange(2):02}:00:00+00",
            "row_hash": f"{rng.randrange(1000)}-{number}",
            "night_date": night,
            "is_history": night == NIGHTS[0],
            "known_on": dated if night == NIGHTS[0] else night,
        }


def _world(seed: int) -> Iterator[tuple[str, Row]]:
    """Rows by table of one world as known on each of the nights; who is whom as it turned out in the end."""
    rng = random.Random(seed)
    people = [f"c{rng.randrange(number + 1)}" for number in range(PEOPLE)]
    for table, (fact, name, count) in KEYS.items():
        for number in range(count):
            key, customer = f"{name}{number}", rng.choice(people)
            versions = list(_versions(rng, table, key))
            for known in NIGHTS:
                moment = f"{known}/{seed}/"
                rows = [row for row in versions if row["night_date"] <= known]
                for row in rows:
                    yield table, row | {name: moment + key}
                for row in rows[:1]:
                    place = {column: row[column] for column in ("source_system", "property_code") if column in row}
                    yield fact, place | {name: moment + key, "customer_id": moment + customer}


def _put(con: duckdb.DuckDBPyConnection, rows: list[tuple[str, Row]]) -> None:
    for table in {table for table, _ in rows}:
        con.register("new_rows", pa.Table.from_pylist([row for name, row in rows if name == table]))
        con.execute(f"insert into {table} by name select * from new_rows")
        con.unregister("new_rows")


@pytest.fixture(scope="module")
def features(empty_warehouse) -> Features:
    """Features of all worlds; the warehouse is left empty."""
    kept = empty_warehouse.settings.warehouse_file.read_bytes()
    with empty_warehouse.connect() as con:
        _put(con, [row for seed in range(WORLDS) for row in _world(seed)])
    variables = dbt_runner.night_variables(empty_warehouse.settings, NIGHTS[-1], [*PAST, *NIGHTS])
    dbt_runner.run_dbt(empty_warehouse.settings, ["run", "--select", "path:models/features"], variables)
    with empty_warehouse.connect(read_only=True) as con:
        rows = con.execute("select * from features.feat_customer").to_arrow_table().to_pylist()
    empty_warehouse.settings.warehouse_file.write_bytes(kept)
    return {(*_place(row.pop("customer_id")), row.pop("as_of_date")): row for row in rows}


def _place(customer_id: str) -> tuple[str, str, str]:
    night, seed, customer = customer_id.split("/")
    return night, seed, customer


@pytest.mark.parametrize(
    ("known", "as_of"),
    [*((NIGHTS[0], day) for day in PAST), *((night, night) for night in NIGHTS[:-1])],
    ids=str,
)
def test_nothing_that_came_later_changes_a_feature(features, known, as_of):
    """What a night would have built is what the last night builds of it."""
    then, now = (
        {place[1:3]: row for place, row in features.items() if place[0] == str(moment) and place[3] == as_of}
        for moment in (known, NIGHTS[-1])
    )
    assert len(then) > WORLDS
    differing = {
        place: {name: (then.get(place, {}).get(name), now.get(place, {}).get(name)) for name in row}
        for place, row in {**now, **then}.items()
        if then.get(place) != now.get(place)
    }
    shown = {p: {n: v for n, v in row.items() if v[0] != v[1]} for p, row in list(differing.items())[:5]}
    assert not differing, f"{len(differing)} of {len(then)}: {shown}"


def test_worlds_do_change(features):
    """Else the test above would say nothing."""
    first, last = (
        {place[1:3]: row for place, row in features.items() if place[0] == str(moment) and place[3] == NIGHTS[-1]}
        for moment in (NIGHTS[0], NIGHTS[-1])
    )
    assert sum(first.get(place) != row for place, row in last.items()) > len(last) / 2
