"""Nights: their date, their stage logs, and which are done."""

from datetime import date
from pathlib import Path

import pytest

from guestbook.errors import GateBlocked, UsageError
from guestbook.night import (
    complete_night,
    completed_passes,
    is_past_night,
    newest_completed_night,
    parse_night_date,
    stage,
    stage_logs,
)
from guestbook.settings import Settings

NIGHT = date(2026, 11, 20)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load({}, home=tmp_path)


@pytest.mark.parametrize("text", ["20.11.2026", "2026-02-30", "", "yesterday", "20261120", "2026-W47-5"])
def test_a_date_that_is_none_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        parse_night_date(text)


def test_stages_are_logged_with_status_message_and_counts(settings: Settings) -> None:
    with stage(settings, NIGHT, "good") as log:
        log.count(rows_read=3)
    with pytest.raises(GateBlocked), stage(settings, NIGHT, "stopped"):
        raise GateBlocked("rule x")
    with pytest.raises(ValueError, match="broken"), stage(settings, NIGHT, "wrong"):
        raise ValueError("broken")
    seen = {
        log["stage_name"]: (log["stage_status"], log["message"], log["counts"]) for log in stage_logs(settings, NIGHT)
    }
    assert seen == {
        "good": ("succeeded", None, {"rows_read": 3}),
        "stopped": ("blocked", "rule x", {}),
        "wrong": ("failed", "broken", {}),
    }


def test_nights_move_forward(settings: Settings) -> None:
    assert newest_completed_night(settings) is None
    assert not is_past_night(settings, NIGHT)
    complete_night(settings, NIGHT)
    assert newest_completed_night(settings) == NIGHT
    assert is_past_night(settings, date(2026, 11, 19))
    assert not is_past_night(settings, NIGHT)


def test_runs_of_a_night_are_counted(settings: Settings) -> None:
    complete_night(settings, NIGHT)
    complete_night(settings, NIGHT)
    assert completed_passes(settings, NIGHT) == 2
