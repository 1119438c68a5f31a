"""Nested JSON of any size: a file is read in pieces, a long document is split, and the rows are those of the whole."""

import io
import json
from datetime import date
from typing import Any

import pytest

from ingest import documents, explode, jsontext, shapes
from ingest.documents import Lists, pieces
from ingest.jsontext import BrokenJson, JsonText
from tests.unit.ingest.conftest import Stage, reservation
from tests.unit.ingest.mapped import load, reservations_of, write_mapping

MAPPING = reservations_of("special_requests: $.house", feed_keys="rows: [data.bookings, data.history]")
PAGE = {
    "house": 'first [ } " \\ of all',
    "data": {
        "bookings": [
            reservation(reservation_id=f"R{n}", note={"text": "x" * 50 + "\n]}", "list": [1, 2]}) for n in range(40)
        ],
        "total": 40,
    },
    "behind": {"more": [1, 2]},
}
IDS = [f"R{n}" for n in range(40)]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that small files go beyond."""
    monkeypatch.setattr(documents, "PIECE", 900)
    monkeypatch.setattr(documents, "PART", 700)
    monkeypatch.setattr(documents, "LONG", 1000)
    monkeypatch.setattr(documents, "LONGEST", 2000)
    monkeypatch.setattr(jsontext, "BLOCK", 64)
    monkeypatch.setattr(shapes, "ROWS", 3)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["reservation_id"] for row in rows]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("document.json", json.dumps(PAGE, indent=1)),
        ("array.json", json.dumps([PAGE])),
        ("line.jsonl", json.dumps(PAGE) + "\n"),
        ("behind.json", json.dumps({**PAGE, "data": {"bookings": []}}) + json.dumps(PAGE)),
    ],
)
def test_a_long_document_gives_the_rows_of_the_whole(stage: Stage, tiny: None, name: str, text: str):
    rows = load(stage, "acme", MAPPING, text, name=name)
    assert ids(rows) == IDS
    assert {row["special_requests"] for row in rows} == {PAGE["house"]}
    assert json.loads(rows[7]["extra"])["$.behind"] == {"more": [1, 2]}


def test_rows_are_the_same_whether_a_document_is_split_or_not(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    whole = load(stage, "acme", MAPPING, json.dumps(PAGE, indent=1), name="a.json")
    monkeypatch.setattr(documents, "LONG", 1000)
    monkeypatch.setattr(documents, "PART", 700)
    monkeypatch.setattr(jsontext, "BLOCK", 64)
    stage.deliver("b.json", json.dumps(PAGE, indent=2), vendor="acme", folder="2026-11-21")
    stage.run(night=date(2026, 11, 21))
    hashes = [row["row_hash"] for row in whole]
    assert len(set(hashes)) == 40
    assert [row["row_hash"] for row in sorted(stage.rows(), key=lambda row: row["row_number"])] == [
        found for found in hashes for _ in range(2)
    ]


def test_a_document_is_read_once_for_all_pieces(stage: Stage, tiny: None, monkeypatch: pytest.MonkeyPatch):
    seen: list[int] = []
    real = explode.pieces
    monkeypatch.setattr(explode, "pieces", lambda *a: (seen.append(len(piece)) or piece for piece in real(*a)))
    lines = "".join(json.dumps({"data": {"bookings": [row]}}) + "\n" for row in PAGE["data"]["bookings"])
    assert ids(load(stage, "acme", MAPPING, lines, name="a.jsonl")) == IDS
    assert len(seen) > 10
    assert sum(seen) == 40


def test_the_shape_of_late_rows_counts(stage: Stage, tiny: None):
    mapping = reservations_of("guest_email: guest.mail\nguest_city: guest.home.city")
    guests: list[Any] = [{}, None, {}, {}, {"mail": "a@example.com"}, {}, "none", {"home": {"city": "Graz"}}]
    lines = "".join(json.dumps(reservation(reservation_id=f"R{n}", guest=g)) + "\n" for n, g in enumerate(guests))
    rows = load(stage, "acme", mapping, lines, name="a.jsonl")
    assert [row["guest_email"] for row in rows] == [None] * 4 + ["a@example.com"] + [None] * 3
    assert [row["guest_city"] for row in rows][-1] == "Graz"


BOOKINGS = PAGE["data"]["bookings"]


@pytest.mark.parametrize(
    ("rows", "data", "expected"),
    [
        ("[data.bookings, data.history]", {"history": BOOKINGS[:30], "bookings": BOOKINGS[9:]}, IDS[9:]),
        ("[data.bookings, data.history]", {"history": BOOKINGS[:30], "bookings": []}, []),
        ("[data.bookings, data.history]", {"history": BOOKINGS[:30], "bookings": None}, IDS[:30]),
        ("'data.{bookings,history}[*]'", {"history": BOOKINGS[:30], "bookings": BOOKINGS[30:]}, IDS[30:] + IDS[:30]),
        ("'data.{bookings,history}[*]'", {"history": BOOKINGS[0], "bookings": BOOKINGS[1:]}, IDS[1:] + IDS[:1]),
    ],
)
@pytest.mark.parametrize("longest", [1000, 10**6])
def test_several_long_lists_in_one_document(
    stage: Stage, tiny: None, monkeypatch: pytest.MonkeyPatch, longest: int, rows: str, data: Any, expected: list[str]
):
    monkeypatch.setattr(documents, "LONG", longest)
    mapping = reservations_of("", feed_keys=f"rows: {rows}")
    assert ids(load(stage, "acme", mapping, json.dumps({"data": data}, indent=1), name="a.json")) == expected


def test_a_document_that_can_not_be_split_is_refused_plainly(stage: Stage, tiny: None):
    write_mapping(stage, "acme", reservations_of("special_requests: house"))
    stage.deliver("a.json", json.dumps({**reservation(), "house": "x" * 3000}, indent=1), vendor="acme")
    report = stage.run()[-1]
    assert report["load_status"] == "refused"
    assert "name the list of rows" in report["status_reason"]


def test_a_cut_off_document_is_refused(stage: Stage, tiny: None):
    write_mapping(stage, "acme", MAPPING)
    stage.deliver("a.json", json.dumps(PAGE, indent=1)[:-20], vendor="acme")
    assert "JSON" in stage.run()[-1]["status_reason"]


def test_only_the_row_with_a_nul_in_a_key_is_quarantined(stage: Stage):
    rows = [
        reservation(reservation_id="R1"),
        {**reservation(reservation_id="R2"), "no\0te": 1},
        reservation(reservation_id="R3"),
    ]
    write_mapping(stage, "acme", MAPPING)
    stage.deliver("a.json", json.dumps({"data": {"bookings": rows}}), vendor="acme")
    stage.deliver("b.jsonl", "\n".join(json.dumps(row) for row in rows))
    stage.run()
    assert sorted(ids(stage.rows())) == ["R1", "R1", "R3", "R3"]
    assert [row["reasons"] for row in stage.quarantined()] == [["a key holds a NUL"]] * 2


@pytest.mark.parametrize("block", [1, 3, 1000])
@pytest.mark.parametrize("value", ['{"a": "\\"]}", "b": [1, {}]}', '"te\\\\"', "-1.50e3", "null", "[]", '{"a": NaN,}'])
def test_a_value_is_found_whatever_the_blocks(monkeypatch: pytest.MonkeyPatch, block: int, value: str):
    monkeypatch.setattr(jsontext, "BLOCK", block)
    source = JsonText(io.StringIO(f" {value} \n, 7"))
    assert source.value() == value
    source.take(",")
    assert (source.value(), source.peek()) == ("7", "")


@pytest.mark.parametrize("text", ["", "]", '{"a": 1', '"open', '{"a": "}', ","])
def test_what_is_no_value_is_told(text: str):
    with pytest.raises(BrokenJson):
        JsonText(io.StringIO(text)).value()


def test_a_long_value_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jsontext, "BLOCK", 10)
    source = JsonText(io.StringIO('["' + "x" * 100 + '"]'))
    assert source.value(20) is None
    assert len(source.value() or "") == 104


def test_lines_that_are_too_long_are_refused(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(documents, "MAX_LINE", 10)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\r\n\n{"a": 123456}\n')
    found = pieces(path, "lines", Lists([], may_split=False), tmp_path)
    with pytest.raises(documents.FileRefused, match="a line of more than"):
        list(found)
