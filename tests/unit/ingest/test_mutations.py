"""Damaged files: no crash, counts balance, and every row is accepted, set aside as a repeat, or in quarantine.

Each case is one seed: a valid file of some feed and format, canonical or of a vendor with a mapping, and a few things
done to it. GUESTBOOK_MUTATIONS=2000 runs more of them.
"""

import gzip
import io
import json
import os
import random
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guestbook.contracts import FEEDS, contract
from ingest.errors import FileRefused
from ingest.loading import Job, Loaded, load_file
from ingest.mapping import Mapping, read_mapping
from ingest.sql.properties import Properties

CASES = int(os.environ.get("GUESTBOOK_MUTATIONS", "96"))
BATCHES = 12
KEY = b"k" * 32
JUNK = (b"\0", b"\xff\xfe", b'"', b"\n", b"\r", b",,,", b"{", b"\xe4\xb8", "王".encode(), b"'; drop table x; --")
WORDS = ("", "NaN", "-1", "1e400", "2026-13-45", "[]", "{}", "true", "a\nb", '"', "9" * 40, "\u202e", "Infinity", " ")


def valid_rows(feed: str, dice: random.Random) -> list[dict[str, Any]]:
    """A few good rows of a feed."""
    rows, share_filled = [], dice.choice([0.1, 0.1, 0.5])
    named = [column for column in contract(feed).columns if column.required or dice.random() < share_filled]
    for number in range(dice.randint(1, 12)):
        made = {
            "string": f"T{number}",
            "int": "1",
            "decimal": f"{number}.50",
            "date": "2026-11-20",
            "ts": "2026-11-20T10:00:00Z",
            "bool": "true",
            "json": '[{"date":"2026-11-20"}]',
        }
        row = {}
        for column in named:
            if column.required or dice.random() < 0.8:
                value = column.allowed[0] if column.allowed else made[column.type]
                row[column.name] = "EUR" if column.pattern else value
            else:
                row[column.name] = ""
        rows.append(row | {"guest_document_number": "P1234567"} if feed == "reservations" else row)
    return rows


def written(rows: list[dict[str, Any]], file_format: str, is_mapped: bool, dice: random.Random) -> bytes:
    """The rows as a file; a vendor's JSON has them below a key."""
    if file_format == "json":
        return json.dumps({"at": 1, "data": rows} if is_mapped else rows, ensure_ascii=False).encode()
    if file_format == "jsonl":
        return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    if file_format == "parquet":
        sink = io.BytesIO()
        pq.write_table(pa.Table.from_pylist([{k: str(v) for k, v in row.items()} for row in rows]), sink)
        return sink.getvalue()
    delimiter = dice.choice(",,,;\t|")
    lines = [delimiter.join(rows[0])]
    lines += [delimiter.join('"' + str(value).replace('"', '""') + '"' for value in row.values()) for row in rows]
    return "\n".join(lines).encode() + b"\n"


def bad_values(rows: list[dict[str, Any]], dice: random.Random) -> list[dict[str, Any]]:
    for _ in range(dice.randint(1, 5)):
        row = dice.choice(rows)
        row[dice.choice(list(row))] = dice.choice(WORDS)
    return rows


def other_types(rows: list[dict[str, Any]], dice: random.Random) -> list[dict[str, Any]]:
    row = dice.choice(rows)
    row[dice.choice(list(row))] = dice.choice([None, 1.5, [1, {"a": None}], {"x": "y"}, True, 10**30])
    return rows


def dropped_column(rows: list[dict[str, Any]], dice: random.Random) -> list[dict[str, Any]]:
    name = dice.choice(list(rows[0]))
    return [{key: value for key, value in row.items() if key != name} for row in rows]


def new_column(rows: list[dict[str, Any]], dice: random.Random) -> list[dict[str, Any]]:
    return [{**row, dice.choice(["_rejected", "a b", "STATUS", ""]): dice.choice(WORDS)} for row in rows[:1]] + rows[1:]


def repeated(rows: list[dict[str, Any]], dice: random.Random) -> list[dict[str, Any]]:
    return [*rows, dict(dice.choice(rows))]


def flipped(content: bytes, dice: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(dice.randint(1, 4)):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content))]


def hole(content: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(content))
    return content[:start] + content[start + dice.randint(1, 60) :]


def junk(content: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(content))
    return content[:start] + dice.choice(JUNK) + content[start:]


def line_lost_its_end(content: bytes, dice: random.Random) -> bytes:
    lines = content.split(b"\n")
    place = dice.randrange(len(lines))
    lines[place] = lines[place][: dice.randint(0, len(lines[place]))]
    return b"\n".join(lines)


