"""Judging the churn candidate and its baselines on customers whose future it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from ml.churn_features import hiatus_design, log_odds, own_rhythm_design, rfm_design
from ml.churn_model import PARTS, ChurnEnsemble, calibrated_visits
from ml.history import CutOff, p_none, same_season, spaced, training_cut_offs
from ml.judge import MIN_OF_EACH_CLASS, calibration_table, can_be_judged, judge_probability, lift_gain
from ml.season import expected_pace, observed_pace
from ml.stacking import Period
from ml.visit_rhythm import Floats

JUDGED = 3
WEIGHED = 2  # older periods that only the weights of the parts are learnt from
HELD_OUT_ONE_IN = 3
BASELINE_DESIGNS = {"hiatus": hiatus_design, "hiatus_own_rhythm": own_rhythm_design, "rfm_logistic": rfm_design}
BASELINES = ("hiatus", "hiatus_own_rhythm", "rfm_logistic", "bgnbd", "mbgnbd")
FALLBACK = "visit_model"  # both families, with the pace, calibrated: what scores when nothing is promoted
LARGE_GROUP_SHARE = 0.1
EVERYBODY = "everybody"


@dataclass(frozen=True)
class Trial:
    """A candidate fitted on what was known at a cut-off, to be judged on what came after it."""

    cut_off: CutOff
    train: Sequence[CutOff]
    pace: float | None
    ensemble: ChurnEnsemble

    @property
    def window(self) -> CutOff:
        """Customers to be judged: a visit in the trailing window."""
        return self.cut_off.keep(self.cut_off.in_window(self.ensemble.window_days))

    @cached_property
    def period(self) -> Period:
        """What the candidate's parts said and what came."""
        window = self.window
        return Period(self.ensemble.part_log_odds(window.features), window.has_left(), self.ensemble.known_share_)


