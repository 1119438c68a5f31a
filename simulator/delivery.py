"""Files on the landing: yearly exports for history, then one file per feed and night, some late, some sent twice."""

import gzip
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from simulator.columns import FEEDS
from simulator.dirt import Dirt, as_text, soil
from simulator.versions import Versions
from simulator.world import Calendar

_HISTORY_FORMATS = ("csv.gz", "parquet", "csv", "jsonl", "parquet")
_NIGHT_FORMATS = {
    "reservations": ("csv", "jsonl", "parquet", "csv.gz"),
    "pos_checks": ("parquet", "csv.gz", "csv"),
    "interactions": ("jsonl", "csv", "jsonl.gz", "parquet"),
}
# above this many rows a plain text export would be unwieldy
_LARGE = 8_000


def iso(day: int) -> str:
    """ISO date of a day number."""
    return str(np.datetime64(int(day), "D"))


def _pick_format(wanted: str, row_count: int) -> str:
    if row_count <= _LARGE:
        return wanted
    return {"jsonl": "parquet", "csv": "csv.gz", "jsonl.gz": "parquet"}.get(wanted, wanted)


def _json_value(text: str, kind: str) -> object:
    """Numbers, booleans and nested lists as JSON has them; what cannot be read stays the text it is."""
    try:
        return json.loads(text) if kind in {"int", "decimal", "bool", "json"} else text
    except ValueError:
        return text


def _json_rows(table: pa.Table) -> Iterator[dict[str, object]]:
    """Rows without their nulls."""
    kinds = next(kinds for kinds in FEEDS.values() if table.column_names[: len(kinds)] == list(kinds))
    for row in table.to_pylist():
        yield {name: _json_value(text, kinds.get(name, "string")) for name, text in row.items() if text is not None}


def _text_bytes(table: pa.Table, kind: str, broken_line: bool) -> bytes:
    """CSV or JSON Lines of a text table; a broken line is one that cannot be split into the header's columns."""
    if kind.startswith("jsonl"):
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _json_rows(table)).encode()
    buffer = io.BytesIO()
    csv.write_csv(table, buffer, csv.WriteOptions(quoting_style="needed"))
    data = buffer.getvalue()
    if broken_line and table.num_rows > 20:
        data += b"opera,cut short,\n"
    return data


def write_file(path: Path, table: pa.Table, kind: str, *, broken_line: bool = False) -> None:
    """One file, the same bytes for the same rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "parquet":
        pq.write_table(table, path, compression="zstd")
        return
    data = _text_bytes(table, kind, broken_line)
    if kind.endswith(".gz"):
        data = gzip.compress(data, compresslevel=1, mtime=0)
    path.write_bytes(data)


def _folders(rng: np.random.Generator, versions: Versions, calendar: Calendar, level: float) -> np.ndarray:
    """Folder day of every row of the nights: its own, later for late rows, older versions now and then after newer."""
    folder = versions.day.copy()
    if level <= 0:
        return folder
    night = ~versions.is_history
    late = night & (rng.random(len(folder)) < 0.015 * level)
    folder[late] += 1
    key, day = versions.key, versions.day
    has_newer = np.zeros(len(key), dtype=bool)
    has_newer[:-1] = (key[1:] == key[:-1]) & (day[1:] > day[:-1])
    turned = np.flatnonzero(night & has_newer & (rng.random(len(key)) < 0.05 * level))
    folder[turned] = day[np.minimum(turned + 1, len(day) - 1)] + 1
    return np.minimum(folder, calendar.end)


class Courier:
    """Delivers the versions of the feeds and keeps the list of what was sent."""

    def __init__(self, rng: np.random.Generator, landing: Path, calendar: Calendar, level: float) -> None:
        self.rng, self.landing, self.calendar, self.level = rng, landing, calendar, level
        self.deliveries: list[dict[str, object]] = []

    def deliver(self, feed: str, versions: Versions) -> None:
        """Writes all files of one feed."""
        folder = _folders(self.rng, versions, self.calendar, self.level)
        for number, year in enumerate(np.unique(versions.year[versions.is_history]).tolist()):
            rows = np.flatnonzero(versions.is_history & (versions.year == year))
            last = np.datetime64(f"{year}-12-31", "D").astype(int)
            kind = _HISTORY_FORMATS[(number + len(feed)) % len(_HISTORY_FORMATS)]
            self._send(
                feed,
                min(int(last), self.calendar.history_end),
                f"{feed}_history_{year}",
                versions.table.take(rows),
                kind,
            )
        sent: dict[int, Path] = {}
        first = self.calendar.history_end + 1
        for day in range(first, self.calendar.end + 1):
            rows = np.flatnonzero(~versions.is_history & (folder == day))
            kinds = _NIGHT_FORMATS[feed]
            # one POS file of the week is a day late; its name still tells its day
            is_late = self.level > 0 and feed == "pos_checks" and day == first + 2 and day < self.calendar.end
            sent[day] = self._send(
                feed, day + is_late, f"{feed}_{iso(day)}", versions.table.take(rows), kinds[(day - first) % len(kinds)]
            )
        if self.level > 0 and feed == "reservations" and len(sent) >= 4:
            self._resend(feed, sent[first + 1], first + 3)

    def _send(self, feed: str, folder_day: int, stem: str, table: pa.Table, wanted: str) -> Path:
        kind = _pick_format(wanted, table.num_rows)
        is_text = kind != "parquet"
        if is_text:
            table = as_text(table)
        soiled, dirt = soil(self.rng, feed, table, self.level, is_text)
        broken = self.level > 0 and kind.startswith("csv") and bool(self.rng.random() < 0.4)
        path = self.landing / feed / "canonical" / iso(folder_day) / f"{stem}.{kind}"
        write_file(path, soiled, kind, broken_line=broken)
        broken_rows = int(broken and soiled.num_rows > 20)
        self._note(feed, path, folder_day, soiled.num_rows + broken_rows, dirt, broken_rows, is_resend=False)
        return path

    def _resend(self, feed: str, path: Path, folder_day: int) -> None:
        """The same bytes again under another name: all of its rows are duplicates."""
        name, _, ending = path.name.partition(".")
        copy = self.landing / feed / "canonical" / iso(folder_day) / f"{name}_resent.{ending}"
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        rows = next(
            item["row_count"] for item in self.deliveries if item["path"] == str(path.relative_to(self.landing))
        )
        self._note(feed, copy, folder_day, int(rows), Dirt(duplicate_rows=int(rows)), 0, is_resend=True)  # type: ignore[call-overload]

    def _note(
        self, feed: str, path: Path, folder_day: int, row_count: int, dirt: Dirt, broken: int, *, is_resend: bool
    ) -> None:
        self.deliveries.append(
            {
                "feed": feed,
                "path": str(path.relative_to(self.landing)),
                "folder_date": iso(folder_day),
                "row_count": row_count,
                "duplicate_rows": dirt.duplicate_rows,
                "corrupt_rows": dirt.corrupt_rows + broken,
                "rejected_values": dirt.rejected_values,
                "has_extra_column": dirt.has_extra_column,
                "is_resend": is_resend,
            }
        )
