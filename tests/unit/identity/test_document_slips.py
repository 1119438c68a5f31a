"""Document numbers one slip apart: no contradiction, evidence for the model, and never the same document."""

from datetime import date, timedelta
from typing import Any

import pytest

from identity import resolve, train
from identity.match import current_model
from identity.match.waterfall import waterfalls
from tests.unit.identity.conftest import NIGHT, Hotel, person
from tests.unit.identity.match_world import world

CONTACT = {"email": "home@example.com", "phone": "+491712345678"}
PASSPORT, SWAPPED, SHORTER, OTHER = "C01X00T47", "C01X00T74", "C01X0T47", "F22P81K30"
ONE, APART = {frozenset({"r1", "r2"})}, {frozenset({"r1"}), frozenset({"r2"})}


def pair(second: dict[str, Any], **both: Any) -> list[dict[str, Any]]:
    first = {"first_name": "Anna", "last_name": "Huber", "document_hash": PASSPORT} | both
    return [person("r1", **first), person("r2", **first | second)]


@pytest.mark.parametrize(
    ("case", "second", "expected"),
    [
        ("two digits swapped", {"document_hash": SWAPPED}, ONE),
        ("a digit left out", {"document_hash": SHORTER}, ONE),
        ("another number", {"document_hash": OTHER}, APART),
        # Passports of a couple that were issued together stand one digit apart: first names keep them apart.
        ("a couple", {"document_hash": SWAPPED, "first_name": "Jan"}, APART),
        ("parent and child of one name", {"document_hash": SWAPPED, "birth_date": date(1981, 7, 9)}, APART),
    ],
)
def test_a_slip_in_the_number_is_no_contradiction(
    hotel: Hotel, case: str, second: dict[str, Any], expected: set[frozenset[str]]
) -> None:
    hotel.know_numbers([PASSPORT, SWAPPED, SHORTER, OTHER])
    born = {"birth_date": date(1950, 5, 1)} if "birth_date" in second else {}
    assert hotel.night(pair(second, **CONTACT, **born)).clusters() == expected, case


def test_in_numbers_of_older_files_no_slip_is_seen(hotel: Hotel) -> None:
    """Their neighbourhoods are unknown: another number is another person, until the number is delivered again."""
    people = pair({"document_hash": SWAPPED}, **CONTACT)
    assert hotel.night(people).clusters() == APART

    hotel.know_numbers([PASSPORT])
    assert hotel.night(people, NIGHT + timedelta(days=1)).clusters() == APART

    hotel.know_numbers([SWAPPED])
    assert hotel.night(people, NIGHT + timedelta(days=2)).clusters() == ONE


def test_no_rule_takes_a_slip_for_the_document(hotel: Hotel) -> None:
    hotel.know_numbers([PASSPORT, SWAPPED])
    assert hotel.night(pair({})).clusters() == ONE
    assert hotel.night(pair({"document_hash": SWAPPED}), NIGHT + timedelta(days=1)).clusters() == APART


def numbered() -> list[dict[str, Any]]:
    """The world with document numbers; every third guest's second form has two digits swapped."""
    people = []
    for row in world(7):
        who, visit = str(row["source_record_id"])[1:].split("x")
        number = f"{int(who) * 97_931 + 12_345_678:08d}"
        if visit == "1" and int(who) % 3 == 0:
            number = f"{number[:3]}{number[4]}{number[3]}{number[5:]}"
        people.append(row | {"document_hash": number if row["document_hash"] else None})
    return people


def test_the_model_learns_what_a_slip_says(hotel: Hotel) -> None:
    people = numbered()
    hotel.know_numbers({row["document_hash"] for row in people if row["document_hash"]} | {PASSPORT, SWAPPED, OTHER})
    hotel.put(people)
    train(hotel.con, hotel.settings, NIGHT)
    model = current_model(hotel.settings) or pytest.fail("no model")
    born = {"birth_date": date(1980, 3, 4), "city": "City 3", "postal_code": "12345"}
    asked = [
        person("r1", "Rosa Quillfeather", document_hash=PASSPORT, **born),
        person("r2", "Rosy Quilfeater", document_hash=SWAPPED, **born | {"birth_date": None}),
        person("r3", "Rosy Quilfeater", document_hash=OTHER),
    ]
    assert hotel.night(asked).clusters() == {frozenset({"r1", "r2"}), frozenset({"r3"})}

    found = waterfalls(hotel.con, hotel.settings, model, [("r1", "r2"), ("r1", "r3")])
    bits = {level: bits for one in found for name, level, bits in one["steps"] if name == "document"}
    assert bits["one slip apart"] > 5
    assert bits["different"] < 0


def test_nights_with_slips_equal_a_run_from_nothing(hotel: Hotel) -> None:
    """Also where numbers of older files become known by and by."""
    people = numbered()
    numbers = sorted({row["document_hash"] for row in people if row["document_hash"]})
    hotel.know_numbers(numbers)
    hotel.put(people)
    train(hotel.con, hotel.settings, NIGHT)

    hotel.con.execute("drop table staging.stg_document")
    hotel.know_numbers(numbers[::2])
    hotel.night(people[: len(people) - 200])
    hotel.know_numbers(numbers[1::2])
    hotel.night(people, NIGHT + timedelta(days=1))
    lived = hotel.tables()

    resolve(hotel.con, hotel.settings, NIGHT + timedelta(days=1), is_full=True)
    assert hotel.tables() == lived
