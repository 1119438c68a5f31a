"""What a steward should look at, the most revenue at stake first."""

from typing import Any

import duckdb

from identity import sql
from identity.cluster import STRONG_BITS


def review(con: duckdb.DuckDBPyConnection, limit: int = 50) -> list[dict[str, Any]]:
    """One row per doubt: links near the line, strong links that a guard refused, links that a cut removed.

    `doubt_code` refused, cut or weak; both customers (the same for a weak link); the revenue in the reporting currency
    that the decision moves: of the smaller customer, or of the smaller end of a weak link; rules and bits for it, the
    contradiction against it, fields that agree and that differ by name. Pairs that the steward has decided about are
    not asked again.
    """
    sql.run(con, "preview_value", "review_value", "profile_value")
    sql.run(con, "review_doubt", strong_bits=STRONG_BITS, row_limit=limit)
    sql.run(con, "compared_field", "evidence")
    rows = sql.rows(con, "review_rows").to_pylist()
    sql.drop_work_tables(con)
    return rows
