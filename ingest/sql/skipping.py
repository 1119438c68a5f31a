"""Rows of the file that the mapping says are none: totals, other record types, trailers."""

from ingest.mapping import FeedMapping
from ingest.sql.columns import RawNames
from ingest.sql.names import literal, physical
from ingest.sql.sources import SEPARATOR
from ingest.sql.values import Compiler


def is_skipped(mapping: FeedMapping, raw: RawNames) -> str:
    """SQL of whether the mapping says that a row of the raw table is no row of the feed; never null."""
    compiler, tests = Compiler(mapping, raw, {}), []
    if mapping.csv.skip_lines_like:
        line = f"coalesce(substr(unsplit, strpos(unsplit, {literal(SEPARATOR)}) + 1), {physical(0)})"
        tests.append(f"regexp_matches({line}, {literal(mapping.csv.skip_lines_like)})")
    if mapping.only_rows:
        tests.append(f"(unsplit is null and ({compiler.any_holds(mapping.only_rows)}) is not true)")
    if mapping.skip_rows:
        tests.append(f"(unsplit is null and ({compiler.any_holds(mapping.skip_rows)}))")
    return " or ".join(f"coalesce({test}, false)" for test in tests) or "false"
