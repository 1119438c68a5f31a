"""dbt in this process: one call per stage, with the night's variables."""

import json
import os
import shutil
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from guestbook.errors import GuestbookError
from guestbook.files import atomic_path
from guestbook.life_stages import LAST_STAGE, STAGE_LIMITS, WON_BACK_GAP_RATIO, WON_BACK_LEAST_DAYS
from guestbook.lock import warehouse_lock
from guestbook.night import newest_completed_night
from guestbook.settings import PROJECT_ROOT, Settings

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
PLACES = ("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT))
MESSAGES_SHOWN = 10


def night_variables(settings: Settings, night_date: date, as_of_dates: list[date] | None = None) -> dict[str, Any]:
    """The variables that every model may read."""
    return {
        "night_date": night_date.isoformat(),
        "as_of_dates": [day.isoformat() for day in sorted({*(as_of_dates or []), night_date})],
        "horizon_days": settings.churn_horizon_days,
        "window_days": settings.churn_window_days,
        "reporting_currency": settings.reporting_currency,
        "lake": str(settings.lake),
        "life_stages": {
            "limits": [list(limit) for limit in STAGE_LIMITS],
            "last": LAST_STAGE,
            "won_back_least_days": WON_BACK_LEAST_DAYS,
            "won_back_gap_ratio": WON_BACK_GAP_RATIO,
        },
    }


def build(settings: Settings, select: str, variables: dict[str, Any], full_refresh: bool = False) -> int:
    """Build and test the selected models under the writer lock; returns how many nodes ran.

    Raises GuestbookError that names the nodes that failed. Unit tests belong to `make test`, not to a night.
    """
    arguments = ["build", "--select", select, "--exclude-resource-type", "unit_test"]
    arguments += ["--full-refresh"] if full_refresh else []
    with warehouse_lock(settings):
        result = run_dbt(settings, arguments, variables)
    return len(result)


def write_docs(settings: Settings) -> Path:
    """Documentation of every table by dbt, as of the newest completed night: one offline page; returns its path.

    Raises GuestbookError when no night was completed: the catalogue is read from the warehouse.
    """
    night_date = newest_completed_night(settings)
    if night_date is None:
        raise GuestbookError(f"no night was completed in {settings.home}: run `guestbook nightly --date D` first")
    with warehouse_lock(settings):
        run_dbt(settings, ["docs", "generate", "--static"], night_variables(settings, night_date))
    page = settings.reports_dir / "dbt_docs.html"
    with atomic_path(page) as draft:
        shutil.copyfile(settings.home / "dbt" / "target" / "static_index.html", draft)
    return page


def run_dbt(settings: Settings, arguments: list[str], variables: dict[str, Any]) -> list[Any]:
    """Invoke dbt in process; returns the node results. Raises GuestbookError with dbt's own messages."""
    from dbt.cli.main import dbtRunner  # slow import: only when dbt really runs

    os.environ["GUESTBOOK_WAREHOUSE_FILE"] = str(settings.warehouse_file)
    os.environ["GUESTBOOK_WAREHOUSE_MEMORY"] = settings.warehouse_memory
    os.environ.setdefault("DO_NOT_TRACK", "1")
    work = settings.home / "dbt"
    work.mkdir(parents=True, exist_ok=True)
    options = (*PLACES, "--target-path", str(work / "target"), "--log-path", str(work / "logs"))
    try:
        manifest = _manifest(options).deepcopy()  # dbt notes in it what it compiled
        outcome = dbtRunner(manifest=manifest).invoke(
            ["--quiet", *arguments, *options, "--vars", json.dumps(variables)]
        )
    finally:
        _close_connections()
    nodes = list(getattr(outcome.result, "results", None) or [])
    if not outcome.success:
        raise GuestbookError(_explain(arguments, nodes, outcome.exception, work / "logs" / "dbt.log"))
    return nodes


@cache
def _manifest(options: tuple[str, ...]) -> Any:
    """The parsed project, once per process.

    Parsed without the night's variables: they stand in the models' SQL only, and dbt would parse everything again
    whenever one changes (4 s a call; a night makes three).
    """
    from dbt.cli.main import dbtRunner

    outcome = dbtRunner().invoke(["--quiet", "parse", *options])
    if not outcome.success:
        raise GuestbookError(f"the dbt project in {DBT_PROJECT} can't be parsed: {outcome.exception}")
    return outcome.result


def _close_connections() -> None:
    """Let go of the warehouse file: dbt-duckdb keeps its connection open for the life of the process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    if DuckDBConnectionManager._ENV is not None:  # noqa: SLF001 - close_all_connections() only forgets it
        DuckDBConnectionManager._ENV.close()  # noqa: SLF001
    DuckDBConnectionManager.close_all_connections()


def _explain(arguments: list[str], nodes: list[Any], exception: BaseException | None, log_file: Path) -> str:
    failed = [node for node in nodes if str(node.status) in {"error", "fail", "runtime error"}]
    lines = [f"{node.node.name}: {' '.join(str(node.message).split())}" for node in failed[:MESSAGES_SHOWN]]
    if exception is not None:
        lines.append(str(exception))
    more = [f"and {len(failed) - MESSAGES_SHOWN} more"] if len(failed) > MESSAGES_SHOWN else []
    return "\n".join(
        [f"dbt {' '.join(arguments[:3])} failed ({len(failed)} nodes); whole log: {log_file}", *lines, *more]
    )
