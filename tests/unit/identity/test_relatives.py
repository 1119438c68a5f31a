"""What tells two people of one name who share contact data from one: days, hotels, phones, documents, numbers."""

import pytest

from identity.groups import DOCUMENT_BITS
from tests.unit.identity.cluster_world import (
    DOCUMENT,
    EMAIL_AND_NAME,
    LIKELY,
    OTHER_CITY,
    OTHER_EMAIL,
    PHONE_AND_NAME,
    SAME_EMAIL,
    SAME_PHONE,
    clusters,
)


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
