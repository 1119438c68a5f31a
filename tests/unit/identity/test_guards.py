"""What keeps two people apart who share contact data. Disputable rules are argued here once."""

from datetime import date

import pytest

from identity.reference import word_list
from tests.unit.identity.conftest import Hotel, Row, person

SHARED = {"email": "home@example.com", "phone": "+491712345678"}
APART = {frozenset({"r1"}), frozenset({"r2"})}
ONE = {frozenset({"r1", "r2"})}


def pair(first: dict[str, object], second: dict[str, object]) -> list[dict[str, object]]:
    return [
        person("r1", **{"last_name": "Huber", **SHARED, **first}),
        person("r2", **{"last_name": "Huber", **SHARED, **second}),
    ]


@pytest.mark.parametrize(
    ("case", "people", "expected"),
    [
        # A couple writes one e-mail for both: first names that disagree are two people, unless birth date and document
        # say otherwise.
        ("couple", pair({"first_name": "Anna"}, {"first_name": "Jan"}), APART),
        ("couple whose names look like a typo", pair({"first_name": "Daniel"}, {"first_name": "Daniela"}), APART),
        # An unusual spelling of one given name is a typo; a title that disagrees makes it two people again.
        ("typo", pair({"first_name": "Johannse"}, {"first_name": "Johannes"}), ONE),
        (
            "typo, other gender",
            pair({"first_name": "Danielx", "title": "Mr"}, {"first_name": "Daniel", "title": "Mrs"}),
            APART,
        ),
        # Parent and child of one name: generations differ by suffix or birth date.
        (
            "parent and child by birth date",
            pair(
                {"first_name": "Karl", "birth_date": date(1950, 5, 1)},
                {"first_name": "Karl", "birth_date": date(1981, 7, 9)},
            ),
            APART,
        ),
        (
            "parent and child by suffix",
            pair({"first_name": "Karl", "last_name": "Huber sen."}, {"first_name": "Karl", "last_name": "Huber jun."}),
            APART,
        ),
        # Twins share surname, birth date and home; only documents could tell that two first names are one person.
        (
            "twins",
            pair(
                {"first_name": "Anna", "birth_date": date(1990, 1, 2)},
                {"first_name": "Lena", "birth_date": date(1990, 1, 2)},
            ),
            APART,
        ),
        (
            "day and month swapped",
            pair(
                {"first_name": "Anna", "birth_date": date(1990, 3, 7)},
                {"first_name": "Anna", "birth_date": date(1990, 7, 3)},
            ),
            ONE,
        ),
        (
            "one digit wrong",
            pair(
                {"first_name": "Anna", "birth_date": date(1990, 3, 7)},
                {"first_name": "Anna", "birth_date": date(1991, 3, 7)},
            ),
            ONE,
        ),
        # Passports are renewed: another number is another person only while no birth date agrees.
        (
            "other document",
            pair({"first_name": "Anna", "document_hash": "d1"}, {"first_name": "Anna", "document_hash": "d2"}),
            APART,
        ),
        (
            "renewed document",
            pair(
                {"first_name": "Anna", "document_hash": "d1", "birth_date": date(1990, 3, 7)},
                {"first_name": "Anna", "document_hash": "d2", "birth_date": date(1990, 3, 7)},
            ),
            ONE,
        ),
        (
            "passport and identity card",
            pair(
                {"first_name": "Anna", "document_hash": "d1", "document_type": "passport"},
                {"first_name": "Anna", "document_hash": "d2", "document_type": "id_card"},
            ),
            ONE,
        ),
        (
            "two passports, as two systems write the kind",
            pair(
                {"first_name": "Anna", "document_hash": "d1", "document_type": "PP"},
                {"first_name": "Anna", "document_hash": "d2", "document_type": "Reisepass"},
            ),
            APART,
        ),
        (
            "passport and identity card, as a reader of machine-readable zones writes the kind",
            pair(
                {"first_name": "Anna", "document_hash": "d1", "document_type": "P"},
                {"first_name": "Anna", "document_hash": "d2", "document_type": "I"},
            ),
            ONE,
        ),
        (
            "two documents, of one the kind is unknown",
            pair(
                {"first_name": "Anna", "document_hash": "d1", "document_type": "passport"},
                {"first_name": "Anna", "document_hash": "d2", "document_type": "type 7"},
            ),
            APART,
        ),
        # Father and daughter of one name have other mothers' names; a birth date says that one person writes two.
        (
            "another second surname",
            pair(
                {"first_name": "Marta", "last_name": "Milla Pozo"}, {"first_name": "Marta", "last_name": "Milla Bravo"}
            ),
            APART,
        ),
        (
            "another second surname, one birth date",
            pair(
                {"first_name": "Marta", "last_name": "Milla Pozo", "birth_date": date(1980, 2, 3)},
                {"first_name": "Marta", "last_name": "Milla Bravo", "birth_date": date(1980, 2, 3)},
            ),
            ONE,
        ),
        (
            "a slip in the second surname",
            pair(
                {"first_name": "Marta", "last_name": "Milla Bravo"}, {"first_name": "Marta", "last_name": "Milla Brvao"}
            ),
            ONE,
        ),
        (
            "second surname left out",
            pair({"first_name": "Marta", "last_name": "Milla"}, {"first_name": "Marta", "last_name": "Milla Bravo"}),
            ONE,
        ),
        (
            "two loyalty numbers",
            pair({"first_name": "Anna", "loyalty_number": "7"}, {"first_name": "Anna", "loyalty_number": "8"}),
            APART,
        ),
        (
            "two loyalty numbers, one birth date",
            pair(
                {"first_name": "Anna", "loyalty_number": "7", "birth_date": date(1980, 2, 3)},
                {"first_name": "Anna", "loyalty_number": "8", "birth_date": date(1980, 2, 3)},
            ),
            ONE,
        ),
        (
            "spouse uses the loyalty number",
            pair({"first_name": "Anna", "loyalty_number": "7"}, {"first_name": "Jan", "loyalty_number": "7"}),
            APART,
        ),
    ],
)
def test_guard(hotel: Hotel, case: str, people: list[dict[str, object]], expected: set[frozenset[str]]) -> None:
    assert hotel.night(people).clusters() == expected, case


