"""RFM scores and value tiers."""

import numpy as np

from ml.rfm import fifths, value_tiers


def test_fifths_of_ten_different_values() -> None:
    assert fifths(np.arange(10)).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_recency_counts_the_other_way() -> None:
    assert fifths(np.array([1, 10, 100, 200, 300]), is_more_better=False).tolist() == [5, 4, 3, 2, 1]


def test_equal_values_get_equal_scores() -> None:
    """Sixty percent one-timers: all in the fifth of their middle, never spread by row order."""
    assert fifths(np.array([1] * 6 + [2, 3, 4, 5])).tolist() == [2] * 6 + [4, 4, 5, 5]


def test_everybody_alike_is_the_middle() -> None:
    assert set(fifths(np.ones(7)).tolist()) == {3}


def test_nobody() -> None:
    assert fifths(np.array([])).tolist() == []
    assert value_tiers(np.array([])).tolist() == []


def test_the_pyramid_of_a_hundred() -> None:
    tiers = value_tiers(np.arange(1, 101, dtype=float)).tolist()
    assert tiers == ["small"] * 80 + ["regular"] * 15 + ["key"] * 4 + ["vip"]


def test_no_spend_in_the_year_is_small_however_few_spent() -> None:
    assert value_tiers(np.array([0.0] * 99 + [50.0])).tolist() == ["small"] * 99 + ["vip"]


def test_equal_spend_shares_a_tier() -> None:
    """Two customers tie for first of a hundred: both do not fit in the top 1%, so both are key."""
    tiers = value_tiers(np.array([100.0, 100.0] + [1.0] * 98))
    assert tiers[:2].tolist() == ["key", "key"]
    assert set(tiers[2:]) == {"small"}
