"""Files are whole or absent."""

from pathlib import Path

import pyarrow as pa
import pytest

from guestbook.files import atomic_path, write_parquet_atomic


def test_a_writer_that_fails_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    final = tmp_path / "rows.txt"
    final.write_text("old")

    def write_half() -> None:
        with atomic_path(final) as draft:
            draft.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert final.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["rows.txt"]


def test_the_same_rows_written_twice_are_the_same_bytes(tmp_path: Path) -> None:
    rows = pa.table({"name": ["a", None, "b"], "count": [1, 2, 3]})
    write_parquet_atomic(rows, tmp_path / "one.parquet")
    write_parquet_atomic(rows, tmp_path / "two.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()
