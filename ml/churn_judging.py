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

from ml.churn_features import hiatus_design, own_rhythm_design, rfm_design
from ml.churn_model import ENSEMBLE, PARTS, REGRESSIONS, VISIT_MODEL, ChurnEnsemble
from ml.history import CutOff, p_none, same_season, spaced, training_cut_offs
from ml.judge import calibration_table, can_be_judged, judge_probability, lift_gain
from ml.season import expected_pace
from ml.stacking import Line, Period
from ml.visit_rhythm import Floats

JUDGED = 5  # newest cut-offs; beside them that of the same season a year before and one to weigh it by
HELD_OUT_ONE_IN = 3
BASELINE_DESIGNS = {"hiatus": hiatus_design, "hiatus_own_rhythm": own_rhythm_design, "rfm_logistic": rfm_design}
BASELINES = ("hiatus", "hiatus_own_rhythm", "rfm_logistic", "bgnbd", "mbgnbd")
CHAMPION = REGRESSIONS  # what scores when no candidate is promoted
LARGE_GROUP_SHARE, LARGE_GROUP_ROWS = 0.1, 100
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


@dataclass(frozen=True)
class Judgement:
    """Every model and baseline on the customers of a trial, the parts weighed by older trials."""

    trial: Trial
    older: Sequence[Trial]
    kind: str = "later_period"

    @cached_property
    def lines(self) -> dict[str, Line]:
        """How the parts are put together, by blend."""
        return self.trial.ensemble.lines([older.period for older in self.older], self.trial.period.log_odds)

    @cached_property
    def others(self) -> dict[str, Floats]:
        """Probabilities of all that a candidate is compared with."""
        trial, window, ensemble = self.trial, self.trial.window, self.trial.ensemble
        parts = trial.period.log_odds
        said = {name: expit(parts[:, column]) for column, name in enumerate(PARTS) if name != "rhythm"}
        said |= {name: expit(self.lines[name].log_odds(parts)) for name in (REGRESSIONS, VISIT_MODEL)}
        for family, model in trial.cut_off.rhythms.items():
            said[family] = p_none(model, window.features, ensemble.horizon_days)
        for name, make in BASELINE_DESIGNS.items():
            said[name] = baseline_probability(make, trial.train, window, ensemble.window_days)
        return said

    @cached_property
    def figures_of_others(self) -> dict[str, dict[str, float]]:
        """How good each of them was."""
        return {name: judge_probability(self.trial.period.label, said) for name, said in self.others.items()}

    @cached_property
    def groups(self) -> list[tuple[str, np.ndarray]]:
        """Groups of the trial's customers large enough to be judged on their own, everybody first."""
        return _groups(self.trial.window)

    def line(self, share: float) -> Line:
        """The candidate in which the blend of all parts counts so much, beside that of visit models and regressions."""
        return self.lines[ENSEMBLE].drawn_to(self.lines[REGRESSIONS], share)

    def probability(self, share: float) -> Floats:
        """What that candidate said."""
        return expit(self.line(share).log_odds(self.trial.period.log_odds))

    def gains(self, share: float, other: str) -> dict[str, dict[str, float]]:
        """Gains of that candidate over another model, by group."""
        label, ours, theirs = self.trial.period.label, self.probability(share), self.others[other]
        return {group: _paired(label[rows], theirs[rows], ours[rows]) for group, rows in self.groups}

    def figures(self, share: float) -> dict[str, Any]:
        """All figures of that candidate and of what it is compared with."""
        trial, label, line = self.trial, self.trial.period.label, self.line(share)
        said = {**self.others, ENSEMBLE: self.probability(share)}
        return {
            "as_of_date": trial.cut_off.as_of_date.isoformat(),
            "kind": self.kind,
            "trained_on": [c.as_of_date.isoformat() for c in trial.train],
            "pace": {
                "expected": trial.pace and round(trial.pace, 4),
                "observed": round(trial.cut_off.observed_pace, 4),
            },
            "weights": {name: round(float(w), 4) for name, w in zip(PARTS, line.weights, strict=True)},
            "level": {"known_share": round(trial.ensemble.known_share_, 6), "trust": round(line.trust, 4)},
            "row_count": len(label),
            "churn_share": round(float(label.mean()), 6),
            "models": {**self.figures_of_others, ENSEMBLE: judge_probability(label, said[ENSEMBLE])},
            "calibration": {
                name: calibration_table(label, said[name]) for name in (ENSEMBLE, CHAMPION, "rfm_logistic")
            },
            "gain_over": {name: self.gains(share, name) for name in (*BASELINES, CHAMPION) if name in said},
        }


