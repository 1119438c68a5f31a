"""Reasons: what a front desk reads."""

import numpy as np
import pandas as pd
import pytest
from histories import features_of, random_history

from ml.columns import COUNTS, NUMBERS
from ml.reasons import ReasonModel


@pytest.fixture(scope="module")
def model() -> ReasonModel:
    features = features_of(random_history(800, 1400), pd.Timestamp("2023-10-01").date())
    silence = np.log1p(features["rfm_recency_days"])
    odds = 0.8 * (silence - silence.mean()) - 0.9 * np.log1p(features["visit_count"])
    return ReasonModel().fit(features, (1 / (1 + np.exp(-odds))).to_numpy())


def customer(**values: float) -> pd.DataFrame:
    row = {name: 0.0 if name in COUNTS else np.nan for name in NUMBERS} | {
        "visit_count": 1.0,
        "booking_count": 1.0,
        "property_count": 1.0,
    }
    return pd.DataFrame([row | values]).astype("float64")


def reasons(model: ReasonModel, probability: float, **values: float) -> list[str | None]:
    return [column[0] for column in model.explain(customer(**values), np.array([probability]))]


def test_a_long_silence_is_named_first(model: ReasonModel) -> None:
    told = reasons(model, 0.95, rfm_recency_days=900, visit_count=1)
    assert told[0] == "Last visit 900 days ago"


def test_many_visits_speak_for_a_safe_customer(model: ReasonModel) -> None:
    told = reasons(
        model,
        0.05,
        rfm_recency_days=300,
        visit_count=40,
        clv_frequency=39,
        visit_trailing_year_count=12,
        mean_gap_days=30,
    )
    assert told[0] == "Visits so far: 40"


def test_facts_push_one_way_only(model: ReasonModel) -> None:
    assert (model.weights_ >= 0).all()
    assert model.fidelity_ > 0.8


def test_nobody_to_explain(model: ReasonModel) -> None:
    assert model.explain(customer().iloc[:0], np.empty(0)) == [[], [], []]


def test_everybody_alike_has_nothing_that_explains_them() -> None:
    alike = pd.concat([customer(rfm_recency_days=10)] * 50, ignore_index=True)
    model = ReasonModel().fit(alike, np.full(50, 0.6))
    assert (model.weights_ == 0).all()
    assert model.explain(alike, np.full(50, 0.6))[0] == [None] * 50
