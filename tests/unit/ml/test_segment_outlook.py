"""The coming months as guessed from tonight, and what is made of a world that tonight's customers do not tell of."""

import numpy as np
import pandas as pd
import pytest

from ml.segment_axes import plain_axes
from ml.segment_outlook import MONTHS_AHEAD, months_ahead, rewound, unlikeness


def house(day: int, years: int = 4, seed: int = 1) -> pd.DataFrame:
    """A trade of regulars and of guests of one visit, joining evenly; as seen on a day of its life."""
    rng = np.random.default_rng(seed)
    first = rng.uniform(0, years * 365, 400 * years)
    visits = np.where(rng.random(len(first)) < 0.4, 6, 1)
    gap = rng.uniform(20, 80, len(first))
    come = first <= day
    first, visits, gap = first[come], visits[come], gap[come]
    so_far = np.minimum(np.floor((day - first) / gap) + 1, visits)
    return pd.DataFrame(
        {
            "rfm_recency_days": day - first - gap * (so_far - 1),
            "visit_count": so_far,
            "spend_amount": so_far * 100.0,
            "mean_gap_days": np.where(so_far > 1, gap, np.nan),
        }
    )


def test_a_customer_is_rewound_visit_by_visit() -> None:
    """Five visits every ten days, the last one three days ago: so far back there were fewer, then none."""
    plain, gap = np.array([[3.0, 5.0, 500.0]]), np.array([10.0])
    assert rewound(plain, gap, 2).tolist() == [[1.0, 5.0, 500.0]]
    assert rewound(plain, gap, 15).tolist() == [[8.0, 3.0, 300.0]]
    assert rewound(plain, gap, 43).tolist() == [[0.0, 1.0, 100.0]]
    assert rewound(plain, gap, 44).tolist() == []


def test_the_coming_months_are_guessed_as_they_come() -> None:
    tonight = house(3 * 365)
    guessed = months_ahead(tonight, plain_axes(tonight), 50)
    assert len(guessed) == len(MONTHS_AHEAD)
    for days, guess in zip(MONTHS_AHEAD, guessed, strict=True):
        assert unlikeness(guess, plain_axes(house(3 * 365 + days))) < 0.02


NEWCOMERS = house(3 * 365).query("visit_count == 1").head(400).assign(rfm_recency_days=5.0)


@pytest.mark.parametrize(
    "features",
    [
        pytest.param(house(200), id="less than a year of history"),
        pytest.param(pd.concat([house(3 * 365), NEWCOMERS]), id="hundreds came at once"),
        pytest.param(house(0).head(0), id="nobody"),
    ],
)
def test_nothing_is_guessed_where_last_year_says_nothing_of_tonight(features: pd.DataFrame) -> None:
    assert months_ahead(features.reset_index(drop=True), plain_axes(features), 50) == []
