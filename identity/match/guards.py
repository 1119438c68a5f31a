"""Which guards hold in the data at hand: whether what they see is two people or a clerk's mistake. Pure."""

from typing import NamedTuple

# Of pairs at one home with one family name and other first names, the share that twins may make up, by far (of siblings
# it is one in forty). Where more have one birth date, and MINIMUM_MISREAD at least, first names were misread.
TWINS_AT_HOME = 0.25
MINIMUM_MISREAD = 3
# The same where most homes are unknown, of pairs of one name and birth date: one birth in 80 is of twins, and both
# must be guests whose names differ in the first name alone.
TWIN_SHARE = 0.005
# Of pairs of random birth dates of a century, how many lie 15 to 50 years apart for one that lies closer.
RANDOM_GENERATIONS = 1.7
MINIMUM_COUNT = 5
# Of people at one home, the share whose dates lie some years apart without a slip that explains it: in fewer, one takes
# them for the odd mistake that every register has, and parent and child are kept apart.
WRONG_DATE_SHARE = 0.01
# Who misreads two digits of a year misreads one digit, or a day, this much oftener; where years alone differ more, they
# are parents and children, however their days were made up.
SLIPS_PER_YEAR = 2
# Of people of one name, birth date and home, the share with two membership numbers (or two pairs of family names) from
# which on these say nothing about two people: as many of one name and home are parent and child.
SEVERAL_SHARE = 0.02


class GuardCounts(NamedTuple):
    """Pairs of names and dates, or numbers, of profiles at one home (work statement guard_count).

    `known_home_count`: of the pairs of one birth date, of one first name or two, those whose homes are both known.
    `sure_`: pairs of dates of profiles of one document and name, and those that lie a generation apart.
    """

    same_name_count: int
    other_first_name_count: int
    known_home_count: int
    household_count: int
    known_birth_count: int
    odd_gap_count: int
    generation_count: int
    slip_count: int
    other_year_count: int
    known_loyalty_count: int
    other_loyalty_count: int
    known_surname_count: int
    other_surname_count: int
    sure_birth_count: int
    sure_generation_count: int


def waived_guards(counts: GuardCounts) -> list[str]:
    """Reasons to refuse a pair that say nothing here, since errors explain them better than two people do.

    birth_date: parent and child of one name are a generation apart, errors are not, or are so as often with one
    document; and there are many. birth_year: dates with other slips are more by far. twin: more other first names on
    one birth date than twins can make of those who live together; first_name: more than live together at all.
    loyalty_number, second_surname: sure people who have two.
    """
    wrong_generations = counts.sure_generation_count / max(1, counts.sure_birth_count)
    by_error = max(RANDOM_GENERATIONS * counts.odd_gap_count, wrong_generations * counts.known_birth_count)
    are_dates_often_wrong = _are_often_wrong(counts.odd_gap_count, counts.known_birth_count) or _are_often_wrong(
        counts.sure_generation_count, counts.sure_birth_count
    )
    is_birth_date_unsure = are_dates_often_wrong and by_error > counts.generation_count / 2
    named = counts.same_name_count + counts.other_first_name_count
    are_homes_known = 2 * counts.known_home_count > named
    twins = max(MINIMUM_COUNT, TWIN_SHARE * named)
    if are_homes_known:
        twins = max(MINIMUM_MISREAD, TWINS_AT_HOME * counts.household_count)
    is_first_name_unsure = counts.other_first_name_count >= twins
    is_nobody_together = are_homes_known and counts.other_first_name_count > counts.household_count
    found = {"birth_date": is_birth_date_unsure, "twin": is_first_name_unsure}
    found["first_name"] = is_first_name_unsure and is_nobody_together
    found["birth_year"] = counts.slip_count >= max(MINIMUM_COUNT, SLIPS_PER_YEAR * counts.other_year_count)
    found["loyalty_number"] = _have_several(counts.other_loyalty_count, counts.known_loyalty_count)
    found["second_surname"] = _have_several(counts.other_surname_count, counts.known_surname_count)
    return [reason for reason, is_waived in found.items() if is_waived]


def _are_often_wrong(wrong: int, known: int) -> bool:
    """Whether dates are wrong too often to be the odd mistake of every register."""
    return wrong >= max(MINIMUM_COUNT, WRONG_DATE_SHARE * known)


def _have_several(others: int, known: int) -> bool:
    """Whether people have two different ones often enough."""
    return others >= MINIMUM_COUNT and others >= SEVERAL_SHARE * known
