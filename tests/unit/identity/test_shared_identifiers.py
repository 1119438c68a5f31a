"""Identifiers that belong to nobody: found from the data, or listed."""

from datetime import date, timedelta

from identity import resolve
from tests.unit.identity.conftest import NIGHT, Hotel, person

FAMILIES = ["Huber", "Koch", "Novak", "Rossi", "Silva", "Jensen"]


def agency(email: str, families: list[str]) -> list[dict[str, object]]:
    """One guest of each family behind one e-mail; given names of one letter, so only the e-mail could link them."""
    return [person(f"r{at}", first_name="A", last_name=family, email=email) for at, family in enumerate(families)]


def test_an_email_under_many_families_is_shared(hotel: Hotel) -> None:
    hotel.night(agency("desk@agency.example", FAMILIES))

    found = hotel.rows("select * exclude (full_name_count, top_last_name_share) from identity.shared_identifier")
    assert found == [("email", "desk@agency.example", "many_names", 6, 6, 5)]
    assert hotel.rows("select distinct is_email_shared from identity.person_normalised") == [(True,)]


def test_a_family_is_not_an_agency(hotel: Hotel) -> None:
    hotel.night(agency("home@example.com", ["Huber", "Huber", "Huber-Koch", "Koch", "Huber"]))

    assert hotel.rows("select * from identity.shared_identifier") == []


def test_links_that_rested_on_a_shared_identifier_are_undone(hotel: Hotel) -> None:
    """Linked by initial and e-mail; the next night shows the e-mail to be an agency's, and they come apart again."""
    couple = [
        person("r8", first_name="Anna", last_name="Huber", email="desk@agency.example"),
        person("r9", first_name="A", last_name="Huber", email="desk@agency.example"),
    ]
    assert hotel.night(couple, is_committed=True).clusters() == {frozenset({"r8", "r9"})}

    hotel.night([*couple, *agency("desk@agency.example", ["Novak", "Rossi", "Silva", "Jensen", "Koch"])])

    assert {frozenset({"r8"}), frozenset({"r9"})} <= hotel.clusters()


def test_an_agencys_phone_is_shared_however_it_is_written(hotel: Hotel) -> None:
    """Without its country, or with that of the guest in front; also where it was known before it became shared."""
    phone = {"first_name": "A", "phone": "+351911269328"}
    written = [
        person("g7", "Anna Huber", phone="911269328"),
        person("g8", "Jan Koch", phone="911269328", country_code="DE"),
        person("g9", "Eva Silva", phone="+351911269329"),
    ]
    shared = "select source_record_id, phone_number from identity.person_normalised where is_phone_shared order by 1"
    assert hotel.night(written).rows(shared) == []

    everybody = [*written, *(person(f"r{at}", last_name=family, **phone) for at, family in enumerate(FAMILIES))]
    found = hotel.night(everybody, NIGHT + timedelta(days=1)).rows(shared)
    assert found[:2] == [("g7", "911269328"), ("g8", "+49911269328")]
    assert found[2:] == [(f"r{at}", "+351911269328") for at in range(len(FAMILIES))]
    lived = hotel.tables()
    resolve(hotel.con, hotel.settings, NIGHT + timedelta(days=1), is_full=True)
    assert hotel.tables() == lived


def test_one_name_behind_one_agency_is_one_person(hotel: Hotel) -> None:
    regulars = [person(f"g{at}", first_name="Anna", last_name="Huber", email="desk@agency.example") for at in (7, 8)]

    assert frozenset({"g7", "g8"}) in hotel.night([*regulars, *agency("desk@agency.example", FAMILIES)]).clusters()


def test_relays_and_role_mailboxes_have_no_power(hotel: Hotel) -> None:
    people = [
        person("r1", first_name="Anna", last_name="Huber", email="a.1@guest.booking.com"),
        person("r2", first_name="A", last_name="Huber", email="a.1@guest.booking.com"),
        person("r3", first_name="Jan", last_name="Koch", email="info@koch.example"),
        person("r4", first_name="J", last_name="Koch", email="info@koch.example"),
    ]

    assert hotel.night(people).clusters() == {
        frozenset({"r1"}),
        frozenset({"r2"}),
        frozenset({"r3"}),
        frozenset({"r4"}),
    }
    assert hotel.rows("select identifier_value, shared_reason from identity.shared_identifier order by 1") == [
        ("a.1@guest.booking.com", "relay_domain"),
        ("info@koch.example", "role_mailbox"),
    ]


def profile(names: list[str | None]) -> list[dict[str, object]]:
    """One reservation for each name, all on one profile of the property's system."""
    return [person(f"r{at}", name, guest_profile_id="999") for at, name in enumerate(names)]


def shared_profiles(hotel: Hotel) -> list[tuple[str, str, int]]:
    """Reason and records of shared guest profiles."""
    found = "select identifier_value, shared_reason, record_count from identity.shared_identifier"
    return hotel.rows(f"{found} where identifier_type = 'guest_profile'")


def test_a_profile_of_three_strangers_is_shared(hotel: Hotel) -> None:
    hotel.night(profile(["Anna Huber", "Jan Novak", "Rosa Silva"]))

    assert shared_profiles(hotel) == [("pms|LIS|999", "many_names", 3)]


