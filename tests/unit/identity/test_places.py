"""Addresses and cities in any letters: each row is what is compared."""

from tests.unit.identity.conftest import Hotel, person

WRITTEN = [
    ("Straße der Einheit 5", "Łódź", "5 der einheit strasse", "lodz"),
    ("Strasse der Einheit 5", "LODZ", "5 der einheit strasse", "lodz"),
    ("ул. Мира, 5", "Москва", "5 mira", "moskva"),
    ("建国路8号", "北京", "8 hao jianguolu", "beijing"),
    ("12 Rue de l’Église", "Saint-Étienne", "12 eglise rue", "saintetienne"),
    (None, None, None, None),
]


def test_places(hotel: Hotel) -> None:
    hotel.night([person(f"r{at}", address=row[0], city=row[1]) for at, row in enumerate(WRITTEN)])

    found = hotel.rows(
        "select address_key, city_key from identity.person_normalised order by cast(source_record_id[2:] as int)"
    )
    assert found == [row[2:] for row in WRITTEN]
