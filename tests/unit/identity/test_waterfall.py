"""The waterfall: steps that add up to the weight that scoring gives, with the level that each comparison reached."""

from datetime import date

import pyarrow as pa
import pytest

from identity.match import MatchModel
from identity.match.spec import match_spec
from identity.match.waterfall import waterfalls
from tests.unit.identity.conftest import Hotel, person

FILLED = {"first_key", "first_compact", "first_roots", "last_key", "last_compact", "last_words", "sorted_words"}


def model() -> MatchModel:
    """A model of names and birth dates whose probabilities are set by hand: m falls and u grows from level to level."""
    settings = match_spec().as_splink(FILLED | {"birth_date"}) | {"probability_two_random_records_match": 0.001}
    for comparison in settings["comparisons"]:
        learned = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        for position, level in enumerate(learned):
            level |= {"m_probability": 0.8 / 4**position, "u_probability": 0.01 * 3**position}
    columns = {
        level["tf_adjustment_column"]
        for comparison in settings["comparisons"]
        for level in comparison["comparison_levels"]
        if level.get("tf_adjustment_column")
    }
    frequencies = {column: pa.table({"value": ["huber"], "tf": [0.02]}) for column in columns}
    return MatchModel(settings, frequencies, {"trained_as_of": "2026-11-20", "link_threshold_bits": 10.0})


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
