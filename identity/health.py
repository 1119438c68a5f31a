"""Health of identity without truth: figures of one night that move when something has gone wrong."""

import hashlib
from datetime import date
from importlib import resources

import duckdb

from guestbook.lake import write_record
from guestbook.settings import Settings
from guestbook.tables import conform, declared
from guestbook.warehouse import load_records
from identity import ids, sql
from identity.match import MatchModel
from identity.stage import model_in_force

TABLE = "ops.identity_health"
DECIDING_FILES = ("rules.yml", "limits.yml", "match/settings.yml", "reference/registry.yml")


def measure_health(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> dict[str, float]:
    """Write the night's rows of ops.identity_health, to the lake and the table; metric_name to value, null ones absent.

    Reads the identity tables and the facts in core; compares with what earlier nights committed, so it must run before
    `identity.commit` or after it alike. A night run again replaces its rows.
    """
    sql.run(con, "assignment_of_warehouse")
    ids.load_previous(con, settings, night_date)
    rows = sql.rows(
        con, "health_rows", night_date=night_date, identity_version=identity_version(model_in_force(con, settings))
    )
    sql.drop_work_tables(con)
    write_record(settings, "identity_health", night_date.isoformat(), conform(rows, declared(*TABLE.split("."))))
    load_records(con, settings, TABLE)
    return {row["metric_name"]: row["metric_value"] for row in rows.to_pylist() if row["metric_value"] is not None}


def identity_version(model: MatchModel | None) -> str:
    """A text that changes with rules, limits and the match model in force: then many records may change customer."""
    digest = hashlib.sha256()
    for name in DECIDING_FILES:
        digest.update(resources.files("identity").joinpath(name).read_bytes())
    return f"{digest.hexdigest()[:12]} {model.model_version if model else 'rules alone'}"
