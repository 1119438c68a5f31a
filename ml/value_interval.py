"""Between which values visits and revenue of one customer will lie, chance of every kind included.

Visits: none for those who left, a negative binomial for the others. Revenue given n visits, under Gamma-Gamma: the
scale of a customer is itself uncertain, so the sum of n amounts is a scaled beta prime; over n its mean and variance
are taken, and a log-normal with the same two stands for it. Both are zero together.
"""

from collections.abc import Iterable

import numpy as np
from scipy.special import ndtri
from scipy.stats import nbinom

from ml.visit_rhythm import Floats
from ml.visit_value import VisitValue

INTERVAL = (0.1, 0.9)
LEAST_Q = 2.1  # a smaller q has no variance


def visit_interval(alive: Floats, stays: Floats, shape: Floats) -> dict[str, Floats]:
    """One value per row and end; `stays` are expected, `shape` is that of the visit rate."""
    mean, inner = _if_alive(alive, stays), _inner_levels(1.0 - alive, INTERVAL)
    chance = shape / (shape + mean)
    ends = [
        np.where(level > 0, np.maximum(np.nan_to_num(nbinom.ppf(level, shape, chance)), 0.0), 0.0) for level in inner
    ]
    return {"expected_stays_low": ends[0], "expected_stays_high": ends[1]}


def revenue_interval(
    alive: Floats, stays: Floats, shape: Floats, visit_amount: Floats, posterior: tuple[Floats, Floats] | None
) -> dict[str, Floats]:
    """One value per row and end; `posterior` is that of `spend_posterior`, None where the spend per visit is known."""
    mean_visits = _if_alive(alive, stays)
    variance_visits = mean_visits * (1.0 + mean_visits / shape)
    if posterior is None:
        between, within = np.zeros_like(visit_amount), np.zeros_like(visit_amount)
    else:
        between, within = posterior
    # Law of total variance over the number of visits: Var(R) = Var(N) m^2 + E[N] within + E[N^2] between.
    second_moment = variance_visits + mean_visits**2
    variance = variance_visits * visit_amount**2 + mean_visits * within + second_moment * between
    none_if_alive = (shape / (shape + mean_visits)) ** shape
    some = np.maximum(1.0 - none_if_alive, 1e-12)
    mean = mean_visits * visit_amount / some
    variance = np.maximum((variance + (mean_visits * visit_amount) ** 2) / some - mean**2, 0.0)
    spread = np.sqrt(np.log1p(variance / np.maximum(mean, 1e-12) ** 2))
    centre = np.log(np.maximum(mean, 1e-12)) - spread**2 / 2
    nothing = 1.0 - alive * some
    ends = [
        np.where((level > 0) & (mean > 0), np.exp(centre + spread * ndtri(np.clip(level, 1e-9, 1.0 - 1e-9))), 0.0)
        for level in _inner_levels(nothing, INTERVAL)
    ]
    return {"expected_revenue_low_amount": ends[0], "expected_revenue_high_amount": ends[1]}


def spend_posterior(model: VisitValue, visit_count: Floats, mean_amount: Floats) -> tuple[Floats, Floats]:
    """Variance of the spend per visit between such customers, and between the visits of one: one value per row each."""
    known = np.isfinite(mean_amount) & (mean_amount > 0) & (visit_count > 0)
    count, amount = np.where(known, visit_count, 0.0), np.where(known, mean_amount, 0.0)
    q = np.maximum(model.q + model.p * count, LEAST_Q)
    v = model.v + count * amount
    level, second = v / (q - 1.0), v**2 / ((q - 1.0) * (q - 2.0))  # moments of an inverse gamma
    return model.p**2 * (second - level**2), model.p * second


def _if_alive(alive: Floats, stays: Floats) -> Floats:
    return np.maximum(stays / np.maximum(alive, 1e-12), 1e-12)


def _inner_levels(nothing: Floats, levels: Iterable[float]) -> list[Floats]:
    """The level within those with something, at or under 0 where the level falls on nothing."""
    some = np.maximum(1.0 - nothing, 1e-12)
    return [np.clip((level - nothing) / some, 0.0, 1.0 - 1e-9) for level in levels]
