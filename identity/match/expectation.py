"""Expectation maximisation over patterns of agreement (Fellegi and Sunter 1969, with more classes of two people). Pure.

A pair is one person, two people of one household, two namesakes, or two strangers. Members of a household share family
name, home and contact data as one person's records do, and are strangers in all else: without that class, couples look
like matches. Namesakes are strangers of one name: more of them than the frequencies of its parts let expect, since
names go with countries and families, and alike in what goes with a name, such as an e-mail made of it.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from identity.arrays import Bools, Floats, Ints

UNKNOWN = -1
MAX_ROUNDS, CLOSE_ENOUGH = 200, 1e-5
STARTING_HOUSEHOLDS = 0.2  # pairs of one household for one pair of one person


@dataclass(frozen=True)
class Patterns:
    """Pairs grouped by how they agree: one row per pattern.

    `level` has a column per comparison (-1 unknown), as has `rarity`: bits of the frequency of the value that agrees, 0
    where it doesn't count; `pair_count` how many pairs it stands for; `is_possible` is false where a guard says two
    people; `is_candidate` false for pairs that no block finds, of which a few were sampled that stand for all.
    """

    level: Ints
    rarity: Ints
    pair_count: Floats
    is_possible: Bools
    is_candidate: Bools


@dataclass(frozen=True)
class Compared:
    """One comparison: the m that its levels start from, and whom people may share it with (identity.match.spec).

    The last level is disagreement. `by_frequency`: in which levels the value's frequency stands in for u; `of_kin`:
    which of them namesakes share only as kin at one home. `agreeing_pairs`: pairs of profiles that agree in the best
    level, by the rarity of their value in bits; empty where frequencies don't count there.
    """

    starting_m: Floats
    by_frequency: Bools
    kind: str
    of_kin: Bools
    agreeing_pairs: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def is_name(self) -> bool:
        """Whether it is a part of the name."""
        return self.kind in {"given_name", "family_name"}

    @property
    def is_of_household(self) -> bool:
        """Whether members of a household share it, in their own measure."""
        return self.kind in {"family_name", "shared"}


@dataclass(frozen=True)
class Learned:
    """By comparison and level: the share among pairs of one person (m), strangers (u), a household (h), namesakes (n).

    `prior` and `household_prior` are the shares of all pairs that are one person and one household; `namesake_factor`
    how many pairs of namesakes there are for one that the names' frequencies let expect. `strangers_share`: of pairs
    that agree in a value, by its rarity, the share that are two people; a frequency counts a person's own records, too.
    """

    m: list[Floats]
    u: list[Floats]
    h: list[Floats]
    n: list[Floats]
    prior: float
    household_prior: float
    namesake_factor: float
    strangers_share: list[Floats]


def learn(patterns: Patterns, compared: list[Compared], prior_pairs: float) -> Learned:
    """The likeliest model, where m, h and n are drawn to where they start as if `prior_pairs` pairs had shown it.

    Background (a country) tells no classes apart while they are learned: compatriots are neither household nor person.
    """
    total = patterns.pair_count.sum()
    start = [one.starting_m for one in compared]
    even = [np.ones(len(shares)) / len(shares) for shares in start]
    u = _all_shares(patterns, patterns.pair_count, even, 1.0)
    prior = float(min(0.5, 1 / np.sqrt(2 * total)))
    everybody = [np.ones(len(one.agreeing_pairs)) for one in compared]
    learned = Learned(start, u, start, u, prior, STARTING_HOUSEHOLDS * prior, 1.0, everybody)
    telling = replace(patterns, level=np.where([one.kind == "background" for one in compared], UNKNOWN, patterns.level))
    is_told = _is_told(patterns, compared)
    for _ in range(MAX_ROUNDS):
        matched, household, namesakes, strangers = (
            share * patterns.pair_count for share in _shares_of_classes(telling, learned, compared)
        )
        before, prior = learned.prior, float(np.clip(matched.sum() / total, 1 / total, 0.5))
        m, u = _all_shares(patterns, matched, start, prior_pairs), _all_shares(patterns, strangers, even, 1.0)
        in_household = _all_shares(patterns, household, start, prior_pairs)
        of_one_name = _all_shares(patterns, namesakes * is_told, u, prior_pairs)
        expected = _expected_namesakes(patterns, strangers, u, compared)
        learned = Learned(
            m=m,
            u=u,
            h=[
                m[at] if one.kind == "background" else in_household[at] if one.is_of_household else u[at]
                for at, one in enumerate(compared)
            ],
            n=[
                _where_no_kin(of_one_name[at], u[at], one.of_kin) if one.kind in {"background", "shared"} else u[at]
                for at, one in enumerate(compared)
            ],
            prior=prior,
            household_prior=float(np.clip(household.sum() / total, 1 / total, 0.5)),
            namesake_factor=float((namesakes.sum() + prior_pairs) / (expected + prior_pairs)),
            strangers_share=[
                _strangers_share(patterns, at, matched, one.agreeing_pairs, prior_pairs)
                for at, one in enumerate(compared)
            ],
        )
        if abs(prior - before) < CLOSE_ENOUGH * before:
            break
    return learned


def evidence(patterns: Patterns, learned: Learned, compared: list[Compared]) -> tuple[Floats, Floats, Floats]:
    """Bits, the prior included, by which one person is likelier than strangers, a household and namesakes."""
    strangers = 1 - learned.prior - learned.household_prior
    against_strangers = np.full(len(patterns.level), np.log2(learned.prior / strangers))
    against_household = np.full(len(patterns.level), np.log2(learned.prior / learned.household_prior))
    against_namesakes = against_strangers - np.log2(learned.namesake_factor)
    for at, one in enumerate(compared):
        m, u, h, n = (np.log2(shares[at]) for shares in (learned.m, learned.u, learned.h, learned.n))
        level = patterns.level[:, at]
        rarity = _rarity_among_strangers(patterns, learned, at)
        is_as_of_strangers = not (one.is_of_household or one.kind == "background")
        stranger = np.where(one.by_frequency, 0.0, u)
        against_strangers += np.append(m - stranger, 0.0)[level] + rarity
        against_household += np.append(m - (stranger if is_as_of_strangers else h), 0.0)[level]
        against_household += rarity * is_as_of_strangers
        against_namesakes += np.append(m - np.where(one.by_frequency, 0.0, n), 0.0)[level] + rarity
    against_namesakes[~of_one_name(patterns, compared)] = np.inf
    return against_strangers, against_household, against_namesakes


def total_evidence(patterns: Patterns, learned: Learned, compared: list[Compared]) -> Floats:
    """Bits, the prior included, by which one person is likelier than anything else."""
    return np.asarray(-np.logaddexp2.reduce([-bits for bits in evidence(patterns, learned, compared)]))


def of_one_name(patterns: Patterns, compared: list[Compared]) -> Bools:
    """Whether every part of the name is known and agrees in some way."""
    names = [at for at, one in enumerate(compared) if one.is_name]
    if not names:
        return np.zeros(len(patterns.level), dtype=bool)
    last = np.array([len(compared[at].starting_m) - 1 for at in names])
    level = patterns.level[:, names]
    return np.asarray(((level != UNKNOWN) & (level < last)).all(axis=1))


def _rarity_among_strangers(patterns: Patterns, learned: Learned, at: int) -> Floats:
    """Bits by which the value that agrees is rare, a person's own records left out."""
    rarity, shares = patterns.rarity[:, at], learned.strangers_share[at]
    if not len(shares):
        return rarity.astype(np.float64)
    share = shares[np.minimum(rarity, len(shares) - 1)]
    return np.asarray(rarity - np.where(patterns.level[:, at] == 0, np.log2(share), 0.0), dtype=np.float64)


