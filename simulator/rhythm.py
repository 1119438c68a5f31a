"""When people come back: a renewal process per person that no standard model describes exactly.

Rates are lognormal, gaps gamma with a person's own regularity, leisure guests come back in "their" season, projects end
and start again, and people leave for several reasons: after the first stay, with time, after a bad stay, when
prices rise. The hazard falls with tenure. None of it is BG/NBD, on purpose.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulator.people import NEVER_STAY
from simulator.streams import pick_rows
from simulator.world import PROPERTIES, Calendar, season

# days past the end for which stays are planned, because they may be on the books
OUTLOOK_DAYS = 330
_CANDIDATES = 5
_RATES = {"leisure": (0.95, 0.6), "business": (3.4, 0.85), "family": (0.95, 0.45), "group": (0.45, 0.5)}
_ONCE = {"leisure": 0.40, "business": 0.24, "family": 0.32, "group": 0.7}


@dataclass
class Latent:
    """What drives a person; arrays by person number."""

    rate: np.ndarray
    shape: np.ndarray
    once_share: np.ndarray
    yearly_hazard: np.ndarray
    first_day: np.ndarray


def draw_latent(rng: np.random.Generator, people: pd.DataFrame, calendar: Calendar) -> Latent:
    """Rate per year, regularity, chance to come only once, yearly hazard of leaving, first arrival."""
    size = len(people)
    kind = people["kind"].to_numpy()
    mean = np.array([_RATES[name][0] for name in kind])
    sigma = np.array([_RATES[name][1] for name in kind])
    rate = np.minimum(mean * np.exp(rng.normal(0, 1, size) * sigma), 26)
    shape = np.exp(rng.normal(0.35, 0.5, size)) * np.where(kind == "business", 1.2, 1.6)
    once = np.array([_ONCE[name] for name in kind]) * np.where(people["scenario"] == "plain", 1.25, 0.8)
    # who leaves no contact data mostly passes through
    once = np.where(people["scenario"] == "no_contact", 1.0, once)
    hazard = rng.gamma(1.3, 0.16, size) * np.where(rate > 6, 0.7, 1.0)
    is_known = rng.random(size) < 0.28
    fresh = calendar.start + calendar.span * rng.random(size) ** 0.95
    known = calendar.start + 365 / rate * rng.random(size)
    return Latent(rate, shape, np.minimum(once, 0.9), hazard, np.where(is_known, known, fresh))


def _draw_gap(rng: np.random.Generator, who: np.ndarray, latent: Latent, is_yearly: np.ndarray) -> np.ndarray:
    """Days to the next wish to travel."""
    shape = latent.shape[who]
    gap = rng.gamma(shape) / shape * 365 / latent.rate[who]
    years = np.maximum(np.round(gap / 365), 1)
    gap = np.where(is_yearly & (rng.random(len(who)) < 0.65), years * 365 + rng.normal(0, 18, len(who)), gap)
    pause = rng.random(len(who)) < 0.035
    return np.where(pause, gap + rng.integers(150, 480, len(who)), gap)


def _leave(
    rng: np.random.Generator,
    people: pd.DataFrame,
    latent: Latent,
    calendar: Calendar,
    who: np.ndarray,
    arrival: np.ndarray,
    visit_number: np.ndarray,
    gap: np.ndarray,
    severity: np.ndarray,
    is_slow: np.ndarray,
) -> np.ndarray:
    """Reason of leaving after this visit: 0 stays, 1 first-timer, 2 natural, 3 price, 4 service."""
    size = len(who)
    tenure = 1 / (1 + 0.22 * np.minimum(visit_number, 12))
    first = (visit_number == 1) & (rng.random(size) < latent.once_share[who])
    natural = rng.random(size) < 1 - np.exp(
        -latent.yearly_hazard[who] * (0.25 + np.minimum(gap, 500) / 365) * tenure * 1.3
    )
    sensitivity = people["price_sensitivity"].to_numpy()[who]
    is_raised = arrival >= calendar.price_rise
    price = rng.random(size) < np.where(is_raised, 0.20, 0.015) * sensitivity**2 * np.where(
        people["kind"].to_numpy()[who] == "business", 0.35, 1.0
    )
    anger = np.array([0.0, 0.06, 0.16, 0.32, 0.55])[severity] * np.where(is_slow, 1.5, 0.6)
    service = rng.random(size) < anger
    return np.where(service, 4, np.where(price, 3, np.where(first, 1, np.where(natural, 2, 0))))


def draw_visits(rng: np.random.Generator, people: pd.DataFrame, latent: Latent, calendar: Calendar) -> pd.DataFrame:
    """One row per planned visit: person, property, arrival and nights, complaint, reason of leaving after it."""
    weights = season(calendar.start - 60, calendar.end + OUTLOOK_DAYS + 800)
    kind = people["kind"].to_numpy()
    home = people["home_property"].to_numpy()
    demand = np.array([item.demand for item in PROPERTIES])
    mean_nights = np.array([item.nights for item in PROPERTIES])
    is_guest = ~people["scenario"].isin(NEVER_STAY).to_numpy()
    who = np.flatnonzero(is_guest)
    wish = latent.first_day[who]
    gap = np.full(len(who), 30.0)
    free_from = np.full(len(who), calendar.start, dtype=np.int64)
    number = 0
    parts = []
    while len(who):
        number += 1
        size = len(who)
        is_home = rng.random(size) < np.where(kind[who] == "business", 0.86, 0.72)
        place = np.where(is_home, home[who], rng.choice(len(PROPERTIES), size, p=demand / demand.sum()))
        spread = np.clip(gap * 0.12, 4, 35)
        days = (wish[:, None] + rng.normal(0, 1, (size, _CANDIDATES)) * spread[:, None]).astype(int)
        days = np.clip(np.maximum(days, free_from[:, None]), calendar.start, calendar.end + OUTLOOK_DAYS + 700)
        chosen = pick_rows(rng, weights[place[:, None], days - calendar.start + 60] ** 1.3)
        arrival = days[np.arange(size), chosen]
        nights = np.where(kind[who] == "business", 1 + rng.poisson(0.9, size), rng.poisson(mean_nights[place] * 0.95))
        nights = np.where((nights == 0) & (rng.random(size) < 0.88), 1, np.minimum(nights, 21))
        is_crisis = (arrival >= calendar.crisis[0]) & (arrival < calendar.crisis[1])
        complains = rng.random(size) < 0.05 * people["complaint_proneness"].to_numpy()[who] * np.where(
            is_crisis, 1.8, 1.0
        )
        severity = np.where(complains, 1 + rng.choice(4, size, p=(0.4, 0.33, 0.2, 0.07)), 0)
        is_slow = rng.random(size) < np.where(is_crisis, 0.75, 0.3)
        is_yearly = np.isin(kind[who], ["leisure", "family"])
        gap = _draw_gap(rng, who, latent, is_yearly)
        gap = np.where(arrival >= calendar.travel_policy, gap * np.where(kind[who] == "business", 1.25, 0.93), gap)
        reason = _leave(rng, people, latent, calendar, who, arrival, np.full(size, number), gap, severity, is_slow)
        parts.append(
            pd.DataFrame(
                {
                    "person": who,
                    "property": place,
                    "arrival": arrival,
                    "nights": nights,
                    "visit_number": number,
                    "severity": severity,
                    "is_slow": is_slow,
                    "leave_reason": reason,
                }
            )
        )
        wish = arrival + nights + gap
        stays = (reason == 0) & (wish <= calendar.end + OUTLOOK_DAYS)
        who, wish, gap, free_from = who[stays], wish[stays], gap[stays], (arrival + nights + 1)[stays]
    visits = pd.concat(parts, ignore_index=True)
    visits = visits[visits["arrival"] <= calendar.end + OUTLOOK_DAYS]
    return visits.sort_values(["arrival", "person"], ignore_index=True)
