"""The rows inside JSON documents: made once, piece by piece, and kept in files as long as they are read."""

import shutil
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path

import duckdb
import pyarrow as pa

from ingest.documents import Lists, pieces
from ingest.sql import sources

FOLDER = "exploded"
#: Batches that a piece is handed over in: what threads share.
BATCHES = 4


def explode(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    layout: str,
    rows: tuple[str, ...],
    is_read: Callable[[str], bool],
    folder: Path,
) -> str:
    """SQL of the rows of a JSON file and of what is around each, in the file's order; `forget` frees their space.

    `rows`: paths of the lists whose elements are rows; none: each document is one. `is_read`: whether the mapping reads
    a name or a path below it. Raises FileRefused and duckdb.Error.
    """
    levels, alternatives = row_path(rows)
    inner = {keys[0] for level in alternatives for keys in level if keys}
    lists = Lists(alternatives, may_split=bool(levels) and not any(is_read(f"$.{key}") for key in inner))
    query = sources.named_rows(sources.exploded(sources.documents(layout), levels, alternatives, is_read))
    drafts: list[Path] = []
    (folder / FOLDER).mkdir()
    for texts in chain(pieces(path, layout, lists, folder), [[]]):  # the last is for a file without any
        drafts.append(folder / FOLDER / f"{len(drafts)}.parquet")
        con.register(sources.PIECE, _table(texts))
        con.execute(sources.copy_to(query, drafts[-1], sources.DRAFT_OPTIONS))
        con.unregister(sources.PIECE)
    return sources.drafts(drafts)


def forget(folder: Path) -> None:
    """Free the space of the rows that were made in a folder."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)


def _table(texts: Sequence[str | bytes]) -> pa.Table:
    kind = pa.binary() if texts and isinstance(texts[0], bytes) else pa.string()
    column = pa.array(texts, kind).cast(pa.string())
    return pa.Table.from_batches(
        pa.table({"line": column}).to_batches(max_chunksize=max(1, -(-len(texts) // BATCHES))),
        pa.schema([("line", pa.string())]),
    )


def row_path(paths: tuple[str, ...]) -> tuple[list[sources.Level], list[sources.Level]]:
    """`a.b[*].{c,d}[*]` as levels [[a, b]], [[c], [d]], and every path's first level as an alternative.

    A level is the lists whose elements come behind each other; `.` is the element itself.
    """
    parsed = [[_level(part) for part in path.split("[*]") if part.strip(".")] or [[[]]] for path in paths]
    return (parsed[0] if parsed else []), [found[0] for found in parsed]


def _level(text: str) -> sources.Level:
    before, _, rest = text.strip(".").partition("{")
    lead = [key for key in before.split(".") if key]
    members = rest.rstrip("}").split(",") if rest else [""]
    return [[*lead, *(key for key in member.strip().split(".") if key)] for member in members]
