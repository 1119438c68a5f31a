"""How much each part of the churn model counts, learnt from periods that none of the parts had seen.

Stacked generalisation in log odds (Wolpert 1992), over time instead of over folds: where visits come as the visit model
assumes, it counts most; where they come in bursts or by the calendar, it hardly counts. With no such period, or a few
customers in it, the weights stay near the default.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from ml.visit_rhythm import Floats

PRIOR_ROWS = 5.0  # the default weights count as so many customers
PERIOD_ROWS = 2000  # more customers of one period say no more about the next period
MAX_ROWS = 20_000
SLOPE_PRIOR = 200.0


@dataclass(frozen=True)
class Period:
    """What the parts said of customers and what came: log odds (one column per part) and labels (1 = no visit).

    `center` is the log odds of the label in training, about which the slope turns.
    """

    log_odds: Floats
    label: Floats
    center: float


def stacked_weights(periods: Sequence[Period], default: Floats) -> Floats:
    """One weight per part, all positive, sum 1: those that gave what came the highest likelihood, near the default."""
    if not periods:
        return default
    thinned = [_thinned(period) for period in periods]

    def loss(point: Floats) -> float:
        weights, slope = _softmax(point[:-1]), point[-1]
        total = PRIOR_ROWS * float((default * np.log(default / weights)).sum()) + SLOPE_PRIOR / 2 * (slope - 1.0) ** 2
        for period, count in thinned:
            z = period.center + slope * (period.log_odds @ weights - period.center)
            total += count * float(np.mean(np.logaddexp(0.0, z) - period.label * z))
        return total

    start = np.r_[np.log(default), 1.0]
    found = minimize(loss, start, method="L-BFGS-B", bounds=[(-12.0, 3.0)] * len(default) + [(0.3, 3.0)])
    return _softmax(found.x[:-1])


def _thinned(period: Period) -> tuple[Period, int]:
    step = -(-len(period.label) // MAX_ROWS)
    count = min(len(period.label), PERIOD_ROWS)
    return Period(period.log_odds[::step], period.label[::step], period.center), count


def _softmax(point: Floats) -> Floats:
    raised = np.exp(point - point.max())
    return raised / raised.sum()
