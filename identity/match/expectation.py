"""Expectation maximisation over patterns of agreement (Fellegi and Sunter 1969, with a third class). Pure.

A pair is one person, two people of one household, or two strangers. Members of a household share family name, home and
contact data as one person's records do, and are strangers in all else: without that class, couples look like matches.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
UNKNOWN = -1
MAX_ROUNDS, CLOSE_ENOUGH = 200, 1e-5
STARTING_HOUSEHOLDS = 0.2  # pairs of one household for one pair of one person


@dataclass(frozen=True)
class Patterns:
    """Pairs grouped by how they agree: one row per pattern.

    `level` has a column per comparison (-1 unknown); `personal_bits` and `shared_bits` are log2 of the frequencies of
    values that agree, in comparisons that are a person's own and in those that a household shares; `pair_count` how
    many pairs it stands for; `is_possible` false where a guard says two people.
    """

    level: NDArray[np.int64]
    personal_bits: Floats
    shared_bits: Floats
    pair_count: Floats
    is_possible: NDArray[np.bool_]


@dataclass(frozen=True)
class Compared:
    """One comparison: the m that its levels start from, and whether a household shares it.

    The last level is disagreement. `by_frequency`: in which levels the value's frequency stands in for u.
    """

    starting_m: Floats
    by_frequency: NDArray[np.bool_]
    is_shared: bool


@dataclass(frozen=True)
class Learned:
    """By comparison and level: the share among pairs of one person (m), of strangers (u), of a household (h).

    `prior` and `household_prior` are the shares of all pairs that are one person and one household.
    """

    m: list[Floats]
    u: list[Floats]
    h: list[Floats]
    prior: float
    household_prior: float


def learn(patterns: Patterns, compared: list[Compared], prior_pairs: float) -> Learned:
    """The likeliest model, where m and h are drawn to the starting m as if `prior_pairs` pairs had shown it."""
    total = patterns.pair_count.sum()
    start = [one.starting_m for one in compared]
    even = [np.ones(len(shares)) / len(shares) for shares in start]
    u = _all_shares(patterns, patterns.pair_count, even, 1.0)
    prior = float(min(0.5, 1 / np.sqrt(2 * total)))
    learned = Learned(start, u, start, prior, STARTING_HOUSEHOLDS * prior)
    for _ in range(MAX_ROUNDS):
        matched, household, strangers = (
            share * patterns.pair_count for share in _shares_of_classes(patterns, learned, compared)
        )
        before, prior = learned.prior, float(np.clip(matched.sum() / total, 1 / total, 0.5))
        u = _all_shares(patterns, strangers, even, 1.0)
        in_household = _all_shares(patterns, household, start, prior_pairs)
        learned = Learned(
            m=_all_shares(patterns, matched, start, prior_pairs),
            u=u,
            h=[in_household[at] if one.is_shared else u[at] for at, one in enumerate(compared)],
            prior=prior,
            household_prior=float(np.clip(household.sum() / total, 1 / total, 0.5)),
        )
        if abs(prior - before) < CLOSE_ENOUGH * before:
            break
    return learned


def evidence(patterns: Patterns, learned: Learned, compared: list[Compared]) -> tuple[Floats, Floats]:
    """Bits, the prior included, by which one person is likelier than strangers, and than a household."""
    strangers = 1 - learned.prior - learned.household_prior
    against_strangers = np.log2(learned.prior / strangers) - patterns.personal_bits - patterns.shared_bits
    against_household = np.log2(learned.prior / learned.household_prior) - patterns.personal_bits
    for at, one in enumerate(compared):
        m, u, h = np.log2(learned.m[at]), np.log2(learned.u[at]), np.log2(learned.h[at])
        level = patterns.level[:, at]
        against_strangers += np.append(m - np.where(one.by_frequency, 0.0, u), 0.0)[level]
        other = h if one.is_shared else np.where(one.by_frequency, 0.0, u)
        against_household += np.append(m - other, 0.0)[level]
    return against_strangers, against_household


def total_evidence(patterns: Patterns, learned: Learned, compared: list[Compared]) -> Floats:
    """Bits, the prior included, by which one person is likelier than anything else."""
    return np.asarray(-np.logaddexp2(*(-bits for bits in evidence(patterns, learned, compared))))


def _shares_of_classes(patterns: Patterns, learned: Learned, compared: list[Compared]) -> tuple[Floats, Floats, Floats]:
    """Of each pattern's pairs: one person, one household, strangers; they add up to one."""
    against_strangers, against_household = evidence(patterns, learned, compared)
    matched = np.where(patterns.is_possible, 0.0, -np.inf)
    total = np.logaddexp2(matched, np.logaddexp2(-against_strangers, -against_household))
    one, household, strangers = (np.exp2(bits - total) for bits in (matched, -against_household, -against_strangers))
    return one, household, strangers


def _all_shares(patterns: Patterns, weight: Floats, drawn_to: list[Floats], strength: float) -> list[Floats]:
    """The share of each level of each comparison among the pairs in which it is known."""
    found = []
    for at, start in enumerate(drawn_to):
        level = patterns.level[:, at]
        known = level != UNKNOWN
        counted = np.bincount(level[known], weights=weight[known], minlength=len(start)) + strength * start
        found.append(counted / counted.sum())
    return found
