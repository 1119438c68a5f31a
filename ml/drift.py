"""How far tonight's customers are from those a model was trained on: the population stability index.

A population changes with the season, and comes back: it is compared with each that the model has seen, and the nearest
one counts.

PSI = sum over bins of (share now - share then) * ln(share now / share then). Custom: under 0.1 stable, over 0.25
another population (Siddiqi, "Credit Risk Scorecards", 2006).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS = 10
LEAST_SHARE = 1e-3
LIMITS = ((0.1, "stable"), (0.25, "moved"), (np.inf, "drifted"))


@dataclass(frozen=True)
class Reference:
    """Per column the inner bin edges, and the shares of rows per bin (the last one for unknown values).

    One row of shares per population that the model has seen: the night's, and those of earlier seasons.
    """

    edges: dict[str, Floats]
    shares: dict[str, Floats]

    def psi(self, frame: pd.DataFrame) -> pd.DataFrame:
        """One row per column_name: psi against the nearest population and drift_code; no rows for an empty frame."""
        if frame.empty:
            return pd.DataFrame({"column_name": [], "psi": [], "drift_code": []})
        values = [self._nearest(name, frame[name]) for name in self.edges]
        codes = [drift_code(value) for value in values]
        return pd.DataFrame({"column_name": list(self.edges), "psi": np.round(values, 6), "drift_code": codes})

    def _nearest(self, name: str, values: pd.Series) -> float:
        now = _shares(values, self.edges[name])
        return min(stability_index(then, now) for then in self.shares[name])


def fit_reference(frame: pd.DataFrame, others: Sequence[pd.DataFrame] = ()) -> Reference:
    """Bins of equal counts on the rows of one population (fewer where values repeat); `others` are in the same bins."""
    edges = {str(name): _edges(frame[name]) for name in frame}
    shares = {name: np.array([_shares(seen[name], edges[name]) for seen in (frame, *others)]) for name in edges}
    return Reference(edges, shares)


def stability_index(then: Floats, now: Floats) -> float:
    """PSI of two distributions over the same bins; empty bins count as LEAST_SHARE."""
    a, b = np.maximum(then, LEAST_SHARE), np.maximum(now, LEAST_SHARE)
    return float(((b - a) * np.log(b / a)).sum())


def drift_code(psi: float) -> str:
    """stable, moved or drifted."""
    return next(code for limit, code in LIMITS if psi < limit)


def _edges(values: pd.Series) -> Floats:
    known = values.dropna().to_numpy(dtype=np.float64)
    return np.unique(np.quantile(known, np.arange(1, BINS) / BINS)) if len(known) else np.empty(0)


def _shares(values: pd.Series, edges: Floats) -> Floats:
    array = values.to_numpy(dtype=np.float64)
    bins = np.where(np.isnan(array), len(edges) + 1, np.searchsorted(edges, array, side="left"))
    return np.bincount(bins, minlength=len(edges) + 2) / max(len(array), 1)
