"""The pace of visits: a season is read from the same days a year before."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from histories import cut_off, random_history

from ml.history import PACE_LIMITS, CutOff
from ml.horizon import has_season, season_date
from ml.season import closed_pace, expected_pace, proven_pace


@pytest.fixture(scope="module")
def summers() -> pd.DataFrame:
    """Three years in which two of three winter visits do not happen."""
    every = random_history(3000, 3 * 365, start="2021-01-01")
    in_winter = every["day"].dt.month.isin([11, 12, 1, 2])
    kept = np.random.default_rng(3).random(len(every)) < 0.34
    return every[~in_winter | kept].reset_index(drop=True)


def test_the_pace_is_low_before_winter_and_high_before_summer(summers: pd.DataFrame) -> None:
    assert cut_off(summers, date(2022, 10, 31), 90).observed_pace < 0.7
    assert cut_off(summers, date(2023, 2, 28), 90).observed_pace > 1.2


def test_next_winter_is_expected_to_be_like_the_last(summers: pd.DataFrame) -> None:
    night = date(2023, 10, 31)
    last = cut_off(summers, season_date(night, 90), 90)
    newest = cut_off(summers, night - timedelta(days=90), 90)
    assert expected_pace(night, [newest, last], 90) == last.observed_pace


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
    assert few.observed_pace == pytest.approx(1.0, abs=0.1)


def test_a_closed_season_has_a_pace_near_nothing() -> None:
    """Closed from November on: nobody came where hundreds were due."""
    every = random_history(3000, 3 * 365, start="2021-01-01")
    closed = cut_off(every[every["day"].dt.month < 11], date(2022, 10, 31), 60)
    assert closed.future_visit_count.sum() == 0
    assert closed.observed_pace < 0.25
    assert replace(closed, future_visit_count=closed.future_visit_count + 5.0).observed_pace > 1.5


NIGHT = date(2023, 10, 31)
LONG_AGO = pd.DataFrame({"clv_age_days": [900.0]})


@pytest.mark.parametrize(
    ("last_year", "this_year", "believed"),
    [
        pytest.param([1.6, 0.6, 1.4], [1.6, 0.6, 1.4], (1.45, 1.5), id="every pace came back"),
        pytest.param([1.6, 0.6, 1.4], [1.3, 0.8, 1.2], (1.2, 1.3), id="about half of it came back"),
        pytest.param([1.6, 0.6, 1.4], [0.7, 1.5, 0.8], (1.0, 1.0), id="the opposite came"),
        pytest.param([1.05, 0.96, 1.04], [1.05, 0.96, 1.04], (1.0, 1.1), id="too small to prove much"),
        pytest.param([], [], (1.0, 1.0), id="never seen twice"),
    ],
)
def test_a_pace_is_believed_as_far_as_paces_came_back(
    last_year: list[float], this_year: list[float], believed: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [NIGHT - timedelta(days=back) for back in (90, 135, 180)]
    paces = {season_date(NIGHT, 90): 1.5, **dict(zip(days, this_year, strict=False))}
    paces |= {season_date(day, 90): pace for day, pace in zip(days, last_year, strict=False)}
    monkeypatch.setattr(CutOff, "observed_pace", property(lambda cut_off: paces[cut_off.as_of_date]))
    past = [CutOff(day, LONG_AGO, horizon_days=90) for day in sorted(paces, reverse=True)]
    assert believed[0] - 1e-9 <= proven_pace(NIGHT, past, 90) <= believed[1] + 1e-9


def test_a_pace_takes_only_outcomes_known_by_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cut-off 89 days before is not over: neither it nor what it would prove is looked at."""
    monkeypatch.setattr(CutOff, "observed_pace", property(lambda cut_off: 1.5))
    days = [NIGHT - timedelta(days=back) for back in (89, 365, 89 + 365)]
    assert proven_pace(NIGHT, [CutOff(day, LONG_AGO, horizon_days=90) for day in days], 90) == 1.0


@pytest.mark.parametrize(("horizon", "day"), [(90, "2024-11-02"), (365, "2024-11-02"), (400, "2023-11-03")])
def test_season_date(horizon: int, day: str) -> None:
    assert season_date(date(2025, 11, 2), horizon).isoformat() == day


@pytest.mark.parametrize(
    ("closed_on", "pace"),
    [
        pytest.param("2022-07-31", PACE_LIMITS[0], id="nobody since before the oldest cut-off"),
        pytest.param("2022-12-31", None, id="somebody came after the oldest one"),
        pytest.param("2021-01-03", None, id="nobody was due"),
    ],
)
def test_a_house_in_which_nobody_came_after_any_cut_off_is_closed(closed_on: str, pace: float | None) -> None:
    every = random_history(3000, 3 * 365, start="2021-01-01")
    open_days = every[every["day"] <= pd.Timestamp(closed_on)]
    known = [cut_off(open_days, date(2022, 10, 31) - timedelta(days=back), 60) for back in (0, 30, 60)]
    assert closed_pace(known) == pace
    assert closed_pace([]) is None
