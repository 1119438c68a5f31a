"""Whatever order records arrive in, over however many nights, corrected, split and decided about: the same customers.

A night judges again only what it touches; these tests hold it to what a run from nothing finds.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from identity import resolve, train
from identity.steward import steward_file
from tests.unit.identity.conftest import NIGHT, Hotel, person
from tests.unit.identity.match_world import world

# Few values, so that records meet, contradict and bridge one another; family names enough for an e-mail to be shared.
RECORD = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["guest", "guest", "guest", "booker", "caller", "payer"]),
        "first_name": st.sampled_from(["Anna", "Ana", "A", "Jan", "Karl", "Jan Karl", None]),
        "last_name": st.sampled_from(["Huber", "Hubar", "Koch", "Novak", "Rossi", "Silva", "Jensen", None]),
        "email": st.sampled_from(["desk@example.com", "desk@example.com", "b@example.com", None]),
        "phone": st.sampled_from(["+491712345678", "+491718765432", None]),
        "birth_date": st.sampled_from([NIGHT.replace(year=1950), NIGHT.replace(year=1981), None]),
        "loyalty_number": st.sampled_from(["7", None]),
        "card_token": st.sampled_from(["t", None]),
        "guest_profile_id": st.sampled_from(["p", None]),
        "reference_id": st.sampled_from(["res-1", "res-2", "res-3"]),
        "confirmation_number": st.sampled_from(["C1", None]),
        "arrival_date": st.sampled_from([NIGHT.replace(month=1), NIGHT.replace(month=6), NIGHT, None]),
    }
)
KINDS = {"caller": "interaction", "payer": "pos_check"}
NIGHTS = st.lists(
    st.fixed_dictionaries(
        {
            "new": st.lists(RECORD, max_size=5),
            "corrected": st.lists(st.tuples(st.integers(0, 99), RECORD), max_size=1),
            "gone": st.lists(st.integers(0, 99), max_size=1),
            "decided": st.lists(
                st.tuples(st.integers(0, 99), st.integers(0, 99), st.sampled_from(["must_link", "cannot_link", ""])),
                max_size=2,
            ),
            "is_committed": st.sampled_from([True, True, False]),
        }
    ),
    min_size=2,
    max_size=3,
)
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HOMES = count()
People = dict[str, dict[str, Any]]


def record(number: int, fields: dict[str, Any], delivery: int) -> dict[str, Any]:
    """A person record that was first seen in the given delivery."""
    kind = KINDS.get(fields["role"], "reservation")
    return person(f"r{number}", **fields) | {"record_kind": kind, "delivery_sequence": delivery}


def bring(people: People, links: dict[tuple[str, str], str], night: dict[str, Any], delivery: int) -> None:
    """What the night adds, corrects and takes away, and what the steward decides; "" takes a decision back."""
    for fields in night["new"]:
        number = 100 * delivery + len(people)
        people[f"r{number}"] = record(number, fields, delivery)
    for at, fields in night["corrected"]:
        for name in list(people)[at : at + 1]:
            people[name] = record(int(name[1:]), fields, people[name]["delivery_sequence"])
    for at in night["gone"]:
        for name in list(people)[at : at + 1]:
            del people[name]
    names = sorted(people)
    for one, other, decision in night["decided"]:
        if len(names) > 1 and one % len(names) != other % len(names):
            links[names[one % len(names)], names[other % len(names)]] = decision


def decide(hotel: Hotel, links: dict[tuple[str, str], str]) -> None:
    """Write the steward's list."""
    lines = [f"{one},{other},{decision}" for (one, other), decision in links.items() if decision]
    path = steward_file(hotel.settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["source_record_id_1,source_record_id_2,decision", *lines]) + "\n", encoding="utf-8")


@FEW
@given(NIGHTS, st.randoms(use_true_random=False))
def test_night_by_night_equals_from_nothing_equals_any_order(
    make_hotel: Callable[[str], Hotel], nights: list[dict[str, Any]], chance: Any
) -> None:
    """Partitions, links, probabilities, ids, their history: all tables. Every retired id leads on in one hop."""
    hotel, people, links = make_hotel(f"home{next(HOMES)}"), {}, {}
    for at, night in enumerate(nights):
        bring(people, links, night, at)
        decide(hotel, links)
        hotel.night(list(people.values()), NIGHT + timedelta(days=at), is_committed=night["is_committed"])
    lived, clusters = hotel.tables(), hotel.clusters()
    lost = hotel.rows("""
        select history.customer_id from identity.customer_history as history
        left join identity.customer_history as target on history.current_customer_id = target.customer_id
        where history.current_customer_id is not null and target.id_status is distinct from 'active'
    """)
    assert lost == []

    resolve(hotel.con, hotel.settings, NIGHT + timedelta(days=len(nights) - 1), is_full=True)
    assert hotel.tables() == lived

    shuffled = [row | {"delivery_sequence": chance.randrange(9)} for row in people.values()]
    chance.shuffle(shuffled)
    other = make_hotel(f"home{next(HOMES)}")
    decide(other, links)
    assert other.night(shuffled).clusters() == clusters


@FEW
@given(st.lists(RECORD, min_size=1, max_size=8))
def test_no_customer_contradicts_itself(make_hotel: Callable[[str], Hotel], rows: list[dict[str, Any]]) -> None:
    """Birth dates a generation apart never stand in one customer, whatever bridges them."""
    people = [record(at, fields, at) for at, fields in enumerate(rows)]
    hotel = make_hotel(f"home{next(HOMES)}").night(people)

    assert hotel.rows("select customer_id from identity.customer_confidence where birth_date_count > 1") == []


def test_two_initials_of_different_birth_dates_do_not_meet_in_one_customer(hotel: Hotel) -> None:
    """Each could join Anna; the second that comes would contradict the first."""
    same = {"last_name": "Huber", "email": "a@example.com", "phone": "+491712345678"}
    people = [
        person("r0", first_name="A", birth_date=NIGHT.replace(year=1950), **same),
        person("r1", first_name="Anna", **same),
        person("r2", first_name="A", birth_date=NIGHT.replace(year=1981), **same),
    ]

    assert len(hotel.night(people).clusters()) == 2


def test_a_night_with_the_match_model_equals_a_run_from_nothing(hotel: Hotel) -> None:
    """The model's blocks bring known profiles beside new ones; pairs of known ones keep their weights."""
    people = world(7)
    hotel.put(people)
    assert train(hotel.con, hotel.settings, NIGHT)["is_trained"]
    hotel.night(people[: len(people) - 60]).night(people, NIGHT + timedelta(days=1))
    lived = hotel.tables()
    assert len(lived["match_edge"]) > 100

    resolve(hotel.con, hotel.settings, NIGHT + timedelta(days=1), is_full=True)
    assert hotel.tables() == lived
