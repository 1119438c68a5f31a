"""What expectation maximisation finds in pairs that were made to a known recipe, and when guards are waived."""

import numpy as np
import pytest

from identity.match.expectation import UNKNOWN, Compared, Patterns, learn, total_evidence
from identity.match.guards import GuardCounts, waived_guards

COUNTS = GuardCounts(*[0] * len(GuardCounts._fields))
START = np.array([0.8, 0.2])
PLAIN = np.array([False, False])
# first name, birth date: a person's own; family name, home: a household's
COMPARED = [Compared(START, PLAIN, is_shared=at > 1) for at in range(4)]


def made(rows: list[tuple[tuple[int, ...], int]], *, is_possible: bool = True) -> Patterns:
    levels, counts = zip(*rows, strict=True)
    nothing = np.zeros(len(rows))
    return Patterns(np.array(levels), nothing, nothing, np.array(counts, dtype=float), np.full(len(rows), is_possible))


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
    refused = Patterns(*(getattr(PATTERNS, name) for name in ("level", "personal_bits", "shared_bits", "pair_count")),
                       is_possible=np.arange(len(PATTERNS.pair_count)) != 1)  # fmt: skip

    assert learn(refused, COMPARED, 10).m[0][0] > learn(PATTERNS, COMPARED, 10).m[0][0]


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
        ("twins", COUNTS._replace(same_name_count=5_000, other_first_name_count=10), []),
        ("first names mistyped", COUNTS._replace(same_name_count=5_000, other_first_name_count=90), ["twin"]),
        (
            "documents renewed oftener than people share name and home",
            COUNTS._replace(known_document_count=500, other_document_count=50, known_birth_count=900),
            ["document"],
        ),
        (
            "documents that tell parent and child apart",
            COUNTS._replace(
                known_document_count=500, other_document_count=20, known_birth_count=900, generation_count=40
            ),
            [],
        ),
    ],
)
def test_a_guard_is_waived_where_errors_explain_better_what_it_sees(
    case: str, counts: GuardCounts, waived: list[str]
) -> None:
    assert waived_guards(counts) == waived, case
