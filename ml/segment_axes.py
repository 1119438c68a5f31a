"""What customers are told apart by: days since the last visit, visits and spend, in logarithms."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.visit_rhythm import Floats

AXES = ("recency", "visits", "spend")
RECENCY, VISITS, SPEND = range(3)
# Spend has a yardstick of its own, the value tiers; at half weight the segments were clearer and more stable on every
# set tried.
WEIGHTS = (1.0, 1.0, 0.5)
TRANSFORMS = ("ln(1 + days)", "ln(visits)", "ln(1 + spend)")
LOWEST = (("rfm_recency_days", 0.0), ("visit_count", 1.0), ("spend_amount", 0.0))


def preparation(center: Floats, scale: Floats, used: Sequence[str]) -> list[dict[str, Any]]:
    """For the record, one entry per axis: where it comes from, how it is prepared, whether the segments look at it."""
    return [
        {
            "axis": axis,
            "column": column,
            "transform": TRANSFORMS[number],
            "mean": round(float(center[number]), 4),
            "standard_deviation": round(float(1.0 / scale[number]), 4) if scale[number] else 0.0,
            "weight": WEIGHTS[number],
            "is_used": axis in used,
        }
        for number, (axis, (column, _)) in enumerate(zip(AXES, LOWEST, strict=True))
    ]


def plain_axes(features: pd.DataFrame, typical: Floats | None = None) -> Floats:
    """One row per customer: days since the last visit, visits (at least 1), spend (at least 0).

    What is missing or not finite is taken as `typical` has it, by default as `typical_axes` of the same customers.
    """
    known = _known(features)
    return np.where(np.isnan(known), _typical(known) if typical is None else typical, known)


def typical_axes(features: pd.DataFrame) -> Floats:
    """The median of each axis over the customers of whom it is known; the least possible where it is of none."""
    return _typical(_known(features))


def _known(features: pd.DataFrame) -> Floats:
    columns = [features[name].to_numpy(dtype=np.float64, na_value=np.nan) for name, _ in LOWEST]
    values = np.column_stack(columns)
    return np.where(np.isfinite(values), np.maximum(values, [least for _, least in LOWEST]), np.nan)


def _typical(known: Floats) -> Floats:
    lowest = [least for _, least in LOWEST]
    columns = [column[~np.isnan(column)] for column in known.T]
    return np.array([np.median(c) if len(c) else least for c, least in zip(columns, lowest, strict=True)])


def log_axes(plain: Floats) -> Floats:
    """Logarithms of days + 1, visits and spend + 1; repeat visits count, so a first visit is 0."""
    return np.log1p(plain - np.array([0.0, 1.0, 0.0]))


def standards(logs: Floats) -> tuple[Floats, Floats]:
    """Mean and 1 / standard deviation per axis; 0 for an axis on which all are alike, which then tells nobody apart."""
    spread = logs.std(axis=0)
    return logs.mean(axis=0), np.where(spread > 1e-9, 1.0 / np.where(spread > 1e-9, spread, 1.0), 0.0)


def even_rows(count: int, most: int) -> NDArray[np.int64]:
    """At most so many row numbers, spread evenly."""
    if not count:
        return np.empty(0, dtype=np.int64)
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))
