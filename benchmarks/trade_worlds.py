"""More made-up trades for the churn and value bars, after kinds of public sets: one row per visit.

Short or strongly calendar-bound histories, that `history_worlds` has none of: weekdays only, closed months, a huge
promotion, a shutdown, months of record instead of years, nearly everybody gone after two purchases.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.history_worlds import DAYS_A_YEAR, Floats, priced_walk

WEEK = 7


def canteen(rng: np.random.Generator, days: int, count: int) -> pd.DataFrame:
    """Weekdays only, closed three weeks in August and at Christmas, weeks away; jobs end at any time."""
    often = rng.beta(1.2, 6.0, count)
    ends = rng.exponential(420, count)
    first = rng.integers(0, days - 30, count).astype(float)

    def gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        away = np.where(r.random(len(who)) < 0.05, r.poisson(15, len(who)), 0)
        count_down = r.geometric(np.clip(often[who], 0.01, 0.95)) + away
        return _open_days_ahead(day, count_down, first[who] + ends[who])

    return priced_walk(rng, days, first, np.zeros(count), gap)


def ski_lift(rng: np.random.Generator, days: int, count: int) -> pd.DataFrame:
    """Open from December to April; a few days in one winter, then the next winter or one after it, or never."""
    keen = rng.choice([3.0, 12.0, 30.0], count, p=[0.5, 0.3, 0.2])
    leaves = rng.beta(1.2, 9.0, count)
    skips = rng.beta(1.5, 3.0, count)
    first = _winter(rng, np.floor(rng.integers(0, days - 30, count) / DAYS_A_YEAR))

    def gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        ahead = r.exponential(keen[who])
        season = np.mod(day - 335, DAYS_A_YEAR) + ahead < 140
        year = np.floor((day - 335) / DAYS_A_YEAR) + r.geometric(1.0 - skips[who]).astype(np.float64)
        return np.where(season & (r.random(len(who)) < 0.6), ahead, _winter(r, year) - day)

    return priced_walk(rng, days, np.clip(first, 0, days - 1.0), leaves, gap)


def gift_wholesale(rng: np.random.Generator, days: int, count: int) -> pd.DataFrame:
    """A web shop of small traders: heavy tails, orders double before Christmas, closed on Saturdays."""
    every = 20.0 * (1.0 + rng.pareto(1.3, count)) ** 1.1
    leaves = rng.beta(0.8, 4.0, count)
    first = np.minimum(rng.exponential(days / 2.2, count), days - 10.0)

    def gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        busy = np.where(np.mod(day, DAYS_A_YEAR) > 250, 2.0, 1.0)
        ahead = day + r.gamma(0.8, every[who] / 0.8 / busy)
        return ahead + (np.mod(np.floor(ahead), WEEK) == 3) - day

    return priced_walk(rng, days, first, leaves, gap)


def corner_shop(rng: np.random.Generator, days: int, count: int) -> pd.DataFrame:
    """Four months of receipts with a loyalty card: most of the regulars were regulars before the record began."""
    gap_days = rng.lognormal(np.log(16), 1.0, count)
    leaves = rng.beta(0.7, 10.0, count)
    is_old = rng.random(count) < 0.7
    first = np.where(is_old, rng.exponential(gap_days), rng.uniform(0, days - 5, count))
    return priced_walk(
        rng,
        days,
        first[first < days - 1],
        leaves,
        lambda r, who, _: r.gamma(1.2, gap_days[first < days - 1][who] / 1.2),
    )


def one_promotion(rng: np.random.Generator, days: int, count: int) -> pd.DataFrame:
    """Half of all customers came by one promotion after three fifths of the time; few of them come again."""
    won = rng.random(count) < 0.5
    first = rng.integers(0, days - 30, count).astype(float)
    first = np.where(won, 0.6 * days + rng.exponential(5, count), first)
    leaves = np.where(won, rng.beta(3.0, 2.0, count), rng.beta(0.8, 5.0, count))
    gap = rng.lognormal(np.log(65), 0.9, count)
    return priced_walk(rng, days, np.minimum(first, days - 1.0), leaves, lambda r, who, _: r.exponential(gap[who]))


def twice_then_gone(rng: np.random.Generator, days: int, count: int) -> pd.DataFrame:
    """Bought for one occasion: a second purchase within weeks, hardly ever a third; one in four is a regular."""
    regular = rng.random(count) < 0.25
    first = rng.integers(0, days - 30, count).astype(float)
    seen: NDArray[np.int64] = np.zeros(count, dtype=np.int64)

    def gap(r: np.random.Generator, who: NDArray[np.int64], _: Floats) -> Floats:
        seen[who] += 1
        second = np.where(r.random(len(who)) < 0.7, r.gamma(3.0, 9.0, len(who)), np.inf)
        rare = np.where(r.random(len(who)) < 0.15, r.exponential(150, len(who)), np.inf)
        return np.where(regular[who], r.exponential(110, len(who)), np.where(seen[who] == 1, second, rare))

    return priced_walk(rng, days, first, np.zeros(count), gap)


def shutdown(rng: np.random.Generator, days: int, count: int) -> pd.DataFrame:
    """Closed for three months by order; afterwards everybody comes a third less often and one in five not at all."""
    shut = (0.5 * days, 0.5 * days + 90.0)
    gap_days = rng.lognormal(np.log(40), 0.8, count)
    leaves = rng.beta(0.8, 9.0, count)
    comes_back = rng.random(count) < 0.8
    first = rng.integers(0, days - 30, count).astype(float)
    first = np.where((first > shut[0]) & (first < shut[1]), shut[1] + rng.exponential(20, count), first)

    def gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        ahead = day + r.gamma(1.3, gap_days[who] / 1.3) * np.where(day > shut[1], 1.5, 1.0)
        inside = (day < shut[0]) & (ahead > shut[0])
        ahead = np.where(inside, ahead - shut[0] + shut[1], ahead)
        return np.where(inside & ~comes_back[who], np.inf, ahead - day)

    return priced_walk(rng, days, np.minimum(first, days - 1.0), leaves, gap)


def listeners(rng: np.random.Generator, days: int, count: int) -> pd.DataFrame:
    """Plays of music: most days for weeks on end, then weeks without; many try it for a few days only."""
    tries = rng.random(count) < 0.4
    on, off = rng.lognormal(np.log(3), 0.8, count), rng.lognormal(np.log(35), 1.0, count)
    stops = np.where(tries, 0.3, rng.beta(1.0, 8.0, count))
    leaves = np.where(tries, 0.12, rng.beta(1.0, 60.0, count))
    first = rng.integers(0, days - 20, count).astype(float)

    def gap(r: np.random.Generator, who: NDArray[np.int64], _: Floats) -> Floats:
        return r.exponential(np.where(r.random(len(who)) < stops[who], off[who], on[who]))

    return priced_walk(rng, days, first, leaves, gap)


def lapsed_donors(rng: np.random.Generator, days: int, count: int) -> pd.DataFrame:
    """Four mailings a year bring gifts within weeks; the answers fade with every year, a disaster brings new givers."""
    answers = rng.beta(0.8, 2.5, count)
    fades = rng.lognormal(np.log(900), 0.7, count)
    drawn = rng.random(count) < 0.3
    first = rng.integers(0, days - 30, count).astype(float)
    first = np.where(drawn, 0.55 * days + rng.exponential(12, count), first)
    answers = np.where(drawn, answers * 0.5, answers)

    def gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        at, waiting = np.floor(day / 91.3), np.ones(len(who), dtype=bool)
        for _ in range(60):
            at[waiting] += 1
            chance = answers[who] * np.exp(-np.maximum(at * 91.3 - first[who], 0) / fades[who])
            waiting &= (r.random(len(who)) > chance) & (at * 91.3 < days)
            if not waiting.any():
                break
        return at * 91.3 + r.exponential(9, len(who)) - day

    return priced_walk(rng, days, np.minimum(first, days - 1.0), np.zeros(count), gap)


def shrinking(rng: np.random.Generator, days: int, count: int) -> pd.DataFrame:
    """An old trade that wins ever fewer customers, and whose old ones come a little more seldom every month."""
    first = np.minimum(rng.exponential(days / 4, count), days - 5.0)
    gap_days = rng.lognormal(np.log(50), 0.8, count)
    leaves = rng.beta(0.8, 12.0, count)

    def gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        return r.gamma(1.2, gap_days[who] / 1.2) * (1.0 + 1.2 * day / days)

    return priced_walk(rng, days, first, leaves, gap)


def library(rng: np.random.Generator, days: int, count: int) -> pd.DataFrame:
    """Loans of three weeks brought back late or early; terms and holidays; readers move on with their course."""
    late = rng.gamma(3.0, 2.0, count)
    ends = rng.choice([110.0, 290.0, 900.0], count, p=[0.3, 0.4, 0.3]) + rng.normal(0, 20, count)
    intake = np.where(rng.random(count) < 0.6, 270.0, 30.0)
    first = (
        np.floor(rng.integers(0, days - 30, count) / DAYS_A_YEAR) * DAYS_A_YEAR + intake + rng.exponential(15, count)
    )

    def gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        ahead = day + 14 + r.gamma(1.0, late[who])
        ahead += np.where(r.random(len(who)) < 0.25, r.exponential(60, len(who)), 0.0)
        ahead += np.where((np.mod(ahead, DAYS_A_YEAR) > 190) & (np.mod(ahead, DAYS_A_YEAR) < 265), 75, 0)
        return np.where(ahead > first[who] + ends[who], np.inf, ahead - day)

    return priced_walk(rng, days, np.minimum(first, days - 1.0), np.zeros(count), gap)


def _open_days_ahead(day: Floats, count: NDArray[np.int64], end: Floats) -> Floats:
    """Days until so many open days have gone by; never when that is after the end."""
    at, left = np.floor(day), count.copy()
    for _ in range(400):
        at = np.where(left > 0, at + 1.0, at)
        left = np.where((left > 0) & _is_open(at), left - 1, left)
        if not (left > 0).any():
            break
    return np.where((at > end) | (left > 0), np.inf, at - np.floor(day))


def _is_open(day: Floats) -> NDArray[np.bool_]:
    of_year = np.mod(day, DAYS_A_YEAR)
    shut = ((of_year > 212) & (of_year < 234)) | (of_year > 354)
    return np.asarray((np.mod(day, WEEK) < 5) & ~shut)


def _winter(rng: np.random.Generator, year: Floats) -> Floats:
    """A day from December to April of a winter, counted by the year it begins in."""
    return year * DAYS_A_YEAR + 335 + 140 * rng.beta(1.8, 1.6, len(year))


TRADES: dict[str, Callable[[np.random.Generator, int, int], pd.DataFrame]] = {
    trade.__name__: trade
    for trade in (
        canteen,
        ski_lift,
        gift_wholesale,
        corner_shop,
        one_promotion,
        twice_then_gone,
        shutdown,
        listeners,
        lapsed_donors,
        shrinking,
        library,
    )
}
