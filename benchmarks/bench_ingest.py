"""Ingest against its floor: DuckDB alone reads the same file with all columns as text and writes it as Parquet.

python -m benchmarks.bench_ingest [rows] [word ...]: one line per file whose name holds every word, then the memory of
files of 2 GB (word `memory`: only those). Files are canonical, about 1% of their rows dirty (values that can't be read,
rows that break a rule, repeats). Each measurement is a process of its own; wall and processor seconds are medians.
Bars: CSV 2.5x, JSON Lines 4x, peak memory 1.5 GB.
"""

import hashlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from duckdb import SQLExpression

import ingest
from guestbook.contracts import FEEDS, Column, contract
from guestbook.settings import Settings

NIGHT = date(2026, 11, 20)
ROWS = 1_000_000
REPEATS = 3
BARS = {"csv": 2.5, "jsonl": 4.0}
MEMORY_BAR_GB = 1.5
#: Rows of reservations that make 2 GB.
LARGE_ROWS = {"csv": 3_500_000, "jsonl": 1_000_000}
COPY = {
    "csv": "copy made to (getvariable('path')) (format csv, header)",
    "jsonl": "copy made to (getvariable('path')) (format json)",
}
WORDS = {
    "special_requests": "'high floor; quiet room'",
    "summary_text": "'asked about the booking and changed its dates'",
    "guest_address": "(1 + i % 90) || ' Station Road'",
    "accompanying_guests": """'[{"first_name":"Ada","last_name":"N' || i % 900 || '"}]'""",
    "nightly_amounts": """'[{"date":"2026-01-01","room_amount":' || (90 + i % 60) || '.50}]'""",
}


def column_sql(column: Column) -> str:
    """SQL of a made-up value for row number `i`, nulls in the columns that real exports leave blank."""
    key = int(hashlib.md5(column.name.encode()).hexdigest()[:6], 16)
    dice = f"(hash(i, {key}) % 1000)::integer"
    made = {
        "string": f"'{column.name[:3].upper()}' || ({dice} * 7919 + i % 40)",
        "int": f"({dice} % 4 + 1)::varchar",
        "decimal": f"({dice} * 1.37)::decimal(18,2)::varchar",
        "date": f"(date '2024-01-01' + ({dice} % 700))::varchar",
        "ts": f"strftime(timestamp '2024-01-01' + to_seconds(i * 37 + {dice}), '%Y-%m-%dT%H:%M:%SZ')",
        "bool": f"({dice} % 2 = 0)::varchar",
        "json": "null",
    }[column.type]
    made = WORDS.get(column.name, made)
    if column.allowed:
        made = f"[{', '.join(repr(text) for text in column.allowed)}][1 + {dice} % {len(column.allowed)}]"
    elif column.pattern:
        codes = "['EUR','GBP','USD']" if column.name == "currency_code" else "['DE','GB','US']"
        made = f"{codes}[1 + {dice} % 3]"
    elif column.name.endswith("_email") and column.type == "string":
        made = f"'guest' || {dice} * 991 || '@example.com'"
    elif column.name in ("business_date", "started_at"):
        made = f"case when i % 150 = 7 then 'unknown' else {made} end"
    elif column.name == "departure_date":
        made = "(date '2026-01-01' + (i % 9)::integer)::varchar"
    elif column.name == "arrival_date":
        made = "case when i % 300 = 7 then '2027-02-30' when i % 900 = 8 then '2029-01-01' else '2025-12-30' end"
    elif column.name.endswith("_id") and column.name in ("reservation_id", "pos_check_id", "interaction_id"):
        made = f"'{column.name[:3].upper()}' || lpad(i::varchar, 9, '0')"
    if column.required:
        return made
    if column.type in ("int", "decimal"):
        return f"case when {dice} % 331 = 7 then 'n/a' when {dice} % 10 < 6 then {made} end"
    return f"case when {dice} % 10 < 6 then {made} end"


def make_file(feed: str, file_format: str, rows: int, path: Path) -> None:
    """A canonical file; every 500th row repeats the one before, and one column is named by no contract."""
    con = duckdb.connect(config={"memory_limit": "1GB", "threads": 2})
    numbers = con.sql("select k - (k % 500 = 0)::integer as i from range(1, $rows + 1) t(k)", params={"rows": rows})
    made = [SQLExpression(column_sql(column)).alias(column.name) for column in contract(feed).columns]
    numbers.select(*made, SQLExpression("'v' || i % 5").alias("colour")).create_view("made")
    con.execute("set variable path = ?", [str(path)])
    con.execute(COPY[file_format])


