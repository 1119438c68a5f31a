"""Judging churn candidates in time order, and deciding what scores from now on.

Rolling origin: trained on earlier cut-offs whose outcome was known by then, judged on a later one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from ml.churn_features import log_odds
from ml.churn_judging import BASELINES, EVERYBODY, FALLBACK, judge_rolling, mean_figures
from ml.churn_model import ChurnEnsemble, calibrated_visits, known_share
from ml.columns import NUMBERS
from ml.drift import Reference, fit_reference
from ml.history import CutOff, p_none, training_cut_offs
from ml.judge import MIN_OF_EACH_CLASS
from ml.reasons import ReasonModel
from ml.rhythm_mean import RhythmMean
from ml.season import expected_pace
from ml.stacking import Period
from ml.visit_rhythm import Floats

# In paired standard errors: a top tenth is few customers; the worst of several groups is worst partly by luck.
LIFT_TOLERANCE, GROUP_TOLERANCE = 1.0, 2.0


@dataclass(frozen=True)
class ChurnScorer:
    """What scores churn, by `method`: the ensemble, bgnbd or none.

    bgnbd is the fallback: the visit model alone, its log odds on the line `slope`, `intercept`. none: nothing could be
    fitted.
    """

    method: str
    horizon_days: int
    window_days: int
    rhythm: RhythmMean | None = None
    pace: float = 1.0
    intercept: float = 0.0
    slope: float = 1.0
    ensemble: ChurnEnsemble | None = None
    reasons: ReasonModel | None = None
    reference: Reference | None = None

    def probability(self, features: pd.DataFrame) -> Floats | None:
        """One probability of no visit in the horizon per row; None when there is no model."""
        if self.ensemble is not None:
            return self.ensemble.predict(features)["ensemble"]
        if self.rhythm is None:
            return None
        by_visits = log_odds(p_none(self.rhythm, features, self.horizon_days * self.pace))
        return expit(self.intercept + self.slope * by_visits)


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
    alone = ChurnScorer("bgnbd", horizon_days, window_days, rhythm, pace or 1.0)
    scored = night.keep(night.in_window(window_days)).features
    refusal = _refusal(judged, past, horizon_days, window_days)
    if refusal:
        scorer = _calibrated(alone, rhythm, periods, usable, scored) if judged else alone
        reason = f"not promoted: {refusal}; fallback: probability of no visit by {rhythm.family} alone"
        return ChurnTraining(_finished(scorer, scored, past), False, reason, metrics, rhythm.customer_count)
    ensemble = ChurnEnsemble(horizon_days, window_days, random_state).fit(usable, rhythm, pace).blend(periods, scored)
    scorer = replace(alone, method="ensemble", ensemble=ensemble)
    metrics["parameters"] = ensemble.parameters()
    reason = f"promoted: {_praise(metrics['mean'], judged)}"
    return ChurnTraining(_finished(scorer, scored, past), True, reason, metrics, ensemble.training_row_count_)


def _calibrated(
    alone: ChurnScorer,
    rhythm: RhythmMean,
    periods: Sequence[Period],
    usable: Sequence[CutOff],
    scored: pd.DataFrame,
) -> ChurnScorer:
    """The visit model with slope and level as past periods have them."""
    by_visits = log_odds(p_none(rhythm, scored, alone.horizon_days * alone.pace))
    intercept, slope = calibrated_visits(periods, by_visits, known_share(usable, alone.window_days))
    return replace(alone, intercept=intercept, slope=slope)


def _refusal(judged: list[dict[str, Any]], past: Sequence[CutOff], horizon_days: int, window_days: int) -> str | None:
    """Why the candidate is not to be used, or None."""
    if not past:
        return f"no history of {horizon_days} days with its outcome"
    if not judged:
        labels = [c.has_left()[c.in_window(window_days)] for c in past]
        fewest = min(int(min(label.sum(), len(label) - label.sum())) for label in labels)
        needed = f"{MIN_OF_EACH_CLASS} of each needed to learn and to judge"
        return f"{fewest} customers of the rarer class in a cut-off, {needed}"
    return loss_by_gains([j["gain_over"][FALLBACK] for j in judged])


def loss_by_gains(rounds: list[dict[str, dict[str, float]]]) -> str | None:
    """What the candidate loses to what would score otherwise, or None: gains by group, one per cut-off.

    On the mean of the cut-offs its Brier score must be better, its top-decile lift no worse than chance would have it,
    and so its Brier score in every large group.
    """
    gain, _ = _pooled([gains[EVERYBODY] for gains in rounds], "brier")
    if gain <= 0:
        return f"Brier score no better than that of the visit model alone ({gain:+.4f})"
    gain, error = _pooled([gains[EVERYBODY] for gains in rounds], "lift")
    if gain < -LIFT_TOLERANCE * error:
        return f"top-decile lift worse than that of the visit model alone by {-gain:.4f}"
    for group in sorted({group for gains in rounds for group in gains} - {EVERYBODY}):
        gain, error = _pooled([gains[group] for gains in rounds if group in gains], "brier")
        if gain < -GROUP_TOLERANCE * error:
            return f"Brier score worse than that of the visit model alone by {-gain:.4f} for {group}"
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


def _finished(scorer: ChurnScorer, features: pd.DataFrame, past: Sequence[CutOff]) -> ChurnScorer:
    """The scorer with words for its probabilities, and the customers that later ones are compared with."""
    probability = scorer.probability(features)
    if probability is None or features.empty:
        return scorer
    reference = fit_reference(drift_columns(features, probability), _earlier_populations(scorer, past))
    return replace(scorer, reasons=ReasonModel().fit(features, probability), reference=reference)


def _earlier_populations(scorer: ChurnScorer, past: Sequence[CutOff]) -> list[pd.DataFrame]:
    """Drift columns of the customers of past cut-offs, so that a season that comes back is no drift.

    Left out are cut-offs with at most half as many customers as the largest: the house was another one then.
    """
    seasons = [c.keep(c.in_window(scorer.window_days)).features for c in past]
    least = max((len(features) for features in seasons), default=0) / 2
    known = [(features, scorer.probability(features)) for features in seasons if len(features) > least]
    return [drift_columns(features, said) for features, said in known if said is not None]


def drift_columns(features: pd.DataFrame, probability: Floats) -> pd.DataFrame:
    """One row per customer: the features and the score whose drift is watched.

    Not the days since the first visit: everybody grows older, by the calendar alone.
    """
    watched = [name for name in NUMBERS if name != "clv_age_days"]
    return features[watched].assign(churn_probability=probability)
