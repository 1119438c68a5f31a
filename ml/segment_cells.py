"""Segments as cells of the RFM table, cut at round numbers: a rule that a front desk can read out.

Where customers spread evenly, centres of clusters wander with the sample. A cut at the round number nearest to a
quantile stays where it is.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ml.segment_axes import AXES, RECENCY, VISITS, log_axes, standards
from ml.visit_rhythm import Floats

TENS = tuple(10.0**power for power in range(-1, 9))
# Where an axis may be cut, by how fine the ruler is: days of the calendar, visits, money.
RULERS: dict[str, tuple[tuple[float, ...], ...]] = {
    "fine": (
        (1, 2, 3, 7, 14, 30, 60, 90, 180, 365, 730, 1095, 1825),
        (1, 2, 3, 5, 10, 20, 50, 100, 200, 500),
        tuple(digit * ten for ten in TENS for digit in (1, 2, 5)),
    ),
    "between": (
        (5, 10, 21, 45, 120, 270, 545, 912),
        (1, 2, 4, 7, 15, 30, 70, 150),
        tuple(digit * ten for ten in TENS for digit in (1.5, 3, 7)),
    ),
    "coarse": (
        (7, 30, 90, 365, 1095),
        (1, 3, 10, 30, 100),
        tuple(digit * ten for ten in TENS for digit in (1, 3)),
    ),
}
LEAST_ROWS = 4  # fewer are not cut


@dataclass(frozen=True)
class Split:
    """One axis in so many parts of about equal numbers; or one-time guests apart, and the others in equal parts."""

    axis: int
    parts: int
    is_once_apart: bool = False

    def cuts(self, values: Floats, ruler: str) -> Floats:
        """The cuts, ascending; a customer with exactly the value lies below. Each leaves somebody on either side."""
        if len(values) < LEAST_ROWS:
            return np.empty(0)
        marks = np.array(RULERS[ruler][self.axis], dtype=np.float64)
        within, parts = (values[values > 1.0], self.parts - 1) if self.is_once_apart else (values, self.parts)
        aims = np.quantile(within, np.arange(1, parts) / parts) if len(within) else np.empty(0)
        found = marks[np.abs(np.log1p(aims)[:, None] - np.log1p(marks)).argmin(axis=1)]
        found = np.unique(np.concatenate([found, [1.0]]) if self.is_once_apart else found)
        return found[(found >= values.min()) & (found < values.max())]


@dataclass(frozen=True)
class Cells:
    """Fitted cells: cuts of the first axis, and for each of its parts those of the second; numbered in that order."""

    axes: tuple[int, int]
    first: Floats
    second: tuple[Floats, ...]
    scale: Floats

    @property
    def count(self) -> int:
        """Number of segments."""
        return sum(len(cuts) + 1 for cuts in self.second)

    def assign(self, plain: Floats) -> NDArray[np.int64]:
        """The number of the cell per customer."""
        part = np.searchsorted(self.first, plain[:, self.axes[0]], side="left")
        number, before = np.zeros(len(plain), dtype=np.int64), 0
        for index, cuts in enumerate(self.second):
            rows = part == index
            number[rows] = before + np.searchsorted(cuts, plain[rows, self.axes[1]], side="left")
            before += len(cuts) + 1
        return number

    def confidence(self, plain: Floats) -> Floats:
        """0.5-1 per customer: 0.5 on a cut, nearer to 1 the more (standardised logarithms) lies between."""
        part = np.searchsorted(self.first, plain[:, self.axes[0]], side="left")
        far = self._to_nearest(plain, self.axes[0], self.first)
        for index, cuts in enumerate(self.second):
            rows = part == index
            far[rows] = np.minimum(far[rows], self._to_nearest(plain[rows], self.axes[1], cuts))
        return 1.0 - 0.5 * np.exp(-far)

    def rule(self, number: int) -> str:
        """The cell in words."""
        for index, cuts in enumerate(self.second):
            if number <= len(cuts):
                sides = ((self.axes[0], self.first, index), (self.axes[1], cuts, number))
                words = [_words(axis, *[0.0, *bounds.tolist(), np.inf][at : at + 2]) for axis, bounds, at in sides]
                return ", ".join(word for word in words if word)
            number -= len(cuts) + 1
        raise IndexError(number)

    def _to_nearest(self, plain: Floats, axis: int, cuts: Floats) -> Floats:
        if not len(cuts):
            return np.full(len(plain), np.inf)
        marks = np.tile(np.array([0.0, 1.0, 0.0]), (len(cuts), 1))
        marks[:, axis] = cuts + (0.5 if axis == VISITS else 0.0)  # visits are whole: the border lies between two
        logs, edges = log_axes(plain)[:, axis], log_axes(marks)[:, axis]
        return np.abs(logs[:, None] - edges).min(axis=1) * self.scale[axis]


@dataclass(frozen=True)
class CellPlan:
    """Which axis is cut first, which within its parts, into how many, and on which ruler."""

    first: Split
    second: Split
    ruler: str
    algorithm: ClassVar[str] = "cells"
    resamples: ClassVar[int] = 20

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes cut."""
        return tuple(name for axis, name in enumerate(AXES) if axis in {s.axis for s in self._splits if s.parts > 1})

    @property
    def _splits(self) -> tuple[Split, Split]:
        return self.first, self.second

    def fit(self, plain: Floats, _: int, start: object = None) -> Cells | None:
        """Cells cut from customers, without any chance in it; those in use (`start`) stay as they are."""
        axes = (self.first.axis, self.second.axis)
        scale = standards(log_axes(plain))[1]
        if isinstance(start, Cells):
            return Cells(axes, start.first, start.second, scale)
        cuts = self.first.cuts(plain[:, axes[0]], self.ruler)
        part = np.searchsorted(cuts, plain[:, axes[0]], side="left")
        within = [self.second.cuts(plain[part == index, axes[1]], self.ruler) for index in range(len(cuts) + 1)]
        return Cells(axes, cuts, tuple(within), scale)


@dataclass(frozen=True)
class RulePlan:
    """Cells whose cuts are given: visits first, the same days within each part. Nothing in them is learned."""

    visits: tuple[float, ...]
    recency: tuple[float, ...]
    algorithm: ClassVar[str] = "rules"
    resamples: ClassVar[int] = 1
    axes: ClassVar[tuple[str, ...]] = (AXES[RECENCY], AXES[VISITS])

    def fit(self, plain: Floats, _: int, start: object = None) -> Cells:
        """The cells; those in use are the same."""
        recency = np.array(self.recency)
        within = tuple(recency for _ in range(len(self.visits) + 1))
        return Cells((VISITS, RECENCY), np.array(self.visits), within, standards(log_axes(plain))[1])


def _words(axis: int, low: float, high: float) -> str:
    is_low, is_high = low > 0.0, high < np.inf
    if axis == VISITS:
        if is_high and high <= low + 1.0:
            return f"{high:.0f} {'visit' if high == 1 else 'visits'}"
        if is_high:
            return f"{low + 1:.0f} to {high:.0f} visits"
        return f"{low + 1:.0f} or more visits" if is_low else ""
    text = "last here {} days ago" if axis == RECENCY else "{} spent"
    said = [f"more than {low:,.5g}"] * is_low + [f"up to {high:,.5g}"] * is_high
    return text.format(" and ".join(said)) if said else ""
