"""What every identity benchmark measures, and plain Splink with its usual settings as the opponent."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Labels = NDArray[np.int64]
THRESHOLDS = (-10, -5, -2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 21, 25, 30)


@dataclass(frozen=True)
class Quality:
    """Pairwise and B-cubed agreement of a partition with the truth."""

    precision: float
    recall: float
    b_cubed_f1: float

    @property
    def f1(self) -> float:
        """Harmonic mean of pairwise precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def __str__(self) -> str:
        return f"P {self.precision:.4f}  R {self.recall:.4f}  F1 {self.f1:.4f}  B-cubed {self.b_cubed_f1:.4f}"


def quality(truth: pd.Series, placed: pd.Series) -> Quality:
    """Of records in the same order: the person each truly is, the customer it was given."""
    cells = pd.DataFrame({"truth": truth.to_numpy(), "placed": placed.to_numpy()}).value_counts()
    both = cells.to_numpy(dtype=float)
    person = cells.groupby("truth").transform("sum").to_numpy(dtype=float)
    customer = cells.groupby("placed").transform("sum").to_numpy(dtype=float)
    right = _pairs(both).sum()
    b_precision, b_recall = ((both * both / side).sum() / both.sum() for side in (customer, person))
    return Quality(
        precision=float(right / max(_pairs(cells.groupby("placed").sum().to_numpy(dtype=float)).sum(), 1)),
        recall=float(right / max(_pairs(cells.groupby("truth").sum().to_numpy(dtype=float)).sum(), 1)),
        b_cubed_f1=float(2 * b_precision * b_recall / (b_precision + b_recall)),
    )


def _pairs(count: NDArray[np.float64]) -> NDArray[np.float64]:
    return count * (count - 1) / 2


def components(size: int, first: Labels, second: Labels) -> Labels:
    """The connected component of each of `size` records."""
    graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(size, size))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def plain_splink(people: pd.DataFrame, seed: int = 1) -> tuple[Quality, int]:
    """Splink as its documentation sets it up, at its best threshold in bits, which it is told from the truth."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    records = people.drop(columns=["person_id", "country_code"]).assign(unique_id=range(len(people)))
    records["birth_date"] = pd.to_datetime(records["birth_date"]).dt.strftime("%Y-%m-%d")
    records = records.map(lambda value: value.lower() if isinstance(value, str) else value)
    have = {name for name in records.columns if records[name].notna().any()}
    possible = {
        "first_name": cl.NameComparison("first_name"),
        "last_name": cl.NameComparison("last_name"),
        "birth_date": cl.DateOfBirthComparison("birth_date", input_is_string=True),
        "address": cl.JaroWinklerAtThresholds("address", [0.95, 0.85]),
        "city": cl.JaroWinklerAtThresholds("city", [0.9]).configure(term_frequency_adjustments=True),
        "postal_code": cl.LevenshteinAtThresholds("postal_code", [1, 2]),
        "document_hash": cl.ExactMatch("document_hash"),
        "email": cl.EmailComparison("email"),
        "phone": cl.ExactMatch("phone"),
        "loyalty_number": cl.ExactMatch("loyalty_number"),
    }
    blocks = [
        ("first_name", "last_name"), ("last_name", "birth_date"), ("first_name", "birth_date"),
        ("birth_date", "postal_code"), ("birth_date", "city"), ("last_name", "postal_code"),
        ("first_name", "postal_code"), ("document_hash",),
        ("address", "city"), ("email",), ("phone",), ("loyalty_number",),
    ]  # fmt: skip
    blocks = [block for block in blocks if have >= set(block)]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[comparison for name, comparison in possible.items() if name in have],
        blocking_rules_to_generate_predictions=[block_on(*block) for block in blocks],
    )
    con = duckdb.connect(config={"threads": 1})
    api = DuckDBAPI(con)
    linker = Linker(api.register(records), settings, log_level="ERROR")
    certain = [block for block in blocks if block in {("first_name", "last_name"), ("last_name", "birth_date")}]
    linker.training.estimate_probability_two_random_records_match([block_on(*block) for block in certain], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=seed)
    trained_in = [("first_name", "last_name"), ("birth_date",), ("postal_code",)]
    for block in trained_in:
        if have >= set(block):
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*block))
    pairs = linker.inference.predict(threshold_match_weight=min(THRESHOLDS)).as_pandas_dataframe()
    best, best_at = Quality(0, 0, 0), 0
    for threshold in THRESHOLDS:
        kept = pairs[pairs["match_weight"] >= threshold]
        labels = components(len(people), kept["unique_id_l"].to_numpy(), kept["unique_id_r"].to_numpy())
        found = quality(people["person_id"], pd.Series(labels))
        if found.f1 > best.f1:
            best, best_at = found, threshold
    return best, best_at
