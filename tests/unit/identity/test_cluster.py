"""What keeps two groups of records apart, and when a record that fits two people joins neither."""

import numpy as np
import pytest

from tests.unit.identity.cluster_world import (
    DOCUMENT,
    EMAIL_AND_NAME,
    NAME_ALONE,
    NAME_AND_HOME,
    OTHER_CITY,
    OTHER_EMAIL,
    OTHER_PROFILE,
    PHONE_AND_NAME,
    SAME_EMAIL,
    SAME_PHONE,
    clusters,
)


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
