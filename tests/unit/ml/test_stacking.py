"""The parts of the churn model weigh as later periods say."""

import numpy as np
import pytest
from scipy.special import expit

from ml.stacking import Period, stacked_weights

DEFAULT = np.array([0.3, 0.4, 0.3])


def _period(truth: int, count: int, seed: int = 1) -> Period:
    """Three parts of which one knows the log odds; the others make up their own."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(0, 1.5, (count, 3))
    label = (rng.random(count) < expit(odds[:, truth])).astype(float)
    return Period(odds, label, 0.0)


def test_without_a_later_period_the_default_stands() -> None:
    assert stacked_weights([], DEFAULT) is DEFAULT


@pytest.mark.parametrize("truth", [0, 1, 2])
def test_the_part_that_was_right_counts_most(truth: int) -> None:
    weights = stacked_weights([_period(truth, 3000), _period(truth, 3000, 2)], DEFAULT)
    assert weights[truth] > 0.9
    assert weights.sum() == pytest.approx(1.0)
    assert (weights > 0).all()


def test_a_few_customers_move_little() -> None:
    few, many = (stacked_weights([_period(2, count)], DEFAULT)[2] for count in (10, 3000))
    assert abs(few - DEFAULT[2]) < abs(many - DEFAULT[2])
