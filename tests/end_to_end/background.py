"""Tests that wait for nights most of their time: their bodies run two at a time, from when the first is asked for."""

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
    """The bodies of the selected tests, in their order."""

    def __init__(self, items: list[pytest.Item], nights: Nights, folder: Path) -> None:
        self.pool = ThreadPoolExecutor(AT_A_TIME)
        bodies = [getattr(item.function, "body", None) for item in items if isinstance(item, pytest.Function)]
        self.runs: dict[Body, Future[None]] = {}
        for body in filter(None, bodies):
            own = folder / body.__name__
            own.mkdir(parents=True)
            self.runs[body] = self.pool.submit(body, nights, own)

    def wait_for(self, body: Body) -> None:
        """Until the body has ended."""
        self.runs[body].result()

    def close(self) -> None:
        """Start nothing more, and wait for what runs."""
        self.pool.shutdown(cancel_futures=True)
