"""One writer: the lock that scheduler tasks and the command share, and the lock of a running night."""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from guestbook.errors import GuestbookError
from guestbook.settings import Settings, unwritable

logger = logging.getLogger(__name__)


@contextmanager
def warehouse_lock(settings: Settings) -> Iterator[None]:
    """Hold the warehouse; wait for whoever holds it and say so. The system frees the lock of a dead process."""
    with _held(settings.home / "warehouse.lock", settings.lock_wait_seconds, "the warehouse is in use"):
        yield


@contextmanager
def reference_lock(settings: Settings) -> Iterator[None]:
    """Hold the intake of reference data: of feeds that are taken in side by side, one loads it and the others wait."""
    with _held(settings.home / "reference.lock", settings.lock_wait_seconds, "reference data is being loaded"):
        yield


@contextmanager
def night_lock(settings: Settings) -> Iterator[None]:
    """Hold the home for one in-process night; a second one is refused at once."""
    with _held(settings.home / "night.lock", 0, f"another night is running on {settings.home}"):
        yield


@contextmanager
def work_lock(settings: Settings) -> Iterator[None]:
    """Held by every task at work, of a server's too, side by side; a task that starts in `no_work_lock` waits."""
    with _opened(settings) as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def no_work_lock(settings: Settings) -> Iterator[None]:
    """Hold a home on which no task is at work; refused at once beside one. Tasks that were killed don't count."""
    with _opened(settings) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise GuestbookError(
                f"a task is at work on {settings.home}: wait for it to end, or stop the Airflow that runs it"
            ) from None
        yield


def _opened(settings: Settings) -> IO[bytes]:
    """The file of the lock of work; closing it frees the lock, and so does the end of its process."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        return (settings.home / "work.lock").open("ab")
    except OSError as error:
        raise unwritable(settings.home, error) from None


@contextmanager
def _held(path: Path, wait_seconds: int, complaint: str) -> Iterator[None]:
    settings_hint = "wait for it to end, or end that process"
    owner_file = path.with_suffix(".owner")
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        if wait_seconds:
            logger.warning("%s by process %s: waiting up to %s s", complaint, _owner(owner_file), wait_seconds)
        try:
            lock.acquire(timeout=wait_seconds)
        except Timeout:
            raise GuestbookError(
                f"{complaint} (process {_owner(owner_file)}, waited {wait_seconds} s): {settings_hint}"
            ) from None
    except OSError as error:
        raise unwritable(path.parent, error) from None
    try:
        _note_owner(owner_file)
        yield
    finally:
        owner_file.unlink(missing_ok=True)
        lock.release()


def _note_owner(owner_file: Path) -> None:
    if owner_file.exists():
        logger.warning("process %s ended without freeing %s: taking it over", _owner(owner_file), owner_file.stem)
    try:
        owner_file.write_text(json.dumps({"process_id": os.getpid()}))
    except OSError as error:
        raise unwritable(owner_file.parent, error) from None


def _owner(owner_file: Path) -> str:
    try:
        return str(json.loads(owner_file.read_text())["process_id"])
    except (OSError, ValueError, KeyError):
        return "unknown"
