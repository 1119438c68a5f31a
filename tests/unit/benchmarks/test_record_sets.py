"""Record sets: the same every time, truth kept, and deliverable as reservations."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.record_feeds import write_feed
from benchmarks.record_sets import FIELDS, SETS, make_set
from guestbook.contracts import contract


@pytest.mark.parametrize("name", ["korea_twins", "ireland_holes", "vietnam_name_orders"])
def test_a_set_is_a_function_of_its_seed(name: str):
    one = make_set(name, 1)
    assert one is not None
    assert one.equals(make_set(name, 1))
    assert not one.equals(make_set(name, 3))
    assert list(one.columns) == ["person_id", *FIELDS]
    assert one["person_id"].nunique() == SETS[name].people
    assert (one["person_id"].value_counts() <= len(SETS[name].copies)).all()
    assert one[["first_name", "last_name"]].notna().any(axis=1).all()


def test_twins_share_home_name_and_birth_date_but_not_the_first_name():
    people = make_set("korea_twins", 1)
    assert people is not None
    clean = people.drop_duplicates("person_id").dropna(subset=["birth_date", "address"])
    born_together = clean.groupby(["last_name", "address", "birth_date"])["first_name"].nunique()
    assert (born_together > 1).sum() > 10


def test_a_feed_carries_every_record_in_the_contracts_columns(tmp_path: Path):
    people = make_set("ireland_holes", 1)
    assert people is not None
    write_feed(people.assign(file=[at % 2 for at in range(len(people))]), tmp_path)
    files = sorted(tmp_path.glob("reservations/canonical/*/*.csv"))
    assert [path.stem for path in files] == ["R0", "R1"]
    delivered = pd.concat([pd.read_csv(path, dtype=str) for path in files])
    assert set(delivered.columns) <= {column.name for column in contract("reservations").columns}
    assert len(delivered) == delivered["reservation_id"].nunique() == len(people)
    assert delivered["guest_document_number"].notna().sum() == people["document_number"].notna().sum()
