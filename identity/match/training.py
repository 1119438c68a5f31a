"""Training: the probabilities of the match model from the profiles of one night. Never part of an ordinary night.

All candidate pairs (those that some block finds) and a sample of all other pairs are counted by how they agree;
expectation maximisation over those counts tells pairs of one person from coincidence, and how many there are.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from identity import sql
from identity.match.expectation import Compared, Learned, Patterns, learn, total_evidence
from identity.match.guards import GuardCounts, waived_guards
from identity.match.habits import learn_hotels
from identity.match.homonyms import Homonyms, homonyms
from identity.match.model import MatchModel
from identity.match.scoring import add_frequencies, prepare_input, set_guards
from identity.match.spec import Comparison, MatchSpec, match_spec
from identity.sql import match as match_sql

RARE_NAMESAKES = 0.01
LINK_THRESHOLD_BITS = 0.0  # as likely as not: linking from there on makes the fewest wrong decisions


def train_match_model(con: duckdb.DuckDBPyConnection, as_of_date: date, random_seed: int) -> MatchModel | None:
    """A model learned from the work tables profile and compared_name; None when there is too little to learn from."""
    spec = match_spec()
    prepare_input(con, None)
    count = _number(con, sql.statement("match_input_count"))
    if count < spec.minimum_profiles:
        sql.drop(con, "match_input")
        return None
    frequencies = {
        column: con.execute(match_sql.value_frequencies(column)).to_arrow_table() for column in spec.frequency_columns()
    }
    for column, table in frequencies.items():
        add_frequencies(con, column, table)
    blocks, wide_blocks = _affordable_blocks(con, spec, count)
    con.execute(match_sql.match_candidate(blocks + wide_blocks))
    patterns, waived = _patterns(con, spec, count, random_seed)
    compared = [_compared(con, comparison) for comparison in spec.comparisons.values()]
    learned = learn(patterns, compared, spec.prior_pairs)
    frequencies |= _among_strangers(spec, learned, frequencies)
    sql.drop(con, "match_input", "match_candidate")
    card = {
        "trained_as_of": as_of_date.isoformat(),
        "random_seed": random_seed,
        "profile_count": count,
        "record_count": _number(con, sql.statement("staged_count")),
        "prior": learned.prior,
        "link_threshold_bits": LINK_THRESHOLD_BITS,
        "waived_guards": waived,
        "others": others(spec, learned, homonyms(patterns, learned, compared, spec.prior_pairs), waived),
        "hotels": learn_hotels(con),
        "blocks": [list(block) for block in blocks],
        "wide_blocks": [list(block) for block in wide_blocks],
        **_expectations(patterns, total_evidence(patterns, learned, compared)),
    }
    return MatchModel(splink_settings(spec, learned, blocks + wide_blocks), frequencies, card)


def _affordable_blocks(
    con: duckdb.DuckDBPyConnection, spec: MatchSpec, count: int
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Blocks that make some pairs, not more than their budget: those of any register; wide ones, which share one."""
    narrow = {block: _number(con, match_sql.block_pair_count(block)) for block in spec.blocks}
    left, wide = spec.wide_pairs, []
    for block in spec.wide_blocks:
        pairs = _number(con, match_sql.block_pair_count(block))
        if 0 < pairs <= left:
            wide.append(block)
            left -= pairs
    return [block for block, pairs in narrow.items() if 0 < pairs <= spec.pairs_per_profile * count], wide


