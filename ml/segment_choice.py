"""Which segments to use: plans are tried rung by rung, judged against the bars, and the winner is judged once more.

Stability is measured as follows. Draw as many customers as there are, with replacement; standardise and fit the same
plan on them from nothing (segments in use: from where they are, as a retraining does); assign all customers by it;
compare with the segments in question by the adjusted Rand index. A plan that passes is judged once more on other draws,
and those figures are on record.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.metrics import adjusted_rand_score, silhouette_score

from ml.segment_axes import AXES, WEIGHTS, even_rows, log_axes, standards
from ml.segment_plans import BANDS, K_CHOICES, LADDER, Grouping, Plan
from ml.visit_rhythm import Floats

FIT_ROWS, STABILITY_ROWS, SILHOUETTE_ROWS = 20_000, 3_000, 1_500
CONFIRMING_RESAMPLES = 20
SHARE_LIMITS = (0.02, 0.60)
LEAST_SILHOUETTE = 0.30
ARI_LIMITS = {"mean": 0.90, "lowest": 0.80}
# A plan this far from the limits ends the search: it will meet them next month too. One that only just meets them is
# taken where there is no such plan.
STEADY_ARI = {"mean": 0.93, "lowest": 0.85}
STEADY_SILHOUETTE = 0.33
STEADY_SHARES = (0.03, 0.55)
# Segments in use stay while they hold these, unless others are better by the margin of silhouette.
KEEP_ARI = {"mean": 0.85, "lowest": 0.70}
KEEP_SILHOUETTE = 0.28
KEEP_MARGIN = 0.05


@dataclass(frozen=True)
class Choice:
    """One plan that was tried, and how it did.

    `silhouette` is taken on the axes that the plan looks at, `silhouette_all_axes` on all three, so that plans compare.
    """

    algorithm: str
    axes: tuple[str, ...]
    k: int
    silhouette: float
    silhouette_all_axes: float
    ari_mean: float
    ari_lowest: float
    smallest_share: float
    largest_share: float

    @property
    def is_sound(self) -> bool:
        """Segments big enough for a campaign, none swallowing the house."""
        return self.k in K_CHOICES and self.smallest_share >= SHARE_LIMITS[0] and self.largest_share <= SHARE_LIMITS[1]

    @property
    def is_clear(self) -> bool:
        """Customers lie nearer to their own segment than to the next."""
        return self.silhouette >= LEAST_SILHOUETTE

    @property
    def is_stable(self) -> bool:
        """The same customers fall together when the sample changes."""
        return self.ari_mean >= ARI_LIMITS["mean"] and self.ari_lowest >= ARI_LIMITS["lowest"]

    @property
    def passes(self) -> bool:
        """Meets every bar."""
        return self.is_sound and self.is_clear and self.is_stable

    @property
    def is_steady(self) -> bool:
        """Meets every bar with room to spare."""
        return (
            self.passes
            and self.silhouette >= STEADY_SILHOUETTE
            and self.ari_mean >= STEADY_ARI["mean"]
            and self.ari_lowest >= STEADY_ARI["lowest"]
            and self.smallest_share >= STEADY_SHARES[0]
            and self.largest_share <= STEADY_SHARES[1]
        )

    @property
    def is_usable(self) -> bool:
        """Good enough to go on with."""
        is_stable = self.ari_mean >= KEEP_ARI["mean"] and self.ari_lowest >= KEEP_ARI["lowest"]
        return self.is_sound and self.silhouette >= KEEP_SILHOUETTE and is_stable

    def missed(self) -> list[str]:
        """The bars not met, in words."""
        bars = (("size", self.is_sound), ("silhouette", self.is_clear), ("stability", self.is_stable))
        return [name for name, is_met in bars if not is_met]

    def figures(self) -> dict[str, Any]:
        """All of it, for the record."""
        return {**asdict(self), "axes": list(self.axes), "is_passing": self.passes}


@dataclass(frozen=True)
class Tried:
    """A plan, its fit, the segments in use that it goes on from, and its figures."""

    plan: Plan
    grouping: Grouping
    start: Grouping | None
    choice: Choice


class Yardstick:
    """Fits plans to one set of customers and measures what comes of it."""

    def __init__(self, plain: Floats, random_state: int) -> None:
        rng = np.random.default_rng(random_state)
        self.random_state = random_state
        self.everybody = plain
        self.sample = plain[even_rows(len(plain), FIT_ROWS)]
        self.small = self.sample[even_rows(len(self.sample), STABILITY_ROWS)]
        count = len(self.small)
        self.screening = [rng.integers(0, count, count) for _ in range(20)]
        self.confirming = [rng.integers(0, count, count) for _ in range(CONFIRMING_RESAMPLES)]
        logs = log_axes(self.small[even_rows(count, SILHOUETTE_ROWS)])
        center, scale = standards(logs)
        self.space = (logs - center) * scale * np.array(WEIGHTS)
        self.distances: dict[tuple[str, ...], Floats] = {}

    def measure(self, plan: Plan, start: Grouping | None = None) -> Tried | None:
        """The plan fitted and judged; None where it can't be fitted."""
        grouping = plan.fit(self.sample, self.random_state, start)
        if grouping is None:
            return None
        tried = Tried(plan, grouping, start, self._figures(plan, grouping, start, []))
        if not (tried.choice.is_sound and tried.choice.silhouette >= KEEP_SILHOUETTE):
            return tried
        return replace(tried, choice=self._figures(plan, grouping, start, self.screening[: plan.resamples]))

    def confirm(self, tried: Tried) -> Tried:
        """The same fit judged on draws that had no say in choosing it."""
        return replace(tried, choice=self._figures(tried.plan, tried.grouping, tried.start, self.confirming))

    def _figures(
        self, plan: Plan, grouping: Grouping, start: Grouping | None, resamples: Iterable[NDArray[np.int64]]
    ) -> Choice:
        """Silhouettes and shares, and how stable it is over the draws; 0 without any."""
        shares = np.bincount(grouping.assign(self.everybody), minlength=grouping.count) / len(self.everybody)
        labels = grouping.assign(self.small)
        some = labels[even_rows(len(labels), SILHOUETTE_ROWS)]
        ari = self._agreements(plan, start, labels, resamples) or [0.0]
        own, overall = self._silhouette(plan.axes, some), self._silhouette(AXES, some)
        figures = (own, overall, np.mean(ari), np.min(ari), shares.min(), shares.max())
        return Choice(plan.algorithm, plan.axes, grouping.count, *(round(float(value), 4) for value in figures))

    def _agreements(
        self, plan: Plan, start: Grouping | None, labels: NDArray[np.int64], resamples: Iterable[NDArray[np.int64]]
    ) -> list[float]:
        """One figure per draw, up to the first that is too low to be used at all."""
        found: list[float] = []
        for rows in resamples:
            again = plan.fit(self.small[rows], self.random_state, start)
            found.append(0.0 if again is None else float(adjusted_rand_score(labels, again.assign(self.small))))
            if found[-1] < KEEP_ARI["lowest"]:
                break
        return found

    def _silhouette(self, axes: tuple[str, ...], labels: NDArray[np.int64]) -> float:
        if not 1 < len(np.unique(labels)) < len(labels):
            return 0.0
        if axes not in self.distances:
            looked_at = self.space[:, [name in axes for name in AXES]]
            self.distances[axes] = cdist(looked_at, looked_at)
        return float(silhouette_score(self.distances[axes], labels, metric="precomputed"))


