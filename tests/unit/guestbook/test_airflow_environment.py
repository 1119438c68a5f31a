"""What Airflow and its tasks are told: the same settings, this home, loopback, no telemetry."""

from pathlib import Path

import pytest

from guestbook.airflow_environment import airflow_environment, is_served, server_lock, settings_environment
from guestbook.settings import Settings


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"feeds": "reservations,pos_checks", "time_zone": "Europe/Lisbon"},
        {"landing": "s3://exports/landing", "churn_horizon_days": 180, "reporting_currency": "CHF"},
    ],
)
def test_a_task_sees_the_settings_of_the_command(tmp_path: Path, given: dict[str, object]) -> None:
    settings = Settings.load({}, home=tmp_path, **given)
    assert Settings.load(settings_environment(settings)) == settings


def test_airflow_works_inside_the_home_and_on_loopback(tmp_path: Path) -> None:
    environment = airflow_environment(Settings.load({}, home=tmp_path, time_zone="Asia/Tokyo"))
    assert environment["AIRFLOW_HOME"] == str(tmp_path / "airflow")
    assert str(tmp_path) in environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert environment["AIRFLOW__CORE__DEFAULT_TIMEZONE"] == "Asia/Tokyo"
    assert environment["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] == "True"


def test_nothing_is_told_to_anybody(tmp_path: Path) -> None:
    environment = airflow_environment(Settings.load({}, home=tmp_path))
    told = {"AIRFLOW__USAGE_DATA_COLLECTION__ENABLED", "DBT_SEND_ANONYMOUS_USAGE_STATS", "GX_ANALYTICS_ENABLED"}
    assert {environment[name] for name in told} == {"False"}
    assert environment["DO_NOT_TRACK"] == "1"


def test_a_home_is_served_while_a_server_holds_it(tmp_path: Path) -> None:
    settings = Settings.load({}, home=tmp_path)
    assert not is_served(settings)
    with server_lock(settings).acquire(timeout=0):
        assert is_served(settings)
    assert not is_served(settings)
