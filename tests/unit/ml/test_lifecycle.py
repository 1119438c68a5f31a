"""Life-cycle stages, each case a customer."""

import pandas as pd
import pytest

from ml.lifecycle import lifecycle_stages, own_gap_days, typical_gap_days


def customer(**values: float) -> pd.DataFrame:
    row = {
        "visit_count": 1,
        "clv_frequency": 0,
        "clv_recency_days": 0,
        "rfm_recency_days": 0,
        "mean_gap_days": None,
        "last_gap_days": None,
    }
    return pd.DataFrame([{**row, **values}]).astype("float64")


MONTHLY = {"visit_count": 11, "clv_frequency": 10, "clv_recency_days": 300, "mean_gap_days": 30, "last_gap_days": 30}


@pytest.mark.parametrize(
    ("values", "stage"),
    [
        pytest.param({"rfm_recency_days": 100}, "new", id="came once, lately"),
        pytest.param({"rfm_recency_days": 300}, "slipping", id="came once, 300 days ago"),
        pytest.param({"rfm_recency_days": 800}, "lost", id="came once, before the window"),
        pytest.param({**MONTHLY, "rfm_recency_days": 20}, "active", id="monthly guest, 20 days"),
        pytest.param({**MONTHLY, "rfm_recency_days": 90}, "slipping", id="monthly guest, 90 days"),
        pytest.param({**MONTHLY, "rfm_recency_days": 200}, "dormant", id="monthly guest, 200 days"),
        pytest.param({**MONTHLY, "rfm_recency_days": 400}, "lost", id="monthly guest, 400 days"),
        pytest.param(
            {
                "visit_count": 4,
                "clv_frequency": 3,
                "clv_recency_days": 460,
                "mean_gap_days": 153,
                "last_gap_days": 400,
                "rfm_recency_days": 10,
            },
            "won_back",
            id="came monthly, stayed away for 400 days, is back",
        ),
    ],
)
def test_stage(values: dict, stage: str) -> None:
    assert lifecycle_stages(customer(**values), typical_gap=150.0, window_days=730).tolist() == [stage]


def test_own_gap_leans_on_everybody_when_there_is_little() -> None:
    """Two visits a day apart are no daily rhythm: (1 x 1 + 150) / 2."""
    assert own_gap_days(customer(visit_count=2, clv_frequency=1, mean_gap_days=1), 150.0).tolist() == [75.5]


def test_typical_gap_without_repeaters_is_a_year() -> None:
    assert typical_gap_days(customer()) == 365.0
