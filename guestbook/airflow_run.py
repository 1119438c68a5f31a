"""One night through the Airflow DAGs in this process: real DAG runs on an SQLite database under the home, no server.

Airflow reads its settings when it is first imported: nothing of it may be imported at the top of this module.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from guestbook.airflow_environment import DAGS_FOLDER, enter_airflow, is_served
from guestbook.errors import GateBlocked, GuestbookError
from guestbook.lake import read_records
from guestbook.lock import night_lock
from guestbook.night import check_is_known, stage_logs
from guestbook.settings import FEEDS, Settings
from guestbook.tables import declared

INGEST_DAGS = tuple(f"ingest_{feed}" for feed in FEEDS)
NIGHT_DAGS = (*INGEST_DAGS, "build_customer_view", "score_customers", "publish_bi")
TRAINING_DAG = "train_models"
# Objects made before Python looks for cycles among them, its young and its old generations. What a night imports and
# parses is a million objects that stay; with Python's 700 it goes through all of them again and again.
GARBAGE_THRESHOLDS = (50_000, 10, 10)

OnStage = Callable[[str], None]


def run_night(settings: Settings, night_date: date, on_stage: OnStage | None = None) -> None:
    """Run one night; `on_stage` hears the name of each DAG before it starts.

    Raises GateBlocked when a gate blocked the night, GuestbookError with the stage's own message when it failed.
    """
    run_backfill(settings, night_date, night_date, on_stage)


def run_backfill(settings: Settings, first: date, last: date, on_stage: OnStage | None = None) -> None:
    """Run the nights from the earlier to the later date, both included, ascending; stops at the first failure."""
    start, end = sorted((first, last))
    with _open_home(settings) as airflow:
        for offset in range((end - start).days + 1):
            airflow.run_night(start + timedelta(days=offset), on_stage)


def run_training(settings: Settings, as_of_date: date) -> list[dict[str, Any]]:
    """Train again on what was known by a date; returns one dict per training (rows of `ml.model_run`).

    Raises UsageError for a date after the newest completed night.
    """
    check_is_known(settings, as_of_date)
    with _open_home(settings) as airflow:
        airflow.run_dag(TRAINING_DAG, as_of_date)
    runs = read_records(settings, "model_run", declared("ml", "model_run").arrow_schema).to_pylist()
    return [run for run in runs if run["trained_as_of"] == as_of_date]


@dataclass(frozen=True)
class InProcessAirflow:
    """The DAGs of this repository over one home. Made by `_open_home`, which holds the home's night lock."""

    settings: Settings
    dags: dict[str, Any]
    log_file: Path

    def run_night(self, night_date: date, on_stage: OnStage | None) -> None:
        """Every feed is loaded before a blocked or failed one ends the night: a bad file never costs the others."""
        started_at = datetime.now(UTC).isoformat()
        problems: list[GuestbookError] = []
        for dag_id in NIGHT_DAGS:
            if problems and dag_id not in INGEST_DAGS:
                break
            if on_stage:
                on_stage(dag_id)
            try:
                self.run_dag(dag_id, night_date, started_at)
            except GuestbookError as error:
                problems.append(error)
        if problems:
            raise _together(problems)

    def run_dag(self, dag_id: str, night_date: date, started_at: str | None = None) -> None:
        """Run one DAG to its end; raises what its stage log says when the run did not succeed."""
        since = started_at or datetime.now(UTC).isoformat()
        run = self.dags[dag_id].test(run_conf={"night_date": night_date.isoformat(), "is_in_process": True})
        if str(run.state) == "success":
            return
        logs = [log for log in stage_logs(self.settings, night_date) if log["stage_name"].startswith(f"{dag_id}.")]
        for log in logs:
            if log["started_at"] >= since and log["stage_status"] == "blocked":
                raise GateBlocked(log["message"])
        for log in logs:
            if log["started_at"] >= since and log["stage_status"] == "failed":
                raise GuestbookError(f"{log['stage_name']} failed: {log['message']} (details: {self.log_file})")
        raise GuestbookError(f"{dag_id} ended as {run.state}: see {self.log_file}")


@contextmanager
def _open_home(settings: Settings) -> Iterator[InProcessAirflow]:
    """Airflow over a home, for one process at a time; a second run is refused at once."""
    settings.prepare_home()
    with _rare_garbage_collection(), night_lock(settings):
        log_file = enter_airflow(settings)
        _refuse_beside_schedules(settings)
        _fail_left_over_runs()
        yield InProcessAirflow(settings, _load_dags(), log_file)


@contextmanager
def _rare_garbage_collection() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _refuse_beside_schedules(settings: Settings) -> None:
    """A scheduler goes on with every run it finds of a DAG that is not paused: both would do the same tasks."""
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    if not is_served(settings):
        return
    with create_session() as session:
        unpaused = session.scalars(
            select(DagModel.dag_id).where(DagModel.dag_id.in_(NIGHT_DAGS), DagModel.is_paused.is_(False))
        ).all()
    if unpaused:
        raise GuestbookError(
            f"an Airflow server runs over {settings.home} with schedules on ({', '.join(sorted(unpaused))}):"
            " pause them, or run the night there, with the button of run_night"
        )


def _load_dags() -> dict[str, Any]:
    from airflow.dag_processing.dagbag import BundleDagBag

    bag = BundleDagBag(dag_folder=DAGS_FOLDER, bundle_path=DAGS_FOLDER, bundle_name="dags-folder")
    if bag.import_errors:
        raise GuestbookError(
            "\n".join(f"DAG file {name} can't be imported: {text}" for name, text in bag.import_errors.items())
        )
    missing = {*NIGHT_DAGS, TRAINING_DAG} - set(bag.dags)
    if missing:
        raise GuestbookError(f"no DAG {', '.join(sorted(missing))} in {DAGS_FOLDER}: restore the folder from git")
    for dag in bag.dags.values():
        for task in dag.tasks:
            task.retries = 0  # whoever waits at a terminal repeats the command; the scheduler retries by itself
    return dict(bag.dags)


def _fail_left_over_runs() -> None:
    """A killed command leaves runs that say `running`; a scheduler that is started later would go on with them."""
    from airflow.models.dagrun import DagRun
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from airflow.utils.types import DagRunTriggeredByType
    from sqlalchemy import select, update

    with create_session() as session:
        left_over = select(DagRun.run_id).where(
            DagRun.state == "running", DagRun.triggered_by == DagRunTriggeredByType.TEST
        )
        open_tasks = update(TaskInstance).where(TaskInstance.run_id.in_(left_over), TaskInstance.end_date.is_(None))
        session.execute(open_tasks.values(state="failed").execution_options(synchronize_session=False))
        runs = update(DagRun).where(DagRun.state == "running", DagRun.triggered_by == DagRunTriggeredByType.TEST)
        session.execute(runs.values(state="failed").execution_options(synchronize_session=False))


def _together(problems: list[GuestbookError]) -> GuestbookError:
    """One error that tells all: blocked only when nothing failed."""
    failed = [problem for problem in problems if not isinstance(problem, GateBlocked)]
    text = "\n".join(str(problem) for problem in problems)
    return GuestbookError(text) if failed else GateBlocked(text)
