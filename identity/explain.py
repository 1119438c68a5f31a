"""Why a customer is who the pipeline says: records, links and the rules behind them, refused pairs, field winners."""

from typing import Any

import duckdb

from guestbook.errors import UsageError
from guestbook.settings import Settings
from identity import sql
from identity.groups import RIVAL_BITS
from identity.match import current_model

PARTS = {
    "records": "explain_record",
    "persons": "explain_person",
    "links": "explain_link",
    "fields": "explain_field",
    "candidates": "explain_candidate",
}


def explain(con: duckdb.DuckDBPyConnection, customer_id: str) -> dict[str, Any]:
    """Everything known of one customer id.

    `history`; `records` (`links_at`: the record that says the same and bears its links); `persons` (what each
    record says); `links` (kept, cut, refused, each with rules, bits and the fields that agree and differ; of a cut
    one what keeps the two customers apart: `customers_differ`, `customers_contradict`, `also_fits`); `fields`
    (golden values with source and rule); `candidates` (all values that competed). An id that was merged away
    explains the customer that it redirects to. Raises UsageError for an id never issued.
    """
    history = sql.rows(con, "explain_history", customer_id=customer_id).to_pylist()
    if not history:
        raise UsageError(f"no customer {customer_id!r}: ids are in core.dim_customer and core.customer_id_history")
    current = history[0]["current_customer_id"] or customer_id
    sql.run(con, "explain_pair", customer_id=current)
    sql.run(con, "compared_field", "evidence", "known_of_customer", "lost_link_of_customers")
    sql.run(con, "contradiction_of_customers", "macro_have_none_alike")
    sql.run(con, "rival_of_customers", rival_bits=RIVAL_BITS)
    found = {part: sql.rows(con, name, customer_id=current).to_pylist() for part, name in PARTS.items()}
    sql.drop_work_tables(con)
    return {"customer_id": current, "asked_for": customer_id, "history": history[0], **found}


def explain_weights(
    con: duckdb.DuckDBPyConnection, settings: Settings, content: dict[str, Any], limit: int = 10
) -> list[dict[str, Any]]:
    """What each comparison adds to the links of `content` that the match model made, the strongest first."""
    model = current_model(settings)
    asked = [
        (row["source_record_id_1"], row["source_record_id_2"])
        for row in content["links"]
        if row["match_rule"] == "model"
    ]
    if model is None or not asked:
        return []
    from identity.match.waterfall import waterfalls

    return waterfalls(con, settings, model, asked[:limit])
