"""Tests that wait for nights most of their time: their bodies run two at a time, from when the first is asked for."""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.homes import Nights

AT_A_TIME = 2
Body = Callable[[Nights, Path], None]


def in_background(body: Body) -> Callable[[Any], None]:
    """Make a test of a body that takes the nights and a folder of its own. What it raises, the test raises."""

    def test(background: "Background") -> None:
        background.wait_for(body)

    test.__name__, test.__doc__, test.__module__ = body.__name__, body.__doc__, body.__module__
    test.body = body  # type: ignore[attr-defined]
    return test


class Background:
    """The bodies of the selected tests, in their order. A pytest-xdist worker sees every test: it starts none early."""

    def __init__(self, items: list[pytest.Item], nights: Nights, folder: Path) -> None:
        self.pool = ThreadPoolExecutor(AT_A_TIME)
        self.nights, self.folder = nights, folder
        self.runs: dict[Body, Future[None]] = {}
        if "PYTEST_XDIST_WORKER" in os.environ:
            return
        bodies = [getattr(item.function, "body", None) for item in items if isinstance(item, pytest.Function)]
        for body in filter(None, bodies):
            self._start(body)

    def wait_for(self, body: Body) -> None:
        """Until the body has ended."""
        if body not in self.runs:
            self._start(body)
        self.runs[body].result()

    def _start(self, body: Body) -> None:
        own = self.folder / body.__name__
        own.mkdir(parents=True)
        self.runs[body] = self.pool.submit(body, self.nights, own)

    def close(self) -> None:
        """Start nothing more, and wait for what runs."""
        self.pool.shutdown(cancel_futures=True)
