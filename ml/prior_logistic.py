"""Logistic regression that starts from another model's log odds and moves away only as far as the data insist.

A ridge penalty pulls the weight of the other model's log odds to 1 and all others to 0: a Gaussian prior (Hastie,
Tibshirani, Friedman, "The Elements of Statistical Learning", 3.4.1 and 4.4.4). With few rows it is the other model;
with many, an ordinary regression. Preprocessing is inside: missing values become the median, columns are
standardised, values far outside what was seen are drawn in.

Rows of several periods share what happened to everybody in each: a period may have a level of its own near the common
one (random intercepts; Gelman and Hill, "Data Analysis Using Regression", 12). Without it, whatever differs between the
periods, above all age, is held to be the cause, and carries the level far off in the next.
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ml.visit_rhythm import Floats

FAR = 6.0  # standard deviations
STEPS = 50
PERIOD_SPREAD = 0.06  # standard deviation of a period's own level, in log odds


class PriorLogistic:
    """`strength` is the prior's weight in (standardised) observations."""

    def __init__(self, strength: float = 40.0) -> None:
        self.strength = strength

    def fit(self, x: Floats, prior_log_odds: Floats, label: Floats, period: NDArray[np.int64] | None = None) -> Self:
        """Newton's method; the problem is convex and its solution unique.

        `period` numbers the period of each row from 0; None: all rows are of one. Predictions are at the common level.
        """
        known = np.where(np.isnan(x).all(axis=0), 0.0, x)
        self.median_ = np.nanmedian(known, axis=0)
        filled = np.where(np.isnan(x), self.median_, x)
        self.mean_, self.scale_ = filled.mean(axis=0), filled.std(axis=0)
        self.scale_ = np.where(self.scale_ > 1e-9, self.scale_, 1.0)
        design = self._design(x, prior_log_odds)
        prior = np.zeros(design.shape[1])
        prior[1] = 1.0
        strength = np.r_[1e-3, np.full(design.shape[1] - 1, self.strength)]
        levels = _levels(period, len(x))
        weights = fit_to_prior(
            np.column_stack([design, levels]),
            label,
            np.r_[prior, np.zeros(levels.shape[1])],
            np.r_[strength, np.full(levels.shape[1], PERIOD_SPREAD**-2)],
        )
        self.weights_ = weights[: design.shape[1]]
        return self

    def log_odds(self, x: Floats, prior_log_odds: Floats) -> Floats:
        """One value per row."""
        return weighted_sum(self._design(x, prior_log_odds), self.weights_)

    def _design(self, x: Floats, prior_log_odds: Floats) -> Floats:
        filled = np.where(np.isnan(x), self.median_, x)
        standard = np.clip((filled - self.mean_) / self.scale_, -FAR, FAR)
        return np.column_stack([np.ones(len(x)), prior_log_odds, standard])


def _levels(period: NDArray[np.int64] | None, row_count: int) -> Floats:
    """One column of ones and zeros per period; none without periods."""
    if period is None:
        return np.empty((row_count, 0))
    return (period[:, None] == np.arange(period.max() + 1)).astype(np.float64)


def fit_to_prior(design: Floats, label: Floats, prior: Floats, strength: Floats) -> Floats:
    """Logistic weights, one per column, under a Gaussian prior with the given centre and strength."""
    weights = prior.copy()
    for _ in range(STEPS):
        p = expit(design @ weights)
        gradient = design.T @ (p - label) + strength * (weights - prior)
        hessian = (design * (p * (1.0 - p))[:, None]).T @ design + np.diag(strength)
        step = np.linalg.solve(hessian, gradient)
        largest = float(np.abs(step).max())
        weights = weights - step * min(1.0, 2.0 / max(largest, 1e-12))
        if largest < 1e-9:
            break
    return weights


def weighted_sum(columns: Floats, weights: Floats) -> Floats:
    """Row sums, column by column: unlike a matrix product, a row's sum does not depend on the rows beside it."""
    total = np.zeros(len(columns))
    for column, weight in zip(columns.T, weights, strict=True):
        total += column * weight
    return total
