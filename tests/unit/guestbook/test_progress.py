"""Long work ends when it is told to, whatever the library that runs at that moment makes of signals."""

import signal
import subprocess
import sys
import time

import pytest

BUSY = """
import signal, sys, time
import duckdb
from guestbook.cli.progress import progress

def airflow_task():
    signal.signal(signal.SIGTERM, lambda *_: None)  # as Airflow does for each task: a hook, and on it goes
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass

def query():
    while True:
        try:
            duckdb.sql("select sum(a.range * b.range) from range(10_000_000) a, range(10_000_000) b").fetchall()
        except BaseException:
            pass

with progress("night 2026-11-20"):
    print("busy", flush=True)
    globals()[sys.argv[1]]()
"""


@pytest.mark.parametrize("work", ["airflow_task", "query"])
@pytest.mark.parametrize(("told", "exit_code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_work_ends_with_a_message(work: str, told: signal.Signals, exit_code: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BUSY, work], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "busy\n"
            time.sleep(0.2)  # well inside the work
            process.send_signal(told)
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == exit_code
    assert f"night 2026-11-20 ended by {told.name}" in said
    assert "Traceback" not in said


def test_signals_mean_afterwards_what_they_meant_before() -> None:
    from guestbook.cli.progress import progress

    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with progress("night 2026-11-20"):
        assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] != before
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before
    assert signal.set_wakeup_fd(-1) == -1
