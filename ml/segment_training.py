"""Fitting segments and keeping the five steps of the choice as a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from ml.history import CutOff
from ml.rfm import LAST_TIER, TIERS, value_tiers
from ml.segment_axes import even_rows
from ml.segment_judging import judge_segments
from ml.segment_model import MIN_CUSTOMERS, SegmentModel

JUDGED_ROWS = 2_000
SEASONS_DAYS = 550


@dataclass(frozen=True)
class SegmentTraining:
    """Outcome of one training of the segments."""

    model: SegmentModel
    is_promoted: bool
    reason: str
    metrics: dict[str, Any]


def train_segments(
    night: CutOff, past: Sequence[CutOff], champion: SegmentModel | None, random_state: int
) -> SegmentTraining:
    """Fit on the night's customers; codes stay those of the champion where the segments are the same.

    Past cut-offs of the last year and a half, with at least half as many customers, show it in other seasons.
    """
    since, least = night.as_of_date - timedelta(days=SEASONS_DAYS), max(len(night.features) / 2, MIN_CUSTOMERS)
    earlier = [c.features for c in past if c.as_of_date >= since and len(c.features) >= least]
    model = SegmentModel(random_state).fit(night.features, champion, earlier, night.as_of_date)
    codes, _ = model.predict(night.features)
    metrics = model.record()
    metrics["value_tiers"] = _tiers(night)
    rows = even_rows(len(night.features), JUDGED_ROWS)
    some = night.features.iloc[rows]
    verdicts = judge_segments(some, codes[rows], model.space(some)) if len(rows) else {}
    for segment in metrics["segments"]:
        segment |= _profile(night, codes == segment["segment_code"])
        segment["judged"] = verdicts.get(segment["segment_code"])
    return SegmentTraining(model, len(model.codes_) > 1, model.reason_, metrics)


def _tiers(night: CutOff) -> list[dict[str, Any]]:
    """The customer pyramid: share of customers and of the trailing year's spend per tier."""
    spend = night.features["spend_trailing_year_amount"].to_numpy()
    tiers = value_tiers(spend)
    total = float(spend.sum()) or 1.0
    names = [name for name, _ in TIERS] + [LAST_TIER]
    return [
        {
            "value_tier_code": name,
            "customer_count": int((tiers == name).sum()),
            "revenue_share": round(float(spend[tiers == name].sum()) / total, 4),
        }
        for name in names
    ]


def _profile(night: CutOff, rows: np.ndarray) -> dict[str, Any]:
    """What a segment looks like: size, money, habits, and how many of it may be written to."""
    f = night.features
    part = f[rows]
    if part.empty:
        return {"customer_count": 0, "customer_share": 0.0}
    total = float(f["spend_amount"].sum()) or 1.0
    medians = (
        "rfm_recency_days",
        "visit_count",
        "spend_amount",
        "average_visit_amount",
        "mean_los_nights",
        "mean_lead_time_days",
    )
    means = ("weekend_share", "direct_share", "business_share", "is_member", "consent_email")
    return {
        "customer_count": len(part),
        "customer_share": round(len(part) / len(f), 4),
        "revenue_share": round(float(part["spend_amount"].sum()) / total, 4),
        **{f"median_{name}": _number(part[name].median()) for name in medians},
        **{f"mean_{name}": _number(part[name].mean()) for name in means},
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
