"""Expected visits, spend per visit and revenue within the horizon: a visit model times Gamma-Gamma.

Where it proved better on later periods, the visits are the mean of the visit model and a small boosting that corrects
it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from ml.boosting import SMALL_BOOSTING
from ml.churn_features import design
from ml.history import CutOff, expected_visits, p_none
from ml.rhythm_mean import RhythmMean
from ml.value_interval import revenue_interval, spend_posterior, visit_interval
from ml.visit_rhythm import Floats, VisitRhythm
from ml.visit_value import VisitValue

LEAST_EXPECTED = 1e-3
MAX_TRAINING_ROWS = 120_000
COLUMNS = (
    "expected_stays",
    "expected_stays_low",
    "expected_stays_high",
    "p_alive",
    "expected_visit_amount",
    "expected_revenue_amount",
    "expected_revenue_low_amount",
    "expected_revenue_high_amount",
)


@dataclass(frozen=True)
class VisitCorrection:
    """How many times the visits that the visit model expects come, as the features of a customer have it."""

    columns: tuple[str, ...]
    boosting: HistGradientBoostingRegressor

    def factor(self, frame: pd.DataFrame) -> Floats:
        """One value per row of `design`."""
        return np.asarray(self.boosting.predict(frame[list(self.columns)].to_numpy()))


@dataclass(frozen=True)
class ValueModel:
    """What scores value.

    Without a visit model nothing is scored; without a spend model the customer's own mean spend stands.
    Corrected visits are multiplied by `level`.
    """

    horizon_days: int
    rhythm: VisitRhythm | RhythmMean | None
    visit_value: VisitValue | None
    pace: float = 1.0
    correction: VisitCorrection | None = None
    level: float = 1.0

    def predict(self, features: pd.DataFrame) -> pd.DataFrame:
        """One row per customer: the columns of COLUMNS; all null without a visit model."""
        if self.rhythm is None:
            return pd.DataFrame(index=features.index, columns=list(COLUMNS), dtype="float64")
        frame = self._visits(self.rhythm, features)
        amount = self._visit_amount(features)
        alive, stays, shape = (frame.pop(name).to_numpy() for name in ("p_alive", "expected_stays", "shape"))
        posterior = None
        if self.visit_value is not None:
            own = (features["visit_count"].to_numpy(), features["average_visit_amount"].to_numpy())
            posterior = spend_posterior(self.visit_value, *own)
        return frame.assign(
            p_alive=alive,
            expected_stays=stays,
            expected_visit_amount=amount,
            expected_revenue_amount=stays * amount,
            **revenue_interval(alive, stays, shape, amount, posterior),
        )

    def _visits(self, rhythm: VisitRhythm | RhythmMean, features: pd.DataFrame) -> pd.DataFrame:
        """One row per customer: alive, visits with their interval, and the shape of the visit rate."""
        keys = features[["clv_frequency", "clv_recency_days", "clv_age_days"]].to_numpy()
        groups, row_group = np.unique(keys, axis=0, return_inverse=True)  # equal customers are computed once
        x, t_x, t = groups.T
        stretched = self.horizon_days * self.pace
        alive = rhythm.p_alive(x, t_x, t)
        stays = rhythm.expected_visits(x, t_x, t, stretched)
        group = {"expected_stays": stays, "p_alive": alive, "shape": x + rhythm.r}
        if self.correction is None:
            group |= visit_interval(alive, stays, x + rhythm.r)
        frame = pd.DataFrame(group).iloc[row_group.ravel()].reset_index(drop=True)
        if self.correction is not None and len(frame):
            factor = self.correction.factor(design(features, rhythm.p_none(x, t_x, t, stretched)[row_group.ravel()]))
            frame["expected_stays"] *= self.level * (1.0 + factor) / 2.0
            columns = (frame[name].to_numpy() for name in ("p_alive", "expected_stays", "shape"))
            frame = frame.assign(**visit_interval(*columns))
        return frame

    def _visit_amount(self, features: pd.DataFrame) -> Floats:
        own = features["average_visit_amount"].to_numpy()
        if self.visit_value is None:
            return np.nan_to_num(own, nan=0.0)
        return self.visit_value.expected_amount(features["visit_count"].to_numpy(), own)


def fit_correction(cut_offs: Sequence[CutOff], has_pace: bool, random_state: int) -> VisitCorrection | None:
    """Poisson boosting of the visits that came, exposure those that were expected; None without visits."""
    frames, expected, came = [], [], []
    for cut_off in cut_offs:
        if cut_off.rhythm is None:
            continue
        stretched = cut_off.horizon_days * (cut_off.observed_pace if has_pace else 1.0)
        step = -(-len(cut_off.features) * len(cut_offs) // MAX_TRAINING_ROWS)
        features = cut_off.features.iloc[::step].reset_index(drop=True)
        frames.append(design(features, p_none(cut_off.rhythm, features, stretched)))
        expected.append(np.maximum(expected_visits(cut_off.rhythm, features, stretched), LEAST_EXPECTED))
        came.append(cut_off.future_visit_count[::step])
    if not frames or sum(float(visits.sum()) for visits in came) == 0:
        return None
    frame, exposure, visits = pd.concat(frames, ignore_index=True), np.concatenate(expected), np.concatenate(came)
    columns = tuple(name for name in frame.columns if frame[name].nunique() > 1)
    boosting = HistGradientBoostingRegressor(loss="poisson", **SMALL_BOOSTING, random_state=random_state)
    with threadpool_limits(1):
        boosting.fit(frame[list(columns)].to_numpy(), visits / exposure, sample_weight=exposure)
    return VisitCorrection(columns, boosting)
