"""What expectation maximisation finds in pairs that were made to a known recipe, and when guards are waived."""

from dataclasses import replace

import numpy as np
import pytest

from identity.match.expectation import UNKNOWN, Compared, Patterns, learn, total_evidence
from identity.match.guards import GuardCounts, waived_guards
from identity.match.homonyms import homonyms, likeliest

COUNTS = GuardCounts(*[0] * len(GuardCounts._fields))
START = np.array([0.8, 0.2])
PLAIN = np.array([False, False])
COMPARED = [Compared(START, PLAIN, kind, PLAIN) for kind in ("given_name", "own", "family_name", "shared")]


def made(rows: list[tuple[tuple[int, ...], int]], *, is_possible: bool = True) -> Patterns:
    levels, counts = zip(*rows, strict=True)
    level, candidate = np.array(levels), np.full(len(rows), True)
    return Patterns(
        level, np.zeros_like(level), np.array(counts, dtype=float), np.full(len(rows), is_possible), candidate
    )


def rare(patterns: Patterns) -> Patterns:
    """Where the whole name agrees, its given name is one in a million."""
    rarity = np.zeros_like(patterns.level)
    rarity[:, 0] = np.where(patterns.level[:, :2].max(axis=1) == 0, 20, 0)
    return replace(patterns, rarity=rarity)


# 1,000 pairs of one person (one in ten misses something), 2,000 couples, a million strangers.
PATTERNS = made([
    ((0, 0, 0, 0), 800), ((1, 0, 0, 0), 30), ((0, 1, 0, 0), 30), ((0, 0, 1, 0), 60), ((0, 0, 0, 1), 80),
    ((1, 1, 0, 0), 2_000),
    ((0, 1, 1, 1), 10_000), ((1, 0, 1, 1), 100), ((1, 1, 0, 1), 10_000), ((1, 1, 1, 0), 50), ((1, 1, 1, 1), 979_850),
])  # fmt: skip


def test_people_are_told_from_couples() -> None:
    learned = learn(PATTERNS, COMPARED, prior_pairs=10)
    bits = total_evidence(PATTERNS, learned, COMPARED)

    assert learned.prior * PATTERNS.pair_count.sum() == pytest.approx(1_000, rel=0.05)
    assert [float(m[0]) for m in learned.m] == pytest.approx([0.97, 0.97, 0.94, 0.92], abs=0.03)
    # Of one name and home, with two birth dates (2): as likely a mistake as two people.
    assert [at for at, found in enumerate(bits) if found > 0] == [0, 1, 3, 4]


def test_what_is_unknown_says_nothing() -> None:
    learned = learn(PATTERNS, COMPARED, prior_pairs=10)
    unknown = made([((UNKNOWN,) * 4, 1)])

    assert total_evidence(unknown, learned, COMPARED)[0] == pytest.approx(np.log2(learned.prior), abs=0.01)


def test_a_refused_pair_teaches_nothing_about_people() -> None:
    refused = replace(PATTERNS, is_possible=np.arange(len(PATTERNS.pair_count)) != 1)

    assert learn(refused, COMPARED, 10).m[0][0] > learn(PATTERNS, COMPARED, 10).m[0][0]


NAMES = [Compared(START, PLAIN, kind, PLAIN) for kind in ("given_name", "family_name", "own", "background")]
#: Given name, family name, birth date, country. Names are drawn one by one but for `together` strangers of one name.
STRANGERS = [((0, 1, 1, 1), 9_900), ((1, 0, 1, 1), 9_900), ((1, 1, 1, 1), 970_000)]
PEOPLE = [((0, 0, 0, 0), 900), ((0, 0, UNKNOWN, 0), 100)]


def namesakes(together: int) -> Patterns:
    """A guard sees that birth dates of one name differ."""
    found = made([*STRANGERS, *PEOPLE, ((0, 0, 1, 0), together)])
    return replace(found, is_possible=np.arange(len(found.pair_count)) < len(found.pair_count) - 1)


