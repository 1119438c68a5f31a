"""What the hotels two groups of records stayed at say about them: one person's habit, or relatives' choices. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from identity.lives import Stays

# Bits at the most, either way: who changes jobs changes hotels, and no habit is known better than this.
MOST_BITS = 2.0
# People keep to some hotels if two of their stays share one this much oftener than strangers' do.
LEAST_HABIT = 0.01
# Nobody's habit is certain, however many stays of a register say so.
LEAST_CHANGE = 0.0001


@dataclass(frozen=True)
class HotelHabits:
    """How guests choose hotels, as the match model learned it.

    `shares`: by number of the hotel (1 for the first), its share of all stays; `same_person`, `same_family`: how often
    two stays of one person, and of two relatives, are at one hotel. Without shares nothing is known, and no hotel says
    anything.
    """

    shares: Mapping[int, float] = field(default_factory=dict)
    same_person: float = 0.0
    same_family: float = 0.0

    def bits(self, ours: Mapping[int, int], theirs: Mapping[int, int]) -> float:
        """What the hotels of two groups (stays by hotel) say for one person rather than two relatives.

        A person draws each stay from an urn of the hotels they were at before and the shares of all guests; part of a
        relative's urn is the other's. Positive for one person; 0 where relatives share hotels as often.
        """
        if self._habit < LEAST_HABIT or self._kinship >= 1 or not ours or not theirs:
            return 0.0
        found = (self._bits_after(ours, theirs) + self._bits_after(theirs, ours)) / 2
        return max(-MOST_BITS, min(MOST_BITS, found))

    @cached_property
    def _strangers(self) -> float:
        """How often stays of two strangers are at one hotel."""
        return sum(share * share for share in self.shares.values())

    @property
    def _habit(self) -> float:
        return self.same_person - self._strangers

    @cached_property
    def _novelty(self) -> float:
        """What the shares of all guests weigh in a person's urn, in stays."""
        return max(1 - self.same_person, LEAST_CHANGE) / self._habit

    @cached_property
    def _kinship(self) -> float:
        """Which part of a relative's urn is the other's."""
        return max(0.0, (self.same_family - self._strangers) / self._habit)

    def _bits_after(self, before: Mapping[int, int], after: Mapping[int, int]) -> float:
        """The same where the stays of one group are known and those of the other are seen one by one."""
        known, seen, novelty = sum(before.values()), sum(after.values()), self._novelty
        bits = _rising_bits(novelty, seen) - _rising_bits(known + novelty, seen)
        for hotel in sorted(after):
            of_all = novelty * self.shares[hotel]
            own = before.get(hotel, 0) + of_all
            of_family = (1 - self._kinship) * of_all + self._kinship * novelty * own / (known + novelty)
            bits += _rising_bits(own, after[hotel]) - _rising_bits(of_family, after[hotel])
        return bits


def _rising_bits(start: float, steps: int) -> float:
    """A product of so many factors, start * (start + 1) * ..., as its logarithm to base 2."""
    return (math.lgamma(start + steps) - math.lgamma(start)) / math.log(2)


ANY_HOTEL = HotelHabits()


class Visits:
    """Of each group the days on which it came to each hotel."""

    def __init__(self) -> None:
        self._days: dict[int, dict[int, set[int]]] = {}
        self._habits = ANY_HOTEL

    def fill(self, stays: Stays, group_of: dict[int, int], habits: HotelHabits) -> None:
        """Start with the stays of the nodes of `group_of` at hotels that `habits` knows."""
        self._habits = habits
        wanted = np.isin(stays.node, list(group_of)) & np.isin(stays.hotel, list(habits.shares))
        rows = (stays.node[wanted], stays.hotel[wanted], stays.day[wanted])
        for node, hotel, day in zip(*(column.tolist() for column in rows), strict=True):
            self._days.setdefault(group_of[node], {}).setdefault(hotel, set()).add(day)

    def unite(self, low: int, high: int) -> None:
        """Give what `high` knows to `low`."""
        for hotel, days in self._days.pop(high, {}).items():
            self._days.setdefault(low, {}).setdefault(hotel, set()).update(days)

    def bits(self, one: int, other: int) -> float:
        """What the hotels say for one person; days on which both came to one hotel say nothing: relatives travel."""
        ours, theirs = self._days.get(one), self._days.get(other)
        if not ours or not theirs:
            return 0.0
        return self._habits.bits(_apart(ours, theirs), _apart(theirs, ours))


def _apart(ours: dict[int, set[int]], theirs: dict[int, set[int]]) -> dict[int, int]:
    """By hotel, the days that the other side was not there."""
    counted = {hotel: len(days - theirs.get(hotel, set())) for hotel, days in ours.items()}
    return {hotel: count for hotel, count in counted.items() if count}
