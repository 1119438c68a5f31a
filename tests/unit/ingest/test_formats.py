"""The same rows in every format, encoding and dialect are the same rows."""

import codecs
import gzip
import json

import duckdb
import pytest

from tests.unit.ingest.conftest import Stage, csv_text, reservation

ROWS = [
    reservation(guest_last_name="Müller", guest_city="São Paulo", room_revenue_amount="12.50"),
    reservation(reservation_id="R2", guest_last_name="Smith", guest_city="Rome", room_revenue_amount=""),
]
CHINESE = [
    reservation(guest_native_name="王小明", guest_city="北京市"),
    reservation(reservation_id="R2", guest_native_name="李娜", guest_city="上海市"),
]
TEXT = csv_text(ROWS)


def hashes(stage: Stage) -> list[str]:
    return [row["row_hash"] for row in stage.rows()]


@pytest.fixture
def expected(stage: Stage) -> list[str]:
    """Row hashes of ROWS as plain UTF-8 CSV (the file is taken away again)."""
    stage.deliver("plain.csv", TEXT)
    stage.run()
    found = hashes(stage)
    for path in (stage.settings.lake / "accepted" / "reservations").glob("*.parquet"):
        path.unlink()
    assert len(set(found)) == 2
    return found


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv.gz", gzip.compress(TEXT.encode())),
        ("a.jsonl", "\n".join(json.dumps(row) for row in ROWS)),
        ("a.jsonl.gz", gzip.compress("\n".join(json.dumps(row) for row in ROWS).encode())),
        ("a.json", json.dumps(ROWS, indent=2)),
        ("bom.csv", codecs.BOM_UTF8 + TEXT.encode()),
        ("utf16.csv", TEXT.encode("utf-16")),
        ("utf16_without_mark.csv", TEXT.encode("utf-16-le")),
        ("latin.csv", TEXT.encode("latin-1")),
        ("semicolon.csv", TEXT.replace(",", ";")),
        ("tab.csv", TEXT.replace(",", "\t")),
        ("pipe.csv", TEXT.replace(",", "|")),
        ("crlf.csv", TEXT.replace("\n", "\r\n")),
        ("cr.csv", TEXT.replace("\n", "\r")),
        ("mixed.csv", TEXT.replace("\n", "\r\n", 1)),
        ("no_last_end.csv", TEXT.rstrip("\n")),
        ("blank_lines.csv", TEXT.replace("\n", "\n\n")),
        ("nul.csv", TEXT.replace("Smith", "Smi\0th")),
        ("upper.csv", TEXT.replace("reservation_id", " RESERVATION ID ").replace("status", "Status")),
        ("blanks.csv", TEXT.replace("Smith", "  Smith\t").replace("Rome", "\u00a0Rome\u3000")),
        ("quoted.csv", "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in TEXT.splitlines())),
    ],
)
def test_same_rows_however_they_are_written(stage: Stage, expected: list[str], name: str, content: bytes | str):
    stage.deliver(name, content)
    assert stage.run()[-1]["rows_loaded"] == 2
    assert hashes(stage) == expected


def test_parquet_with_types(stage: Stage, expected: list[str], tmp_path):
    stage.deliver("keep.txt.tmp", "")
    target = tmp_path / "landing/reservations/canonical/2026-11-20/a.parquet"
    source = tmp_path / "rows.csv"
    source.write_text(TEXT)
    duckdb.execute(f"copy (select * from read_csv('{source}')) to '{target}'")
    assert stage.run()[-1]["rows_loaded"] == 2
    assert hashes(stage) == expected


def test_gb18030_is_found(stage: Stage):
    stage.deliver("a.csv", csv_text(CHINESE).encode("gb18030"))
    report = stage.run()[-1]
    assert (report["encoding"], report["rows_loaded"]) == ("gb18030", 2)
    assert [row["guest_native_name"] for row in stage.rows()] == ["王小明", "李娜"]


def test_columns_in_another_order_give_the_same_rows(stage: Stage, expected: list[str]):
    stage.deliver("a.csv", csv_text([dict(reversed(row.items())) for row in ROWS]))
    stage.run()
    assert hashes(stage) == expected


def test_a_nested_list_in_json(stage: Stage):
    nights = [{"date": "2026-12-01", "room_amount": 10.5}]
    stage.deliver("a.jsonl", json.dumps(reservation(nightly_amounts=nights)))
    stage.run()
    assert json.loads(stage.rows()[0]["nightly_amounts"]) == nights


def test_times_with_offset_are_utc(stage: Stage):
    stage.deliver("a.csv", csv_text([reservation(updated_at="2026-11-20T10:00:00+02:00")]))
    stage.run()
    assert stage.rows()[0]["updated_at"].isoformat() == "2026-11-20T08:00:00+00:00"


def test_writing_a_file_twice_gives_the_same_bytes(stage: Stage):
    rows = [
        reservation(reservation_id=f"R{n % 90000}", guest_last_name=f"N{n}", note=str(n % 7)) for n in range(100_000)
    ]
    stage.deliver("a.csv", csv_text(rows))
    stage.run()
    (path,) = (stage.settings.lake / "accepted" / "reservations").glob("*.parquet")
    first = path.read_bytes()
    assert all(row["guest_last_name"] == f"N{row['row_number'] - 1}" for row in stage.rows())
    for ledger in (stage.settings.lake / "record" / "load_report").glob("*"):
        ledger.unlink()
    path.unlink()
    stage.run()
    assert path.read_bytes() == first
