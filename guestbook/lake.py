"""The lake: immutable accepted rows, quarantined rows, and append-only records of what no delivered file can tell."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from guestbook.files import write_parquet_atomic
from guestbook.settings import Settings


def accepted_file(settings: Settings, feed: str, sha256: str) -> Path:
    """Accepted rows of one delivered file."""
    return settings.lake / "accepted" / feed / f"{sha256}.parquet"


def quarantine_file(settings: Settings, feed: str, sha256: str) -> Path:
    """Rejected rows of one delivered file."""
    return settings.lake / "quarantine" / feed / f"{sha256}.parquet"


def document_file(settings: Settings, feed: str, sha256: str) -> Path:
    """Neighbourhoods of the document numbers in the accepted rows of one delivered file; absent where it has none."""
    return settings.lake / "document" / feed / f"{sha256}.parquet"


def reference_file(settings: Settings, name: str, sha256: str) -> Path:
    """Rows of one delivered reference file."""
    return settings.lake / "reference" / name / f"{sha256}.parquet"


def record_dir(settings: Settings, table: str) -> Path:
    """Folder of a record table: one Parquet file per write."""
    return settings.lake / "record" / table


def record_files(settings: Settings, table: str) -> list[Path]:
    """The record table's files in the order of their names."""
    return sorted(record_dir(settings, table).glob("*.parquet"))


def write_record(settings: Settings, table: str, name: str, rows: pa.Table) -> None:
    """Append rows under a name; the same name overwrites, so that a night run again leaves one file."""
    write_parquet_atomic(rows, record_dir(settings, table) / f"{name}.parquet")


def read_records(settings: Settings, table: str, schema: pa.Schema) -> pa.Table:
    """All rows of a record table with the given schema; empty when nothing was written yet."""
    tables = [pq.read_table(path) for path in record_files(settings, table)]
    if not tables:
        return schema.empty_table()
    found = pa.concat_tables(tables, promote_options="permissive")
    for name in schema.names:
        if name not in found.column_names:  # a column that was declared after these records were written
            found = found.append_column(name, pa.nulls(len(found), schema.field(name).type))
    return found.select(schema.names).cast(schema)