def other_encoding(content: bytes, dice: random.Random) -> bytes:
    try:
        return content.decode().encode(dice.choice(["utf-16", "gb18030", "utf-16-le", "utf-8-sig", "utf-32"]))
    except UnicodeDecodeError:
        return content


def packed(content: bytes, dice: random.Random) -> bytes:
    return gzip.compress(content, mtime=0)


def cut_gzip(content: bytes, dice: random.Random) -> bytes:
    packed = gzip.compress(content, mtime=0)
    return packed[: dice.randint(2, len(packed))]


ROW_CHANGES: tuple[Callable[..., Any], ...] = (bad_values, other_types, dropped_column, new_column, repeated)
BYTE_CHANGES: tuple[Callable[..., Any], ...] = (
    flipped,
    cut,
    hole,
    junk,
    line_lost_its_end,
    other_encoding,
    packed,
    cut_gzip,
)


@cache
def mapping(feed: str, file_format: str) -> Mapping:
    """A vendor that names every canonical column `x` and its name, and puts rows of JSON below `data`."""
    columns = {column.name: f"x {column.name}" for column in contract(feed).columns}
    spec = {"columns": columns} | ({"rows": "data[*]"} if file_format == "json" else {})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mapping.yml"
        path.write_text(json.dumps({"vendor": "acme", "feeds": {feed: spec}}))
        return read_mapping(path)


def damaged(seed: int) -> tuple[str, str, Mapping | None, bytes]:
    """(feed, file name, mapping, content) of a case."""
    dice = random.Random(seed)
    feed, file_format = FEEDS[seed % 3], dice.choice(["csv", "csv", "jsonl", "jsonl", "json", "parquet"])
    is_mapped = dice.random() < 0.35
    rows = valid_rows(feed, dice)
    if is_mapped:
        rows = [{f"X {name}": value for name, value in row.items()} for row in rows]
    for change in dice.choices(ROW_CHANGES, k=dice.randint(0, 2)):
        rows = change(rows, dice)
    if file_format in ("csv", "parquet"):
        names = list(dict.fromkeys(name for row in rows for name in row))
        rows = [{name: row.get(name, "") for name in names} for row in rows]
    content = written(rows, file_format, is_mapped, dice)
    for change in dice.choices(BYTE_CHANGES, k=dice.randint(0, 2)):
        content = change(content, dice) or b"x"
    return feed, f"a.{file_format}", mapping(feed, file_format) if is_mapped else None, content


def check(feed: str, accepted: Path, quarantine: Path, loaded: Loaded) -> None:
    """What CONTRACTS.md says of counts and bad values holds for a file that was not refused."""
    assert loaded.rows_read == loaded.rows_loaded + loaded.rows_duplicate + loaded.rows_quarantined
    rows = pq.read_table(accepted).to_pylist()
    refused = pq.read_table(quarantine).to_pylist() if quarantine.exists() else []
    assert (len(rows), len(refused)) == (loaded.rows_loaded, loaded.rows_quarantined)
    numbers = [row["row_number"] for row in rows + refused]
    assert len(set(numbers)) == len(numbers)
    assert all(1 <= number <= loaded.rows_read for number in numbers)
    spec = contract(feed)
    rejected: dict[str, int] = {}
    for row in rows:
        assert all(row[name] is not None for name in (*spec.required, "row_hash"))
        for rule in spec.rules:
            assert row[rule.smaller] <= row[rule.greater]
        for value in json.loads(row["extra"] or "{}").get("_rejected", []):
            assert set(value) == {"column", "raw", "reason"}
            rejected[value["column"]] = rejected.get(value["column"], 0) + 1
    assert rejected == loaded.rejected_counts
    assert all(json.loads(row["reasons"]) for row in refused)


def outcome(seed: int, folder: Path) -> str:
    """What became of a case: `loaded`, or how the refusal begins."""
    feed, name, found, content = damaged(seed)
    delivered = folder / name
    delivered.parent.mkdir()
    delivered.write_bytes(content)
    job = Job(feed, found.vendor if found else "canonical", delivered, name, found, Properties({}, {}), KEY)
    accepted, quarantine = folder / "accepted.parquet", folder / "quarantine.parquet"
    try:
        loaded = load_file(job, folder, accepted, quarantine)
    except FileRefused as refusal:
        assert not accepted.exists()
        return str(refusal)[:20]
    check(feed, accepted, quarantine, loaded)
    return "loaded"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_damage_breaks_the_count(tmp_path: Path, batch: int):
    statuses, failures = [], {}
    for seed in range(batch, CASES, BATCHES):
        try:
            statuses.append(outcome(seed, tmp_path / str(seed)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong is told with its seed
            failures[seed] = f"{type(error).__name__}: {str(error)[:200]}"
    assert failures == {}
    assert "loaded" in statuses
