"""Files that are either whole or absent, whatever kills the process that writes them."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


@contextmanager
def atomic_path(final: Path) -> Iterator[Path]:
    """A path beside `final` to write to; it becomes `final` when the block ends well and is removed when it doesn't."""
    final.parent.mkdir(parents=True, exist_ok=True)
    draft = final.with_name(f".{final.name}.{os.getpid()}.tmp")
    try:
        yield draft
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(draft, final)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def private_path(final: Path) -> Iterator[Path]:
    """Like `atomic_path`, for personal data: the file is its owner's only (mode 0600), from its first byte on."""
    with atomic_path(final) as draft:
        draft.touch(mode=0o600)
        draft.chmod(0o600)
        yield draft


def write_parquet_atomic(table: pa.Table, final: Path) -> None:
    """Write an Arrow table as one Parquet file. The same table gives the same bytes."""
    with atomic_path(final) as draft:
        pq.write_table(table, draft, compression="zstd")


def write_json_atomic(content: Any, final: Path) -> None:
    """Write JSON with sorted keys, for people to read."""
    write_text_atomic(json.dumps(content, indent=2, sort_keys=True, default=str) + "\n", final)


def write_text_atomic(text: str, final: Path) -> None:
    """Write a text file in UTF-8."""
    with atomic_path(final) as draft:
        draft.write_text(text, encoding="utf-8")
