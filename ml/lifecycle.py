"""Where a customer stands in their life with the house, judged against their own rhythm."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from guestbook.life_stages import LAST_STAGE, STAGE_LIMITS, WON_BACK_GAP_RATIO, WON_BACK_LEAST_DAYS
from ml.visit_rhythm import Floats

GAP_LIMITS = (14.0, 365.0)


def typical_gap_days(features: pd.DataFrame) -> float:
    """Everybody's usual days between visits (median of the customers' means), kept within sensible limits.

    365 when nobody came back.
    """
    gaps = features["mean_gap_days"].dropna()
    return float(np.clip(gaps.median(), *GAP_LIMITS)) if len(gaps) else GAP_LIMITS[1]


def own_gap_days(features: pd.DataFrame, typical_gap: float) -> Floats:
    """Usual days between visits per row.

    The own mean with everybody's as one more observation, so that two close visits make no rhythm.
    """
    repeats = features["clv_frequency"].to_numpy()
    own = np.where(repeats > 0, features["mean_gap_days"].fillna(typical_gap).to_numpy(), typical_gap)
    return np.maximum((repeats * own + typical_gap) / (repeats + 1.0), 1.0)


def lifecycle_stages(features: pd.DataFrame, typical_gap: float, window_days: int) -> NDArray[np.object_]:
    """One stage per row: new, active, slipping, dormant, lost, won_back.

    new: one visit, lately. won_back: active again after an unusually long gap.
    """
    silence = features["rfm_recency_days"].to_numpy()
    ratio = silence / own_gap_days(features, typical_gap)
    stage: NDArray[np.object_] = np.full(len(features), LAST_STAGE, dtype=object)
    for name, limit in reversed(STAGE_LIMITS):
        stage[ratio <= limit] = name
    stage[silence >= window_days] = LAST_STAGE
    stage[(stage == "active") & (features["visit_count"].to_numpy() <= 1)] = "new"
    stage[(stage == "active") & _came_back(features)] = "won_back"
    return stage


def _came_back(features: pd.DataFrame) -> NDArray[np.bool_]:
    repeats, span = features["clv_frequency"].to_numpy(), features["clv_recency_days"].to_numpy()
    last_gap = features["last_gap_days"].fillna(0.0).to_numpy()
    before = np.where(repeats > 1, (span - last_gap) / np.maximum(repeats - 1, 1), np.inf)
    return (repeats > 1) & (last_gap >= WON_BACK_LEAST_DAYS) & (last_gap >= WON_BACK_GAP_RATIO * before)
