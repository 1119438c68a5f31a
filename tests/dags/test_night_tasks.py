"""What a task is told about its night, and which errors are tried again."""

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from guestbook.errors import GateBlocked, UsageError
from guestbook.night import complete_night
from guestbook.settings import Settings


def run(dag_id: str = "publish_bi", key: str | None = None, conf: dict[str, Any] | None = None) -> SimpleNamespace:
    return SimpleNamespace(dag_id=dag_id, run_id="some_run", partition_key=key, conf=conf)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("GUESTBOOK_FEEDS", "GUESTBOOK_LANDING", "GUESTBOOK_TIME_ZONE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GUESTBOOK_HOME", str(tmp_path))
    return Settings.load()


@pytest.mark.parametrize(
    "dag_run",
    [
        run(key="2026-11-20"),
        run(conf={"night_date": "2026-11-20"}),
        run(key="2026-11-20", conf={"night_date": "2026-11-01"}),  # the key is what started the run
    ],
)
def test_night_of_a_run(night_tasks: Any, settings: Settings, dag_run: SimpleNamespace) -> None:
    assert night_tasks.night_of(dag_run, settings) == date(2026, 11, 20)


@pytest.mark.parametrize("conf", [None, {}, {"night_date": ""}, {"night_date": "20.11.2026"}])
def test_no_night_is_an_error_that_says_what_to_give(night_tasks: Any, settings: Settings, conf: Any) -> None:
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        night_tasks.night_of(run(conf=conf), settings)


def test_weekly_training_takes_the_newest_completed_night(night_tasks: Any, settings: Settings) -> None:
    complete_night(settings, date(2026, 11, 18))
    complete_night(settings, date(2026, 11, 19))
    assert night_tasks.night_of(run("train_models"), settings) == date(2026, 11, 19)
    with pytest.raises(UsageError):
        night_tasks.night_of(run("score_customers"), settings)


class TestStage:
    @pytest.fixture(autouse=True)
    def _context(self, night_tasks: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(night_tasks, "get_current_context", lambda: {"dag_run": run(key="2026-11-20")})

    @staticmethod
    def log_of(settings: Settings) -> dict[str, Any]:
        return dict(json.loads((settings.lake / "run" / "2026-11-20" / "some_stage.task.json").read_text()))

    def test_success(self, night_tasks: Any, settings: Settings) -> None:
        with night_tasks.stage("some_stage.task") as now:
            now.log.count(rows=3)
        assert now.settings.home == settings.home
        assert self.log_of(settings)["stage_status"] == "succeeded"

    def test_a_stated_error_is_not_tried_again(self, night_tasks: Any, settings: Settings) -> None:
        from airflow.sdk.exceptions import AirflowFailException

        with pytest.raises(AirflowFailException, match="volume 3 is under 10"), night_tasks.stage("some_stage.task"):
            raise GateBlocked("volume 3 is under 10")
        assert self.log_of(settings)["stage_status"] == "blocked"

    def test_any_other_error_is_tried_again(self, night_tasks: Any, settings: Settings) -> None:
        with pytest.raises(ConnectionError), night_tasks.stage("some_stage.task"):
            raise ConnectionError("the bucket did not answer")
        assert self.log_of(settings)["stage_status"] == "failed"
