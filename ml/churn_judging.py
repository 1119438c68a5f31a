"""Judging the churn candidate and its baselines on customers whose future it has not seen."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from ml.churn_features import hiatus_design, own_rhythm_design, rfm_design
from ml.churn_model import ChurnEnsemble
from ml.history import CutOff, p_none, training_cut_offs
from ml.judge import MIN_OF_EACH_CLASS, can_be_judged, judge_probability, lift_gain
from ml.season import expected_pace, observed_pace
from ml.visit_rhythm import Floats

JUDGED = 3
HELD_OUT_ONE_IN = 3
BASELINE_DESIGNS = {"hiatus": hiatus_design, "hiatus_own_rhythm": own_rhythm_design, "rfm_logistic": rfm_design}
BASELINES = ("hiatus", "hiatus_own_rhythm", "rfm_logistic", "bgnbd", "mbgnbd")
FALLBACK = "visit_model"  # the likelier of the two families, with the pace: what scores when nothing is promoted
LARGE_GROUP_SHARE = 0.1
EVERYBODY = "everybody"


def judge_rolling(
    past: Sequence[CutOff], horizon_days: int, window_days: int, random_state: int
) -> list[dict[str, Any]]:
    """One entry per judged cut-off, newest first, at most JUDGED: trained on what was known by then.

    Where no cut-off has another one whose outcome was known by then, the newest is judged on customers held out from
    it: the same period, other people, which says less and is marked so.
    """
    judged: list[dict[str, Any]] = []
    for cut_off in past:
        train = training_cut_offs(past, cut_off.as_of_date, horizon_days)
        known = [c for c in past if c.as_of_date <= cut_off.as_of_date - timedelta(days=horizon_days)]
        pace = expected_pace(cut_off.as_of_date, known, horizon_days)
        figures = judge(cut_off, train, horizon_days, window_days, random_state, pace)
        if figures is not None:
            judged.append({**figures, "kind": "later_period"})
        if len(judged) == JUDGED:
            break
    if not judged and past:
        held = _held_out(past[0])
        figures = judge(past[0].keep(held), [past[0].keep(~held)], horizon_days, window_days, random_state, None)
        judged = [] if figures is None else [{**figures, "kind": "other_customers_of_the_same_period"}]
    return judged


def judge(
    cut_off: CutOff,
    train: Sequence[CutOff],
    horizon_days: int,
    window_days: int,
    random_state: int,
    pace: float | None,
) -> dict[str, Any] | None:
    """Every model and baseline on one cut-off; None when there is nothing to train on or too little to judge."""
    window = cut_off.keep(cut_off.in_window(window_days))
    label = window.has_left()
    if not train or cut_off.rhythm is None or not can_be_judged(label):
        return None
    learnt = np.concatenate([c.has_left()[c.in_window(window_days)] for c in train])
    if not can_be_judged(learnt):
        return None
    ensemble = ChurnEnsemble(horizon_days, window_days, random_state).fit(train, cut_off.rhythm, pace)
    predicted = ensemble.predict(window.features)
    predicted[FALLBACK] = predicted.pop("rhythm")
    for family, model in cut_off.rhythms.items():
        predicted[family] = p_none(model, window.features, horizon_days)
    for name, make in BASELINE_DESIGNS.items():
        predicted[name] = _baseline(make, train, window, window_days)
    return {
        "as_of_date": cut_off.as_of_date.isoformat(),
        "trained_on": [c.as_of_date.isoformat() for c in train],
        "pace": {"expected": pace and round(pace, 4), "observed": round(observed_pace(cut_off), 4)},
        "row_count": len(label),
        "churn_share": round(float(label.mean()), 6),
        "models": {name: judge_probability(label, p) for name, p in sorted(predicted.items())},
        "gain_over": {
            name: {
                group: _paired(label[rows], predicted[name][rows], predicted["ensemble"][rows])
                for group, rows in _groups(window)
            }
            for name in (*BASELINES, FALLBACK)
            if name in predicted
        },
    }


def _baseline(make: Any, train: Sequence[CutOff], window: CutOff, window_days: int) -> Floats:
    """A one-line rule as a probability: a logistic regression on the same training rows, so that it is judged alike."""
    x = np.concatenate([make(c.features)[c.in_window(window_days)].to_numpy() for c in train])
    y = np.concatenate([c.has_left()[c.in_window(window_days)] for c in train])
    with threadpool_limits(1):
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(x, y)
        return model.predict_proba(make(window.features).to_numpy())[:, 1]


def _paired(label: Floats, other: Floats, ours: Floats) -> dict[str, float]:
    """Gains over another model on the same rows with their standard errors.

    In squared error, and in top-decile lift.
    """
    gain = (other - label) ** 2 - (ours - label) ** 2
    lift, lift_error = lift_gain(label, other, ours)
    return {
        "row_count": len(gain),
        "brier": round(float(gain.mean()), 6),
        "brier_error": round(float(gain.std(ddof=1) / np.sqrt(len(gain))), 6),
        "lift": round(lift, 6),
        "lift_error": round(lift_error, 6),
    }


def _groups(window: CutOff) -> list[tuple[str, np.ndarray]]:
    """Groups of customers large enough to be judged on their own, everybody first."""
    f = window.features
    groups = {
        EVERYBODY: f["visit_count"] >= 1,
        "first_timer": f["visit_count"] <= 1,
        "repeater": f["visit_count"] > 1,
        "member": f["is_member"] > 0,
        "on_books": f["on_books_count"] > 0,
        "seen_lately": f["rfm_recency_days"] <= f["rfm_recency_days"].median(),
    }
    least = max(MIN_OF_EACH_CLASS, LARGE_GROUP_SHARE * len(f))
    return [(name, rows.to_numpy()) for name, rows in groups.items() if rows.sum() >= least]


def mean_figures(judged: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Mean of every figure over the judged cut-offs, by model."""
    names = sorted({name for j in judged for name in j["models"]})
    return {
        name: {
            figure: round(float(np.mean([j["models"][name][figure] for j in judged if name in j["models"]])), 6)
            for figure in judged[0]["models"]["ensemble"]
        }
        for name in names
    }


def churn_skill(metrics: dict[str, Any]) -> float:
    """Share of the visit model's Brier score that the candidate takes away, over the judged periods; 0 unjudged."""
    mean = metrics.get("mean") or {}
    return 1.0 - mean["ensemble"]["brier"] / mean[FALLBACK]["brier"] if "ensemble" in mean and FALLBACK in mean else 0.0


def _held_out(cut_off: CutOff) -> np.ndarray:
    ids = cut_off.features["customer_id"].to_numpy(dtype=object)
    return np.asarray(pd.util.hash_array(ids) % np.uint64(HELD_OUT_ONE_IN) == 0)
