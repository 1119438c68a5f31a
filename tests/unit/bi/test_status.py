"""What `guestbook status` and the summary of a night say."""

import json
from collections.abc import Callable
from datetime import date

import duckdb
import pyarrow as pa
import pytest

import bi
from bi import sql
from bi.errors import PublishError
from bi.pages.sql import CHURN_MODEL
from guestbook.errors import GateBlocked
from guestbook.lake import write_record
from guestbook.night import stage
from guestbook.settings import Settings
from guestbook.tables import declared
from guestbook.warehouse import ensure_tables, write_rows

NIGHT = date(2026, 11, 19)
Make = Callable[..., None]


def test_a_home_where_nothing_ran_says_so(settings: Settings) -> None:
    content = bi.status(settings)
    assert (content["night_date"], content["run_status"], content["published"], content["tables"]) == (
        None,
        None,
        None,
        {},
    )
    with pytest.raises(PublishError, match="nothing is published"):
        bi.summary(settings, NIGHT)


def test_a_finished_night(settings: Settings, make_warehouse: Make, run_stages: Make) -> None:
    make_warehouse(NIGHT)
    bi.publish(settings, NIGHT)
    run_stages(NIGHT)
    content = bi.status(settings)
    assert (content["night_date"], content["run_status"], content["published_night_date"]) == (
        "2026-11-19",
        "succeeded",
        "2026-11-19",
    )
    assert (content["warehouse"], content["published"]) == (str(settings.warehouse_file), str(settings.published_file))
    assert content["tables"]["core.dim_customer"] == 3
    assert list(content["seconds"]) == ["ingest_reservations", "build_customer_view", "score_customers", "publish_bi"]
    json.dumps(content)


def test_a_blocked_night_says_what_blocked_and_what_is_still_published(
    settings: Settings, make_warehouse: Make, run_stages: Make
) -> None:
    make_warehouse(NIGHT)
    bi.publish(settings, NIGHT)
    run_stages(NIGHT)
    with pytest.raises(GateBlocked), stage(settings, date(2026, 11, 20), "ingest_reservations.gate_and_commit"):
        raise GateBlocked("rule key_repeated_block ...")
    content = bi.status(settings)
    assert (content["night_date"], content["run_status"], content["published_night_date"]) == (
        "2026-11-20",
        "blocked",
        "2026-11-19",
    )
    assert content["messages"] == ["ingest_reservations.gate_and_commit: rule key_repeated_block ..."]


def test_a_killed_night_is_unfinished(settings: Settings) -> None:
    with stage(settings, NIGHT, "ingest_reservations.discover"):
        pass
    assert bi.status(settings)["run_status"] == "unfinished"


def test_logs_of_an_earlier_pass_do_not_count(settings: Settings, make_warehouse: Make, run_stages: Make) -> None:
    """The first pass loaded a batch and failed in it; the second found nothing to load and went well."""
    with pytest.raises(ValueError, match="broken"), stage(settings, NIGHT, "ingest_reservations.load_batch_0"):
        raise ValueError("broken")
    make_warehouse(NIGHT)
    bi.publish(settings, NIGHT)
    run_stages(NIGHT)
    assert (bi.status(settings)["run_status"], bi.status(settings)["messages"]) == ("succeeded", [])


def test_the_summary_counts_the_feeds_files_and_rows(
    settings: Settings, make_warehouse: Make, run_stages: Make
) -> None:
    report = declared("ops", "load_report")
    base = {"night_date": NIGHT, "load_status": "accepted", "vendor": "canonical"}
    rows = [
        base
        | {
            "feed": "reservations",
            "file_name": "a",
            "delivery_sequence": 1,
            "rows_read": 10,
            "rows_loaded": 7,
            "rows_duplicate": 1,
            "rows_quarantined": 2,
        },
        base
        | {
            "feed": "pos_checks",
            "file_name": "b",
            "delivery_sequence": 2,
            "rows_read": 5,
            "rows_loaded": 5,
            "rows_duplicate": 0,
            "rows_quarantined": 0,
        },
        base
        | {
            "feed": "reservations",
            "file_name": "held",
            "delivery_sequence": 4,
            "load_status": "held",
            "rows_read": 40,
            "rows_loaded": 40,
        },
        base
        | {
            "feed": "property",
            "file_name": "c",
            "delivery_sequence": 3,
            "rows_read": 4,
            "rows_loaded": 4,
            "rows_duplicate": 0,
            "rows_quarantined": 0,
        },
    ]
    write_record(settings, "load_report", "night", pa.Table.from_pylist(rows, schema=report.arrow_schema))
    make_warehouse(NIGHT)
    bi.publish(settings, NIGHT)
    run_stages(NIGHT)
    content = bi.summary(settings, NIGHT)
    assert content["files"] == {"pos_checks": 1, "property": 1, "reservations": 2}
    assert content["rows"] == {"read": 15, "loaded": 12, "duplicate": 1, "quarantined": 2}
    assert (content["customers"], content["churn_model"], content["run_status"]) == (3, "none trained", "succeeded")


def test_the_run_row_is_one_per_night_and_counts_version_conflicts(settings: Settings, make_warehouse: Make) -> None:
    from guestbook.warehouse import warehouse

    make_warehouse(NIGHT)
    with warehouse(settings) as con:
        con.execute(
            "insert into staging.stg_interaction_version values"
            " ('calls', '1', '2026-11-01', 'x'), ('calls', '1', '2026-11-01', 'y'),"  # a conflict at the newest version
            " ('calls', '2', '2026-11-01', 'x'), ('calls', '2', '2026-11-01', 'y'), ('calls', '2', '2026-11-02', 'z')"
        )
    for _ in range(2):
        bi.publish(settings, NIGHT)
    with warehouse(settings) as con:
        runs = con.execute(
            "select night_date, run_status, version_conflict_count, customer_count from ops.run"
        ).fetchall()
    assert runs == [(NIGHT, "succeeded", 1, 3)]


def test_the_churn_model_named_is_the_one_that_scored() -> None:
    """It was promoted by hand after a newer one was trained; a third is promoted for the night to come."""
    runs = [
        {"model_name": "churn", "model_version": version, "trained_as_of": date(2026, 11, day), "is_promoted": promoted}
        for version, day, promoted in (("v1", 1, False), ("v2", 8, False), ("v3", 15, True))
    ]
    scored = [{"customer_id": "c1", "as_of_date": NIGHT, "model_version": "v1"}]
    with duckdb.connect() as con:
        ensure_tables(con)
        for table, rows in (("ml.model_run", runs), ("ml.customer_churn", scored)):
            write_rows(con, table, pa.Table.from_pylist(rows))
        named = [con.execute(sql.CHURN_MODEL).fetchone(), con.execute(CHURN_MODEL, {"night": NIGHT}).fetchone()]
        assert [row[0] for row in named if row] == ["v1", "v1"]
        con.execute("delete from ml.customer_churn")
        assert con.execute(sql.CHURN_MODEL).fetchone() == ("v3", None)
