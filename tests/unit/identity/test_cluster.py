"""What keeps two groups of records apart, and when a record that fits two people joins neither."""

from collections.abc import Mapping

import numpy as np
import pytest

from identity.cluster import Edges, Nodes, cluster
from identity.groups import (
    CITY,
    DOCUMENT_BITS,
    DOCUMENT_KIND,
    EMAIL,
    FIRST_PROFILE_SLOT,
    LIKE_PHONE,
    LOYALTY,
    PHONE,
    POSTAL_CODE,
    Contradictions,
    Identifiers,
)
from identity.groups import DOCUMENT as DOCUMENT_SLOT
from identity.hotels import HotelHabits
from identity.lives import Stays

EMAIL_AND_NAME, PHONE_AND_NAME, NAME_AND_HOME, NAME_ALONE, DOCUMENT = 17.0, 9.5, 6.0, 2.0, 24.0
LIKELY = 8.0  # what the match model may say of two records
OF_FAMILY = (EMAIL_AND_NAME, PHONE_AND_NAME, NAME_AND_HOME)
NOTHING = np.array([], dtype=np.int64)
LOYAL = HotelHabits({1: 0.5, 2: 0.5}, same_person=0.8, same_family=0.55)
OTHER_EMAIL, OTHER_CITY, OTHER_PROFILE = ({kind: {0: 1, 1: 2}} for kind in ("emails", "cities", "profiles"))
SAME_EMAIL, SAME_PHONE = {"emails": {0: 1, 1: 1}}, {"phones": {0: 1, 1: 1}}


def clusters(
    size: int,
    edges: list[tuple[int, int, float]],
    *,
    apart: tuple[int, int] | None = None,
    profiles: dict[int, int] | None = None,
    emails: dict[int, int] | None = None,
    bare: tuple[int, ...] = (),
    cities: dict[int, int] | None = None,
    phones: dict[int, int] | None = None,
    members: dict[int, int] | None = None,
    postal_codes: dict[int, int] | None = None,
    days: Mapping[int, tuple[int, ...]] | None = None,
    hotels: dict[int, int] | None = None,
    leaves: tuple[int, ...] = (),
    like_phones: dict[int, int] | None = None,
    facets: list[int] | None = None,
    documents: dict[int, int] | None = None,
    kinds: dict[int, int] | None = None,
    document_bits: float = DOCUMENT_BITS,
) -> list[int]:
    """The cluster of each node; every node is its own facet (or `facets`), and the two of `apart` can't be one person.

    `days`: of a node's stays as a guest, at its hotel (`hotels`); `members`: their membership numbers; `leaves`: nodes
    without a given name.
    """
    first, second, weight = (np.array(column) for column in zip(*edges, strict=True))
    kind = Nodes(np.array(facets or range(size)), np.isin(np.arange(size), leaves), np.isin(np.arange(size), bare))
    contradictions = Contradictions(*(np.array([one]) for one in apart)) if apart else Contradictions(NOTHING, NOTHING)
    held = [(node, FIRST_PROFILE_SLOT, value) for node, value in (profiles or {}).items()]
    held += [(node, EMAIL, value) for node, value in (emails or {}).items()]
    held += [(node, CITY, value) for node, value in (cities or {}).items()]
    held += [(node, PHONE, value) for node, value in (phones or {}).items()]
    held += [(node, POSTAL_CODE, value) for node, value in (postal_codes or {}).items()]
    held += [(node, LIKE_PHONE, value) for node, value in (like_phones or {}).items()]
    held += [(node, DOCUMENT_SLOT, value) for node, value in (documents or {}).items()]
    held += [(node, DOCUMENT_KIND, value) for node, value in (kinds or {}).items()]
    held += [(node, LOYALTY, value) for node, value in (members or {}).items()]
    stays = np.array([(node, day) for node, each in (days or {}).items() for day in each], dtype=np.int64).reshape(
        -1, 2
    )
    hotel = np.array([(hotels or {}).get(node, 0) for node in stays[:, 0].tolist()], dtype=np.int64)
    of_guests = Stays(stays[:, 0], stays[:, 1], np.isin(stays[:, 0], list(members or {})), hotel)
    columns = np.array(held, dtype=np.int64).reshape(-1, 3).T
    identifiers = Identifiers(*columns, document_bits=document_bits, stays=of_guests, hotels=LOYAL)
    edges_of = Edges(first, second, weight, np.zeros(len(first), dtype=np.int64), np.isin(weight, OF_FAMILY))
    found = cluster(kind, edges_of, contradictions, identifiers)
    return np.unique(found, return_inverse=True)[1].tolist()


