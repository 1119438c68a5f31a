"""Which records become one customer: 2-5 people per case, exact clusters."""

from datetime import date

import pytest

from tests.unit.identity.conftest import Hotel, person

BORN = date(1970, 3, 12)
CALLER = {"role": "caller", "record_kind": "interaction"}
PAYER = {"role": "payer", "record_kind": "pos_check", "source_system": "pos"}


CASES: dict[str, tuple[list[dict[str, object]], set[frozenset[str]]]] = {
    "loyalty number": (
        [person("r1", "Anna Huber", loyalty_number="GB 123"), person("r2", "A. Huber", loyalty_number="gb123")],
        {frozenset({"r1", "r2"})},
    ),
    "document, married name": (
        [person("r1", "Anna Huber", document_hash="d1"), person("r2", "Anna Koch", document_hash="d1")],
        {frozenset({"r1", "r2"})},
    ),
    "document, its kind said in three ways or not at all": (
        [
            person("r1", "Anna Huber", document_hash="d1", document_type="passport"),
            person("r2", "Anna Koch", document_hash="d1"),
            person("r3", "Anna Huber", document_hash="d1", document_type="PP"),
            person("r4", "Anna Koch", document_hash="d1", document_type="type 7"),
        ],
        {frozenset({"r1", "r2", "r3", "r4"})},
    ),
    "same profile of one property": (
        [person("r1", "Anna Huber", guest_profile_id="7"), person("r2", "Anna Hubar", guest_profile_id="7")],
        {frozenset({"r1", "r2"})},
    ),
    "a profile for guests without a name": (
        [person("r1", "TBA TBA", guest_profile_id="9"), person("r2", guest_profile_id="9")],
        {frozenset({"r1"}), frozenset({"r2"})},
    ),
    "same profile id in another property is another profile": (
        [
            person("r1", "Anna Huber", guest_profile_id="7"),
            person("r2", "Anna Huber", guest_profile_id="7", property_code="OPO"),
        ],
        {frozenset({"r1"}), frozenset({"r2"})},
    ),
    "e-mail with nickname, umlaut, typo, swapped names": (
        [
            person("r1", "Robert Müller", email="rm@example.com"),
            person("r2", "Bob Mueller", email="RM@example.com"),
            person("r3", "Robert Mulller", email="rm@example.com"),
            person("r4", "Muller Robert", email="rm@example.com"),
        ],
        {frozenset({"r1", "r2", "r3", "r4"})},
    ),
    "phone written in two ways": (
        [
            person("r1", "Anna Huber", phone="+49 171 2345678"),
            person("r2", "Anna Huber", phone="0171-2345678", country_code="DE"),
        ],
        {frozenset({"r1", "r2"})},
    ),
    "recycled phone": (
        [person("r1", "Anna Huber", phone="+491712345678"), person("r2", "Jan Kowalski", phone="+491712345678")],
        {frozenset({"r1"}), frozenset({"r2"})},
    ),
    "name and birth date": (
        [person("r1", "Anna Huber", birth_date=BORN), person("r2", "Anna Huber", birth_date=BORN)],
        {frozenset({"r1", "r2"})},
    ),
    "namesakes": (
        [person("r1", "Anna Huber"), person("r2", "Anna Huber")],
        {frozenset({"r1"}), frozenset({"r2"})},
    ),
    "Han and Latin name behind one phone": (
        [person("r1", native_name="张伟", phone="+8613800138001"), person("r2", "Wei Zhang", phone="+8613800138001")],
        {frozenset({"r1", "r2"})},
    ),
    "two Han names with one reading": (
        [
            person("r1", native_name="张伟", phone="+8613800138001"),
            person("r2", native_name="章威", phone="+8613800138001"),
        ],
        {frozenset({"r1"}), frozenset({"r2"})},
    ),
    "married name behind one e-mail": (
        [
            person("r1", "Anna Huber", email="anna@example.com", birth_date=BORN),
            person("r2", "Anna Koch", email="anna@example.com", birth_date=BORN),
        ],
        {frozenset({"r1", "r2"})},
    ),
    "an initial joins the one person it can be": (
        [person("r1", "John Smith", email="s@example.com"), person("r2", "J Smith", email="s@example.com")],
        {frozenset({"r1", "r2"})},
    ),
    "an initial that can be two people joins neither": (
        [
            person("r1", "John Smith", email="s@example.com"),
            person("r2", "Jane Smith", email="s@example.com"),
            person("r3", "J Smith", email="s@example.com"),
        ],
        {frozenset({"r1"}), frozenset({"r2"}), frozenset({"r3"})},
    ),
    "booker is the guest": (
        [
            person("r1", "Anna Huber", reference_id="A"),
            person("b1", role="booker", reference_id="A", full_name="Anna Huber", email="anna@example.com"),
            person("r2", "Anna Huber", email="anna@example.com"),
        ],
        {frozenset({"r1", "b1", "r2"})},
    ),
    "an assistant books": (
        [
            person("r1", "Bob Boss", reference_id="A"),
            person("b1", role="booker", reference_id="A", full_name="Anna Assistant", email="anna@example.com"),
        ],
        {frozenset({"r1"}), frozenset({"b1"})},
    ),
    "caller who knows the confirmation number": (
        [
            person("r1", "Anna Huber", confirmation_number="C-77"),
            person("c1", **CALLER, full_name="Anna Huber", confirmation_number="c77"),
        ],
        {frozenset({"r1", "c1"})},
    ),
    "a phone alone ties a caller to the one person who has it": (
        [person("r1", "Anna Huber", phone="+491712345678"), person("c1", **CALLER, phone="+491712345678")],
        {frozenset({"r1", "c1"})},
    ),
    "a phone whose country is unknown": (
        [
            person("r1", "Anna Huber", phone="+491712345678"),
            person("c1", **CALLER, full_name="Anna Huber", phone="0171 2345678"),
        ],
        {frozenset({"r1", "c1"})},
    ),
    "a phone alone ties nobody when two have it": (
        [
            person("r1", "Anna Huber", phone="+491712345678"),
            person("r2", "Jan Huber", phone="+491712345678"),
            person("c1", **CALLER, phone="+491712345678"),
        ],
        {frozenset({"r1"}), frozenset({"r2"}), frozenset({"c1"})},
    ),
    "a card learned from a room charge": (
        [
            person("r1", "Anna Huber", reference_id="A"),
            person("p1", **PAYER, full_name="HUBER", card_token="t1", reservation_id="A"),
            person("p2", **PAYER, card_token="t1"),
        ],
        {frozenset({"r1", "p1", "p2"})},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_case(hotel: Hotel, case: str) -> None:
    people, expected = CASES[case]

    assert hotel.night(people).clusters() == expected


VERSIONS: dict[str, tuple[list[dict[str, object]], set[frozenset[str]]]] = {
    "a placeholder becomes the real guest": (
        [person("v1", "TBA TBA", reference_id="A"), person("v2", "Anna Huber", reference_id="A", delivery_sequence=2)],
        {frozenset({"v1", "v2"})},
    ),
    "the guest is swapped": (
        [person("v1", "Jan Huber", reference_id="A"), person("v2", "Anna Koch", reference_id="A", delivery_sequence=2)],
        {frozenset({"v1"}), frozenset({"v2"})},
    ),
    "a missing field is filled in": (
        [
            person("v1", "Anna Huber", reference_id="A"),
            person("v2", "Anna Huber", reference_id="A", email="a@example.com", delivery_sequence=2),
        ],
        {frozenset({"v1", "v2"})},
    ),
    "fields are blanked": (
        [
            person("v1", "Anna Huber", reference_id="A", email="a@example.com"),
            person("v2", reference_id="A", country_code="PT", delivery_sequence=2),
        ],
        {frozenset({"v1", "v2"})},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", VERSIONS)
def test_versions_of_one_reservation(hotel: Hotel, case: str) -> None:
    people, expected = VERSIONS[case]

    assert hotel.night(people).clusters() == expected


def test_filling_in_keeps_the_id(hotel: Hotel) -> None:
    first, second = VERSIONS["a missing field is filled in"][0]
    before = hotel.night([first]).rows("select distinct customer_id from identity.customer_record")

    assert (
        hotel.night([first, second], date(2026, 11, 21)).rows(
            "select distinct customer_id from identity.customer_record"
        )
        == before
    )


def test_every_link_says_why(hotel: Hotel) -> None:
    hotel.night(CASES["booker is the guest"][0])

    assert hotel.rows("select source_record_id, match_rule from identity.customer_record order by 1") == [
        ("b1", "booker_is_guest"),
        ("r1", "anchor"),  # same row as b1: the guest comes before the booker
        ("r2", "booker_is_guest"),  # says what b1 says
    ]
