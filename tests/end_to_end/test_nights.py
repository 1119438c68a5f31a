"""Nights of a tiny group through the Airflow DAGs, by the command: run again, killed, rebuilt, in the past."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.end_to_end

FIRST, SECOND, THIRD = "2026-11-18", "2026-11-19", "2026-11-20"
STAGES = {
    "ingest_reservations",
    "ingest_pos_checks",
    "ingest_interactions",
    "build_customer_view",
    "score_customers",
    "publish_bi",
}


def kill_group(process: Any) -> None:
    """kill -9 of the command and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


def test_a_night_is_real_dag_runs(after_first: Any) -> None:
    with sqlite3.connect(after_first.path / "airflow" / "airflow.db") as con:
        runs = dict(con.execute("select dag_id, state from dag_run").fetchall())
        pool = con.execute("select slots from slot_pool where pool = 'warehouse'").fetchone()
    assert runs == dict.fromkeys(STAGES, "success")
    assert pool == (1,)


def test_status_after_a_night(after_first: Any) -> None:
    status = after_first.status()
    assert (status["night_date"], status["run_status"]) == (FIRST, "succeeded")
    assert Path(str(status["published"])).is_file()
    assert Path(str(status["warehouse"])).is_file()


def test_xcom_holds_no_personal_data(after_first: Any) -> None:
    """Counts and delivered files only: no e-mail address, no phone number, no name."""
    with sqlite3.connect(after_first.path / "airflow" / "airflow.db") as con:
        values = [str(row[0]) for row in con.execute("select value from xcom")]
    assert values
    assert [value for value in values if "@" in value or "+49" in value] == []


def test_the_same_night_again_changes_no_row(after_first: Any, tmp_path: Path) -> None:
    """The first night trains; run again it must not, and still build what training was given."""
    home = after_first.copy(tmp_path / "home")
    home.night(FIRST)
    assert differences(after_first.tables(), home.tables()) == {}


def test_the_warehouse_is_rebuilt_from_the_lake(after_second: Any, tmp_path: Path) -> None:
    home = after_second.copy(tmp_path / "home")
    home.warehouse.unlink()
    home.night(SECOND)
    assert differences(after_second.tables(), home.tables()) == {}


def test_a_past_night_changes_no_table(after_second: Any, tmp_path: Path) -> None:
    """It computes its own history again, from what was known then: the same rows."""
    home = after_second.copy(tmp_path / "home")
    home.night(FIRST)
    assert differences(after_second.tables(), home.tables()) == {}
    assert home.status()["published_night_date"] == SECOND


@pytest.mark.parametrize(("night", "kills", "seed"), [(FIRST, 3, 11), (SECOND, 2, 12)])
def test_killed_and_run_again(
    request: pytest.FixtureRequest, tmp_path: Path, night: str, kills: int, seed: int
) -> None:
    """kill -9 at random moments of the night, then the same command: as if nothing had happened."""
    before, undisturbed = ("group", "after_first") if night == FIRST else ("after_first", "after_second")
    expected = request.getfixturevalue(undisturbed).tables()
    seconds = night_seconds(request.getfixturevalue(undisturbed), night)
    home = request.getfixturevalue(before).copy(tmp_path / "home")
    moments = random.Random(seed)
    for _ in range(kills):
        process = home.start("nightly", "--date", night)
        time.sleep(moments.uniform(0.15, 0.95) * seconds)
        kill_group(process)
    home.night(night)
    assert differences(expected, home.tables()) == {}


def test_nothing_left_over_says_it_is_running(after_first: Any, tmp_path: Path) -> None:
    home = after_first.copy(tmp_path / "home")
    process = home.start("nightly", "--date", SECOND)
    wait_for_stage(home, SECOND)
    kill_group(process)
    home.night(FIRST)  # a past night: short
    with sqlite3.connect(home.path / "airflow" / "airflow.db") as con:
        left = con.execute("select dag_id from dag_run where state = 'running'").fetchall()
    assert left == []


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


def wait_for_stage(home: Any, night: str) -> None:
    """Until the night has written the log of its first stage."""
    deadline = time.monotonic() + 120
    folder = home.path / "lake" / "run" / night
    while time.monotonic() < deadline:
        if any(folder.glob("*.json")):
            return
        time.sleep(0.1)
    raise AssertionError(f"no stage of {night} started")
