"""Postal codes as people, scanners and countries write them: each row is what is compared."""

from tests.unit.identity.conftest import Hotel, person

WRITTEN = [
    ("PL", "O0-097", "PL-00097"),
    ("PL", "00-097", "PL-00097"),
    ("DE", "8033l", "DE-80331"),
    ("DE", "D-80331", "DE-80331"),
    ("SE", "S-111 22", "SE-11122"),
    ("DE", "SOB12", "DE-SOB12"),
    ("NL", "1234 SB", "NL-1234SB"),
    ("GB", "B1 1BB", "GB-B11BB"),
    ("CA", "S0L 1B0", "CA-S0L1B0"),
    (None, "1234 SB", "?-1234SB"),
    ("PT", None, None),
]


def test_postal_codes(hotel: Hotel) -> None:
    hotel.night([person(f"r{at}", country_code=row[0], postal_code=row[1]) for at, row in enumerate(WRITTEN)])

    found = hotel.rows(
        "select postal_code_key from identity.person_normalised order by cast(source_record_id[2:] as int)"
    )
    assert [key for (key,) in found] == [row[2] for row in WRITTEN]
