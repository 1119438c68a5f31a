"""Gamma-Gamma: published answers, pull towards everybody's mean, odd data."""

import numpy as np
import pandas as pd
import pytest
from histories import lifetimes_file

from ml.visit_value import VisitValue, fit_visit_value

PUBLISHED = VisitValue(6.25, 3.74, 15.44, 946)


def test_cdnow_repeaters_give_the_published_parameters() -> None:
    sample = pd.read_csv(lifetimes_file("cdnow_customers_summary_with_transactions.csv")).query("x > 0")
    model = fit_visit_value(sample["x"].to_numpy(), sample["zbar"].to_numpy())
    assert (model.p, model.q, model.v) == pytest.approx((6.25, 3.74, 15.44), rel=0.01)
    assert model.customer_count == 946


@pytest.mark.parametrize(
    ("visits", "mean", "expected"),
    [
        pytest.param(0, np.nan, 35.22, id="nothing known: the mean of everybody"),
        pytest.param(1, 100.0, 80.26, id="one visit moves it most of the way"),
        pytest.param(20, 100.0, 98.61, id="many visits speak for themselves"),
        pytest.param(3, -5.0, 35.22, id="a refund is not a spend level"),
    ],
)
def test_expected_amount(visits: int, mean: float, expected: float) -> None:
    assert PUBLISHED.expected_amount(np.array([visits]), np.array([mean])) == pytest.approx([expected], abs=0.01)


def test_equal_or_few_amounts_give_none() -> None:
    visits = np.arange(1, 101)
    assert fit_visit_value(visits, np.full(100, 50.0)) is None
    assert fit_visit_value(visits[:10], np.linspace(10, 90, 10)) is None
    assert fit_visit_value(visits, np.zeros(100)) is None


def test_wild_amounts_keep_a_finite_mean() -> None:
    amounts = np.random.default_rng(1).pareto(0.7, 1000) * 100
    assert np.isfinite(fit_visit_value(np.ones(1000), amounts).mean_amount)
