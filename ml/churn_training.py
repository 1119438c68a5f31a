"""Judging churn candidates in time order, and deciding what scores from now on.

Rolling origin: trained on earlier cut-offs whose outcome was known by then, judged on a later one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from ml.columns import NUMBERS
from ml.drift import Reference, fit_reference
from ml.history import CutOff, p_none, training_cut_offs
from ml.judge import MIN_OF_EACH_CLASS, can_be_judged, judge_probability, lift_gain
from ml.reasons import ReasonModel
from ml.season import expected_pace, observed_pace
from ml.visit_rhythm import Floats, VisitRhythm

JUDGED = 3
BASELINE_DESIGNS = {"hiatus": hiatus_design, "hiatus_own_rhythm": own_rhythm_design, "rfm_logistic": rfm_design}
BASELINES = ("hiatus", "hiatus_own_rhythm", "rfm_logistic", "bgnbd", "mbgnbd")
FALLBACK = "visit_model"  # the likelier of the two families, with the pace: what scores when nothing is promoted
LARGE_GROUP_SHARE = 0.1
EVERYBODY = "everybody"
FIGURES = {"brier": "Brier score", "lift": "top-decile lift"}
# In paired standard errors. The best of several baselines is best partly by luck, and so is the worst of several
# groups; the fallback is what scores otherwise.
BASELINE_TOLERANCE, FALLBACK_TOLERANCE, GROUP_TOLERANCE = 2.0, 1.0, 2.0


@dataclass(frozen=True)
class ChurnScorer:
    """What scores churn: `method` ensemble, bgnbd (fallback.

    The visit model alone) or none (nothing could be fitted).
    """

    method: str
    horizon_days: int
    window_days: int
    rhythm: VisitRhythm | None = None
    pace: float = 1.0
    ensemble: ChurnEnsemble | None = None
    reasons: ReasonModel | None = None
    reference: Reference | None = None

    def probability(self, features: pd.DataFrame) -> Floats | None:
        """One probability of no visit in the horizon per row; None when there is no model."""
        if self.ensemble is not None:
            return self.ensemble.predict(features)["ensemble"]
        if self.rhythm is None:
            return None
        return p_none(self.rhythm, features, self.horizon_days * self.pace)


@dataclass(frozen=True)
class ChurnTraining:
    """Outcome of one training: the scorer to use, whether the candidate was promoted, why, and all figures."""

    scorer: ChurnScorer
    is_promoted: bool
    reason: str
    metrics: dict[str, Any]
    training_row_count: int


def train_churn(
    night: CutOff, past: Sequence[CutOff], horizon_days: int, window_days: int, random_state: int
) -> ChurnTraining:
    """Fit, judge and choose. `night` has no labels; `past` are labelled cut-offs, any order."""
    past = sorted((c for c in past if not c.features.empty), key=lambda c: c.as_of_date, reverse=True)
    rhythm = night.rhythm
    if rhythm is None:
        reason = "not promoted: too few customers came back for any visit model; customers are not scored"
        return ChurnTraining(ChurnScorer("none", horizon_days, window_days), False, reason, {"judged": []}, 0)
    judged = [
        figures
        for cut_off in past
        if (figures := judge_cut_off(cut_off, past, horizon_days, window_days, random_state)) is not None
    ][:JUDGED]
    metrics: dict[str, Any] = {
        "label": f"1 = no visit in the {horizon_days} days after the cut-off",
        "judged": judged,
        "mean": _mean(judged),
    }
    usable = training_cut_offs(past, night.as_of_date, horizon_days)
    pace = expected_pace(night.as_of_date, past, horizon_days)
    metrics |= {"trained_on": [c.as_of_date.isoformat() for c in usable], "expected_pace": pace and round(pace, 4)}
    refusal = _refusal(judged, past, horizon_days, window_days)
    if refusal:
        scorer = ChurnScorer("bgnbd", horizon_days, window_days, rhythm, pace or 1.0)
        reason = f"not promoted: {refusal}; fallback: probability of no visit by {rhythm.family} alone"
        return ChurnTraining(_finished(scorer, night), False, reason, metrics, rhythm.customer_count)
    ensemble = ChurnEnsemble(horizon_days, window_days, random_state).fit(usable, rhythm, pace)
    scorer = ChurnScorer("ensemble", horizon_days, window_days, rhythm, pace or 1.0, ensemble)
    metrics["parameters"] = ensemble.parameters()
    reason = f"promoted: {_praise(metrics['mean'], len(judged))}"
    return ChurnTraining(_finished(scorer, night), True, reason, metrics, ensemble.training_row_count_)


def judge_cut_off(
    cut_off: CutOff, past: Sequence[CutOff], horizon_days: int, window_days: int, random_state: int
) -> dict[str, Any] | None:
    """Every model and baseline on one cut-off, trained on what was known by then.

    None when there is nothing to train on or too little to judge.
    """
    train = training_cut_offs(past, cut_off.as_of_date, horizon_days)
    window = cut_off.keep(cut_off.in_window(window_days))
    label = window.has_left()
    if not train or cut_off.rhythm is None or not can_be_judged(label):
        return None
    learnt = np.concatenate([c.has_left()[c.in_window(window_days)] for c in train])
    if not can_be_judged(learnt):
        return None
    known = [c for c in past if c.as_of_date <= cut_off.as_of_date - timedelta(days=horizon_days)]
    pace = expected_pace(cut_off.as_of_date, known, horizon_days)
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


def _refusal(judged: list[dict[str, Any]], past: Sequence[CutOff], horizon_days: int, window_days: int) -> str | None:
    """Why the candidate is not to be used, or None.

    It must not lose to the best baseline, neither overall nor in a large group.
    """
    if not past:
        return f"no history of {horizon_days} days with its outcome"
    if not judged:
        labels = [c.has_left()[c.in_window(window_days)] for c in past]
        fewest = min(int(min(label.sum(), len(label) - label.sum())) for label in labels)
        if fewest < MIN_OF_EACH_CLASS:
            return f"{fewest} customers of the rarer class in a cut-off, {MIN_OF_EACH_CLASS} needed"
        return f"history too short to train and then judge {horizon_days} days later"
    mean = _mean(judged)
    names = [name for name in BASELINES if name in mean]
    for rival, figure, tolerance in (
        (min(names, key=lambda name: mean[name]["brier"]), "brier", BASELINE_TOLERANCE),
        (max(names, key=lambda name: mean[name]["top_decile_lift"]), "lift", BASELINE_TOLERANCE),
        (FALLBACK, "brier", FALLBACK_TOLERANCE),
        (FALLBACK, "lift", FALLBACK_TOLERANCE),
    ):
        rounds = [j["gain_over"][rival] for j in judged if rival in j["gain_over"]]
        for group in sorted({group for gains in rounds for group in gains if figure == "brier" or group == EVERYBODY}):
            gain, error = _pooled([gains[group] for gains in rounds if group in gains], figure)
            if gain < -(tolerance if group == EVERYBODY else GROUP_TOLERANCE) * error:
                return f"{FIGURES[figure]} worse than that of {rival} by {-gain:.4f} for {group}"
    return None


def _pooled(gains: list[dict[str, float]], figure: str) -> tuple[float, float]:
    """Mean gain over cut-offs and the standard error of one of them.

    Cut-offs share customers and are not independent.
    """
    errors = np.array([gain[f"{figure}_error"] for gain in gains])
    return float(np.mean([gain[figure] for gain in gains])), float(np.sqrt((errors**2).mean()))


def churn_skill(metrics: dict[str, Any]) -> float:
    """Share of the visit model's Brier score that the candidate takes away, over the judged periods; 0 unjudged."""
    mean = metrics.get("mean") or {}
    return 1.0 - mean["ensemble"]["brier"] / mean[FALLBACK]["brier"] if "ensemble" in mean and FALLBACK in mean else 0.0