def floor(path: Path, feed: str, home: Path) -> dict[str, Any]:
    """DuckDB alone: the file as text, to Parquet."""
    con = duckdb.connect(config={"memory_limit": "900MB", "threads": 2})
    names = dict.fromkeys([*contract(feed).column_names, "colour"], "VARCHAR")
    start = time.perf_counter()
    source = (
        con.read_csv(str(path), all_varchar=True)
        if path.suffix == ".csv"
        else con.read_json(str(path), format="newline_delimited", columns=names)
    )
    source.write_parquet(str(home / "floor.parquet"))
    return {"seconds": time.perf_counter() - start}


def ours(path: Path, feed: str, home: Path) -> dict[str, Any]:
    """The stage: discover, load, commit, over a landing area that holds this one file."""
    folder = home / "landing" / feed / "canonical" / NIGHT.isoformat()
    folder.mkdir(parents=True)
    (folder / path.name).hardlink_to(path)
    settings = Settings.load({}, home=home)
    start = time.perf_counter()
    for batch in ingest.discover(settings, feed, NIGHT):
        counts = ingest.load_batch(settings, feed, NIGHT, batch)
    ingest.commit(settings, feed, NIGHT)
    return {"seconds": time.perf_counter() - start, "counts": counts}


def measured(what: str, path: Path, feed: str, repeats: int = REPEATS) -> dict[str, Any]:
    """Median seconds and highest memory of a few runs, each in a process and folder of its own."""
    runs = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory(dir=path.parent) as home:
            command = [sys.executable, "-m", "benchmarks.bench_ingest", "--one", what, str(path), feed, home]
            runs.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    medians = {name: statistics.median(run[name] for run in runs) for name in ("seconds", "processor")}
    return {**runs[0], **medians, "rss": max(run["rss"] for run in runs)}


def processor_seconds() -> float:
    """Of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def speed(feed: str, file_format: str, rows: int, bar: float) -> bool:
    """Print how a file compares with its floor; whether it keeps the bars."""
    with tempfile.TemporaryDirectory(prefix="guestbook.bench.") as folder:
        path = Path(folder) / f"{feed}.{file_format}"
        make_file(feed, file_format, rows, path)
        base, own = measured("floor", path, feed), measured("ours", path, feed)
        ratio, processor = own["seconds"] / base["seconds"], own["processor"] / base["processor"]
        print(
            f"{path.name:<20} {path.stat().st_size / 1e6:6.0f} MB  floor {base['seconds']:5.2f} s"
            f"  ours {own['seconds']:5.2f} s  ratio {ratio:4.2f}, of processor time {processor:4.2f} (bar {bar})"
            f"  peak {own['rss']:.2f} GB  {own['counts']}",
            flush=True,
        )
    return ratio <= bar and own["rss"] <= MEMORY_BAR_GB


def memory(file_format: str) -> bool:
    """Print the peak memory of a file of 2 GB; whether it keeps the bar."""
    with tempfile.TemporaryDirectory(prefix="guestbook.bench.") as folder:
        path = Path(folder) / f"reservations.{file_format}"
        make_file("reservations", file_format, LARGE_ROWS[file_format], path)
        own = measured("ours", path, "reservations", repeats=1)
        print(
            f"memory {path.name:<20} {path.stat().st_size / 1e6:6.0f} MB  ours {own['seconds']:5.2f} s"
            f"  peak {own['rss']:.2f} GB (bar {MEMORY_BAR_GB})  {own['counts']}",
            flush=True,
        )
    return bool(own["rss"] <= MEMORY_BAR_GB)


def main() -> int:
    """Print one line per file; exit code 1 when a bar is missed."""
    if sys.argv[1:2] == ["--one"]:
        what, path, feed, home = sys.argv[2:6]
        begun = processor_seconds()
        found = {"floor": floor, "ours": ours}[what](Path(path), feed, Path(home))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(json.dumps({**found, "processor": processor_seconds() - begun, "rss": peak}))
        return 0
    rows = int(sys.argv[1]) if sys.argv[1:2] and sys.argv[1].isdigit() else ROWS
    words = [word for word in sys.argv[1:] if not word.isdigit()]
    speeds = [(feed, kind, rows, bar) for kind, bar in BARS.items() for feed in FEEDS]
    kept = [speed(*one) for one in speeds if all(word in f"{one[0]}.{one[1]}" for word in words)]
    large = [kind for kind in LARGE_ROWS if all(word in f"memory reservations.{kind}" for word in words)]
    kept += [memory(kind) for kind in large if rows == ROWS]
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
