"""Measures plans on one set of customers: how big, how clear and how stable the segments are.

Stability is measured as follows. Draw as many customers as there are, with replacement; standardise and fit the same
plan on them from nothing; assign all customers by it; compare with the segments in question by the adjusted Rand index.
For segments in use a draw is treated as a retraining treats its customers: they stay as they are where they are big
enough and clear on the draw, else the plan is fitted again from where they are.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.metrics import adjusted_rand_score, silhouette_score

from ml.segment_axes import AXES, WEIGHTS, even_rows, log_axes, standards
from ml.segment_choice import KEEP_ARI, KEEP_SILHOUETTE, LEAST_SILHOUETTE, SHARE_LIMITS, Choice
from ml.segment_plans import Grouping, Plan
from ml.visit_rhythm import Floats

Rows = NDArray[np.int64]
Again = Callable[[Rows], Grouping | None]
FIT_ROWS, STABILITY_ROWS, SILHOUETTE_ROWS = 20_000, 3_000, 1_500
CONFIRMING_RESAMPLES = 20


@dataclass(frozen=True)
class Tried:
    """A plan, its segments, how they come about on other customers (rows drawn), and its figures."""

    plan: Plan
    grouping: Grouping
    again: Again
    choice: Choice


class Yardstick:
    """Fits plans to one set of customers and measures what comes of it."""

    def __init__(self, plain: Floats, random_state: int, earlier: Sequence[Floats] = ()) -> None:
        rng = np.random.default_rng(random_state)
        self.random_state = random_state
        self.everybody = plain
        self.sample = plain[even_rows(len(plain), FIT_ROWS)]
        self.small = self.sample[even_rows(len(self.sample), STABILITY_ROWS)]
        count = len(self.small)
        self.screening = [rng.integers(0, count, count) for _ in range(20)]
        self.confirming = [rng.integers(0, count, count) for _ in range(CONFIRMING_RESAMPLES)]
        self.few = even_rows(count, SILHOUETTE_ROWS)
        self.space = _space(self.small[self.few])
        self.distances: dict[tuple[str, ...], Floats] = {}
        self.earlier = [rows[even_rows(len(rows), SILHOUETTE_ROWS)] for rows in earlier]

    def measure(
        self, plan: Plan, start: Grouping | None = None, is_worth: Callable[[Choice], bool] | None = None
    ) -> Tried | None:
        """The plan fitted (from `start`, where given) and judged; None where it can't be fitted.

        Its stability and seasons stay 0 where it is not big or clear enough anyway, or not `is_worth` it.
        """
        grouping = plan.fit(self.sample, self.random_state, start)
        if grouping is None:
            return None
        tried = self._shaped(plan, grouping, lambda rows: plan.fit(self.small[rows], self.random_state, start))
        choice = tried.choice
        if not (choice.is_sound and choice.silhouette >= KEEP_SILHOUETTE) or (is_worth and not is_worth(choice)):
            return tried
        return self._resampled(self._seasoned(tried), self.screening[: plan.resamples])

    def hold(self, plan: Plan, grouping: Grouping) -> Tried:
        """Segments in use as they are, judged on these customers."""

        def again(rows: Rows) -> Grouping | None:
            return (
                grouping
                if self._stays(plan, grouping, rows)
                else plan.fit(self.small[rows], self.random_state, grouping)
            )

        return self.confirm(self._seasoned(self._shaped(plan, grouping, again)))

    def confirm(self, tried: Tried) -> Tried:
        """The same segments judged on draws that had no say in choosing them."""
        return self._resampled(tried, self.confirming)

    def _shaped(self, plan: Plan, grouping: Grouping, again: Again) -> Tried:
        """Shares and silhouettes; silhouettes are 0 where the shares are unfit."""
        shares = _shares(grouping.assign(self.everybody), grouping.count)
        sizes = (round(float(shares.min()), 4), round(float(shares.max()), 4))
        choice = Choice(plan.algorithm, plan.axes, grouping.count, 0.0, 0.0, 0.0, 0.0, *sizes, held_share=0.0)
        if choice.is_sound:
            labels = grouping.assign(self.small)[self.few]
            own, overall = (round(self._silhouette(axes, labels), 4) for axes in (plan.axes, AXES))
            choice = replace(choice, silhouette=own, silhouette_all_axes=overall)
        return Tried(plan, grouping, again, choice)

    def _seasoned(self, tried: Tried) -> Tried:
        """With the share of earlier dates on which the segments would have been big enough and clear; 1 without any."""
        held = [_suits(tried.plan, tried.grouping, rows) for rows in self.earlier]
        return replace(tried, choice=replace(tried.choice, held_share=float(np.mean(held)) if held else 1.0))

    def _resampled(self, tried: Tried, draws: Iterable[Rows]) -> Tried:
        """With the stability over the draws; 0 where the shares are unfit."""
        if not tried.choice.is_sound:
            return tried
        ari = self._agreements(tried.grouping.assign(self.small), tried.again, draws)
        mean, lowest = round(float(np.mean(ari)), 4), round(float(np.min(ari)), 4)
        return replace(tried, choice=replace(tried.choice, ari_mean=mean, ari_lowest=lowest))

    def _agreements(self, labels: Rows, again: Again, draws: Iterable[Rows]) -> list[float]:
        """One figure per draw, up to the first that is too low to be used at all."""
        found: list[float] = []
        for rows in draws:
            other = again(rows)
            found.append(0.0 if other is None else float(adjusted_rand_score(labels, other.assign(self.small))))
            if found[-1] < KEEP_ARI["lowest"]:
                break
        return found

    def _stays(self, plan: Plan, grouping: Grouping, rows: Rows) -> bool:
        """Whether segments are big enough and clear on drawn customers."""
        labels = grouping.assign(self.small)
        if not _are_sound(_shares(labels[rows], grouping.count)):
            return False
        drawn = np.isin(self.few, rows)
        return self._silhouette(plan.axes, labels[self.few], drawn) >= LEAST_SILHOUETTE

    def _silhouette(self, axes: tuple[str, ...], labels: Rows, among: NDArray[np.bool_] | None = None) -> float:
        if axes not in self.distances:
            looked_at = self.space[:, [name in axes for name in AXES]]
            self.distances[axes] = cdist(looked_at, looked_at)
        distances = self.distances[axes]
        if among is not None:
            labels, distances = labels[among], distances[np.ix_(among, among)]
        if not 1 < len(np.unique(labels)) < len(labels):
            return 0.0
        return float(silhouette_score(distances, labels, metric="precomputed"))


def _space(plain: Floats) -> Floats:
    logs = log_axes(plain)
    center, scale = standards(logs)
    return (logs - center) * scale * np.array(WEIGHTS)


def _suits(plan: Plan, grouping: Grouping, plain: Floats) -> bool:
    labels = grouping.assign(plain)
    if not _are_sound(_shares(labels, grouping.count)):
        return False
    looked_at = _space(plain)[:, [name in plan.axes for name in AXES]]
    return float(silhouette_score(looked_at, labels)) >= LEAST_SILHOUETTE


def _shares(labels: Rows, count: int) -> Floats:
    return np.bincount(labels, minlength=count) / len(labels)


def _are_sound(shares: Floats) -> bool:
    return bool(shares.min() >= SHARE_LIMITS[0] and shares.max() <= SHARE_LIMITS[1])
