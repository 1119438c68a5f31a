"""Segments of made-up trades against the bars of issue 5: python -m benchmarks.bench_segments [seed] [months] [trade].

Each trade at several sizes: the first training, then monthly ones with the champion of the month before, over a world
in which nothing changes but that the past grows longer. `same` is the share of the first month's customers that keep
their code when the model of a later month looks at their first month's figures again, at its lowest.
The plans were made with seed 701: judge on others.
"""

import sys
import time
from dataclasses import dataclass

import pandas as pd

from benchmarks.segment_worlds import TRADES, features_at, make_visits
from ml.segment_choice import Choice
from ml.segment_model import SegmentModel

JUDGING_SEED = 811
FIRST_DAY, MONTH_DAYS = 1460, 30  # four years of history
SEASONS = (365, 548)  # earlier cut-offs, as training has them for a horizon of a year
SIZES = (120, 300, 1_000)
LARGE, LARGE_SIZE = "chain", 200_000
LEAST_SAME = 0.8


@dataclass(frozen=True)
class Life:
    """One world through its months."""

    choices: list[Choice | None]
    same: float

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
        cpu = time.process_time() - began
        print(f"{name} of {count}: {life.line}; same {life.same:.2f}; CPU {cpu:.0f} s", flush=True)
    first = sum(life.choices[0] is not None and life.choices[0].passes for life in lives)
    trainings = sum(len(life.choices) for life in lives)
    print(f"first training: {first} of {len(lives)} worlds meet every bar")
    print(f"all trainings: {trainings - sum(life.missed for life in lives)} of {trainings} meet every bar")
    print(
        f"codes: {sum(life.same >= LEAST_SAME for life in lives)} of {len(lives)} worlds keep {LEAST_SAME:.0%} of them"
    )


def live(name: str, count: int, seed: int, months: int) -> Life:
    """A world of about so many customers at the first training, trained month after month."""
    days = FIRST_DAY + MONTH_DAYS * months
    visits = make_visits(name, days, count * days // FIRST_DAY, seed + count)
    model, first, choices, same = None, None, [], 1.0
    for month in range(months + 1):
        day = FIRST_DAY + MONTH_DAYS * month - 1
        now = features_at(visits, day)
        model = SegmentModel(1).fit(now, model, _earlier(visits, day, len(now)))
        choices.append(model.choice_)
        if first is None:
            first = (now, model.predict(now)[0])
        same = min(same, float((model.predict(first[0])[0] == first[1]).mean()))
    return Life(choices, same)


def _earlier(visits: pd.DataFrame, day: int, count: int) -> list[pd.DataFrame]:
    seasons = [features_at(visits, day - back) for back in SEASONS]
    return [features for features in seasons if len(features) >= count / 2]


if __name__ == "__main__":
    main()
