"""Who becomes a customer (CONTRACTS.md)."""

import pytest

from tests.unit.identity.conftest import Hotel, person

CALLER = {"role": "caller", "record_kind": "interaction"}
PAYER = {"role": "payer", "record_kind": "pos_check"}


@pytest.mark.parametrize(
    ("case", "record", "reason", "is_customer"),
    [
        ("a guest without anything", person("x1"), "guest", True),
        (
            "a booker with e-mail",
            person("x1", role="booker", full_name="Anna Huber", email="a@example.com"),
            "contact",
            True,
        ),
        ("a booker with a name only", person("x1", role="booker", full_name="Anna Huber"), "no_identifier", False),
        (
            "a booker at a role mailbox",
            person("x1", role="booker", full_name="Anna Huber", email="info@example.com"),
            "shared_contact",
            False,
        ),
        (
            "an agency as booker",
            person("x1", role="booker", full_name="Sunny Travel Ltd", email="desk@sunny.example"),
            "organisation",
            False,
        ),
        ("a caller with phone", person("x1", **CALLER, phone="+491712345678"), "contact", True),
        ("a caller with a placeholder", person("x1", **CALLER, phone="000000000"), "no_identifier", False),
        (
            "a caller with an unknown confirmation number",
            person("x1", **CALLER, confirmation_number="C9"),
            "no_identifier",
            False,
        ),
        ("a payer with loyalty number", person("x1", **PAYER, loyalty_number="7"), "loyalty_number", True),
        ("a payer with card token", person("x1", **PAYER, card_token="t"), "card_token", True),
        ("a payer with a name only", person("x1", **PAYER, full_name="Huber"), "no_identifier", False),
    ],
)
def test_verdict(hotel: Hotel, case: str, record: dict[str, object], reason: str, is_customer: bool) -> None:
    hotel.night([record])

    assert hotel.rows("select customer_reason, is_customer from identity.person_normalised") == [
        (reason, is_customer)
    ], case
    assert len(hotel.clusters()) == int(is_customer)


def test_a_known_confirmation_number_makes_a_customer(hotel: Hotel) -> None:
    """Another name than the guest's: an assistant calls. The call is a customer of its own, not the guest."""
    hotel.night(
        [
            person("r1", first_name="Bob", last_name="Boss", confirmation_number="C9"),
            person("c1", **CALLER, full_name="Anna Assistant", confirmation_number="C9"),
        ]
    )

    assert hotel.clusters() == {frozenset({"r1"}), frozenset({"c1"})}


def test_records_without_identity_stay_apart(hotel: Hotel) -> None:
    """Equal rows of a file without names are different bookings."""
    hotel.night([person(f"r{at}", country_code="PT") for at in range(50)])

    assert len(hotel.clusters()) == 50


def test_a_record_that_is_no_customer_goes_with_one_it_is_linked_to(hotel: Hotel) -> None:
    people = [
        person("r1", reference_id="A", first_name="Anna", last_name="Huber"),
        person("b1", role="booker", reference_id="A", full_name="Anna Huber", email="info@huber.example"),
    ]

    assert hotel.night(people).clusters() == {frozenset({"r1", "b1"})}


def test_no_records_give_empty_tables(hotel: Hotel) -> None:
    assert [name for name, rows in hotel.night([]).tables().items() if rows] == [
        "given_name"
    ]  # a list of names, no data
