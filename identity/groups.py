"""Groups of nodes that grow link by link, and what keeps two of them apart. Pure."""

import math
from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from identity.arrays import Ints
from identity.hotels import ANY_HOTEL, HotelHabits, Visits
from identity.lives import NO_STAYS, Lives, Stays

# Slots of identifiers (work statement member_identifier_rows); from the last one on profiles, one slot per property.
EMAIL, PHONE, LOYALTY, DOCUMENT, CITY, STREET, POSTAL_CODE, LIKE_EMAIL, LIKE_PHONE, DOCUMENT_KIND = range(10)
FIRST_PROFILE_SLOT = 10
# What excuses a difference: one postal code makes one town, however it is spelled; one slip makes another e-mail, phone
# or town (linked records that carry such a pair share a value).
EXCUSES = {CITY: POSTAL_CODE, EMAIL: LIKE_EMAIL, PHONE: LIKE_PHONE}
HOW_TO_REACH = frozenset((EMAIL, PHONE))
WHAT_KIN_SHARE = HOW_TO_REACH | {CITY, STREET}
KEPT_TOGETHER = frozenset((EMAIL,))  # people have several of these at one time
# What a second profile of one property says, at the least, against one person of whom nothing but the name is shared:
# desks and channels make one for every eighth visit or more (every fourth of guests whose document was seen).
PROFILE_BITS = 3.0
# What another document says against one person before any is seen; a match model knows how often people renew theirs.
DOCUMENT_BITS = 10.0
# Bits against one person where all that two groups know of a slot differs, and the link is one that parent and child
# of one name share: from fits to clusters with truth of three generators (DECISIONS 50). What the days of the stays say
# comes on top (identity.lives), and what their hotels say (identity.hotels).
AGAINST_RELATIVES = {EMAIL: 3.7, PHONE: 4.2, LOYALTY: 10.0, CITY: 4.3, STREET: 0.5}
PROFILE_BITS_OF_RELATIVES = 0.8
# The same where the name alone links: whoever differs in contact data or number is somebody else until more is known.
AGAINST_NAMESAKES = {EMAIL: 10.0, PHONE: 10.0, LOYALTY: 10.0, CITY: 4.0, STREET: 2.0}
# What a link of relatives says at most: one pair of clusters in 45 that share name and contact data or home is of a
# parent and a child, and one person must be three times likelier. E-mail, phone and street that agree say more each: an
# e-mail or phone of two that showed one on several days says as much once more where neither knows another, and
# nothing where one does, since who borrows a relative's has their own beside it.
RELATIVE_BITS = 3.9
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

    `profile_bits`: what another profile of one property says against one person of whom only the name is shared;
    `document_bits`: what another document says. `stays`: when and where nodes were guests; `hotels`: how guests choose.
    """

    node: Ints
    slot: Ints
    value: Ints
    profile_bits: float = PROFILE_BITS
    document_bits: float = DOCUMENT_BITS
    stays: Stays = NO_STAYS
    hotels: HotelHabits = ANY_HOTEL


@dataclass(frozen=True)
class Link:
    """What ties two groups: `weight` in bits.

    `is_of_family`: parent and child of one name may share all that it rests on. `are_bare`: its two records say nothing
    but a name; another profile of the property says nothing then, since a guest whom the desk can't look up gets a new
    one. `weighed`: slots that both records carry, so that the weight has them in already.
    """

    weight: float
    is_of_family: bool = False
    are_bare: bool = False
    weighed: Set[int] = frozenset()


SURE = Link(math.inf)


class Groups:
    """Union-find; groups know their facets that contradict some other, those others, identifiers and neighbours."""

    def __init__(self, contradictions: Contradictions) -> None:
        self._contradicted = contradictions.by_facet
        self._profile_bits, self._document_bits = PROFILE_BITS, DOCUMENT_BITS
        self._parent: dict[int, int] = {}
        self._held: dict[int, set[int]] = {}
        self._forbidden: dict[int, set[int]] = {}
        self._carried: dict[int, dict[int, set[int]]] = {}
        self._near: dict[int, dict[int, float]] = {}
        self._lives = Lives()
        self._visits = Visits()
        self._plural: set[int] = set()
        self._certain: dict[int, list[dict[int, int]]] = {}

    def fill(self, group_of: Ints, facets: Ints, nodes: Ints, identifiers: Identifiers | None = None) -> None:
        """Start with each node in its group."""
        judged = nodes[np.isin(facets[nodes], list(self._contradicted))]
        for group, facet in zip(group_of[judged].tolist(), facets[judged].tolist(), strict=True):
            self._held.setdefault(group, set()).add(facet)
            self._forbidden.setdefault(group, set()).update(self._contradicted[facet])
        if identifiers is None:
            return
        self._profile_bits, self._document_bits = identifiers.profile_bits, identifiers.document_bits
        groups, sizes = np.unique(group_of[nodes], return_counts=True)
        self._plural.update(groups[sizes > 1].tolist())
        wanted = np.isin(identifiers.node, nodes)
        node, slot, value = (
            column[wanted].tolist() for column in (identifiers.node, identifiers.slot, identifiers.value)
        )
        of_node = dict(zip(nodes.tolist(), group_of[nodes].tolist(), strict=True))
        certain: dict[int, dict[int, int]] = {at: {} for at in judged.tolist()}
        for carrier, kind, number in zip(node, slot, value, strict=True):
            if kind in HOW_TO_REACH and carrier in certain:
                certain[carrier][kind] = number
            self._carried.setdefault(of_node[carrier], {}).setdefault(kind, set()).add(number)
        for at, reached in certain.items():
            self._certain.setdefault(of_node[at], []).append(reached)
        self._lives.fill(identifiers.stays, of_node, zip(node, slot, strict=True))
        self._visits.fill(identifiers.stays, of_node, identifiers.hotels)

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

    def join(self, one: int, other: int, link: Link = SURE) -> None:
        """Unite two groups unless they contradict each other, differ in more than the link says or a rival is near."""
        low, high = sorted((self.root(one), self.root(other)))
        if low == high or self._contradict(low, high) or self.differ_in_more(low, high, link):
            return
        if self._has_rival(low, high, link) or self._has_rival(high, low, link):
            return
        self._parent[high] = low
        if high in self._held:
            self._held.setdefault(low, set()).update(self._held[high])
            self._forbidden.setdefault(low, set()).update(self._forbidden[high])
        for slot, held in self._carried.get(high, {}).items():
            self._carried.setdefault(low, {}).setdefault(slot, set()).update(held)
        self._plural.add(low)
        if high in self._certain:
            self._certain.setdefault(low, []).extend(self._certain[high])
        self._lives.unite(low, high)
        self._visits.unite(low, high)
        self._inherit_neighbours(low, high)

    def _inherit_neighbours(self, low: int, high: int) -> None:
        for far, weight in self._near.pop(high, {}).items():
            del self._near[far][high]
            if far != low:
                self.meet(low, far, weight)

    def _has_rival(self, group: int, wanted: int, link: Link) -> bool:
        """Whether a neighbour of `group` that contradicts `wanted` is not much less likely."""
        return any(
            self._lead(group, wanted, far, link, far_weight) < RIVAL_BITS
            for far, far_weight in self._near.get(group, {}).items()
            if far != wanted and self._contradict(far, wanted)
        )

    def _lead(self, group: int, wanted: int, far: int, link: Link, far_weight: float) -> float:
        """By how many bits `group` is likelier to be `wanted` than `far`.

        What a rule says compares one person with strangers. Relatives of one name may show each other's contact data
        and home, whichever rule sees it, so that between two of them only what is left of their links counts.
        """
        if self._share_with_kin(group, wanted) and self._share_with_kin(group, far):
            ahead = self.bits_left(group, wanted, Link(link.weight, is_of_family=True))
            ahead -= self.bits_left(group, far, Link(far_weight, is_of_family=True))
        else:
            ahead = link.weight - far_weight
        return ahead + max(0.0, self._bits_of_habit(group, wanted, far))

    def _share_with_kin(self, one: int, other: int) -> bool:
        return not self._compared(one, other)[0].isdisjoint(WHAT_KIN_SHARE)

    def _bits_of_habit(self, group: int, wanted: int, far: int) -> float:
        """By what `wanted` is likelier than `far` to be reached as `group` is: by all its e-mails and phones together.

        From the records of either that say who it is, as if each had shown one more.
        """
        carried = self._carried.get(group, {})
        asked = {slot: carried[slot] for slot in HOW_TO_REACH if slot in carried}
        if not asked:
            return 0.0
        ours, theirs = (
            sum(
                all(reached.get(slot) in values for slot, values in asked.items())
                for reached in self._certain.get(one, ())
            )
            for one in (wanted, far)
        )
        return math.log2((ours + 1) / (theirs + 1))

    def differ_in_more(self, one: int, other: int, link: Link) -> bool:
        """Whether what speaks against one person says more than the link."""
        says, against = self._weighed(one, other, link)
        return against > 0 and against >= says

    def bits_left(self, one: int, other: int, link: Link) -> float:
        """What the link says more than what speaks against one person."""
        says, against = self._weighed(one, other, link)
        return says - against

    def _weighed(self, one: int, other: int, link: Link) -> tuple[float, float]:
        """What a link says, and what speaks against one person.

        Who shares an e-mail or phone is a relative at the least. What a link of the name alone has weighed doesn't
        count again in two groups of one record each. Between relatives the hotels of their stays count, too.
        """
        agrees, differs = self._compared(one, other)
        has_other_profile = not link.are_bare and any(slot >= FIRST_PROFILE_SLOT for slot in differs)
        kinds = {slot for slot in differs if slot < FIRST_PROFILE_SLOT and slot != DOCUMENT}
        of_document = self._document_bits * (DOCUMENT in differs)
        if not link.is_of_family and agrees.isdisjoint(HOW_TO_REACH):
            if one not in self._plural and other not in self._plural:
                kinds -= link.weighed
                of_document *= DOCUMENT not in link.weighed
            against = sum(AGAINST_NAMESAKES[slot] for slot in kinds) + of_document
            return link.weight, against + self._profile_bits * has_other_profile
        lives = self._lives
        against = sum(AGAINST_RELATIVES[slot] for slot in kinds) + of_document
        against += PROFILE_BITS_OF_RELATIVES * has_other_profile
        against += lives.bits_of_days(one, other, kinds, kinds & KEPT_TOGETHER)
        against += lives.bits_of_membership(one, other) + lives.bits_of_membership(other, one)
        against -= self._visits.bits(one, other)
        shared = agrees & {EMAIL, PHONE, STREET}
        most = RELATIVE_BITS + sum(self._bits_of_agreement(one, other, slot) for slot in shared)
        return min(link.weight, most), against

    def _bits_of_agreement(self, one: int, other: int, slot: int) -> float:
        """What it says for one person of relatives that a value agrees."""
        if slot not in HOW_TO_REACH or not (self._lives.came_again(one, slot) and self._lives.came_again(other, slot)):
            return AGREEING_BITS
        ours, theirs = self._carried[one][slot], self._carried[other][slot]
        return 2 * AGREEING_BITS if len(ours | theirs) == 1 else 0.0

    def _compared(self, one: int, other: int) -> tuple[set[int], set[int]]:
        """Slots of which both know something: those where some value agrees, and those where none does.

        What is excused does neither, nor a document beside one of another kind. Another street of another town is not
        counted again.
        """
        carried, others = self._carried.get(one, {}), self._carried.get(other, {})
        known = carried.keys() & others.keys()
        differs = {slot for slot in known if carried[slot].isdisjoint(others[slot])}
        agrees = known - differs
        if CITY in differs and POSTAL_CODE not in agrees:
            differs.discard(STREET)
        if DOCUMENT_KIND in differs:
            differs -= {DOCUMENT, DOCUMENT_KIND}
        differs -= {slot for slot, excuse in EXCUSES.items() if excuse in agrees} | set(EXCUSES.values())
        return agrees, differs

    def _contradict(self, one: int, other: int) -> bool:
        return self._forbids(one, other) or self._forbids(other, one)

    def _forbids(self, one: int, other: int) -> bool:
        return one in self._forbidden and other in self._held and not self._forbidden[one].isdisjoint(self._held[other])
