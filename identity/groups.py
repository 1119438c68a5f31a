"""Groups of nodes that grow link by link, and what keeps two of them apart. Pure."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from identity.arrays import Ints
from identity.lives import NO_STAYS, Lives, Stays

# Slots of identifiers (work statement member_identifier_rows); from the last one on profiles, one slot per property.
EMAIL, PHONE, LOYALTY, DOCUMENT, CITY, STREET, FIRST_PROFILE_SLOT = range(7)
# What a second profile of one property says, at the least, against one person of whom nothing but the name is shared:
# desks and channels make one for every thirtieth visit or more. A weaker sign of two people than another e-mail.
PROFILE_BITS = 5.0
# Bits against one person where all that two groups know of a slot differs, and the link is one that parent and child
# of one name share: from fits to clusters with truth of three generators (DECISIONS 50). What the days of the stays say
# comes on top (identity.lives). Documents of one kind that differ are a contradiction of facets; a passport beside an
# identity card is nothing.
AGAINST_RELATIVES = {EMAIL: 3.7, PHONE: 4.2, LOYALTY: 10.0, DOCUMENT: 0.0, CITY: 4.3, STREET: 0.5}
PROFILE_BITS_OF_RELATIVES = 0.8
# The same where the name alone links: whoever differs in contact data or number is somebody else until more is known.
AGAINST_NAMESAKES = {EMAIL: 10.0, PHONE: 10.0, LOYALTY: 10.0, DOCUMENT: 10.0, CITY: 3.0, STREET: 2.0}
# What a link of relatives says at most: one pair of clusters in 45 that share name and contact data or home is of a
# parent and a child, and one person must be four times likelier. E-mail, phone and street that agree say more each.
RELATIVE_BITS = 3.5
AGREEING_BITS = 1.0
# A link says nothing while a rival, who can't be the same person, is not at least three times less likely.
RIVAL_BITS = 1.5


@dataclass(frozen=True)
class Contradictions:
    """Pairs of facets that can't be one person; a facet is all that contradictions are judged by."""

    first: Ints
    second: Ints

    @cached_property
    def by_facet(self) -> dict[int, set[int]]:
        """Facets that a facet contradicts."""
        found: dict[int, set[int]] = {}
        for one, other in zip(self.first.tolist(), self.second.tolist(), strict=True):
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
        return found


@dataclass(frozen=True)
class Identifiers:
    """What nodes carry: one row per node and slot (kind of identifier) with its value's number.

    `profile_bits`: what another profile of one property says against one person of whom only the name is shared.
    `stays`: when nodes were guests.
    """

    node: Ints
    slot: Ints
    value: Ints
    profile_bits: float = PROFILE_BITS
    stays: Stays = NO_STAYS


