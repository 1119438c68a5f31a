"""How the parts of the churn model become one probability: learnt from periods that none of the parts had seen.

Three questions, apart because their answers come from different places. Weights and slope: stacked generalisation in
log odds (Wolpert 1992), over time instead of over folds, each period's level left free, so that they speak of shape
only: where visits come as the visit model assumes, it counts most; where they come in bursts or by the calendar, it
hardly counts. Level: between what the learners expect and the share of the newest period whose outcome is known, as
either came true. Learners misjudge the level of a young history, in which everybody's visits and age still grow; the
share that left lately does not, but knows no season. With no such period, or a few customers in it, the defaults stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from ml.churn_features import log_odds
from ml.judge import clipped
from ml.prior_logistic import weighted_sum
from ml.visit_rhythm import Floats

PRIOR_ROWS = 5.0  # the default weights count as so many customers
SLOPE_PRIOR = 2000.0
SLOPE_LIMITS = (0.5, 2.0)
PERIOD_ROWS = 2000  # more customers of one period say no more about the next period
MAX_ROWS = 20_000
TRUST, TRUST_PRIOR = 0.5, 0.1  # half way until squared differences of log odds, summed, come near the second
TRUST_REACH = 0.1  # a period further off than this counts by its distance, not the square of it
TRUST_STEPS = 20
LEVEL_STEPS = 40


@dataclass(frozen=True)
class Period:
    """What the parts said of customers and what came: log odds (one column per part) and labels (1 = no visit).

    `known_share` is the share that left in the newest period whose outcome was known at that cut-off.
    """

    log_odds: Floats
    label: Floats
    known_share: float


@dataclass(frozen=True)
class Line:
    """Log odds as `intercept` and `slope` times the weighted log odds of the parts.

    `trust` is that of the blend it came from.
    """

    weights: Floats
    slope: float = 1.0
    intercept: float = 0.0
    trust: float = 0.0

    def log_odds(self, parts: Floats) -> Floats:
        """One value per row of the parts' log odds."""
        return self.intercept + self.slope * weighted_sum(parts, self.weights)

    def drawn_to(self, other: "Line", share: float) -> "Line":
        """The line whose log odds are so much of this one's and the rest of the other's."""
        slope = share * self.slope + (1.0 - share) * other.slope
        return Line(
            (share * self.slope * self.weights + (1.0 - share) * other.slope * other.weights) / slope,
            slope,
            share * self.intercept + (1.0 - share) * other.intercept,
            share * self.trust + (1.0 - share) * other.trust,
        )


@dataclass(frozen=True)
class Blend:
    """Weights of the parts (sum 1), slope, and how far the level is drawn to the known share (0 not at all, 1 fully).

    `level_weights` say which parts the expected level is read from.
    """

    weights: Floats
    level_weights: Floats
    slope: float = 1.0
    trust: float = TRUST

    def intercept(self, parts: Floats, known_share: float) -> float:
        """What is added to the weighted log odds, for customers with these log odds by part; 0 for nobody."""
        if not len(parts):
            return 0.0
        expected = _level(weighted_sum(parts, self.level_weights))
        wanted = expected + self.trust * (_log_odds(known_share) - expected)
        return level_shift(self.slope * weighted_sum(parts, self.weights), float(expit(wanted)))

    def line(self, parts: Floats, known_share: float) -> Line:
        """The blend with its level set for customers with these log odds by part."""
        return Line(self.weights, self.slope, self.intercept(parts, known_share), self.trust)


def fit_blend(periods: Sequence[Period], default: Floats, level_weights: Floats) -> Blend:
    """The blend under which what came was likeliest, near the default one; a part without weight there has none."""
    if not periods:
        return Blend(default, level_weights)
    used, weights = default > 0, np.zeros(len(default))
    columns = [replace(period, log_odds=period.log_odds[:, used]) for period in periods]
    weights[used], slope = _weights_and_slope(columns, default[used])
    return Blend(weights, level_weights, slope, _trust(periods, level_weights))


def level_shift(said: Floats, share: float) -> float:
    """What must be added to log odds for their mean probability to be a share."""
    shift, wanted = 0.0, float(clipped(np.array(share)))
    for _ in range(LEVEL_STEPS):
        p = expit(said + shift)
        step = (float(p.mean()) - wanted) / max(float((p * (1.0 - p)).mean()), 1e-9)
        shift -= float(np.clip(step, -2.0, 2.0))
        if abs(step) < 1e-10:
            break
    return shift


def _weights_and_slope(periods: Sequence[Period], default: Floats) -> tuple[Floats, float]:
    """Penalised maximum likelihood, with the level of each period as a parameter of no interest."""
    thinned = [_thinned(period) for period in periods]
    parts = len(default)

    def loss(point: Floats) -> tuple[float, Floats]:
        weights, slope, levels = _softmax(point[:parts]), point[parts], point[parts + 1 :]
        by_weight = -PRIOR_ROWS * default / weights
        total = PRIOR_ROWS * float((default * np.log(default / weights)).sum())
        total += SLOPE_PRIOR / 2 * (slope - 1.0) ** 2
        by_slope, by_level = SLOPE_PRIOR * (slope - 1.0), np.zeros(len(levels))
        for number, (columns, label, count) in enumerate(thinned):
            mean = columns @ weights
            z = levels[number] + slope * mean
            total += count * float(np.mean(np.logaddexp(0.0, z) - label * z))
            missed = (expit(z) - label) * count / len(label)
            by_level[number] = missed.sum()
            by_slope += float(missed @ mean)
            by_weight += slope * (missed @ columns)
        by_point = weights * (by_weight - float(weights @ by_weight))
        return total, np.r_[by_point, by_slope, by_level]

    start = np.r_[np.log(default), 1.0, [_log_odds(float(label.mean())) for _, label, _ in thinned]]
    bounds = [(-12.0, 3.0)] * parts + [SLOPE_LIMITS] + [(-20.0, 20.0)] * len(thinned)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return _softmax(found.x[:parts]), float(found.x[parts])


def _trust(periods: Sequence[Period], level_weights: Floats) -> float:
    """Share of the way from the expected level to the known share that was best on the periods; ridge to TRUST.

    By Huber's loss: a period in which everything was off, as in the first months of a house, decides nothing alone.
    """
    expected = np.array([_level(weighted_sum(period.log_odds, level_weights)) for period in periods])
    apart = np.array([_log_odds(period.known_share) for period in periods]) - expected
    missed = np.array([_log_odds(float(period.label.mean())) for period in periods]) - expected
    counts, trust = np.ones(len(periods)), TRUST
    for _ in range(TRUST_STEPS):
        above = TRUST_PRIOR * TRUST + float((counts * missed * apart).sum())
        trust = float(np.clip(above / (TRUST_PRIOR + float((counts * apart**2).sum())), 0.0, 1.0))
        counts = np.minimum(1.0, TRUST_REACH / np.maximum(np.abs(missed - trust * apart), 1e-9))
    return trust


def _thinned(period: Period) -> tuple[Floats, Floats, int]:
    """Columns about their means, labels, and how many customers they count as."""
    step = -(-len(period.label) // MAX_ROWS)
    columns = period.log_odds[::step]
    return columns - columns.mean(axis=0), period.label[::step], min(len(period.label), PERIOD_ROWS)


def _level(said: Floats) -> float:
    return _log_odds(float(expit(said).mean()))


def _log_odds(share: float) -> float:
    return float(log_odds(np.array(share)))


def _softmax(point: Floats) -> Floats:
    raised = np.exp(point - point.max())
    return raised / raised.sum()
