"""What the JSON in a file's columns looks like: whether paths may be read with structs, and which."""

import json
from typing import Any

import duckdb
import pyarrow as pa

from ingest.sql import sources
from ingest.sql.structs import MIXED, NOTHING

#: Rows that are looked at together: DuckDB holds all of them as one JSON list.
ROWS = 8192
#: Characters of a shape; beyond it keys are data.
LARGEST = 200_000
SCALAR = "VARCHAR"


def shapes(con: duckdb.DuckDBPyConnection, source: str, places: list[int]) -> dict[int, Any]:
    """Position of a column -> its shape as `json_group_structure` tells it, of the columns at `places`.

    Without columns whose shape can't be told or is too varied to be worth it.
    """
    found: dict[int, Any] = dict.fromkeys(places, NOTHING)
    try:
        with con.cursor() as beside:
            for batch in con.execute(sources.columns_at(source, places)).to_arrow_reader(ROWS):
                beside.register(sources.PIECE, pa.Table.from_batches([batch]))
                texts = beside.execute(sources.shapes(list(found))).fetchall()[0]
                found = {
                    place: merged(found[place], json.loads(text))
                    for place, text in zip(found, texts, strict=True)
                    if text and len(text) < LARGEST
                }
    except duckdb.Error:
        return {}
    return {place: shape for place, shape in found.items() if len(json.dumps(shape)) < LARGEST}


def merged(one: Any, other: Any) -> Any:
    """The shape of values of which some have one shape and some another."""
    if one == other or other == NOTHING:
        return one
    if one == NOTHING:
        return other
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: merged(one.get(key, NOTHING), other.get(key, NOTHING)) for key in one | other}
    if isinstance(one, list) and isinstance(other, list):
        return [merged(one[0], other[0])]
    is_scalar = all(isinstance(shape, str) and shape != MIXED for shape in (one, other))
    return SCALAR if is_scalar else MIXED
