"""Regressions from another model on: what a period did to everybody is not learnt as a trait of its customers."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from ml.churn_features import only_known_years
from ml.prior_logistic import PriorLogistic

LEVELS = (0.4, 0.0, -0.4)  # of three periods in a row, in log odds, by chance


def _periods() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A column that is higher in each period, for everybody alike (an age), labels by the period alone, the period."""
    rng = np.random.default_rng(4)
    period = np.repeat(np.arange(3), 2000)
    age = period + rng.normal(0.0, 0.3, len(period))
    return age[:, None], (rng.random(len(period)) < expit(np.array(LEVELS)[period])).astype(float), period


def test_the_next_period_is_not_where_a_line_through_the_last_ones_points() -> None:
    age, label, period = _periods()
    nothing, next_age = np.zeros(len(age)), np.full((1, 1), 3.0)
    by_line = PriorLogistic().fit(age, nothing, label).log_odds(next_age, np.zeros(1))
    with_levels = PriorLogistic().fit(age, nothing, label, period).log_odds(next_age, np.zeros(1))
    assert by_line[0] == pytest.approx(-0.7, abs=0.1)
    assert abs(with_levels[0]) < 0.8 * abs(by_line[0])


def test_one_period_needs_no_level_of_its_own() -> None:
    age, label, period = _periods()
    rows, nothing = period == 0, np.zeros(2000)
    alone = PriorLogistic().fit(age[rows], nothing, label[rows])
    numbered = PriorLogistic().fit(age[rows], nothing, label[rows], period[rows])
    assert numbered.weights_ == pytest.approx(alone.weights_, abs=1e-3)


@pytest.mark.parametrize(
    ("history_days", "horizon_days", "unknown"),
    [
        (364, 90, ["visits_year_ago", "visits_two_years_ago"]),
        (365, 90, ["visits_two_years_ago"]),
        (730, 90, []),
        (729, 366, ["visits_year_ago", "visits_two_years_ago"]),
    ],
)
def test_a_season_before_the_house_opened_is_unknown(history_days: int, horizon_days: int, unknown: list[str]) -> None:
    frame = pd.DataFrame({"recency": [1.0], "visits_year_ago": [0.0], "visits_two_years_ago": [0.0]})
    seen = only_known_years(frame, history_days, horizon_days)
    assert list(seen.columns[seen.isna().all()]) == unknown
