"""How far the values of a delivery are from those of earlier ones, beyond what such deliveries differ by anyway."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

#: Earlier deliveries with fewer values say nothing of how much deliveries differ.
LEAST_VALUES = 20
#: A delivery counts in the usual spread with at most so many values: one large export is not the rule.
MOST_VALUES = 2000
#: How often the widest difference among earlier deliveries is forgiven, and how often what chance makes on average.
FORGIVEN = 1.5
FORGIVEN_CHANCE = 2.0

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Shift:
    """Of a delivery's values, the share in other bins than usual.

    `moved` is the total variation distance, 0-1; `beyond` what is left of it after the tolerance.
    """

    moved: float
    beyond: float
    tolerance: float
    grown_bin: str
    share_now: float
    share_usual: float


def shift(tonight: Counts, earlier: Sequence[Counts], slack: float = 0.0) -> Shift | None:
    """Compare a delivery with earlier ones, bin by bin; None when one side has no value.

    The tolerance is twice the distance that chance alone makes between samples of these sizes, plus 1.5 times the
    widest distance (less chance) of an earlier delivery from the others, plus `slack`.
    """
    past = [counts for counts in earlier if sum(counts.values())]
    if not past or not sum(tonight.values()):
        return None
    bins = sorted({name for counts in (tonight, *past) for name in counts})
    now = np.array([tonight.get(name, 0) for name in bins], dtype=np.float64)
    table = np.array([[counts.get(name, 0) for name in bins] for counts in past], dtype=np.float64)
    sizes = table.sum(axis=1)
    weighted = table * np.minimum(1.0, MOST_VALUES / sizes)[:, None]
    total = weighted.sum(axis=0)
    usual = total / total.sum()
    shares = now / now.sum()
    moved = _distance(shares, usual)
    among = [
        _beyond_chance(one, total - one) for one in weighted if min(one.sum(), (total - one).sum()) >= LEAST_VALUES
    ]
    tolerance = FORGIVEN_CHANCE * _chance(now, total) + FORGIVEN * max([0.0, *among]) + slack
    grown = int(np.argmax(shares - usual))
    return Shift(moved, max(0.0, moved - tolerance), tolerance, bins[grown], shares[grown], usual[grown])


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).sum() / 2)


def _beyond_chance(one: np.ndarray, other: np.ndarray) -> float:
    return _distance(one / one.sum(), other / other.sum()) - _chance(one, other)


def _chance(one: np.ndarray, other: np.ndarray) -> float:
    """Mean distance between two samples of one population, by the normal approximation in each bin."""
    shares = (one + other) / (one.sum() + other.sum())
    spread = np.sqrt(shares * (1 - shares) * (1 / one.sum() + 1 / other.sum()))
    return float(math.sqrt(2 / math.pi) * spread.sum() / 2)
