"""The mails of a red task and of an open question, as a real SMTP server on loopback receives them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from guestbook.errors import ConfigError, GateBlocked, GuestbookError
from guestbook.settings import Settings
from tests.inbox import SENDER, Inbox, mail_server

TEAM = "data-team@example.com"
URL = "http://airflow.example/dags/run_night/runs/r/tasks/t"


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mail server, and the settings that lead to it."""
    monkeypatch.setenv("GUESTBOOK_HOME", str(tmp_path))
    monkeypatch.setenv("GUESTBOOK_ALERT_EMAIL", f"{TEAM}, night@example.com")
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "http://airflow.example")
    with mail_server() as inbox:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", inbox.connection)
        yield inbox


@pytest.fixture
def alerts(dags: dict[str, Any]) -> Any:
    return sys.modules["night_alert"]


def context(error: BaseException | None = None, night_date: str | None = "2026-11-20", **more: Any) -> dict[str, Any]:
    conf = {"night_date": night_date} if night_date else {}
    return {
        "dag": SimpleNamespace(dag_id="run_night", get_template_env=lambda **_: None),
        "dag_run": SimpleNamespace(dag_id="run_night", run_id="r", partition_key=None, conf=conf),
        "ti": SimpleNamespace(task_id="ingest_reservations.gate_and_commit", run_id="r", log_url=URL),
        "exception": error,
        **more,
    }


def failed(cause: Exception) -> Exception:
    """The error of a task as `night_stage` raises it."""
    from airflow.sdk.exceptions import AirflowFailException

    error = AirflowFailException(str(cause))
    error.__cause__ = cause
    return error


def test_a_gate_says_night_task_reason_and_where(alerts: Any, inbox: Inbox) -> None:
    reason = "2 files held: rows <half> of {{ the }} last load\nrelease them, or deliver better ones"
    alerts.RedTask()(context(failed(GateBlocked(reason))))
    (mail,) = inbox.mails
    assert mail["Subject"] == (
        "Guestbook: run_night of the night 2026-11-20 is red at ingest_reservations.gate_and_commit"
    )
    assert mail["To"] == f"{TEAM}, night@example.com"
    assert mail["From"] == SENDER
    for said in ("rows &lt;half&gt; of {{ the }} last load<br>release them", URL, "Home: "):
        assert said in inbox.text()


def test_a_failure_leaves_out_what_may_quote_a_row(alerts: Any, inbox: Inbox) -> None:
    alerts.RedTask()(context(failed(GuestbookError("dbt build failed (1 nodes)\nCould not convert 'Ada Lovelace'"))))
    assert "dbt build failed (1 nodes)" in inbox.text()
    assert "clear the task" in inbox.text()
    assert "Ada" not in inbox.text()


def test_an_error_of_others_is_named_and_not_quoted(alerts: Any, inbox: Inbox) -> None:
    alerts.RedTask()(context(ValueError("Ada Lovelace")))
    assert "ValueError" in inbox.text()
    assert "Ada" not in inbox.text()


def test_a_killed_task_and_a_run_without_a_night(alerts: Any, inbox: Inbox) -> None:
    alerts.RedTask()(context(None, night_date=None))
    assert "killed, or out of memory" in inbox.text()
    assert "none named in run r" in inbox.mails[0]["Subject"]


def test_a_question_is_told_before_the_night_waits(alerts: Any, inbox: Inbox) -> None:
    alerts.OpenQuestion()(context(task=SimpleNamespace(body="12% would change")))
    assert inbox.mails[0]["Subject"].endswith("2026-11-20 waits for an answer")
    assert "12% would change" in inbox.text()
    assert "Required Actions" in inbox.text()


def test_nobody_named_nothing_sent(alerts: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GUESTBOOK_ALERT_EMAIL")
    alerts.RedTask()(context(failed(GateBlocked("x"))))
    assert inbox.mails == []


def test_a_mail_server_that_is_down_fails_nothing(alerts: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", "smtp://127.0.0.1:1/?from_email=a%40b.c&disable_ssl=true")
    alerts.RedTask()(context(failed(GateBlocked("x"))))
    assert inbox.mails == []


@pytest.mark.parametrize("trouble", ["settings", "message"])
def test_nothing_else_in_a_mail_fails_a_task_either(
    alerts: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    if trouble == "settings":
        monkeypatch.setenv("GUESTBOOK_ALERT_EMAIL", "nobody at all")
        alerts.RedTask()(context(failed(GateBlocked("x"))))
    else:
        alerts.OpenQuestion()(context(task=SimpleNamespace()))  # a task that asks nothing
    assert inbox.mails == []


def test_every_task_tells_when_red_and_the_one_that_asks_before_it_waits(dags: dict[str, Any], alerts: Any) -> None:
    for dag in dags.values():
        for task in dag.tasks:
            assert [type(told) for told in task.on_failure_callback] == [alerts.RedTask], task.task_id
    asking = dags["build_customer_view"].get_task("approve_identity")
    assert [type(told) for told in asking.notifiers] == [alerts.OpenQuestion]


@pytest.mark.parametrize("wrong", ["data-team", "a@b.c;d@e.f g", "a@b.c,,d@e.f"])
def test_a_mistyped_address_is_refused_at_once(wrong: str) -> None:
    with pytest.raises(ConfigError, match="GUESTBOOK_ALERT_EMAIL"):
        Settings.load({"GUESTBOOK_ALERT_EMAIL": wrong})
