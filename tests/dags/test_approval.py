"""The approval task: silent without a question, blocks in process, waits when served, records the answer."""

import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import guestbook.warehouse
import identity
from guestbook.lake import read_records
from guestbook.settings import Settings
from identity.approval import RECORD, SCHEMA

QUESTION = "12% would change"


@pytest.fixture
def task(dags: dict[str, Any]) -> Any:
    return dags["build_customer_view"].get_task("approve_identity")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GUESTBOOK_HOME", str(tmp_path))
    monkeypatch.setattr(guestbook.warehouse, "warehouse", lambda _: nullcontext())
    monkeypatch.setattr(identity, "approval_question", lambda *_: QUESTION)
    return Settings.load()


@pytest.fixture
def context(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Function that makes the context of a run with a conf; the task's stage sees the same run."""

    def make(**conf: Any) -> dict[str, Any]:
        run = SimpleNamespace(dag_id="build_customer_view", run_id="r", partition_key="2026-11-20", conf=conf)
        made = {"dag_run": run, "task_instance": SimpleNamespace(id="some-id")}
        monkeypatch.setattr(sys.modules["night_stage"], "get_current_context", lambda: made)
        return made

    return make


def test_it_stands_between_the_gate_and_the_ids(dags: dict[str, Any]) -> None:
    for dag_id, prefix in (("build_customer_view", ""), ("run_night", "build_customer_view.")):
        task = dags[dag_id].get_task(f"{prefix}approve_identity")
        assert task.upstream_task_ids == {f"{prefix}gate_customers"}
        assert task.downstream_task_ids == {f"{prefix}commit_identity"}
        assert task.response_timeout is None


def test_without_a_question_nobody_waits(task: Any, context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "approval_question", lambda *_: None)
    assert task.execute(context()) is None


def test_in_process_the_night_is_blocked_with_the_question(task: Any, context: Any) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match=QUESTION):
        task.execute(context(is_in_process=True))


def test_served_it_asks_and_waits(task: Any, context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.providers.standard.operators import hitl
    from airflow.sdk.exceptions import TaskAwaitingInput

    asked: dict[str, Any] = {}
    monkeypatch.setattr(hitl, "upsert_hitl_detail", lambda **detail: asked.update(detail))
    with pytest.raises(TaskAwaitingInput):
        task.execute(context())
    assert (asked["body"], asked["options"]) == (QUESTION, ["Approve", "Reject"])


def answer(option: str) -> dict[str, Any]:
    return {
        "chosen_options": [option], "params_input": {}, "responded_at": date(2026, 11, 21),
        "responded_by_user": {"id": "1", "name": "steward"},
    }  # fmt: skip


def test_a_yes_is_recorded(task: Any, context: Any, settings: Settings) -> None:
    task.execute_complete(context(), answer("Approve"))
    (row,) = read_records(settings, RECORD, SCHEMA).to_pylist()
    assert (row["night_date"], row["approved_by"]) == (date(2026, 11, 20), "steward")


def test_a_no_blocks_the_night_for_good(task: Any, context: Any, settings: Settings) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match="steward rejected the identities of the night of 2026-11-20"):
        task.execute_complete(context(), answer("Reject"))
    assert len(read_records(settings, RECORD, SCHEMA)) == 0