@pytest.mark.parametrize(
    ("case", "edges", "expected"),
    [
        ("fits father and son as well", [(0, 1, PHONE_AND_NAME), (1, 2, PHONE_AND_NAME)], [0, 1, 2]),
        ("a little likelier the father's", [(0, 1, PHONE_AND_NAME), (1, 2, PHONE_AND_NAME - 1)], [0, 1, 2]),
        ("far likelier the father's", [(0, 1, PHONE_AND_NAME), (1, 2, NAME_AND_HOME)], [0, 0, 1]),
        ("the father's document", [(0, 1, DOCUMENT), (1, 2, PHONE_AND_NAME)], [0, 0, 1]),
        ("only the father is known", [(0, 1, PHONE_AND_NAME)], [0, 0, 1]),
    ],
)
def test_a_record_between_two_people_of_one_name_joins_neither_unless_it_says_whose_it_is(
    case: str, edges: list[tuple[int, int, float]], expected: list[int]
) -> None:
    """Nodes 0 and 2 are father and son of one name, with two birth dates; 1 has none."""
    assert clusters(3, edges, apart=(0, 2)) == expected, case


@pytest.mark.parametrize(
    ("case", "fathers", "expected"),
    [("once, like the son", (0,), False), ("five times", (0, 2, 3, 5, 6), True)],
)
def test_whose_number_it_mostly_is_says_whose_record_it_is(case: str, fathers: tuple[int, ...], expected: bool) -> None:
    """Nodes 0, 2, 3, 5 and 6 are the father's by document, 4 is his son of one name; 1 shows a number and the name."""
    edges = [(0, other, DOCUMENT) for other in (2, 3, 5, 6)] + [(0, 1, PHONE_AND_NAME), (1, 4, PHONE_AND_NAME)]
    phones = dict.fromkeys((*fathers, 1, 4), 1)

    found = clusters(7, edges, apart=(0, 4), phones=phones, facets=[0, 1, 0, 0, 4, 0, 0])

    assert (found[1] == found[0], found[1] == found[4]) == (expected, False), case


def test_records_that_fit_two_people_still_find_each_other() -> None:
    edges = [
        (0, 1, PHONE_AND_NAME),
        (0, 2, PHONE_AND_NAME),
        (1, 2, PHONE_AND_NAME),
        (1, 3, PHONE_AND_NAME),
        (2, 3, 9.0),
    ]

    assert clusters(4, edges, apart=(0, 3)) == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("case", "weight", "bare", "expected"),
    [
        ("a phone outweighs a second profile", PHONE_AND_NAME, (), [0, 0]),
        ("and so does a home", NAME_AND_HOME, (), [0, 0]),
        ("a name alone does not", NAME_ALONE, (), [0, 1]),
        ("two guests who leave nothing but a name", NAME_ALONE, (0, 1), [0, 0]),
        ("one of whom left something", NAME_ALONE, (0,), [0, 1]),
    ],
)
def test_a_second_profile_of_one_property_is_a_weak_sign(
    case: str, weight: float, bare: tuple[int, ...], expected: list[int]
) -> None:
    assert clusters(2, [(0, 1, weight)], profiles={0: 1, 1: 2}, bare=bare) == expected, case