def _strangers_share(patterns: Patterns, at: int, matched: Floats, agreeing: Floats, prior_pairs: float) -> Floats:
    """Of pairs that agree in a value, by its rarity, the share of two people, drawn to 1 by `prior_pairs` pairs."""
    size, is_equal = len(agreeing), patterns.level[:, at] == 0
    of_one = np.bincount(patterns.rarity[is_equal, at], weights=matched[is_equal], minlength=size)[:size]
    return np.asarray((np.maximum(agreeing - of_one, 0.0) + prior_pairs) / (agreeing + prior_pairs))


def _where_no_kin(shares: Floats, u: Floats, of_kin: Bools) -> Floats:
    """Shares of namesakes who are no kin: in levels of kin they are as strangers."""
    rest = shares[~of_kin].sum()
    return np.where(of_kin, u, shares * (1 - u[of_kin].sum()) / rest)


def _is_told(patterns: Patterns, compared: list[Compared]) -> Bools:
    """Whether something of a person's own is known of both; else namesakes at one home look like one person."""
    own = [at for at, one in enumerate(compared) if one.kind == "own"]
    return np.asarray((patterns.level[:, own] != UNKNOWN).any(axis=1))


def _expected_namesakes(patterns: Patterns, strangers: Floats, u: list[Floats], compared: list[Compared]) -> float:
    """Pairs of strangers who would bear one name if its parts were drawn one by one."""
    names = [at for at, one in enumerate(compared) if one.is_name]
    is_known = (patterns.level[:, names] != UNKNOWN).all(axis=1)
    return float(strangers[is_known].sum() * np.prod([1 - u[at][-1] for at in names]))


def _shares_of_classes(patterns: Patterns, learned: Learned, compared: list[Compared]) -> list[Floats]:
    """Of each pattern's pairs: one person, one household, namesakes, strangers; they add up to one."""
    against_strangers, against_household, against_namesakes = evidence(patterns, learned, compared)
    matched = np.where(patterns.is_possible, 0.0, -np.inf)
    likely = [matched, -against_household, -against_namesakes, -against_strangers]
    total = np.logaddexp2.reduce(likely)
    return [np.exp2(bits - total) for bits in likely]


def _all_shares(patterns: Patterns, weight: Floats, drawn_to: list[Floats], strength: float) -> list[Floats]:
    """The share of each level of each comparison among the pairs in which it is known."""
    found = []
    for at, start in enumerate(drawn_to):
        level = patterns.level[:, at]
        known = level != UNKNOWN
        counted = np.bincount(level[known], weights=weight[known], minlength=len(start)) + strength * start
        found.append(counted / counted.sum())
    return found
