"""What of a document number tells that another one is one slip away, and what it gives away."""

import json

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guestbook.lake import document_file
from guestbook.lake_views import mark_staged, register_pending
from guestbook.privacy import keyed_hash
from guestbook.warehouse import warehouse
from ingest.sql.hashes import LONGEST_NUMBER, NEIGHBOUR_PREFIX, SHORTEST_NUMBER, neighbour_hashes
from tests.unit.ingest.conftest import Stage, csv_text, reservation

KEY, OTHER_KEY = b"1" * 32, b"2" * 32
NUMBER = st.text("AB12", min_size=SHORTEST_NUMBER, max_size=SHORTEST_NUMBER + 2)


def hashes(number: str, key: bytes = KEY) -> list[int]:
    found = duckdb.execute(f"select {neighbour_hashes('number', key)} from (select ? as number)", [number]).fetchone()
    assert found is not None
    return list(found[0])


def slips(number: str) -> set[str]:
    """All that one substitution, insertion, deletion or swap of neighbours makes of a number, over four characters."""
    cut = [(number[:at], number[at:]) for at in range(len(number) + 1)]
    swapped = {a[:-1] + b[0] + a[-1] + b[1:] for a, b in cut if a and b}
    changed = {a + c + b[1:] for a, b in cut for c in "AB12" if b}
    return {a + b[1:] for a, b in cut if b} | {a + c + b for a, b in cut for c in "AB12"} | changed | swapped


def moved(number: str) -> set[str]:
    """All that it becomes when one character stands elsewhere."""
    rest = [(number[:at] + number[at + 1 :], number[at]) for at in range(len(number))]
    return {left[:to] + character + left[to:] for left, character in rest for to in range(len(left) + 1)}


@settings(max_examples=40, deadline=None)
@given(NUMBER, st.data())
def test_a_slip_shares_a_hash(number: str, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from(sorted(slips(number) | moved(number))))
    assert set(hashes(number)) & set(hashes(other)), other


@settings(max_examples=40, deadline=None)
@given(NUMBER, NUMBER)
def test_what_shares_a_hash_is_one_slip_away(number: str, other: str) -> None:
    is_near = other in slips(number) | moved(number) or number in slips(other) | moved(other)
    assert bool(set(hashes(number)) & set(hashes(other))) == is_near


def test_hashes_are_keyed_cut_short_and_tell_no_place() -> None:
    number = "AB1234567"
    left_out = {number[:at] + number[at + 1 :] for at in range(len(number) + 1)}
    assert hashes(number) == sorted(int(keyed_hash(KEY, NEIGHBOUR_PREFIX + one)[:8], 16) for one in left_out)
    assert not set(hashes(number)) & set(hashes(number, OTHER_KEY))
    assert int(keyed_hash(KEY, number)[:8], 16) not in hashes(number)
    assert len(hashes("112233")) == len({"12233", "11233", "11223", "112233"})


def neighbourhoods(stage: Stage) -> dict[str, list[int]]:
    """Of every file of the lake: document_hash and neighbour_hashes."""
    folder = document_file(stage.settings, "reservations", "").parent
    rows = [row for path in sorted(folder.glob("*.parquet")) for row in pq.read_table(path).to_pylist()]
    return {row["document_hash"]: row["neighbour_hashes"] for row in rows}


def test_a_file_brings_one_neighbourhood_per_number(stage: Stage) -> None:
    numbers = ["AB-123456", "ab 123456", "AB123465", "", "123", "x" * (LONGEST_NUMBER + 1), "bad row 77"]
    rows = [reservation(reservation_id=f"R{at}", guest_document_number=one) for at, one in enumerate(numbers)]
    rows[-1]["arrival_date"] = "soon"
    stage.deliver("a.csv", csv_text(rows))
    stage.run()

    key = stage.settings.installation_key
    assert neighbourhoods(stage) == {keyed_hash(key, one): hashes(one, key) for one in ("AB123456", "AB123465")}
    assert {row["guest_document_number"] for row in stage.rows()} >= set(neighbourhoods(stage))
    assert "AB123456" not in json.dumps([stage.rows(), stage.quarantined()], default=str)


@pytest.mark.parametrize("number", ["", "12345"])
def test_without_a_number_there_is_no_file(stage: Stage, number: str) -> None:
    stage.deliver("a.csv", csv_text([reservation(guest_document_number=number)]))
    stage.run()
    assert len(stage.rows()) == 1
    assert not document_file(stage.settings, "reservations", "").parent.exists()


def test_the_warehouse_sees_neighbourhoods_of_pending_files_and_none_of_older_ones(stage: Stage) -> None:
    """A file that was loaded before there were any has rows and no neighbourhoods."""
    for at, number in enumerate(("AB123456", "CD123456")):
        row = reservation(reservation_id=f"R{at}", guest_document_number=number)
        stage.deliver(f"{at}.csv", csv_text([row]))
    older, newer = (entry["sha256"] for entry in stage.run())
    document_file(stage.settings, "reservations", older).unlink()
    with warehouse(stage.settings) as con:
        register_pending(con, stage.settings)
        assert con.execute("select count(*) from lake.reservations").fetchall() == [(2,)]
        expected = list(neighbourhoods(stage).items())
        assert con.execute("select document_hash, neighbour_hashes from lake.document").fetchall() == expected
        assert document_file(stage.settings, "reservations", newer).exists()
        mark_staged(con)
        register_pending(con, stage.settings)
        assert con.execute("select * from lake.document").fetchall() == []
