"""Segments of made-up trades against the bars of issue 5: python -m benchmarks.bench_segments [seed] [months] [trade].

Each trade at several sizes: the first training, then monthly ones with the champion of the month before, over a world
in which nothing changes but that the past grows longer. Shares of customers, at their lowest over the months:

- kept: what retraining alone does, the model of the month before and the new one on the same figures of that month
- same: the same over all the time, the first model and that of a later month on the figures of the first month
- moved: the raw share of the customers of the month before whose code is the same now; who moved on is in it too

A world keeps its codes where `same` is never below the limit and no month brought another plan (algorithm, number of
segments or axes). The plans were made with seed 701, the keeping of codes with 821; 911 and 937 have judged it: judge
on others.
"""

import sys
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

from benchmarks.segment_worlds import TRADES, features_at, make_visits
from ml.segment_choice import Choice
from ml.segment_model import SegmentModel

JUDGING_SEED = 811
FIRST_DAY, MONTH_DAYS = 1460, 30  # four years of history
START = date(2020, 1, 1)
SEASONS = (365, 548)  # earlier cut-offs, as training has them for a horizon of a year
SIZES = (120, 300, 1_000)
LARGE, LARGE_SIZE = "chain", 200_000
LEAST_SAME = 0.8


@dataclass
class Life:
    """One world through its months; the shares of the module's description, one per retraining."""

    choices: list[Choice | None] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)
    same: list[float] = field(default_factory=list)
    moved: list[float] = field(default_factory=list)

    @property
    def line(self) -> str:
        """Algorithm, number of segments and what was missed, month by month; a dot is as the month before."""
        words = [
            "one" if c is None else f"{c.algorithm}-{c.k}" + "".join(f" misses {m}" for m in c.missed())
            for c in self.choices
        ]
        return " ".join("." if i and word == words[i - 1] else word for i, word in enumerate(words))

    @property
    def missed(self) -> int:
        """Months of which some bar was missed."""
        return sum(c is None or not c.passes for c in self.choices)

    @property
    def changes(self) -> int:
        """Months that brought another plan."""
        plans = [None if c is None else (c.algorithm, c.k, c.axes) for c in self.choices]
        return sum(one != two for one, two in pairwise(plans))

    @property
    def keeps_codes(self) -> bool:
        """Whether the codes kept their meaning."""
        return not self.changes and min(self.same, default=1.0) >= LEAST_SAME


def main() -> None:
    """One line per world; then how many met the bars, in the first training, in each month, and kept their codes."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else JUDGING_SEED
    months = int(sys.argv[2]) if len(sys.argv) > 2 else 12
    names = sys.argv[3].split(",") if len(sys.argv) > 3 else list(TRADES)
    worlds = [(name, count, months) for name in names for count in SIZES]
    worlds += [(LARGE, LARGE_SIZE, 0)] if LARGE in names else []
    lives = []
    for name, count, so_many in worlds:
        began = time.process_time()
        life = live(name, count, seed, so_many)
        lives.append(life)
        shares = ", ".join(f"{what} {min(getattr(life, what), default=1.0):.2f}" for what in ("kept", "same", "moved"))
        cpu = time.process_time() - began
        print(f"{name} of {count}: {life.line}; {shares}, plans changed {life.changes}; CPU {cpu:.0f} s", flush=True)
    first = sum(life.choices[0] is not None and life.choices[0].passes for life in lives)
    trainings = sum(len(life.choices) for life in lives)
    print(f"first training: {first} of {len(lives)} worlds meet every bar")
    print(f"all trainings: {trainings - sum(life.missed for life in lives)} of {trainings} meet every bar")
    long = [life for life in lives if life.same]
    kept = sum(life.keeps_codes for life in long)
    print(f"codes: {kept} of {len(long)} worlds keep their plan and {LEAST_SAME:.0%} of the codes")


def live(name: str, count: int, seed: int, months: int) -> Life:
    """A world of about so many customers at the first training, trained month after month."""
    days = FIRST_DAY + MONTH_DAYS * months
    visits = make_visits(name, days, count * days // FIRST_DAY, seed + count)
    life, first, before = Life(), None, None
    model: SegmentModel | None = None
    for month in range(months + 1):
        day = FIRST_DAY + MONTH_DAYS * month - 1
        now = features_at(visits, day)
        former, model = model, SegmentModel(1).fit(now, model, _earlier(visits, day, len(now)), _date(day))
        codes = pd.Series(model.predict(now)[0], index=now.index)
        life.choices.append(model.choice_)
        if former is not None and first is not None and before is not None:
            life.kept.append(float((former.predict(now)[0] == codes).mean()))
            life.same.append(float((model.predict(first[0])[0] == first[1]).mean()))
            life.moved.append(float((codes.loc[before.index] == before).mean()))
        first = first or (now, codes.to_numpy())
        before = codes
    return life


def _date(day: int) -> date:
    return START + timedelta(days=day)


def _earlier(visits: pd.DataFrame, day: int, count: int) -> list[pd.DataFrame]:
    seasons = [features_at(visits, day - back) for back in SEASONS]
    return [features for features in seasons if len(features) >= count / 2]


if __name__ == "__main__":
    main()
