"""Airflow over a home: its environment, its database, its log. Shared by the in-process night and by `make ui`.

Airflow reads its settings when it is first imported: nothing of it may be imported at the top of this module.
"""

import logging
import os
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from guestbook.errors import UsageError
from guestbook.installation import check_installed
from guestbook.settings import PREFIX, PROJECT_ROOT, Settings

WAREHOUSE_POOL = "warehouse"
DAGS_FOLDER = PROJECT_ROOT / "dags"
OUR_LOGGERS = ("guestbook", "ingest", "identity", "ml", "expectations", "bi")
NO_TELEMETRY = {
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "False",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "False",
    "SCARF_ANALYTICS": "False",
}


def airflow_environment(settings: Settings) -> dict[str, str]:
    """Every variable that Airflow and its tasks need over this home: SQLite, loopback, no examples, no telemetry."""
    home = settings.airflow_home
    return {
        **settings_environment(settings),
        **NO_TELEMETRY,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS_FOLDER),
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": settings.time_zone,
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__API__HOST": "127.0.0.1",
    }


def settings_environment(settings: Settings) -> dict[str, str]:
    """The settings as the variables that `Settings.load` reads, so that a task in any process sees the same ones."""
    values = {PREFIX + name.upper(): getattr(settings, name) for name in Settings.model_fields}
    values[f"{PREFIX}FEEDS"] = ",".join(settings.feeds or ())
    return {name: str(value) for name, value in values.items() if value not in (None, "")}


def server_lock(settings: Settings) -> FileLock:
    """Held by the one Airflow server of a home."""
    settings.airflow_home.mkdir(parents=True, exist_ok=True)
    return FileLock(settings.airflow_home / "server.lock")


def is_served(settings: Settings) -> bool:
    """Whether an Airflow server runs over this home."""
    try:
        with server_lock(settings).acquire(timeout=0):
            return False
    except Timeout:
        return True


def enter_airflow(settings: Settings, log_name: str = "in_process.log") -> Path:
    """Set the environment of this process, send Airflow's log to a file, make database and pool; returns the log file.

    Raises UsageError when this process already works over another home, GuestbookError when packages are missing.
    """
    check_installed()
    environment = airflow_environment(settings)
    if "airflow" in sys.modules and os.environ.get("AIRFLOW_HOME") != environment["AIRFLOW_HOME"]:
        raise UsageError(f"this process runs Airflow over {os.environ.get('AIRFLOW_HOME')}: one home per process")
    os.environ.update(environment)
    log_file = settings.airflow_home / "logs" / log_name
    log_file.parent.mkdir(parents=True, exist_ok=True)
    _log_to(log_file)
    _initialise_database()
    return log_file


def _initialise_database() -> None:
    """Migrate Airflow's database and make the 1-slot pool of the warehouse."""
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb

    initdb()
    Pool.create_or_update_pool(WAREHOUSE_POOL, 1, "One task at a time opens the warehouse", include_deferred=True)


def _log_to(log_file: Path) -> None:
    """Airflow logs to the file of this start; warnings of our own packages also reach whoever listened before."""
    listeners = list(logging.getLogger().handlers)
    import airflow.settings  # noqa: F401 - configures logging when imported
    from airflow._shared.logging import configure_logging

    stream = log_file.open("w", encoding="utf-8", buffering=1)
    configure_logging(log_level="INFO", output=stream, colors=False)
    for handler in listeners:
        handler.setLevel(max(handler.level, logging.WARNING))
        for name in OUR_LOGGERS:
            logging.getLogger(name).addHandler(handler)