def test_names_that_go_together_make_a_name_alone_worth_less() -> None:
    """By chance 100 pairs of strangers would bear one name; where 1,000 do, their country is no evidence either."""
    alone = made([((0, 0, UNKNOWN, 0), 1)])
    by_chance, by_custom = (learn(namesakes(count), NAMES, prior_pairs=10) for count in (100, 1_000))

    assert by_chance.namesake_factor < 2
    assert by_custom.namesake_factor > 5
    assert total_evidence(alone, by_chance, NAMES)[0] > total_evidence(alone, by_custom, NAMES)[0] + 2


def test_namesakes_at_one_home_are_learned_only_where_something_own_tells_them() -> None:
    names = [Compared(START, PLAIN, kind, PLAIN) for kind in ("given_name", "family_name", "own", "shared")]
    strangers = [((0, 1, UNKNOWN, 1), 9_900), ((1, 0, UNKNOWN, 1), 9_900), ((1, 1, UNKNOWN, 1), 970_000)]
    untold = learn(made([((0, 0, UNKNOWN, 0), 800), ((0, 0, UNKNOWN, 1), 200), *strangers]), names, 10)

    assert untold.n[3] == pytest.approx(untold.u[3], rel=0.2)


def test_namesakes_share_a_home_only_as_kin() -> None:
    """Strangers of one name at one home are kin, whose share is fixed; without that word it is learned from them."""
    told = made([*STRANGERS, *PEOPLE, ((0, 0, 1, 0), 300), ((0, 0, 1, 1), 700)])
    apart = replace(told, is_possible=np.arange(len(told.pair_count)) < len(told.pair_count) - 2)
    of_home = [*NAMES[:3], Compared(START, PLAIN, "shared", PLAIN)]
    of_kin = [*NAMES[:3], Compared(START, PLAIN, "shared", np.array([True, False]))]
    free, bound = learn(apart, of_home, 10), learn(apart, of_kin, 10)

    assert free.n[3][0] == pytest.approx(0.3, abs=0.05)
    assert bound.n[3].tolist() == pytest.approx(bound.u[3].tolist())


def test_compatriots_are_no_household() -> None:
    learned = learn(namesakes(100), NAMES, prior_pairs=10)

    assert learned.h[3].tolist() == learned.m[3].tolist()


@pytest.mark.parametrize(("together", "low", "high"), [(0, 0.0, 0.02), (300, 0.1, 0.5)])
def test_homonyms_are_counted_where_a_birth_date_tells(together: int, low: float, high: float) -> None:
    """Rare names (20 bits): chance makes no two people of one name, and yet `together` pairs are."""
    patterns = rare(namesakes(together))
    by_frequency = [replace(one, by_frequency=np.array([True, False])) if one.is_name else one for one in NAMES]
    learned = learn(patterns, by_frequency, prior_pairs=10)

    assert low <= homonyms(patterns, learned, by_frequency, prior_pairs=10).share <= high


def test_more_people_of_common_names_are_no_homonyms_of_rare_ones() -> None:
    """Chance makes eight times the pairs of a whole name that its parts let expect, in a register of any size."""
    weight = np.array([-4.0, 0.0, 4.0, 8.0])
    against = 8 * np.exp2(-weight) + 0.05
    for size in (1_000, 20_000):
        counted = np.concatenate([size / (1 + against), size * against / (1 + against)])
        sides, is_one = np.tile(weight, 2), np.repeat([True, False], len(weight))
        found = likeliest(sides, np.zeros(8), np.full(8, True), is_one, counted, prior_pairs=10)

        assert found.share == pytest.approx(0.05, rel=0.25)
        assert found.factor == pytest.approx(8, rel=0.25)


