"""Measures plans on one set of customers: how big, how clear and how stable the segments are.

Stability is measured as follows. Draw as many customers as there are, with replacement; standardise and fit the same
plan on them from nothing; assign all customers by it; compare with the segments in question by the adjusted Rand index.
For segments in use a draw is treated as a retraining treats its customers: they stay as they are where they are big
enough and clear on the draw, else the plan is fitted again from where they are.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.metrics import adjusted_rand_score

from ml.segment_axes import even_rows
from ml.segment_choice import KEEP_ARI, KEEP_SHARES, KEEP_SILHOUETTE, Choice
from ml.segment_plans import Grouping, Plan
from ml.segment_population import Population, Rows
from ml.visit_rhythm import Floats

Again = Callable[[Rows], Grouping | None]
FIT_ROWS, STABILITY_ROWS, SILHOUETTE_ROWS = 20_000, 3_000, 1_500
SEASON_ROWS, SEASON_SILHOUETTE_ROWS = 3_000, 500  # of each other date
CONFIRMING_RESAMPLES = 20
FOUND_AGAIN_RESAMPLES = 5


@dataclass(frozen=True)
class Tried:
    """A plan, its segments, how they come about on other customers (rows drawn), and its figures."""

    plan: Plan
    grouping: Grouping
    again: Again
    choice: Choice


class Yardstick:
    """Fits plans to one set of customers and measures what comes of it."""

    def __init__(self, plain: Floats, random_state: int, seasons: Sequence[Floats] = ()) -> None:
        rng = np.random.default_rng(random_state)
        self.random_state = random_state
        self.everybody = plain
        self.sample = plain[even_rows(len(plain), FIT_ROWS)]
        self.small = self.sample[even_rows(len(self.sample), STABILITY_ROWS)]
        count = len(self.small)
        self.screening = [rng.integers(0, count, count) for _ in range(20)]
        self.confirming = [rng.integers(0, count, count) for _ in range(CONFIRMING_RESAMPLES)]
        self.tonight = Population(self.small, SILHOUETTE_ROWS)
        self.seasons = [Population(p[even_rows(len(p), SEASON_ROWS)], SEASON_SILHOUETTE_ROWS) for p in seasons]

    def measure(
        self, plan: Plan, start: Grouping | None = None, is_worth: Callable[[Tried], bool] | None = None
    ) -> Tried | None:
        """The plan fitted (from `start`, where given) and judged; None where it can't be fitted.

        Its stability and seasons stay 0 where it is not big or clear enough anyway, or not `is_worth` it.
        """
        grouping = plan.fit(self.sample, self.random_state, start)
        if grouping is None:
            return None
        tried = self._shaped(plan, grouping, lambda rows: plan.fit(self.small[rows], self.random_state, start))
        choice = tried.choice
        if not (choice.is_sound and choice.silhouette >= KEEP_SILHOUETTE) or (is_worth and not is_worth(tried)):
            return tried
        return self._resampled(self._seasoned(tried), self.screening[: plan.resamples])

    def hold(self, plan: Plan, grouping: Grouping) -> Tried:
        """Segments in use as they are, judged on these customers."""
        shaped = self._seasoned(self._shaped(plan, grouping, lambda _: grouping, is_held=True))

        def again(rows: Rows) -> Grouping | None:
            is_kept = shaped.choice.is_passing_lull or self._stays(plan, grouping, rows)
            return grouping if is_kept else plan.fit(self.small[rows], self.random_state, grouping)

        held = self.confirm(replace(shaped, again=again))
        return replace(held, choice=replace(held.choice, found_again=self._found_again(plan, grouping)))

    def confirm(self, tried: Tried) -> Tried:
        """The same segments judged on draws that had no say in choosing them."""
        return self._resampled(tried, self.confirming)

    def _shaped(self, plan: Plan, grouping: Grouping, again: Again, is_held: bool = False) -> Tried:
        """Shares and silhouettes tonight; silhouettes are 0 where the shares are unfit, unless segments are in use."""
        shares = np.bincount(grouping.assign(self.everybody), minlength=grouping.count) / len(self.everybody)
        sizes = (round(float(shares.min()), 4), round(float(shares.max()), 4))
        choice = Choice(plan.algorithm, plan.axes, grouping.count, 0.0, 0.0, 0.0, 0.0, *sizes, held_share=0.0)
        if choice.is_sound or is_held:
            shape = self.tonight.shape(plan.axes, grouping)
            own, overall = round(shape.silhouette, 4), round(shape.silhouette_all_axes, 4)
            choice = replace(choice, silhouette=own, silhouette_all_axes=overall, room=shape.room)
        return Tried(plan, grouping, again, choice)

    def _seasoned(self, tried: Tried) -> Tried:
        """With the share of other dates on which the segments would have met the bars of size and silhouette.

        1 without any such date.
        """
        rooms = [season.shape(tried.plan.axes, tried.grouping).room for season in self.seasons]
        held_share = round(float(np.mean([room >= 0.0 for room in rooms])), 4) if rooms else 1.0
        room = min([tried.choice.room, *rooms])
        return replace(tried, choice=replace(tried.choice, held_share=held_share, room=room, season_count=len(rooms)))

    def _resampled(self, tried: Tried, draws: Iterable[Rows]) -> Tried:
        """With the stability over the draws."""
        ari = self._agreements(tried.grouping.assign(self.small), tried.again, draws)
        mean, lowest = round(float(np.mean(ari)), 4), round(float(np.min(ari)), 4)
        return replace(tried, choice=replace(tried.choice, ari_mean=mean, ari_lowest=lowest))

    def _found_again(self, plan: Plan, grouping: Grouping) -> float | None:
        """Mean index of the plan fitted to draws from nothing; None where it learns nothing."""
        if plan.resamples < 2:
            return None
        labels = grouping.assign(self.small)
        fits = (plan.fit(self.small[rows], self.random_state, None) for rows in self.screening[:FOUND_AGAIN_RESAMPLES])
        found = [0.0 if f is None else float(adjusted_rand_score(labels, f.assign(self.small))) for f in fits]
        return round(float(np.mean(found)), 4)

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
        shares = np.bincount(labels[rows], minlength=grouping.count) / len(rows)
        if shares.min() < KEEP_SHARES[0] or shares.max() > KEEP_SHARES[1]:
            return False
        few = self.tonight.rows
        return float(self.tonight.silhouettes(plan.axes, labels[few], np.isin(few, rows)).mean()) >= KEEP_SILHOUETTE