def search(yardstick: Yardstick, in_use: tuple[Plan, Grouping] | None = None) -> tuple[Tried | None, str, list[Choice]]:
    """What to use, why, and all that was tried; None where no plan keeps every segment between the limits of size.

    The first rung with a plan that meets every bar with room to spare wins, and there the clearest one; else the first
    plan that only just meets them. Segments in use stay if no other is clearly better.
    """
    tried: list[Tried] = []
    best = None
    for rung in (*LADDER, BANDS):
        if rung is BANDS and best is not None:
            break
        found = list(_measured(yardstick, rung, in_use))
        tried += found
        best = _confirmed(yardstick, found, best)
        if best is not None and best.choice.is_steady:
            break
    kept = _kept(yardstick, tried, in_use)
    record = [t.choice for t in tried]
    if kept is not None and (best is None or not is_clearly_better(best.choice, kept.choice)):
        return kept, _words(kept.choice, "as before; no other is clearly better"), record
    if best is not None:
        return best, _words(best.choice, "meets every bar"), record
    sound = [t for t in tried if t.choice.is_sound]
    if not sound:
        return None, "no sound number of segments", record
    last = yardstick.confirm(max(sound, key=lambda t: least_bad(t.choice)))
    return last, _words(last.choice, f"none meets every bar, this one misses {', '.join(last.choice.missed())}"), record


