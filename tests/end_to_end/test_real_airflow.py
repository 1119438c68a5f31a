"""A real Airflow (api-server, scheduler, DAG processor; SQLite, loopback) runs a night from its button to BI."""

import json
import os
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest

pytestmark = pytest.mark.end_to_end

SECOND = "2026-11-19"
NIGHT_SECONDS = 600


class Api:
    """Airflow's REST API as the UI uses it."""

    def __init__(self, url: str, password: str) -> None:
        self.url = url
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

    def press_the_button(self, night_date: str) -> str:
        """Trigger `run_night`; returns its state at the end."""
        run = self.call("/api/v2/dags/run_night/dagRuns", {"logical_date": None, "conf": {"night_date": night_date}})
        deadline = time.monotonic() + NIGHT_SECONDS
        path = f"/api/v2/dags/run_night/dagRuns/{quote(run['dag_run_id'])}"
        while run["state"] not in ("success", "failed") and time.monotonic() < deadline:
            time.sleep(1)
            run = self.call(path)
        self.run_path = path
        tasks = self.call(f"{path}/taskInstances?limit=100")["task_instances"]
        unhappy = {task["task_id"]: task["state"] for task in tasks if task["state"] not in ("success", "skipped")}
        assert unhappy == {}
        return str(run["state"])

    def linked_pages(self, task_id: str) -> dict[str, str]:
        """HTML by the name of the link that leads from a task of the run to it."""
        links = self.call(f"{self.run_path}/taskInstances/{task_id}/links")["extra_links"]
        return {name: self.page(address) for name, address in links.items()}

    def page(self, address: str) -> str:
        """A page that the server shows to whoever is logged in."""
        request = urllib.request.Request(self.url + address, headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.read().decode())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(process: subprocess.Popen[str]) -> str:
    """The line of `guestbook ui` that says where the UI is and with which password."""
    assert process.stdout is not None
    for line in process.stdout:
        if "password" in line:
            return line
    raise AssertionError(f"guestbook ui ended with {process.wait()}")


def test_a_night_by_the_button(after_first: Any, tmp_path: Path) -> None:
    home = after_first.copy(tmp_path / "home")
    port = free_port()
    process = subprocess.Popen(
        home.command("ui", "--port", str(port)),
        env=home.environment | {"COLUMNS": "200"},
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
        assert api.press_the_button(SECOND) == "success"
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
    with duckdb.connect(str(home.published), read_only=True) as con:
        assert con.sql("select max(night_date)::varchar from ops.run").fetchone() == (SECOND,)
        assert con.sql("select count(*) > 50 from core.customer_360").fetchone() == (True,)


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
