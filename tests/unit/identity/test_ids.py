"""Ids that last: merges, splits, repeats, a lost warehouse, a killed run."""

import hashlib
from collections.abc import Callable
from datetime import date

from identity import commit
from tests.unit.identity.conftest import Hotel, person

N1, N2, N3 = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)
ANNA = person("r1", first_name="Anna", last_name="Huber", email="a@example.com")
ANNA_TOO = person("r2", first_name="Anna", last_name="Huber", phone="+491712345678")
BRIDGE = person(
    "r3", first_name="Anna", last_name="Huber", email="a@example.com", phone="+491712345678", delivery_sequence=2
)
HISTORY = "select * from identity.customer_history"


def id_of(source_record_id: str) -> str:
    return hashlib.md5(f"customer|{source_record_id}".encode(), usedforsecurity=False).hexdigest()


def test_a_merge_keeps_the_older_id(hotel: Hotel) -> None:
    hotel.night([ANNA, ANNA_TOO], N1).night([ANNA, ANNA_TOO, BRIDGE], N2)

    assert sorted(hotel.rows(HISTORY)) == sorted(
        [
            (id_of("r1"), "active", id_of("r1"), N1, "first_seen", N1),
            (id_of("r2"), "merged", id_of("r1"), N2, "merged", N1),
        ]
    )
    assert hotel.rows("select source_record_id, valid_from from identity.customer_record order by 1") == [
        ("r1", N1),
        ("r2", N2),
        ("r3", N2),
    ]


def test_a_split_brings_the_id_back(hotel: Hotel) -> None:
    """The bridge turns out to be somebody else's (steward): the merged id is active again and says so."""
    hotel.night([ANNA, ANNA_TOO], N1).night([ANNA, ANNA_TOO, BRIDGE], N2).night([ANNA, ANNA_TOO], N3)

    assert (id_of("r2"), "active", id_of("r2"), N3, "reactivated", N1) in hotel.rows(HISTORY)


def test_a_part_split_off_takes_its_own_anchors_id(hotel: Hotel) -> None:
    hotel.night([ANNA, ANNA_TOO, BRIDGE], N1).night([ANNA, ANNA_TOO], N2)

    assert sorted(hotel.rows(HISTORY)) == sorted(
        [
            (id_of("r1"), "active", id_of("r1"), N1, "first_seen", N1),
            (id_of("r2"), "active", id_of("r2"), N2, "split_off", N2),
        ]
    )


def test_a_repeat_of_the_night_changes_nothing(hotel: Hotel) -> None:
    hotel.night([ANNA, ANNA_TOO], N1).night([ANNA, ANNA_TOO, BRIDGE], N2)
    before = hotel.tables()
    files = sorted(path.name for path in hotel.settings.lake.rglob("*.parquet"))

    hotel.night([ANNA, ANNA_TOO, BRIDGE], N2)

    assert hotel.tables() == before
    assert sorted(path.name for path in hotel.settings.lake.rglob("*.parquet")) == files


def test_a_second_delivery_in_the_night_adds_to_it(hotel: Hotel) -> None:
    hotel.night([ANNA], N1).night([ANNA, ANNA_TOO], N1).night([ANNA, ANNA_TOO, BRIDGE], N1)

    assert (id_of("r2"), "merged", id_of("r1"), N1, "merged", N1) in hotel.rows(HISTORY)


def test_a_rebuilt_warehouse_has_the_same_ids_and_dates(make_hotel: Callable[[str], Hotel]) -> None:
    lived = make_hotel("home").night([ANNA, ANNA_TOO], N1).night([ANNA, ANNA_TOO, BRIDGE], N2).tables()

    rebuilt = make_hotel("home").night([ANNA, ANNA_TOO, BRIDGE], N2).tables()

    assert rebuilt == lived


def test_a_night_that_was_not_committed_left_nothing(hotel: Hotel) -> None:
    hotel.night([ANNA, ANNA_TOO], N1).night([ANNA, ANNA_TOO, BRIDGE], N2, is_committed=False).night(
        [ANNA, ANNA_TOO], N3
    )

    assert sorted(hotel.rows(HISTORY)) == sorted(
        [(id_of(name), "active", id_of(name), N1, "first_seen", N1) for name in ("r1", "r2")]
    )


def test_a_run_killed_between_the_two_files_of_a_commit_changes_nothing(hotel: Hotel) -> None:
    hotel.night([ANNA, ANNA_TOO], N1).night([ANNA, ANNA_TOO, BRIDGE], N2)
    (hotel.settings.lake / "record" / "identity_record" / f"{N2}-001.parquet").unlink()

    hotel.night([ANNA, ANNA_TOO], N3)

    assert {row[1] for row in hotel.rows(HISTORY)} == {"active"}


def test_ids_follow_the_anchor_not_the_order_of_rows(hotel: Hotel) -> None:
    late = person("a0", first_name="Anna", last_name="Huber", email="a@example.com", delivery_sequence=9, row_number=0)

    hotel.night([late, ANNA])

    assert hotel.rows("select distinct customer_id from identity.customer_record") == [(id_of("r1"),)]


def test_nothing_new_means_nothing_to_commit(hotel: Hotel) -> None:
    hotel.night([ANNA], N1).night([ANNA], N2, is_committed=False)

    assert commit(hotel.con, hotel.settings, N2) == {"records_changed": 0, "ids_changed": 0}
