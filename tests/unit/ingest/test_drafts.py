"""Delivered rows wait in private folders of the home, and none outlives its process for longer than the next load."""

import shutil
import stat
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

from guestbook.settings import Settings
from ingest.check import check
from ingest.drafts import draft_folder, forget_drafts
from ingest.quarantine import retry
from tests.unit.ingest.conftest import NIGHT, Stage, csv_text, reservation
from tests.unit.ingest.mapped import reservations_of, write_mapping

NUMBER = "P 123-456 X"


@pytest.fixture
def left(stage: Stage) -> Path:
    """What a killed process left: a folder whose lock nobody holds."""
    folder = stage.settings.home / "draft" / "killed"
    folder.mkdir(parents=True)
    (folder / "checked.parquet").write_text(NUMBER)
    return folder


def test_a_folder_is_its_owners_only_and_gone_afterwards(tmp_path: Path) -> None:
    with draft_folder(Settings.load({}, home=tmp_path)) as folder:
        assert folder.is_relative_to(tmp_path)
        assert [stat.S_IMODE(path.stat().st_mode) for path in (folder.parent, folder)] == [0o700, 0o700]
    assert not folder.exists()


def test_a_night_takes_away_what_a_killed_process_left(stage: Stage, left: Path) -> None:
    stage.run()
    assert not left.exists()


def test_the_next_folder_takes_it_away_too_and_leaves_those_in_use(stage: Stage, left: Path) -> None:
    with draft_folder(stage.settings) as first, draft_folder(stage.settings) as second:
        forget_drafts(stage.settings)
        assert [path.exists() for path in (left, first, second)] == [False, True, True]


def test_a_folder_that_its_owner_takes_away_meanwhile_stops_nobody(
    stage: Stage, left: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class TooLate(FileLock):
        def _acquire(self) -> None:
            if Path(self.lock_file).parent == left:
                shutil.rmtree(left)
            super()._acquire()

    monkeypatch.setattr("ingest.drafts.FileLock", TooLate)
    forget_drafts(stage.settings)
    assert not left.exists()


def test_checks_and_retries_leave_nothing_and_use_no_folder_outside(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(stage.settings.home / "no such folder"))
    write_mapping(stage, "acme", reservations_of("status: {from: status, codes: {OK: reserved}}"))
    rows = [reservation(status=status, guest_document_number=NUMBER) for status in ("OK", "XX")]
    path = stage.deliver("a.csv", csv_text(rows), vendor="acme")
    stage.run(night=NIGHT)
    write_mapping(stage, "acme", reservations_of("status: {from: status, codes: {OK: reserved, XX: cancelled}}"))
    assert check(stage.settings, path, "acme").loaded.rows_quarantined == 0
    assert [result.rows_loaded for result in retry(stage.settings)] == [1]
    assert [entry.name for entry in (stage.settings.home / "draft").iterdir()] == [".owner"]
