"""Training: Splink's probabilities from the profiles of one night. Never part of an ordinary night."""

from datetime import date
from importlib.metadata import version
from typing import Any

import duckdb
import pyarrow as pa
from splink import Linker
from splink.internals.blocking_rule_creator import BlockingRuleCreator
from splink.internals.exceptions import EMTrainingException

from identity import sql
from identity.match.engine import splink_engine
from identity.match.model import MatchModel
from identity.match.spec import MatchSpec, block_sql, match_spec

SAMPLED_PAIRS = 3e6  # random pairs behind the u probabilities


def train_match_model(con: duckdb.DuckDBPyConnection, as_of_date: date, random_seed: int) -> MatchModel | None:
    """A model learned from the work tables profile and compared_name; None when there is too little to learn from.

    u from random pairs, m by expectation maximisation in blocks of pairs that mostly are matches; the prior from the
    pairs that certain identifiers find.
    """
    spec = match_spec()
    sql.run(con, "match_input")
    filled = _filled_columns(con, spec)
    if filled is None:
        sql.drop(con, "match_input")
        return None
    with splink_engine(con, is_repeatable=True) as api:
        linker = Linker(api.register("match_input"), spec.as_splink(filled), log_level=None)
        certain: list[str | BlockingRuleCreator] = [block_sql(block) for block in spec.certain if filled >= set(block)]
        if certain:
            linker.training.estimate_probability_two_random_records_match(certain, recall=spec.recall_of_rules)
        linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=random_seed)
        used = _learn_matches(con, linker, spec, filled)
        settings = linker.misc.save_model_to_json(None)
        frequencies = {column: _frequencies(con, linker, column) for column in _frequency_columns(settings)}
        linker.table_management.delete_tables_created_by_splink_from_db()
    sql.drop(con, "match_input")
    if not used:
        return None
    card = {
        "trained_as_of": as_of_date.isoformat(),
        "splink": version("splink"),
        "prior": settings["probability_two_random_records_match"],
        "link_threshold_bits": spec.link_threshold_bits,
        "training_blocks": [list(block) for block in used],
        "comparisons": [comparison["output_column_name"] for comparison in settings["comparisons"]],
        "random_seed": random_seed,
    }
    return MatchModel(settings, frequencies, card)


def _filled_columns(con: duckdb.DuckDBPyConnection, spec: MatchSpec) -> set[str] | None:
    """Columns filled in often enough to learn from; None when there are too few profiles."""
    columns = sorted(spec.columns())
    count, *filled = con.execute(sql.filled_counts(columns)).fetchone() or (0,)
    if count < spec.minimum_profiles:
        return None
    return {name for name, number in zip(columns, filled, strict=True) if number >= count * spec.minimum_filled_share}


def _learn_matches(
    con: duckdb.DuckDBPyConnection, linker: Linker, spec: MatchSpec, filled: set[str]
) -> list[tuple[str, ...]]:
    """Expectation maximisation in each block that has enough pairs; the blocks used.

    A block in which a level's probability runs to zero teaches nothing (Splink raises): the others stand without it.
    """
    used = []
    for block in spec.training_blocks:
        if not filled >= set(block):
            continue
        pair_count = (con.execute(sql.block_pair_count(block)).fetchone() or (0,))[0]
        if pair_count >= spec.minimum_training_pairs:
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(block_sql(block))
            except (ValueError, EMTrainingException):
                continue
            used.append(block)
    return used


def _frequency_columns(settings: dict[str, Any]) -> list[str]:
    levels = [level for comparison in settings["comparisons"] for level in comparison["comparison_levels"]]
    return sorted({level["tf_adjustment_column"] for level in levels if "tf_adjustment_column" in level})


def _frequencies(con: duckdb.DuckDBPyConnection, linker: Linker, column: str) -> pa.Table:
    """One row per value with its share (tf) among the profiles."""
    computed = linker.table_management.compute_tf_table(column)
    return con.execute(sql.frequencies(computed.physical_name, column)).to_arrow_table()