@pytest.mark.parametrize(
    ("case", "weight", "differs", "expected"),
    [
        ("a second e-mail does not outweigh a phone", PHONE_AND_NAME, SAME_PHONE | OTHER_EMAIL, [0, 0]),
        ("another e-mail and another town do", PHONE_AND_NAME, SAME_PHONE | OTHER_EMAIL | OTHER_CITY, [0, 1]),
        ("who moves keeps the e-mail", EMAIL_AND_NAME, SAME_EMAIL | OTHER_CITY, [0, 0]),
        (
            "another town and profile outweigh the family's e-mail",
            EMAIL_AND_NAME,
            SAME_EMAIL | OTHER_CITY | OTHER_PROFILE,
            [0, 1],
        ),
        (
            "unless the phone agrees as well",
            EMAIL_AND_NAME,
            SAME_EMAIL | SAME_PHONE | OTHER_CITY | OTHER_PROFILE,
            [0, 0],
        ),
        ("nothing differs", EMAIL_AND_NAME, {"cities": {0: 1}}, [0, 0]),
        ("another phone outweighs a name", NAME_ALONE, {"phones": {0: 1, 1: 2}}, [0, 1]),
        ("one slip from it does not", NAME_ALONE, {"phones": {0: 1, 1: 2}, "like_phones": {0: 1, 1: 1}}, [0, 0]),
        ("a document says more than all of them", DOCUMENT, OTHER_EMAIL | OTHER_CITY | OTHER_PROFILE, [0, 0]),
        ("another e-mail outweighs a name", NAME_ALONE, OTHER_EMAIL, [0, 1]),
        ("two records' towns are in the link of a name already", NAME_ALONE, OTHER_CITY, [0, 0]),
        (
            "but not in a rule's",
            EMAIL_AND_NAME,
            SAME_EMAIL | OTHER_CITY | OTHER_PROFILE | {"postal_codes": {0: 1, 1: 2}},
            [0, 1],
        ),
        (
            "one postal code makes one town",
            EMAIL_AND_NAME,
            SAME_EMAIL | OTHER_CITY | OTHER_PROFILE | {"postal_codes": {0: 1, 1: 1}},
            [0, 0],
        ),
    ],
)
def test_what_differs_between_two_clusters_is_weighed_against_the_link(
    case: str, weight: float, differs: dict[str, dict[int, int]], expected: list[int]
) -> None:
    assert clusters(2, [(0, 1, weight)], **differs) == expected, case  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "differs", "days", "expected"),
    [
        ("a new e-mail after the old one", OTHER_EMAIL, {0: (1, 9), 1: (20,)}, [0, 0]),
        ("another e-mail once in between", OTHER_EMAIL, {0: (1, 30), 1: (20,)}, [0, 0]),
        ("two e-mails in turns", OTHER_EMAIL, {0: (1, 25), 1: (20, 29)}, [0, 1]),
        ("a new town", OTHER_CITY, {0: (1, 9), 1: (20,)}, [0, 0]),
        ("two towns at one time", OTHER_CITY, {0: (1, 30), 1: (20,)}, [0, 1]),
        ("nothing differs at one time", {}, {0: (1, 30), 1: (20,)}, [0, 0]),
        ("a stay of a member without the number", {"members": {0: 1}}, {0: (1, 9), 1: (20,)}, [0, 0]),
        ("many of them", {"members": {0: 1}}, {0: (1, 4, 9), 1: (20, 29, 33)}, [0, 1]),
        ("before the guest was a member", {"members": {0: 1}}, {0: (41, 44, 49), 1: (20, 29, 33)}, [0, 0]),
    ],
)
def test_the_days_of_the_stays_say_whether_two_lives_run_side_by_side(
    case: str, differs: dict[str, dict[int, int]], days: dict[int, tuple[int, ...]], expected: list[int]
) -> None:
    assert clusters(2, [(0, 1, PHONE_AND_NAME)], **SAME_PHONE, **differs, days=days) == expected, case  # type: ignore[arg-type]


def test_days_are_those_of_the_whole_cluster() -> None:
    """Two parts of the father, tied by his document, span the time in which the son lived in another town."""
    days, phones = {0: (1,), 1: (30,), 2: (20,)}, dict.fromkeys(range(3), 1)
    edges = [(0, 1, DOCUMENT), (1, 2, PHONE_AND_NAME)]

    assert clusters(3, edges, cities={0: 1, 1: 1, 2: 2}, phones=phones, days=days) == [0, 0, 1]
    assert clusters(3, edges[1:], cities={0: 1, 1: 1, 2: 2}, phones=phones, days=days) == [0, 1, 1]


@pytest.mark.parametrize(
    ("case", "other_phone", "expected"),
    [("the only one of both", {}, [0, 0, 0]), ("one of them has another, too", {2: 2}, [0, 1, 1])],
)
def test_a_phone_says_more_where_it_is_all_that_either_ever_showed(
    case: str, other_phone: dict[int, int], expected: list[int]
) -> None:
    """Two e-mails, one after the other; each came again with one phone. Node 2 is tied to 1 by document."""
    edges, days = [(0, 1, PHONE_AND_NAME), (1, 2, DOCUMENT)], {0: (1, 9), 1: (20, 29), 2: (35,)}

    assert clusters(3, edges, emails={0: 1, 1: 2}, phones={0: 1, 1: 1} | other_phone, days=days) == expected, case


def test_between_two_relatives_it_does_not_matter_which_rule_sees_what_they_share() -> None:
    """Node 1 shows the e-mail of node 0 and the phone of node 2, two people of one name."""
    edges = [(0, 1, EMAIL_AND_NAME), (1, 2, PHONE_AND_NAME)]

    assert clusters(3, edges, apart=(0, 2), emails={0: 1, 1: 1}, phones={1: 1, 2: 1}) == [0, 1, 2]


@pytest.mark.parametrize(
    ("case", "kinds", "document_bits", "expected"),
    [
        ("nobody renews", {}, DOCUMENT_BITS, [0, 1]),
        ("one in twenty renews", {}, 4.3, [0, 0]),
        ("passport and identity card", {0: 1, 1: 2}, DOCUMENT_BITS, [0, 0]),
        ("two passports", {0: 1, 1: 1}, DOCUMENT_BITS, [0, 1]),
    ],
)
def test_another_document_says_as_much_as_few_people_have_two(
    case: str, kinds: dict[int, int], document_bits: float, expected: list[int]
) -> None:
    """One name, one e-mail, one phone."""
    edges, held = [(0, 1, EMAIL_AND_NAME)], {"documents": {0: 1, 1: 2}, "kinds": kinds} | SAME_EMAIL | SAME_PHONE

    assert clusters(2, edges, document_bits=document_bits, **held) == expected, case


