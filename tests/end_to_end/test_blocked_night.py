"""A batch that a gate blocks is in no table, until someone releases it; published data stays as it was."""

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
def test_a_blocked_batch_is_in_no_table_until_released(nights: Nights, folder: Path) -> None:
    landing = folder / "landing"
    shutil.copytree(nights.after_first.landing, landing)
    home = Home(nights.after_first.copy(folder / "home").path, landing)
    deliver_bad_batch(landing)
    published = home.published.resolve().read_bytes()

    said = home.night(SECOND, exit_code=3)
    assert "blocked_batch.csv" in said
    assert "Traceback" not in said
    assert home.published.resolve().read_bytes() == published
    assert rows_of_the_batch(home.warehouse) == {}
    assert (home.path / "reports" / SECOND / "gates.html").is_file()

    home.night(THIRD)
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
