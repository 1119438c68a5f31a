"""Made-up trades for segments: who came when and spent what, one row per visit; the same world month after month.

Customers of a trade join at a steady rate; what they do depends on how long they have been with it and on the season,
never on the calendar year: so nothing changes but that the past grows longer.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.history_worlds import DAYS_A_YEAR, Floats, NextVisit, walk

MOST_VISITS = 250


@dataclass(frozen=True)
class Trade:
    """Customers of a trade: the first visit in days, the chance to be gone after each visit, the spend of a visit."""

    first: Floats
    leaves: Floats
    amount: Floats
    spread: float  # of one customer's visits, as a standard deviation of logarithms
    gap: NextVisit


def gym(rng: np.random.Generator, days: int, count: int) -> Trade:
    """Two or three times a week for some months at one price; half give up within weeks."""
    keen = rng.random(count) < 0.5
    leaves = np.where(keen, rng.beta(1, 60, count), rng.beta(1, 6, count))
    every = rng.choice([2.3, 3.5, 7.0], count)
    return Trade(_steady(rng, days, count), leaves, np.full(count, 9.5), 0.0, lambda r, w, _: r.gamma(4, every[w] / 4))


def grocery(rng: np.random.Generator, days: int, count: int) -> Trade:
    """Weekly shoppers, monthly stockers and passers-by."""
    kind = rng.choice(3, count, p=[0.35, 0.25, 0.4])
    every = np.array([6.0, 30.0, 150.0])[kind]
    leaves = rng.beta(1, np.array([80, 20, 1.5])[kind])
    amount = np.array([35.0, 120.0, 12.0])[kind] * rng.lognormal(0, 0.5, count)
    return Trade(_steady(rng, days, count), leaves, amount, 0.4, lambda r, w, _: r.gamma(2, every[w] / 2))


def donors(rng: np.random.Generator, days: int, count: int) -> Trade:
    """Round gifts before Christmas, some every month, most once or twice."""
    monthly = rng.random(count) < 0.15
    first = np.where(monthly, _steady(rng, days, count), _in_season(rng, days, count, ((330.0, 18.0, 1.0),)))
    leaves = np.where(monthly, rng.beta(1, 30, count), rng.beta(2, 2, count))
    amount = rng.choice([10.0, 25, 50, 100, 500], count, p=[0.3, 0.3, 0.25, 0.12, 0.03])

    def gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        yearly = (
            (np.floor(day / DAYS_A_YEAR) + r.geometric(0.7, len(who))) * DAYS_A_YEAR + r.normal(330, 18, len(who)) - day
        )
        return np.where(monthly[who], 30.4, yearly)

    return Trade(first, leaves, amount, 0.0, gap)


def resort_of_two_seasons(rng: np.random.Generator, days: int, count: int) -> Trade:
    """Ski weeks and summer holidays: most once, families every year in their own weeks, a few in both."""
    seasons = ((45.0, 25.0, 0.55), (205.0, 25.0, 0.45))
    regular = rng.random(count) < 0.35
    both = rng.random(count) < 0.2
    leaves = np.where(regular, rng.beta(1, 5, count), 0.93)

    def gap(r: np.random.Generator, who: NDArray[np.int64], _: Floats) -> Floats:
        years = np.where(both[who], 0.5, 1.0) * r.geometric(0.8, len(who))
        return years * DAYS_A_YEAR + r.normal(0, 8, len(who))

    return Trade(_in_season(rng, days, count, seasons), leaves, rng.lognormal(7.2, 0.5, count), 0.2, gap)


def city_business_hotel(rng: np.random.Generator, days: int, count: int) -> Trade:
    """One-night passers-by; travellers of a project that lasts half a year; a few who come for decades."""
    kind = rng.choice(3, count, p=[0.72, 0.22, 0.06])
    every = np.array([400.0, 12.0, 45.0])[kind] * rng.lognormal(0, 0.4, count)
    leaves = np.array([0.9, 0.08, 0.01])[kind]
    amount = np.array([130.0, 160.0, 190.0])[kind] * rng.lognormal(0, 0.25, count)
    return Trade(_steady(rng, days, count), leaves, amount, 0.15, lambda r, w, _: r.gamma(1.5, every[w] / 1.5))


def congress_hotel(rng: np.random.Generator, days: int, count: int) -> Trade:
    """Guests of a dozen congresses a year: hundreds with one arrival date, hardly any comes again."""
    dates = np.sort(rng.choice(days, max(days // 30, 2), replace=False)).astype(float)
    leaves = np.where(rng.random(count) < 0.15, 0.3, 0.95)
    return Trade(
        rng.choice(dates, count),
        leaves,
        rng.lognormal(6, 0.4, count),
        0.2,
        lambda r, w, _: DAYS_A_YEAR + r.normal(0, 3, len(w)),
    )


def hostel(rng: np.random.Generator, days: int, count: int) -> Trade:
    """One-time guests with a summer; one in twenty comes back."""
    leaves = np.where(rng.random(count) < 0.05, 0.4, 1.0)
    first = _in_season(rng, days, count, ((200.0, 50.0, 0.7), (0.0, 1000.0, 0.3)))
    return Trade(first, leaves, rng.lognormal(4.5, 0.6, count), 0.3, lambda r, w, _: r.exponential(300, len(w)))


def chain(rng: np.random.Generator, days: int, count: int) -> Trade:
    """A hotel group: every habit between one night in a life and once a week, spend with a long tail."""
    every = rng.lognormal(5.0, 1.1, count)
    leaves = rng.beta(0.9, 1.6, count)
    first = _in_season(rng, days, count, ((190.0, 60.0, 0.5), (0.0, 1000.0, 0.5)))
    return Trade(first, leaves, rng.lognormal(5.3, 0.9, count), 0.4, lambda r, w, _: r.exponential(every[w]))


def cafe_with_card(rng: np.random.Generator, days: int, count: int) -> Trade:
    """A loyalty card of a cafe: workers of the neighbourhood on weekdays, others at weekends, quick to forget it."""
    daily = rng.random(count) < 0.3
    every = np.where(daily, 1.5, 12.0) * rng.lognormal(0, 0.5, count)
    leaves = np.where(daily, 0.015, 0.2)
    amount = rng.choice([3.2, 4.5, 9.0], count)
    return Trade(_steady(rng, days, count), leaves, amount, 0.1, lambda r, w, _: 1 + r.exponential(every[w]))


def yearly_visitors(rng: np.random.Generator, days: int, count: int) -> Trade:
    """A camp site: once a year in summer, year after year, at about the same price."""
    leaves = rng.beta(1, 3, count)
    first = _in_season(rng, days, count, ((205.0, 22.0, 1.0),))
    return Trade(
        first,
        leaves,
        rng.lognormal(6.0, 0.2, count),
        0.1,
        lambda r, w, _: DAYS_A_YEAR * r.geometric(0.9, len(w)) + r.normal(0, 9, len(w)),
    )


TRADES: dict[str, Callable[[np.random.Generator, int, int], Trade]] = {
    trade.__name__: trade
    for trade in (
        gym,
        grocery,
        donors,
        resort_of_two_seasons,
        city_business_hotel,
        congress_hotel,
        hostel,
        chain,
        cafe_with_card,
        yearly_visitors,
    )
}


def make_visits(name: str, days: int, count: int, seed: int) -> pd.DataFrame:
    """One row per visit of `count` customers who joined within so many days: number, day, amount."""
    rng = np.random.default_rng(seed)
    trade = TRADES[name](rng, days, count)

    def whole_days(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        return np.floor(trade.gap(r, who, day))

    visits = walk(rng, days, np.floor(trade.first), trade.leaves, whole_days, MOST_VISITS)
    amount = trade.amount[visits["number"]] * rng.lognormal(0, trade.spread, len(visits))
    return visits.assign(amount=amount.round(2))


def features_at(visits: pd.DataFrame, day: int) -> pd.DataFrame:
    """What segments read, one row per customer who came by that day."""
    by_customer = visits[visits["day"] <= day].groupby("number")
    first, last, count = by_customer["day"].min(), by_customer["day"].max(), by_customer.size()
    return pd.DataFrame(
        {
            "rfm_recency_days": day - last,
            "visit_count": count.astype(float),
            "spend_amount": by_customer["amount"].sum().round(2),
            "mean_gap_days": ((last - first) / (count - 1)).where(count > 1),
            "consent_email": 1.0,
        }
    )


def _steady(rng: np.random.Generator, days: int, count: int) -> Floats:
    return rng.uniform(0, days, count)


def _in_season(
    rng: np.random.Generator, days: int, count: int, seasons: tuple[tuple[float, float, float], ...]
) -> Floats:
    """First visits in seasons given as (day of the year, spread in days, share)."""
    middles, spreads, shares = (np.array(values) for values in zip(*seasons, strict=True))
    kind = rng.choice(len(seasons), count, p=shares)
    year = np.floor(rng.uniform(0, days / DAYS_A_YEAR, count))
    day = year * DAYS_A_YEAR + np.mod(rng.normal(middles[kind], spreads[kind]), DAYS_A_YEAR)
    return np.where(day < days, day, rng.uniform(0, days, count))
