"""Columns that are rows of their own: amounts by kind beside each other become one row each."""

from dataclasses import replace

import duckdb

from ingest.errors import FileRefused
from ingest.mapping import Unpivot
from ingest.raw import RawTable
from ingest.sql.columns import RawNames
from ingest.sql.sources import kept, raw_rows, unpivoted

TABLE = "unpivoted_row"


def unpivot(con: duckdb.DuckDBPyConnection, spec: Unpivot, raw: RawTable) -> RawTable:
    """One row per row and named column that is not blank, in the file's order; a row without any stays one row.

    Raises FileRefused when the file has none of the columns.
    """
    names = RawNames(raw.names)
    places = [(name, place) for name in spec.columns if (place := names.place(name)) is not None]
    if not places:
        raise FileRefused(f"none of the columns to unpivot is in the file: {', '.join(spec.columns)}")
    con.execute(kept(unpivoted(raw.source, places, len(raw.names)), TABLE))
    row_count = con.table(TABLE).shape[0]
    return replace(
        raw, source=raw_rows(TABLE), names=(*raw.names, spec.name, spec.value), row_count=row_count, retry=None
    )
