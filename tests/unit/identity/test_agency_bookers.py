"""Agencies and companies that book are nobody: no customer, and nothing links to them."""

from typing import Any

from identity import resolve
from tests.unit.identity.conftest import NIGHT, Hotel, Row, person


def booker(source_record_id: str, reference_id: str, full_name: str, **fields: Any) -> dict[str, Any]:
    """Who booked a reservation."""
    return person(source_record_id, role="booker", reference_id=reference_id, full_name=full_name, **fields)


AGENCY: dict[str, Any] = {"email": "desk@orient.example", "phone": "+34911234567"}
GUESTS: list[Row] = [
    person("r1", "Anna Huber", reference_id="A", confirmation_number="C1", travel_agent_name="Orient Express, S.L."),
    booker("b1", "A", "ORIENT EXPRESS", **AGENCY, confirmation_number="C1"),
    person("c1", role="caller", record_kind="interaction", confirmation_number="C1"),
    person("r2", "Jan Novak", reference_id="B", confirmation_number="C2"),
    booker("b2", "B", "Orient Express S. L.", **AGENCY, confirmation_number="C2"),
]


def reasons(hotel: Hotel) -> list[tuple[str, str]]:
    """Why each booker is a customer or not."""
    found = "select source_record_id, customer_reason from identity.person_normalised"
    return hotel.rows(f"{found} where role = 'booker' order by 1")


def test_an_agency_of_the_feed_is_nobody_and_a_caller_goes_to_the_guest(hotel: Hotel) -> None:
    """Its name stands as a travel agent on one reservation; it booked another one, too."""
    hotel.night(GUESTS)

    assert hotel.clusters() == {frozenset({"r1", "c1"}), frozenset({"r2"})}
    assert reasons(hotel) == [("b1", "organisation"), ("b2", "organisation")]
    assert hotel.rows("select * from identity.match_edge where 'b1' in (source_record_id_1, source_record_id_2)") == []


def test_a_company_of_its_guests_name_is_the_guest(hotel: Hotel) -> None:
    people: list[Row] = [
        person("r1", "Anna Huber", reference_id="A", company_name="Anna Huber"),
        booker("b1", "A", "Anna Huber", email="anna@example.com"),
    ]

    assert hotel.night(people).clusters() == {frozenset({"r1", "b1"})}


def test_a_booker_who_proves_an_agency_loses_its_links_and_incremental_equals_full(hotel: Hotel) -> None:
    """The first night knows no agent of that name; the second one does, on one reservation; then it is gone."""
    unknown: list[Row] = [dict(row) | {"travel_agent_name": None} for row in GUESTS]
    assert reasons(hotel.night(unknown)) == [("b1", "contact"), ("b2", "contact")]

    for people in (GUESTS, unknown):
        lived = hotel.night(people).tables()
        resolve(hotel.con, hotel.settings, NIGHT, is_full=True)
        assert hotel.tables() == lived
