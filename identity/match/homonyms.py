"""How often pairs that agree in nothing but a name are two people. Pure.

Frequencies of its parts say how likely coincidence is; but given and family names go together with countries, so that
there are more people of one whole name than its parts let expect, by a factor. And some names are shared however rare
they are: planted, borrowed, of one family. Both are learned from the pairs of one name and no common contact data that
a birth date, a document or a membership on both sides decides: evidence without these must foretell what they say.
A factor beside the share keeps the share the same in a register of any size: without it the pairs of common names,
which grow with the square of the register, would raise it for the rare ones.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from identity.arrays import Bools, Floats
from identity.match.expectation import UNKNOWN, Compared, Learned, Patterns, of_one_name, total_evidence
from identity.match.spec import DECISIVE_BITS

STARTING_SHARE = 0.02  # two people for one pair of one person, before any pair is seen
SHARES = np.exp2(np.arange(-10.0, 0.05, 0.25))
FACTORS = np.exp2(np.arange(-4.0, 6.05, 0.25))


class Homonyms(NamedTuple):
    """Two people of one name.

    `share`: pairs of two people for one of one person, however rare the name; `factor`: how many more pairs of a whole
    name are chance than the frequencies of its parts let expect.
    """

    share: float
    factor: float


def homonyms(patterns: Patterns, learned: Learned, compared: list[Compared], prior_pairs: float) -> Homonyms:
    """What the pairs of one name that agree in nothing else make likely, drawn to no factor and STARTING_SHARE."""
    bits = [np.append(np.log2(m / u), 0.0) for m, u in zip(learned.m, learned.u, strict=True)]
    deciding = [
        at
        for at, one in enumerate(compared)
        if one.kind == "own" and bits[at][0] >= DECISIVE_BITS and bits[at][-2] <= -DECISIVE_BITS
    ]
    decided = sum((bits[at][patterns.level[:, at]] for at in deciding), start=np.zeros(len(patterns.level)))
    is_asked = of_one_name(patterns, compared) & (np.abs(decided) >= DECISIVE_BITS)
    # Names that only look alike are sampled, and one such pair would outweigh all that were found.
    is_asked &= patterns.is_candidate & ~_agrees_elsewhere(patterns, compared, bits, deciding)
    undecided = patterns.level.copy()
    undecided[:, deciding] = UNKNOWN
    blind = replace(patterns, level=undecided)
    weight, beside = total_evidence(blind, learned, compared), _beside_name(blind, learned, compared)
    is_whole, is_one, pair_count = is_whole_name(patterns, compared), decided > 0, patterns.pair_count
    return likeliest(
        weight[is_asked], beside[is_asked], is_whole[is_asked], is_one[is_asked], pair_count[is_asked], prior_pairs
    )


def is_whole_name(patterns: Patterns, compared: list[Compared]) -> Bools:
    """Whether every part of the name is equal."""
    return np.asarray((patterns.level[:, [at for at, one in enumerate(compared) if one.is_name]] == 0).all(axis=1))


def _beside_name(patterns: Patterns, learned: Learned, compared: list[Compared]) -> Floats:
    """Bits of all but the name, by which one person is likelier than namesakes."""
    found = np.zeros(len(patterns.level))
    for at, one in enumerate(compared):
        if not one.is_name:
            found += np.append(np.log2(learned.m[at] / learned.n[at]), 0.0)[patterns.level[:, at]]
    return found


def _agrees_elsewhere(patterns: Patterns, compared: list[Compared], bits: list[Floats], deciding: list[int]) -> Bools:
    """Whether contact data, home or profile agree."""
    others = [at for at, one in enumerate(compared) if one.kind in {"own", "shared"} and at not in deciding]
    return np.any([bits[at][patterns.level[:, at]] >= DECISIVE_BITS for at in others], axis=0)


def likeliest(
    weight: Floats, beside: Floats, is_whole: Bools, is_one: Bools, pair_count: Floats, prior_pairs: float
) -> Homonyms:
    """Means over all shares and factors, by how likely the pairs make them; `prior_pairs` pairs speak for the start."""
    likely = np.array(
        [
            [_likelihood(share, factor, weight, beside, is_whole, is_one, pair_count) for factor in FACTORS]
            for share in SHARES
        ]
    )
    likely += prior_pairs * (STARTING_SHARE * np.log(SHARES) - (1 + STARTING_SHARE) * np.log1p(SHARES))[:, None]
    likely -= np.log2(FACTORS) ** 2 / 2
    likely = np.exp(likely - likely.max())
    return Homonyms(
        share=float(np.exp2(np.average(np.log2(SHARES), weights=likely.sum(axis=1)))),
        factor=float(np.exp2(np.average(np.log2(FACTORS), weights=likely.sum(axis=0)))),
    )


def _likelihood(
    share: float, factor: float, weight: Floats, beside: Floats, is_whole: Bools, is_one: Bools, pair_count: Floats
) -> float:
    against = np.where(is_whole, factor, 1.0) * np.exp2(-weight) + share * np.exp2(-beside)
    return float(np.sum(pair_count * (np.where(is_one, 0.0, np.log(against)) - np.log1p(against))))