def test_a_profile_of_one_person_with_changed_names_or_of_a_family_is_not(hotel: Hotel) -> None:
    """A married name, a typo and a name turned round; then three of one family."""
    hotel.night(profile(["Anna Huber", "Anna Kowalski", "Ana Kowalsky", "Huber Anna"]))
    assert shared_profiles(hotel) == []

    hotel.night(profile(["Anna Huber", "Jan Huber", "Max Huber-Koch"]))
    assert shared_profiles(hotel) == []


def test_a_profile_of_placeholders_is_shared_and_a_blanked_one_is_not(hotel: Hotel) -> None:
    hotel.night(profile(["TBA TBA", "Group Guest", "Unknown Guest", "Anna Huber"]))
    assert shared_profiles(hotel) == [("pms|LIS|999", "placeholder", 4)]

    hotel.night(profile([None, None, None, "Anna Huber"]))
    assert shared_profiles(hotel) == []


def test_links_of_a_profile_are_undone_when_it_proves_a_dummy_and_incremental_equals_full(hotel: Hotel) -> None:
    couple = [
        person("r8", first_name="Anna", last_name="Huber", guest_profile_id="999"),
        person("r9", first_name="A", last_name="Huber", guest_profile_id="999"),
    ]
    assert hotel.night(couple).clusters() == {frozenset({"r8", "r9"})}

    hotel.night([*couple, *profile(["TBA TBA", "Group Guest", "Unknown Guest"])])

    assert {frozenset({"r8"}), frozenset({"r9"})} <= hotel.clusters()
    lived = hotel.tables()
    resolve(hotel.con, hotel.settings, NIGHT, is_full=True)
    assert hotel.tables() == lived


def test_nameless_records_meet_by_a_phone_and_not_by_a_confirmation_number(hotel: Hotel) -> None:
    caller = {"role": "caller", "record_kind": "interaction"}
    people = [
        person("r1", "TBA TBA", confirmation_number="C1"),
        person("c2", **caller, confirmation_number="C1", phone="+491712345678"),
        person("c3", **caller, phone="+491712345678"),
    ]

    assert hotel.night(people).clusters() == {frozenset({"r1"}), frozenset({"c2", "c3"})}


def crowd(birth_date: date, count: int = 12) -> list[dict[str, object]]:
    """People of different names under one birth date."""
    starts = "ABCDEFGHIJKLMNOP"
    return [
        person(f"c{at}", first_name=f"{starts[at]}nna", last_name=f"{starts[-at]}oval", birth_date=birth_date)
        for at in range(count)
    ]


def test_a_birth_date_of_far_too_many_is_a_filler(hotel: Hotel) -> None:
    """It parts nobody and is no evidence; a night that takes the crowd away gives it its meaning back."""
    one = {"email": "ida@mail.example", "first_name": "Ida", "last_name": "Moss"}
    ida = [
        person("r90", **one, birth_date=date(1980, 1, 1)),
        person("r91", **one, birth_date=date(1957, 3, 16)),
    ]
    assert hotel.night(ida).clusters() == {frozenset({"r90"}), frozenset({"r91"})}

    assert frozenset({"r90", "r91"}) in hotel.night([*ida, *crowd(date(1980, 1, 1))]).clusters()
    found = hotel.rows("select * exclude (top_last_name_share) from identity.shared_identifier")
    assert found == [("birth_date", "1980-01-01", "placeholder", 13, 13, 13, 10)]
    assert hotel.rows(
        "select source_record_id from identity.person_normalised where not is_birth_date_shared order by 1"
    ) == [("r91",)]

    assert {frozenset({"r90"}), frozenset({"r91"})} <= hotel.night([*ida, *crowd(date(1980, 1, 1), 6)]).clusters()


def test_a_filler_that_two_nights_make_is_the_one_that_a_run_from_nothing_finds(hotel: Hotel) -> None:
    people = crowd(date(1980, 1, 1))
    lived = hotel.night(people[:6]).night(people).tables()
    assert [row[:2] for row in lived["shared_identifier"]] == [("birth_date", "1980-01-01")]

    resolve(hotel.con, hotel.settings, NIGHT, is_full=True)

    assert hotel.tables() == lived


def test_a_birth_date_of_one_person_written_in_many_ways_is_no_filler(hotel: Hotel) -> None:
    """Many records of few people, however their names are misspelt at the end, make no filler."""
    copies = [
        person(f"r{at}", first_name="Ida", last_name=f"Moss{'xyzvw'[at % 5]}{at}", birth_date=date(1980, 1, 1))
        for at in range(30)
    ]

    hotel.night(copies)

    assert hotel.rows("select * from identity.shared_identifier") == []


def test_the_first_of_january_of_every_year_is_how_a_system_writes_years(hotel: Hotel) -> None:
    hotel.night([row | {"source_record_id": f"{row['source_record_id']}{year}"}
                 for year in range(1960, 1972) for row in crowd(date(year, 1, 1))])  # fmt: skip

    assert hotel.rows("select * from identity.shared_identifier") == []
