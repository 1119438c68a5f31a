"""Scoring: pairs of profiles that the saved model finds likely."""

from typing import Any

import duckdb
import pyarrow.compute as pc

from identity import sql
from identity.match.model import MatchModel
from identity.sql import match as match_sql


def score_profiles(con: duckdb.DuckDBPyConnection, model: MatchModel) -> None:
    """Fill model_pair: one row per pair of profiles, one of them touched, with evidence from the model's threshold on.

    Needs the work tables profile and compared_name. Against strangers the weights are Splink's for the same settings.
    """
    set_guards(con, model.waived_guards)
    prepare_input(con, model.term_frequencies)
    con.execute(match_sql.match_candidate(model.blocks))
    con.execute(match_sql.model_pair(model.splink_settings, model.others, model.link_threshold_bits))
    sql.drop(con, "match_input", "match_candidate")


def prepare_input(con: duckdb.DuckDBPyConnection, frequencies: dict[str, Any] | None) -> None:
    """Fill match_input with frozen frequencies; values that training never saw are as rare as the rarest."""
    sql.run(con, "document_slip", "match_input")
    for column, table in (frequencies or {}).items():
        add_frequencies(con, column, table)


def add_frequencies(con: duckdb.DuckDBPyConnection, column: str, table: Any) -> None:
    """A column of match_input beside its values: their share among the profiles of training."""
    floor = pc.min(table["tf"]).as_py() if table.num_rows else 1.0
    sql.keep_rows(con, "frozen_frequency", table)
    con.execute(match_sql.add_frequency(column), {"floor": floor})
    sql.drop(con, "frozen_frequency")


def set_guards(con: duckdb.DuckDBPyConnection, waived: list[str]) -> None:
    """Fill waived_guard: reasons that don't stand against a pair that the model finds likely."""
    sql.run(con, "no_waived_guard")
    for reason in waived:
        sql.run(con, "waive_guard", refused_reason=reason)
