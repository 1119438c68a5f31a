"""Value: BG/NBD unless something else was never worse, money and intervals that add up."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from histories import cut_off, random_history

from ml.history import CutOff
from ml.training import cut_off_dates
from ml.value_interval import revenue_interval, spend_posterior
from ml.value_model import ValueModel
from ml.value_training import CANDIDATES, ValueTraining, _candidates, choose, train_value
from ml.visit_value import VisitValue, fit_visit_value

NIGHT, HORIZON = date(2023, 12, 31), 365


@pytest.fixture(scope="module")
def purchases() -> pd.DataFrame:
    return random_history(1500, 4 * 365)


@pytest.fixture(scope="module")
def past(purchases: pd.DataFrame) -> list[CutOff]:
    return [cut_off(purchases, day, HORIZON) for day in cut_off_dates(purchases["day"].min().date(), NIGHT, HORIZON)]


@pytest.fixture(scope="module")
def training(purchases: pd.DataFrame, past: list[CutOff]) -> ValueTraining:
    return train_value(cut_off(purchases, NIGHT), past, HORIZON, random_state=1)


def test_past_periods_are_judged_against_the_plain_models(training: ValueTraining) -> None:
    assert training.is_promoted
    for judged in training.metrics["judged"]:
        plain, ours = judged["plain"]["stays"], judged["visit_model"]["stays"]
        assert ours["mean_absolute_error"] <= plain["mean_absolute_error"] * 1.01
        assert ours["rank_correlation"] >= plain["rank_correlation"] - 0.005
        assert ours["total_expected"] == pytest.approx(ours["total_actual"], rel=0.2)
        for name in ("stays", "revenue"):
            assert 0.76 <= judged["visit_model"][name]["interval_coverage"] <= 0.98


def test_revenue_is_visits_times_spend_and_inside_its_interval(
    purchases: pd.DataFrame, training: ValueTraining
) -> None:
    value = training.model.predict(cut_off(purchases, NIGHT).features)
    assert (value["expected_revenue_amount"] == value["expected_stays"] * value["expected_visit_amount"]).all()
    for low, high in (("stays_low", "stays_high"), ("revenue_low_amount", "revenue_high_amount")):
        assert (value[f"expected_{low}"] <= value[f"expected_{high}"]).all()
    assert value["p_alive"].between(0, 1).all()


def test_a_pace_scales_the_visits() -> None:
    night = cut_off(random_history(800, 900), date(2022, 1, 1))
    plain = ValueModel(90, night.rhythm, None)
    busy = ValueModel(90, night.rhythm, None, pace=2.0)
    ratio = busy.predict(night.features)["expected_stays"].sum() / plain.predict(night.features)["expected_stays"].sum()
    assert 1.7 < ratio < 2.0


@pytest.mark.parametrize(
    ("proven", "visits", "used"),
    [
        pytest.param(0.4, 1.0, 0.4, id="a low season: less is nearer"),
        pytest.param(1.8, 1.0, 1.0, id="right on the whole, further off for most"),
        pytest.param(1.8, 20.0, 1.8, id="everybody came often"),
        pytest.param(1.0, 1.0, 1.0, id="no pace"),
    ],
)
def test_a_pace_is_used_where_it_does_not_raise_the_error(
    proven: float, visits: float, used: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in ten came so many times in the same season a year ago, or everybody did."""
    monkeypatch.setattr("ml.value_training.proven_pace", lambda *_: proven)
    history = random_history(400, 900)
    day = date(2021, 6, 1)
    season = cut_off(history, day, 90)
    who = np.arange(len(season.features)) % 10 == 0 if visits <= 1 else np.ones(len(season.features), dtype=bool)
    season = replace(season, future_visit_count=np.where(who, visits, 0.0))
    night = CutOff(date(2022, 6, 1), season.features)
    assert _candidates(night, [season], 90, 1, is_corrected=False)["paced"].pace == used
    assert _candidates(night, [], 90, 1, is_corrected=False)["paced"].pace == proven, "nothing to try it on"


def test_nobody_and_nothing_to_learn_from() -> None:
    once = random_history(500, 700).drop_duplicates("customer_id")
    night = cut_off(once, date(2021, 12, 1))
    training = train_value(night, [], HORIZON, random_state=1)
    assert not training.is_promoted
    assert training.metrics["choice"] == "too few customers came back for any visit model; value is not scored"
    assert training.model.predict(night.features).isna().all(axis=None)
    assert len(training.model.predict(night.features.iloc[:0])) == 0


def test_a_house_closed_since_before_every_cut_off_expects_as_good_as_nobody() -> None:
    """No correction can be learnt where nobody came; the visit models alone would still expect dozens."""
    open_days = random_history(1500, 1000, start="2020-01-01")
    night = date(2023, 10, 2)
    past = [cut_off(open_days, day, 90) for day in cut_off_dates(open_days["day"].min().date(), night, 90)]
    training = train_value(cut_off(open_days, night), past, 90, random_state=1)
    alone = replace(training.model, pace=1.0).predict(cut_off(open_days, night).features)["expected_stays"].sum()
    stays = training.model.predict(cut_off(open_days, night).features)["expected_stays"].sum()
    assert alone > 10
    assert stays < 0.06 * alone
    assert "nobody came in the 90 days after any past cut-off" in training.reason


