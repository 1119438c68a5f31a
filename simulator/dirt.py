"""Dirt inside a file: repeated rows, corrupt copies of good rows, unreadable optional values, an unknown column.

A corrupt row is always a copy of a good one, so that what the pipeline should know stays complete.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_KEYS = {
    "reservations": ("reservation_id", "arrival_date", "updated_at"),
    "pos_checks": ("pos_check_id", "business_date", "net_amount"),
    "interactions": ("interaction_id", "started_at", "updated_at"),
}
_BAD = {
    "arrival_date": "31.02.2026",
    "updated_at": "yesterday",
    "business_date": "2026-13-45",
    "net_amount": "n/a",
    "started_at": "??",
}
_OPTIONAL = {
    "reservations": (("guest_birth_date", "0000-00-00"), ("adult_count", "two"), ("booked_at", "2026-02-30 10:00")),
    "pos_checks": (("cover_count", "many"), ("opened_at", "25:61"), ("tip_amount", "1,2,3")),
    "interactions": (("queue_seconds", "-"), ("csat_score", "good"), ("ended_at", "later")),
}
_EXTRA = {"reservations": "housekeeping_note", "pos_checks": "terminal_id", "interactions": "skill_group"}


@dataclass
class Dirt:
    """What was done to one file."""

    duplicate_rows: int = 0
    corrupt_rows: int = 0
    rejected_values: int = 0
    has_extra_column: bool = False


def as_text(table: pa.Table) -> pa.Table:
    """All columns as text, timestamps as ISO 8601 with Z, money with two decimals."""
    columns = {}
    for name in table.column_names:
        column = table[name]
        if pa.types.is_timestamp(column.type):
            stamps = column.to_numpy(zero_copy_only=False).astype("datetime64[s]")
            text = pa.array(np.datetime_as_string(stamps), mask=np.isnat(stamps))
            column = pc.binary_join_element_wise(text, pa.scalar("Z"), "")
        elif column.type != pa.string():
            column = column.cast(pa.string())
        columns[name] = column
    return pa.table(columns)


def _share(rng: np.random.Generator, row_count: int, share: float) -> np.ndarray:
    """Distinct random rows: the share of them, rounded at random so that small files get some too."""
    count = int(row_count * share + rng.random())
    return np.sort(rng.choice(row_count, size=min(count, row_count), replace=False))


def _replace(table: pa.Table, name: str, rows: np.ndarray, value: str | None) -> pa.Table:
    mask = np.zeros(table.num_rows, dtype=bool)
    mask[rows] = True
    column = table[name].combine_chunks()
    changed = pc.if_else(pa.array(mask), pa.scalar(value, column.type), column)
    return table.set_column(table.column_names.index(name), name, changed)


def soil(rng: np.random.Generator, feed: str, table: pa.Table, level: float, is_text: bool) -> tuple[pa.Table, Dirt]:
    """The table of one file with its dirt, and the count of it; level 0 is clean, 1 the usual."""
    dirt = Dirt()
    if level <= 0 or table.num_rows == 0:
        return table, dirt
    if is_text:
        for name, value in _OPTIONAL[feed]:
            rows = _share(rng, table.num_rows, 0.0008 * level)
            table = _replace(table, name, rows, value)
            dirt.rejected_values += len(rows)
    corrupt = table.take(_share(rng, table.num_rows, 0.0015 * level))
    repeated = table.take(_share(rng, table.num_rows, 0.004 * level))
    corrupt = _corrupt(rng, feed, corrupt, is_text)
    dirt.corrupt_rows, dirt.duplicate_rows = corrupt.num_rows, repeated.num_rows
    place = np.concatenate(
        [np.arange(table.num_rows), rng.random(corrupt.num_rows + repeated.num_rows) * table.num_rows]
    )
    mixed = pa.concat_tables([table, corrupt, repeated]).take(np.argsort(place, kind="stable"))
    if rng.random() < 0.25 * level:
        # a repeated row must stay an exact repeat: the unknown column follows the row's key, not its place
        key = mixed[_KEYS[feed][0]].to_pylist()
        note = pa.array([f"n{len(value or '') % 7}{(value or 'x')[-1]}" for value in key])
        mixed = mixed.append_column(_EXTRA[feed], note)
        dirt.has_extra_column = True
    return mixed, dirt


def _corrupt(rng: np.random.Generator, feed: str, rows: pa.Table, is_text: bool) -> pa.Table:
    """Each row with one required value gone or unreadable; in reservations also departure before arrival."""
    if rows.num_rows == 0:
        return rows
    kind = rng.integers(0, 4, rows.num_rows)
    for number, name in enumerate(_KEYS[feed]):
        at = np.flatnonzero(kind == number)
        rows = _replace(rows, name, at, _BAD.get(name) if is_text else None)
    at = np.flatnonzero(kind == 3)
    if feed != "reservations":
        return _replace(rows, "property_code" if feed == "pos_checks" else "source_system", at, None)
    if is_text:
        return _replace(rows, "departure_date", at, "2000-01-01")
    index = rows.column_names.index("departure_date")
    dates = rows["departure_date"].to_numpy(zero_copy_only=False).astype("datetime64[D]").copy()
    dates[at] = np.datetime64("2000-01-01")
    return rows.set_column(index, "departure_date", pa.array(dates).cast(pa.date32()))
