"""Made-up purchase histories of other trades, each with a rhythm that no model here assumes: for ml_histories.

Every world is a frame with one row per visit: customer_id, day, amount. Rates, gaps and ends differ by customer.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NextVisit = Callable[[np.random.Generator, NDArray[np.int64], Floats], Floats]
START = pd.Timestamp("2020-01-01")
MOST_VISITS = 400
DAYS_A_YEAR = 365.25


def rhythms_of_many_kinds(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """Clockwork customers beside random and bursty ones; rates over two orders of magnitude."""
    evenness = rng.choice([0.5, 1.0, 6.0], customer_count, p=[0.3, 0.4, 0.3])
    gap = rng.lognormal(np.log(110), 1.0, customer_count)
    leaves = rng.beta(0.7, 4.0, customer_count)
    first = rng.integers(0, days - 30, customer_count).astype(float)
    return priced_walk(rng, days, first, leaves, lambda r, who, _: r.gamma(evenness[who], gap[who] / evenness[who]))


def seasonal(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """A summer trade: eight of ten visits fall into five months; some guests keep to their own weeks."""
    rate = rng.gamma(1.2, 1.6, customer_count) / DAYS_A_YEAR
    leaves = rng.beta(1.0, 4.0, customer_count)
    strength = rng.choice([0.6, 0.95], customer_count, p=[0.6, 0.4])
    peak = 200 + rng.normal(0, 25, customer_count)
    first = rng.integers(0, days - 30, customer_count).astype(float)
    first = np.floor(first / DAYS_A_YEAR) * DAYS_A_YEAR + np.mod(peak + rng.normal(0, 45, customer_count), DAYS_A_YEAR)

    def gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        at, waiting = day.copy(), np.ones(len(who), dtype=bool)
        for _ in range(200):
            at[waiting] += r.exponential(1.0 / (2.0 * rate[who[waiting]]))
            wave = 1.0 + strength[who] * np.cos(2 * np.pi * (at - peak[who]) / DAYS_A_YEAR)
            waiting &= (r.random(len(who)) > wave / 2.0) & (at < days)
            if not waiting.any():
                break
        return at - day

    return priced_walk(rng, days, np.minimum(first, days - 1.0), leaves, gap)


def monthly_contracts(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """Half come every month to the day until they give notice, half now and then."""
    is_bound = rng.random(customer_count) < 0.5
    gap = np.where(is_bound, 30.0, rng.lognormal(np.log(75), 0.7, customer_count))
    evenness = np.where(is_bound, 200.0, 1.0)
    leaves = np.where(is_bound, rng.beta(2.0, 30.0, customer_count), rng.beta(1.0, 6.0, customer_count))
    first = rng.integers(0, days - 20, customer_count).astype(float)
    return priced_walk(rng, days, first, leaves, lambda r, who, _: r.gamma(evenness[who], gap[who] / evenness[who]))


def clumpy(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """Bursts of a few visits within days, then months of silence (Zhang, Bradlow, Small 2015)."""
    short, long = rng.lognormal(np.log(5), 0.4, customer_count), rng.lognormal(np.log(150), 0.6, customer_count)
    stays_in = rng.beta(3.0, 2.0, customer_count)
    leaves = rng.beta(0.6, 9.0, customer_count)
    first = rng.integers(0, days - 30, customer_count).astype(float)
    return priced_walk(
        rng,
        days,
        first,
        leaves,
        lambda r, who, _: r.exponential(np.where(r.random(len(who)) < stays_in[who], short[who], long[who])),
    )


def growing(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """A young trade that doubles every five months: most customers are new."""
    first = days - rng.exponential(150 / np.log(2), customer_count)
    gap = rng.lognormal(np.log(60), 0.9, customer_count)
    leaves = rng.beta(0.9, 2.5, customer_count)
    return priced_walk(rng, days, first[first >= 0], leaves, lambda r, who, _: r.gamma(1.5, gap[who] / 1.5))


def one_cohort(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """Everybody came within the first quarter; rates fade with age instead of ending at a visit."""
    first = rng.integers(0, 90, customer_count).astype(float)
    rate = rng.gamma(0.5, 1 / 60, customer_count)
    fade = rng.lognormal(np.log(250), 0.5, customer_count)

    def gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        age = day - first[who]
        # Inverse of the integral of rate * exp(-age / fade).
        left = np.exp(-age / fade[who]) - r.exponential(1.0, len(who)) / np.maximum(rate[who] * fade[who], 1e-9)
        return np.where(left > 0, -fade[who] * np.log(np.maximum(left, 1e-300)) - age, np.inf)

    return priced_walk(rng, days, first, np.zeros(customer_count), gap)


def yearly_givers(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """Once a year about the same week, some years skipped, until they stop."""
    skips = rng.beta(1.5, 3.0, customer_count)
    leaves = rng.beta(1.0, 5.0, customer_count)
    first = rng.integers(0, days - 30, customer_count).astype(float)
    return priced_walk(
        rng,
        days,
        first,
        leaves,
        lambda r, who, _: DAYS_A_YEAR * r.geometric(1.0 - skips[who]) + r.normal(0, 25, len(who)),
    )


def weekly_groceries(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """Once or twice a week on their own days, weeks away in between; they move house at any time, not at a visit."""
    gap = rng.choice([3.5, 7.0, 14.0], customer_count, p=[0.2, 0.5, 0.3])
    ends = rng.exponential(500, customer_count)
    first = rng.integers(0, days - 30, customer_count).astype(float)

    def next_gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        away = np.where(r.random(len(who)) < 0.04, r.exponential(40, len(who)), 0.0)
        ahead = gap[who] * r.geometric(0.8, len(who)) + r.normal(0, 0.8, len(who)) + away
        return np.where(day + ahead > first[who] + ends[who], np.inf, ahead)

    return priced_walk(rng, days, first, np.zeros(customer_count), next_gap)


def christmas_buyers(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """Six of ten buy in the weeks before Christmas only, most years; the others all year round."""
    is_seasonal = rng.random(customer_count) < 0.6
    leaves = rng.beta(1.0, 3.5, customer_count)
    skips = rng.beta(1.0, 4.0, customer_count)
    often = rng.lognormal(np.log(120), 0.8, customer_count)
    first = rng.integers(0, days - 30, customer_count).astype(float)
    first = np.where(is_seasonal, _advent(rng, np.floor(first / DAYS_A_YEAR)), first)

    def gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        again = r.random(len(who)) < 0.3  # a second purchase in the same weeks
        year = np.floor(day / DAYS_A_YEAR) + r.geometric(1.0 - skips[who]).astype(np.float64)
        ahead = np.where(again, r.exponential(9, len(who)), _advent(r, year) - day)
        return np.where(is_seasonal[who], ahead, r.exponential(often[who]))

    return priced_walk(rng, days, np.minimum(first, days - 1.0), leaves, gap)


def regime_change(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """After two thirds of the time a competitor opens: everybody comes half as often and leaves twice as easily."""
    change = days * 2 / 3
    gap = rng.lognormal(np.log(55), 0.8, customer_count)
    leaves = rng.beta(0.8, 8.0, customer_count)
    first = rng.integers(0, days - 30, customer_count).astype(float)

    def next_gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        ahead = r.gamma(1.3, gap[who] / 1.3)
        late = day + ahead > change
        ahead = np.where(late, np.maximum(change - day, 0.0) + 2.0 * (ahead - np.maximum(change - day, 0.0)), ahead)
        return np.where(late & (r.random(len(who)) < leaves[who]), np.inf, ahead)

    return priced_walk(rng, days, first, leaves, next_gap)


def quarterly_promotions(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """A sale of ten days every quarter draws in the price-sensitive half, who hardly come otherwise."""
    sensitive = rng.random(customer_count) < 0.5
    rate = rng.gamma(0.9, 1 / 70, customer_count)
    leaves = rng.beta(0.8, 6.0, customer_count)
    first = rng.integers(0, days - 30, customer_count).astype(float)
    first = np.where(sensitive, np.floor(first / 91) * 91 + rng.integers(0, 10, customer_count), first)

    def gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        at, waiting = day.copy(), np.ones(len(who), dtype=bool)
        for _ in range(400):
            at[waiting] += r.exponential(1.0 / (6.0 * rate[who[waiting]]))
            on_sale = np.mod(at, 91) < 10
            share = np.where(sensitive[who], np.where(on_sale, 1.0, 0.04), 1.0 / 6.0)
            waiting &= (r.random(len(who)) > share) & (at < days)
            if not waiting.any():
                break
        return at - day

    return priced_walk(rng, days, first, leaves, gap)


def quarterly_orders(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """Wholesale: regulars order every one, three or six months, with orders skipped; the rest once in a while."""
    cycle = rng.choice([30.4, 91.3, 182.6, 0.0], customer_count, p=[0.2, 0.3, 0.15, 0.35])
    skips, leaves = rng.beta(1.0, 6.0, customer_count), rng.beta(1.0, 9.0, customer_count)
    seldom = rng.lognormal(np.log(140), 0.9, customer_count)
    first = rng.integers(0, days - 30, customer_count).astype(float)

    def gap(r: np.random.Generator, who: NDArray[np.int64], _: Floats) -> Floats:
        regular = cycle[who] * (r.geometric(1.0 - skips[who]) + r.normal(0, 0.12, len(who)))
        return np.where(cycle[who] > 0, regular, r.exponential(seldom[who]))

    return priced_walk(rng, days, first, leaves, gap)


def campaigns(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """Half were won in four short campaigns, and most of those never come back."""
    won = rng.random(customer_count) < 0.5
    first = rng.integers(0, days - 30, customer_count).astype(float)
    starts = np.linspace(0.15, 0.85, 4) * days
    first = np.where(won, starts[rng.integers(0, 4, customer_count)] + rng.exponential(6, customer_count), first)
    leaves = np.where(won, rng.beta(3.0, 1.5, customer_count), rng.beta(0.8, 4.0, customer_count))
    gap = rng.lognormal(np.log(70), 0.8, customer_count)
    return priced_walk(rng, days, np.minimum(first, days - 1.0), leaves, lambda r, who, _: r.exponential(gap[who]))


def trial_then_loyal(rng: np.random.Generator, days: int, customer_count: int) -> pd.DataFrame:
    """Quick visits at first, then most go and the others settle into a slow rhythm of their own; rates heavy-tailed."""
    quick = rng.lognormal(np.log(12), 0.5, customer_count)
    slow = 15.0 * (1.0 + rng.pareto(1.1, customer_count)) ** 0.9
    trial_days = rng.exponential(45, customer_count)
    settles = rng.random(customer_count) < 0.4
    ends = rng.exponential(700, customer_count)
    first = rng.integers(0, days - 30, customer_count).astype(float)

    def gap(r: np.random.Generator, who: NDArray[np.int64], day: Floats) -> Floats:
        on_trial = day - first[who] < trial_days[who]
        ahead = np.where(on_trial, r.exponential(quick[who]), r.gamma(2.0, slow[who] / 2.0))
        age = day + ahead - first[who]
        gone = np.where(settles[who], age > ends[who], age > trial_days[who])
        return np.where(gone, np.inf, ahead)

    return priced_walk(rng, days, first, np.zeros(customer_count), gap)


def _advent(rng: np.random.Generator, year: Floats) -> Floats:
    """A day in the six weeks before Christmas of a year counted from START, one per value."""
    return year * DAYS_A_YEAR + 357 - 42 * rng.beta(1.2, 2.0, len(year))


WORLDS: dict[str, Callable[[np.random.Generator, int, int], pd.DataFrame]] = {
    world.__name__: world
    for world in (
        rhythms_of_many_kinds,
        seasonal,
        monthly_contracts,
        clumpy,
        growing,
        one_cohort,
        yearly_givers,
        weekly_groceries,
        christmas_buyers,
        regime_change,
        quarterly_promotions,
        quarterly_orders,
        campaigns,
        trial_then_loyal,
    )
}


def walk(
    rng: np.random.Generator, days: int, first: Floats, leaves: Floats, gap: NextVisit, most_visits: int
) -> pd.DataFrame:
    """One row per visit, by number of visit: number of the customer and day.

    Every customer one step at a time: on to the next visit, at least a day later, unless they left after this one.
    """
    who, day = np.arange(len(first)), np.maximum(first, 0.0)
    found = []
    for _ in range(most_visits):
        found.append(pd.DataFrame({"number": who, "day": day}))
        stays = rng.random(len(who)) >= leaves[who]
        who, day = who[stays], day[stays]
        day = day + np.maximum(gap(rng, who, day), 1.0)
        who, day = who[day < days], day[day < days]
        if not len(who):
            break
    return pd.concat(found, ignore_index=True)


def priced_walk(rng: np.random.Generator, days: int, first: Floats, leaves: Floats, gap: NextVisit) -> pd.DataFrame:
    """One row per visit: customer_id, day, amount (log-normal about a level of the customer's own)."""
    level = rng.lognormal(4.5, 0.7, len(first))
    visits = walk(rng, days, first, leaves, gap, MOST_VISITS)
    visits = visits.assign(offset=np.floor(visits["day"]).astype(np.int64))
    visits = visits.sort_values(["number", "offset"], ignore_index=True)
    amount = level[visits["number"]] * rng.lognormal(0, 0.4, len(visits))
    return pd.DataFrame(
        {
            "customer_id": "c" + visits["number"].astype(str).str.zfill(6),
            "day": START + pd.to_timedelta(visits["offset"], unit="D"),
            "amount": np.round(amount, 2),
        }
    )
