"""What a gate blocks is in no table until someone releases it, and rows of a wrong mapping until it is mended."""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.background import in_background
from tests.end_to_end.homes import SECOND, THIRD, Home, Nights

pytestmark = pytest.mark.end_to_end

HEADER = (
    "source_system,property_code,reservation_id,updated_at,status,arrival_date,departure_date,currency_code,"
    "guest_last_name,guest_email\n"
)
GOOD = (
    "blocked_pms,BLK,BLOCKED-{0},2026-11-19T10:00:00Z,reserved,2026-12-01,2026-12-03,EUR,Novak{0},blk{0}@example.org\n"
)
BAD = (
    "blocked_pms,BLK,BLOCKED-{0},2026-11-19T10:00:00Z,reserved,not a date,2026-12-03,EUR,Novak{0},blk{0}@example.org\n"
)


def deliver_bad_batch(landing: Path) -> None:
    """Ten rows that can be read, thirty that can't: over the share that blocks."""
    folder = landing / "reservations" / "canonical" / SECOND
    folder.mkdir(parents=True, exist_ok=True)
    rows = [GOOD.format(number) for number in range(10)] + [BAD.format(number) for number in range(10, 40)]
    (folder / "blocked_batch.csv").write_text(HEADER + "".join(rows))


MAPPING = """
vendor: mended_pms
feeds:
  reservations:
    columns:
      property_code: Hotel
      reservation_id: Res No
      updated_at: Changed
      status: {from: State, codes: {OK: reserved%s}}
      arrival_date: From
      departure_date: To
      currency_code: {constant: EUR}
      guest_last_name: Guest
"""
EXPORT = "Hotel,Res No,Changed,State,From,To,Guest\n" + "".join(
    f"MND,M{number},2026-11-19T10:00:00Z,{'OK' if number < 3 else 'XX'},2026-12-01,2026-12-03,Novak{number}\n"
    for number in range(5)
)
LOADED = """
select sum(rows_loaded), sum(rows_quarantined), bool_and(rows_read = rows_loaded + rows_duplicate + rows_quarantined)
from ops.load_report where vendor = 'mended_pms'
"""
MENDED = "select count(*), count(distinct customer_id) from core.fct_reservation where source_system = 'mended_pms'"


def write_mapping(home: Home, codes: str) -> None:
    """The user's own mapping; without the code XX two of five rows are quarantined."""
    path = home.path / "sources" / "mended_pms" / "mapping.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MAPPING % codes)


def answers(home: Home, *queries: str) -> list[tuple[object, ...]]:
    """The first row of each query over the warehouse."""
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return [con.sql(query).fetchall()[0] for query in queries]


def rows_of_the_batch(database: Path) -> dict[str, int]:
    """Tables that show a row of the batch, with their count."""
    found = {}
    with duckdb.connect(str(database), read_only=True) as con:
        columns = con.sql(
            "select table_schema, table_name, column_name from information_schema.columns"
            " where column_name in ('source_system', 'property_code') and table_schema not in ('ops', 'lake')"
        ).fetchall()
        assert columns
        for schema, name, column in columns:
            query = f'select count(*) from "{schema}"."{name}" where "{column}" in (\'blocked_pms\', \'BLK\')'
            count = con.sql(query).fetchone()[0]
            if count:
                found[f"{schema}.{name}"] = count
    return found


@in_background
def test_what_is_set_aside_is_in_no_table_until_released_or_mended(nights: Nights, folder: Path) -> None:
    landing = folder / "landing"
    shutil.copytree(nights.after_first.landing, landing)
    home = Home(nights.after_first.copy(folder / "home").path, landing)
    deliver_bad_batch(landing)
    write_mapping(home, "")
    delivery = landing / "reservations" / "mended_pms" / SECOND / "export.csv"
    delivery.parent.mkdir(parents=True)
    delivery.write_text(EXPORT)
    published = home.published.resolve().read_bytes()

    said = home.night(SECOND, exit_code=3)
    assert "blocked_batch.csv" in said
    assert "Traceback" not in said
    assert home.published.resolve().read_bytes() == published
    assert rows_of_the_batch(home.warehouse) == {}
    assert (home.path / "reports" / SECOND / "gates.html").is_file()

    write_mapping(home, ", XX: cancelled")
    home.run("quarantine", "retry")
    home.night(THIRD)
    assert answers(home, MENDED, LOADED) == [(5, 5), (5, 2, True)]
    assert rows_of_the_batch(home.warehouse) == {}
    assert rows_of_the_batch(home.published) == {}

    home.run(
        "gate",
        "override",
        "--date",
        SECOND,
        "--rule",
        "quarantined_share_block",
        "--reason",
        "the vendor says it is right",
    )
    home.night(THIRD)
    assert rows_of_the_batch(home.warehouse)["core.fct_reservation"] == 10
    assert rows_of_the_batch(home.published)["core.fct_reservation"] == 10
