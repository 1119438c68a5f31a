"""Where the middles of segments could lie, by different algorithms.

Each proposes centres; a customer then belongs to the nearest, whoever proposed it: so all are judged alike, served
alike, and a centre can be found again after a retraining.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.mixture import GaussianMixture

from ml.visit_rhythm import Floats

KMEANS, MIXTURE, WARD = "kmeans", "gaussian_mixture", "ward"
ALGORITHMS = (KMEANS, MIXTURE, WARD)
STARTS = 8
OTHER_ROWS = 1000  # the other two see at most so many rows


def propose(algorithm: str, x: Floats, k: int, random_state: int, start: Floats | None = None) -> Floats:
    """One centre per segment; `start` is where k-means begins, else it begins at several places of its own."""
    if algorithm == KMEANS:
        means = KMeans(k, init="k-means++" if start is None else start, n_init=STARTS if start is None else 1)
        return np.asarray(means.set_params(random_state=random_state).fit(x).cluster_centers_)
    some = x[:: -(-len(x) // OTHER_ROWS)]
    if algorithm == MIXTURE:
        mixture = GaussianMixture(k, tol=1e-2, max_iter=50, reg_covar=1e-3, random_state=random_state)
        return np.asarray(mixture.fit(some).means_)
    label = AgglomerativeClustering(k).fit_predict(some)
    return np.array([some[label == number].mean(axis=0) for number in range(k)])


def nearest(x: Floats, centres: Floats) -> NDArray[np.int64]:
    """The number of the nearest centre per row."""
    return cdist(x, centres).argmin(axis=1)
