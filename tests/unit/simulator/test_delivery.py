"""What lies on the landing: formats, folders, headers, dirt, determinism."""

import hashlib
from pathlib import Path

import pytest
import yaml

from simulator.columns import FEEDS
from tests.unit.simulator.conftest import World, make
from tests.unit.simulator.files import read

REPOSITORY = Path(__file__).parents[3]


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first = make(tmp_path / "a", customers=120)
    again = make(tmp_path / "b", customers=120)
    other = make(tmp_path / "c", customers=120, seed=6)
    assert len(digests(first.landing)) > 20
    assert digests(first.landing) == digests(again.landing)
    assert digests(first.truth) == digests(again.truth)
    assert digests(first.landing) != digests(other.landing)


def test_a_second_simulation_replaces_the_first(tmp_path: Path) -> None:
    make(tmp_path, customers=120, seed=8)
    world = make(tmp_path, customers=120)
    assert digests(world.landing) == digests(make(tmp_path / "other", customers=120).landing)


@pytest.mark.parametrize("feed", FEEDS)
def test_columns_equal_the_contract(feed: str) -> None:
    contract = yaml.safe_load((REPOSITORY / "guestbook" / "contracts" / f"{feed}.yml").read_text())
    assert [column["name"] for column in contract["columns"]] == list(FEEDS[feed])
    assert {column["name"]: column["type"] for column in contract["columns"]} == FEEDS[feed]


@pytest.mark.parametrize("feed", FEEDS)
def test_coded_columns_hold_only_what_the_contract_allows(feed: str, clean: World) -> None:
    contract = yaml.safe_load((REPOSITORY / "guestbook" / "contracts" / f"{feed}.yml").read_text())
    coded = {column["name"]: set(column["allowed"]) for column in contract["columns"] if "allowed" in column}
    assert coded
    for path in clean.landing.glob(f"{feed}/canonical/*/*"):
        rows = read(path)
        for name, allowed in coded.items():
            if name in rows:
                assert set(rows[name].dropna()) <= allowed, (path.name, name)


@pytest.mark.parametrize("feed", FEEDS)
def test_every_night_has_a_file_and_history_lies_before_the_nights(feed: str, clean: World) -> None:
    folders = {}
    for path in clean.landing.glob(f"{feed}/canonical/*/*"):
        folders.setdefault("history" if "history" in path.name else "night", []).append(path.parent.name)
    assert sorted(folders["night"]) == [f"2026-11-{day}" for day in range(14, 21)]
    assert max(folders["history"]) == "2026-11-13"
    assert len(folders["history"]) == 3


def test_formats_are_mixed(clean: World) -> None:
    endings = {path.name.partition(".")[2] for path in clean.landing.glob("*/canonical/*/*")}
    assert endings == {"csv", "csv.gz", "jsonl", "jsonl.gz", "parquet"}


def test_a_clean_world_has_no_dirt(clean: World) -> None:
    sent = clean.known("delivery")
    assert sent[["duplicate_rows", "corrupt_rows", "rejected_values"]].to_numpy().sum() == 0
    assert not sent["has_extra_column"].any()
    assert not sent["is_resend"].any()


def test_a_usual_world_has_every_kind_of_dirt(usual: World) -> None:
    sent = usual.known("delivery")
    assert (sent[["duplicate_rows", "corrupt_rows", "rejected_values"]].sum() > 0).all()
    assert sent["has_extra_column"].any()
    assert sent["is_resend"].sum() == 1
    late = [path for path in usual.landing.glob("pos_checks/canonical/*/*") if path.parent.name not in path.name]
    assert any("history" not in path.name for path in late)


def test_the_list_of_deliveries_counts_the_rows_of_every_file(usual: World) -> None:
    for item in usual.known("delivery").itertuples():
        rows = read(usual.landing / item.path)
        broken_line = item.row_count - len(rows)
        assert broken_line in (0, 1), item.path
        if not item.is_resend:
            assert rows.astype(str).duplicated().sum() == item.duplicate_rows, item.path


def test_one_file_was_sent_twice_under_another_name(usual: World) -> None:
    resent = usual.known("delivery").query("is_resend")["path"].iloc[0]
    original = next(usual.landing.glob(f"reservations/canonical/*/{Path(resent).name.replace('_resent', '')}"))
    assert (usual.landing / resent).read_bytes() == original.read_bytes()
    assert original.parent.name < Path(resent).parent.name


def test_reference_files(clean: World) -> None:
    folder = clean.landing / "reference"
    assert (
        (folder / "property.csv")
        .read_text()
        .startswith("property_code,property_name,time_zone,country_code,currency_code,room_count,valid_from")
    )
    assert (folder / "fx_rate.csv").read_text().startswith("currency_code,rate_date,rate")
    assert (folder / "suppression.csv").read_text().startswith("email,phone,loyalty_number,channel_code,since")


def test_bad_arguments_name_the_value_and_the_limit(tmp_path: Path) -> None:
    for more, text in (
        ({"customers": 3}, "customers is 3; at least 60"),
        ({"nights": 5000}, "nights is 5000"),
        ({"dirt": -1.0}, "dirt is -1"),
        ({"scenarios": ["martian"]}, "unknown scenario martian"),
    ):
        with pytest.raises(ValueError, match=text):
            make(tmp_path, **more)
