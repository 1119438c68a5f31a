"""The churn model: the mean log odds of a visit model, a small gradient boosting and a logistic regression, calibrated by a sigmoid.

On real purchase histories the mean of the three was the best all-round; each alone loses somewhere (the boosting where the season turns, the visit model
where data is rich). Preprocessing is inside: a fitted model takes features as the warehouse has them.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from ml.churn_features import RHYTHM_COLUMN, design, log_odds
from ml.history import CutOff, p_none
from ml.judge import calibration_line
from ml.visit_rhythm import Floats, VisitRhythm

FOLDS = 3
SLOPE_LIMITS = (0.7, 1.4)
MAX_TRAINING_ROWS = 240_000


class ChurnEnsemble:
    """Probability of no visit within the horizon; fitted on one or more cut-offs of the past."""

    def __init__(self, horizon_days: int, window_days: int, random_state: int) -> None:
        self.horizon_days = horizon_days
        self.window_days = window_days
        self.random_state = random_state

    def fit(self, cut_offs: Sequence[CutOff], rhythm: VisitRhythm) -> Self:
        """Learn from cut-offs with labels, each with a visit model; `rhythm` is the newest one and serves predictions."""
        parts, labels, folds = [], [], []
        for cut_off in cut_offs:
            used = _sample(
                cut_off.keep(cut_off.in_window(self.window_days)), MAX_TRAINING_ROWS // len(cut_offs), self.random_state
            )
            model = cut_off.rhythm or rhythm
            parts.append(design(used.features, p_none(model, used.features, self.horizon_days)))
            labels.append(used.has_left())
            folds.append(pd.util.hash_array(used.features["customer_id"].to_numpy(dtype=object)) % np.uint64(FOLDS))
        x, y, fold = pd.concat(parts, ignore_index=True), np.concatenate(labels), np.concatenate(folds)
        self.columns_ = [name for name in x.columns if name == RHYTHM_COLUMN or x[name].nunique() > 1]
        self.training_row_count_ = len(x)
        x = x[self.columns_].to_numpy()
        with threadpool_limits(1):
            self.calibration_ = self._fit_calibration(x, y, fold)
            self.logistic_, self.boosting_ = self._fit_pair(x, y)
        self.rhythm_ = rhythm
        return self

    def predict(self, features: pd.DataFrame) -> dict[str, Floats]:
        """One value per row and part: rhythm, boosting, logistic, and the calibrated `ensemble`."""
        if features.empty:
            return {name: np.empty(0) for name in ("rhythm", "boosting", "logistic", "ensemble")}
        by_rhythm = p_none(self.rhythm_, features, self.horizon_days)
        frame = design(features, by_rhythm)
        parts = self._parts(
            self.logistic_, self.boosting_, frame[self.columns_].to_numpy(), frame[RHYTHM_COLUMN].to_numpy()
        )
        intercept, slope = self.calibration_
        parts["ensemble"] = expit(intercept + slope * parts.pop("mean"))
        return {"rhythm": by_rhythm, **parts}

    def parameters(self) -> dict[str, Any]:
        """What was learned, as numbers for the model card."""
        coefficients = self.logistic_[-1].coef_[0]
        return {
            "columns": self.columns_,
            "rhythm": vars(self.rhythm_),
            "calibration": {"intercept": self.calibration_[0], "slope": self.calibration_[1]},
            "logistic": {name: round(float(value), 6) for name, value in zip(self.columns_, coefficients, strict=True)},
            "boosting_trees": int(self.boosting_.n_iter_),
        }

    def _fit_calibration(self, x: Floats, y: Floats, fold: Floats) -> tuple[float, float]:
        """Sigmoid on the mean log odds of rows whose customers the parts have not seen (folds by customer)."""
        mean = np.zeros(len(y))
        for number in range(FOLDS):
            held = fold == number
            if not held.any() or len(np.unique(y[~held])) < 2:
                return 0.0, 1.0
            logistic, boosting = self._fit_pair(x[~held], y[~held])
            mean[held] = self._parts(logistic, boosting, x[held], x[held][:, self._rhythm_position()])["mean"]
        intercept, slope = calibration_line(y, expit(mean))
        return intercept, float(np.clip(slope, *SLOPE_LIMITS))

    def _fit_pair(self, x: Floats, y: Floats) -> tuple[Pipeline, HistGradientBoostingClassifier]:
        return make_logistic().fit(x, y), make_boosting(self.random_state).fit(x, y)

    def _parts(
        self, logistic: Pipeline, boosting: HistGradientBoostingClassifier, x: Floats, rhythm_log_odds: Floats
    ) -> dict[str, Floats]:
        by_logistic = logistic.predict_proba(x)[:, 1]
        by_boosting = boosting.predict_proba(x)[:, 1]
        mean = (log_odds(by_logistic) + log_odds(by_boosting) + rhythm_log_odds) / 3.0
        return {"logistic": by_logistic, "boosting": by_boosting, "mean": mean}

    def _rhythm_position(self) -> int:
        return self.columns_.index(RHYTHM_COLUMN)


def make_logistic() -> Pipeline:
    """A logistic regression with its preprocessing; values far outside what was seen are drawn in."""
    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        FunctionTransformer(_draw_in),
        LogisticRegression(C=0.3, max_iter=3000),
    )


def make_boosting(random_state: int) -> HistGradientBoostingClassifier:
    """A small gradient boosting: shallow, slow, well regularised."""
    return HistGradientBoostingClassifier(
        max_iter=120,
        learning_rate=0.05,
        max_leaf_nodes=8,
        min_samples_leaf=60,
        l2_regularization=5.0,
        early_stopping=False,
        random_state=random_state,
    )


def _draw_in(x: Floats) -> Floats:
    return np.clip(x, -6.0, 6.0)


def _sample(cut_off: CutOff, most: int, random_state: int) -> CutOff:
    """The cut-off with at most so many rows, drawn evenly."""
    if len(cut_off.features) <= most:
        return cut_off
    rows = np.zeros(len(cut_off.features), dtype=bool)
    rows[np.random.default_rng(random_state).choice(len(rows), most, replace=False)] = True
    return cut_off.keep(rows)
