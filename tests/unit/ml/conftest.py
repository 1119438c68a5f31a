"""Shared by the tests of the scores: the helpers of histories.py, settings with a home of their own."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from guestbook.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load({}, home=tmp_path / "home", churn_horizon_days=365, churn_window_days=730)