def _patterns(
    con: duckdb.DuckDBPyConnection, spec: MatchSpec, count: int, random_seed: int
) -> tuple[Patterns, list[str]]:
    """All pairs by how they agree, candidates as counted, the others from a sample; and the guards that are waived."""
    candidates = _number(con, sql.statement("candidate_count"))
    every = max(1, round(candidates / spec.training_pairs))
    sql.run(con, "candidate_of_training", sampled_every=every)
    sql.run(con, "wanted_names_of_profiles", "name_pair", "pair")
    waived = waived_guards(_guard_counts(con))
    set_guards(con, waived)
    sql.run(con, "possible_pair")
    found = con.execute(match_sql.patterns(spec.comparisons)).to_arrow_table()
    shifts = np.random.default_rng(random_seed).choice(
        np.arange(1, count), size=min(max(1, spec.sampled_pairs // count), count - 1), replace=False
    )
    sql.run(con, "random_pair", shifts=sorted(shifts.tolist()), profile_count=count)
    sampled = con.execute(match_sql.patterns(spec.comparisons)).to_arrow_table()
    sql.drop(con, "pair", "pair_candidate", "name_pair", "wanted_name_pair", "compared_pair")
    others = count * (count - 1) / 2 - candidates
    stands_for = others / max(1, np.sum(sampled["pair_count"].to_numpy()))
    both = pa.concat_tables([found, sampled])
    counted = candidates / max(1, np.sum(found["pair_count"].to_numpy()))
    weight = np.repeat([counted, stands_for], [found.num_rows, sampled.num_rows])
    patterns = Patterns(
        level=np.stack([both[name].to_numpy().astype(np.int64) for name in spec.comparisons], axis=1),
        rarity=np.stack([both[f"{name}_rarity"].to_numpy().astype(np.int64) for name in spec.comparisons], axis=1),
        pair_count=both["pair_count"].to_numpy().astype(np.float64) * weight,
        is_possible=both["is_possible"].to_numpy(zero_copy_only=False).astype(bool),
        is_candidate=np.repeat([True, False], [found.num_rows, sampled.num_rows]),
    )
    return patterns, waived


def _guard_counts(con: duckdb.DuckDBPyConnection) -> GuardCounts:
    return GuardCounts(*(con.execute(sql.statement("guard_count")).fetchone() or (0,) * len(GuardCounts._fields)))


def others(spec: MatchSpec, learned: Learned, found: Homonyms, waived: list[str]) -> dict[str, Any]:
    """Households, namesakes and kin of one name, by what the model knows of them."""
    named = list(enumerate(spec.comparisons.items()))
    of_household = {at: name for at, (name, found) in named if found.is_of_household or found.kind == "background"}
    of_one_name = {at: name for at, (name, found) in named if found.kind in {"background", "shared"}}
    return {
        "household_prior": learned.household_prior,
        "household_levels": {name: learned.h[at].tolist() for at, name in of_household.items()},
        "namesake_factor": learned.namesake_factor,
        "namesake_levels": {name: learned.n[at].tolist() for at, name in of_one_name.items()},
        "homonym_share": found.share,
        "whole_name_factor": found.factor,
        # Where birth dates that differ are mistakes, parent and child of one name are hardly there.
        "namesake_share": spec.namesake_share * (RARE_NAMESAKES if "birth_date" in waived else 1.0),
        "own": [name for _, (name, found) in named if found.kind == "own"],
        "names": [name for _, (name, found) in named if found.is_name],
        "background": [name for _, (name, found) in named if found.kind == "background"],
        "name_only_bits": spec.name_only_bits,
    }


def _compared(con: duckdb.DuckDBPyConnection, comparison: Comparison) -> Compared:
    by_frequency = [*(level.frequency is not None for level in comparison.levels), False]
    of_kin = [*(level.kin for level in comparison.levels), False]
    compared = Compared(np.array(comparison.starting_m), np.array(by_frequency), comparison.kind, np.array(of_kin))
    if (column := comparison.levels[0].frequency) is None:
        return compared
    rarity, pairs = con.execute(match_sql.rarities(column)).fetchnumpy().values()
    counted = np.bincount(rarity.astype(np.int64), weights=pairs.astype(np.float64))
    return replace(compared, agreeing_pairs=counted.astype(np.float64))


def _among_strangers(spec: MatchSpec, learned: Learned, frequencies: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Frequencies of names without what a person's own records add to them."""
    found = {}
    for at, comparison in enumerate(spec.comparisons.values()):
        column, shares = comparison.levels[0].frequency, learned.strangers_share[at]
        if column and len(shares):
            table = frequencies[column]
            tf = table["tf"].to_numpy()
            rarity = np.minimum(np.round(-np.log2(tf)).astype(np.int64), len(shares) - 1)
            found[column] = pa.table({"value": table["value"], "tf": tf * shares[rarity]})
    return found


def _expectations(patterns: Patterns, bits: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, float]:
    """What the model expects of its own links."""
    p = 1 / (1 + np.exp2(-np.clip(bits, -500, 500)))
    linked = patterns.is_possible & (bits >= LINK_THRESHOLD_BITS)
    pairs = patterns.pair_count
    true = (p * pairs)[patterns.is_possible].sum()
    return {
        "expected_links": float(pairs[linked].sum()),
        "expected_wrong_links": float(((1 - p) * pairs)[linked].sum()),
        "expected_recall": float((p * pairs)[linked].sum() / max(true, 1e-9)),
    }


def splink_settings(spec: MatchSpec, learned: Learned, blocks: list[tuple[str, ...]]) -> dict[str, Any]:
    """The model as Splink's settings, so that Splink's charts and scores are those of the model."""
    return {
        "link_type": "dedupe_only",
        "linker_uid": "guestbook",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": learned.prior,
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": " and ".join(f"l.{column} = r.{column}" for column in block)} for block in blocks
        ],
        "comparisons": [
            _splink_comparison(name, spec, learned.m[at].tolist(), learned.u[at].tolist())
            for at, name in enumerate(spec.comparisons)
        ],
        "retain_intermediate_calculation_columns": False,
        "retain_matching_columns": False,
    }


def _splink_comparison(name: str, spec: MatchSpec, m: list[float], u: list[float]) -> dict[str, Any]:
    comparison = spec.comparisons[name]
    null_level = {"sql_condition": comparison.unknown, "label_for_charts": "unknown", "is_null_level": True}
    levels: list[dict[str, Any]] = [
        {"sql_condition": level.sql, "label_for_charts": level.label}
        | ({"tf_adjustment_column": level.frequency, "tf_adjustment_weight": 1.0} if level.frequency else {})
        for level in comparison.levels
    ]
    levels.append({"sql_condition": "ELSE", "label_for_charts": "different"})
    learned = [level | {"m_probability": m[at], "u_probability": u[at]} for at, level in enumerate(levels)]
    return {"output_column_name": name, "comparison_levels": [null_level, *learned]}


def _number(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int((con.execute(query).fetchone() or (0,))[0])
