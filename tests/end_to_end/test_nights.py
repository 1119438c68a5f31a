"""Nights of a tiny group through the Airflow DAGs, by the command: run again, killed, rebuilt, in the past."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.background import in_background
from tests.end_to_end.homes import FIRST, SECOND, Home, Nights

pytestmark = pytest.mark.end_to_end

MISTYPED = "2062-11-19"
STAGES = {
    "ingest_reservations",
    "ingest_pos_checks",
    "ingest_interactions",
    "build_customer_view",
    "score_customers",
    "publish_bi",
}


def end_group(process: Any, number: signal.Signals) -> None:
    """Send the command and all that it started a signal; it must end soon."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    process.wait(timeout=30)


def test_a_night_is_real_dag_runs(after_first: Home) -> None:
    with sqlite3.connect(after_first.path / "airflow" / "airflow.db") as con:
        runs = dict(con.execute("select dag_id, state from dag_run").fetchall())
        pool = con.execute("select slots from slot_pool where pool = 'warehouse'").fetchone()
    assert runs == dict.fromkeys(STAGES, "success")
    assert pool == (1,)


def test_status_after_a_night(after_first: Home) -> None:
    status = after_first.status()
    assert (status["night_date"], status["run_status"]) == (FIRST, "succeeded")
    assert Path(str(status["published"])).is_file()
    assert Path(str(status["warehouse"])).is_file()


def test_xcom_holds_no_personal_data(after_first: Home) -> None:
    """Counts and delivered files only: no e-mail address, no phone number, no name."""
    with sqlite3.connect(after_first.path / "airflow" / "airflow.db") as con:
        values = [str(row[0]) for row in con.execute("select value from xcom")]
    assert values
    assert [value for value in values if "@" in value or "+49" in value] == []


@in_background
def test_the_same_night_again_changes_no_row(nights: Nights, folder: Path) -> None:
    """The first night trains; run again it must not, and still build what training was given."""
    home = nights.after_first.copy(folder / "home")
    home.night(FIRST)
    assert differences(nights.after_first.tables(), home.tables()) == {}


@in_background
def test_the_warehouse_is_rebuilt_from_the_lake(nights: Nights, folder: Path) -> None:
    home = nights.after_second.copy(folder / "home")
    home.warehouse.unlink()
    home.night(SECOND)
    assert differences(nights.after_second.tables(), home.tables()) == {}


@in_background
def test_a_past_night_changes_no_table(nights: Nights, folder: Path) -> None:
    """It computes its own history again, from what was known then: the same rows."""
    home = nights.after_second.copy(folder / "home")
    home.night(FIRST)
    assert differences(nights.after_second.tables(), home.tables()) == {}
    assert home.status()["published_night_date"] == SECOND


@in_background
def test_a_night_of_the_far_future_is_taken_back(nights: Nights, folder: Path) -> None:
    """A mistyped year takes all deliveries and ends all loading. Taken back, the night that was meant is whole."""
    home = nights.after_first.copy(folder / "home")
    assert f"guestbook withdraw --date {MISTYPED}" in home.night(MISTYPED)  # it lies ahead of the calendar
    assert f"guestbook withdraw --date {MISTYPED}" in home.night(SECOND)  # a past night now
    assert MISTYPED in home.run("withdraw", "--date", SECOND, exit_code=2)
    said = home.run("withdraw", "--date", MISTYPED)
    assert f"Run as past nights, so without loading a file: {SECOND}" in said
    home.run("withdraw", "--date", SECOND)
    assert home.status()["published_night_date"] == FIRST
    home.night(SECOND)
    assert differences(nights.after_second.tables(), home.tables()) == {}


@in_background
def test_the_first_night_killed_three_times(nights: Nights, folder: Path) -> None:
    """At random moments, then the same command: as if nothing had happened. This night trains, too."""
    home = nights.group.copy(folder / "home")
    kills = (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL)
    run_with_kills(home, FIRST, kills, moments=random.Random(11), seconds=night_seconds(nights.after_first, FIRST))
    assert differences(nights.after_first.tables(), home.tables()) == {}


@in_background
def test_a_later_night_killed_two_times(nights: Nights, folder: Path) -> None:
    """The same for a night that adds to what is there. No run is left over that says it is running."""
    home = nights.after_first.copy(folder / "home")
    kills = (signal.SIGTERM, signal.SIGKILL)
    run_with_kills(home, SECOND, kills, moments=random.Random(12), seconds=night_seconds(nights.after_second, SECOND))
    assert differences(nights.after_second.tables(), home.tables()) == {}
    with sqlite3.connect(home.path / "airflow" / "airflow.db") as con:
        states = dict(con.execute("select state, count(*) from dag_run group by state").fetchall())
    assert states["success"] >= 2 * len(STAGES)
    assert "running" not in states


def run_with_kills(
    home: Home, night: str, kills: Sequence[signal.Signals], moments: random.Random, seconds: float
) -> None:
    """Start the night and end it by each signal in turn; then let it run."""
    for number in kills:
        process = home.start("nightly", "--date", night)
        time.sleep(moments.uniform(0.15, 0.95) * seconds)
        end_group(process, number)
    home.night(night)


def differences(expected: dict[str, str], found: dict[str, str]) -> dict[str, tuple[str | None, str | None]]:
    """Tables that are not equal: count and hash of both."""
    names = sorted({*expected, *found})
    return {name: (expected.get(name), found.get(name)) for name in names if expected.get(name) != found.get(name)}


def night_seconds(home: Any, night: str) -> float:
    """How long the undisturbed night took, from its first stage to its last, and a start-up before it."""
    logs = [json.loads(path.read_text()) for path in (home.path / "lake" / "run" / night).glob("*.*.json")]
    starts = [datetime.fromisoformat(log["started_at"]) for log in logs]
    ends = [datetime.fromisoformat(log["finished_at"]) for log in logs]
    return (max(ends) - min(starts)).total_seconds() + 8
