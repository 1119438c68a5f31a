"""What each comparison of the match model adds to a pair: the evidence behind a link that weights made."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from guestbook.settings import Settings
from guestbook.warehouse import ensure_tables
from identity import sql
from identity.match.model import MatchModel
from identity.match.scoring import prepare_input
from identity.normalise import know_documents
from identity.sql import match as match_sql

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
    asked = sorted({one for pair in wanted for one in pair})
    know_documents(con)
    records = sql.rows(con, "waterfall_person", record_ids=asked)
    documents = sql.rows(con, "waterfall_document", record_ids=asked)
    sql.drop_work_tables(con)
    with duckdb.connect() as scratch:
        ensure_tables(scratch)
        sql.keep_rows(scratch, "waterfall_record", records)
        sql.keep_rows(scratch, "waterfall_document", documents)
        sql.run(scratch, "waterfall_staging")
        prepare(scratch, settings)
        found = _compare(scratch, model)
    return [
        {"source_record_id_1": pair[0], "source_record_id_2": pair[1], "steps": found[pair]}
        for pair in wanted
        if pair in found
    ]


def _compare(con: duckdb.DuckDBPyConnection, model: MatchModel) -> dict[Pair, list[Step]]:
    """The steps of every pair of records in the work table match_input."""
    prepare_input(con, model.term_frequencies)
    rows = con.execute(match_sql.compared_levels(model.splink_settings)).to_arrow_table().to_pylist()
    records: dict[int, list[str]] = {}
    for record_id, profile in zip(*sql.rows(con, "waterfall_place_rows").to_pydict().values(), strict=True):
        records.setdefault(profile, []).append(record_id)
    return {
        (min(one, other), max(one, other)): _steps(row, model)
        for row in rows
        for one in records[row["first_profile"]]
        for other in records[row["second_profile"]]
    }


def _steps(row: Mapping[str, Any], model: MatchModel) -> list[Step]:
    """One step per comparison, against strangers; last what the chance of anybody else takes away."""
    prior, others = model.splink_settings["probability_two_random_records_match"], model.others
    start = math.log2(prior / (1 - prior))
    steps: list[Step] = [("prior", "two records at random", start)]
    against = {
        "household": math.log2(prior / others["household_prior"]),
        "namesakes": start - math.log2(others["namesake_factor"]),
        "homonyms": -math.log2(others["homonym_share"]),
        "kin": -math.log2(others["namesake_share"]),
    }
    for comparison in model.splink_settings["comparisons"]:
        name, at = comparison["output_column_name"], row[comparison["output_column_name"]]
        if at < 0:
            steps.append((name.replace("_", " "), "unknown", 0.0))
            continue
        level = comparison["comparison_levels"][at + 1]
        bits, rarity = math.log2(level["m_probability"] / level["u_probability"]), _rarity(row, level)
        steps.append((name.replace("_", " "), level["label_for_charts"], bits))
        if rarity:
            steps.append((name.replace("_", " "), "rare value" if rarity > 0 else "frequent value", rarity))
        household, namesakes = (
            math.log2(level["m_probability"] / shares[name][at]) if name in shares else bits + rarity
            for shares in (others["household_levels"], others["namesake_levels"])
        )
        against["household"] += household
        against["namesakes"] += namesakes
        against["homonyms"] += 0.0 if name in others["names"] else namesakes
        against["kin"] += bits + rarity if name in others["own"] else 0.0
    strangers = sum(bits for _, _, bits in steps)
    if not _is_one_name(row, model):
        del against["namesakes"], against["homonyms"]
    chance = others["whole_name_factor"] if all(row[name] == 0 for name in others["names"]) else 1.0
    by_chance = [strangers, *(against[other] for other in ("household", "namesakes") if other in against)]
    for_other_reasons = [against[other] for other in ("homonyms", "kin") if other in against]
    total = -math.log2(chance * sum(2.0**-bits for bits in by_chance) + sum(2.0**-bits for bits in for_other_reasons))
    return [*steps, ("another person", "of one household or name", total - strangers)]


def _is_one_name(row: Mapping[str, Any], model: MatchModel) -> bool:
    """Whether every part of the name is known and agrees in some way."""
    last = {
        comparison["output_column_name"]: len(comparison["comparison_levels"]) - 2
        for comparison in model.splink_settings["comparisons"]
    }
    return all(0 <= row[name] < last[name] for name in model.others["names"])


def _rarity(row: Mapping[str, Any], level: Mapping[str, Any]) -> float:
    """What a value's frequency adds to agreement on it: a rare value more than a common one."""
    column = level.get("tf_adjustment_column")
    if column is None:
        return 0.0
    return math.log2(level["u_probability"] / max(row[f"tf_{column}_l"], row[f"tf_{column}_r"]))