def figures(error: float, rank: float = 0.5, total: float = 100.0) -> dict[str, dict[str, float]]:
    figure = {"mean_absolute_error": error, "rank_correlation": rank, "total_expected": total, "total_actual": 100.0}
    return {"stays": figure, "revenue": figure}


PLAIN = {"as_of_date": "2023-12-31", "plain": figures(1.0), **dict.fromkeys(CANDIDATES, figures(1.01))}


@pytest.mark.parametrize(
    ("corrected", "chosen"),
    [
        pytest.param(figures(0.90, 0.52), "corrected", id="less error, better ranks, same total"),
        pytest.param(figures(0.99), "corrected", id="a little less error, the same ranks"),
        pytest.param(figures(1.0), "plain", id="the same"),
        pytest.param(figures(0.90, 0.499), "plain", id="worse ranks"),
        pytest.param(figures(0.90, 0.52, 106.0), "plain", id="a total further off"),
        pytest.param(figures(0.90, 0.52, 104.0), "corrected", id="a total a little further off"),
        pytest.param(figures(0.99, 0.52, 104.0), "plain", id="more lost in the total than won in the error"),
    ],
)
def test_a_candidate_is_used_when_past_periods_prove_it(corrected: dict, chosen: str) -> None:
    assert choose([{**PLAIN, "corrected": corrected}] * 3)[0] == chosen


@pytest.mark.parametrize("once", [figures(1.001), figures(0.9, 0.499), figures(0.9, 0.5, 94.0)])
def test_once_worse_is_not_used_however_good_else(once: dict) -> None:
    good, bad = {**PLAIN, "paced": figures(0.7, 0.6)}, {**PLAIN, "paced": once}
    assert choose([good, good])[0] == "paced"
    chosen, why = choose([good, bad, good])
    assert chosen == "plain"
    assert "worse on 1 of 3" in why


def test_revenue_counts_as_much_as_stays() -> None:
    worse = {"stays": figures(0.8)["stays"], "revenue": figures(1.001)["revenue"]}
    assert choose([{**PLAIN, "corrected": worse}])[0] == "plain"


def test_the_best_of_several_candidates_is_used() -> None:
    both = {"corrected": figures(0.95), "corrected_shape": figures(0.93)}
    assert choose([{**PLAIN, **both}])[0] == "corrected_shape"


def test_without_a_later_period_value_is_exactly_that_of_bgnbd(purchases: pd.DataFrame) -> None:
    assert choose([])[0] == "plain"
    night = cut_off(purchases, NIGHT)
    model = train_value(night, [], HORIZON, random_state=1).model
    f = night.features
    keys = [f[name].to_numpy() for name in ("clv_frequency", "clv_recency_days", "clv_age_days")]
    stays = night.rhythms["bgnbd"].expected_visits(*keys, HORIZON)
    amount = fit_visit_value(f["visit_count"].to_numpy(), f["average_visit_amount"].to_numpy()).expected_amount(
        f["visit_count"].to_numpy(), f["average_visit_amount"].to_numpy()
    )
    value = model.predict(f)
    assert value["expected_stays"].to_numpy() == pytest.approx(stays)
    assert value["expected_revenue_amount"].to_numpy() == pytest.approx(stays * amount)


def test_a_correction_in_shape_keeps_the_total(purchases: pd.DataFrame, past: list[CutOff]) -> None:
    night = cut_off(purchases, NIGHT)
    candidates = _candidates(night, past, HORIZON, 1)
    stays = {name: model.predict(night.features)["expected_stays"] for name, model in candidates.items()}
    assert stays["corrected_shape"].sum() == pytest.approx(stays["visit_model"].sum())
    assert not np.allclose(stays["corrected_shape"], stays["visit_model"])
    assert candidates["corrected_shape"].level != 1.0


def test_the_interval_holds_the_middle_of_many_equal_customers() -> None:
    """80% of customers with a known rate fall inside; counts are whole, so a little more do."""
    night = cut_off(random_history(800, 900), date(2022, 1, 1))
    value = ValueModel(365, night.rhythm, None).predict(night.features)
    assert (value["expected_stays_high"] >= np.floor(value["expected_stays"])).mean() > 0.9


def test_the_interval_of_revenue_knows_that_spend_varies() -> None:
    """Half of 4,000 guests come once or twice and spend as Gamma-Gamma says: 80% of revenues that came lie inside."""
    rng = np.random.default_rng(3)
    count, spend = 4000, VisitValue(p=4.0, q=6.0, v=100.0, customer_count=4000)
    scale = 1.0 / rng.gamma(spend.q, 1.0 / spend.v, count)
    alive, shape, visits = np.full(count, 0.95), np.full(count, 2.0), rng.poisson(rng.gamma(2.0, 1.5, count))
    visits *= rng.random(count) < 0.95
    revenue = np.array([rng.gamma(spend.p * n, s) if n else 0.0 for n, s in zip(visits, scale, strict=True)])
    nothing_known = (np.zeros(count), np.full(count, np.nan))
    amount = spend.expected_amount(*nothing_known)
    ends = revenue_interval(alive, 0.95 * np.full(count, 3.0), shape, amount, spend_posterior(spend, *nothing_known))
    low, high = ends["expected_revenue_low_amount"], ends["expected_revenue_high_amount"]
    assert ((revenue >= low) & (revenue <= high)).mean() == pytest.approx(0.85, abs=0.06)
    known = revenue_interval(alive, 0.95 * np.full(count, 3.0), shape, amount, None)
    assert (known["expected_revenue_high_amount"] < high).all()
