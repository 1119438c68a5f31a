"""What the command says when DAGs of a night did not succeed."""

import gc
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from guestbook.airflow_run import (
    GARBAGE_THRESHOLDS,
    INGEST_DAGS,
    NIGHT_DAGS,
    InProcessAirflow,
    run_night,
    run_training,
)
from guestbook.errors import GateBlocked, GuestbookError, UsageError
from guestbook.night import complete_night, stage
from guestbook.settings import Settings

NIGHT = date(2026, 11, 20)


class FakeDag:
    """Writes a stage log as the real tasks do and ends in the state that follows from it."""

    def __init__(self, settings: Settings, dag_id: str, problem: Exception | None, started: list[str]) -> None:
        self.settings, self.dag_id, self.problem, self.started = settings, dag_id, problem, started

    def test(self, run_conf: dict[str, Any]) -> SimpleNamespace:
        assert run_conf == {"night_date": "2026-11-20", "is_in_process": True}
        self.started.append(self.dag_id)
        try:
            with stage(self.settings, NIGHT, f"{self.dag_id}.task"):
                if self.problem:
                    raise self.problem  # noqa: TRY301
        except Exception:  # noqa: BLE001 - Airflow keeps it and marks the run
            return SimpleNamespace(state="failed")
        return SimpleNamespace(state="success")


def run(tmp_path: Path, problems: dict[str, Exception]) -> tuple[list[str], GuestbookError | None]:
    """DAGs that were started, and what the command would say."""
    settings = Settings.load({}, home=tmp_path)
    started: list[str] = []
    dags = {dag_id: FakeDag(settings, dag_id, problems.get(dag_id), started) for dag_id in NIGHT_DAGS}
    try:
        InProcessAirflow(settings, dags, tmp_path / "log").run_night(NIGHT, None)
    except GuestbookError as error:
        return started, error
    return started, None


def test_all_dags_in_order(tmp_path: Path) -> None:
    assert run(tmp_path, {}) == (list(NIGHT_DAGS), None)


def test_a_blocked_feed_lets_the_other_feeds_load_and_stops_the_night(tmp_path: Path) -> None:
    started, error = run(tmp_path, {"ingest_reservations": GateBlocked("volume 3 is under 10")})
    assert started == list(INGEST_DAGS)
    assert isinstance(error, GateBlocked)
    assert error.exit_code == 3
    assert str(error) == "volume 3 is under 10"


def test_a_failed_feed_counts_more_than_a_blocked_one(tmp_path: Path) -> None:
    problems = {"ingest_reservations": GateBlocked("volume 3 is under 10"), "ingest_pos_checks": OSError("disk full")}
    _, error = run(tmp_path, problems)
    assert error is not None
    assert error.exit_code == 1
    assert "volume 3 is under 10" in str(error)
    assert "ingest_pos_checks.task failed: disk full" in str(error)


def test_a_failed_stage_stops_what_follows(tmp_path: Path) -> None:
    started, error = run(tmp_path, {"build_customer_view": KeyError("column")})
    assert started == [*INGEST_DAGS, "build_customer_view"]
    assert "build_customer_view.task failed" in str(error)
    assert str(tmp_path / "log") in str(error)


@pytest.mark.parametrize("dag_id", NIGHT_DAGS)
def test_what_an_earlier_pass_said_is_not_repeated(tmp_path: Path, dag_id: str) -> None:
    run(tmp_path, {dag_id: GateBlocked("yesterday's news")})
    assert run(tmp_path, {})[1] is None


def test_the_process_collects_garbage_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed start included."""
    before, seen = gc.get_threshold(), []

    def enter(_: Settings) -> Path:
        seen.append(gc.get_threshold())
        raise GuestbookError("packages are missing")

    monkeypatch.setattr("guestbook.airflow_run.enter_airflow", enter)
    with pytest.raises(GuestbookError, match="packages are missing"):
        run_night(Settings.load({}, home=tmp_path), NIGHT)
    assert seen == [GARBAGE_THRESHOLDS]
    assert gc.get_threshold() == before != GARBAGE_THRESHOLDS


def test_training_waits_for_a_night(tmp_path: Path) -> None:
    home = tmp_path / "mistyped"
    with pytest.raises(UsageError, match=r"no night was completed in .*mistyped"):
        run_training(Settings.load({}, home=home), NIGHT)
    assert not home.exists()


def test_nothing_is_learned_from_days_that_no_night_has_seen(tmp_path: Path) -> None:
    """Guests who are not known to have come would count as lost."""
    settings = Settings.load({}, home=tmp_path)
    complete_night(settings, NIGHT)
    with pytest.raises(UsageError, match=r"nothing is known of 2062-11-20: the newest completed night is 2026-11-20"):
        run_training(settings, date(2062, 11, 20))