def is_clearly_better(other: Choice, current: Choice) -> bool:
    """Whether it is worth that customers change segments: clearer by the margin, and so on the axes looked at."""
    is_clearer = other.silhouette_all_axes >= current.silhouette_all_axes + KEEP_MARGIN
    return is_clearer and other.silhouette >= current.silhouette


def least_bad(choice: Choice) -> tuple[int, float, int]:
    """Sorts sound choices of which none passes: bars met, then how far the others are from being met, then few."""
    short = (
        min(choice.silhouette / LEAST_SILHOUETTE, 1.0)
        + min(choice.ari_mean / ARI_LIMITS["mean"], 1.0)
        + min(choice.ari_lowest / ARI_LIMITS["lowest"], 1.0)
    )
    return int(choice.is_clear) + int(choice.is_stable), short, -choice.k


def _measured(yardstick: Yardstick, rung: list[Plan], in_use: tuple[Plan, Grouping] | None) -> Iterator[Tried]:
    for plan in rung:
        start = in_use[1] if in_use is not None and in_use[0] == plan else None
        tried = yardstick.measure(plan, start)
        if tried is not None:
            yield tried


def _confirmed(yardstick: Yardstick, found: list[Tried], narrow: Tried | None) -> Tried | None:
    """The first steady plan of a rung, judged again; else one that only just passes, of an earlier rung or this."""
    for tried in sorted((t for t in found if t.choice.passes), key=_order):
        if narrow is not None and not tried.choice.is_steady:
            break  # nor are those that follow
        again = yardstick.confirm(tried)
        if again.choice.is_steady:
            return again
        narrow = again if narrow is None and again.choice.passes else narrow
    return narrow


def _order(tried: Tried) -> tuple[bool, float, int, float]:
    """Steady ones first, then the clearest; of equals the one with fewer segments, then the more stable one."""
    choice = tried.choice
    return not choice.is_steady, -choice.silhouette_all_axes, choice.k, -choice.ari_mean


def _kept(yardstick: Yardstick, tried: list[Tried], in_use: tuple[Plan, Grouping] | None) -> Tried | None:
    """The plan in use, fitted again, if it is good enough to go on with."""
    if in_use is None:
        return None
    again = next((t for t in tried if t.plan == in_use[0]), None) or yardstick.measure(*in_use)
    again = None if again is None else yardstick.confirm(again)
    return again if again is not None and again.choice.is_usable else None


def _words(choice: Choice, why: str) -> str:
    return (
        f"{choice.k} segments by {choice.algorithm} of {', '.join(choice.axes)}: {why} (silhouette"
        f" {choice.silhouette:.2f}, mean ARI {choice.ari_mean:.2f}, lowest {choice.ari_lowest:.2f})"
    )
