"""BG/NBD and MBG/NBD: published answers, exact probabilities, odd data."""

import numpy as np
import pandas as pd
import pytest
from histories import lifetimes_file
from scipy.integrate import quad
from scipy.stats import beta, gamma

from ml.visit_rhythm import VisitRhythm, fit_visit_rhythm

PUBLISHED = VisitRhythm("bgnbd", 0.243, 4.414, 0.793, 2.426, 0.0, 2357)


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def test_cdnow_sample_gives_the_published_parameters() -> None:
    sample = pd.read_csv(lifetimes_file("cdnow_customers_summary.csv"))
    model = fit_visit_rhythm(sample["frequency"].to_numpy(), sample["recency"].to_numpy(), sample["T"].to_numpy())
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx((0.243, 4.414, 0.793, 2.426), rel=0.01)
    assert model.log_likelihood == pytest.approx(-9582.4, abs=0.1)
    assert model.customer_count == 2357


def test_the_unit_of_time_changes_nothing_but_alpha() -> None:
    sample = pd.read_csv(lifetimes_file("cdnow_customers_summary.csv"))
    x, t_x, t = (sample[name].to_numpy() for name in ("frequency", "recency", "T"))
    weeks, days = fit_visit_rhythm(x, t_x, t), fit_visit_rhythm(x, t_x * 7, t * 7)
    assert days.alpha == pytest.approx(weeks.alpha * 7, rel=1e-3)
    assert days.p_none(x, t_x * 7, t * 7, 70) == pytest.approx(weeks.p_none(x, t_x, t, 10), abs=1e-4)


def test_expected_visits_of_the_papers_customer() -> None:
    """Fader, Hardie, Lee (2005): x = 2, t_x = 30.43, T = 38.86 weeks, next 39 weeks: 1.226."""
    assert PUBLISHED.expected_visits(column(2), column(30.43), column(38.86), 39) == pytest.approx([1.226], abs=1e-3)


@pytest.mark.parametrize("family", ["bgnbd", "mbgnbd"])
@pytest.mark.parametrize("a", [0.793, 1.0, 3.5])
def test_expected_visits_equal_the_integral_over_the_chance_to_leave(family: str, a: float) -> None:
    model = VisitRhythm(family, 0.243, 4.414, a, 2.426, 0.0, 0)
    for x, t_x, t in ((0, 0, 10), (2, 30.43, 38.86), (40, 35, 38.86)):
        later = model.b + x + (family == "mbgnbd")

        def visits(p: float, x: int = x, t: float = t, later: float = later) -> float:
            return beta.pdf(p, a, later) * (1 - ((4.414 + t) / (4.414 + t + p * 39)) ** (0.243 + x)) / p

        expected = quad(visits, 0, 1)[0] * model.p_alive(column(x), column(t_x), column(t))
        assert model.expected_visits(column(x), column(t_x), column(t), 39) == pytest.approx(expected, rel=1e-4)


def test_probability_of_no_visit_equals_the_integral_over_the_rate() -> None:
    x, t_x, t, horizon = 2, 30.43, 38.86, 39
    silent = quad(lambda rate: np.exp(-rate * horizon) * gamma.pdf(rate, 0.243 + x, scale=1 / (4.414 + t)), 0, 5)[0]
    alive = PUBLISHED.p_alive(column(x), column(t_x), column(t))
    assert PUBLISHED.p_none(column(x), column(t_x), column(t), horizon) == pytest.approx(
        1 - alive * (1 - silent), abs=1e-6
    )


def test_a_first_timer_is_certainly_alive_for_bgnbd_only() -> None:
    first_timer = column(0), column(0), column(300)
    assert PUBLISHED.p_alive(*first_timer) == pytest.approx([1.0])
    modified = VisitRhythm("mbgnbd", 0.525, 6.183, 0.891, 1.614, 0.0, 0)
    assert 0.0 < modified.p_alive(*first_timer)[0] < 0.7


def test_a_heavy_visitor_long_silent_is_gone_and_one_seen_yesterday_is_not() -> None:
    silent, fresh = PUBLISHED.p_alive(column(300, 300), column(10, 38.8), column(38.86, 38.86))
    assert silent < 1e-6
    assert fresh > 0.99
    assert np.isfinite(PUBLISHED.expected_visits(column(2000), column(38), column(38.9), 39)).all()


@pytest.mark.parametrize(
    ("frequency", "recency", "age"),
    [
        pytest.param([], [], [], id="nobody"),
        pytest.param([0.0] * 500, [0.0] * 500, [100.0] * 500, id="nobody came back"),
        pytest.param([1.0] * 20, [5.0] * 20, [10.0] * 20, id="too few customers"),
        pytest.param([1.0] * 100, [0.0] * 100, [0.0] * 100, id="nobody old enough"),
        pytest.param([np.nan] * 100, [1.0] * 100, [2.0] * 100, id="nothing known"),
    ],
)
def test_data_that_carry_no_model_give_none(frequency: list, recency: list, age: list) -> None:
    assert fit_visit_rhythm(np.array(frequency), np.array(recency), np.array(age)) is None


def test_a_world_of_one_rhythm_still_gives_finite_probabilities() -> None:
    """Everybody comes every 30 days, without exception: far from the model's world, yet no crash and no NaN."""
    age = np.arange(1, 401, dtype=float)
    x = np.floor(age / 30)
    model = fit_visit_rhythm(x, x * 30, age)
    for family in (model, fit_visit_rhythm(x, x * 30, age, "mbgnbd")):
        p = family.p_none(x, x * 30, age, 90)
        assert ((p >= 0) & (p <= 1)).all()
        assert np.isfinite(family.expected_visits(x, x * 30, age, 90)).all()


def test_the_same_rows_give_the_same_bits() -> None:
    sample = pd.read_csv(lifetimes_file("cdnow_customers_summary.csv"))
    columns = [sample[name].to_numpy() for name in ("frequency", "recency", "T")]
    assert fit_visit_rhythm(*columns) == fit_visit_rhythm(*columns)
