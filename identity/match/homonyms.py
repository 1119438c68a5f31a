"""How often pairs that agree in nothing but a name are two people, however rare the name is. Pure.

Frequencies say how likely coincidence is; but names run in families and places, and a planted or borrowed name has no
frequency. What remains is learned from the pairs of one name and no common contact data that a birth date, a document
or a membership on both sides decides: evidence without these must foretell what they say.
"""

from dataclasses import replace

import numpy as np

from identity.arrays import Bools, Floats
from identity.match.expectation import UNKNOWN, Compared, Learned, Patterns, of_one_name, total_evidence
from identity.match.spec import DECISIVE_BITS

STARTING_SHARE = 0.02  # two people for one pair of one person, before any pair is seen
SHARES = np.exp2(np.arange(-10.0, 0.05, 0.1))


def homonym_share(patterns: Patterns, learned: Learned, compared: list[Compared], prior_pairs: float) -> float:
    """Pairs of two people for one pair of one person, among pairs of one name that agree in nothing else."""
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
    found = (weight[is_asked], beside[is_asked], decided[is_asked] > 0, patterns.pair_count[is_asked])
    return _likely_share(*found, prior_pairs)


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


def _likely_share(weight: Floats, beside: Floats, is_one: Bools, pair_count: Floats, prior_pairs: float) -> float:
    """The share that the pairs make likely, drawn to STARTING_SHARE as if `prior_pairs` pairs had shown it."""
    drawn = prior_pairs * (STARTING_SHARE * np.log(SHARES) - (1 + STARTING_SHARE) * np.log1p(SHARES))
    found = [
        np.sum(pair_count * np.where(is_one, 0.0, np.log(against)) - pair_count * np.log1p(against))
        for against in (np.exp2(-weight) + share * np.exp2(-beside) for share in SHARES)
    ]
    likely = np.exp(drawn + found - np.max(drawn + found))
    return float(np.exp2(np.average(np.log2(SHARES), weights=likely)))
