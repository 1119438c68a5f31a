"""What each comparison of the match model adds to a pair: the evidence behind a link that weights made."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
from splink import Linker

from guestbook.settings import Settings
from guestbook.warehouse import ensure_tables
from identity import sql
from identity.match.engine import splink_engine
from identity.match.model import MatchModel
from identity.match.scoring import register_frequencies

Step = tuple[str, str, float]
Pair = tuple[str, str]


def waterfalls(
    con: duckdb.DuckDBPyConnection, settings: Settings, model: MatchModel, pairs: Iterable[Pair]
) -> list[dict[str, Any]]:
    """One entry per pair of source records that the model can compare: `steps` of (comparison, level, bits).

    The first step is the prior; the steps add up to the match weight. Records are normalised again in a database of
    their own, without contact data that is shared by many people.
    """
    from identity.stage import prepare

    wanted = [(min(pair), max(pair)) for pair in pairs]
    records = sql.rows(con, "waterfall_person", record_ids=sorted({one for pair in wanted for one in pair}))
    with duckdb.connect() as scratch:
        ensure_tables(scratch)
        sql.keep_rows(scratch, "waterfall_record", records)
        sql.run(scratch, "waterfall_staging")
        prepare(scratch, settings)
        sql.run(scratch, "match_input")
        sql.keep_rows(scratch, "waterfall_place", sql.rows(scratch, "waterfall_place_rows"))
        found = _compare(scratch, model)
    return [
        {"source_record_id_1": pair[0], "source_record_id_2": pair[1], "steps": found[pair]}
        for pair in wanted
        if pair in found
    ]


def _compare(con: duckdb.DuckDBPyConnection, model: MatchModel) -> dict[Pair, list[Step]]:
    """The steps of every pair of records in the work table match_input."""
    every_pair = {"blocking_rule": "l.unique_id <> r.unique_id"}
    changed = {"blocking_rules_to_generate_predictions": [every_pair], "retain_intermediate_calculation_columns": True}
    with splink_engine(con) as api:
        linker = Linker(api.register("match_input"), model.splink_settings | changed, log_level=None)
        for column, table in model.term_frequencies.items():
            register_frequencies(con, api, linker, column, table)
        rows = con.execute(sql.waterfall_pairs(linker.inference.predict().physical_name)).to_arrow_table().to_pylist()
        linker.table_management.delete_tables_created_by_splink_from_db()
    return {(row["record_1"], row["record_2"]): _steps(row, model.splink_settings) for row in rows}


def _steps(row: Mapping[str, Any], splink_settings: Mapping[str, Any]) -> list[Step]:
    prior = splink_settings["probability_two_random_records_match"]
    steps: list[Step] = [("prior", "two records at random", math.log2(prior / (1 - prior)))]
    for comparison in splink_settings["comparisons"]:
        name = comparison["output_column_name"]
        bits = float(row[f"mw_{name}"])
        steps.append((name.replace("_", " "), _level(comparison, bits), bits))
        rarity = float(row.get(f"mw_tf_adj_{name}") or 0.0)
        if rarity:
            steps.append((name.replace("_", " "), "rare value" if rarity > 0 else "frequent value", rarity))
    return steps


def _level(comparison: Mapping[str, Any], bits: float) -> str:
    """The label of the level that has this weight; no weight is a value that one side does not know."""
    learned = [
        level for level in comparison["comparison_levels"] if level.get("m_probability") and level.get("u_probability")
    ]
    if bits == 0 or not learned:
        return "unknown"
    return str(
        min(learned, key=lambda level: abs(math.log2(level["m_probability"] / level["u_probability"]) - bits))[
            "label_for_charts"
        ]
    )
