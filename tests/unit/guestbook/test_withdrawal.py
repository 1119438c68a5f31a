"""What taking a night back refuses, and which files it moves."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner, Result

import ingest
from guestbook.airflow_environment import server_lock
from guestbook.cli import app
from guestbook.errors import GuestbookError, UsageError
from guestbook.files import write_json_atomic
from guestbook.lake import record_files, write_record
from guestbook.night import complete_night, nights_run, stage
from guestbook.settings import Settings
from guestbook.tables import declared
from guestbook.withdrawal import check_is_newest, withdraw_lake, withdrawn_folder

BEFORE, NIGHT = date(2026, 11, 19), date(2026, 11, 20)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with two nights; the landing is empty."""
    settings = Settings.load({}, home=tmp_path)
    for night in (BEFORE, NIGHT):
        complete_night(settings, night)
    Path(settings.landing).mkdir()
    return settings


def withdraw(settings: Settings, night: str) -> Result:
    return CliRunner().invoke(app, ["withdraw", "--date", night, "--home", str(settings.home)])


def test_only_the_newest_night(settings: Settings) -> None:
    with pytest.raises(UsageError, match="only the newest night can be taken back, and that is 2026-11-20"):
        check_is_newest(settings, BEFORE)
    with pytest.raises(UsageError, match="not 2062-11-20"):
        check_is_newest(settings, date(2062, 11, 20))


def test_a_blocked_night_is_the_newest_too(settings: Settings) -> None:
    with pytest.raises(GuestbookError), stage(settings, date(2026, 11, 21), "ingest_reservations.discover"):
        raise GuestbookError("no")
    check_is_newest(settings, date(2026, 11, 21))


def test_a_home_without_a_night_is_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "mistyped"
    answer = withdraw(Settings.load({}, home=home), "2026-11-20")
    assert isinstance(answer.exception, UsageError)
    assert not home.exists()


def test_not_beside_a_server(settings: Settings) -> None:
    with server_lock(settings):
        assert "an Airflow server runs" in str(withdraw(settings, "2026-11-20").exception)
    assert nights_run(settings) == [BEFORE, NIGHT]


def test_records_of_the_night_and_no_others_move(settings: Settings) -> None:
    rows = pa.table({"n": [1]})
    kept = ("2026-11-19", "2026-11-19-001", "churn-2026-11-19-abc", "20261120T010203000000-abc", "2026-11-201")
    for name in (*kept, "2026-11-20", "2026-11-20-01-pos_checks", "churn-2026-11-20-abc"):
        write_record(settings, "some", name, rows)
    settings.warehouse_file.parent.mkdir()
    settings.warehouse_file.touch()
    folder = withdrawn_folder(settings, NIGHT)
    withdraw_lake(settings, NIGHT, folder)
    assert {path.stem for path in record_files(settings, "some")} == set(kept)
    assert len(list(folder.glob("record/some/*"))) == 3
    assert nights_run(settings) == [BEFORE]
    assert not settings.warehouse_file.exists()
    assert folder.stat().st_mode & 0o077 == 0
    assert withdrawn_folder(settings, NIGHT) != folder


def delivered(settings: Settings, **other: Any) -> None:
    """One file, loaded in the night."""
    path = Path(settings.landing, "reservations", "canonical", "2026-11-20", "one.csv")
    path.parent.mkdir(parents=True)
    path.write_text("x")
    (file,) = ingest.landing.feed_files(settings, "reservations", NIGHT)
    row = {
        "feed": "reservations", "file_name": file.file_name, "file_size": file.size, "night_date": NIGHT,
        "file_modified_at": file.modified, "load_status": "accepted", **other,
    }  # fmt: skip
    table = pa.Table.from_pylist([row], schema=declared("ops", "load_report").arrow_schema)
    write_record(settings, "load_report", "2026-11-20-01-reservations", table)


def test_what_the_night_loaded_must_still_be_there(settings: Settings) -> None:
    delivered(settings)
    ingest.check_still_delivered(settings, NIGHT)
    (path,) = Path(settings.landing).rglob("one.csv")
    os.utime(path, (0, 0))
    with pytest.raises(GuestbookError, match=r"1 files .*reservations/canonical/2026-11-20/one.csv\. Put them back"):
        ingest.check_still_delivered(settings, NIGHT)
    assert "Put them back" in str(withdraw(settings, "2026-11-20").exception)
    assert nights_run(settings) == [BEFORE, NIGHT]


def test_a_refused_file_may_be_gone(settings: Settings) -> None:
    delivered(settings, load_status="refused")
    next(Path(settings.landing).rglob("one.csv")).unlink()
    ingest.check_still_delivered(settings, NIGHT)


def test_models_of_the_night_go_and_the_one_before_serves_again(settings: Settings) -> None:
    old, new = "2026-11-19-aaa", "2026-11-20-bbb"
    for name in ("churn", "identity"):
        for version in (old, new):
            write_json_atomic({}, settings.models_dir / name / version / "manifest.json")
    write_json_atomic({"served": [old, new]}, settings.models_dir / "churn" / "current.json")
    write_json_atomic({"model_version": new, "shape": 1}, settings.models_dir / "identity" / "current.json")
    assert withdraw(settings, "2026-11-20").exit_code == 0
    for name in ("churn", "identity"):
        assert old in (settings.models_dir / name / "current.json").read_text()
        assert new not in (settings.models_dir / name / "current.json").read_text()
        assert not (settings.models_dir / name / new).exists()
        assert next(settings.home.glob(f"withdrawn/*/models/{name}/{new}")).is_dir()
