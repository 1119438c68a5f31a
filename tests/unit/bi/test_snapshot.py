"""What BI reads: the published schemas with their comments, switched in one step, never two nights at once."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta

import duckdb
import pytest

import bi
from bi import snapshot
from bi.errors import PublishError
from bi.snapshot import versions
from guestbook.night import complete_night
from guestbook.settings import Settings

NIGHT = date(2026, 11, 19)
Make = Callable[..., None]


def query(settings: Settings, text: str) -> list[tuple]:
    with duckdb.connect(str(bi.status(settings)["published_version"]), read_only=True) as con:
        return con.execute(text).fetchall()


def test_published_schemas_are_copied_and_the_rest_is_not(settings: Settings, make_warehouse: Make) -> None:
    make_warehouse(NIGHT)
    counts = bi.publish(settings, NIGHT)
    tables = {
        f"{schema}.{name}" for schema, name in query(settings, "select schema_name, table_name from duckdb_tables()")
    }
    assert {
        "core.dim_customer",
        "marts.revenue",
        "marts.seen",
        "ml.customer_churn",
        "ops.load_report",
        "ops.run",
    } <= tables
    assert tables - set(counts) == {"ops.published_night"}
    assert {name for name in tables if name.split(".")[0] in {"staging", "identity", "features", "lake"}} == set()
    assert "ops.quarantine" not in tables
    assert not any("__dbt_" in name for name in tables)
    assert (counts["core.dim_customer"], counts["marts.seen"]) == (3, 1)


def test_comments_and_types_are_kept(settings: Settings, make_warehouse: Make) -> None:
    make_warehouse(NIGHT)
    bi.publish(settings, NIGHT)
    comments = dict(query(settings, "select schema_name || '.' || table_name, comment from duckdb_tables()"))
    assert comments["core.dim_customer"] == "One row per customer_id, it's the golden record"
    assert comments["marts.seen"] == "A view"
    assert [name for name, text in comments.items() if not text and name.split(".")[0] in {"ml", "ops"}] == []
    columns = {
        (table, column): (text, kind)
        for table, column, text, kind in query(
            settings, "select table_name, column_name, comment, data_type from duckdb_columns() where not internal"
        )
    }
    assert columns["dim_customer", "customer_id"][0] == "Stable id"
    assert columns["revenue", "amount"][1] == "DECIMAL(18,4)"
    assert columns["customer_churn", "churn_probability"][0].startswith("0-1; probability of no visit")


def test_the_file_is_for_its_owner_only_and_whole(settings: Settings, make_warehouse: Make) -> None:
    make_warehouse(NIGHT)
    bi.publish(settings, NIGHT)
    assert stat.S_IMODE(settings.published_file.stat().st_mode) == 0o600
    names = sorted(path.name for path in settings.published_dir.iterdir())
    assert names == ["guestbook.duckdb", "guestbook_2026-11-19_1.duckdb"]
    assert settings.published_file.samefile(settings.published_dir / names[1])


def test_three_versions_are_kept_and_the_stable_name_is_the_newest(settings: Settings, make_warehouse: Make) -> None:
    for offset in (0, 0, 1, 2, 2):
        make_warehouse(NIGHT + timedelta(days=offset))
        bi.publish(settings, NIGHT + timedelta(days=offset))
    names = [path.name for path in versions(settings.published_dir)]
    assert names == ["guestbook_2026-11-20_1.duckdb", "guestbook_2026-11-21_1.duckdb", "guestbook_2026-11-21_2.duckdb"]
    assert bi.status(settings)["published_version"].endswith(names[-1])
    assert query(settings, "select night_date from ops.published_night") == [(date(2026, 11, 21),)]


def test_a_past_night_published_again_keeps_the_name_of_the_newest(settings: Settings, make_warehouse: Make) -> None:
    complete_night(settings, NIGHT)
    make_warehouse(NIGHT)
    bi.publish(settings, NIGHT - timedelta(days=3))
    assert query(settings, "select night_date from ops.published_night") == [(NIGHT,)]


def test_a_failed_publish_leaves_the_old_file_and_no_draft(
    settings: Settings, make_warehouse: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_warehouse(NIGHT)
    bi.publish(settings, NIGHT)
    make_warehouse(NIGHT + timedelta(days=1), 5)
    monkeypatch.setattr(
        snapshot.sql, "copy_relation", lambda target, source: f"create table {target} as from {source} limit 1"
    )
    with pytest.raises(PublishError, match=r"core.dim_customer: 1 rows were copied of 5"):
        bi.publish(settings, NIGHT + timedelta(days=1))
    assert len(list(settings.published_dir.iterdir())) == 2
    assert query(settings, "select count(*), max(night_date) from core.dim_customer") == [(3, NIGHT)]


def test_a_draft_that_a_killed_run_left_is_cleaned_up(settings: Settings, make_warehouse: Make) -> None:
    settings.published_dir.mkdir(parents=True)
    (settings.published_dir / ".guestbook_2026-11-19_1.duckdb.tmp").write_text("half")
    make_warehouse(NIGHT)
    bi.publish(settings, NIGHT)
    assert [path.name for path in settings.published_dir.iterdir() if path.name.startswith(".")] == []


def test_the_same_warehouse_publishes_the_same_rows(settings: Settings, make_warehouse: Make) -> None:
    make_warehouse(NIGHT)
    seen = []
    for _ in range(2):
        bi.publish(settings, NIGHT)
        tables = [
            f"{schema}.{name}"
            for schema, name in query(
                settings, "select schema_name, table_name from duckdb_tables() where schema_name <> 'ops' order by all"
            )
        ]
        seen.append({name: query(settings, f"from {name}") for name in [*tables, "ops.published_night"]})
    assert seen[0] == seen[1]


READER = """
import sys, duckdb
path, stop = sys.argv[1:]
import os
seen, errors, mixed, reads = set(), [], 0, 0
while not os.path.exists(stop):
    try:
        with duckdb.connect(path, read_only=True) as con:
            nights = {con.execute(q).fetchone()[0] for q in (
                "select night_date from ops.published_night", "select max(night_date) from core.dim_customer",
                "select min(night_date) from core.dim_customer", "select night_date from marts.revenue")}
        mixed += len(nights) != 1
        seen |= nights
        reads += 1
        if reads == 1:
            print("reading", flush=True)
    except Exception as error:
        errors.append(str(error))
print(reads, mixed, len(errors), len(seen), errors[:1])
"""


def test_a_reader_in_a_loop_sees_no_error_and_no_mixed_night(settings: Settings, make_warehouse: Make) -> None:
    """A second process, as a BI tool is one, while four nights are published over it."""
    make_warehouse(NIGHT, 20_000)
    bi.publish(settings, NIGHT)
    stop = settings.home / "stop"
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(settings.published_file), str(stop)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ},
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        for offset in range(1, 5):
            make_warehouse(NIGHT + timedelta(days=offset), 20_000)
            bi.publish(settings, NIGHT + timedelta(days=offset))
        stop.touch()
        reads, mixed, errors, nights, *first = reader.stdout.read().split(" ", 4)
    assert (mixed, errors) == ("0", "0"), first
    assert int(reads) > 5
    assert int(nights) > 1
