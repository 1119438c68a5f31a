"""Customers of one date as segments are judged on them: how big, how clear, and with how much room to the bars."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.metrics import silhouette_samples

from ml.segment_axes import AXES, WEIGHTS, even_rows, log_axes, standards
from ml.segment_choice import room_of
from ml.segment_plans import Grouping
from ml.visit_rhythm import Floats

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Shape:
    """Shares of the smallest and largest segment, silhouettes on the axes looked at and on all, room to the bars."""

    smallest_share: float
    largest_share: float
    silhouette: float
    silhouette_all_axes: float
    room: float


class Population:
    """One date's customers, one row each; silhouettes are taken of an even sample, standardised by itself."""

    def __init__(self, plain: Floats, silhouette_rows: int) -> None:
        self.plain = plain
        self.rows = even_rows(len(plain), silhouette_rows)
        logs = log_axes(plain[self.rows])
        center, scale = standards(logs)
        self.space = (logs - center) * scale * np.array(WEIGHTS)
        self.distances: dict[tuple[str, ...], Floats] = {}

    def shape(self, axes: Sequence[str], grouping: Grouping) -> Shape:
        """How a grouping that looks at some axes does."""
        labels = grouping.assign(self.plain)
        shares = np.bincount(labels, minlength=grouping.count) / max(len(labels), 1)
        smallest, largest = float(shares.min()), float(shares.max())
        own = self.silhouettes(axes, labels[self.rows])
        overall = own if tuple(axes) == AXES else self.silhouettes(AXES, labels[self.rows])
        room = room_of(smallest, largest, len(labels), own)
        return Shape(smallest, largest, float(own.mean()), float(overall.mean()), room)

    def silhouettes(self, axes: Sequence[str], labels: Rows, among: NDArray[np.bool_] | None = None) -> Floats:
        """One per sampled row, on some axes; `among`: of these rows only. All 0 where there are not two segments."""
        key = tuple(axes)
        if key not in self.distances:
            looked_at = self.space[:, [name in key for name in AXES]]
            self.distances[key] = cdist(looked_at, looked_at)
        distances = self.distances[key]
        if among is not None:
            labels, distances = labels[among], distances[np.ix_(among, among)]
        if not 1 < len(np.unique(labels)) < len(labels):
            return np.zeros(max(len(labels), 1))
        return np.asarray(silhouette_samples(distances, labels, metric="precomputed"))
