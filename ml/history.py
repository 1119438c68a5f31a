"""Features of one cut-off date with what came after it: the unit that models are trained and judged on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.horizon import has_season, season_date
from ml.rhythm_mean import RhythmMean
from ml.visit_rhythm import Family, Floats, VisitRhythm, fit_visit_rhythm

MAX_RHYTHM_CUSTOMERS = 200_000
NEWEST = 3  # cut-offs to train on, beside that of the same season
PACE_DOUBT_VISITS = 100.0  # a pace counts as if so many visits had come as expected beside those seen
PACE_LIMITS = (0.05, 5.0)
PACE_STEPS = 5


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

    @cached_property
    def observed_pace(self) -> float:
        """The stretch of the horizon with which the visit model expects as many visits as came; near 1 with few due.

        None at all, where many were due, is a closed season: the pace is near 0.
        """
        if self.rhythm is None:
            return 1.0
        due = float(expected_visits(self.rhythm, self.features, self.horizon_days).sum())
        share = (float(self.future_visit_count.sum()) + PACE_DOUBT_VISITS) / (due + PACE_DOUBT_VISITS)
        pace = float(np.clip(share, *PACE_LIMITS))
        for _ in range(PACE_STEPS):
            expected = float(expected_visits(self.rhythm, self.features, self.horizon_days * pace).sum())
            pace = float(np.clip(pace * due * share / max(expected, 1e-9), *PACE_LIMITS))
        return pace

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


def spaced(cut_offs: Iterable[CutOff], least_days: float) -> Iterator[CutOff]:
    """Of cut-offs, newest first, the first and each that lies so many days before the one taken last."""
    taken: date | None = None
    for cut_off in cut_offs:
        if taken is None or (taken - cut_off.as_of_date).days >= least_days:
            taken = cut_off.as_of_date
            yield cut_off


def training_cut_offs(past: Sequence[CutOff], as_of_date: date, horizon_days: int) -> list[CutOff]:
    """What a model for a date may learn from: of `past`, newest first, cut-offs whose outcome was known by then.

    The newest three, half a horizon apart, and the one of the same season: the newest ones' outcomes lie in other
    months. A cut-off with less than a horizon of history behind it knows young customers only and is left out.
    """
    limit = as_of_date - timedelta(days=horizon_days)
    complete = [c for c in past if c.as_of_date <= limit]
    grown = [c for c in complete if c.history_days >= horizon_days]
    chosen = list(islice(spaced(grown, horizon_days // 2), NEWEST))
    season = same_season(grown, as_of_date, horizon_days)
    if season is not None and all(season is not c for c in chosen):
        chosen.append(season)
    return chosen


def same_season(past: Iterable[CutOff], as_of_date: date, horizon_days: int) -> CutOff | None:
    """The cut-off on the same day of the year as a date; None if it is not there or the horizon holds all seasons."""
    if not has_season(horizon_days):
        return None
    return next((c for c in past if c.as_of_date == season_date(as_of_date, horizon_days)), None)


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
