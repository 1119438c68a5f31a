"""The bars of segments, and how one way to segment did against them."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ml.segment_plans import K_CHOICES
from ml.visit_rhythm import Floats

SHARE_LIMITS = (0.02, 0.60)
LEAST_SILHOUETTE = 0.30
ARI_LIMITS = {"mean": 0.90, "lowest": 0.80}
# A plan this far from the limits ends the search: it will meet them next month too. One that only just meets them is
# taken where there is no such plan.
STEADY_ARI = {"mean": 0.93, "lowest": 0.85}
# Room to the bars of size and silhouette: so much, and no less than so many standard errors where customers are few.
ROOM_SILHOUETTE, ROOM_SHARES, ROOM_ERRORS = 0.03, (0.01, 0.05), 2.0
# Segments in use that miss a bar stay while they hold these.
KEEP_ARI = {"mean": 0.85, "lowest": 0.70}
KEEP_SILHOUETTE = 0.28
KEEP_SHARES = (0.01, 0.65)
# Segments in use that miss a bar tonight wait if, of so many other dates, so many would meet the bars of size and
# silhouette.
LULL_SEASONS, LULL_HELD_SHARE = 6, 0.75
# How much clearer others must be to take their place, as a share of the way from their silhouette to 1; and where those
# in use meet every bar: seasons come and go, and a code should mean the same in each.
USABLE_MARGIN, PASSING_MARGIN = 0.1, 0.5
LASTING = (1.0, 1.0)  # endurance of segments that would have met the bars with room all year


@dataclass(frozen=True)
class Choice:
    """One plan that was tried, and how it did.

    `silhouette` is taken on the axes that the plan looks at, `silhouette_all_axes` on all three, so that plans compare.
    `held_share` is the share of other dates (other seasons) whose customers the same segments would have suited; `room`
    how far they are from the bars of size and silhouette on the worst date, tonight included: 1 is enough, under 0 is a
    bar missed. `season_count`: how many other dates. `found_again`: of segments in use, the mean index of fits from
    nothing, where the plan learns anything.
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
    held_share: float = 1.0
    room: float = 1.0
    season_count: int = 0
    found_again: float | None = None

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
    def endurance(self) -> tuple[float, float]:
        """How long segments last once in use, more is longer: seasons suited, room in size and silhouette (to 1)."""
        return self.held_share, min(round(self.room, 1), 1.0)

    @property
    def is_steady(self) -> bool:
        """Meets every bar with room to spare, in other seasons too."""
        is_sure = self.ari_mean >= STEADY_ARI["mean"] and self.ari_lowest >= STEADY_ARI["lowest"]
        return self.passes and is_sure and self.endurance == LASTING

    @property
    def is_usable(self) -> bool:
        """Good enough to go on with."""
        is_stable = self.ari_mean >= KEEP_ARI["mean"] and self.ari_lowest >= KEEP_ARI["lowest"]
        return self.is_sound and self.silhouette >= KEEP_SILHOUETTE and is_stable

    @property
    def is_passing_lull(self) -> bool:
        """Whether segments in use that miss a bar tonight can wait: they would meet it in most other months."""
        return self.season_count >= LULL_SEASONS and self.held_share >= LULL_HELD_SHARE

    def missed(self) -> list[str]:
        """The bars not met, in words."""
        bars = (("size", self.is_sound), ("silhouette", self.is_clear), ("stability", self.is_stable))
        return [name for name, is_met in bars if not is_met]

    def figures(self) -> dict[str, Any]:
        """All of it, for the record."""
        return {**asdict(self), "axes": list(self.axes), "is_passing": self.passes}

    def words(self, why: str) -> str:
        """The reason on record."""
        return (
            f"{self.k} segments by {self.algorithm} of {', '.join(self.axes)}: {why} (silhouette"
            f" {self.silhouette:.2f}, mean ARI {self.ari_mean:.2f}, lowest {self.ari_lowest:.2f})"
        )


def room_of(smallest: float, largest: float, count: int, silhouettes: Floats) -> float:
    """Room to the bars of size and silhouette in units of enough room; the scarcest of the three.

    `count` customers, `silhouettes` one per customer looked at; chance moves small populations more.
    """
    scarce = (
        (smallest - SHARE_LIMITS[0], ROOM_SHARES[0], np.sqrt(smallest * (1.0 - smallest) / max(count, 1))),
        (SHARE_LIMITS[1] - largest, ROOM_SHARES[1], np.sqrt(largest * (1.0 - largest) / max(count, 1))),
        (silhouettes.mean() - LEAST_SILHOUETTE, ROOM_SILHOUETTE, silhouettes.std() / np.sqrt(len(silhouettes))),
    )
    return round(float(min(slack / max(least, ROOM_ERRORS * error) for slack, least, error in scarce)), 2)


def is_clearly_better(other: Choice, current: Choice) -> bool:
    """Whether it is worth that customers change segments: clearer by the margin, and so on the axes looked at."""
    margin = PASSING_MARGIN if current.passes else USABLE_MARGIN
    is_clearer = 1.0 - other.silhouette_all_axes <= (1.0 - margin) * (1.0 - current.silhouette_all_axes)
    return is_clearer and other.silhouette >= current.silhouette


def least_bad(choice: Choice) -> tuple[int, float, int]:
    """Sorts sound choices of which none passes: bars met, then how far the others are from being met, then few."""
    short = (
        min(choice.silhouette / LEAST_SILHOUETTE, 1.0)
        + min(choice.ari_mean / ARI_LIMITS["mean"], 1.0)
        + min(choice.ari_lowest / ARI_LIMITS["lowest"], 1.0)
    )
    return int(choice.is_clear) + int(choice.is_stable), short, -choice.k
