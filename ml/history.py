"""Features of one cut-off date with what came after it: the unit that models are trained and judged on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.rhythm_mean import RhythmMean
from ml.visit_rhythm import Family, Floats, VisitRhythm, fit_visit_rhythm

MAX_RHYTHM_CUSTOMERS = 200_000


@dataclass(frozen=True)
class CutOff:
    """One row per customer with a visit by `as_of_date`.

    The labels speak of (as_of_date, as_of_date + horizon] and are empty at the night itself.
    """

    as_of_date: date
    features: pd.DataFrame
    future_visit_count: Floats = field(default_factory=lambda: np.empty(0))
    future_revenue_amount: Floats = field(default_factory=lambda: np.empty(0))
    horizon_days: int = 0

    @property
    def history_days(self) -> int:
        """Days since the first visit of anybody."""
        return int(self.features["clv_age_days"].max()) if len(self.features) else 0

    @cached_property
    def rhythms(self) -> dict[str, VisitRhythm]:
        """Visit models fitted on what was known at the cut-off, by family; empty when the data carry none."""
        return fit_rhythms(self.features)

    @cached_property
    def rhythm(self) -> RhythmMean | None:
        """The fitted visit models together; None without any."""
        return RhythmMean(tuple(self.rhythms.values())) if self.rhythms else None

    def in_window(self, window_days: int) -> NDArray[np.bool_]:
        """Per row: a visit in the trailing window, so that there is a customer to lose."""
        return self.features["rfm_recency_days"].to_numpy() < window_days

    def has_left(self) -> Floats:
        """Per row: 1 when no visit came within the horizon."""
        return (np.asarray(self.future_visit_count) < 0.5).astype(np.float64)

    def keep(self, rows: NDArray[np.bool_]) -> "CutOff":
        """The same cut-off with some of its rows."""
        visits, money = self.future_visit_count, self.future_revenue_amount
        return CutOff(
            self.as_of_date,
            self.features.loc[rows].reset_index(drop=True),
            visits[rows] if len(visits) else visits,
            money[rows] if len(money) else money,
            self.horizon_days,
        )


def training_cut_offs(past: Sequence[CutOff], known_until: date, horizon_days: int, most: int = 3) -> list[CutOff]:
    """The newest cut-offs (`past` is newest first) whose labels were complete by a date.

    A cut-off with less than a horizon of history behind it knows young customers only; it is taken alone, when there
    is no other.
    """
    limit = known_until - timedelta(days=horizon_days)
    complete = [c for c in past if c.as_of_date <= limit]
    grown = [c for c in complete if c.history_days >= horizon_days]
    return grown[:most] or complete[:1]


def fit_rhythms(features: pd.DataFrame) -> dict[str, VisitRhythm]:
    """BG/NBD and MBG/NBD on all customers of a cut-off (an even sample of them when there are very many)."""
    step = -(-len(features) // MAX_RHYTHM_CUSTOMERS) if len(features) else 1
    x, t_x, t = (column[::step] for column in _rhythm_columns(features))
    families: tuple[Family, ...] = ("bgnbd", "mbgnbd")
    fitted = {family: fit_visit_rhythm(x, t_x, t, family) for family in families}
    return {family: model for family, model in fitted.items() if model is not None}


def p_none(rhythm: VisitRhythm | RhythmMean, features: pd.DataFrame, horizon_days: float) -> Floats:
    """One value per row: probability of no visit in the horizon."""
    return rhythm.p_none(*_rhythm_columns(features), horizon_days)


def expected_visits(rhythm: VisitRhythm | RhythmMean, features: pd.DataFrame, horizon_days: float) -> Floats:
    """One value per row: expected visits in the horizon."""
    return rhythm.expected_visits(*_rhythm_columns(features), horizon_days)


def _rhythm_columns(features: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    names = ("clv_frequency", "clv_recency_days", "clv_age_days")
    x, t_x, t = (features[name].to_numpy() for name in names)
    return x, t_x, t
