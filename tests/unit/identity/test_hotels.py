"""Which hotels two groups stayed at: evidence for one person only where people keep to theirs and relatives don't."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest

import identity
from identity.hotels import MOST_BITS, HotelHabits, Visits
from identity.lives import Stays
from identity.match import current_model
from tests.unit.identity.conftest import NIGHT, Hotel
from tests.unit.identity.match_world import world

FOUR_HOTELS = dict.fromkeys((1, 2, 3, 4), 0.25)
LOYAL = HotelHabits(FOUR_HOTELS, same_person=0.6, same_family=0.3)
HOTELS = ("LIS", "VIE", "ROM", "BER")


def bits(ours: Sequence[tuple[int, int]], theirs: Sequence[tuple[int, int]], habits: HotelHabits = LOYAL) -> float:
    """What the stays (hotel, day) of two groups say for one person."""
    rows = np.array([(0, *stay) for stay in ours] + [(1, *stay) for stay in theirs], dtype=np.int64).reshape(-1, 3)
    visits = Visits()
    stays = Stays(rows[:, 0], rows[:, 2], np.zeros(len(rows), dtype=bool), rows[:, 1])
    visits.fill(stays, {0: 0, 1: 1}, habits)
    return visits.bits(0, 1)


def test_a_shared_hotel_speaks_for_one_person_and_the_more_the_better_a_habit_is_known() -> None:
    often = [(1, day) for day in range(5)]

    assert 0 < bits([(1, 0)], [(1, 9)]) < bits(often, [(1, 9)])
    assert bits(often, [(2, 9)]) < bits([(1, 0)], [(2, 9)]) < 0


def test_one_stay_each_is_weighed_by_how_often_one_person_and_two_relatives_meet_again() -> None:
    assert bits([(1, 0)], [(1, 9)]) == pytest.approx(np.log2(0.6 / 0.3), abs=0.05)
    assert bits([(1, 0)], [(2, 9)]) == pytest.approx(np.log2(0.4 / 0.7), abs=0.05)


def test_a_habit_that_no_stay_ever_broke_is_not_certain() -> None:
    never_changed = HotelHabits(FOUR_HOTELS, same_person=1.0, same_family=0.5)

    assert bits([(1, 0)], [(1, 9)], never_changed) == pytest.approx(1.0, abs=0.05)
    assert bits([(1, 0)], [(2, 9)], never_changed) == -MOST_BITS


def test_it_is_the_same_from_either_side_and_never_more_than_a_habit_can_say() -> None:
    ours, theirs = [(1, day) for day in range(40)], [(2, 100 + day) for day in range(30)] + [(1, 200)]

    assert bits(ours, theirs) == bits(theirs, ours)
    assert bits(ours, theirs[:-1]) == -MOST_BITS


@pytest.mark.parametrize(
    ("case", "habits"),
    [
        ("no model", HotelHabits()),
        ("one hotel", HotelHabits({1: 1.0}, same_person=1.0, same_family=1.0)),
        ("nobody keeps to a hotel", HotelHabits(FOUR_HOTELS, same_person=0.25, same_family=0.25)),
        ("relatives share theirs", HotelHabits(FOUR_HOTELS, same_person=0.6, same_family=0.6)),
    ],
)
def test_hotels_say_nothing_where_nothing_can_be_told_by_them(case: str, habits: HotelHabits) -> None:
    assert bits([(1, 0)], [(1, 9), (1, 30)], habits) == 0, case


def test_a_journey_together_and_a_hotel_that_the_model_does_not_know_say_nothing() -> None:
    assert bits([(1, 0)], [(1, 0)]) == 0
    assert bits([(1, 0), (2, 7)], [(1, 0), (2, 9)]) == bits([(2, 7)], [(2, 9)])
    assert bits([(9, 0)], [(9, 5)]) == 0
    assert bits([], [(1, 0)]) == 0


@pytest.mark.parametrize(("case", "is_shared"), [("to each their own", False), ("where the family goes", True)])
def test_a_training_learns_how_often_people_and_relatives_meet_again(hotel: Hotel, case: str, is_shared: bool) -> None:
    """Each of 400 guests has one hotel for both stays; of two of a family the second goes to the first one's or not."""
    people = world(7)
    for at, row in enumerate(people):
        who = at // 2
        family, is_second = divmod(who, 2)
        place = family if is_shared else family + is_second
        row |= {"property_code": HOTELS[place % 4], "arrival_date": NIGHT - timedelta(days=at)}
        row |= {"email": f"f{family}@example.com", "last_name": f"Fam{'abcdefghij'[family % 10]}{family}"}
        row |= {"first_name": ("Anna", "Bruno")[is_second], "gender": "FM"[is_second], "document_hash": f"d{who}"}
    hotel.put(list(people))
    identity.train(hotel.con, hotel.settings, NIGHT)

    model = current_model(hotel.settings)

    assert model is not None
    habits = model.hotel_habits
    assert model.hotels == sorted(HOTELS)
    assert habits.same_person > 0.9
    assert (habits.same_family > 0.9) == is_shared, case
    assert (habits.bits({1: 1}, {1: 1}) > 1) != is_shared, case
