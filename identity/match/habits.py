"""How guests choose hotels, as a training learns it: shares, and how often one person and two relatives meet again."""

from typing import Any

import duckdb

from identity import sql
from identity.normalise import staged_columns

# As many stays of one person that fell like strangers', and as many pairs of relatives who stay where the other does,
# are thought of before any is seen: a register that knows few says nothing.
IMAGINED = 10
DIGITS = 4  # sums of a parallel query differ in the last digits


def learn_hotels(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """`shares` by property code, `same_person` and `same_family` (identity.hotels.HotelHabits), of the guests at hand.

    Needs the work tables matchable and profile. No guest with a day and a property: no shares.
    """
    con.execute(sql.guest_visit(staged_columns(con)))
    stays = {row["property_code"]: row["stay_count"] for row in sql.rows(con, "hotel_stays").to_pylist()}
    total = sum(stays.values())
    shares = {hotel: count / total for hotel, count in stays.items()}
    same_person = _shrunken(con, "hotels_of_one_person", sum(share * share for share in shares.values()))
    same_family = _shrunken(con, "hotels_of_relatives", same_person)
    sql.drop(con, "guest_visit")
    return {"shares": shares, "same_person": same_person, "same_family": same_family}


def _shrunken(con: duckdb.DuckDBPyConnection, name: str, expected: float) -> float:
    (found,) = sql.rows(con, name).to_pylist()
    share = (float(found["at_one_hotel"]) + IMAGINED * expected) / (float(found["counted"]) + IMAGINED)
    return round(share, DIGITS)
