"""Which customer map the features of a night stand on: tonight's, beside that of the cut-off's own night."""

from datetime import date
from pathlib import Path

import pytest

from guestbook.settings import Settings
from guestbook.warehouse import warehouse
from ml.customer_map import record_customer_map

FIRST, NEXT, BEFORE = date(2026, 11, 1), date(2026, 11, 2), date(2026, 5, 1)
APART = {"r1": "c1", "r2": "c2"}
MERGED = {"r1": "c1", "r2": "c1"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load({}, home=tmp_path / "home")


def night(settings: Settings, night_date: date, as_of_dates: list[date], who: dict[str, str]) -> None:
    with warehouse(settings) as con:
        con.execute("create schema if not exists core; create schema if not exists features")
        replaced = "create or replace table core.bridge_customer_source_record as"
        con.execute(
            f"{replaced} select unnest(?) as source_record_id, unnest(?) as customer_id",
            [list(who), list(who.values())],
        )
        con.execute("create or replace table features.feat_as_of as select unnest(?) as as_of_date", [as_of_dates])
        record_customer_map(con, settings, night_date)


def recorded(settings: Settings) -> dict[tuple[date, date], tuple[str | None, str | None]]:
    with warehouse(settings) as con:
        rows = con.sql("select * from ml.customer_map").fetchall()
    return {row[:2]: row[2:] for row in rows}


def test_both_versions_are_on_record(settings: Settings) -> None:
    """In the second night two records turn out to be one guest; its cut-offs are the first night and one before any."""
    night(settings, FIRST, [FIRST], APART)
    night(settings, NEXT, [BEFORE, FIRST, NEXT], MERGED)
    found = recorded(settings)
    (apart, _), (merged, _) = found[FIRST, FIRST], found[NEXT, NEXT]
    assert apart != merged
    assert found == {
        (FIRST, FIRST): (apart, apart),
        (NEXT, BEFORE): (merged, None),
        (NEXT, FIRST): (merged, apart),
        (NEXT, NEXT): (merged, merged),
    }


def test_the_same_map_in_another_order_has_the_same_version(settings: Settings) -> None:
    night(settings, FIRST, [FIRST], APART)
    night(settings, NEXT, [FIRST], dict(reversed(APART.items())))
    found = recorded(settings)
    assert found[NEXT, FIRST] == found[FIRST, FIRST]


def test_a_rebuilt_warehouse_knows_the_earlier_maps(settings: Settings) -> None:
    night(settings, FIRST, [FIRST], APART)
    settings.warehouse_file.unlink()
    night(settings, NEXT, [FIRST], MERGED)
    assert set(recorded(settings)) == {(FIRST, FIRST), (NEXT, FIRST)}


def test_nothing_is_built_yet(settings: Settings) -> None:
    with warehouse(settings) as con:
        record_customer_map(con, settings, FIRST)
    assert recorded(settings) == {}
