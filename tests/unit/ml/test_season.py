"""The pace of visits: a season is read from the same days a year before."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from histories import cut_off, random_history

from ml.horizon import has_season, season_date
from ml.season import expected_pace, observed_pace


@pytest.fixture(scope="module")
def summers() -> pd.DataFrame:
    """Three years in which two of three winter visits do not happen."""
    every = random_history(3000, 3 * 365, start="2021-01-01")
    in_winter = every["day"].dt.month.isin([11, 12, 1, 2])
    kept = np.random.default_rng(3).random(len(every)) < 0.34
    return every[~in_winter | kept].reset_index(drop=True)


def test_the_pace_is_low_before_winter_and_high_before_summer(summers: pd.DataFrame) -> None:
    assert observed_pace(cut_off(summers, date(2022, 10, 31), 90)) < 0.7
    assert observed_pace(cut_off(summers, date(2023, 2, 28), 90)) > 1.2


def test_next_winter_is_expected_to_be_like_the_last(summers: pd.DataFrame) -> None:
    night = date(2023, 10, 31)
    last = cut_off(summers, season_date(night, 90), 90)
    newest = cut_off(summers, night - timedelta(days=90), 90)
    assert expected_pace(night, [newest, last], 90) == observed_pace(last)


def test_without_the_same_season_nothing_is_expected(summers: pd.DataFrame) -> None:
    newest = cut_off(summers, date(2023, 8, 2), 90)
    assert expected_pace(date(2023, 10, 31), [newest], 90) is None
    assert expected_pace(date(2023, 10, 31), [], 90) is None


def test_a_horizon_of_whole_years_has_no_season(summers: pd.DataFrame) -> None:
    past = cut_off(summers, date(2022, 10, 31), 365)
    assert not has_season(365)
    assert expected_pace(date(2023, 10, 31), [past], 365) is None


def test_few_visits_hardly_move_the_pace() -> None:
    few = cut_off(random_history(60, 700), date(2021, 6, 1), 30)
    assert 0 < few.future_visit_count.sum() < 10
    assert observed_pace(few) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("horizon", "day"), [(90, "2024-11-02"), (365, "2024-11-02"), (400, "2023-11-03")])
def test_season_date(horizon: int, day: str) -> None:
    assert season_date(date(2025, 11, 2), horizon).isoformat() == day
