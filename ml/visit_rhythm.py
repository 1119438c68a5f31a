"""How often a customer comes, and whether they still do: BG/NBD and MBG/NBD by maximum likelihood.

Non-contractual "buy till you die" models: each customer visits at random with a rate of their own and silently leaves for good after a visit with a
probability of their own. BG/NBD: Fader, Hardie, Lee (2005), Marketing Science 24(2). MBG/NBD: Batislam, Denizel, Filiztekin (2007), which also lets a
customer leave after the first visit, so that first-timers are not certain to be alive. Any unit of time does, as long as it is the same one throughout.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln, hyp2f1

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

        Fader et al. (2005) eq. 10 after Euler's transformation of the hypergeometric function, which keeps its arguments small for heavy visitors.
        """
        x, _, t = _columns(frequency, recency, age)
        a = self.a if abs(self.a - 1.0) > 1e-5 else 1.0 + 1e-5  # the closed form has a removable singularity at a = 1
        b = self.b + x + (1.0 if self.family == "mbgnbd" else 0.0)
        z = horizon / (self.alpha + t + horizon)
        c = a + b - 1.0
        silent = (1.0 - z) ** (a - 1.0) * hyp2f1(c - self.r - x, a - 1.0, c, z)
        if_alive = c / (a - 1.0) * (1.0 - silent)
        no_leaving = (self.r + x) / (self.alpha + t) * horizon
        if_alive = np.where(np.isfinite(if_alive), np.clip(if_alive, 0.0, no_leaving), no_leaving)
        return self.p_alive(frequency, recency, age) * if_alive


def fit_visit_rhythm(frequency: Floats, recency: Floats, age: Floats, family: Family = "bgnbd") -> VisitRhythm | None:
    """Maximum likelihood over customers (one row each): repeat visits, time from first to last visit, time from first visit to now.

    Returns None when the data cannot carry a model (too few customers, nobody came back, nobody old enough).
    """
    x, t_x, t = _columns(frequency, recency, age)
    sound = np.isfinite(x) & np.isfinite(t_x) & np.isfinite(t) & (x >= 0) & (t >= 0)
    x, t_x, t = x[sound], np.where(x[sound] > 0, np.clip(t_x[sound], 0.0, t[sound]), 0.0), t[sound]
    if len(x) < MIN_CUSTOMERS or int((x > 0).sum()) < MIN_REPEATERS or not (t > 0).any():
        return None
    rows, weights = np.unique(np.column_stack([x, t_x, t]), axis=0, return_counts=True)
    scale = float(t.mean())
    x, t_x, t = rows[:, 0], rows[:, 1] / scale, rows[:, 2] / scale

    def loss(log_parameters: Floats) -> float:
        r, alpha, a, b = np.exp(log_parameters)
        return -float(weights @ _log_likelihood(family, x, t_x, t, r, alpha, a, b)) / float(weights.sum())

    fits = [minimize(loss, np.array(start), method="L-BFGS-B", bounds=[LOG_BOUNDS] * 4) for start in STARTS]
    fits = [fit for fit in fits if np.isfinite(fit.fun)]
    if not fits:
        return None
    best = min(fits, key=lambda fit: fit.fun)
    r, alpha, a, b = (float(v) for v in np.exp(best.x))
    count = int(weights.sum())
    # The likelihood was taken in units of the mean age; x events each carry one unit of time.
    log_likelihood = -float(best.fun) * count - float(weights @ rows[:, 0]) * float(np.log(scale))
    return VisitRhythm(family, r, alpha * scale, a, b, log_likelihood, count)


def _columns(frequency: Floats, recency: Floats, age: Floats) -> tuple[Floats, Floats, Floats]:
    x, t_x, t = (np.asarray(v, dtype=np.float64) for v in (frequency, recency, age))
    return x, t_x, t


def _log_weight_left(family: Family, x: Floats, a: float, b: float) -> Floats:
    """Log odds of having left after the last visit against having stayed, before the silence since then is looked at."""
    if family == "mbgnbd":
        return np.log(a) - np.log(b + x)
    with np.errstate(divide="ignore"):
        return np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1.0) - 1.0), -np.inf)


def _log_likelihood(
    family: Family, x: Floats, t_x: Floats, t: Floats, r: float, alpha: float, a: float, b: float
) -> Floats:
    stays = x + 1.0 if family == "mbgnbd" else x  # chances to leave that were not taken, if alive
    shared = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + stays) - betaln(a, b)
    alive = -(r + x) * np.log(alpha + t)
    left = _log_weight_left(family, x, a, b) - (r + x) * np.log(alpha + t_x)
    return shared + np.logaddexp(alive, left)
