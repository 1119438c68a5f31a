"""The tasks of a night, written once: the stage DAGs and `run_night` wire the same functions.

Each task does its work in one stage package, imported when it runs. Its stage log is named `<stage>.<task>`.
XCom holds counts and lists of delivered files, never a row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowFailException
from night_wiring import WAREHOUSE_POOL

if TYPE_CHECKING:
    from datetime import date

    from guestbook.night import StageLog
    from guestbook.settings import Settings

Batch = list[dict[str, Any]]


FEATURES = "path:models/features"


class Stage(NamedTuple):
    """What a task works with. A past night only computes its own history again: it changes no current table."""

    settings: "Settings"
    night_date: "date"
    log: "StageLog"
    is_past: bool


@contextmanager
def stage(stage_name: str) -> Iterator[Stage]:
    """Settings, night and log of the running task. Only an error without a stated next step is tried again."""
    from guestbook.errors import GuestbookError
    from guestbook.night import is_past_night
    from guestbook.night import stage as logged_stage
    from guestbook.settings import Settings

    try:
        settings = Settings.load()
        night_date = night_of(get_current_context()["dag_run"], settings)
        with logged_stage(settings, night_date, stage_name) as log:
            yield Stage(settings, night_date, log, is_past_night(settings, night_date))
    except GuestbookError as error:
        raise AirflowFailException(str(error)) from error


def night_of(dag_run: Any, settings: "Settings") -> "date":
    """The night of a run: its partition key, else `night_date` of its conf; weekly training takes the newest one."""
    from guestbook.errors import UsageError
    from guestbook.night import newest_completed_night, parse_night_date

    key = dag_run.partition_key or (dag_run.conf or {}).get("night_date")
    if key:
        return parse_night_date(str(key))
    newest = newest_completed_night(settings)
    if newest is None or dag_run.dag_id != "train_models":
        raise UsageError(f"run {dag_run.run_id} has no night: start `run_night`, or give a partition key, YYYY-MM-DD")
    return newest


@task
def discover(feed: str) -> list[Batch]:
    """The night's new files of a feed, in batches: one mapped load task per batch, none for no file.

    Newer property, rate and suppression files go to the lake first: rows take time zone and currency from them. The
    three feeds may do that at the same moment: they write the same files.
    """
    import ingest

    with stage(f"ingest_{feed}.discover") as now:
        ingest.load_reference(now.settings, now.night_date)
        batches = ingest.discover(now.settings, feed, now.night_date)
        problems = ingest.landing_problems(now.settings)
        now.log.count(files=sum(map(len, batches)), batches=len(batches), landing_problems=problems)
        return batches


@task
def load_batch(feed: str, files: Batch) -> dict[str, int]:
    """Read one batch of files into the lake: accepted rows and quarantine, not yet in the ledger."""
    import ingest

    index = get_current_context()["ti"].map_index
    with stage(f"ingest_{feed}.load_batch_{index}") as now:
        counts = ingest.load_batch(now.settings, feed, now.night_date, files)
        now.log.count(**counts)
        return counts


@task(trigger_rule="none_failed")
def gate_and_commit(feed: str) -> dict[str, int]:
    """Judge the staged files and write the ledger; a held file blocks the night. Runs when there is no file, too."""
    import expectations
    import ingest

    with stage(f"ingest_{feed}.gate_and_commit") as now:
        files = ingest.staged_files(now.settings, feed, now.night_date)
        outcome = expectations.gate_feed(now.settings, feed, now.night_date, files)
        counts = ingest.commit(now.settings, feed, now.night_date, outcome.decisions)
        now.log.count(**counts)
        outcome.raise_if_blocked()
        return counts


@task(pool=WAREHOUSE_POOL)
def stage_rows() -> dict[str, int]:
    """Accepted files that the warehouse does not hold yet -> staging, by dbt."""
    from guestbook.dbt_runner import build, night_variables
    from guestbook.lake_views import mark_staged, register_pending
    from guestbook.warehouse import warehouse

    with stage("build_customer_view.stage_rows") as now:
        if now.is_past:
            return {}
        with warehouse(now.settings) as con:
            counts = register_pending(con, now.settings)
        build(now.settings, "tag:staging", night_variables(now.settings, now.night_date))
        with warehouse(now.settings) as con:
            mark_staged(con)
        now.log.count(**counts)
        return counts


@task(pool=WAREHOUSE_POOL)
def resolve_identity() -> dict[str, int]:
    """Person records -> candidate customers and ids."""
    import identity
    from guestbook.warehouse import warehouse

    with stage("build_customer_view.resolve_identity") as now:
        if now.is_past:
            return {}
        with warehouse(now.settings) as con:
            counts = identity.resolve(con, now.settings, now.night_date)
        now.log.count(**counts)
        return counts


@task(pool=WAREHOUSE_POOL)
def build_core() -> None:
    """Golden record, facts and features as of the night; in a night that trains also as of each training date."""
    from guestbook.dbt_runner import build, night_variables

    with stage("build_customer_view.build_core") as now:
        dates = _cut_offs(now.settings, now.night_date)
        select = FEATURES if now.is_past else "tag:core"
        nodes = build(now.settings, select, night_variables(now.settings, now.night_date, dates))
        now.log.count(nodes=nodes, training_dates=len(dates))


@task(pool=WAREHOUSE_POOL)
def gate_customers() -> None:
    """Measure the health of identity, then judge the customer dimension."""
    import expectations
    import identity
    from guestbook.warehouse import warehouse

    with stage("build_customer_view.gate_customers") as now:
        if now.is_past:
            return
        with warehouse(now.settings) as con:
            identity.measure_health(con, now.settings, now.night_date)
            outcome = expectations.gate_customers(con, now.settings, now.night_date)
        now.log.count(**outcome.counts())
        outcome.raise_if_blocked()


@task(pool=WAREHOUSE_POOL)
def commit_identity() -> None:
    """Make the night's customer ids and their history permanent."""
    import identity
    from guestbook.warehouse import warehouse

    with stage("build_customer_view.commit_identity") as now:
        if now.is_past:
            return
        with warehouse(now.settings) as con:
            now.log.count(**identity.commit(con, now.settings, now.night_date))