def judge_rolling(
    as_of_date: date, past: Sequence[CutOff], horizon_days: int, window_days: int, random_state: int
) -> list[Judgement]:
    """One entry per cut-off that can be judged, newest first: trained on what was known by then.

    A cut-off is judged with weights learnt from older periods whose outcome was known by then. Where no cut-off has
    another one whose outcome was known by then, the newest is judged on customers held out from it: the same period,
    other people, which says less and is marked so.
    """
    fit = partial(rolling_trial, past=past, horizon_days=horizon_days, window_days=window_days, seed=random_state)
    fitted = (fit(cut_off) for cut_off in spaced(past, horizon_days // 2))
    trials = list(islice((trial for trial in fitted if trial is not None), JUDGED))
    season = same_season(past, as_of_date, horizon_days)
    if season is not None:
        limit = season.as_of_date - timedelta(days=horizon_days)
        known_then = spaced((c for c in past if c.as_of_date <= limit), horizon_days // 2)
        fitted = (fit(cut_off) for cut_off in (season, *known_then) if all(cut_off is not t.cut_off for t in trials))
        trials += islice((trial for trial in fitted if trial is not None), 2)
    trials.sort(key=lambda trial: trial.cut_off.as_of_date, reverse=True)
    judged = [Judgement(trial, known_by(trials, trial, horizon_days)) for trial in trials]
    if not trials and past and past[0].history_days >= horizon_days:
        held = _held_out(past[0])
        alone = fit_trial(past[0].keep(held), [past[0].keep(~held)], horizon_days, window_days, random_state, None)
        judged = [] if alone is None else [Judgement(alone, [], "other_customers_of_the_same_period")]
    return judged


def known_by(trials: Sequence[Trial], trial: Trial, horizon_days: int) -> list[Trial]:
    """Those whose outcome was known at the cut-off of another one."""
    limit = trial.cut_off.as_of_date - timedelta(days=horizon_days)
    return [older for older in trials if older.cut_off.as_of_date <= limit]


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


def baseline_probability(make: Any, train: Sequence[CutOff], window: CutOff, window_days: int) -> Floats:
    """A one-line rule as a probability: a logistic regression on the same training rows, so that it is judged alike."""
    x = np.concatenate([make(c.features)[c.in_window(window_days)].to_numpy() for c in train])
    y = np.concatenate([c.has_left()[c.in_window(window_days)] for c in train])
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
    least = max(LARGE_GROUP_ROWS, LARGE_GROUP_SHARE * len(f))
    return [(name, rows.to_numpy()) for name, rows in groups.items() if name == EVERYBODY or rows.sum() >= least]


def mean_figures(judged: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Mean of every figure over the judged cut-offs, by model."""
    names = sorted({name for j in judged for name in j["models"]})
    return {
        name: {
            figure: round(float(np.mean([j["models"][name][figure] for j in judged if name in j["models"]])), 6)
            for figure in judged[0]["models"][ENSEMBLE]
        }
        for name in names
    }


def churn_skill(metrics: dict[str, Any]) -> float:
    """Share of the visit model's Brier score that the candidate takes away, over the judged periods; 0 unjudged."""
    mean = metrics.get("mean") or {}
    return (
        1.0 - mean[ENSEMBLE]["brier"] / mean[VISIT_MODEL]["brier"] if ENSEMBLE in mean and VISIT_MODEL in mean else 0.0
    )


def _held_out(cut_off: CutOff) -> np.ndarray:
    ids = cut_off.features["customer_id"].to_numpy(dtype=object)
    return np.asarray(pd.util.hash_array(ids) % np.uint64(HELD_OUT_ONE_IN) == 0)
