"""Scratch warehouses are made once per session: a dbt call costs seconds."""

import importlib.util
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def _load(name: str):  # test folders are no packages (importmode=importlib)
    qualified = f"guestbook_dbt_tests_{name}"
    if qualified not in sys.modules:
        spec = importlib.util.spec_from_file_location(qualified, HERE / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[qualified] = module
        spec.loader.exec_module(module)
    return sys.modules[qualified]


@pytest.fixture(scope="session")
def make_warehouse(tmp_path_factory) -> Callable:
    """Function that makes an empty ScratchWarehouse under a name."""
    scratch = _load("scratch")
    return lambda name: scratch.ScratchWarehouse(tmp_path_factory.mktemp(name) / "home")


@pytest.fixture(scope="session")
def empty_warehouse(make_warehouse):
    """A night in which nothing was ever delivered."""
    warehouse = make_warehouse("empty")
    warehouse.run_night(date(2026, 11, 20))
    return warehouse


@pytest.fixture(scope="session")
def hotel_week(make_warehouse):
    """The three nights of hotel_week.py, one after the other, then a full refresh."""
    week = _load("hotel_week")
    warehouse = make_warehouse("hotel_week")
    return week.play(warehouse)
