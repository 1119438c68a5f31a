"""Codes that keep their meaning: whom a code described when it was given out decides who may carry it on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from ml.segment_plans import Grouping
from ml.segment_population import Rows
from ml.visit_rhythm import Floats

Sets = NDArray[np.bool_]  # one column per segment, one row per customer
LEAST_ALIKE = 0.5  # of the customers in either segment, the share in both; over a half no other is as like


@dataclass(frozen=True)
class Meaning:
    """What a code was given out for: segment `number` of a grouping as it was then."""

    grouping: Grouping
    number: int

    def holds(self, plain: Floats) -> NDArray[np.bool_]:
        """Who is meant, per customer."""
        return self.grouping.assign(plain) == self.number


def give_codes(
    plain: Floats, grouping: Grouping, order: Sequence[int], meanings: Mapping[str, Meaning], issued: int
) -> tuple[list[str], dict[str, Meaning], int]:
    """One code per segment, what each means, and the highest number ever issued.

    A segment takes the code of `meanings` (those in use) that means the same of the customers at hand; others a number
    never used, in `order`.
    """
    number = grouping.assign(plain)
    own = as_sets(number, grouping.count)
    known = list(meanings)
    former = np.column_stack([meanings[code].holds(plain) for code in known]) if known else own[:, :0]
    codes = [""] * grouping.count
    for segment, place in best_matches(own, former):
        codes[segment] = known[place]
    kept = {code: meanings[code] for code in codes if code}
    for segment in order:
        if not codes[segment]:
            issued += 1
            codes[segment] = f"s{issued}"
            kept[codes[segment]] = Meaning(grouping, segment)
    return codes, kept, issued


def best_matches(one: Sets, two: Sets) -> list[tuple[int, int]]:
    """Pairs of columns that are the same segment, each column once."""
    alike = likeness(one, two)
    pairs = zip(*linear_sum_assignment(-alike), strict=True)
    return [(int(a), int(b)) for a, b in pairs if alike[a, b] >= LEAST_ALIKE]


def likeness(one: Sets, two: Sets) -> Floats:
    """Of the customers in either of two segments the share in both, 0 without any; one row per column of `one`."""
    both = one.T.astype(np.float64) @ two.astype(np.float64)
    either = one.sum(axis=0)[:, None] + two.sum(axis=0)[None, :] - both
    return np.asarray(both / np.maximum(either, 1.0))


def kept_share(one: Rows, two: Rows) -> float:
    """Share of the same customers who stay in what is the same segment, of two numberings."""
    sets = [as_sets(numbers, int(numbers.max()) + 1) for numbers in (one, two)]
    return float(sum((sets[0][:, a] & sets[1][:, b]).mean() for a, b in best_matches(*sets)))


def as_sets(numbers: Rows, count: int) -> Sets:
    """One column per segment: who belongs to it."""
    return np.asarray(numbers[:, None] == np.arange(count))
