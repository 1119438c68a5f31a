"""The churn model: weighted mean log odds of a visit model, a regression and a small boosting, calibrated by a sigmoid.

On real purchase histories the mean of the three was the best all-round; each alone loses somewhere (the boosting where
rows are few or the season turns, the visit model where data are rich). Preprocessing is inside: a fitted model takes
features as the warehouse has them.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from ml.churn_features import RHYTHM_COLUMN, design, log_odds
from ml.history import CutOff, p_none
from ml.prior_logistic import PriorLogistic, fit_to_prior
from ml.season import observed_pace
from ml.visit_rhythm import Floats, VisitRhythm

FOLDS = 3  # a third of the customers is held out to calibrate on
CALIBRATION_PRIOR = np.array([1e-3, 200.0])  # of intercept and slope; the slope is 1 unless the data insist
SLOPE_LIMITS = (0.7, 1.4)
# With so many rows the boosting counts half as much as the regression, and the visit model three quarters as much; with
# many more the one counts as much, the other half.
HALF_ROWS = 3000
MAX_TRAINING_ROWS = 240_000


class ChurnEnsemble:
    """Probability of no visit within the horizon; fitted on one or more cut-offs of the past."""

    def __init__(self, horizon_days: int, window_days: int, random_state: int) -> None:
        self.horizon_days = horizon_days
        self.window_days = window_days
        self.random_state = random_state

    def fit(self, cut_offs: Sequence[CutOff], rhythm: VisitRhythm, pace: float | None = None) -> Self:
        """Learn from cut-offs with labels, each with its own visit model and pace.

        `rhythm` and `pace` are those of the date to predict from, and serve predictions.
        """
        parts, labels, folds = [], [], []
        most = MAX_TRAINING_ROWS // len(cut_offs)
        for cut_off in cut_offs:
            used = _sample(cut_off.keep(cut_off.in_window(self.window_days)), most, self.random_state)
            own = cut_off.rhythm or rhythm
            stretched = self.horizon_days * (1.0 if pace is None else observed_pace(cut_off))
            parts.append(design(used.features, p_none(own, used.features, stretched)))
            labels.append(used.has_left())
            folds.append(pd.util.hash_array(used.features["customer_id"].to_numpy(dtype=object)) % np.uint64(FOLDS))
        frame, y, fold = pd.concat(parts, ignore_index=True), np.concatenate(labels), np.concatenate(folds)
        self.columns_ = [name for name in frame.columns if name != RHYTHM_COLUMN and frame[name].nunique() > 1]
        self.training_row_count_ = len(frame)
        self.boosting_weight_ = len(frame) / (len(frame) + HALF_ROWS)
        self.rhythm_weight_ = 1.0 - 0.5 * self.boosting_weight_
        self.rhythm_, self.pace_ = rhythm, pace or 1.0
        x, by_rhythm = frame[self.columns_].to_numpy(), frame[RHYTHM_COLUMN].to_numpy()
        with threadpool_limits(1):
            self.center_, self.slope_ = self._fit_calibration(x, by_rhythm, y, fold == 0)
            self.regression_, self.boosting_ = self._fit_pair(x, by_rhythm, y)
        return self

    def predict(self, features: pd.DataFrame) -> dict[str, Floats]:
        """One value per row and part: rhythm, logistic, boosting, and the calibrated `ensemble`."""
        if features.empty:
            return {name: np.empty(0) for name in ("rhythm", "logistic", "boosting", "ensemble")}
        by_rhythm = p_none(self.rhythm_, features, self.horizon_days * self.pace_)
        frame = design(features, by_rhythm)
        x, rhythm_log_odds = frame[self.columns_].to_numpy(), frame[RHYTHM_COLUMN].to_numpy()
        by_regression, by_boosting = self._parts((self.regression_, self.boosting_), x, rhythm_log_odds)
        mean = self._mean(rhythm_log_odds, by_regression, by_boosting)
        return {
            "rhythm": by_rhythm,
            "logistic": expit(by_regression),
            "boosting": expit(by_boosting),
            "ensemble": expit(self.center_ + self.slope_ * (mean - self.center_)),
        }

    def parameters(self) -> dict[str, Any]:
        """What was learned, as numbers for the model card."""
        names = ["intercept", RHYTHM_COLUMN, *self.columns_]
        return {
            "rhythm": {**vars(self.rhythm_), "pace": self.pace_, "weight": round(self.rhythm_weight_, 6)},
            "logistic": {name: round(float(w), 6) for name, w in zip(names, self.regression_.weights_, strict=True)},
            "boosting": {"trees": int(self.boosting_.n_iter_), "weight": round(self.boosting_weight_, 6)},
            "calibration": {"center": self.center_, "slope": self.slope_},
        }

    def _fit_calibration(self, x: Floats, by_rhythm: Floats, y: Floats, held: np.ndarray) -> tuple[float, float]:
        """Sigmoid on the mean log odds of customers whom the parts have not seen: where it turns, and its slope.

        It corrects the slope only. The level belongs to the future, and moving it by what the past missed made it
        worse on real histories.
        """
        if not held.any() or min(len(np.unique(y[held])), len(np.unique(y[~held]))) < 2:
            return 0.0, 1.0
        pair = self._fit_pair(x[~held], by_rhythm[~held], y[~held])
        mean = self._mean(by_rhythm[held], *self._parts(pair, x[held], by_rhythm[held]))
        center = float(log_odds(np.array(y.mean())))
        about = np.column_stack([np.ones(len(mean)), mean - center])
        line = fit_to_prior(about, y[held], np.array([center, 1.0]), CALIBRATION_PRIOR)
        return center, float(np.clip(line[1], *SLOPE_LIMITS))

    def _fit_pair(
        self, x: Floats, by_rhythm: Floats, y: Floats
    ) -> tuple[PriorLogistic, HistGradientBoostingClassifier]:
        boosting = make_boosting(self.random_state).fit(np.column_stack([x, by_rhythm]), y)
        return PriorLogistic().fit(x, by_rhythm, y), boosting

    @staticmethod
    def _parts(
        pair: tuple[PriorLogistic, HistGradientBoostingClassifier], x: Floats, by_rhythm: Floats
    ) -> tuple[Floats, Floats]:
        regression, boosting = pair
        boosted = boosting.predict_proba(np.column_stack([x, by_rhythm]))[:, 1]
        return regression.log_odds(x, by_rhythm), log_odds(boosted)

    def _mean(self, by_rhythm: Floats, by_regression: Floats, by_boosting: Floats) -> Floats:
        total = self.rhythm_weight_ + 1.0 + self.boosting_weight_
        return (self.rhythm_weight_ * by_rhythm + by_regression + self.boosting_weight_ * by_boosting) / total


def make_boosting(random_state: int) -> HistGradientBoostingClassifier:
    """A small gradient boosting: shallow, slow, well regularised."""
    return HistGradientBoostingClassifier(
        max_iter=80,
        learning_rate=0.05,
        max_leaf_nodes=8,
        min_samples_leaf=100,
        l2_regularization=30.0,
        early_stopping=False,
        random_state=random_state,
    )


def _sample(cut_off: CutOff, most: int, random_state: int) -> CutOff:
    """The cut-off with at most so many rows, drawn evenly."""
    if len(cut_off.features) <= most:
        return cut_off
    rows = np.zeros(len(cut_off.features), dtype=bool)
    rows[np.random.default_rng(random_state).choice(len(rows), most, replace=False)] = True
    return cut_off.keep(rows)
