"""Nights of one feed through its tasks, on real files: a cut export is held until the whole one comes."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from guestbook.lake import read_records
from guestbook.night import complete_night, stage_logs
from guestbook.settings import Settings
from guestbook.tables import declared

CUT = date(2026, 11, 19)
HEADER = "source_system,property_code,reservation_id,updated_at,status,arrival_date,departure_date,currency_code\n"
ROW = "pms,LIS,{0:%m%d}-{1},{0}T10:00:00Z,reserved,2026-12-01,2026-12-03,EUR\n"
Run = Callable[..., None]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GUESTBOOK_HOME", str(tmp_path))
    return Settings.load()


@pytest.fixture
def run(dags: dict[str, Any], night_stage: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """run(night, rows, name) -> deliver a file of so many reservations and run the tasks of the feed's DAG."""
    tasks = {task.task_id: task.python_callable for task in dags["ingest_reservations"].tasks}

    def night(night_date: date, rows: int, name: str = "export.csv", folder: date | None = None) -> None:
        path = Path(settings.landing) / "reservations" / "canonical" / str(folder or night_date) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER + "".join(ROW.format(folder or night_date, number) for number in range(rows)))
        os.utime(path, (1_700_000_000, 1_700_000_000))
        context = {
            "dag_run": SimpleNamespace(dag_id="", run_id="", partition_key=str(night_date), conf=None),
            "ti": SimpleNamespace(map_index=0),
        }
        monkeypatch.setattr(night_stage, "get_current_context", lambda: context)
        for batch in tasks["discover"]("reservations"):
            tasks["load_batch"]("reservations", batch)
        tasks["gate_and_commit"]("reservations")
        complete_night(settings, night_date)

    for back, rows in ((4, 900), (3, 130), (2, 125), (1, 128)):
        night(CUT - timedelta(days=back), rows)
    return night


def statuses(settings: Settings, folder: date) -> list[tuple[str, int, str]]:
    """Files of a folder date in the order of their entries: name, rows, what became of them."""
    rows = read_records(settings, "load_report", declared("ops", "load_report").arrow_schema).to_pylist()
    own = sorted((row for row in rows if row["folder_date"] == folder), key=lambda row: row["delivery_sequence"])
    return [(row["file_name"].split("/")[-1], row["rows_loaded"], row["load_status"]) for row in own]


def test_a_cut_load_is_held_until_a_whole_copy_comes(run: Run, settings: Settings) -> None:
    """What an override does is told in tests/unit/expectations/test_loads.py and tests/end_to_end."""
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match="--rule load_shrunk"):
        run(CUT, 20)
    assert statuses(settings, CUT) == [("export.csv", 20, "held")]
    [log] = [log for log in stage_logs(settings, CUT) if log["stage_name"].endswith("gate_and_commit")]
    assert log["stage_status"] == "blocked"
    assert "held" in (settings.reports_dir / str(CUT) / "loads.html").read_text(encoding="utf-8")

    run(CUT + timedelta(days=1), 126)
    assert statuses(settings, CUT) == [("export.csv", 20, "held")]

    run(CUT + timedelta(days=2), 127, "export_again.csv", CUT)
    assert statuses(settings, CUT)[1:] == [("export_again.csv", 127, "accepted"), ("export.csv", 20, "released")]