@task(pool=WAREHOUSE_POOL)
def ensure_models() -> None:
    """Train where no model is saved: the first night."""
    import ml
    from guestbook.warehouse import warehouse

    with stage("score_customers.ensure_models") as now:
        if ml.needs_training(now.settings, now.night_date):
            with warehouse(now.settings) as con:
                now.log.count(model_runs=len(ml.ensure_models(con, now.settings, now.night_date)))


@task(pool=WAREHOUSE_POOL)
def score() -> dict[str, int]:
    """Segment, churn risk and value of every customer as of the night."""
    import ml
    from guestbook.warehouse import warehouse

    with stage("score_customers.score") as now, warehouse(now.settings) as con:
        counts = ml.score(con, now.settings, now.night_date)
        now.log.count(**counts)
        return counts


@task(pool=WAREHOUSE_POOL)
def gate_scores() -> None:
    """Judge the scores."""
    import expectations
    from guestbook.warehouse import warehouse

    with stage("score_customers.gate_scores") as now:
        if now.is_past:
            return
        with warehouse(now.settings) as con:
            outcome = expectations.gate_scores(con, now.settings, now.night_date)
        now.log.count(**outcome.counts())
        outcome.raise_if_blocked()


@task(pool=WAREHOUSE_POOL)
def build_marts() -> None:
    """Marts and the wide customer table. After a past night the features are those of the newest night again."""
    from guestbook.dbt_runner import build, night_variables
    from guestbook.night import newest_completed_night

    with stage("score_customers.build_marts") as now:
        newest = newest_completed_night(now.settings)
        if newest is not None and now.is_past:
            build(now.settings, FEATURES, night_variables(now.settings, newest, _cut_offs(now.settings, newest)))
            return
        now.log.count(nodes=build(now.settings, "tag:marts", night_variables(now.settings, now.night_date)))


@task(pool=WAREHOUSE_POOL)
def publish() -> None:
    """Switch BI to a new read-only snapshot and write the night's pages; then the night is done."""
    import bi
    from guestbook.night import complete_night

    with stage("publish_bi.publish") as now:
        now.log.count(rows=sum(bi.publish(now.settings, now.night_date).values()))
    complete_night(now.settings, now.night_date)


@task(pool=WAREHOUSE_POOL)
def train() -> None:
    """Build the features of every training date and train again; promotes a model only if it is not worse."""
    import ml
    from guestbook.dbt_runner import build, night_variables
    from guestbook.warehouse import warehouse

    with stage("train_models.train") as now:
        with warehouse(now.settings) as con:
            dates = ml.training_dates(con, now.settings, now.night_date)
        build(now.settings, FEATURES, night_variables(now.settings, now.night_date, dates))
        with warehouse(now.settings) as con:
            now.log.count(model_runs=len(ml.train(con, now.settings, now.night_date)))


def _cut_offs(settings: "Settings", night_date: "date") -> "list[date]":
    """Training dates of a night that trains or has trained, so that the same night again builds the same features."""
    import ml
    from guestbook.lake import read_records
    from guestbook.tables import declared
    from guestbook.warehouse import warehouse

    runs = read_records(settings, "model_run", declared("ml", "model_run").arrow_schema)
    has_trained = night_date in runs["trained_as_of"].to_pylist()
    if not has_trained and not ml.needs_training(settings, night_date):
        return []
    with warehouse(settings) as con:
        return list(ml.training_dates(con, settings, night_date))
