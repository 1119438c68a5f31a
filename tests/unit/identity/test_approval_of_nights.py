"""Real nights: many merges are a question, and under a newly trained match model they are not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

import identity
from identity.match import current_model
from identity.steward import steward_file
from tests.unit.identity.conftest import NIGHT, Hotel
from tests.unit.identity.match_world import world
from tests.unit.identity.test_health import FACTS

FOLLOWING = NIGHT + timedelta(days=1)


@pytest.fixture
def merging(hotel: Hotel) -> Iterator[Hotel]:
    """A first night under a trained model; then the steward says of a hundred pairs of guests that they are one."""
    hotel.con.execute(FACTS)
    hotel.put(world(7)[:700])
    identity.train(hotel.con, hotel.settings, NIGHT)
    hotel.night(world(7))
    identity.measure_health(hotel.con, hotel.settings, NIGHT)
    path = steward_file(hotel.settings)
    path.parent.mkdir(parents=True)
    pairs = (f"w{who}x0,w{who + 1}x0,must_link" for who in range(0, 200, 2))
    path.write_text("\n".join(["source_record_id_1,source_record_id_2,decision", *pairs]))
    yield hotel
    hotel.con.execute("drop table core.fct_pos_check; drop table core.fct_interaction")


def question_of_next_night(hotel: Hotel) -> str:
    customers = len(hotel.clusters())
    hotel.night(world(7), FOLLOWING, is_committed=False)
    assert len(hotel.clusters()) < customers - 50
    identity.measure_health(hotel.con, hotel.settings, FOLLOWING)
    return identity.approval_question(hotel.con, hotel.settings, FOLLOWING) or ""


def test_many_merges_are_a_question_but_not_after_a_training(merging: Hotel) -> None:
    before = current_model(merging.settings)
    assert "would re-identify more than 5.0%" in question_of_next_night(merging)
    identity.train(merging.con, merging.settings, NIGHT)
    after = current_model(merging.settings)
    assert before is not None
    assert after is not None
    assert after.model_version != before.model_version
    merging.night(world(7), FOLLOWING, is_committed=False)
    identity.measure_health(merging.con, merging.settings, FOLLOWING)
    assert identity.approval_question(merging.con, merging.settings, FOLLOWING) is None
