"""A real Airflow over a home: api-server, scheduler and DAG processor on loopback, which end together."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from filelock import Timeout

from guestbook.airflow_environment import airflow_environment, enter_airflow, server_lock
from guestbook.errors import GuestbookError
from guestbook.settings import PROJECT_ROOT, Settings

HOST = "127.0.0.1"
DEFAULT_PORT = 8080
USER = "admin"
START_SECONDS = 180
STOP_SECONDS = 15
# --skip-serve-logs: the log servers listen on every interface, and the api-server reads the files itself.
COMPONENTS = (("api-server",), ("scheduler", "--skip-serve-logs"), ("dag-processor",))


@dataclass
class AirflowServer:
    """A running Airflow. `password` belongs to this home; it was made at random and is kept in the home, mode 0600."""

    url: str
    password: str
    log_dir: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def wait_until_healthy(self) -> None:
        """Return when all components report healthy; raises GuestbookError when one ended or it takes too long."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.check_alive()
            if _is_healthy(self.url):
                return
            time.sleep(0.5)
        raise GuestbookError(f"Airflow was not healthy after {START_SECONDS} s: see {self.log_dir}")

    def check_alive(self) -> None:
        """Raise GuestbookError when a component ended."""
        for process, component in zip(self.processes, COMPONENTS, strict=False):
            if process.poll() is not None:
                log = self.log_dir / f"{component[0]}.log"
                raise GuestbookError(f"airflow {component[0]} ended with code {process.returncode}: see {log}")


@contextmanager
def airflow_server(settings: Settings, port: int = DEFAULT_PORT) -> Iterator[AirflowServer]:
    """Start Airflow over a home and stop all of its processes at the end. Schedules start paused, `run_night` does not.

    Raises GuestbookError when the port is taken or another server runs over this home.
    """
    settings.prepare_home()
    _require_free(port)
    with _only_server(settings):
        enter_airflow(settings, "server.log")
        server = AirflowServer(f"http://{HOST}:{port}", _password(settings), settings.airflow_home / "logs")
        try:
            _start(server, _server_environment(settings, port))
            yield server
        finally:
            _stop(server.processes)


@contextmanager
def _only_server(settings: Settings) -> Iterator[None]:
    try:
        with server_lock(settings).acquire(timeout=0):
            yield
    except Timeout:
        raise GuestbookError(f"an Airflow server already runs over {settings.home}: use that one, or stop it") from None


def serve(settings: Settings, port: int = DEFAULT_PORT) -> Iterator[AirflowServer]:
    """Yield the server once it is healthy, then keep it until it ends or the caller is interrupted."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with airflow_server(settings, port) as server:
        server.wait_until_healthy()
        yield server
        while True:
            server.check_alive()
            time.sleep(1)


def _server_environment(settings: Settings, port: int) -> dict[str, str]:
    return {
        **os.environ,
        **airflow_environment(settings),
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__BASE_URL": f"http://{HOST}:{port}",
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(32),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{HOST}:{port}/execution/",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT_ROOT / "plugins"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_password_file(settings)),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
    }


def _password_file(settings: Settings) -> Path:
    return settings.airflow_home / "passwords.json"


def _password(settings: Settings) -> str:
    """The password of this home's one user, made at the first start."""
    path = _password_file(settings)
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump({USER: secrets.token_urlsafe(12)}, stream)
    return str(json.loads(path.read_text())[USER])


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise GuestbookError(f"port {port} on {HOST} is taken: stop what uses it, or choose another one") from None


def _start(server: AirflowServer, environment: dict[str, str]) -> None:
    server.log_dir.mkdir(parents=True, exist_ok=True)
    for command in COMPONENTS:
        with (server.log_dir / f"{command[0]}.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed arguments
                [sys.executable, "-P", "-m", "airflow", *command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        server.processes.append(process)


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """End every component with all of its session: Airflow leaves children behind, and so does a component killed."""
    sessions = {process.pid for process in processes}
    family = [member for member in psutil.process_iter() if _session(member.pid) in sessions]
    for member in family:
        _signal(member, signal.SIGTERM)
    _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
    for member in alive:
        _signal(member, signal.SIGKILL)
    for process in processes:
        process.wait(timeout=STOP_SECONDS)


def _session(process_id: int) -> int | None:
    try:
        return os.getsid(process_id)
    except OSError:  # it has ended meanwhile, or is not ours
        return None


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/api/v2/monitor/health", timeout=5) as answer:  # noqa: S310 - loopback http
            parts = json.load(answer)
    except (OSError, ValueError, urllib.error.URLError):
        return False
    return all(parts[name]["status"] == "healthy" for name in ("metadatabase", "scheduler", "dag_processor"))
