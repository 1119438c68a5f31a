"""The judge: exact figures on rows that can be checked by hand."""

import numpy as np
import pytest

from ml.judge import (
    auc,
    calibration_error,
    calibration_line,
    can_be_judged,
    judge_amount,
    judge_probability,
    lift_gain,
    top_decile_lift,
)


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def test_auc_counts_pairs_and_halves_ties() -> None:
    # churned: 0.9, 0.5; stayed: 0.5, 0.1. Pairs won: 0.9>0.5, 0.9>0.1, 0.5>0.1; tied: 0.5=0.5 -> 3.5 of 4.
    assert auc(floats(1, 1, 0, 0), floats(0.9, 0.5, 0.5, 0.1)) == 0.875


def test_auc_of_one_class_is_a_coin() -> None:
    assert auc(floats(1, 1), floats(0.2, 0.9)) == 0.5


def test_lift_of_the_top_tenth() -> None:
    label = floats(*([1, 1] + [0] * 16 + [1, 1]))  # 4 of 20 churn; the two highest scores both do
    score = np.linspace(1, 0, 20)
    assert top_decile_lift(label, score) == pytest.approx(5.0)


def test_lift_of_scores_that_are_all_tied_is_one() -> None:
    assert top_decile_lift(floats(*([1] * 5 + [0] * 15)), np.full(20, 0.3)) == pytest.approx(1.0)


def test_calibration_error_is_the_mean_gap_over_bins() -> None:
    # two bins of two: predicted 0.1 and 0.9, seen 0.5 and 1.0 -> (0.4 + 0.1) / 2
    assert calibration_error(floats(0, 1, 1, 1), floats(0.1, 0.1, 0.9, 0.9), bins=2) == pytest.approx(0.25)


def test_calibration_line_finds_overconfidence() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(0, 1, 20_000)
    label = (rng.random(20_000) < 1 / (1 + np.exp(-z))).astype(float)
    intercept, slope = calibration_line(label, 1 / (1 + np.exp(-2 * z)))  # log odds twice too bold
    assert slope == pytest.approx(0.5, abs=0.03)
    assert intercept == pytest.approx(0.0, abs=0.05)


def test_calibration_line_of_one_class_or_constant_scores_says_nothing() -> None:
    assert calibration_line(floats(1, 1, 1), floats(0.2, 0.5, 0.9)) == (0.0, 1.0)
    assert calibration_line(floats(0, 1, 1), floats(0.5, 0.5, 0.5)) == (0.0, 1.0)


def test_judged_only_with_enough_of_either_class() -> None:
    assert can_be_judged(floats(*([1] * 25 + [0] * 25)))
    assert not can_be_judged(floats(*([1] * 24 + [0] * 500)))
    assert not can_be_judged(floats())


def test_probability_figures() -> None:
    figures = judge_probability(floats(1, 0), floats(0.8, 0.4))
    assert figures["brier"] == pytest.approx(0.1)
    assert figures["bias"] == pytest.approx(0.1)
    assert figures["auc"] == 1.0


def test_amount_figures() -> None:
    assert judge_amount(floats(0, 2, 4), floats(1, 2, 3)) == {
        "mean_absolute_error": pytest.approx(0.666667),
        "rank_correlation": 1.0,
        "total_actual": 6.0,
        "total_expected": 6.0,
    }


def test_lift_gain_over_another_score_on_the_same_rows() -> None:
    """Of 20 rows 4 churn. Our two highest both churn, of the others' two highest one (shared) does."""
    label = floats(*([1, 1, 0] + [0] * 15 + [1, 1]))
    ours = np.linspace(1, 0, 20)
    other = ours.copy()
    other[[1, 2]] = other[[2, 1]]
    gain, error = lift_gain(label, other, ours)
    assert gain == pytest.approx((2 - 1) / 2 / 0.2)
    assert error == 0.0  # one row each in only one of the tops: no spread to estimate from
