"""Churn: promoted when it can be shown to be no worse, a stated fallback otherwise, the same numbers every time."""

import re
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from histories import cut_off, random_history
from sklearn.ensemble import HistGradientBoostingClassifier

from ml.churn_judging import BASELINES, CHAMPION, EVERYBODY, JUDGED, judge_rolling
from ml.churn_model import HALF_ROWS, PARTS, VISIT_MODEL, ChurnEnsemble, default_weights, known_share
from ml.churn_training import drift_columns, train_churn
from ml.history import CutOff, same_season, training_cut_offs
from ml.judge import judge_probability
from ml.training import cut_off_dates

NIGHT, HORIZON, WINDOW = date(2023, 12, 31), 365, 730
FIGURES = {"auc", "brier", "log_loss", "top_decile_lift", "calibration_error", "calibration_slope", "bias"}


@pytest.fixture(scope="module")
def purchases() -> pd.DataFrame:
    return random_history(2500, 4 * 365, regularity=6.0)


@pytest.fixture(scope="module")
def night(purchases: pd.DataFrame) -> CutOff:
    return cut_off(purchases, NIGHT)


@pytest.fixture(scope="module")
def past(purchases: pd.DataFrame) -> list[CutOff]:
    dates = cut_off_dates(purchases["day"].min().date(), NIGHT, HORIZON)
    return [cut_off(purchases, day, HORIZON) for day in dates]


def test_a_candidate_judged_on_later_periods_is_promoted(night: CutOff, past: list[CutOff]) -> None:
    training = train_churn(night, past, HORIZON, WINDOW, random_state=1)
    assert training.is_promoted, training.reason
    assert training.scorer.method == "ensemble"
    for judged in training.metrics["judged"]:
        assert set(judged["models"]) == {
            "ensemble",
            "logistic",
            "boosting",
            "rfm",
            *BASELINES,
            CHAMPION,
            VISIT_MODEL,
        }
        assert set(judged["models"]["ensemble"]) == FIGURES
        complete_by = [date.fromisoformat(day).toordinal() + HORIZON for day in judged["trained_on"]]
        assert max(complete_by) <= date.fromisoformat(judged["as_of_date"]).toordinal()
    figures = training.metrics["mean"]["ensemble"]
    assert figures["auc"] > 0.6
    assert figures["calibration_error"] < 0.08


@pytest.mark.parametrize(
    ("row_count", "weights"),
    [
        pytest.param(0, (1.0, 1.0, 0.0, 2.0), id="nobody"),
        pytest.param(HALF_ROWS, (0.75, 1.0, 0.5, 2.0), id="a few thousand"),
        pytest.param(HALF_ROWS * 10**6, (0.5, 1.0, 1.0, 2.0), id="very many"),
    ],
)
def test_what_the_parts_count_before_any_later_period(row_count: int, weights: tuple[float, ...]) -> None:
    assert default_weights(row_count) == pytest.approx(np.array(weights) / sum(weights), abs=1e-6)


def test_two_trainings_give_the_same_bits(night: CutOff, past: list[CutOff]) -> None:
    one, two = (ChurnEnsemble(HORIZON, WINDOW, 1).fit(past[:2], night.rhythm) for _ in range(2))
    first, second = one.predict(night.features)["ensemble"], two.predict(night.features)["ensemble"]
    assert first.tobytes() == second.tobytes()
    assert one.parameters() == two.parameters()


def test_a_customer_scored_alone_gets_the_number_of_the_batch(night: CutOff, past: list[CutOff]) -> None:
    model = ChurnEnsemble(HORIZON, WINDOW, 1).fit(past[:2], night.rhythm)
    batch = model.predict(night.features)["ensemble"]
    alone = [
        model.predict(night.features.iloc[[row]].reset_index(drop=True))["ensemble"][0] for row in range(0, 200, 50)
    ]
    assert np.array(alone) == pytest.approx(batch[0:200:50], abs=1e-12)


def test_a_feature_known_of_hardly_anybody_is_left_out(night: CutOff, past: list[CutOff]) -> None:
    features = past[0].features.copy()
    features["mean_lead_time_days"] = np.nan
    features.loc[:1, "mean_lead_time_days"] = [3.0, 9.0]
    odd = replace(past[0], features=features)
    assert "lead_time" not in ChurnEnsemble(HORIZON, WINDOW, 1).fit([odd], night.rhythm).columns_


