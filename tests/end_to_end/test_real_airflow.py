"""A real Airflow (api-server, scheduler, DAG processor; SQLite, loopback) runs a night from its button to BI.

The steward's list would merge many known customers, so the night asks a person: first the answer is no, by the API;
then yes, by the button in a browser (by the API as well where there is no Chromium).
"""

import csv
import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest

from guestbook.lake import read_records
from guestbook.settings import Settings
from identity.approval import RECORD, SCHEMA
from tests.browser import BROWSER, running_browser
from tests.end_to_end.homes import FIRST, SECOND, Home
from tests.inbox import Inbox, free_port, mail_server

pytestmark = pytest.mark.end_to_end

NIGHT_SECONDS = 600
ASKING = "build_customer_view.approve_identity"


class Api:
    """Airflow's REST API as the UI uses it."""

    def __init__(self, url: str, password: str) -> None:
        self.url = url
        self.password = password
        self.token = ""
        self.run_path = ""
        self.token = self.call("/auth/token", {"username": "admin", "password": password})["access_token"]

    def call(self, path: str, body: dict[str, Any] | None = None, method: str | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"}
            | ({"Authorization": f"Bearer {self.token}"} if self.token else {}),
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(json.load(answer))

    def wait_for_dags(self, dag_count: int) -> dict[str, bool]:
        """Whether it is paused, by DAG, once the DAG processor has read them all."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            dags = {dag["dag_id"]: dag["is_paused"] for dag in self.call("/api/v2/dags")["dags"]}
            if len(dags) >= dag_count:
                return dags
            time.sleep(0.5)
        raise AssertionError(f"only {sorted(dags)} were read")

    def press_the_button(self, night_date: str) -> None:
        """Trigger `run_night`."""
        run = self.call("/api/v2/dags/run_night/dagRuns", {"logical_date": None, "conf": {"night_date": night_date}})
        self.run_path = f"/api/v2/dags/run_night/dagRuns/{quote(run['dag_run_id'])}"

    def wait_for_question(self) -> dict[str, Any]:
        """What the run asks under Required Actions, once its task waits for the answer."""
        deadline = time.monotonic() + NIGHT_SECONDS
        while time.monotonic() < deadline:
            asked = self.call(f"{self.run_path}/hitlDetails?response_received=false")["hitl_details"]
            if asked and self.states()[ASKING] == "awaiting_input":
                return dict(asked[0])
            assert self.call(self.run_path)["state"] in ("queued", "running"), self.states()
            time.sleep(0.5)
        raise AssertionError(f"nobody was asked: {self.states()}")

    def wait_for_scheduler(self) -> None:
        """Two more beats of the scheduler: by then it has read that the process which asked is over.

        An answer before that (within a second of the question) makes Airflow 3.3 take the queued task for one that was
        killed: it fails, or asks anew while retries are left.
        """
        seen: set[str] = set()
        deadline = time.monotonic() + 60
        while len(seen) < 3 and time.monotonic() < deadline:
            seen.add(self.call("/api/v2/monitor/health")["scheduler"]["latest_scheduler_heartbeat"])
            time.sleep(0.5)

    def answer(self, option: str) -> str:
        """Choose an option for the waiting task, as the UI does; returns the run's state at its end."""
        self.wait_for_scheduler()
        path = f"{self.run_path}/taskInstances/{ASKING}/-1/hitlDetails"
        self.call(path, {"chosen_options": [option], "params_input": {}}, method="PATCH")
        return self.wait_for_end()

    def click(self, option: str) -> str:
        """Choose an option as a person does: log in, open the task's Required Actions, press the button."""
        self.wait_for_scheduler()
        run_path = self.run_path.removeprefix("/api/v2").replace("dagRuns", "runs")
        with running_browser() as browser:
            page = browser.new_page()
            page.set_default_timeout(60_000)
            page.goto(self.url)
            page.locator("input[name=username]").fill("admin")
            page.locator("input[name=password]").fill(self.password)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(lambda address: "/auth/login" not in address)
            page.goto(f"{self.url}{run_path}/tasks/{ASKING}/required_actions")
            with page.expect_response(lambda answer: answer.request.method == "PATCH") as answered:
                page.get_by_role("button", name=option, exact=True).click()
            assert answered.value.ok
        return self.wait_for_end()

    def wait_for_end(self) -> str:
        """The run's state once it is over."""
        deadline = time.monotonic() + NIGHT_SECONDS
        while (state := str(self.call(self.run_path)["state"])) == "running" and time.monotonic() < deadline:
            time.sleep(0.5)
        return state

    def states(self) -> dict[str, str]:
        """State by task of the run."""
        tasks = self.call(f"{self.run_path}/taskInstances?limit=100")["task_instances"]
        return {task["task_id"]: task["state"] for task in tasks}

    def linked_pages(self, task_id: str) -> dict[str, str]:
        """HTML by the name of the link that leads from a task of the run to it."""
        links = self.call(f"{self.run_path}/taskInstances/{task_id}/links")["extra_links"]
        return {name: self.page(address) for name, address in links.items()}

    def page(self, address: str) -> str:
        """A page that the server shows to whoever is logged in."""
        request = urllib.request.Request(self.url + address, headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.read().decode())


def wait_until_ready(process: subprocess.Popen[str]) -> str:
    """The line of `guestbook ui` that says where the UI is and with which password."""
    assert process.stdout is not None
    for line in process.stdout:
        if "password" in line:
            return line
    raise AssertionError(f"guestbook ui ended with {process.wait()}")


def link_strangers(home: Home) -> None:
    """The steward says of pairs among the sixty largest customers that they are one: far too much for one night."""
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        records = con.sql(
            """select min(source_record_id) from identity.customer_record
               group by customer_id order by count(*) desc, customer_id limit 60"""
        ).fetchall()
    steward = home.path / "steward"
    steward.mkdir(exist_ok=True)
    with (steward / "identity_link.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["source_record_id_1", "source_record_id_2", "decision"])
        writer.writerows((*one, *other, "must_link") for one, other in zip(records[::2], records[1::2], strict=True))


def committed(home: Home) -> set[str]:
    """Files of ids that became permanent."""
    return {path.name for name in ("identity_record", "identity_history") for path in
            (home.path / "lake" / "record" / name).iterdir()}  # fmt: skip


def published_night(home: Home) -> tuple[str, int]:
    """Newest night that BI sees, and its customers."""
    with duckdb.connect(str(home.published), read_only=True) as con:
        query = "select (select max(night_date)::varchar from ops.run), (select count(*) from core.customer_360)"
        return con.sql(query).fetchone() or ("", 0)


def check_refused(home: Home, api: Api, before: tuple[set[str], tuple[str, int]]) -> None:
    """A question waits without a worker or the warehouse; a no ends the night and leaves everything as it was."""
    api.press_the_button(SECOND)
    question = api.wait_for_question()
    assert f"the night of {SECOND} would re-identify more than 5.0%" in question["body"]
    assert question["options"] == ["Approve", "Reject"]
    assert api.call("/api/v2/pools/warehouse")["occupied_slots"] == 0
    assert (committed(home), published_night(home)) == before
    assert api.answer("Reject") == "failed"
    states = api.states()
    assert (states[ASKING], states["build_customer_view.commit_identity"]) == ("failed", "upstream_failed")
    assert states["publish_bi.publish"] == "upstream_failed"
    assert (committed(home), published_night(home)) == before
    (log,) = (home.path / "lake" / "run" / SECOND).glob(f"{ASKING}*.json")
    assert "rejected the identities of the night" in json.loads(log.read_text())["message"]


def check_approved(home: Home, api: Api, before: tuple[set[str], tuple[str, int]]) -> None:
    """The night is asked about again; a yes lets it go on to BI, and who said it is kept."""
    api.press_the_button(SECOND)
    api.wait_for_question()
    assert (api.click("Approve") if BROWSER else api.answer("Approve")) == "success"
    assert set(api.states().values()) <= {"success", "skipped"}
    assert committed(home) > before[0]
    night_date, customers = published_night(home)
    assert night_date == SECOND
    assert 50 < customers < before[1][1] - 20
    (approval,) = read_records(Settings.load({}, home=home.path), RECORD, SCHEMA).to_pylist()
    assert (str(approval["night_date"]), approval["approved_by"]) == (SECOND, "admin")


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as inbox:
        yield inbox


def check_told(inbox: Inbox, url: str) -> None:
    """The team was mailed that the night waits, and that it is red: why, and where to look.

    Airflow tells a task's failure before it calls who wants to know of it.
    """
    deadline = time.monotonic() + 60
    while len(inbox.mails) < 2 and time.monotonic() < deadline:
        time.sleep(0.5)
    assert [subject.rpartition(SECOND)[2] for subject in inbox.subjects] == [
        " waits for an answer",
        f" is red at {ASKING}",
    ]
    assert "rejected the identities of the night" in inbox.text()
    assert f"{url}/dags/run_night/runs/" in inbox.text()


def test_a_night_asks_and_a_person_answers(after_first: Home, tmp_path: Path, inbox: Inbox) -> None:
    home = after_first.copy(tmp_path / "home")
    link_strangers(home)
    before = committed(home), published_night(home)
    assert before[1][0] == FIRST
    port = free_port()
    process = subprocess.Popen(
        home.command("ui", "--port", str(port)),
        env=home.environment
        | {
            "COLUMNS": "200",
            "GUESTBOOK_ALERT_EMAIL": "team@example.com",
            "AIRFLOW_CONN_SMTP_DEFAULT": inbox.connection,
        },
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        password = wait_until_ready(process).split()[-1]
        api = Api(f"http://127.0.0.1:{port}", password)
        paused = api.wait_for_dags(8)
        assert [dag_id for dag_id, is_paused in paused.items() if not is_paused] == ["run_night"]
        assert listening_beyond_loopback(process.pid) == []
        check_refused(home, api, before)
        check_told(inbox, api.url)
        check_approved(home, api, before)
        pages = api.linked_pages("ingest_reservations.gate_and_commit")
        assert f"Deliveries of the night {SECOND}" in pages["Deliveries of the night"]
        assert f"Gates of the night {SECOND}" in pages["Gates of the night"]
        api.call("/api/v2/dags/publish_bi", {"is_paused": False}, method="PATCH")
        said = home.night(SECOND, exit_code=1)  # the scheduler would run the same tasks
        assert "publish_bi" in said
        assert "run_night" in said
    finally:
        process.terminate()
        process.wait(timeout=60)
    assert processes_with_port(port) == []


def listening_beyond_loopback(process_id: int) -> list[str]:
    """Addresses other than loopback on which the command or a child of it listens."""
    import psutil

    parent = psutil.Process(process_id)
    sockets = [conn for member in (parent, *parent.children(recursive=True)) for conn in member.net_connections("inet")]
    listening = [conn.laddr for conn in sockets if conn.status == psutil.CONN_LISTEN]
    assert listening, "nothing listens"
    return [f"{address.ip}:{address.port}" for address in listening if address.ip not in ("127.0.0.1", "::1")]


def processes_with_port(port: int) -> list[int]:
    """Processes that the command left behind: those that still carry its port in their environment."""
    import psutil

    left = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get("AIRFLOW__API__PORT") == str(port):
                left.append(process.pid)
        except psutil.Error:
            continue
    return left
