"""The churn model: weighted mean log odds of visit models, a regression and a small boosting, calibrated by a sigmoid.

On real purchase histories the mean of the three was the best all-round; each alone loses somewhere (the boosting where
rows are few or the season turns, the visit models where visits come in bursts). Preprocessing is inside: a fitted model
takes features as the warehouse has them.
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
from ml.prior_logistic import PriorLogistic, fit_to_prior, weighted_sum
from ml.rhythm_mean import RhythmMean
from ml.season import observed_pace
from ml.visit_rhythm import Floats

FOLDS = 3  # a third of the customers is held out to calibrate on
CALIBRATION_PRIOR = np.array([1e-3, 200.0])  # of intercept and slope; the slope is 1 unless the data insist
SLOPE_LIMITS = (0.7, 1.4)
HALF_ROWS = 3000
PARTS = ("rhythm", "logistic", "boosting")
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
        tells = (frame.nunique() > 1) & (frame.count() >= LEAST_KNOWN)
        self.columns_ = [name for name in frame.columns[tells] if name != RHYTHM_COLUMN]
        self.training_row_count_ = len(frame)
        self.rhythm_, self.pace_ = rhythm, pace or 1.0
        self.center_ = float(log_odds(np.array(y.mean())))
        x, by_rhythm = frame[self.columns_].to_numpy(), frame[RHYTHM_COLUMN].to_numpy()
        with threadpool_limits(1):
            self.held_ = self._hold_out(x, by_rhythm, y, fold == 0)
            self.regression_, self.boosting_ = self._fit_pair(x, by_rhythm, y)
        return self.weigh(default_weights(len(frame)))

    def weigh(self, weights: Floats) -> Self:
        """Take weights of the parts (sum 1), and calibrate again: right after fitting only.

        A sigmoid on the mean log odds of customers whom the parts have not seen corrects the slope. The level belongs
        to the future, and moving it by what the past missed made it worse on real histories.
        """
        self.weights_, self.slope_ = weights, 1.0
        if self.held_ is not None:
            parts, label = self.held_
            about = np.column_stack([np.ones(len(label)), self._mean(parts) - self.center_])
            line = fit_to_prior(about, label, np.array([self.center_, 1.0]), CALIBRATION_PRIOR)
            self.slope_ = float(np.clip(line[1], *SLOPE_LIMITS))
        return self

    def predict(self, features: pd.DataFrame) -> dict[str, Floats]:
        """One value per row and part: rhythm, logistic, boosting, and the calibrated `ensemble`."""
        if features.empty:
            return {name: np.empty(0) for name in (*PARTS, "ensemble")}
        parts = self.part_log_odds(features)
        ensemble = expit(self.center_ + self.slope_ * (self._mean(parts) - self.center_))
        return {**{name: expit(parts[:, column]) for column, name in enumerate(PARTS)}, "ensemble": ensemble}

    def part_log_odds(self, features: pd.DataFrame) -> Floats:
        """One row per customer, one column per part."""
        frame = design(features, p_none(self.rhythm_, features, self.horizon_days * self.pace_))
        x, by_rhythm = frame[self.columns_].to_numpy(), frame[RHYTHM_COLUMN].to_numpy()
        return self._parts((self.regression_, self.boosting_), x, by_rhythm)

    def __getstate__(self) -> dict[str, Any]:
        """Without the customers held out: a saved model knows nobody."""
        return {**self.__dict__, "held_": None}

    def parameters(self) -> dict[str, Any]:
        """What was learned, as numbers for the model card."""
        names = ["intercept", RHYTHM_COLUMN, *self.columns_]
        return {
            "rhythm": {**self.rhythm_.parameters(), "pace": self.pace_},
            "logistic": {name: round(float(w), 6) for name, w in zip(names, self.regression_.weights_, strict=True)},
            "boosting": {"trees": int(self.boosting_.n_iter_)},
            "weights": {name: round(float(w), 6) for name, w in zip(PARTS, self.weights_, strict=True)},
            "calibration": {"center": self.center_, "slope": self.slope_},
        }

    def _hold_out(self, x: Floats, by_rhythm: Floats, y: Floats, held: np.ndarray) -> tuple[Floats, Floats] | None:
        """What the parts say of customers whom they have not seen, and what came."""
        if not held.any() or min(len(np.unique(y[held])), len(np.unique(y[~held]))) < 2:
            return None
        pair = self._fit_pair(x[~held], by_rhythm[~held], y[~held])
        return self._parts(pair, x[held], by_rhythm[held]), y[held]

    def _fit_pair(
        self, x: Floats, by_rhythm: Floats, y: Floats
    ) -> tuple[PriorLogistic, HistGradientBoostingClassifier]:
        boosting = make_boosting(self.random_state).fit(np.column_stack([x, by_rhythm]), y)
        return PriorLogistic().fit(x, by_rhythm, y), boosting

    @staticmethod
    def _parts(pair: tuple[PriorLogistic, HistGradientBoostingClassifier], x: Floats, by_rhythm: Floats) -> Floats:
        regression, boosting = pair
        boosted = log_odds(boosting.predict_proba(np.column_stack([x, by_rhythm]))[:, 1])
        return np.column_stack([by_rhythm, regression.log_odds(x, by_rhythm), boosted])

    def _mean(self, parts: Floats) -> Floats:
        return weighted_sum(parts, self.weights_)


def default_weights(row_count: int) -> Floats:
    """One weight per part before any later period was seen, sum 1.

    With HALF_ROWS rows the boosting counts half as much as the regression, and the visit models three quarters as much;
    with many more the one counts as much, the other half.
    """
    boosting = row_count / (row_count + HALF_ROWS)
    weights = np.array([1.0 - 0.5 * boosting, 1.0, boosting])
    return weights / weights.sum()


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
