"""The match model: learned once, kept whole, blind to the population it scores."""

import json
from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest
from splink.internals.linker_components.training import LinkerTraining

import identity
from identity import sql
from identity.match import MatchModel, current_model
from identity.match.model import ModelRefused, models_folder
from identity.match.scoring import score_profiles
from tests.unit.identity.conftest import NIGHT, Hotel, person

GIVEN = ["Anna", "Jan", "Karl", "Eva", "Lena", "Tom", "Max", "Rosa", "Paul", "Ida"]
PEOPLE = 400


def world(seed: int) -> list[dict[str, object]]:
    """Two reservations of each of 400 people; every tenth is a Huber, the other family names are their own."""
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(PEOPLE):
        last = "Huber" if who % 10 == 0 else "".join(rng.choice(list("abcdefghiklmnoprstuvw"), 7)).title()
        born = date(1950 + int(rng.integers(50)), int(rng.integers(1, 13)), int(rng.integers(1, 28)))
        home = {
            "postal_code": f"{rng.integers(10000, 99999)}",
            "address": f"Lindenweg {who}",
            "city": f"City {who % 12}",
        }
        first = GIVEN[int(rng.integers(10))]
        for visit in range(2):
            known = rng.random(4) < 0.7
            fields = {"birth_date": born if known[0] else None, "email": f"p{who}@example.com" if known[1] else None}
            fields |= home if known[2] else {}
            fields |= {"document_hash": f"d{who}" if known[3] else None, "country_code": "DE"}
            rows.append(person(f"w{who}x{visit}", f"{first} {last}", **fields) | {"row_number": len(rows)})
    return rows


@pytest.fixture
def trained(hotel: Hotel) -> Iterator[Hotel]:
    """A hotel that trained a model on its first night."""
    hotel.put(world(7))
    identity.train(hotel.con, hotel.settings, NIGHT)
    return hotel


def weights(hotel: Hotel, model: MatchModel, people: list[dict[str, object]]) -> dict[tuple[str, str], float]:
    """Evidence of the model by pair of records, in a population of the given people."""
    hotel.put(people)
    identity.stage.prepare(hotel.con, hotel.settings)
    score_profiles(hotel.con, model)
    found = hotel.rows("""
        select first_one.profile_id, second_one.profile_id, model_weight from model_pair
        inner join profile as first_one on first_profile = first_one.profile_number
        inner join profile as second_one on second_profile = second_one.profile_number
    """)
    sql.drop_work_tables(hotel.con)
    return {(min(one, other), max(one, other)): round(weight, 6) for one, other, weight in found}


def test_a_night_never_trains(trained: Hotel) -> None:
    first = current_model(trained.settings)

    trained.night(world(8), NIGHT)

    assert first is not None
    assert current_model(trained.settings) == first
    assert first.card["trained_as_of"] == NIGHT.isoformat()


def test_the_same_training_gives_the_same_version(trained: Hotel) -> None:
    first = current_model(trained.settings)

    card = identity.train(trained.con, trained.settings, NIGHT)

    assert first is not None
    assert card["model_version"] == first.model_version


def test_a_rare_name_weighs_more_than_a_common_one_in_any_population(trained: Hotel) -> None:
    model = current_model(trained.settings)
    assert model is not None
    model.card["link_threshold_bits"] = -30
    pairs = [person(f"{name}{at}", f"Anna {name}") for name in ("Huber", "Quillfeather") for at in (1, 2)]

    alone = weights(trained, model, pairs)
    in_a_crowd = weights(trained, model, [*pairs, *world(9)])

    assert alone["Quillfeather1", "Quillfeather2"] > alone["Huber1", "Huber2"] + 2
    assert {pair: in_a_crowd[pair] for pair in alone} == alone


def test_too_few_people_mean_rules_alone_until_the_next_training(hotel: Hotel) -> None:
    hotel.put([person("r1", "Anna Huber")])

    assert identity.train(hotel.con, hotel.settings, NIGHT) == {"is_trained": False}
    assert current_model(hotel.settings) is None
    assert json.loads((models_folder(hotel.settings) / "current.json").read_text()) == {"model_version": None}


def test_a_file_that_was_changed_is_refused(trained: Hotel) -> None:
    model = current_model(trained.settings)
    assert model is not None
    path = models_folder(trained.settings) / model.model_version / "settings.json"
    path.write_text(path.read_text().replace("0.", "0.1", 1))

    with pytest.raises(ModelRefused, match=r"settings\.json is not the file that was saved"):
        current_model(trained.settings)


def test_a_night_without_training_goes_by_rules(hotel: Hotel) -> None:
    hotel.night(world(7))

    assert not models_folder(hotel.settings).exists()
    assert hotel.rows("select * from identity.match_edge where match_rule = 'model'") == []


def test_a_block_that_cannot_be_learned_is_left_out(hotel: Hotel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Splink raises when a probability runs to zero; training says so by the blocks on its card and never crashes."""
    learn = LinkerTraining.estimate_parameters_using_expectation_maximisation

    def refuse(self: LinkerTraining, block: str) -> object:
        if "document" in block:
            raise ValueError("m_probability value 0.0 is below the minimum")
        return learn(self, block)

    monkeypatch.setattr(LinkerTraining, "estimate_parameters_using_expectation_maximisation", refuse)
    hotel.put(world(7))

    blocks = identity.train(hotel.con, hotel.settings, NIGHT)["training_blocks"]

    assert ["document_key"] not in blocks
    assert ["birth_date", "last_key"] in blocks


def test_nothing_of_splink_stays_in_the_warehouse(trained: Hotel) -> None:
    trained.night(world(7))

    assert trained.rows("select table_name from duckdb_tables() where table_name like '%splink%' or temporary") == []
    assert trained.rows("select database_name from duckdb_databases() where database_name = 'linkage'") == []
