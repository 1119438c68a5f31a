"""The customers of the coming twelve months, if the year ahead is like the year behind: a guess from tonight's alone.

A month ahead is looked for a year before it, where it is known who had come and when: those customers, and beside them
the first ones of all, who will by then have stayed away the longer. Of a customer who came again since, visits and
spend are taken as spread evenly between the first visit and the last. Where the same guess of tonight itself is unlike
tonight, the year ahead is nobody's guess.
"""

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp

from ml.segment_axes import RECENCY, SPEND, VISITS
from ml.visit_rhythm import Floats

YEAR_DAYS = 365.0
LONGEST_GAP_DAYS = 36_500.0
MONTHS_AHEAD = tuple(range(30, 361, 30))
LEAST_SHARE = 0.5  # a year before, of tonight's customers: with fewer it was another house
# How far from tonight the guess of tonight may lie on an axis (Kolmogorov-Smirnov), beyond what chance makes in 95 of
# 100 cases.
MOST_UNLIKE, CHANCE = 0.1, 1.36


def months_ahead(features: pd.DataFrame, plain: Floats, least: int) -> list[Floats]:
    """The axes of the customers of each coming month, one row each; months without `least` customers to go by left out.

    `plain` are the axes of the features' customers. None at all where tonight could not be guessed so.
    """
    gap = features["mean_gap_days"].fillna(0.0).clip(lower=0.0, upper=LONGEST_GAP_DAYS).to_numpy(dtype=np.float64)
    age = plain[:, RECENCY] + gap * (plain[:, VISITS] - 1.0)
    oldest = plain[age > age.max(initial=0.0) - YEAR_DAYS]

    def guess(days: float) -> Floats:
        before = rewound(plain, gap, YEAR_DAYS - days)
        if len(before) < max(LEAST_SHARE * len(plain), least):
            return plain[:0]
        return np.concatenate([before, oldest + np.array([days, 0.0, 0.0])])

    tonight = guess(0.0)
    if not len(tonight) or unlikeness(tonight, plain) > MOST_UNLIKE:
        return []
    return [months for months in map(guess, MONTHS_AHEAD) if len(months)]


def unlikeness(one: Floats, two: Floats) -> float:
    """How far apart two sets of customers lie on the axis on which they differ most, beyond chance."""
    farthest = max(float(ks_2samp(a, b, method="asymp").statistic) for a, b in zip(one.T, two.T, strict=True))
    return farthest - CHANCE * float(np.sqrt(1.0 / len(one) + 1.0 / len(two)))


def rewound(plain: Floats, gap: Floats, days: float) -> Floats:
    """One row per customer who had come so many days before: days since the last visit, visits, spend.

    `gap` is the mean days between a customer's visits, 0 for those who came once.
    """
    first = plain[:, RECENCY] + gap * (plain[:, VISITS] - 1.0)
    been = first >= days
    plain, gap, since_first = plain[been], gap[been], first[been] - days
    came_since = plain[:, RECENCY] < days
    visits = np.where(came_since, np.floor(since_first / np.where(came_since, gap, 1.0)) + 1.0, plain[:, VISITS])
    then = np.empty_like(plain)
    then[:, RECENCY] = np.where(came_since, since_first - gap * (visits - 1.0), plain[:, RECENCY] - days)
    then[:, VISITS] = visits
    then[:, SPEND] = plain[:, SPEND] * visits / plain[:, VISITS]
    return then
