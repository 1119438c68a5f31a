"""How much a customer spends per visit: the Gamma-Gamma model by maximum likelihood.

Fader, Hardie (2013), "The Gamma-Gamma Model of Monetary Value"; Fader, Hardie, Lee (2005), Journal of Marketing
Research 42(4).
Few visits pull a customer's own mean towards that of everybody; many visits let it speak for itself.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from ml.visit_rhythm import Floats, fit_by_starts

MIN_CUSTOMERS = 30
LOG_BOUNDS = (-6.0, 9.0)
MIN_Q = 1.05  # the mean of everybody exists for q > 1 only
STARTS = ((1.0, 1.0, 1.0), (0.0, 0.7, 0.0), (2.0, 2.0, 2.0))


@dataclass(frozen=True)
class VisitValue:
    """Fitted model of the spend per visit; `v` is in the unit of the spend."""

    p: float
    q: float
    v: float
    customer_count: int

    @property
    def mean_amount(self) -> float:
        """Expected spend per visit of a customer nothing is known about."""
        return self.p * self.v / (self.q - 1.0)

    def expected_amount(self, visit_count: Floats, mean_amount: Floats) -> Floats:
        """One value per row: expected spend of the next visit.

        Takes the number of past visits and their mean spend; null or negative counts as nothing known.
        """
        x = np.asarray(visit_count, dtype=np.float64)
        m = np.asarray(mean_amount, dtype=np.float64)
        known = np.isfinite(m) & (m > 0) & np.isfinite(x) & (x > 0)
        x, m = np.where(known, x, 0.0), np.where(known, m, 0.0)
        own = self.p * x / (self.p * x + self.q - 1.0)
        return (1.0 - own) * self.mean_amount + own * m


def fit_visit_value(visit_count: Floats, mean_amount: Floats) -> VisitValue | None:
    """Maximum likelihood over customers (one row each) with visits and a positive mean spend.

    None when there are too few or all spend the same.
    """
    x, m = np.asarray(visit_count, dtype=np.float64), np.asarray(mean_amount, dtype=np.float64)
    sound = np.isfinite(x) & np.isfinite(m) & (x > 0) & (m > 0)
    if int(sound.sum()) < MIN_CUSTOMERS:
        return None
    rows, weights = np.unique(np.column_stack([x[sound], m[sound]]), axis=0, return_counts=True)
    scale = float(np.average(rows[:, 1], weights=weights))
    x, m, share = rows[:, 0], rows[:, 1] / scale, weights / weights.sum()
    if float(np.ptp(m)) < 1e-9:
        return None

    def loss(log_parameters: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(log_parameters)
        shape, total = p * x, x * m + v
        log_total, log_m, log_x = np.log(total), np.log(m), np.log(x)
        value = (
            gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(v)
            + (shape - 1.0) * log_m + shape * log_x - (shape + q) * log_total
        )  # fmt: skip
        both = digamma(shape + q)
        gradient = (
            x * (both - digamma(shape) + log_m + log_x - log_total),
            both - digamma(q) + np.log(v) - log_total,
            q / v - (shape + q) / total,
        )
        slope = np.array([-float((share * part).sum()) for part in gradient])
        return -float((share * value).sum()), slope * np.array([p, q, v])

    bounds = [LOG_BOUNDS, (float(np.log(MIN_Q)), LOG_BOUNDS[1]), LOG_BOUNDS]
    best = fit_by_starts(loss, STARTS, bounds)
    if best is None:
        return None
    p, q, v = (float(value) for value in np.exp(best[0]))
    return VisitValue(p, q, v * scale, int(weights.sum()))
