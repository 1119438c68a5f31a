"""Plain Splink, the opponent: set up as its documentation does, at the threshold that the truth says is best.

Four ordinary set-ups run: names compared one by one or as a whole (swaps), and blocks of two columns or of one, as its
own febrl examples have them. The best one counts: whoever picks Splink may pick any of them.
"""

import itertools
from collections.abc import Iterable
from typing import Any, NamedTuple

import duckdb
import pandas as pd

from benchmarks.linkage import Quality, components, quality

THRESHOLDS = (-10, -5, -2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 21, 25, 30)
Block = tuple[str, ...]
PAIRED_BLOCKS: tuple[Block, ...] = (
    ("first_name", "last_name"), ("last_name", "birth_date"), ("first_name", "birth_date"),
    ("birth_date", "postal_code"), ("birth_date", "city"), ("last_name", "postal_code"),
    ("first_name", "postal_code"), ("document_number",), ("document_hash",),
    ("address", "city"), ("email",), ("phone",), ("loyalty_number",),
)  # fmt: skip
SINGLE_BLOCKS: tuple[Block, ...] = (
    ("first_name",), ("last_name",), ("birth_date",), ("postal_code",), ("address",), ("document_number",),
    ("document_hash",), ("email",), ("phone",), ("loyalty_number",),
)  # fmt: skip
MAXIMUM_PAIRS = 8_000_000  # a block of one column that makes more is no choice
CERTAIN: tuple[Block, ...] = (("first_name", "last_name"), ("last_name", "birth_date"))
TRAINED_IN: tuple[Block, ...] = (("first_name", "last_name"), ("birth_date",), ("postal_code",))


class Best(NamedTuple):
    """The best that plain Splink reaches, from which match weight (bits) on, how set up, and where the records went."""

    quality: Quality
    threshold: int
    set_up: str
    placed: pd.Series


def plain_splink(people: pd.DataFrame, seed: int = 1) -> Best:
    """Of records with `person_id` and the fields of a guest: the best of all set-ups and thresholds."""
    records = _as_text(people.drop(columns=["person_id", "country_code", "file"], errors="ignore"))
    have = set(records.columns)
    single = [block for block in SINGLE_BLOCKS if have >= set(block) and _pair_count(records, block) <= MAXIMUM_PAIRS]
    blocks = {"pairs of columns": [block for block in PAIRED_BLOCKS if have >= set(block)], "single columns": single}
    found = [
        _best(people["person_id"], _predicted(records, wanted, is_whole, seed), f"{names}, blocks of {kind}")
        for (kind, wanted), (names, is_whole) in itertools.product(
            blocks.items(), (("names apart", False), ("whole names", True))
        )
    ]
    return max(found, key=lambda best: best.quality.f1)


def _as_text(records: pd.DataFrame) -> pd.DataFrame:
    """Lower case, with a number for each record, without columns that say nothing."""
    born = pd.to_datetime(records["birth_date"]).dt.strftime("%Y-%m-%d")
    records = records.assign(unique_id=range(len(records)), birth_date=born)
    records = records.loc[:, records.nunique() > 1]
    return records.map(lambda value: value.lower() if isinstance(value, str) else value)


def _pair_count(records: pd.DataFrame, block: Block) -> int:
    sizes = records.dropna(subset=list(block)).groupby(list(block)).size()
    return int((sizes * (sizes - 1) // 2).sum())


def _predicted(records: pd.DataFrame, blocks: list[Block], is_whole: bool, seed: int) -> pd.DataFrame:
    """Trained on the records and predicted: one row per pair.

    Splink 5 gives up where the share of a level sinks to 0: then homes are equal city and postal code, or different.
    """
    try:
        return _trained(records, blocks, list(_comparisons(set(records.columns), is_whole, is_fuzzy=True)), seed)
    except ValueError as error:
        if "m_probability" not in str(error):
            raise
    return _trained(records, blocks, list(_comparisons(set(records.columns), is_whole, is_fuzzy=False)), seed)


def _trained(records: pd.DataFrame, blocks: list[Block], comparisons: list[Any], seed: int) -> pd.DataFrame:
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(*block) for block in blocks],
    )
    with duckdb.connect(config={"threads": 1}) as con:
        linker = Linker(DuckDBAPI(con).register(records), settings, log_level="ERROR")
        certain: list[Any] = [block_on(*block) for block in CERTAIN if set(records.columns) >= set(block)]
        linker.training.estimate_probability_two_random_records_match(certain, recall=0.7)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=seed)
        for block in TRAINED_IN:
            if set(records.columns) >= set(block):
                linker.training.estimate_parameters_using_expectation_maximisation(block_on(*block))
        return linker.inference.predict(threshold_match_weight=min(THRESHOLDS)).as_pandas_dataframe()


def _comparisons(have: set[str], is_whole: bool, *, is_fuzzy: bool) -> Iterable[Any]:
    import splink.comparison_library as cl

    if is_whole:
        yield cl.ForenameSurnameComparison("first_name", "last_name")
    else:
        yield from (cl.NameComparison("first_name"), cl.NameComparison("last_name"))
    home = {
        "address": cl.JaroWinklerAtThresholds("address", [0.95, 0.85]),
        "city": cl.JaroWinklerAtThresholds("city", [0.9]).configure(term_frequency_adjustments=True),
        "postal_code": cl.LevenshteinAtThresholds("postal_code", [1, 2]),
    }
    possible = {
        "birth_date": cl.DateOfBirthComparison("birth_date", input_is_string=True),
        **(home if is_fuzzy else {name: cl.ExactMatch(name) for name in ("postal_code", "city")}),
        "state": cl.ExactMatch("state"),
        "document_hash": cl.ExactMatch("document_hash"),
        "document_number": cl.DamerauLevenshteinAtThresholds("document_number", [1, 2]),
        "email": cl.ExactMatch("email").configure(term_frequency_adjustments=True),
        "phone": cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        "loyalty_number": cl.ExactMatch("loyalty_number"),
    }
    yield from (comparison for name, comparison in possible.items() if name in have)


def _best(truth: pd.Series, pairs: pd.DataFrame, set_up: str) -> Best:
    """At the threshold that the truth says is best."""
    found = []
    for threshold in THRESHOLDS:
        kept = pairs[pairs["match_weight"] >= threshold]
        labels = components(len(truth), kept["unique_id_l"].to_numpy(), kept["unique_id_r"].to_numpy())
        placed = pd.Series(labels, index=truth.index)
        found.append(Best(quality(truth, placed), threshold, set_up, placed))
    return max(found, key=lambda best: best.quality.f1)
