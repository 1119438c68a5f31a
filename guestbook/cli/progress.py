"""A moving line while long work runs, and the end of that work when the process is told to end."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Thread
from typing import Any

from rich.status import Status

from guestbook.cli.options import error_console

ENDING = (signal.SIGTERM, signal.SIGINT)
NO_COMPLAINT = "ignore:resource_tracker"  # of dbt's semaphores, which the system frees


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """A moving line on standard error while long work runs; call it with the name of each step.

    SIGTERM and Ctrl-C end the process at once (exit codes 143 and 130), as a power cut would: the same command again
    does the rest. An exception would not end it: Airflow takes one for a failed task and goes on, and so does dbt.
    """
    os.environ.setdefault("PYTHONWARNINGS", NO_COMPLAINT)
    with error_console.status(what) as line, _heard(partial(_end, what, line)):
        yield lambda step: line.update(f"{what}: {step}")


@contextmanager
def _heard(answer: Callable[[signal.Signals], None]) -> Iterator[None]:
    """Answer an ending signal from a thread of its own, whatever the main thread is in.

    The wakeup descriptor tells of every signal that has a Python handler, whichever: Airflow replaces ours.
    """
    listener, bell = os.pipe()
    os.set_blocking(bell, False)
    handlers = {number: signal.signal(number, _leave_to_listener) for number in ENDING}
    bell_before = signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
    Thread(target=_listen, args=(listener, answer), daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(bell_before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        os.close(bell)


def _leave_to_listener(*_: Any) -> None:
    """The handler that must be there for the bell to ring."""


def _listen(listener: int, answer: Callable[[signal.Signals], None]) -> None:
    """Until the bell is closed; other signals (an alarm of Airflow's) are not ours."""
    with os.fdopen(listener, "rb", buffering=0) as bells:
        while number := bells.read(1):
            if number[0] in ENDING:
                answer(signal.Signals(number[0]))


def _end(what: str, line: Status, number: signal.Signals) -> None:
    line.stop()
    told = f"guestbook: {what} ended by {number.name}: what BI reads is whole; the same command again does the rest"
    error_console.print(told, markup=False, soft_wrap=True)
    os._exit(128 + number)
