"""Which birth dates are ones: each row is a date as delivered and whether it is compared."""

from datetime import date, timedelta

from tests.unit.identity.conftest import NIGHT, Hotel, person

DELIVERED = [
    (date(1957, 3, 16), True),
    (date(1788, 1, 22), True),  # a register of people long dead
    (date(1900, 1, 1), False),
    (NIGHT + timedelta(days=1), False),
]


def test_birth_dates(hotel: Hotel) -> None:
    hotel.night([person(f"r{at}", "Ida Moss", birth_date=born) for at, (born, _) in enumerate(DELIVERED)])

    found = hotel.rows("select birth_date from identity.person_normalised order by source_record_id")
    assert [born for (born,) in found] == [born if is_compared else None for born, is_compared in DELIVERED]
