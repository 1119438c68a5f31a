"""dbt in this process: one call per stage, with the night's variables."""

import json
import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from guestbook.errors import GuestbookError
from guestbook.files import atomic_path
from guestbook.life_stages import LAST_STAGE, STAGE_LIMITS, WON_BACK_GAP_RATIO, WON_BACK_LEAST_DAYS
from guestbook.lock import warehouse_lock
from guestbook.night import last_night
from guestbook.settings import PROJECT_ROOT, Settings

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
PLACES = ("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT))
# What dbt says for debugging is 2 MB and a tenth of its CPU time a night; the SQL that ran is in target/run.
LOGGED = ("--log-level-file", "info")
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
    # Artifacts cost a second a call; nobody reads them, and `guestbook docs` writes them.
    arguments = ["build", "--select", select, "--exclude-resource-type", "unit_test", "--no-write-json"]
    arguments += ["--full-refresh"] if full_refresh else []
    with warehouse_lock(settings):
        result = run_dbt(settings, arguments, variables)
    return len(result)


def write_docs(settings: Settings) -> Path:
    """Documentation of every table by dbt, as of the newest completed night: one offline page; returns its path.

    Raises UsageError when no night was completed: the catalogue is read from the warehouse.
    """
    night_date = last_night(settings)
    with warehouse_lock(settings):
        run_dbt(settings, ["docs", "generate", "--static"], night_variables(settings, night_date))
    page = settings.reports_dir / "dbt_docs.html"
    with atomic_path(page) as draft:
        shutil.copyfile(settings.home / "dbt" / "target" / "static_index.html", draft)
    return page


def run_dbt(settings: Settings, arguments: list[str], variables: dict[str, Any]) -> list[Any]:
    """Invoke dbt in process; returns the node results. Raises GuestbookError with dbt's own messages."""
    from dbt.cli.main import dbtRunner  # slow import: only when dbt really runs

    os.environ.setdefault("DO_NOT_TRACK", "1")
    work = settings.home / "dbt"
    work.mkdir(parents=True, exist_ok=True)
    options = (*PLACES, *LOGGED, "--target-path", str(work / "target"), "--log-path", str(work / "logs"))
    try:
        manifest = _manifest(options, settings).deepcopy()  # dbt notes in it what it compiled
        _connect_to(str(settings.warehouse_file), settings.warehouse_memory)
        outcome = dbtRunner(manifest=manifest).invoke(
            ["--quiet", *arguments, *options, "--vars", json.dumps(variables)]
        )
    finally:
        _close_connections()
    nodes = list(getattr(outcome.result, "results", None) or [])
    if not outcome.success:
        raise GuestbookError(_explain(arguments, nodes, outcome.exception, work / "logs" / "dbt.log"))
    return nodes


def _connect_to(file: str, memory: str) -> None:
    """What `profiles.yml` reads at the next call."""
    os.environ["GUESTBOOK_WAREHOUSE_FILE"] = file
    os.environ["GUESTBOOK_WAREHOUSE_MEMORY"] = memory


_parsed: list[Any] = []


def _manifest(options: tuple[str, ...], settings: Settings) -> Any:
    """The parsed project, once per process whatever the home; parsing opens no database.

    Parsed without the night's variables and without the home's path and memory: no model reads them while it is parsed,
    and dbt would parse everything again (10 s of CPU instead of 2) wherever one differs from what it remembers in the
    target folder, as in a copy of a home.
    """
    from dbt.cli.main import dbtRunner

    if not _parsed:
        _connect_to(settings.warehouse_file.name, "1GB")
        outcome = dbtRunner().invoke(["--quiet", "--no-write-json", "parse", *options])
        if not outcome.success:
            raise GuestbookError(f"the dbt project in {DBT_PROJECT} can't be parsed: {outcome.exception}")
        _parsed.append(outcome.result)
    return _parsed[0]


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
