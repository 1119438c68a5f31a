"""Settings: where values come from, and what a wrong one says."""

from pathlib import Path

import pytest

from guestbook.errors import ConfigError, GuestbookError
from guestbook.settings import Settings


def test_argument_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    (tmp_path / "guestbook.toml").write_text('time_zone = "Asia/Shanghai"\nchurn_horizon_days = 90\nrandom_seed = 5\n')
    environ = {"GUESTBOOK_CHURN_HORIZON_DAYS": "120", "GUESTBOOK_RANDOM_SEED": "6", "OTHER": "x"}
    settings = Settings.load(environ, home=tmp_path, random_seed=7)
    assert (settings.time_zone, settings.churn_horizon_days, settings.random_seed, settings.churn_window_days) == (
        "Asia/Shanghai",
        120,
        7,
        730,
    )


def test_home_argument_beats_environment_and_landing_follows(tmp_path: Path) -> None:
    settings = Settings.load({"GUESTBOOK_HOME": "/elsewhere"}, home=tmp_path)
    assert settings.home == tmp_path
    assert settings.landing == str(tmp_path / "landing")


def test_landing_may_be_a_url(tmp_path: Path) -> None:
    assert Settings.load({"GUESTBOOK_LANDING": "s3://exports/landing"}, home=tmp_path).landing == "s3://exports/landing"


def test_every_wrong_value_is_named_with_key_and_what_is_allowed(tmp_path: Path) -> None:
    environ = {
        "GUESTBOOK_CHURN_HORIZON_DAYS": "soon",
        "GUESTBOOK_REPORTING_CURRENCY": "euro",
        "GUESTBOOK_TIME_ZONE": "Mars/Base",
        "GUESTBOOK_FEEDS": "reservations,spa",
    }
    with pytest.raises(ConfigError) as caught:
        Settings.load(environ, home=tmp_path)
    message = str(caught.value)
    for part in ("GUESTBOOK_CHURN_HORIZON_DAYS = 'soon'", "'euro'", "'Mars/Base'", ": unknown feed spa", "pos_checks"):
        assert part in message
    assert caught.value.exit_code == 2


def test_unknown_names_are_refused_beside_the_allowed_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"GUESTBOOK_LANDNG; allowed: .*GUESTBOOK_LANDING"):
        Settings.load({"GUESTBOOK_LANDNG": "x"}, home=tmp_path)
    (tmp_path / "guestbook.toml").write_text("horizon = 3\n")
    with pytest.raises(ConfigError, match=r"horizon; allowed: .*churn_horizon_days"):
        Settings.load({}, home=tmp_path)


def test_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "guestbook.toml").write_text("time_zone = \n")
    with pytest.raises(ConfigError, match=r"guestbook.toml is not valid TOML"):
        Settings.load({}, home=tmp_path)


def test_settings_are_frozen(tmp_path: Path) -> None:
    settings = Settings.load({}, home=tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        settings.time_zone = "UTC"


def test_installation_key_is_made_once_and_private(tmp_path: Path) -> None:
    first = Settings.load({}, home=tmp_path).installation_key
    again = Settings.load({}, home=tmp_path).installation_key
    assert first == again
    assert len(first) == 32
    assert (tmp_path / "installation.key").stat().st_mode & 0o777 == 0o600


def test_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(GuestbookError, match=r"home .*file/home can't be written .*GUESTBOOK_HOME"):
        Settings.load({}, home=blocker / "home").prepare_home()
