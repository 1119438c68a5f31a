"""The ways to segment that are tried, in order of what they tell about a customer."""

from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.segment_axes import RECENCY, SPEND, VISITS, WEIGHTS
from ml.segment_cells import RULERS, CellPlan, RulePlan, Split
from ml.segment_centres import ALGORITHMS, KMEANS, CentrePlan
from ml.visit_rhythm import Floats

K_CHOICES = range(4, 10)


class Grouping(Protocol):
    """Fitted segments, numbered from 0."""

    @property
    def count(self) -> int:
        """Number of segments."""

    def assign(self, plain: Floats) -> NDArray[np.int64]:
        """The number of the segment per customer."""

    def confidence(self, plain: Floats) -> Floats:
        """0.5-1 per customer: 0.5 on the border of two segments."""

    def rule(self, number: int) -> str:
        """Who belongs to it, in words; empty where there is no rule."""


class Plan(Protocol):
    """A way to segment: what is looked at, and how."""

    @property
    def algorithm(self) -> str:
        """Its name."""

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes looked at."""

    @property
    def resamples(self) -> int:
        """How often it is fitted again to see how stable it is."""

    def fit(self, plain: Floats, random_state: int, start: Grouping | None) -> Grouping | None:
        """The plan fitted to customers, one row each; None where they are too much alike."""


def _centre_plans(weights: tuple[float, float, float], *algorithms: str) -> list[Plan]:
    return [CentrePlan(algorithm, k, weights) for algorithm in algorithms for k in K_CHOICES]


def _cell_plans() -> list[Plan]:
    pairs = ((VISITS, RECENCY), (RECENCY, VISITS), (RECENCY, SPEND), (SPEND, RECENCY))
    parts = ((2, 2), (3, 2), (2, 3), (3, 3), (2, 4))
    splits = [(Split(a, p), Split(b, q)) for a, b in pairs for p, q in parts]
    splits += [(Split(VISITS, p, is_once_apart=True), Split(RECENCY, q)) for p in (2, 3) for q in (2, 3, 4)]
    return [CellPlan(first, second, ruler) for first, second in splits for ruler in RULERS]


def _rule_plans() -> list[Plan]:
    visits = [cuts for number in (1, 2) for cuts in combinations((1.0, 2.0, 5.0, 10.0), number)]
    recency = [cuts for number in (1, 2, 3) for cuts in combinations((7.0, 30.0, 90.0, 180.0, 365.0, 730.0), number)]
    pairs = [(a, b) for a in visits for b in recency]
    return [RulePlan(a, b) for a, b in pairs if (len(a) + 1) * (len(b) + 1) in K_CHOICES]


# The richest picture first: all three axes, then recency and visits alone, then cells that two axes cut.
LADDER: tuple[list[Plan], ...] = (
    _centre_plans(WEIGHTS, *ALGORITHMS),
    _centre_plans((*WEIGHTS[:2], 0.0), KMEANS),
    _cell_plans(),
)
# Fixed rules of visits and days: for customers too few to learn where to cut.
RULES: list[Plan] = _rule_plans()
# Bands of recency alone say little: where nothing else is to be had, or for no other season.
BANDS: list[Plan] = [CellPlan(Split(RECENCY, parts), Split(VISITS, 1), ruler) for parts in (4, 5) for ruler in RULERS]
