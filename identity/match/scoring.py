"""Scoring: pairs of profiles, one of them touched, that the saved model finds likely."""

from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from splink import DuckDBAPI, Linker

from identity import sql
from identity.match.engine import splink_engine
from identity.match.model import MatchModel


def score_profiles(con: duckdb.DuckDBPyConnection, model: MatchModel) -> None:
    """Fill model_pair: one row per pair of profiles, one of them touched, with at least the threshold of evidence.

    Needs the work tables profile, touched_profile and compared_name.
    """
    sql.run(con, "match_input")
    with splink_engine(con) as api:
        linker = Linker(api.register("match_input"), _settings_for_touched(model), log_level=None)
        for column, table in model.term_frequencies.items():
            register_frequencies(con, api, linker, column, table)
        found = linker.inference.predict(threshold_match_weight=model.link_threshold_bits)
        con.execute(sql.model_pair(found.physical_name))
        linker.table_management.delete_tables_created_by_splink_from_db()
    sql.drop(con, "match_input")


def _settings_for_touched(model: MatchModel) -> dict[str, Any]:
    """The model's settings with blocks that leave pairs out of which neither is touched: they were scored before."""
    blocks = [
        block | {"blocking_rule": f"({block['blocking_rule']}) and (l.is_touched or r.is_touched)"}
        for block in model.splink_settings["blocking_rules_to_generate_predictions"]
    ]
    return model.splink_settings | {"blocking_rules_to_generate_predictions": blocks}


def register_frequencies(
    con: duckdb.DuckDBPyConnection, api: DuckDBAPI, linker: Linker, column: str, table: pa.Table
) -> None:
    """Frozen term frequencies; values that training never saw are as rare as the rarest."""
    floor: Any = pc.min(table["tf"]).as_py()
    sql.keep_rows(con, "frozen_frequency", table)
    con.execute(sql.term_frequency(column), {"floor": floor})
    linker.table_management.register_term_frequency_lookup(api.register(sql.frequency_table(column)), column)
