"""Expected visits, spend per visit and revenue within the horizon: visit model times Gamma-Gamma."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import nbinom

from ml.history import CutOff
from ml.judge import judge_amount
from ml.season import expected_pace
from ml.visit_rhythm import Floats, VisitRhythm
from ml.visit_value import VisitValue, fit_visit_value

INTERVAL = (0.1, 0.9)


@dataclass(frozen=True)
class ValueModel:
    """What scores value.

    Without a visit model nothing is scored; without a spend model the customer's own mean spend stands.
    """

    horizon_days: int
    rhythm: VisitRhythm | None
    visit_value: VisitValue | None
    pace: float = 1.0

    @property
    def reason(self) -> str:
        """Why this model is, or is not, the one in use."""
        if self.rhythm is None:
            return "not promoted: too few customers came back for any visit model; value is not scored"
        spend = (
            "Gamma-Gamma spend" if self.visit_value else "own mean spend (too few different amounts for Gamma-Gamma)"
        )
        return f"promoted: {self.rhythm.family} visits, {spend}"

    def predict(self, features: pd.DataFrame) -> pd.DataFrame:
        """One row per customer: the columns of COLUMNS; all null without a visit model."""
        if self.rhythm is None:
            return pd.DataFrame(index=features.index, columns=list(COLUMNS), dtype="float64")
        keys = features[["clv_frequency", "clv_recency_days", "clv_age_days"]].to_numpy()
        groups, row_group = np.unique(keys, axis=0, return_inverse=True)  # equal customers are computed once
        x, t_x, t = groups.T if len(groups) else np.empty((3, 0))
        alive = self.rhythm.p_alive(x, t_x, t)
        stays = self.rhythm.expected_visits(x, t_x, t, self.horizon_days * self.pace)
        low, high = (_quantile(level, alive, stays, x + self.rhythm.r) for level in INTERVAL)
        frame = pd.DataFrame(
            {"expected_stays": stays, "expected_stays_low": low, "expected_stays_high": high, "p_alive": alive}
        )
        frame = frame.iloc[row_group.ravel()].reset_index(drop=True)
        frame["expected_visit_amount"] = self._visit_amount(features)
        frame["expected_revenue_amount"] = frame["expected_stays"] * frame["expected_visit_amount"]
        return frame

    def _visit_amount(self, features: pd.DataFrame) -> Floats:
        own = features["average_visit_amount"].to_numpy()
        if self.visit_value is None:
            return np.nan_to_num(own, nan=0.0)
        return self.visit_value.expected_amount(features["visit_count"].to_numpy(), own)


COLUMNS = (
    "expected_stays",
    "expected_stays_low",
    "expected_stays_high",
    "p_alive",
    "expected_visit_amount",
    "expected_revenue_amount",
)


def train_value(night: CutOff, past: Sequence[CutOff], horizon_days: int) -> tuple[ValueModel, dict[str, Any]]:
    """The model fitted on the night, and how one fitted alike did on past cut-offs (`plain`: without the pace)."""
    judged = []
    for cut_off in sorted(past, key=lambda c: c.as_of_date, reverse=True)[:3]:
        model = _fit(cut_off, past, horizon_days)
        if model.rhythm is None:
            continue
        judged.append(
            {
                "as_of_date": cut_off.as_of_date.isoformat(),
                "row_count": len(cut_off.features),
                "pace": round(model.pace, 4),
                "value": _judge(cut_off, model),
                "plain": _judge(cut_off, replace(model, pace=1.0)),
            }
        )
    return _fit(night, past, horizon_days), {"judged": judged}


def _judge(cut_off: CutOff, model: ValueModel) -> dict[str, dict[str, float]]:
    predicted = model.predict(cut_off.features)
    return {
        "stays": judge_amount(cut_off.future_visit_count, predicted["expected_stays"].to_numpy()),
        "revenue": judge_amount(cut_off.future_revenue_amount, predicted["expected_revenue_amount"].to_numpy()),
    }


def _fit(cut_off: CutOff, past: Sequence[CutOff], horizon_days: int) -> ValueModel:
    f = cut_off.features
    known = [c for c in past if c.as_of_date <= cut_off.as_of_date - timedelta(days=horizon_days)]
    visit_value = fit_visit_value(f["visit_count"].to_numpy(), f["average_visit_amount"].to_numpy())
    pace = expected_pace(cut_off.as_of_date, known, horizon_days) or 1.0
    return ValueModel(horizon_days, cut_off.rhythm, visit_value, pace)


def _quantile(level: float, alive: Floats, stays: Floats, shape: Floats) -> Floats:
    """Quantile of visits: none for those who left, a negative binomial with the right mean for the others."""
    mean = np.where(alive > 0, stays / np.maximum(alive, 1e-12), 0.0)
    inner = (level - (1.0 - alive)) / np.maximum(alive, 1e-12)
    value = nbinom.ppf(np.clip(inner, 0.0, 1.0 - 1e-9), shape, shape / (shape + np.maximum(mean, 1e-12)))
    return np.where(inner > 0, np.maximum(np.nan_to_num(value), 0.0), 0.0)
