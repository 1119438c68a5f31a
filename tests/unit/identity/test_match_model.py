"""The match model: learned once, kept whole, blind to the population it scores."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from splink import DuckDBAPI, Linker

import identity
from identity import sql
from identity.groups import PROFILE_BITS
from identity.match import current_model
from identity.match.model import SHAPE, ModelRefused, models_folder
from identity.match.scoring import prepare_input, score_profiles
from tests.unit.identity.conftest import NIGHT, Hotel, person
from tests.unit.identity.match_world import PEOPLE, judged, weights, world


def test_a_night_never_trains(trained: Hotel) -> None:
    first = current_model(trained.settings)

    trained.night(world(8), NIGHT)

    assert first is not None
    assert current_model(trained.settings) == first
    assert first.card["trained_as_of"] == NIGHT.isoformat()
    assert first.card["shape"] == SHAPE


def test_the_same_training_gives_the_same_version(trained: Hotel) -> None:
    first = current_model(trained.settings)

    card = identity.train(trained.con, trained.settings, NIGHT)

    assert first is not None
    assert card["model_version"] == first.model_version


def test_a_document_of_another_kind_is_no_sign_that_people_renew_theirs(hotel: Hotel) -> None:
    """Every second guest shows a passport here and an identity card there; nobody has two of one kind."""
    kinds = {0: ("passport", "passport"), 1: ("passport", "identity card")}
    for at, row in enumerate(people := world(7)):
        who, visit = divmod(at, 2)
        kind = kinds[who % 2][visit]
        row |= {"document_hash": f"{kind} {who}", "document_type": kind}
    hotel.put(people)
    identity.train(hotel.con, hotel.settings, NIGHT)

    learned = current_model(hotel.settings)

    assert learned is not None
    assert learned.second_document_bits > 4


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
        "trained_as_of": NIGHT.isoformat(),
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


def test_twins_of_a_register_that_knows_everybody_once_waive_no_guard(hotel: Hotel) -> None:
    """A hundred couples at home, and seven pairs of twins; no name and birth date is there twice."""
    couples = {"Anna": 0, "Karl": 900}
    twins = {"Eva": 0, "Paul": 0}
    people = [
        person(
            f"f{family}{first}", f"{first} {chr(65 + family // 10)}{'aeiou'[family % 5]}ndl{'aeiou'[family % 3]}r",
            birth_date=date(1950, 1, 1) + timedelta(days=97 * family + days), postal_code=f"{10000 + family}",
            address=f"Lindenweg {family}", city=f"City {family % 12}", country_code="DE",
        ) | {"row_number": 2 * family + bool(days)}
        for family in range(107)
        for first, days in (twins if family >= 100 else couples).items()
    ]  # fmt: skip
    hotel.put(people)

    identity.train(hotel.con, hotel.settings, NIGHT)

    model = current_model(hotel.settings)
    assert model is not None
    assert model.waived_guards == []


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
    nobody = {
        "household_prior": 1e-300,
        "namesake_share": 1e-300,
        "namesake_factor": 1e-300,
        "homonym_share": 1e-300,
        "whole_name_factor": 1.0,
    }
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