def test_every_listed_kind_of_document_is_known_as_it_is_listed(hotel: Hotel) -> None:
    listed = word_list("registry")["document_kinds"]
    spellings = [(spelling, kind) for kind, spellings in listed.items() for spelling in spellings]
    written = [
        ("Carte d'identité", "identity_card"),
        ("パスポート", "passport"),
        ("DRIVER'S LICENCE", "driving_licence"),
    ]
    people: list[Row] = [
        person(f"r{at}", f"Anna {spelling}", document_hash=f"d{at}", document_type=spelling)
        for at, (spelling, _) in enumerate(spellings + written)
    ]

    found = dict(hotel.night(people).rows("select document_key, document_kind from identity_state.profile"))

    expected = {f"d{at}": kind for at, (_, kind) in enumerate(spellings + written)}
    assert {key: kind for key, kind in found.items() if kind != expected[key]} == {}
    assert found.keys() == expected.keys()


def test_a_record_between_two_people_does_not_merge_them(hotel: Hotel) -> None:
    """Father, son, and a third record without birth date that shows the father's e-mail and the son's phone."""
    people = [
        person("r1", first_name="Karl", last_name="Huber", email="karl@example.com", birth_date=date(1950, 5, 1)),
        person("r2", first_name="Karl", last_name="Huber", phone="+491712345678", birth_date=date(1981, 7, 9)),
        person("r3", first_name="Karl", last_name="Huber", email="karl@example.com", phone="+491712345678"),
    ]

    assert hotel.night(people).clusters() == {frozenset({"r1"}), frozenset({"r2"}), frozenset({"r3"})}
    assert hotel.rows("select edge_status, count(*) from identity.match_edge group by 1 order by 1") == [("cut", 2)]


def test_refused_links_are_kept_with_their_reason(hotel: Hotel) -> None:
    hotel.night(
        pair({"first_name": "Karl", "last_name": "Huber sen."}, {"first_name": "Karl", "last_name": "Huber jun."})
    )

    assert hotel.rows("select edge_status, refused_reason from identity.match_edge") == [("refused", "suffix")]
