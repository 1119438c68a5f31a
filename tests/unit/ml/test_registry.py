"""Saved models: what is in use, going back, what a date is scored with, what a changed setting does."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from guestbook.errors import UsageError
from guestbook.settings import Settings
from ml import registry
from ml.errors import ModelError
from ml.training import serves

OLD, NEW = "2025-01-31-aaaaaaaaaaaa", "2025-02-28-bbbbbbbbbbbb"


@pytest.fixture
def saved(settings: Settings) -> Settings:
    """Two versions of the churn model, the newer one in use."""
    for version in (OLD, NEW):
        card = {"trained_as_of": version[:10], "horizon_days": 365, "window_days": 730, "is_promoted": True}
        registry.save(settings, "churn", version, {"model": version}, {**card, "promotion_reason": "promoted: better"})
        registry.promote(settings, "churn", version)
    return settings


def test_the_version_in_use_is_loaded(saved: Settings) -> None:
    loaded = registry.load(saved, "churn", registry.current_version(saved, "churn"))
    assert (loaded.model_version, loaded.model) == (NEW, {"model": NEW})


def test_going_back_and_forth(saved: Settings) -> None:
    assert registry.roll_back(saved, "churn") == OLD
    assert registry.current_version(saved, "churn") == OLD
    registry.promote(saved, "churn", NEW)
    assert registry.served_versions(saved, "churn") == [OLD, NEW, OLD, NEW]


def test_nothing_to_go_back_to(settings: Settings, saved: Settings) -> None:
    with pytest.raises(UsageError, match="model value has no version before the first to go back to"):
        registry.roll_back(settings, "value")


def test_a_past_date_is_scored_by_the_model_of_its_time(saved: Settings) -> None:
    assert registry.load_as_of(saved, "churn", date(2025, 2, 15)).model_version == OLD
    assert registry.load_as_of(saved, "churn", date(2025, 3, 1)).model_version == NEW
    assert registry.load_as_of(saved, "churn", date(2024, 1, 1)).model_version == OLD


def test_the_overview_names_every_version(saved: Settings) -> None:
    rows = registry.overview(saved)
    assert [(row["model_version"], row["is_current"]) for row in rows] == [(OLD, False), (NEW, True)]


def test_unknown_names_are_told_with_what_there_is(saved: Settings) -> None:
    with pytest.raises(UsageError, match="unknown model 'churm'; allowed: churn, segment, value"):
        registry.versions(saved, "churm")
    with pytest.raises(ModelError, match=f"no version 1; saved: {OLD}, {NEW}"):
        registry.promote(saved, "churn", "1")


def test_a_version_is_a_name_and_no_path(saved: Settings) -> None:
    with pytest.raises(ModelError, match=r"has no version \.\./churn/"):
        registry.promote(saved, "churn", f"../churn/{OLD}")
    assert registry.served_versions(saved, "churn") == [OLD, NEW]


def test_another_horizon_needs_another_training(saved: Settings) -> None:
    assert registry.is_usable(saved, "churn")
    other = Settings.load({}, home=saved.home, churn_horizon_days=90)
    assert not registry.is_usable(other, "churn")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"horizon_days": 90}, "has horizon_days 90, the setting GUESTBOOK_CHURN_HORIZON_DAYS is 365"),
        pytest.param({"window_days": 400}, "has window_days 400, the setting GUESTBOOK_CHURN_WINDOW_DAYS is 730"),
        pytest.param({"libraries": {"scikit-learn": "0.1"}}, "was saved by scikit-learn 0.1, "),
        pytest.param({"format": 1}, f"has format 1, {registry.FORMAT} is needed"),
    ],
)
def test_a_version_that_cannot_score_is_not_put_to_use(saved: Settings, change: dict, said: str) -> None:
    """The next night would train over it: neither by name nor by going back."""
    path = saved.models_dir / "churn" / OLD / registry.CARD
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    for use in (lambda: registry.promote(saved, "churn", OLD), lambda: registry.roll_back(saved, "churn")):
        with pytest.raises(UsageError, match=f"model churn {OLD} {re.escape(said)}"):
            use()
    assert registry.served_versions(saved, "churn") == [OLD, NEW]


def test_the_same_model_gives_the_same_version() -> None:
    one, two, other = (registry.make_version(date(2025, 1, 31), "churn", seed, ["digest"]) for seed in (1, 1, 2))
    assert one == two != other
    assert one.startswith("2025-01-31-")


def card(is_promoted: bool, ours: float = 0.17, visit_model: float = 0.20) -> dict:
    mean = {"ensemble": {"brier": ours}, "visit_model": {"brier": visit_model}}
    return {
        "is_promoted": is_promoted,
        "promotion_reason": "r",
        "metrics": {"mean": mean},
        "trained_as_of": "2025-01-31",
    }


@pytest.mark.parametrize(
    ("champion", "challenger", "is_used"),
    [
        pytest.param(card(True), card(True, ours=0.165), True, id="better"),
        pytest.param(card(True), card(True, ours=0.172), True, id="about the same: newer data win"),
        pytest.param(card(True), card(True, ours=0.18), False, id="worse than the champion"),
        pytest.param(card(True), card(False), False, id="a fallback takes no champion's place"),
        pytest.param(card(False), card(False), True, id="a newer fallback replaces a fallback"),
        pytest.param(card(False), card(True), True, id="a model replaces a fallback"),
    ],
)
def test_champion_and_challenger(settings: Settings, champion: dict, challenger: dict, is_used: bool) -> None:
    registry.save(settings, "churn", OLD, {}, {**champion, "horizon_days": 365, "window_days": 730})
    registry.promote(settings, "churn", OLD)
    assert serves(settings, "churn", {**challenger, "trained_as_of": "2025-02-28"})[0] is is_used


def test_training_as_of_a_past_date_does_not_replace_a_newer_model(saved: Settings) -> None:
    run = {**card(True), "trained_as_of": "2025-02-01"}
    assert serves(saved, "churn", run) == (False, f"not promoted: {NEW}, trained on a later date, is in use")


def test_a_half_written_version_does_not_exist(settings: Settings, saved: Settings) -> None:
    (Path(settings.models_dir) / "churn" / NEW / registry.CARD).unlink()
    assert registry.versions(settings, "churn") == [OLD]
