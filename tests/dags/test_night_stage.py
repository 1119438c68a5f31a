"""What a task is told about its night, and which errors are tried again."""

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from guestbook.errors import GateBlocked, UsageError
from guestbook.night import complete_night, completed_passes, stage_logs
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
def test_night_of_a_run(night_stage: Any, settings: Settings, dag_run: SimpleNamespace) -> None:
    assert night_stage.night_of(dag_run, settings) == date(2026, 11, 20)


@pytest.mark.parametrize("conf", [None, {}, {"night_date": ""}, {"night_date": "20.11.2026"}])
def test_no_night_is_an_error_that_says_what_to_give(night_stage: Any, settings: Settings, conf: Any) -> None:
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        night_stage.night_of(run(conf=conf), settings)


def test_weekly_training_takes_the_newest_completed_night(night_stage: Any, settings: Settings) -> None:
    complete_night(settings, date(2026, 11, 18))
    complete_night(settings, date(2026, 11, 19))
    assert night_stage.night_of(run("train_models"), settings) == date(2026, 11, 19)
    with pytest.raises(UsageError):
        night_stage.night_of(run("score_customers"), settings)


class TestStage:
    @pytest.fixture(autouse=True)
    def _context(self, night_stage: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(night_stage, "get_current_context", lambda: {"dag_run": run(key="2026-11-20")})

    @staticmethod
    def log_of(settings: Settings) -> dict[str, Any]:
        return dict(json.loads((settings.lake / "run" / "2026-11-20" / "some_stage.task.json").read_text()))

    def test_success(self, night_stage: Any, settings: Settings) -> None:
        with night_stage.stage("some_stage.task") as now:
            now.log.count(rows=3)
        assert now.settings.home == settings.home
        assert self.log_of(settings)["stage_status"] == "succeeded"

    def test_the_log_names_the_night_and_warns_of_a_past_one(
        self, night_stage: Any, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Airflow names a run by when it was triggered, and a past night is green without having loaded anything."""
        with caplog.at_level("INFO"), night_stage.stage("some_stage.task"):
            pass
        assert caplog.messages == ["night of 2026-11-20"]
        complete_night(settings, date(2026, 11, 21))
        with caplog.at_level("INFO"), night_stage.stage("some_stage.task"):
            pass
        assert "loads no file" in caplog.messages[-1]

    def test_the_log_warns_of_a_night_ahead_of_the_calendar(
        self, night_stage: Any, settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(night_stage, "get_current_context", lambda: {"dag_run": run(key="9999-12-31")})
        with night_stage.stage("some_stage.task"):
            pass
        assert "guestbook withdraw --date 9999-12-31" in caplog.messages[-1]

    def test_a_stated_error_is_not_tried_again(self, night_stage: Any, settings: Settings) -> None:
        from airflow.sdk.exceptions import AirflowFailException

        with pytest.raises(AirflowFailException, match="volume 3 is under 10"), night_stage.stage("some_stage.task"):
            raise GateBlocked("volume 3 is under 10")
        assert self.log_of(settings)["stage_status"] == "blocked"

    def test_any_other_error_is_tried_again(self, night_stage: Any, settings: Settings) -> None:
        with pytest.raises(ConnectionError), night_stage.stage("some_stage.task"):
            raise ConnectionError("the bucket did not answer")
        assert self.log_of(settings)["stage_status"] == "failed"


class TestNightTask:
    @pytest.fixture(autouse=True)
    def _context(self, night_stage: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        context = {"dag_run": run(key="2026-11-20"), "ti": SimpleNamespace(map_index=3)}
        monkeypatch.setattr(night_stage, "get_current_context", lambda: context)

    @staticmethod
    def call(night_stage: Any, *arguments: Any, **options: Any) -> Any:
        """The Python function behind a task that returns a count of what it was given."""

        def work(now: Any, feed: str) -> dict[str, int]:
            return {"letters": len(feed)}

        name = "ingest_{feed}.load_{map_index}"
        return night_stage.night_task(name, **options)(work).function(*arguments)

    def test_the_stage_is_named_after_the_arguments_and_its_counts_are_logged(
        self, night_stage: Any, settings: Settings
    ) -> None:
        assert self.call(night_stage, "pos_checks") == {"letters": 10}
        [log] = stage_logs(settings, date(2026, 11, 20))
        assert (log["stage_name"], log["counts"]) == ("ingest_pos_checks.load_3", {"letters": 10})

    def test_a_past_night_only_runs_what_is_said_to(self, night_stage: Any, settings: Settings) -> None:
        complete_night(settings, date(2026, 11, 21))
        assert self.call(night_stage, "pos_checks") is None
        assert self.call(night_stage, "pos_checks", in_past=True) == {"letters": 10}

    def test_the_last_task_completes_the_night(self, night_stage: Any, settings: Settings) -> None:
        self.call(night_stage, "pos_checks")
        assert completed_passes(settings, date(2026, 11, 20)) == 0
        self.call(night_stage, "pos_checks", is_last=True)
        assert completed_passes(settings, date(2026, 11, 20)) == 1
