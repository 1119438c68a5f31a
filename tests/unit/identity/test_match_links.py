"""What the match model links, and what it leaves apart."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from identity.match import MatchModel, current_model, save_model
from identity.state import made_with
from tests.unit.identity.conftest import Hotel, person
from tests.unit.identity.match_world import judged, weights


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
    """Name and birth date are eleven bits alone; a model that says less of the pair is believed."""
    model = current_model(trained.settings) or pytest.fail("no model")
    people = [person(name, "Rosa Quillfeather", birth_date=date(1980, 3, 4)) for name in ("r1", "r2")]
    (bits,) = weights(trained, judged(model, -60), people).values()
    prior = model.splink_settings["probability_two_random_records_match"] * 2 ** (5 - bits)
    doubting = model.splink_settings | {"probability_two_random_records_match": prior}
    doubter = replace(model, splink_settings=doubting)
    (believed,) = weights(trained, judged(doubter, -60), people).values()
    save_model(trained.settings, doubter)

    [(rules, found)] = trained.night(people).rows("select match_rules, match_weight from identity.match_edge")
    assert rules == "name_and_birth_date"
    assert found == pytest.approx(believed, abs=0.1)
    assert 0 < believed < 8


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
    at_home = [person(f"a{at}", last_name="Quenby", postal_code="8001", city="Zurich") for at in range(2)]

    found = weights(trained, model, [*half, *whole, *at_home])

    assert {("w0", "w1"), ("a0", "a1")} <= found.keys()
    assert [pair for pair in found if "h0" in pair or "h1" in pair] == []


def test_without_a_name_to_compare_more_is_asked(trained: Hotel) -> None:
    """One birth date and town, a family name here and a given name there: one birthday in 365 is a stranger's."""
    model = current_model(trained.settings) or pytest.fail("no model")
    born = date(1961, 3, 4)
    people = [
        person("g", first_name="Zora", birth_date=born, city="Zurich"),
        person("f", last_name="Quenby", birth_date=born, city="Zurich"),
    ]
    ((pair, bits),) = weights(trained, judged(model, -60.0), people).items()

    def asked(more_bits: float) -> MatchModel:
        found = judged(model, bits - 1.0)
        return replace(found, card=found.card | {"others": found.others | {"name_only_bits": more_bits}})

    assert pair in weights(trained, asked(0.9), people)
    assert pair not in weights(trained, asked(1.1), people)
