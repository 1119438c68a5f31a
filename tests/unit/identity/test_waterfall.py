"""The waterfall: steps that add up to the weight that scoring gives, with the level that each comparison reached."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from identity.match import MatchModel
from identity.match.expectation import Learned
from identity.match.homonyms import Homonyms
from identity.match.spec import match_spec
from identity.match.training import others, splink_settings
from identity.match.waterfall import waterfalls
from tests.unit.identity.conftest import Hotel, person


def model() -> MatchModel:
    """A model whose probabilities are set by hand: m falls and u grows from level to level; no household is likely."""
    spec = match_spec()
    sizes = {name: len(found.levels) + 1 for name, found in spec.comparisons.items()}
    by_hand = Learned(
        m=[np.array([0.8 / 4**at for at in range(size)]) for size in sizes.values()],
        u=[np.array([0.01 * 3**at for at in range(size)]) for size in sizes.values()],
        h=[np.full(size, 0.01) for size in sizes.values()],
        n=[np.array([0.01 * 3**at for at in range(size)]) for size in sizes.values()],
        prior=0.001,
        household_prior=1e-9,
        namesake_factor=1.0,
        strangers_share=[np.zeros(0)] * len(sizes),
    )
    frequencies = {column: pa.table({"value": ["huber"], "tf": [0.02]}) for column in spec.frequency_columns()}
    card = {
        "trained_as_of": "2026-11-20",
        "link_threshold_bits": 0.0,
        "others": others(spec, by_hand, Homonyms(share=0.02, factor=4.0), []),
    }
    return MatchModel(splink_settings(spec, by_hand, []), frequencies, card)


@pytest.fixture
def steps(hotel: Hotel) -> list[tuple[str, str, float]]:
    people = [
        person("r1", first_name="Anna", last_name="Huber", birth_date=date(1980, 1, 2)),
        person("r2", first_name="Anna", last_name="Huber"),
        person("r3", first_name="Jan", last_name="Koch"),
    ]
    hotel.night(people)
    (found,) = waterfalls(hotel.con, hotel.settings, model(), [("r2", "r1")])
    assert (found["source_record_id_1"], found["source_record_id_2"]) == ("r1", "r2")
    return found["steps"]


def test_every_step_says_its_level_and_its_bits(steps: list[tuple[str, str, float]]) -> None:
    known = {(name, level): bits for name, level, bits in steps}
    assert known["prior", "two records at random"] == pytest.approx(-9.9644, abs=1e-3)
    assert known["first name", "equal"] == pytest.approx(6.3219, abs=1e-3)
    assert known["last name", "equal"] == pytest.approx(6.3219, abs=1e-3)
    assert known["birth date", "unknown"] == 0


def test_a_frequent_name_takes_evidence_away(steps: list[tuple[str, str, float]]) -> None:
    assert [bits < 0 for name, level, bits in steps if level == "frequent value"] == [True, True]