def test_one_cut_off_without_an_earlier_one_is_judged_on_other_customers(night: CutOff, past: list[CutOff]) -> None:
    training = train_churn(night, past[:1], HORIZON, WINDOW, random_state=1)
    assert [j["kind"] for j in training.metrics["judged"]] == ["other_customers_of_the_same_period"]
    assert training.scorer.method in {"ensemble", CHAMPION}, training.reason
    young = next(c for c in past if c.history_days < HORIZON)
    alone = train_churn(night, [young], HORIZON, WINDOW, random_state=1)
    assert (alone.scorer.method, alone.metrics["judged"]) == ("bgnbd", [])
    assert "no cut-off with 365 days of history before it" in alone.reason


def test_too_few_of_a_class_falls_back(night: CutOff, past: list[CutOff]) -> None:
    few = past[0].keep(np.arange(len(past[0].features)) < 60)
    training = train_churn(night, [few], HORIZON, WINDOW, random_state=1)
    assert training.scorer.method == "bgnbd"
    assert "customers of the rarer class in a cut-off, 25 of each needed" in training.reason
    probability = training.scorer.probability(night.features)
    assert ((probability > 0) & (probability < 1)).all()
    assert judge_probability(past[0].has_left(), training.scorer.probability(past[0].features))["auc"] > 0.6


def test_a_single_cut_off_too_small_to_hold_a_third_out_says_so(night: CutOff, past: list[CutOff]) -> None:
    few = past[0].keep(np.arange(len(past[0].features)) < 140)
    training = train_churn(night, [few], HORIZON, WINDOW, random_state=1)
    fewest = int(re.search(r"(\d+) customers of the rarer class", training.reason)[1])
    assert 25 <= fewest < 75
    assert "25 of each needed in the third that is held out to judge by" in training.reason


def test_no_outcome_known_yet_falls_back(night: CutOff) -> None:
    training = train_churn(night, [], HORIZON, WINDOW, random_state=1)
    assert training.scorer.method == "bgnbd"
    assert "no cut-off with 365 days of history before it and its outcome after it" in training.reason


def test_one_class_only_falls_back(night: CutOff, past: list[CutOff]) -> None:
    nobody_returns = [
        CutOff(c.as_of_date, c.features, np.zeros(len(c.features)), np.zeros(len(c.features))) for c in past
    ]
    training = train_churn(night, nobody_returns, HORIZON, WINDOW, random_state=1)
    assert training.scorer.method == "bgnbd"
    assert "0 customers of the rarer class in a cut-off, 25 of each needed" in training.reason


def test_one_visit_customers_only_are_not_scored() -> None:
    """hotel_bookings: the file has no identity, so nobody ever returns."""
    once = random_history(600, 700).drop_duplicates("customer_id")
    night = cut_off(once, date(2021, 12, 1))
    training = train_churn(night, [cut_off(once, date(2020, 12, 1), HORIZON)], HORIZON, WINDOW, random_state=1)
    assert (training.scorer.method, training.is_promoted) == ("none", False)
    assert training.scorer.probability(night.features) is None


def test_nobody_at_all(night: CutOff) -> None:
    nobody = CutOff(NIGHT, night.features.iloc[:0], np.empty(0), np.empty(0))
    assert train_churn(nobody, [nobody], HORIZON, WINDOW, random_state=1).scorer.method == "none"


def test_training_takes_only_outcomes_known_by_then(past: list[CutOff]) -> None:
    known = training_cut_offs(past, past[0].as_of_date, HORIZON)
    assert [c.as_of_date.isoformat() for c in known] == ["2021-12-31", "2021-07-01", "2020-12-31"]


def test_a_cut_off_with_little_history_is_not_learnt_from(past: list[CutOff]) -> None:
    by_date = {c.as_of_date.isoformat(): c for c in past}
    young = by_date["2020-07-01"]
    assert young.history_days < HORIZON
    assert training_cut_offs([young], date(2021, 12, 31), HORIZON) == []
    assert young not in training_cut_offs(past[-3:], date(2023, 12, 31), HORIZON)