def _praise(mean: dict[str, dict[str, float]], cut_off_count: int) -> str:
    ours = mean["ensemble"]
    best = max((name for name in BASELINES if name in mean), key=lambda name: mean[name]["auc"])
    return (
        f"over {cut_off_count} later period(s) AUC {ours['auc']:.3f} against {mean[best]['auc']:.3f} ({best}), "
        f"Brier {ours['brier']:.4f}, top-decile lift {ours['top_decile_lift']:.2f}"
    )


def _mean(judged: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    names = sorted({name for j in judged for name in j["models"]})
    return {
        name: {
            figure: round(float(np.mean([j["models"][name][figure] for j in judged if name in j["models"]])), 6)
            for figure in judged[0]["models"]["ensemble"]
        }
        for name in names
    }


def _finished(scorer: ChurnScorer, night: CutOff) -> ChurnScorer:
    """The scorer with words for its probabilities, and the customers that later ones are compared with."""
    features = night.features[night.in_window(scorer.window_days)].reset_index(drop=True)
    probability = scorer.probability(features)
    if probability is None or features.empty:
        return scorer
    reference = fit_reference(drift_columns(features, probability))
    return replace(scorer, reasons=ReasonModel().fit(features, probability), reference=reference)


def drift_columns(features: pd.DataFrame, probability: Floats) -> pd.DataFrame:
    """One row per customer: the features and the score whose drift is watched."""
    return features[list(NUMBERS)].assign(churn_probability=probability)