def judge_rolling(
    as_of_date: date, past: Sequence[CutOff], horizon_days: int, window_days: int, random_state: int
) -> tuple[list[dict[str, Any]], list[Period]]:
    """One entry per judged cut-off, newest first, at most JUDGED: trained on what was known by then.

    Beside them every period that the weights of the parts may be learnt from. A cut-off is judged with weights learnt
    from older periods whose outcome was known by then. A trial that had only a young cut-off to learn from (less than a
    horizon of history) is no picture of what is trained now and left out where there is another. Where no cut-off has
    another one whose outcome was known by then, the newest is judged on customers held out from it: the same period,
    other people, which says less and is marked so.
    """
    fit = partial(rolling_trial, past=past, horizon_days=horizon_days, window_days=window_days, seed=random_state)
    fitted = (fit(cut_off) for cut_off in spaced(past, horizon_days // 2))
    trials = list(islice((trial for trial in fitted if trial is not None), JUDGED + WEIGHED))
    season = same_season(past, as_of_date, horizon_days)
    if season is not None:
        limit = season.as_of_date - timedelta(days=horizon_days)
        known_then = spaced((c for c in past if c.as_of_date <= limit), horizon_days // 2)
        fitted = (fit(cut_off) for cut_off in (season, *known_then) if all(cut_off is not t.cut_off for t in trials))
        trials += islice((trial for trial in fitted if trial is not None), 2)
    trials = [trial for trial in trials if trial.train[0].history_days >= horizon_days] or trials
    judged = []
    for trial in judged_trials(trials, season, horizon_days):
        periods = [older.period for older in known_by(trials, trial, horizon_days)]
        judged.append({**judge(trial, periods), "kind": "later_period"})
    if not trials and past:
        held = _held_out(past[0])
        alone = fit_trial(past[0].keep(held), [past[0].keep(~held)], horizon_days, window_days, random_state, None)
        judged = [] if alone is None else [{**judge(alone, []), "kind": "other_customers_of_the_same_period"}]
    return judged, [trial.period for trial in trials]


def judged_trials(trials: Sequence[Trial], season: CutOff | None, horizon_days: int) -> list[Trial]:
    """The newest, among them the one of the season that is trained for, where it can be weighed; newest first."""
    same = [t for t in trials if t.cut_off is season and known_by(trials, t, horizon_days)]
    newest = sorted((t for t in trials if t.cut_off is not season), key=_as_of, reverse=True)
    return sorted([*newest[: JUDGED - len(same)], *same], key=_as_of, reverse=True)


def known_by(trials: Sequence[Trial], trial: Trial, horizon_days: int) -> list[Trial]:
    """Those whose outcome was known at the cut-off of another one."""
    limit = trial.cut_off.as_of_date - timedelta(days=horizon_days)
    return [older for older in trials if older.cut_off.as_of_date <= limit]


def _as_of(trial: Trial) -> date:
    return trial.cut_off.as_of_date


def rolling_trial(
    cut_off: CutOff, past: Sequence[CutOff], horizon_days: int, window_days: int, seed: int
) -> Trial | None:
    """The candidate as of a cut-off, from the past as it was known then; None when that was too little."""
    train = training_cut_offs(past, cut_off.as_of_date, horizon_days)
    known = [c for c in past if c.as_of_date <= cut_off.as_of_date - timedelta(days=horizon_days)]
    pace = expected_pace(cut_off.as_of_date, known, horizon_days)
    return fit_trial(cut_off, train, horizon_days, window_days, seed, pace)


def fit_trial(
    cut_off: CutOff,
    train: Sequence[CutOff],
    horizon_days: int,
    window_days: int,
    random_state: int,
    pace: float | None,
) -> Trial | None:
    """The candidate as of a cut-off; None when there is nothing to train on or too little to judge."""
    if not train or cut_off.rhythm is None or not can_be_judged(cut_off.has_left()[cut_off.in_window(window_days)]):
        return None
    if not can_be_judged(np.concatenate([c.has_left()[c.in_window(window_days)] for c in train])):
        return None
    ensemble = ChurnEnsemble(horizon_days, window_days, random_state).fit(train, cut_off.rhythm, pace)
    return Trial(cut_off, train, pace, ensemble)


def judge(trial: Trial, older: Sequence[Period]) -> dict[str, Any]:
    """Every model and baseline on the customers of a trial, the parts weighed by older periods."""
    ensemble, window, cut_off = trial.ensemble, trial.window, trial.cut_off
    horizon_days, window_days, train, pace = ensemble.horizon_days, ensemble.window_days, trial.train, trial.pace
    label = window.has_left()
    predicted = ensemble.blend(older, window.features).predict(window.features)
    visits = log_odds(predicted.pop("rhythm"))
    intercept, slope = calibrated_visits(older, visits, ensemble.known_share_)
    predicted[FALLBACK] = expit(intercept + slope * visits)
    for family, model in cut_off.rhythms.items():
        predicted[family] = p_none(model, window.features, horizon_days)
    for name, make in BASELINE_DESIGNS.items():
        predicted[name] = baseline_probability(make, train, window, window_days)
    return {
        "as_of_date": cut_off.as_of_date.isoformat(),
        "trained_on": [c.as_of_date.isoformat() for c in train],
        "pace": {"expected": pace and round(pace, 4), "observed": round(observed_pace(cut_off), 4)},
        "weights": {name: round(float(w), 4) for name, w in zip(PARTS, ensemble.weights_, strict=True)},
        "level": {"known_share": round(ensemble.known_share_, 6), "trust": round(ensemble.trust_, 4)},
        "row_count": len(label),
        "churn_share": round(float(label.mean()), 6),
        "models": {name: judge_probability(label, p) for name, p in sorted(predicted.items())},
        "calibration": {
            name: calibration_table(label, predicted[name]) for name in ("ensemble", FALLBACK, "rfm_logistic")
        },
        "gain_over": {
            name: {
                group: _paired(label[rows], predicted[name][rows], predicted["ensemble"][rows])
                for group, rows in _groups(window)
            }
            for name in (*BASELINES, FALLBACK)
            if name in predicted
        },
    }


def baseline_probability(make: Any, train: Sequence[CutOff], window: CutOff, window_days: int) -> Floats:
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