def test_the_champion_has_the_level_of_past_periods(
    night: CutOff, past: list[CutOff], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of those who came are said not to have: the visit models know nothing of it, past periods do."""
    monkeypatch.setattr("ml.churn_training.loss_by_gains", lambda _: "as the test wants it")
    monkeypatch.setattr("ml.churn_model.make_boosting", lambda seed: HistGradientBoostingClassifier(max_iter=2))
    stay_away = np.random.default_rng(2)
    fewer = [
        replace(c, future_visit_count=c.future_visit_count * (stay_away.random(len(c.features)) < 0.5)) for c in past
    ]
    training = train_churn(night, fewer, HORIZON, WINDOW, random_state=1)
    scorer = training.scorer
    assert (scorer.method, training.is_promoted) == (CHAMPION, False)
    assert "not promoted: as the test wants it" in training.reason
    assert scorer.ensemble.line_.weights[PARTS.index("boosting")] == 0.0
    features = night.keep(night.in_window(WINDOW)).features
    visits = replace(scorer, ensemble=None).probability(features).mean()
    newest = fewer[0].keep(fewer[0].in_window(WINDOW)).has_left().mean()
    assert visits < newest - 0.1
    assert scorer.probability(features).mean() == pytest.approx(newest, abs=0.05)


def test_customers_of_past_cut_offs_are_no_drift(night: CutOff, past: list[CutOff]) -> None:
    """But those of a cut-off when the house was less than half as large: it was another one then."""
    few = past[1].keep(np.arange(len(past[1].features)) < 0.4 * len(past[0].features))
    scorer = train_churn(night, [past[0], few], HORIZON, WINDOW, random_state=1).scorer

    def largest_psi(cut_off: CutOff) -> float:
        features = cut_off.keep(cut_off.in_window(WINDOW)).features
        return scorer.reference.psi(drift_columns(features, scorer.probability(features)))["psi"].max()

    assert (largest_psi(night), largest_psi(past[0])) == (0.0, 0.0)
    assert largest_psi(few) > 0.0
    features = night.keep(night.in_window(WINDOW)).features
    older = features.assign(clv_age_days=features["clv_age_days"] + 3650)
    assert scorer.reference.psi(drift_columns(older, scorer.probability(features)))["psi"].max() == 0.0, "all age"


def test_the_known_share_is_that_of_the_newest_period(past: list[CutOff]) -> None:
    stayed = replace(past[0], future_visit_count=np.ones(len(past[0].features)))
    left = replace(past[1], future_visit_count=np.zeros(len(past[1].features)))
    assert known_share([left, stayed], WINDOW) < 0.01


@pytest.fixture(scope="module")
def quarters() -> list[CutOff]:
    history = random_history(1500, 4 * 365, seed=5)
    return [cut_off(history, day, 90) for day in cut_off_dates(history["day"].min().date(), NIGHT, 90)]


def test_the_same_season_a_year_before_is_learnt_from_too(quarters: list[CutOff]) -> None:
    """The newest cut-offs' outcomes lie in other months."""
    known = [c.as_of_date for c in training_cut_offs(quarters, NIGHT, 90)]
    assert known == [NIGHT - timedelta(days=back) for back in (90, 135, 180, 365)]
    earlier = [c.as_of_date for c in training_cut_offs(quarters, NIGHT - timedelta(days=90), 90)]
    assert earlier == [NIGHT - timedelta(days=back) for back in (180, 225, 270, 455)]


def test_the_season_is_judged_where_history_allows(quarters: list[CutOff], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.churn_model.make_boosting", lambda seed: HistGradientBoostingClassifier(max_iter=2))
    judgements = judge_rolling(NIGHT, quarters, 90, 365, 1)
    days = [judgement.trial.cut_off.as_of_date for judgement in judgements]
    assert days == sorted(days, reverse=True)
    assert len(days) == JUDGED + 2, "the season, and one older period to weigh it by"
    season = next(j for j in judgements if j.trial.cut_off is same_season(quarters, NIGHT, 90))
    assert season.older
    for judgement in judgements:
        known = judgement.trial.cut_off.as_of_date - timedelta(days=90)
        assert all(older.cut_off.as_of_date <= known for older in judgement.older), "weighed by what was known by then"
        assert all(c.as_of_date <= known for c in judgement.trial.train)


@pytest.mark.parametrize(
    ("first", "horizon", "dates"),
    [
        pytest.param(date(2022, 12, 1), 365, [], id="a year of history, a year of horizon: nothing to learn from"),
        pytest.param(date(2022, 1, 1), 365, ["2022-12-31"], id="two years"),
        pytest.param(
            date(2023, 7, 1), 60, ["2023-11-01", "2023-10-02", "2023-09-02", "2023-08-03"], id="half a year, 60 days"
        ),
        pytest.param(None, 365, [], id="no stay"),
    ],
)
def test_cut_off_dates(first: date | None, horizon: int, dates: list[str]) -> None:
    assert [day.isoformat() for day in cut_off_dates(first, NIGHT, horizon)] == dates


def test_a_small_house_learns_too(night: CutOff, past: list[CutOff]) -> None:
    """Visit models alone are far off in level where visits come in bursts; forty of each class already say so."""
    few = [c.keep(np.arange(len(c.features)) < 150) for c in past]
    training = train_churn(night, few, HORIZON, WINDOW, random_state=1)
    assert training.scorer.method in {"ensemble", CHAMPION}, training.reason
    assert all(EVERYBODY in judged["gain_over"]["bgnbd"] for judged in training.metrics["judged"])
