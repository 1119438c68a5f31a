"""Segments as nearest centres, proposed by different algorithms.

A customer belongs to the nearest centre, whoever proposed it: so all are judged alike, served alike, and a centre can
be found again after a retraining.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.mixture import GaussianMixture

from ml.segment_axes import AXES, WEIGHTS, log_axes, standards
from ml.visit_rhythm import Floats

KMEANS, MIXTURE, WARD = "kmeans", "gaussian_mixture", "ward"
ALGORITHMS = (KMEANS, MIXTURE, WARD)
STARTS = 10
OTHER_ROWS = 1000  # the other two see at most so many rows


@dataclass(frozen=True)
class Centres:
    """Fitted segments: `places` has one row per segment on the standardised and weighted axes."""

    center: Floats
    scale: Floats
    places: Floats

    @property
    def count(self) -> int:
        """Number of segments."""
        return len(self.places)

    def assign(self, plain: Floats) -> NDArray[np.int64]:
        """The number of the segment per customer."""
        return cdist(self._space(plain), self.places).argmin(axis=1)

    def confidence(self, plain: Floats) -> Floats:
        """0.5-1 per customer: distance to the second nearest centre over that to both nearest."""
        two = np.partition(cdist(self._space(plain), self.places), 1, axis=1)[:, :2]
        total = two.sum(axis=1)
        return np.where(total > 0, two[:, 1] / np.where(total > 0, total, 1.0), 1.0)

    def rule(self, _: int) -> str:
        """Centres have no rule to be read out."""
        return ""

    def places_on(self, center: Floats, scale: Floats) -> Floats:
        """The centres on other standards; an axis that was not used lies in the middle."""
        logs = self.center + np.divide(self.places, self.scale, out=np.zeros_like(self.places), where=self.scale > 0)
        return (logs - center) * scale

    def _space(self, plain: Floats) -> Floats:
        return (log_axes(plain) - self.center) * self.scale


@dataclass(frozen=True)
class CentrePlan:
    """An algorithm, a number of segments and a weight per axis (0: not looked at)."""

    algorithm: str
    k: int
    weights: tuple[float, float, float] = WEIGHTS
    resamples: ClassVar[int] = 10

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes looked at."""
        return tuple(name for name, weight in zip(AXES, self.weights, strict=True) if weight)

    def fit(self, plain: Floats, random_state: int, start: object = None) -> Centres | None:
        """Centres learned from customers; None where there are no more different ones than segments.

        k-means begins at `start`, the segments in use, where given; else at several places of its own.
        """
        logs = log_axes(plain)
        center, scale = standards(logs)
        scale = scale * np.array(self.weights)
        x = (logs - center) * scale
        if len(np.unique(x[: 50 * self.k], axis=0)) <= self.k and len(np.unique(x, axis=0)) <= self.k:
            return None
        begin = start.places_on(center, scale) if isinstance(start, Centres) and start.count == self.k else None
        return Centres(center, scale, _propose(self.algorithm, x, self.k, random_state, begin))


def _propose(algorithm: str, x: Floats, k: int, random_state: int, start: Floats | None) -> Floats:
    if algorithm == KMEANS:
        means = KMeans(k, init="k-means++" if start is None else start, n_init=STARTS if start is None else 1)
        return np.asarray(means.set_params(random_state=random_state).fit(x).cluster_centers_)
    some = x[:: -(-len(x) // OTHER_ROWS)]
    if algorithm == MIXTURE:
        mixture = GaussianMixture(k, tol=1e-2, max_iter=50, reg_covar=1e-3, random_state=random_state)
        return np.asarray(mixture.fit(some).means_)
    label = AgglomerativeClustering(k).fit_predict(some)
    return np.array([some[label == number].mean(axis=0) for number in range(k)])
