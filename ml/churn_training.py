"""Judging churn candidates in time order, and deciding what scores from now on.

Rolling origin: trained on earlier cut-offs whose outcome was known by then, judged on a later one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ml.churn_judging import BASELINES, EVERYBODY, FALLBACK, judge_rolling, mean_figures
from ml.churn_model import ChurnEnsemble
from ml.columns import NUMBERS
from ml.drift import Reference, fit_reference
from ml.history import CutOff, p_none, training_cut_offs
from ml.judge import MIN_OF_EACH_CLASS
from ml.reasons import ReasonModel
from ml.rhythm_mean import RhythmMean
from ml.season import expected_pace
from ml.stacking import stacked_weights
from ml.visit_rhythm import Floats

# In paired standard errors; the worst of several groups is worst partly by luck.
TOLERANCE, GROUP_TOLERANCE = 1.0, 2.0
INDIFFERENCE, GROUP_INDIFFERENCE = 0.01, 0.02  # shares of the visit model's figure that are not worth a refusal


@dataclass(frozen=True)
class ChurnScorer:
    """What scores churn: `method` ensemble, bgnbd (fallback.

    The visit model alone) or none (nothing could be fitted).
    """

    method: str
    horizon_days: int
    window_days: int
    rhythm: RhythmMean | None = None
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
    judged, periods = judge_rolling(night.as_of_date, past, horizon_days, window_days, random_state)
    metrics: dict[str, Any] = {
        "label": f"1 = no visit in the {horizon_days} days after the cut-off",
        "judged": judged,
        "mean": mean_figures(judged),
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
    ensemble.weigh(stacked_weights(periods, ensemble.weights_))
    scorer = ChurnScorer("ensemble", horizon_days, window_days, rhythm, pace or 1.0, ensemble)
    metrics["parameters"] = ensemble.parameters()
    reason = f"promoted: {_praise(metrics['mean'], judged)}"
    return ChurnTraining(_finished(scorer, night), True, reason, metrics, ensemble.training_row_count_)


def _refusal(judged: list[dict[str, Any]], past: Sequence[CutOff], horizon_days: int, window_days: int) -> str | None:
    """Why the candidate is not to be used, or None: it must not lose to what would score otherwise.

    Neither in Brier score and top-decile lift overall, nor in Brier score in a large group of customers.
    """
    if not past:
        return f"no history of {horizon_days} days with its outcome"
    if not judged:
        labels = [c.has_left()[c.in_window(window_days)] for c in past]
        fewest = min(int(min(label.sum(), len(label) - label.sum())) for label in labels)
        needed = f"{MIN_OF_EACH_CLASS} of each needed to learn and to judge"
        return f"{fewest} customers of the rarer class in a cut-off, {needed}"
    return _loss([j["gain_over"][FALLBACK] for j in judged], mean_figures(judged)[FALLBACK])


def _loss(rounds: list[dict[str, dict[str, float]]], level: dict[str, float]) -> str | None:
    """What the candidate loses to the visit model, or None: gains by group, one entry per judged cut-off.

    A Brier score that is clearly better may cost a lift that is doubtfully worse: the top tenth is few customers.
    """
    brier_gain, brier_error = _pooled([gains[EVERYBODY] for gains in rounds], "brier")
    lift_tolerance = GROUP_TOLERANCE if brier_gain > GROUP_TOLERANCE * brier_error else TOLERANCE
    for figure, name, base in (
        ("brier", "Brier score", level["brier"]),
        ("lift", "top-decile lift", level["top_decile_lift"]),
    ):
        for group in sorted({group for gains in rounds for group in gains if figure == "brier" or group == EVERYBODY}):
            gain, error = _pooled([gains[group] for gains in rounds if group in gains], figure)
            overall = (lift_tolerance if figure == "lift" else TOLERANCE, INDIFFERENCE)
            errors, share = overall if group == EVERYBODY else (GROUP_TOLERANCE, GROUP_INDIFFERENCE)
            if gain < -max(errors * error, share * base):
                return f"{name} worse than that of the visit model alone by {-gain:.4f} for {group}"
    return None


def _pooled(gains: list[dict[str, float]], figure: str) -> tuple[float, float]:
    """Mean gain over cut-offs and the standard error of one of them.

    Cut-offs share customers and are not independent.
    """
    errors = np.array([gain[f"{figure}_error"] for gain in gains])
    return float(np.mean([gain[figure] for gain in gains])), float(np.sqrt((errors**2).mean()))


def _praise(mean: dict[str, dict[str, float]], judged: list[dict[str, Any]]) -> str:
    cut_off_count = len(judged)
    kind = (
        "later period(s)"
        if judged[0]["kind"] == "later_period"
        else "third of customers held out (history too short for a later period)"
    )
    ours = mean["ensemble"]
    best = max((name for name in BASELINES if name in mean), key=lambda name: mean[name]["auc"])
    return (
        f"over {cut_off_count} {kind} AUC {ours['auc']:.3f} against {mean[best]['auc']:.3f} ({best}), "
        f"Brier {ours['brier']:.4f}, top-decile lift {ours['top_decile_lift']:.2f}"
    )


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
