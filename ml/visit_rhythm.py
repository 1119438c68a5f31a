"""How often a customer comes, and whether they still do: BG/NBD and MBG/NBD by maximum likelihood.

Non-contractual "buy till you die" models: each customer visits at random with a rate of their own and silently leaves
for good after a visit with a probability of their own. BG/NBD: Fader, Hardie, Lee (2005), Marketing Science 24(2).
MBG/NBD: Batislam, Denizel, Filiztekin (2007), which also lets a customer leave after the first visit, so that first-
timers are not certain to be alive. Any unit of time does, as long as it is the same one throughout.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, digamma, expit, gammaln, hyp2f1
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]
Family = Literal["bgnbd", "mbgnbd"]

MIN_CUSTOMERS = 30
MIN_REPEATERS = 10
LOG_BOUNDS = (
    -9.0,
    12.0,
)  # of r, alpha (in mean ages), a, b: wide enough for every set seen, narrow enough to keep exp() finite
STARTS = ((0.0, 0.0, 0.0, 1.0), (-1.0, -1.0, -1.0, 1.0), (1.0, 1.0, -2.0, 2.0))


@dataclass(frozen=True)
class VisitRhythm:
    """Fitted model. `r`, `alpha` shape the visit rate (gamma), `a`, `b` the chance to leave after a visit (beta)."""

    family: Family
    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customer_count: int

    def p_alive(self, frequency: Floats, recency: Floats, age: Floats) -> Floats:
        """One value per row: probability of not having left for good by the end of `age`."""
        x, t_x, t = _columns(frequency, recency, age)
        log_odds_left = _log_weight_left(self.family, x, self.a, self.b) + (self.r + x) * np.log(
            (self.alpha + t) / (self.alpha + t_x)
        )
        return expit(-log_odds_left)

    def p_none(self, frequency: Floats, recency: Floats, age: Floats, horizon: float) -> Floats:
        """One value per row: probability of no visit in (now, now + horizon].

        A customer can only leave right after a visit, so whoever is alive now stays so until the next one:
        P(none) = 1 - P(alive) * (1 - E[exp(-rate * horizon) | alive]), the rate then being gamma(r + x, alpha + T).
        """
        x, _, t = _columns(frequency, recency, age)
        silent_if_alive = ((self.alpha + t) / (self.alpha + t + horizon)) ** (self.r + x)
        return 1.0 - self.p_alive(frequency, recency, age) * (1.0 - silent_if_alive)

    def expected_visits(self, frequency: Floats, recency: Floats, age: Floats, horizon: float) -> Floats:
        """One value per row: expected visits in (now, now + horizon].

        Fader et al. (2005) eq. 10 after Euler's transformation of the hypergeometric function, which keeps its
        arguments small for heavy visitors.
        """
        x, _, t = _columns(frequency, recency, age)
        a = self.a if abs(self.a - 1.0) > 1e-5 else 1.0 + 1e-5  # the closed form has a removable singularity at a = 1
        b = self.b + x + (1.0 if self.family == "mbgnbd" else 0.0)
        z = horizon / (self.alpha + t + horizon)
        c = a + b - 1.0
        with np.errstate(invalid="ignore", over="ignore"):  # far outside the model's world; caught below
            silent = (1.0 - z) ** (a - 1.0) * hyp2f1(c - self.r - x, a - 1.0, c, z)
            if_alive = c / (a - 1.0) * (1.0 - silent)
        no_leaving = (self.r + x) / (self.alpha + t) * horizon
        if_alive = np.where(np.isfinite(if_alive), np.clip(if_alive, 0.0, no_leaving), no_leaving)
        return self.p_alive(frequency, recency, age) * if_alive


def fit_visit_rhythm(frequency: Floats, recency: Floats, age: Floats, family: Family = "bgnbd") -> VisitRhythm | None:
    """Maximum likelihood over customers, one row each.

    Takes repeat visits, time from first to last visit and time from first visit to now. Returns None when the data
    cannot carry a model: too few customers, too few who came back, nobody old enough.
    """
    x, t_x, t = _columns(frequency, recency, age)
    sound = np.isfinite(x) & np.isfinite(t_x) & np.isfinite(t) & (x >= 0) & (t >= 0)
    x, t_x, t = x[sound], np.where(x[sound] > 0, np.clip(t_x[sound], 0.0, t[sound]), 0.0), t[sound]
    if len(x) < MIN_CUSTOMERS or int((x > 0).sum()) < MIN_REPEATERS or not (t > 0).any():
        return None
    rows, weights = np.unique(np.column_stack([x, t_x, t]), axis=0, return_counts=True)
    scale, count = float(t.mean()), float(weights.sum())
    likelihood = _Likelihood(family, rows[:, 0], rows[:, 1] / scale, rows[:, 2] / scale, weights / count)
    best = fit_by_starts(likelihood, STARTS, [LOG_BOUNDS] * 4)
    if best is None:
        return None
    (r, alpha, a, b), loss = np.exp(best[0]), best[1]
    # The likelihood was taken in units of the mean age; each of the x visits carries one unit of time.
    log_likelihood = -loss * count - float((weights * rows[:, 0]).sum()) * float(np.log(scale))
    return VisitRhythm(family, float(r), float(alpha) * scale, float(a), float(b), log_likelihood, int(count))


def fit_by_starts(
    loss_and_gradient: Callable[[Floats], tuple[float, Floats]],
    starts: Sequence[tuple[float, ...]],
    bounds: list[tuple[float, float]],
) -> tuple[Floats, float] | None:
    """Minimum by L-BFGS-B: the first start that converges inside the bounds, else the best of all.

    None when none is finite.
    """
    found = []
    options = {"maxiter": 500, "ftol": 1e-12, "gtol": 1e-8}
    for start in starts:
        with threadpool_limits(1):  # the algebra is tiny; threads would only wait for each other
            fit = minimize(
                loss_and_gradient, np.array(start), jac=True, method="L-BFGS-B", bounds=bounds, options=options
            )
        if not np.isfinite(fit.fun):
            continue
        found.append((fit.x, float(fit.fun)))
        low, high = np.array(bounds).T
        if fit.success and bool(((fit.x > low + 1e-3) & (fit.x < high - 1e-3)).all()):
            break
    return min(found, key=lambda pair: pair[1]) if found else None


class _Likelihood:
    """Mean negative log likelihood and its gradient in the logarithms of (r, alpha, a, b)."""

    def __init__(self, family: Family, x: Floats, t_x: Floats, t: Floats, weights: Floats) -> None:
        self.family, self.x, self.t_x, self.t, self.weights = family, x, t_x, t, weights
        self.counts, self.which = np.unique(x, return_inverse=True)

    def __call__(self, log_parameters: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(log_parameters)
        n, which = self.counts, self.which
        stays = n + 1.0 if self.family == "mbgnbd" else n  # chances to leave that were not taken, if alive
        odds = _log_weight_left(self.family, n, a, b)
        shared = gammaln(r + n) - gammaln(r) + r * np.log(alpha) + betaln(a, b + stays) - betaln(a, b)
        log_t, log_t_x, shape = np.log(alpha + self.t), np.log(alpha + self.t_x), r + self.x
        alive, left = -shape * log_t, odds[which] - shape * log_t_x
        either = np.logaddexp(alive, left)
        p_left = np.exp(left - either)
        log_rate = (1.0 - p_left) * log_t + p_left * log_t_x
        rate = shape * ((1.0 - p_left) / (alpha + self.t) + p_left / (alpha + self.t_x))
        left_at = n if self.family == "mbgnbd" else np.maximum(n, 1.0) - 1.0
        gradient = (
            (digamma(r + n) - digamma(r))[which] + np.log(alpha) - log_rate,
            r / alpha - rate,
            (digamma(a + b) - digamma(a + b + stays))[which] + p_left / a,
            (digamma(b + stays) - digamma(a + b + stays) - digamma(b) + digamma(a + b))[which]
            - p_left / (b + left_at)[which],
        )
        value = -float((self.weights * (shared[which] + either)).sum())
        slope = np.array([-float((self.weights * part).sum()) for part in gradient])
        return value, slope * np.array([r, alpha, a, b])


def _columns(frequency: Floats, recency: Floats, age: Floats) -> tuple[Floats, Floats, Floats]:
    x, t_x, t = (np.asarray(v, dtype=np.float64) for v in (frequency, recency, age))
    return x, t_x, t


def _log_weight_left(family: Family, x: Floats, a: float, b: float) -> Floats:
    """Log odds of having left after the last visit against having stayed, silence since then not yet looked at."""
    if family == "mbgnbd":
        return np.log(a) - np.log(b + x)
    with np.errstate(divide="ignore"):
        return np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1.0) - 1.0), -np.inf)