class Groups:
    """Union-find; groups know their facets that contradict some other, those others, identifiers and neighbours."""

    def __init__(self, contradictions: Contradictions) -> None:
        self._contradicted = contradictions.by_facet
        self._profile_bits = PROFILE_BITS
        self._parent: dict[int, int] = {}
        self._held: dict[int, set[int]] = {}
        self._forbidden: dict[int, set[int]] = {}
        self._carried: dict[int, dict[int, set[int]]] = {}
        self._near: dict[int, dict[int, float]] = {}
        self._lives = Lives()

    def fill(self, group_of: Ints, facets: Ints, nodes: Ints, identifiers: Identifiers | None = None) -> None:
        """Start with each node in its group."""
        judged = nodes[np.isin(facets[nodes], list(self._contradicted))]
        for group, facet in zip(group_of[judged].tolist(), facets[judged].tolist(), strict=True):
            self._held.setdefault(group, set()).add(facet)
            self._forbidden.setdefault(group, set()).update(self._contradicted[facet])
        if identifiers is None:
            return
        self._profile_bits = identifiers.profile_bits
        wanted = np.isin(identifiers.node, nodes)
        node, slot, value = (
            column[wanted].tolist() for column in (identifiers.node, identifiers.slot, identifiers.value)
        )
        of_node = dict(zip(nodes.tolist(), group_of[nodes].tolist(), strict=True))
        for carrier, kind, number in zip(node, slot, value, strict=True):
            self._carried.setdefault(of_node[carrier], {}).setdefault(kind, set()).add(number)
        self._lives.fill(identifiers.stays, of_node, zip(node, slot, strict=True))

    def meet(self, one: int, other: int, weight: float) -> None:
        """Say that two groups may be one person: they are rivals of whoever else wants either of them."""
        for near, far in ((one, other), (other, one)):
            known = self._near.setdefault(near, {})
            known[far] = max(weight, known.get(far, -math.inf))

    def root(self, group: int) -> int:
        """The smallest group that a group was united with."""
        at = group
        while (above := self._parent.get(at, at)) != at:
            at = above
        while group != at:
            self._parent[group], group = at, self._parent.get(group, group)
        return at

    def join(
        self, one: int, other: int, weight: float = math.inf, *, are_bare: bool = False, is_of_family: bool = False
    ) -> None:
        """Unite two groups unless they contradict each other, differ in more than the link says or a rival is likely.

        `is_of_family`: the link is of a kind that parent and child of one name share. `are_bare`: two records that say
        nothing but a name; another profile of the property says nothing then, since a guest whom the desk can't look up
        gets a new one.
        """
        low, high = sorted((self.root(one), self.root(other)))
        if low == high or self._contradict(low, high):
            return
        if self._differ_in_more(low, high, weight, are_bare=are_bare, is_of_family=is_of_family):
            return
        if self._has_rival(low, high, weight) or self._has_rival(high, low, weight):
            return
        self._parent[high] = low
        if high in self._held:
            self._held.setdefault(low, set()).update(self._held[high])
            self._forbidden.setdefault(low, set()).update(self._forbidden[high])
        for slot, held in self._carried.get(high, {}).items():
            self._carried.setdefault(low, {}).setdefault(slot, set()).update(held)
        self._lives.unite(low, high)
        self._inherit_neighbours(low, high)

    def _inherit_neighbours(self, low: int, high: int) -> None:
        for far, weight in self._near.pop(high, {}).items():
            del self._near[far][high]
            if far != low:
                self.meet(low, far, weight)

    def _has_rival(self, group: int, wanted: int, weight: float) -> bool:
        """Whether a neighbour of `group` that contradicts `wanted` is not much less likely."""
        return any(
            far_weight > weight - RIVAL_BITS and far != wanted and self._contradict(far, wanted)
            for far, far_weight in self._near.get(group, {}).items()
        )

    def _differ_in_more(self, one: int, other: int, weight: float, *, are_bare: bool, is_of_family: bool) -> bool:
        """Whether what speaks against one person says more than the link."""
        agrees, differs = self._compared(one, other)
        has_other_profile = not are_bare and any(slot >= FIRST_PROFILE_SLOT for slot in differs)
        kinds = [slot for slot in differs if slot < FIRST_PROFILE_SLOT]
        if not is_of_family:
            against = sum(AGAINST_NAMESAKES[slot] for slot in kinds) + self._profile_bits * has_other_profile
            return against > 0 and against >= weight
        lives = self._lives
        against = sum(AGAINST_RELATIVES[slot] for slot in kinds) + PROFILE_BITS_OF_RELATIVES * has_other_profile
        against += lives.bits_of_days(one, other, kinds)
        against += lives.bits_of_membership(one, other) + lives.bits_of_membership(other, one)
        most = RELATIVE_BITS + AGREEING_BITS * len(agrees & {EMAIL, PHONE, STREET})
        return against > 0 and against >= min(weight, most)

    def _compared(self, one: int, other: int) -> tuple[set[int], set[int]]:
        """Slots of which both know something: those where some value agrees, and those where none does.

        Another street of another city is not counted again.
        """
        carried, others = self._carried.get(one, {}), self._carried.get(other, {})
        known = carried.keys() & others.keys()
        differs = {slot for slot in known if carried[slot].isdisjoint(others[slot])}
        return known - differs, differs - {STREET} if CITY in differs else differs

    def _contradict(self, one: int, other: int) -> bool:
        return self._forbids(one, other) or self._forbids(other, one)

    def _forbids(self, one: int, other: int) -> bool:
        return one in self._forbidden and other in self._held and not self._forbidden[one].isdisjoint(self._held[other])
