"""What taking a night back refuses, and which files it moves."""

import os
import tempfile
from collections.abc import Iterator
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
from guestbook.withdrawal import check_is_newest, put_away, withdraw_lake, withdrawn_folder
from identity.match.model import SHAPE, models_folder, save_no_model, was_trained

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


def test_not_beside_a_task_at_work(settings: Settings) -> None:
    """A server of one's own does not hold the lock of `guestbook ui`."""
    with stage(settings, NIGHT, "score_customers.score"):
        assert "a task is at work" in str(withdraw(settings, "2026-11-20").exception)
    assert nights_run(settings) == [BEFORE, NIGHT]
    assert withdraw(settings, "2026-11-20").exit_code == 0


def test_a_task_that_was_killed_is_not_at_work(settings: Settings) -> None:
    """Its log says for ever that it runs."""
    path = settings.lake / "run" / str(NIGHT) / "score_customers.score.json"
    write_json_atomic({"stage_name": "score_customers.score", "stage_status": "running"}, path)
    assert withdraw(settings, "2026-11-20").exit_code == 0


def test_past_nights_are_taken_back_too(settings: Settings) -> None:
    """They were run after a night of the far future and loaded nothing: until they go, no night between them does."""
    complete_night(settings, date(2062, 11, 20))
    for day in (21, 22):
        complete_night(settings, date(2026, 11, day))
    complete_night(settings, NIGHT)  # one that had loaded its files stays one that did
    said = withdraw(settings, "2062-11-20").stdout
    assert "The newest completed night is 2026-11-22 now" in said
    assert "Run as past nights, so without loading a file: 2026-11-21, 2026-11-22. Take them back" in said
    assert "2026-11-21. Take them back" in withdraw(settings, "2026-11-22").stdout
    said = withdraw(settings, "2026-11-21").stdout
    assert "The newest completed night is 2026-11-20 now. Run the night that you meant" in said


def test_a_past_night_that_is_run_as_the_newest_is_none_any_more(settings: Settings) -> None:
    for night in (date(2062, 11, 20), date(2026, 11, 21)):
        complete_night(settings, night)
    withdraw(settings, "2062-11-20")
    for night in (date(2026, 11, 21), date(2026, 11, 22)):
        complete_night(settings, night)
    assert "Run the night that you meant" in withdraw(settings, "2026-11-22").stdout


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second file system here")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def test_published_may_be_a_file_system_of_its_own(settings: Settings, elsewhere: Path) -> None:
    """As it is on servers: nothing can be renamed out of it."""
    settings.published_dir.symlink_to(elsewhere)
    for night in (BEFORE, NIGHT):
        (elsewhere / f"guestbook_{night}_1.duckdb").write_text(str(night))
    os.link(elsewhere / f"guestbook_{NIGHT}_1.duckdb", settings.published_file)
    assert withdraw(settings, "2026-11-20").exit_code == 0
    assert settings.published_file.read_text() == str(BEFORE)
    assert not (elsewhere / f"guestbook_{NIGHT}_1.duckdb").exists()
    (moved,) = settings.home.glob("withdrawn/*/published/*")
    assert moved.read_text() == str(NIGHT)


def test_a_folder_is_carried_over_whole(tmp_path: Path, elsewhere: Path) -> None:
    write_json_atomic({"n": 1}, elsewhere / "model" / "part" / "card.json")
    put_away(elsewhere / "model", tmp_path / "withdrawn")
    assert not (elsewhere / "model").exists()
    assert (tmp_path / "withdrawn" / "model" / "part" / "card.json").read_text() == '{\n  "n": 1\n}\n'


def test_what_a_killed_night_spilled_goes_with_the_warehouse(settings: Settings) -> None:
    spill = settings.warehouse_file.with_name(f"{settings.warehouse_file.name}.tmp")
    spill.mkdir(parents=True)
    (spill / "duckdb_temp_storage_DEFAULT-0.tmp").touch()
    settings.warehouse_file.touch()
    assert withdraw(settings, "2026-11-20").exit_code == 0
    assert list(settings.warehouse_file.parent.iterdir()) == []


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
            write_json_atomic({"shape": SHAPE}, settings.models_dir / name / version / "card.json")
    write_json_atomic({"served": [old, new]}, settings.models_dir / "churn" / "current.json")
    write_json_atomic({"model_version": new, "shape": SHAPE}, settings.models_dir / "identity" / "current.json")
    assert withdraw(settings, "2026-11-20").exit_code == 0
    for name in ("churn", "identity"):
        assert old in (settings.models_dir / name / "current.json").read_text()
        assert new not in (settings.models_dir / name / "current.json").read_text()
        assert not (settings.models_dir / name / new).exists()
        assert next(settings.home.glob(f"withdrawn/*/models/{name}/{new}")).is_dir()


@pytest.mark.parametrize("card", [{"shape": "what models knew long ago"}, {}])
def test_a_model_that_today_cannot_be_used_is_not_in_force_again(settings: Settings, card: dict[str, str]) -> None:
    models, new = models_folder(settings), "2026-11-20-bbb"
    for version, content in (("2026-11-19-aaa", card), (new, {"shape": SHAPE})):
        write_json_atomic({}, models / version / "manifest.json")
        write_json_atomic(content, models / version / "card.json")
    write_json_atomic({"model_version": new, "shape": SHAPE}, models / "current.json")
    assert withdraw(settings, "2026-11-20").exit_code == 0
    assert not was_trained(settings)  # the next night trains


@pytest.mark.parametrize(("learned", "stays"), [(BEFORE, True), (NIGHT, False)])
def test_that_there_are_too_few_people_goes_with_the_night_that_learned_it(
    settings: Settings, learned: date, stays: bool
) -> None:
    save_no_model(settings, learned)
    assert withdraw(settings, "2026-11-20").exit_code == 0
    assert was_trained(settings) is stays
