"""What `guestbook nightly` says of a night before the newest completed one, and of one ahead of the calendar."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from guestbook.cli import app
from guestbook.night import complete_night
from guestbook.settings import Settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose newest completed night is 2026-11-20, and whose runs do nothing."""
    complete_night(Settings.load({}, home=tmp_path), date(2026, 11, 20))
    monkeypatch.setattr("guestbook.airflow_run.run_night", lambda *_: None)
    monkeypatch.setattr("bi.summary", lambda *_: {"run_status": "succeeded"})
    return tmp_path


def night(home: Path, day: str) -> Result:
    return CliRunner().invoke(app, ["nightly", "--date", day, "--json", "--home", str(home)])


def test_a_past_night_says_that_it_loaded_nothing_and_the_way_back(home: Path) -> None:
    said = night(home, "2026-11-19")
    assert said.exit_code == 0
    assert "newest completed night is 2026-11-20: the run of 2026-11-19 loaded no file" in said.stderr
    assert "guestbook withdraw --date 2026-11-20" in said.stderr
    assert '"run_status"' in said.stdout


def test_the_newest_night_that_has_ended_is_run_without_a_word(home: Path) -> None:
    said = night(home, "2026-11-20").stderr
    assert "nights move forward" not in said
    assert "after today" not in said


def test_a_night_ahead_of_the_calendar_is_run_with_a_warning(home: Path) -> None:
    complete_night(Settings.load({}, home=home), date(9999, 12, 31))
    said = night(home, "9999-12-31")
    assert said.exit_code == 0
    assert "days after today" in said.stderr
    assert "guestbook withdraw --date 9999-12-31" in said.stderr
