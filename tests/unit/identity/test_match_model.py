"""The match model: learned once, kept whole, blind to the population it scores."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from splink import DuckDBAPI, Linker

import identity
from identity import sql
from identity.groups import PROFILE_BITS
from identity.match import MatchModel, current_model, save_model
from identity.match.model import SHAPE, ModelRefused, models_folder
from identity.match.scoring import prepare_input, score_profiles
from identity.state import made_with
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


@pytest.fixture(scope="module")
def first_model() -> list[MatchModel]:
    """The model that `trained` learned; once for all tests."""
    return []


@pytest.fixture
def trained(hotel: Hotel, first_model: list[MatchModel]) -> Hotel:
    """A hotel that trained a model on its first night."""
    hotel.put(world(7))
    if not first_model:
        identity.train(hotel.con, hotel.settings, NIGHT)
        first_model += filter(None, [current_model(hotel.settings)])
    save_model(hotel.settings, first_model[0])
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
    return {(min(one, other), max(one, other)): round(weight, 6) for one, other, weight in found if weight is not None}


def judged(model: MatchModel, link_threshold_bits: float) -> MatchModel:
    """The model with another threshold, in which a name alone may be scored too."""
    others = model.card["others"] | {"name_only_bits": 0}
    return replace(model, card=model.card | {"link_threshold_bits": link_threshold_bits, "others": others})


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
    saved = current_model(trained.settings)
    assert saved is not None
    model = judged(saved, -30)
    pairs = [person(f"{name}{at}", f"Anna {name}") for name in ("Huber", "Quillfeather") for at in (1, 2)]

    alone = weights(trained, model, pairs)
    in_a_crowd = weights(trained, model, [*pairs, *world(9)])

    assert alone["Quillfeather1", "Quillfeather2"] > alone["Huber1", "Huber2"] + 1
    assert {pair: in_a_crowd[pair] for pair in alone} == alone


def test_too_few_people_mean_rules_alone_until_the_next_training(hotel: Hotel) -> None:
    hotel.put([person("r1", "Anna Huber")])

    assert identity.train(hotel.con, hotel.settings, NIGHT) == {"is_trained": False}
    assert current_model(hotel.settings) is None
    assert json.loads((models_folder(hotel.settings) / "current.json").read_text()) == {
        "model_version": None,
        "shape": SHAPE,
    }


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


def test_the_first_night_trains_once(hotel: Hotel) -> None:
    hotel.put(world(7))

    assert identity.ensure_model(hotel.con, hotel.settings, NIGHT)["is_trained"]
    first = current_model(hotel.settings)
    assert identity.ensure_model(hotel.con, hotel.settings, NIGHT + timedelta(days=1)) == {"is_trained": False}
    assert current_model(hotel.settings) == first


def test_one_slip_of_a_regular_guest_waives_no_guard(hotel: Hotel) -> None:
    """Twelve stays under as many e-mails, once with another birth date: eleven pairs of profiles, one mistake."""
    home = {"postal_code": "10115", "address": "Lindenweg 1", "city": "Berlin", "country_code": "DE"}
    born = [date(1961, 2, 24) if stay == 5 else date(1970, 11, 3) for stay in range(12)]
    regular = [
        person(f"g{stay}", "Anna Gruber", email=f"anna{stay}@example.com", birth_date=born[stay], **home)
        | {"row_number": 10_000 + stay}
        for stay in range(12)
    ]
    strangers = [row for row in world(7) if row["last_name"] != "Huber"]
    hotel.put(strangers + regular)

    identity.train(hotel.con, hotel.settings, NIGHT)
    model = current_model(hotel.settings)
    assert model is not None
    assert "birth_date" not in model.waived_guards


def test_a_model_of_other_code_is_trained_again(trained: Hotel) -> None:
    pointer = models_folder(trained.settings) / "current.json"
    pointer.write_text(json.dumps({"model_version": json.loads(pointer.read_text())["model_version"]}))

    assert current_model(trained.settings) is None
    assert identity.ensure_model(trained.con, trained.settings, NIGHT)["is_trained"]


@pytest.mark.parametrize(("second_share", "bits"), [(0.3, PROFILE_BITS), (0.0004, 10.0)])
def test_a_second_profile_says_the_more_the_rarer_it_is(trained: Hotel, second_share: float, bits: float) -> None:
    model = current_model(trained.settings)
    assert model is not None
    comparisons = json.loads(json.dumps(model.splink_settings["comparisons"]))
    (profile,) = (one for one in comparisons if one["output_column_name"] == "profile")
    for level in profile["comparison_levels"][1:]:
        level["m_probability"] = {"equal": 0.4, "same property": second_share}.get(level["label_for_charts"], 0.1)

    other = replace(model, splink_settings=model.splink_settings | {"comparisons": comparisons})
    assert other.second_profile_bits == pytest.approx(bits, abs=0.05)


def test_against_strangers_the_weights_are_those_of_splink(trained: Hotel) -> None:
    """Splink reads the saved settings and finds what identity finds, where neither household nor namesake is likely."""
    model = current_model(trained.settings)
    assert model is not None
    nobody = {"household_prior": 1e-300, "namesake_share": 1e-300, "namesake_factor": 1e-300, "homonym_share": 1e-300}
    others = model.card["others"] | nobody | {"name_only_bits": 0}
    alone = replace(model, card=model.card | {"others": others, "link_threshold_bits": -20.0})
    trained.put(world(8))
    identity.stage.prepare(trained.con, trained.settings)
    prepare_input(trained.con, model.term_frequencies)
    trained.con.execute("attach ':memory:' as linkage")
    trained.con.execute("create table linkage.people as select * from match_input")
    score_profiles(trained.con, alone)
    ours = {
        (one, other): bits
        for one, other, bits in trained.rows("select first_profile, second_profile, pair_weight from model_pair")
    }

    trained.con.execute("use linkage")
    api = DuckDBAPI(trained.con)
    linker = Linker(api.register("people"), model.splink_settings, log_level=None)
    for column in model.term_frequencies:
        frequencies = f"create or replace table tf_of_{column} as select distinct {column}, tf_{column} from people"
        trained.con.execute(frequencies)
        linker.table_management.register_term_frequency_lookup(api.register(f"tf_of_{column}"), column)
    found = linker.inference.predict(threshold_match_weight=-20).as_pandas_dataframe().to_dict("records")
    trained.con.execute("use memory.main; detach linkage")
    sql.drop_work_tables(trained.con)

    splinks = {(row["unique_id_l"], row["unique_id_r"]): row["match_weight"] for row in found}
    assert len(ours) > PEOPLE / 2
    assert {tuple(sorted(pair)) for pair in splinks} == set(ours)
    assert all(abs(ours[min(pair), max(pair)] - bits) < 1e-6 for pair, bits in splinks.items())


def test_a_name_alone_is_no_evidence(trained: Hotel) -> None:
    people = [person("r1", "Anna Huber"), person("r2", "Anna Huber")]

    assert trained.night(people).clusters() == {frozenset({"r1"}), frozenset({"r2"})}


def test_two_first_names_at_one_home_are_two_people(trained: Hotel) -> None:
    """Family name and home say that they are one household, not one person."""
    home = {"postal_code": "12345", "address": "Rosenweg 7", "city": "City 3", "country_code": "DE"}
    people = [person("r1", "Eva Quillfeather", **home), person("r2", "Paul Quillfeather", **home)]

    assert trained.night(people).clusters() == {frozenset({"r1"}), frozenset({"r2"})}


@pytest.mark.parametrize(
    ("case", "other"),
    [
        ("typo in both names", {"first_name": "Roas", "last_name": "Quilfeather"}),
        ("given and family name swapped", {"first_name": "Quillfeather", "last_name": "Rosa"}),
        ("day and month swapped, street abridged", {"birth_date": date(1980, 4, 3), "address": "Rosenweg"}),
        ("family name missing", {"last_name": None}),
        ("a slip in the city, nothing else of the home", {"city": "Ctiy 3", "address": None, "postal_code": None}),
        ("moved and married", {"last_name": "Albrechtsen", "address": None, "document_hash": "d-rosa"}),
    ],
)
def test_without_contact_data_the_model_links_what_no_rule_does(
    trained: Hotel, case: str, other: dict[str, object]
) -> None:
    rosa = {
        "first_name": "Rosa", "last_name": "Quillfeather", "birth_date": date(1980, 3, 4), "postal_code": "12345",
        "address": "Rosenweg 7", "city": "City 3", "country_code": "DE", "document_hash": "d-rosa",
    }  # fmt: skip
    second = rosa | {"document_hash": None} | other

    assert trained.night([person("r1", **rosa), person("r2", **second)]).clusters() == {frozenset({"r1", "r2"})}, case


@pytest.mark.parametrize(("waived", "clusters"), [([], 2), (["birth_year"], 1)])
def test_two_digits_of_a_year_are_a_slip_where_slips_are_many(trained: Hotel, waived: list[str], clusters: int) -> None:
    model = current_model(trained.settings) or pytest.fail("no model")
    save_model(trained.settings, replace(model, card=model.card | {"waived_guards": waived}))
    home = {"postal_code": "12345", "address": "Rosenweg 7", "city": "City 3", "country_code": "DE"}
    born = {"r1": date(1939, 7, 9), "r2": date(1984, 7, 9)}

    people = [person(name, "Rosa Quillfeather", birth_date=day, **home) for name, day in born.items()]
    assert len(trained.night(people).clusters()) == clusters


def test_a_rule_that_yields_weighs_no_more_than_the_model(trained: Hotel) -> None:
    """Name and birth date are eleven bits alone; a model that says five of the pair is believed."""
    model = current_model(trained.settings) or pytest.fail("no model")
    people = [person(name, "Rosa Quillfeather", birth_date=date(1980, 3, 4)) for name in ("r1", "r2")]
    (bits,) = weights(trained, judged(model, -60), people).values()
    prior = model.splink_settings["probability_two_random_records_match"] * 2 ** (5 - bits)
    doubting = model.splink_settings | {"probability_two_random_records_match": prior}
    save_model(trained.settings, replace(model, splink_settings=doubting))

    [(rules, found)] = trained.night(people).rows("select match_rules, match_weight from identity.match_edge")
    assert rules == "name_and_birth_date"
    assert 0 < found <= 5.1


def test_a_rule_of_name_and_birth_date_yields_to_the_model(trained: Hotel, make_hotel: Callable[[str], Hotel]) -> None:
    """A model that finds nobody likely leaves the pair apart; without a model the rule links it."""
    people = [person(name, "Rosa Quillfeather", birth_date=date(1980, 3, 4)) for name in ("r1", "r2")]
    save_model(trained.settings, judged(current_model(trained.settings) or pytest.fail("no model"), 60.0))

    assert trained.night(people).clusters() == {frozenset({"r1"}), frozenset({"r2"})}
    assert make_hotel("rules alone").night(people).clusters() == {frozenset({"r1", "r2"})}


def test_wide_blocks_end_where_the_register_has_outgrown_the_training(trained: Hotel) -> None:
    model = current_model(trained.settings) or pytest.fail("no model")
    trained_on = model.card["record_count"]
    assert model.card["wide_blocks"]
    assert model.for_register(2 * trained_on) is model

    outgrown = model.for_register(2 * trained_on + 1)

    assert [list(block) for block in outgrown.blocks] == model.card["blocks"]
    assert len(outgrown.splink_settings["blocking_rules_to_generate_predictions"]) == len(outgrown.blocks)
    assert made_with(outgrown) != made_with(model)


def test_half_a_name_alone_is_never_enough(trained: Hotel) -> None:
    """However little the model asks for: a family name that nobody else has, and nothing else of the guest."""
    model = current_model(trained.settings) or pytest.fail("no model")
    model = replace(model, card=model.card | {"link_threshold_bits": -60.0})
    half = [person(f"h{at}", last_name="Quenby") for at in range(2)]
    whole = [person(f"w{at}", "Zora Quenby") for at in range(2)]

    found = weights(trained, model, [*half, *whole])

    assert ("w0", "w1") in found
    assert [pair for pair in found if pair[0].startswith("h")] == []
