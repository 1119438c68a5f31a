"""Reasons: what a front desk reads."""

import numpy as np
import pandas as pd
import pytest
from histories import features_of, random_history

from ml.columns import COUNTS, NUMBERS
from ml.reasons import FACTS, ReasonModel


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


@pytest.mark.parametrize(
    ("days", "said"), [(0, "Was here today"), (1, "Was here yesterday"), (9, "Was here 9 days ago")]
)
def test_days_are_said_as_people_do(model: ReasonModel, days: int, said: str) -> None:
    assert said in reasons(model, 0.1, rfm_recency_days=days, visit_trailing_year_count=1)


@pytest.fixture(scope="module")
def everything() -> ReasonModel:
    """Every fact has weight, and the median customer is late, books half direct and has stayed in one hotel."""
    rng = np.random.default_rng(5)
    rows = pd.concat([customer()] * 400, ignore_index=True)
    for name in rows:
        rows[name] = rng.integers(0, 4, 400).astype(float)
    rows["mean_gap_days"], rows["rfm_recency_days"] = 100.0, rng.integers(150, 400, 400).astype(float)
    rows["direct_share"], rows["is_member"] = rng.random(400), rng.integers(0, 2, 400).astype(float)
    model = ReasonModel().fit(rows, np.full(400, 0.5))
    model.weights_ = np.ones_like(model.weights_)
    return model


@pytest.mark.parametrize(
    ("probability", "values", "never"),
    [
        pytest.param(0.9, {"mean_gap_days": np.nan}, "every", id="came once: no rhythm to be late against"),
        pytest.param(0.1, {"mean_gap_days": 100, "rfm_recency_days": 120}, "overdue", id="less late than most"),
        pytest.param(0.9, {"direct_share": np.nan}, "agencies", id="never booked anything"),
        pytest.param(0.1, {"direct_share": 0.5}, "directly", id="half direct is not mostly"),
        pytest.param(0.9, {"direct_share": 0.6}, "agencies", id="mostly direct"),
        pytest.param(0.9, {}, "Complained", id="no complaint"),
        pytest.param(0.9, {}, "Cancelled", id="nothing cancelled"),
        pytest.param(0.1, {"property_count": 1}, "our hotels", id="one hotel"),
    ],
)
def test_only_what_is_true_of_the_customer_is_said(
    everything: ReasonModel, probability: float, values: dict[str, float], never: str
) -> None:
    everything.center_ = np.where(probability >= 0.5, -10.0, 10.0) * np.ones_like(everything.center_)
    told = everything.explain(customer(visit_count=2, **values), np.array([probability]))
    assert not any(never in (column[0] or "") for column in told)


@pytest.mark.parametrize(
    ("probability", "values", "said"),
    [
        (0.9, {"mean_gap_days": 9, "rfm_recency_days": 90}, "Usually comes every 9 days, last visit 90 days ago"),
        (0.1, {"mean_gap_days": 30, "rfm_recency_days": 9}, "Usually comes every 30 days, so not overdue yet"),
        (0.9, {"cancelled_count": 1, "booking_count": 1}, "Cancelled 1 of 1 booking"),
        (0.9, {"no_show_count": 2}, "Booked and did not come: 2 times"),
        (0.1, {"on_books_count": 1, "on_books_next_arrival_days": 1}, "Has a booking, arriving tomorrow"),
        (0.1, {"direct_share": 0.8}, "Books mostly with us directly"),
    ],
)  # fmt: skip
def test_a_fact_is_said_in_whole_words(
    everything: ReasonModel, probability: float, values: dict[str, float], said: str
) -> None:
    names = {"every": "overdue", "Cancel": "cancelled", "Booked": "no_show", "arriving": "booking", "Books": "direct"}
    fact = next(fact for word, fact in names.items() if word in said)
    everything.weights_ = np.where(np.array(list(FACTS)) == fact, 5.0, 0.0)
    everything.center_ = np.where(probability >= 0.5, -10.0, 10.0) * np.ones_like(everything.center_)
    told = everything.explain(customer(visit_count=2, **values), np.array([probability]))
    assert told[0][0] == said
