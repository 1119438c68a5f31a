"""The churn model: weighted log odds of visit models, two regressions and a small boosting, slope and level calibrated.

On real purchase histories such a mean was the best all-round; each part alone loses somewhere (the boosting where rows
are few or the season turns, the visit models where visits come in bursts, the regression on recency, frequency and
amount where rhythms differ; it is the best of them in the top tenth). Preprocessing is inside: a fitted model takes
features as the warehouse has them.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from ml.boosting import SMALL_BOOSTING
from ml.churn_features import RHYTHM_COLUMN, design, log_odds, only_known_years, rfm_design
from ml.history import CutOff, p_none
from ml.prior_logistic import PriorLogistic
from ml.rhythm_mean import RhythmMean
from ml.stacking import Line, Period, fit_blend
from ml.visit_rhythm import Floats

HALF_ROWS = 3000
PARTS = ("rhythm", "logistic", "boosting", "rfm")
LEVEL_WEIGHTS = np.array([0.0, 0.5, 0.5, 0.0])  # the level is that of the two that look at every feature
ENSEMBLE, REGRESSIONS, VISIT_MODEL = "ensemble", "regressions", "visit_model"
BLENDS = {  # parts used, and which of them the level is that of
    ENSEMBLE: (np.ones(4), LEVEL_WEIGHTS),
    REGRESSIONS: (np.array([1.0, 1.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0, 0.0])),
    VISIT_MODEL: (np.array([1.0, 0.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0, 0.0])),
}
RFM_STRENGTH = 1.0
MAX_TRAINING_ROWS = 240_000
LEAST_KNOWN = 100  # rows with a value; a feature known of fewer tells nothing, and of none of a part cannot be binned


class ChurnEnsemble:
    """Probability of no visit within the horizon; fitted on one or more cut-offs of the past."""

    def __init__(self, horizon_days: int, window_days: int, random_state: int) -> None:
        self.horizon_days = horizon_days
        self.window_days = window_days
        self.random_state = random_state

    def fit(self, cut_offs: Sequence[CutOff], rhythm: RhythmMean, pace: float | None = None) -> Self:
        """Learn from cut-offs with labels, each with its own visit model and pace; the parts weigh by default.

        `rhythm` and `pace` are those of the date to predict from, and serve predictions.
        """
        frames, rfm, labels = [], [], []
        most = MAX_TRAINING_ROWS // len(cut_offs)
        for cut_off in cut_offs:
            used = _sample(cut_off.keep(cut_off.in_window(self.window_days)), most, self.random_state)
            own = cut_off.rhythm or rhythm
            stretched = self.horizon_days * (1.0 if pace is None else cut_off.observed_pace)
            frame = design(used.features, p_none(own, used.features, stretched))
            frames.append(only_known_years(frame, cut_off.history_days, self.horizon_days))
            rfm.append(rfm_design(used.features))
            labels.append(used.has_left())
        period = np.repeat(np.arange(len(labels)), [len(label) for label in labels])
        frame, y = pd.concat(frames, ignore_index=True), np.concatenate(labels)
        self.columns_ = [name for name in frame.columns if name != RHYTHM_COLUMN and _tells(frame[name].to_numpy())]
        self.training_row_count_ = len(frame)
        self.rhythm_, self.pace_ = rhythm, pace or 1.0
        self.known_share_ = known_share(cut_offs, self.window_days)
        x, by_rhythm = frame[self.columns_].to_numpy(), frame[RHYTHM_COLUMN].to_numpy()
        by_few = pd.concat(rfm, ignore_index=True).to_numpy()
        with threadpool_limits(1):
            self.regression_ = PriorLogistic().fit(x, by_rhythm, y, period)
            self.rfm_ = PriorLogistic(RFM_STRENGTH).fit(by_few, np.zeros(len(y)), y)
            self.boosting_ = make_boosting(self.random_state).fit(np.column_stack([x, by_rhythm]), y)
        self.line_ = Line(default_weights(len(frame)))
        return self

    def lines(self, periods: Sequence[Period], parts: Floats) -> dict[str, Line]:
        """Weights, slope and level by later periods, for customers with these log odds by part.

        Of all parts (`ensemble`), of the visit models and regressions (`regressions`), of the visit models
        (`visit_model`).
        """
        default = default_weights(self.training_row_count_)
        found = {}
        for name, (used, level) in BLENDS.items():
            blend = fit_blend(periods, default * used / (default * used).sum(), level)
            found[name] = blend.line(parts, self.known_share_)
        return found

    def blend(self, periods: Sequence[Period], features: pd.DataFrame, share: float) -> Self:
        """Weigh the parts by later periods, for the customers to be scored (`features`).

        `share` is how much the blend of all parts counts, beside that of the visit models and regressions.
        """
        lines = self.lines(periods, self.part_log_odds(features))
        self.line_ = lines[ENSEMBLE].drawn_to(lines[REGRESSIONS], share)
        return self

    def predict(self, features: pd.DataFrame) -> dict[str, Floats]:
        """One value per row and part, and the calibrated `ensemble`."""
        if features.empty:
            return {name: np.empty(0) for name in (*PARTS, ENSEMBLE)}
        parts = self.part_log_odds(features)
        by_part = {name: expit(parts[:, column]) for column, name in enumerate(PARTS)}
        return {**by_part, ENSEMBLE: expit(self.line_.log_odds(parts))}

    def part_log_odds(self, features: pd.DataFrame) -> Floats:
        """One row per customer, one column per part."""
        frame = design(features, p_none(self.rhythm_, features, self.horizon_days * self.pace_))
        x, by_rhythm = frame[self.columns_].to_numpy(), frame[RHYTHM_COLUMN].to_numpy()
        boosted = log_odds(self.boosting_.predict_proba(np.column_stack([x, by_rhythm]))[:, 1])
        by_few = self.rfm_.log_odds(rfm_design(features).to_numpy(), np.zeros(len(features)))
        return np.column_stack([by_rhythm, self.regression_.log_odds(x, by_rhythm), boosted, by_few])

    def parameters(self) -> dict[str, Any]:
        """What was learned, as numbers for the model card."""
        names = ["intercept", RHYTHM_COLUMN, *self.columns_]
        return {
            "rhythm": {**self.rhythm_.parameters(), "pace": self.pace_},
            "logistic": {name: round(float(w), 6) for name, w in zip(names, self.regression_.weights_, strict=True)},
            "boosting": {"trees": int(self.boosting_.n_iter_)},
            "weights": {name: round(float(w), 6) for name, w in zip(PARTS, self.line_.weights, strict=True)},
            "calibration": {
                name: round(value, 6)
                for name, value in (
                    ("intercept", self.line_.intercept),
                    ("slope", self.line_.slope),
                    ("known_share", self.known_share_),
                    ("trust_in_known_share", self.line_.trust),
                )
            },
        }


def known_share(cut_offs: Sequence[CutOff], window_days: int) -> float:
    """Share of those with a visit in the trailing window who left, in the newest of cut-offs whose outcome is known."""
    newest = max(cut_offs, key=lambda cut_off: cut_off.as_of_date)
    label = newest.has_left()[newest.in_window(window_days)]
    return float((label.sum() + 1.0) / (len(label) + 2.0))


def default_weights(row_count: int) -> Floats:
    """One weight per part before any later period was seen, sum 1.

    With HALF_ROWS rows the boosting counts half as much as the regression on every feature, and the visit models three
    quarters as much; with many more the one counts as much, the other half. The regression on recency, frequency and
    amount counts twice as much: of a thousand customers no other part finds the tenth that leaves surest so often.
    """
    boosting = row_count / (row_count + HALF_ROWS)
    weights = np.array([1.0 - 0.5 * boosting, 1.0, boosting, 2.0])
    return weights / weights.sum()


def make_boosting(random_state: int) -> HistGradientBoostingClassifier:
    """The small boosting, of whether a customer leaves."""
    return HistGradientBoostingClassifier(**SMALL_BOOSTING, random_state=random_state)


def _tells(values: Floats) -> bool:
    """Whether a feature is known of enough customers and not the same for all of them."""
    known = values[~np.isnan(values)]
    return len(known) >= LEAST_KNOWN and bool(known.min() < known.max())


def _sample(cut_off: CutOff, most: int, random_state: int) -> CutOff:
    """The cut-off with at most so many rows, drawn evenly."""
    if len(cut_off.features) <= most:
        return cut_off
    rows = np.zeros(len(cut_off.features), dtype=bool)
    rows[np.random.default_rng(random_state).choice(len(rows), most, replace=False)] = True
    return cut_off.keep(rows)
