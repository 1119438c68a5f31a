"""One writer at a time; a dead one does not hold the house."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from guestbook.errors import GuestbookError
from guestbook.lock import night_lock, warehouse_lock
from guestbook.settings import Settings

HOLDER = """
import sys, time
from guestbook.lock import night_lock, warehouse_lock
from guestbook.settings import Settings
settings = Settings.load({}, home=sys.argv[1])
with night_lock(settings), warehouse_lock(settings):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline().strip() == "held"
    yield process
    process.kill()
    process.wait()


def test_a_second_night_is_refused_at_once_and_told_who_runs(holder, tmp_path: Path) -> None:
    started = time.monotonic()
    with (
        pytest.raises(GuestbookError, match=rf"another night is running on .*process {holder.pid}"),
        night_lock(Settings.load({}, home=tmp_path)),
    ):
        pass
    assert time.monotonic() - started < 30


def test_the_warehouse_is_waited_for_up_to_the_limit(holder, tmp_path: Path) -> None:
    with (
        pytest.raises(GuestbookError, match=rf"the warehouse is in use .process {holder.pid}, waited 1 s"),
        warehouse_lock(Settings.load({}, home=tmp_path, lock_wait_seconds=1)),
    ):
        pass


def test_the_lock_of_a_killed_process_is_taken_over(holder, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with night_lock(Settings.load({}, home=tmp_path)):
        assert f"process {holder.pid} ended without freeing night" in caplog.text


@pytest.mark.parametrize("in_the_way", ["home", "home/warehouse.lock/x"])
def test_a_home_that_can_not_be_written_is_named(tmp_path: Path, in_the_way: str) -> None:
    """Read-only, full, or not a folder: the question of a command that only reads takes the lock as well."""
    obstacle = tmp_path / in_the_way
    obstacle.parent.mkdir(parents=True, exist_ok=True)
    obstacle.touch()
    with (
        pytest.raises(GuestbookError, match=r"home .*home can't be written \(.*choose another with --home"),
        warehouse_lock(Settings.load({}, home=tmp_path / "home")),
    ):
        pass
