"""Behavioural segments: nearest centre in the logarithms of recency, visits and spend.

Algorithm and number of segments are chosen by silhouette, stability (bootstrap adjusted Rand index) and business rules.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from sklearn.metrics import adjusted_rand_score, silhouette_score
from threadpoolctl import threadpool_limits

from ml.lifecycle import typical_gap_days
from ml.segment_names import describe, name_segments
from ml.segment_proposals import ALGORITHMS, KMEANS, nearest, propose
from ml.visit_rhythm import Floats

AXES = ("recency", "visits", "spend")
# Spend has a yardstick of its own, the value tiers; at half weight the segments were clearer and more stable on every
# set tried.
WEIGHTS = np.array([1.0, 1.0, 0.5])
K_CHOICES = range(4, 10)
MIN_CUSTOMERS = 200
FIT_ROWS, STABILITY_ROWS, SILHOUETTE_ROWS = 20_000, 3_000, 2_000
BOOTSTRAPS, OTHER_BOOTSTRAPS = 10, 5
SHARE_LIMITS = (0.02, 0.60)
ARI_LIMITS = {"mean": 0.90, "lowest": 0.80}
# A number of segments in use stays while it holds these, unless another is better by the margin of silhouette.
KEEP_LIMITS = {"mean": 0.75, "silhouette": 0.30}
KEEP_MARGIN = 0.05
MATCH_LIMIT = 1.0  # centroids further apart than so many standard deviations are different segments
SINGLE_CODE, SINGLE_NAME = "s0", "All guests"


@dataclass(frozen=True)
class Choice:
    """One algorithm and k that were tried, and how they did."""

    algorithm: str
    k: int
    silhouette: float
    ari_mean: float
    ari_lowest: float
    smallest_share: float
    largest_share: float

    @property
    def is_sound(self) -> bool:
        """Segments big enough for a campaign, none swallowing the house."""
        return self.smallest_share >= SHARE_LIMITS[0] and self.largest_share <= SHARE_LIMITS[1]

    @property
    def is_usable(self) -> bool:
        """Good enough to go on with."""
        return self.ari_mean >= KEEP_LIMITS["mean"] and self.silhouette >= KEEP_LIMITS["silhouette"]

    @property
    def is_stable(self) -> bool:
        """The same customers fall together when the sample changes."""
        return self.ari_mean >= ARI_LIMITS["mean"] and self.ari_lowest >= ARI_LIMITS["lowest"]


class SegmentModel:
    """Nearest centroid in standardised log space; a single segment when nothing better can be had."""

    k_: int | None
    algorithm_: str
    center_: Floats
    scale_: Floats
    centroids_: Floats
    codes_: list[str]
    names_: list[str]
    descriptions_: list[str]
    reason_: str
    issued_: int

    def __init__(self, random_state: int) -> None:
        self.random_state = random_state

    def fit(self, features: pd.DataFrame, champion: "SegmentModel | None" = None) -> Self:
        """Choose k and learn centroids; codes and names are taken over from the champion's matching centroids."""
        self.typical_gap_days_ = typical_gap_days(features)
        self.choices_: list[Choice] = []
        x = _axes(features)
        self.center_, self.scale_ = (
            (x.mean(axis=0), x.std(axis=0)) if len(x) else (np.zeros(len(AXES)), np.ones(len(AXES)))
        )
        self.used_ = np.flatnonzero(self.scale_ > 1e-9)
        self.scale_ = np.where(self.scale_ > 1e-9, self.scale_, 1.0)
        distinct = len(np.unique(self._standard(x), axis=0)) if len(x) else 0
        if len(x) < MIN_CUSTOMERS or distinct <= max(K_CHOICES):
            reason = (
                f"{len(x)} customers, {MIN_CUSTOMERS} needed"
                if len(x) < MIN_CUSTOMERS
                else f"only {distinct} different customers"
            )
            return self._single(f"one segment for all: {reason}", champion)
        with threadpool_limits(1):
            self._choose(x, champion)
        if self.k_ is None:
            return self._single(
                "one segment for all: no number of segments keeps every segment between 2% and 60%", champion
            )
        self._label(features, champion)
        return self

    def predict(self, features: pd.DataFrame) -> tuple[NDArray[np.object_], Floats]:
        """Code and confidence (0.5-1: distance to the second nearest over the sum of both) per row."""
        if len(self.centroids_) == 1 or features.empty:
            return np.array([self.codes_[0]] * len(features), dtype=np.object_), np.ones(len(features))
        x = self.space(features)
        distances = np.column_stack([((x - centroid) ** 2).sum(axis=1) ** 0.5 for centroid in self.centroids_])
        nearest = distances.argmin(axis=1)
        two = np.partition(distances, 1, axis=1)[:, :2]
        total = two.sum(axis=1)
        confidence = np.where(total > 0, two[:, 1] / np.where(total > 0, total, 1.0), 1.0)
        return np.array(self.codes_, dtype=np.object_)[nearest], confidence

    @property
    def names(self) -> dict[str, str]:
        """Readable name by code."""
        return dict(zip(self.codes_, self.names_, strict=True))

    def _choose(self, x: Floats, champion: "SegmentModel | None") -> None:
        rng = np.random.default_rng(self.random_state)
        everybody = self._standard(x)
        sample = everybody[even_rows(len(x), FIT_ROWS)]
        small = sample[even_rows(len(sample), STABILITY_ROWS)]
        resamples = [small[rng.integers(0, len(small), len(small))] for _ in range(BOOTSTRAPS)]
        rows = even_rows(len(small), SILHOUETTE_ROWS)
        centres = {}
        for algorithm in ALGORITHMS:
            for k in K_CHOICES:
                start = self._start(k, champion) if algorithm == KMEANS else None
                centres[algorithm, k] = propose(algorithm, sample, k, self.random_state, start)
                labels = nearest(small, centres[algorithm, k])
                ari = [
                    adjusted_rand_score(labels, nearest(small, propose(algorithm, resample, k, self.random_state)))
                    for resample in resamples[: BOOTSTRAPS if algorithm == KMEANS else OTHER_BOOTSTRAPS]
                ]
                shares = np.bincount(nearest(everybody, centres[algorithm, k]), minlength=k) / len(everybody)
                silhouette = silhouette_score(small[rows], labels[rows]) if len(np.unique(labels[rows])) > 1 else 0.0
                figures = (silhouette, np.mean(ari), np.min(ari), shares.min(), shares.max())
                self.choices_.append(Choice(algorithm, k, *(round(float(value), 4) for value in figures)))
        current = None if champion is None else (champion.algorithm_, champion.k_)
        chosen, self.reason_ = choose(self.choices_, current)
        self.k_, self.algorithm_ = (chosen.k, chosen.algorithm) if chosen else (None, KMEANS)
        self.centroids_ = centres[self.algorithm_, self.k_] if self.k_ else np.empty((0, len(self.used_)))

    def _start(self, k: int, champion: "SegmentModel | None") -> Floats | None:
        """The champion's centroids in this model's units, so that a retraining continues the segments in use."""
        if champion is None or len(champion.centroids_) != k or not np.array_equal(champion.used_, self.used_):
            return None
        return self._standard(champion.raw_centroids())

    def _label(self, features: pd.DataFrame, champion: "SegmentModel | None") -> None:
        order = np.lexsort(self.raw_centroids().T[::-1])  # most recent first; the order of new codes
        self.centroids_ = self.centroids_[order]
        raw = self.raw_centroids()
        names = name_segments(raw, np.median(_axes(features), axis=0))
        self.codes_, self.issued_ = match_codes(raw, self.scale_, champion)
        known = {} if champion is None else champion.names
        self.names_ = _unique([known.get(code, name) for code, name in zip(self.codes_, names, strict=True)])
        self.descriptions_ = [describe(centroid) for centroid in raw]

    def _single(self, reason: str, champion: "SegmentModel | None") -> Self:
        self.k_, self.algorithm_, self.reason_ = 1, KMEANS, reason
        self.centroids_ = np.zeros((1, len(self.used_)))
        self.codes_, self.names_ = [SINGLE_CODE], [SINGLE_NAME]
        self.descriptions_ = ["Everybody: too little to tell guests apart by."]
        self.issued_ = 0 if champion is None else champion.issued_
        return self

    def space(self, features: pd.DataFrame) -> Floats:
        """One row per customer: the axes in which distances are taken."""
        return self._standard(_axes(features))

    def _standard(self, x: Floats) -> Floats:
        return ((x - self.center_) / self.scale_ * WEIGHTS)[:, self.used_]

    def raw_centroids(self) -> Floats:
        """One row per segment: log days since last visit, log repeat visits, log spend."""
        raw = np.tile(self.center_, (len(self.centroids_), 1))
        raw[:, self.used_] += self.centroids_ * (self.scale_ / WEIGHTS)[self.used_]
        return raw

    def record(self) -> dict[str, Any]:
        """The steps of the choice, for the model run."""
        return {
            "reason": self.reason_,
            "algorithm": self.algorithm_,
            "axes": [AXES[i] for i in self.used_],
            "typical_gap_days": self.typical_gap_days_,
            "tried": [vars(choice) for choice in self.choices_],
            "segments": [
                {"segment_code": code, "segment_name": name, "description": text}
                for code, name, text in zip(self.codes_, self.names_, self.descriptions_, strict=True)
            ],
        }


