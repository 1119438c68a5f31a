"""The parts of the churn model become one probability: weights and slope by later periods, level by what came true."""

import numpy as np
import pytest
from scipy.special import expit, logit

from ml.prior_logistic import weighted_sum
from ml.stacking import TRUST, Blend, Line, Period, fit_blend, level_shift

DEFAULT = np.array([0.3, 0.4, 0.3])
LEVEL = np.array([0.0, 1.0, 0.0])


def _period(truth: int, count: int, seed: int = 1, **odds: float) -> Period:
    """Three parts of which one knows the log odds but for `slope` and `level`; the others make up their own."""
    rng = np.random.default_rng(seed)
    said = rng.normal(0, 1.5, (count, 3))
    came = odds.get("level", 0.0) + odds.get("slope", 1.0) * said[:, truth]
    label = (rng.random(count) < expit(came)).astype(float)
    return Period(said, label, odds.get("known_share", float(label.mean())))


def test_without_a_later_period_the_default_stands() -> None:
    blend = fit_blend([], DEFAULT, LEVEL)
    assert (blend.weights is DEFAULT, blend.slope, blend.trust) == (True, 1.0, TRUST)


@pytest.mark.parametrize("truth", [0, 1, 2])
def test_the_part_that_was_right_counts_most(truth: int) -> None:
    weights = fit_blend([_period(truth, 3000), _period(truth, 3000, 2)], DEFAULT, LEVEL).weights
    assert weights[truth] > 0.85
    assert weights.sum() == pytest.approx(1.0)
    assert (weights > 0).all()


def test_a_few_customers_move_little() -> None:
    few, many = (fit_blend([_period(2, count)], DEFAULT, LEVEL).weights[2] for count in (10, 3000))
    assert abs(few - DEFAULT[2]) < abs(many - DEFAULT[2])
    assert fit_blend([_period(1, 30, slope=0.5)], DEFAULT, LEVEL).slope == pytest.approx(1.0, abs=0.05)


def test_a_large_period_counts_no_more_than_one_of_some_size() -> None:
    weights = fit_blend([_period(0, 16_000), _period(1, 3000, 2), _period(1, 3000, 3)], DEFAULT, LEVEL).weights
    assert weights[1] > weights[0]


def test_a_period_far_off_in_level_says_no_less_about_shape() -> None:
    blend = fit_blend([_period(1, 3000, 1, level=-2.0), _period(1, 3000, 2, level=1.5)], DEFAULT, LEVEL)
    assert blend.weights[1] > 0.85
    assert blend.slope == pytest.approx(1.0, abs=0.1)


def test_a_bold_part_is_toned_down_the_more_periods_say_so() -> None:
    """Slopes differ from period to period by more than chance: it takes all that a night has to come near."""
    one, three, seven = (
        fit_blend([_period(1, 3000, seed, slope=0.7) for seed in range(count)], DEFAULT, LEVEL).slope
        for count in (1, 3, 7)
    )
    assert 1.0 > one > three > seven
    assert seven < 0.9


@pytest.mark.parametrize(
    ("level", "known_share", "trust"),
    [
        pytest.param(0.6, None, 1.0, id="the share of the newest period came again, the learners were off"),
        pytest.param(0.0, 0.9, 0.0, id="the learners were right, the share before was of another season"),
    ],
)
def test_the_level_follows_what_came_true(level: float, known_share: float | None, trust: float) -> None:
    given = {"level": level} | ({"known_share": known_share} if known_share else {})
    periods = [_period(1, 3000, seed, **given) for seed in (1, 2, 3)]
    assert fit_blend(periods, DEFAULT, LEVEL).trust == pytest.approx(trust, abs=0.2)


def test_a_period_in_which_all_was_off_decides_nothing_alone() -> None:
    """The first months of a house: learners far off, the known share near; since then the learners were right."""
    first = _period(1, 3000, 1, level=-1.5)
    since = [_period(1, 3000, seed, known_share=0.75) for seed in (2, 3, 4)]
    assert fit_blend([*since, first], DEFAULT, LEVEL).trust < 0.15


def test_a_part_without_a_default_weight_is_not_used() -> None:
    weights = fit_blend([_period(2, 3000)], np.array([0.5, 0.5, 0.0]), LEVEL).weights
    assert weights[2] == 0.0
    assert weights.sum() == pytest.approx(1.0)


def test_half_way_between_two_lines() -> None:
    parts = np.random.default_rng(4).normal(0, 1.5, (50, 3))
    one, other = Line(DEFAULT, 0.8, 0.3, 1.0), Line(LEVEL, 1.2, -0.5, 0.0)
    half = one.drawn_to(other, 0.5)
    assert half.log_odds(parts) == pytest.approx((one.log_odds(parts) + other.log_odds(parts)) / 2)
    assert (half.weights.sum(), half.trust) == (pytest.approx(1.0), 0.5)


def test_the_intercept_sets_the_mean_probability() -> None:
    parts = np.random.default_rng(4).normal(0, 1.5, (800, 3))
    blend = Blend(DEFAULT, LEVEL, slope=0.8, trust=1.0)
    shift = blend.intercept(parts, 0.3)
    assert expit(shift + 0.8 * weighted_sum(parts, DEFAULT)).mean() == pytest.approx(0.3)
    half = Blend(DEFAULT, LEVEL, slope=0.8, trust=0.5)
    expected = logit(expit(parts[:, 1]).mean())
    mean = expit(half.intercept(parts, 0.3) + 0.8 * weighted_sum(parts, DEFAULT)).mean()
    assert logit(mean) == pytest.approx((expected + logit(0.3)) / 2)
    assert blend.intercept(parts[:0], 0.3) == 0.0


@pytest.mark.parametrize("share", [0.0, 1e-4, 0.5, 1.0])
def test_a_level_of_any_share_is_found(share: float) -> None:
    odds = np.random.default_rng(4).normal(0, 2, 500)
    assert expit(odds + level_shift(odds, share)).mean() == pytest.approx(share, abs=2e-6)
