"""Reads delivered files as text, the way a stranger would."""

import csv
import gzip
import io
import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq


def read(path: Path) -> pd.DataFrame:
    """All rows of one delivered file; nulls are None, everything else is text."""
    if path.suffix == ".parquet":
        frame = pq.read_table(path).to_pandas().astype(object)
    else:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
        if ".jsonl" in path.name:
            frame = pd.DataFrame([json.loads(line) for line in text.splitlines()], dtype=object)
        else:
            header, *rows = csv.reader(io.StringIO(text))
            frame = pd.DataFrame([row for row in rows if len(row) == len(header)], columns=header, dtype=object)
            frame = frame.replace({"": None})
    return frame.where(frame.notna(), None)


def read_feed(landing: Path, feed: str) -> pd.DataFrame:
    """All rows of a feed with the path and folder date of their file."""
    parts = [
        read(path).assign(path=path.name, folder_date=path.parent.name)
        for path in sorted(landing.glob(f"{feed}/canonical/*/*"))
    ]
    return pd.concat(parts, ignore_index=True)


def current(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Newest version per key."""
    stamp = pd.to_datetime(rows["updated_at"], utc=True, format="ISO8601")
    order = rows.assign(updated_at=stamp).sort_values([*key, "updated_at"])
    return order.drop_duplicates(key, keep="last").reset_index(drop=True)
