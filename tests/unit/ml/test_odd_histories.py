"""No crash and no number out of bounds on odd histories: features, training, scores of the night."""

import warnings
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from histories import cut_off, random_history

from ml.churn_training import train_churn
from ml.history import CutOff
from ml.scoring import churn_rows, drift_rows, value_rows
from ml.training import cut_off_dates
from ml.value_training import train_value

HORIZON, WINDOW = 30, 120
START = pd.Timestamp("2022-01-01")
ODD: dict[str, Callable[[], pd.DataFrame]] = {
    "one customer, one visit": lambda: _visits([0], [5]),
    "two customers": lambda: _visits([0, 0, 1], [5, 90, 200]),
    "everybody once": lambda: _visits(np.arange(300), np.arange(300)),
    "all on the same day": lambda: _visits(np.arange(300), np.full(300, 50)),
    "twice on the same two days": lambda: _visits(np.tile(np.arange(300), 2), np.repeat([20, 150], 300)),
    "to the day every week": lambda: _every(400, 7),
    "daily": lambda: _every(40, 1),
    "every week, some weeks missed": lambda: _every(500, 7).sample(frac=0.5, random_state=2),
    "monthly with notice": lambda: _every(700, 30).groupby("customer_id").head(4),
    "duplicates": lambda: pd.concat([_random()] * 3),
    "free": lambda: _random().assign(amount=0.0),
    "refunds": lambda: _random().assign(amount=lambda rows: rows["amount"] * np.where(rows.index % 3, 1, -2)),
    "only refunds": lambda: _random().assign(amount=lambda rows: -rows["amount"]),
    "one price": lambda: _random().assign(amount=9.99),
    "huge amounts": lambda: _random().assign(amount=lambda rows: rows["amount"] * 1e9),
    "one who spends a million every day": lambda: pd.concat([_random(), _every(1, 1).assign(amount=1e6)]),
    "closed for months": lambda: _random().pipe(lambda rows: rows[~rows["day"].dt.month.isin([3, 4, 5, 6])]),
    "nobody for half a year": lambda: _random().pipe(lambda rows: rows[rows["day"] < START + pd.Timedelta(days=250)]),
    "everybody twice, then never": lambda: _random().groupby("customer_id").head(2),
    "opened last month": lambda: _random().assign(day=lambda rows: START + (rows["day"] - START) / 16),
}


def _visits(customers: object, days: object) -> pd.DataFrame:
    names = [f"c{number:04d}" for number in customers]
    return pd.DataFrame({"customer_id": names, "day": START + pd.to_timedelta(list(days), unit="D"), "amount": 50.0})


def _every(count: int, gap: int) -> pd.DataFrame:
    first = np.random.default_rng(1).integers(0, 300, count)
    rows = [(number, day) for number in range(count) for day in range(first[number], 480, gap)]
    return _visits(*zip(*rows, strict=True))


def _random() -> pd.DataFrame:
    return random_history(400, 480, start=START.isoformat())


@pytest.mark.parametrize("case", ODD)
def test_every_customer_gets_sound_numbers(case: str) -> None:
    made = ODD[case]()
    history = made.assign(day=made["day"].dt.normalize()).reset_index(drop=True)
    end = START.date() + timedelta(days=480)
    night = CutOff(end, cut_off(history, end, HORIZON).features)
    dates = cut_off_dates(history["day"].min().date(), end, HORIZON)[:3]
    past = [found for found in (cut_off(history, day, HORIZON) for day in dates) if len(found.features)]
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        churn = train_churn(night, past, HORIZON, WINDOW, 1).scorer
        scores = churn_rows(night.features, churn)
        worth = value_rows(night.features, train_value(night, past, HORIZON, 1).model)
        drift_rows(night.features, churn, scores)
    probability = scores["churn_probability"]
    assert probability.null_count == (len(scores) if churn.method == "none" else 0)
    assert all(p is None or 0 <= p <= 1 for p in probability.to_pylist())
    numbers = worth.to_pandas().drop(columns=["customer_id", "horizon_days"]).astype("float64")
    assert len(numbers) == len(night.features)
    assert numbers.notna().all(axis=None) or numbers.isna().all(axis=None)
    assert np.isfinite(numbers.fillna(0.0)).all(axis=None)
    assert (numbers["expected_stays_low"].fillna(0) <= numbers["expected_stays_high"].fillna(0)).all()