def choose(choices: list[Choice], current: tuple[str, int | None] | None) -> tuple[Choice | None, str]:
    """What to use and why: stable and sound first, then silhouette; what is in use stays if no other is clearly better.

    None when nothing is sound.
    """
    sound = [choice for choice in choices if choice.is_sound]
    if not sound:
        return None, "no sound number of segments"
    stable = [choice for choice in sound if choice.is_stable]
    best = max(stable, key=lambda c: (c.silhouette, -c.k)) if stable else max(sound, key=lambda c: (c.ari_mean, -c.k))
    kept = next((c for c in sound if (c.algorithm, c.k) == current and c.is_usable), None)
    if kept is not None and best.silhouette < kept.silhouette + KEEP_MARGIN:
        best = kept
    why = (
        "stable and sound, highest silhouette" if stable else "none is stable enough; the most stable of the sound ones"
    )
    if kept is best:
        why = "as before; no other is clearly better"
    figures = f"silhouette {best.silhouette:.2f}, mean ARI {best.ari_mean:.2f}, lowest {best.ari_lowest:.2f}"
    return best, f"{best.k} segments by {best.algorithm}: {why} ({figures})"


def match_codes(raw: Floats, scale: Floats, champion: SegmentModel | None) -> tuple[list[str], int]:
    """One code per centroid, and the highest number ever issued.

    The champion's code for the centroid that it matches, a new number for others.
    """
    issued = 0 if champion is None else champion.issued_
    codes: list[str | None] = [None] * len(raw)
    if champion is not None and len(champion.centroids_) > 1:
        distance = cdist(raw / scale, champion.raw_centroids() / scale)
        for new, old in zip(*linear_sum_assignment(distance), strict=True):
            if distance[new, old] <= MATCH_LIMIT:
                codes[new] = champion.codes_[old]
    for position, code in enumerate(codes):
        if code is None:
            issued += 1
            codes[position] = f"s{issued}"
    return [code for code in codes if code is not None], issued


def _axes(features: pd.DataFrame) -> Floats:
    return np.log1p(
        np.column_stack(
            [
                features["rfm_recency_days"].clip(lower=0.0).to_numpy(),
                features["visit_count"].clip(lower=1.0).to_numpy() - 1.0,
                features["spend_amount"].clip(lower=0.0).to_numpy(),
            ]
        )
    )


def even_rows(count: int, most: int) -> NDArray[np.int64]:
    """At most so many row numbers, spread evenly."""
    return (
        np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))
        if count
        else np.empty(0, dtype=np.int64)
    )


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique
