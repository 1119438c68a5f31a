"""Judging churn candidates in time order, and deciding what scores from now on.

Rolling origin: trained on earlier cut-offs whose outcome was known by then, judged on a later one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ml.churn_judging import BASELINES, CHAMPION, EVERYBODY, Judgement, judge_rolling, mean_figures
from ml.churn_model import ENSEMBLE, REGRESSIONS, ChurnEnsemble
from ml.columns import NUMBERS
from ml.drift import Reference, fit_reference
from ml.history import CutOff, p_none, training_cut_offs
from ml.judge import MIN_OF_EACH_CLASS
from ml.reasons import ReasonModel
from ml.rhythm_mean import RhythmMean
from ml.season import expected_pace
from ml.visit_rhythm import Floats

LEAST_SHOWN = 0.0001  # a smaller gain or loss is not given in digits
SHARES = (1.0, 0.5, 0.25)  # candidates: so much of the blend with the boosting, the rest of the champion


@dataclass(frozen=True)
class ChurnScorer:
    """What scores churn, by `method`.

    ensemble: a promoted blend with the boosting. regressions: the blend of visit models and regressions, while no
    candidate has proved better. bgnbd: the visit models alone, where history is too short to judge anything. none:
    nothing could be fitted.
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
            return self.ensemble.predict(features)[ENSEMBLE]
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
    judgements = judge_rolling(night.as_of_date, past, horizon_days, window_days, random_state)
    share, judged, refusal = choose_share(judgements) if judgements else (0.0, [], None)
    usable = training_cut_offs(past, night.as_of_date, horizon_days)
    pace = expected_pace(night.as_of_date, past, horizon_days)
    metrics: dict[str, Any] = {
        "label": f"1 = no visit in the {horizon_days} days after the cut-off",
        "judged": judged,
        "mean": mean_figures(judged),
        "share_of_boosted_blend": share,
        "trained_on": [c.as_of_date.isoformat() for c in usable],
        "expected_pace": pace and round(pace, 4),
    }
    alone = ChurnScorer("bgnbd", horizon_days, window_days, rhythm, pace or 1.0)
    scored = night.keep(night.in_window(window_days)).features
    if not judged:
        lack = _lack(past, horizon_days, window_days)
        reason = f"not promoted: {lack}; fallback: probability of no visit by {rhythm.family} alone"
        return ChurnTraining(_finished(alone, scored, past), False, reason, metrics, rhythm.customer_count)
    periods = [judgement.trial.period for judgement in judgements if judgement.kind == "later_period"]
    ensemble = ChurnEnsemble(horizon_days, window_days, random_state).fit(usable, rhythm, pace)
    ensemble.blend(periods, scored, share)
    scorer = replace(alone, method=REGRESSIONS if refusal else ENSEMBLE, ensemble=ensemble)
    metrics["parameters"] = ensemble.parameters()
    if refusal:
        reason = f"not promoted: {refusal}; the blend of visit models and regressions scores"
    else:
        reason = f"promoted: {_praise(metrics['mean'], judged)}"
    finished = _finished(scorer, scored, past)
    return ChurnTraining(finished, not refusal, reason, metrics, ensemble.training_row_count_)


def choose_share(judgements: Sequence[Judgement]) -> tuple[float, list[dict[str, Any]], str | None]:
    """Share of the first of SHARES whose candidate loses nothing to the champion, its figures, and no refusal.

    Where each loses something: 0, the figures of the boldest candidate and what it loses.
    """
    refusal = None
    for share in SHARES:
        lost = loss_by_gains([judgement.gains(share, CHAMPION) for judgement in judgements])
        if lost is None:
            return share, [judgement.figures(share) for judgement in judgements], None
        refusal = refusal or lost
    return 0.0, [judgement.figures(SHARES[0]) for judgement in judgements], refusal


def _lack(past: Sequence[CutOff], horizon_days: int, window_days: int) -> str:
    """Why nothing could be judged."""
    grown = [c for c in past if c.history_days >= horizon_days]
    if not grown:
        return f"no cut-off with {horizon_days} days of history before it and its outcome after it"
    labels = [c.has_left()[c.in_window(window_days)] for c in grown]
    fewest = min(int(min(label.sum(), len(label) - label.sum())) for label in labels)
    is_split = fewest >= MIN_OF_EACH_CLASS  # enough, but no later cut-off to judge by
    purpose = "in the third that is held out to judge by" if is_split else "to learn and to judge"
    customers = "1 customer" if fewest == 1 else f"{fewest} customers"
    return f"{customers} of the rarer class in a cut-off, {MIN_OF_EACH_CLASS} of each needed {purpose}"


def loss_by_gains(rounds: list[dict[str, dict[str, float]]]) -> str | None:
    """What a candidate loses to the champion, or None: gains by group, one per cut-off.

    On the mean of the cut-offs its Brier score and its top-decile lift must be better, and its Brier score in no large
    group worse.
    """
    everybody = [gains[EVERYBODY] for gains in rounds]
    for figure, name in (("brier", "Brier score"), ("lift", "top-decile lift")):
        gain = float(np.mean([gain[figure] for gain in everybody]))
        if gain <= 0:
            return f"{name} {_not_above(gain)}"
    for group in sorted({group for gains in rounds for group in gains} - {EVERYBODY}):
        gain = float(np.mean([gains[group]["brier"] for gains in rounds if group in gains]))
        if gain < 0:
            return f"Brier score {_not_above(gain)} for {group}"
    return None


def _not_above(gain: float) -> str:
    """By how much a figure is not better than the champion's, in words: digits that are all 0 say nothing."""
    if gain == 0:
        return f"the same as that of the {CHAMPION}"
    by = f"{-gain:.4f}" if gain <= -LEAST_SHOWN else f"less than {LEAST_SHOWN}"
    return f"worse than that of the {CHAMPION} by {by}"


def _praise(mean: dict[str, dict[str, float]], judged: list[dict[str, Any]]) -> str:
    cut_off_count = len(judged)
    kind = (
        "later period(s)"
        if judged[0]["kind"] == "later_period"
        else "third of customers held out (history too short for a later period)"
    )
    ours = mean[ENSEMBLE]
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
