"""Recency, frequency and monetary scores, and value tiers: ranks within everybody scored on the same date."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from ml.visit_rhythm import Floats

TIERS = (("vip", 0.01), ("key", 0.04), ("regular", 0.15))  # shares of all customers, from the top; the rest is small
LAST_TIER = "small"


def fifths(values: Floats, is_more_better: bool = True) -> NDArray[np.int32]:
    """One score 1-5 per row, 5 best.

    Equal values get equal scores: the fifth that the middle of the tied rows falls in.
    """
    ranks = rankdata(values if is_more_better else -np.asarray(values), method="average")
    return np.clip(np.floor(5.0 * (ranks - 0.5) / max(len(ranks), 1)) + 1, 1, 5).astype(np.int32)


def value_tiers(spend: Floats) -> NDArray[np.object_]:
    """One tier per row by spend of the trailing year.

    Customers of equal spend share a tier: the lower one when they straddle an edge; no spend is small.
    """
    tier: NDArray[np.object_] = np.full(len(spend), LAST_TIER, dtype=object)
    rank = rankdata(-np.asarray(spend), method="max")
    share = 0.0
    for name, width in TIERS:
        before, share = share, share + width
        inside = (rank > np.floor(before * len(spend) + 1e-9)) & (rank <= np.floor(share * len(spend) + 1e-9))
        tier[inside & (np.asarray(spend) > 0)] = name
    return tier
