"""Why a customer is who the pipeline says: records, links and the rules behind them, refused pairs, field winners."""

from typing import Any

import duckdb

from guestbook.errors import UsageError
from identity import sql

PARTS = {
    "records": "explain_record",
    "persons": "explain_person",
    "links": "explain_link",
    "fields": "explain_field",
    "candidates": "explain_candidate",
}


def explain(con: duckdb.DuckDBPyConnection, customer_id: str) -> dict[str, Any]:
    """Everything known of one customer id.

    `history`; `records`; `persons` (what each record says); `links` (kept, cut, refused, each with rules, bits and the
    fields that agree and differ); `fields` (golden values with source and rule); `candidates` (all values that
    competed). An id that was merged away explains the customer that it redirects to. Raises UsageError for an id never
    issued.
    """
    history = sql.rows(con, "explain_history", customer_id=customer_id).to_pylist()
    if not history:
        raise UsageError(f"no customer {customer_id!r}: ids are in core.dim_customer and core.customer_id_history")
    current = history[0]["current_customer_id"] or customer_id
    sql.run(con, "explain_pair", customer_id=current)
    sql.run(con, "compared_field")
    found = {part: sql.rows(con, name, customer_id=current).to_pylist() for part, name in PARTS.items()}
    sql.drop_work_tables(con)
    return {"customer_id": current, "asked_for": customer_id, "history": history[0], **found}
