"""What the days of their stays say about two groups of records: one person, or two lives side by side. Pure."""

import math
from collections.abc import Iterable, Set
from dataclasses import dataclass

import numpy as np

from identity.arrays import Bools, Ints

# What two values of one kind say more against one person where each side showed that kind on another day, too: what it
# shows is then a habit and nobody's slip.
AGAIN_BITS = 1.0
# What they say more, once for all kinds, where both were in use at one time: who moves leaves the old home behind.
PARALLEL_BITS = 1.7
MOST_MEMBERSHIP_BITS = 8.0


@dataclass(frozen=True)
class Stays:
    """One row per node, day of arrival as a guest and hotel.

    `is_member`: with a membership number; `hotel`: its number in the match model, 0 for one that it does not know.
    """

    node: Ints
    day: Ints
    is_member: Bools
    hotel: Ints


NOTHING = np.empty(0, dtype=np.int64)
NO_STAYS = Stays(NOTHING, NOTHING, np.empty(0, dtype=bool), NOTHING)


class Lives:
    """Of each group the days of its stays, those with a membership number, and the first and last day of each slot."""

    def __init__(self) -> None:
        self._days: dict[int, set[int]] = {}
        self._member_days: dict[int, set[int]] = {}
        self._period: dict[int, dict[int, tuple[int, int]]] = {}

    def fill(self, stays: Stays, group_of: dict[int, int], carried: Iterable[tuple[int, int]]) -> None:
        """Start with the stays of the nodes of `group_of`; `carried`: nodes with the slots of what they carry."""
        period: dict[int, tuple[int, int]] = {}
        wanted = np.isin(stays.node, list(group_of))
        rows = (stays.node[wanted], stays.day[wanted], stays.is_member[wanted])
        for node, day, is_member in zip(*(column.tolist() for column in rows), strict=True):
            self._days.setdefault(group_of[node], set()).add(day)
            if is_member:
                self._member_days.setdefault(group_of[node], set()).add(day)
            period[node] = _longer(period.get(node), (day, day))
        for node, slot in carried:
            if node in period:
                self._lengthen(group_of[node], slot, period[node])

    def unite(self, low: int, high: int) -> None:
        """Give what `high` knows to `low`."""
        for days in (self._days, self._member_days):
            if high in days:
                days.setdefault(low, set()).update(days.pop(high))
        for slot, period in self._period.pop(high, {}).items():
            self._lengthen(low, slot, period)

    def bits_of_days(self, one: int, other: int, slots: Set[int], kept_together: Set[int]) -> float:
        """What speaks against one person in when two groups showed different values of these slots.

        `kept_together`: slots of which one person has several at one time; one that was seen once says nothing there.
        """
        ours, theirs = self._period.get(one, {}), self._period.get(other, {})
        both = [slot for slot in slots if slot in ours and slot in theirs]
        again = {slot for slot in both if self.came_again(one, slot) and self.came_again(other, slot)}
        is_parallel = any(
            ours[slot][0] <= theirs[slot][1] and theirs[slot][0] <= ours[slot][1]
            for slot in both
            if slot in again or slot not in kept_together
        )
        return AGAIN_BITS * len(again) + PARALLEL_BITS * is_parallel

    def came_again(self, group: int, slot: int) -> bool:
        """Whether a group showed this slot on two days or more, with one value or several: its habit is known."""
        first, last = self._period.get(group, {}).get(slot, (0, 0))
        return first < last

    def bits_of_membership(self, member: int, other: int) -> float:
        """What speaks against one person in stays without a number, since the member showed theirs for the first time.

        By how often the member shows it, as if one stay had shown and one had not before any is seen.
        """
        shown = self._member_days.get(member)
        if not shown or other in self._member_days:
            return 0.0
        since = min(shown)
        without = sum(day >= since for day in self._days.get(other, ()))
        stays = sum(day >= since for day in self._days[member])
        return min(MOST_MEMBERSHIP_BITS, -without * math.log2(1 - (len(shown) + 1) / (stays + 2)))

    def _lengthen(self, group: int, slot: int, period: tuple[int, int]) -> None:
        periods = self._period.setdefault(group, {})
        periods[slot] = _longer(periods.get(slot), period)


def _longer(one: tuple[int, int] | None, other: tuple[int, int]) -> tuple[int, int]:
    return (min(one[0], other[0]), max(one[1], other[1])) if one else other
