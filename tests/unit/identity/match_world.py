"""A hotel that is large enough to learn a match model from, and what a model says of other people."""

from dataclasses import replace
from datetime import date

import numpy as np

import identity
from identity import sql
from identity.match import MatchModel
from identity.match.scoring import score_profiles
from tests.unit.identity.conftest import Hotel, person

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
