"""Whatever order records arrive in, over however many nights, the customers are the same; ids are those of a replay."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.identity.conftest import NIGHT, Hotel, person

# Few values, so that records meet, contradict and bridge one another.
RECORD = st.fixed_dictionaries(
    {
        "first_name": st.sampled_from(["Anna", "Ana", "A", "Jan", "Karl", None]),
        "last_name": st.sampled_from(["Huber", "Hubar", "Koch", None]),
        "email": st.sampled_from(["a@example.com", "b@example.com", None]),
        "phone": st.sampled_from(["+491712345678", "+491718765432", None]),
        "birth_date": st.sampled_from([NIGHT.replace(year=1950), NIGHT.replace(year=1981), None]),
        "loyalty_number": st.sampled_from(["7", None]),
    }
)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HOMES = count()


def people_of(rows: list[dict[str, object]], order: list[int]) -> list[dict[str, object]]:
    """The records with delivery ranks in the given order."""
    return [person(f"r{at}", **rows[at]) | {"delivery_sequence": rank} for rank, at in enumerate(order)]


@FEW
@given(st.data())
def test_customers_do_not_depend_on_the_order_of_delivery(
    make_hotel: Callable[[str], Hotel], data: st.DataObject
) -> None:
    rows = data.draw(st.lists(RECORD, min_size=2, max_size=8))
    order = list(range(len(rows)))
    shuffled = data.draw(st.permutations(order))

    one, other = (
        make_hotel(f"home{next(HOMES)}").night(people_of(rows, some)).clusters() for some in (order, list(shuffled))
    )

    assert one == other


@FEW
@given(st.data())
def test_many_nights_end_where_one_night_does(make_hotel: Callable[[str], Hotel], data: st.DataObject) -> None:
    """Ids too: each is the first record of its customer, whichever night brought what; every retired id leads there."""
    rows = data.draw(st.lists(RECORD, min_size=2, max_size=8))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(rows) - 1), max_size=3)))
    people = people_of(rows, list(range(len(rows))))
    ids = "select source_record_id, customer_id from identity.customer_record order by 1"
    at_once = make_hotel(f"home{next(HOMES)}").night(people).rows(ids)

    hotel = make_hotel(f"home{next(HOMES)}")
    for night, end in enumerate([*cuts, len(rows)]):
        hotel.night(people[:end], NIGHT + timedelta(days=night))

    assert hotel.rows(ids) == at_once
    lost = hotel.rows("""
        select history.customer_id from identity.customer_history as history
        left join identity.customer_history as target on history.current_customer_id = target.customer_id
        where target.id_status is distinct from 'active'
    """)
    assert lost == []


@FEW
@given(st.lists(RECORD, min_size=1, max_size=8))
def test_no_customer_contradicts_itself(make_hotel: Callable[[str], Hotel], rows: list[dict[str, object]]) -> None:
    """Birth dates a generation apart never stand in one customer, whatever bridges them."""
    hotel = make_hotel(f"home{next(HOMES)}").night(people_of(rows, list(range(len(rows)))))

    assert hotel.rows("select customer_id from identity.customer_confidence where birth_date_count > 1") == []
