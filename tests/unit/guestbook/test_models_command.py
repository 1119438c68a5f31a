"""`guestbook models list`: every saved version on a line of its own, the reason beside it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from guestbook.cli import app

CHURN: dict[str, Any] = {
    "model_name": "churn",
    "model_version": "2026-11-20-0ad2",
    "trained_as_of": "2026-11-20",
    "is_promoted": False,
    "promotion_reason": "not promoted: [Brier] " + "no better " * 20,
    "is_current": True,
}


def said(home: Path, *options: str) -> str:
    answer = CliRunner().invoke(app, ["models", "list", "--home", str(home), *options])
    assert answer.exit_code == 0
    return answer.output


def test_a_version_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.list_models", lambda settings: [CHURN])

    (line,) = [line for line in said(tmp_path).splitlines() if "churn" in line]
    assert line.split() == ["churn", "2026-11-20-0ad2", "2026-11-20", "yes", *CHURN["promotion_reason"].split()]
    assert json.loads(said(tmp_path, "--json")) == [CHURN]


def test_without_models_it_says_so(tmp_path: Path) -> None:
    assert "No model is saved yet" in said(tmp_path)
