"""What every identity benchmark measures: pairwise and B-cubed agreement of customers with the truth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Quality:
    """Pairwise and B-cubed agreement of a partition with the truth."""

    true_pairs: int
    precision: float
    recall: float
    b_precision: float
    b_recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of pairwise precision and recall."""
        return _harmonic(self.precision, self.recall)

    @property
    def b_cubed_f1(self) -> float:
        """Harmonic mean of B-cubed precision and recall."""
        return _harmonic(self.b_precision, self.b_recall)

    def __str__(self) -> str:
        return (
            f"P {self.precision:.4f}  R {self.recall:.4f}  F1 {self.f1:.4f}  "
            f"B-cubed P {self.b_precision:.4f}  R {self.b_recall:.4f}  F1 {self.b_cubed_f1:.4f}"
        )


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0


def quality(truth: pd.Series, placed: pd.Series) -> Quality:
    """Of records in the same order: the person each truly is, the customer it was given."""
    (found,) = quality_by(truth, placed, pd.Series("all", index=truth.index)).values()
    return found


def quality_by(truth: pd.Series, placed: pd.Series, label: pd.Series) -> dict[str, Quality]:
    """Quality of the people of each label; a person has one label.

    A wrong pair counts once for each label that one of its two records has. No pair claimed: precision 1; none true:
    recall 1. B-cubed is the mean over the label's records.
    """
    columns = {"label": label.to_numpy(), "truth": truth.to_numpy(), "placed": placed.to_numpy()}
    cells = pd.DataFrame(columns).value_counts(dropna=False).rename("both").reset_index()
    sizes = cells.groupby("placed")["both"].transform("sum"), cells.groupby(["label", "truth"])["both"].transform("sum")
    cells["customer"], cells["person"] = sizes
    cells["b_precision"], cells["b_recall"] = (cells["both"] ** 2 / cells[side] for side in ("customer", "person"))
    cells["right"], cells["crossing"] = _pairs(cells["both"]), cells["both"] * (cells["customer"] - cells["both"])
    totals = cells.groupby("label")[["both", "right", "crossing", "b_precision", "b_recall"]].sum()
    totals["inside"] = _pairs(cells.groupby(["label", "placed"])["both"].sum()).groupby("label").sum()
    totals["true"] = _pairs(cells.groupby(["label", "truth"])["both"].sum()).groupby("label").sum()
    # `crossing` counts a wrong pair of two records of the label from both sides.
    totals["claimed"] = totals["crossing"] - (totals["inside"] - totals["right"]) + totals["right"]
    return {str(name): _quality(one) for name, one in totals.iterrows()}


def _quality(total: pd.Series) -> Quality:
    return Quality(
        true_pairs=int(total["true"]),
        precision=float(total["right"] / total["claimed"]) if total["claimed"] else 1.0,
        recall=float(total["right"] / total["true"]) if total["true"] else 1.0,
        b_precision=float(total["b_precision"] / total["both"]),
        b_recall=float(total["b_recall"] / total["both"]),
    )


def _pairs(count: pd.Series) -> pd.Series:
    return count * (count - 1) / 2


def components(size: int, first: Labels, second: Labels) -> Labels:
    """The connected component of each of `size` records."""
    graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(size, size))
    return connected_components(graph, directed=False)[1].astype(np.int64)