def test_a_sampled_pair_that_looks_like_one_name_makes_no_homonyms() -> None:
    """It stands for hundreds of pairs that no block found; the pairs that were found show no two people of one name."""
    sampled = replace(namesakes(300), is_candidate=namesakes(300).level[:, 2] != 1)
    by_frequency = [replace(one, by_frequency=np.array([True, False])) if one.is_name else one for one in NAMES]
    patterns = rare(sampled)

    learned = learn(patterns, by_frequency, prior_pairs=10)

    assert homonyms(patterns, learned, by_frequency, prior_pairs=10).share <= 0.02


def test_a_name_that_one_person_alone_repeats_is_rarer_than_it_is_frequent() -> None:
    """Of 1,000 pairs that agree in names of one in a million all are of one person, of 100,000 in common ones none."""
    patterns = rare(namesakes(0))
    agreeing = np.bincount([3, 20], weights=[100_000, 1_000])
    names = replace(NAMES[0], by_frequency=np.array([True, False]), agreeing_pairs=agreeing)
    learned = learn(patterns, [names, *NAMES[1:]], prior_pairs=10)
    alone = rare(made([((0, 0, UNKNOWN, 0), 1)]))

    assert learned.strangers_share[0][3] == pytest.approx(1.0)
    assert learned.strangers_share[0][20] == pytest.approx(10 / 1_010, abs=0.02)
    counted = replace(learned, strangers_share=[np.ones_like(shares) for shares in learned.strangers_share])
    more = total_evidence(alone, learned, [names, *NAMES[1:]]) - total_evidence(alone, counted, [names, *NAMES[1:]])
    assert 3 < more[0] < 7


@pytest.mark.parametrize(
    ("case", "counts", "waived"),
    [
        ("nothing seen", COUNTS, []),
        ("parents and children: a generation apart", COUNTS._replace(known_birth_count=900, generation_count=40), []),
        (
            "birth dates mistyped: any number of years apart",
            COUNTS._replace(known_birth_count=900, generation_count=40, odd_gap_count=20),
            ["birth_date"],
        ),
        (
            "the odd mistake that every register has",
            COUNTS._replace(known_birth_count=3_900, generation_count=48, odd_gap_count=24),
            [],
        ),
        (
            "dates of one document are as often a generation apart",
            COUNTS._replace(known_birth_count=170, generation_count=4, sure_birth_count=320, sure_generation_count=8),
            ["birth_date"],
        ),
        (
            "parents and children beside documents that keep their date",
            COUNTS._replace(known_birth_count=900, generation_count=40, sure_birth_count=850, sure_generation_count=6),
            [],
        ),
        ("years misread, other digits more", COUNTS._replace(slip_count=70, other_year_count=10), ["birth_year"]),
        ("children born on their parent's day", COUNTS._replace(slip_count=12, other_year_count=15), []),
        ("twins", COUNTS._replace(same_name_count=5_000, other_first_name_count=10), []),
        ("first names mistyped", COUNTS._replace(same_name_count=5_000, other_first_name_count=90), ["twin"]),
        (
            "twins among those who live together",
            COUNTS._replace(same_name_count=800, known_home_count=700, household_count=90, other_first_name_count=12),
            [],
        ),
        (
            "first names misread where hardly anybody lives together",
            COUNTS._replace(same_name_count=800, known_home_count=700, household_count=2, other_first_name_count=4),
            ["twin", "first_name"],
        ),
        (
            "first names misread, and couples",
            COUNTS._replace(same_name_count=800, known_home_count=700, household_count=60, other_first_name_count=40),
            ["twin"],
        ),
        (
            "people who hold two cards",
            COUNTS._replace(known_loyalty_count=500, other_loyalty_count=20),
            ["loyalty_number"],
        ),
        ("a second card in one of a hundred", COUNTS._replace(known_loyalty_count=500, other_loyalty_count=6), []),
        (
            "surnames in any choice",
            COUNTS._replace(known_surname_count=90, other_surname_count=40),
            ["second_surname"],
        ),
    ],
)
def test_a_guard_is_waived_where_errors_explain_better_what_it_sees(
    case: str, counts: GuardCounts, waived: list[str]
) -> None:
    assert waived_guards(counts) == waived, case
