"""The DAGs as Airflow loads them, without a database."""

import sys
from typing import Any

import pytest

from guestbook.airflow_environment import DAGS_FOLDER, airflow_environment
from guestbook.settings import Settings

SCHEDULE_ZONE = "Europe/Lisbon"


@pytest.fixture(scope="session")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """DAG by id. The bag must not be empty: a policy test that passes on nothing is a bug."""
    patch = pytest.MonkeyPatch()
    home = tmp_path_factory.mktemp("dags_home")
    for name, value in airflow_environment(Settings.load({}, home=home, time_zone=SCHEDULE_ZONE)).items():
        patch.setenv(name, value)
    from airflow.dag_processing.dagbag import BundleDagBag

    bag = BundleDagBag(dag_folder=DAGS_FOLDER, bundle_path=DAGS_FOLDER, bundle_name="dags-folder")
    patch.undo()
    assert bag.dags, "no DAG was found"
    assert bag.import_errors == {}
    return dict(bag.dags)


@pytest.fixture(scope="session")
def night_stage(dags: dict[str, Any]) -> Any:
    """The module of what every task does."""
    return sys.modules["night_stage"]


@pytest.fixture(scope="session")
def night_wiring(dags: dict[str, Any]) -> Any:
    """The module of what the DAGs share."""
    return sys.modules["night_wiring"]