def test_what_each_always_shows_is_known_before_two_lives_are_compared() -> None:
    """Father (0, 1) and son (2, 3) have a phone each and shared an e-mail once; its link is the strongest."""
    edges = [(0, 2, EMAIL_AND_NAME), (0, 1, PHONE_AND_NAME), (2, 3, PHONE_AND_NAME)]
    phones, days = {0: 1, 1: 1, 2: 2, 3: 2}, {0: (1,), 1: (30,), 2: (10,), 3: (40,)}

    assert clusters(4, edges, emails={0: 1, 2: 1}, phones=phones, days=days) == [0, 0, 1, 1]


def test_who_shares_a_phone_is_weighed_like_a_relative_whatever_links() -> None:
    days = {0: (1, 4, 9), 1: (20, 29, 33)}

    assert clusters(2, [(0, 1, LIKELY)], members={0: 1}, days=days) == [0, 0]
    assert clusters(2, [(0, 1, LIKELY)], members={0: 1}, phones={0: 1, 1: 1}, days=days) == [0, 1]


def test_what_a_cluster_knows_from_one_record_speaks_for_all_of_them() -> None:
    """The son's record without a home is the son's by document: the father's e-mail does not pull both over."""
    edges = [(0, 1, EMAIL_AND_NAME), (1, 2, DOCUMENT)]

    assert clusters(3, edges, cities={0: 1, 2: 2}, profiles={0: 1, 2: 2}) == [0, 1, 1]


def test_what_another_record_of_the_cluster_says_of_the_town_is_not_in_the_link_of_a_name() -> None:
    edges = [(0, 1, DOCUMENT), (1, 2, NAME_ALONE)]

    assert clusters(3, edges, cities={0: 1, 2: 2}) == [0, 0, 1]


@pytest.mark.parametrize(
    ("case", "edges", "differs", "expected"),
    [
        ("an initial joins whom it fits", [(0, 1, NAME_ALONE)], {}, [0, 0]),
        ("not with another e-mail", [(0, 1, NAME_ALONE)], OTHER_EMAIL, [0, 1]),
        ("two initials", [(1, 2, NAME_ALONE)], {}, [0, 1, 1]),
        ("two initials with other e-mails", [(1, 2, NAME_ALONE)], {"emails": {1: 1, 2: 2}}, [0, 1, 2]),
        ("a number says more", [(0, 1, DOCUMENT)], OTHER_EMAIL, [0, 0]),
    ],
)
def test_who_has_no_given_name_is_weighed_like_everybody(
    case: str, edges: list[tuple[int, int, float]], differs: dict[str, dict[int, int]], expected: list[int]
) -> None:
    """Nodes 1 and 2 are initials."""
    found = clusters(len(expected), edges, leaves=(1, 2), **differs)  # type: ignore[arg-type]

    assert found == expected, case


def test_weighing_a_few_edges_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    pairs = {(min(pair), max(pair)) for pair in rng.integers(0, 300, (260, 2)).tolist() if pair[0] != pair[1]}
    weight = dict(zip(sorted(pairs), rng.choice([EMAIL_AND_NAME, PHONE_AND_NAME, NAME_ALONE], len(pairs)), strict=True))
    edges = [(first, second, float(weight[first, second])) for first, second in sorted(pairs)]
    known = [{int(node): int(rng.integers(2)) for node in rng.choice(300, 150, replace=False)} for _ in range(3)]
    at_once = clusters(300, edges, emails=known[0], cities=known[1], profiles=known[2])

    monkeypatch.setattr("identity.cluster.PART_SIZE", 7)

    assert clusters(300, edges, emails=known[0], cities=known[1], profiles=known[2]) == at_once
    assert 1 < len(set(at_once)) < 299


@pytest.mark.parametrize(("case", "hotel", "expected"), [("its own", 1, [0, 0]), ("another", 2, [0, 1])])
def test_the_hotel_decides_where_an_own_phone_leaves_it_open_whose_record_it_is(
    case: str, hotel: int, expected: list[int]
) -> None:
    """One e-mail and two phones: a parent's record or the child's own."""
    phones, days = {0: 1, 1: 2}, {0: (0, 50), 1: (90,)}

    found = clusters(
        2, [(0, 1, EMAIL_AND_NAME)], emails={0: 1, 1: 1}, phones=phones, days=days, hotels={0: 1, 1: hotel}
    )

    assert found == expected, case
