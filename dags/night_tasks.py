"""The tasks of a night, written once: the stage DAGs and `run_night` wire the same functions.

Each task does its work in one stage package, imported when it runs. Its stage log is named `<stage>.<task>`.
XCom holds counts and lists of delivered files, never a row.
"""

from typing import TYPE_CHECKING, Any

from night_stage import Stage, night_task
from night_wiring import WAREHOUSE_POOL

if TYPE_CHECKING:
    from datetime import date

Batch = list[dict[str, Any]]
Counts = dict[str, int]

FEATURES = "path:models/features"


@night_task("ingest_{feed}.discover", in_past=True)
def discover(now: Stage, feed: str) -> list[Batch]:
    """The night's new files of a feed, in batches: one mapped load task per batch, none for no file.

    Newer property, rate and suppression files go to the lake first: rows take time zone and currency from them. The
    three feeds may do that at the same moment: they write the same files.
    """
    import ingest

    ingest.load_reference(now.settings, now.night_date)
    batches = ingest.discover(now.settings, feed, now.night_date)
    problems = ingest.landing_problems(now.settings)
    now.log.count(files=sum(map(len, batches)), batches=len(batches), landing_problems=problems)
    return batches


@night_task("ingest_{feed}.load_batch_{map_index}", in_past=True)
def load_batch(now: Stage, feed: str, files: Batch) -> Counts:
    """Read one batch of files into the lake: accepted rows and quarantine, not yet in the ledger."""
    import ingest

    return ingest.load_batch(now.settings, feed, now.night_date, files)


@night_task("ingest_{feed}.gate_and_commit", in_past=True, trigger_rule="none_failed")
def gate_and_commit(now: Stage, feed: str) -> Counts:
    """Judge the staged files and write the ledger; a held file blocks the night. Runs when there is no file, too."""
    import expectations
    import ingest

    files = ingest.staged_files(now.settings, feed, now.night_date)
    outcome = expectations.gate_feed(now.settings, feed, now.night_date, files)
    counts = ingest.commit(now.settings, feed, now.night_date, outcome.decisions)
    expectations.write_load_page(now.settings, now.night_date)
    now.log.count(**counts)
    outcome.raise_if_blocked()
    return counts


@night_task("build_customer_view.stage_rows", pool=WAREHOUSE_POOL)
def stage_rows(now: Stage) -> Counts:
    """Accepted files that the warehouse does not hold yet -> staging, by dbt."""
    from guestbook.lake_views import mark_staged, register_pending

    with now.warehouse() as con:
        counts = register_pending(con, now.settings)
    now.build("tag:staging")
    with now.warehouse() as con:
        mark_staged(con)
    return counts


@night_task("build_customer_view.resolve_identity", pool=WAREHOUSE_POOL)
def resolve_identity(now: Stage) -> Counts:
    """Person records -> candidate customers and ids. The first night learns the match model before."""
    import identity

    with now.warehouse() as con:
        identity.ensure_model(con, now.settings, now.night_date)
        return identity.resolve(con, now.settings, now.night_date)


@night_task("build_customer_view.build_core", in_past=True, pool=WAREHOUSE_POOL)
def build_core(now: Stage) -> Counts:
    """Golden record, facts and features as of the night; in a night that trains also as of each training date."""
    dates = _cut_offs(now, now.night_date)
    return {"nodes": now.build(FEATURES if now.is_past else "tag:core", dates), "training_dates": len(dates)}


@night_task("build_customer_view.gate_customers", pool=WAREHOUSE_POOL)
def gate_customers(now: Stage) -> None:
    """Measure how identity looks, and judge the customer dimension."""
    import expectations
    import identity

    with now.warehouse() as con:
        identity.measure_health(con, now.settings, now.night_date)
        outcome = expectations.gate_customers(con, now.settings, now.night_date)
    now.log.count(**outcome.counts())
    outcome.raise_if_blocked()


@night_task("build_customer_view.commit_identity", pool=WAREHOUSE_POOL)
def commit_identity(now: Stage) -> Counts:
    """Make the night's customer ids and their history permanent."""
    import identity

    with now.warehouse() as con:
        return identity.commit(con, now.settings, now.night_date)


@night_task("score_customers.ensure_models", in_past=True, pool=WAREHOUSE_POOL)
def ensure_models(now: Stage) -> Counts:
    """Train where no model is saved: the first night."""
    import ml

    if not ml.needs_training(now.settings, now.night_date):
        return {}
    with now.warehouse() as con:
        return {"model_runs": len(ml.ensure_models(con, now.settings, now.night_date))}


@night_task("score_customers.score", in_past=True, pool=WAREHOUSE_POOL)
def score(now: Stage) -> Counts:
    """Segment, churn risk and value of every customer as of the night."""
    import ml

    with now.warehouse() as con:
        return ml.score(con, now.settings, now.night_date)


@night_task("score_customers.gate_scores", pool=WAREHOUSE_POOL)
def gate_scores(now: Stage) -> None:
    """Judge the scores."""
    import expectations

    with now.warehouse() as con:
        outcome = expectations.gate_scores(con, now.settings, now.night_date)
    now.log.count(**outcome.counts())
    outcome.raise_if_blocked()


@night_task("score_customers.build_marts", in_past=True, pool=WAREHOUSE_POOL)
def build_marts(now: Stage) -> Counts:
    """Marts and the wide customer table. After a past night the features are those of the newest night again."""
    from guestbook.night import newest_completed_night

    newest = newest_completed_night(now.settings)
    if newest is not None and now.is_past:
        return {"nodes": now.build(FEATURES, _cut_offs(now, newest), newest)}
    return {"nodes": now.build("tag:marts")}


@night_task("publish_bi.close_books", pool=WAREHOUSE_POOL)
def close_books(now: Stage) -> Counts:
    """Write what the night's tables add up to, and what moved it since the night before."""
    import bi

    with now.warehouse() as con:
        return bi.close_books(con, now.settings, now.night_date)


@night_task("publish_bi.publish", in_past=True, is_last=True, pool=WAREHOUSE_POOL)
def publish(now: Stage) -> Counts:
    """Switch BI to a new read-only snapshot; then the night is done. The page of its deliveries tells every feed."""
    import bi
    import expectations

    expectations.write_load_page(now.settings, now.night_date)
    return {"rows": sum(bi.publish(now.settings, now.night_date).values())}


@night_task("publish_bi.write_pages")
def write_pages(now: Stage) -> Counts:
    """The night's pages and call lists, from what was published."""
    import bi

    return {"files": len(bi.write_pages(now.settings, now.night_date))}


@night_task("train_models.train", in_past=True, pool=WAREHOUSE_POOL)
def train(now: Stage) -> Counts:
    """Match model and scores learn again, on features of every training date; no model of scores becomes worse."""
    import identity
    import ml

    with now.warehouse() as con:
        dates = ml.training_dates(con, now.settings, now.night_date)
    now.build(FEATURES, dates)
    with now.warehouse() as con:
        identity.train(con, now.settings, now.night_date)
        return {"model_runs": len(ml.train(con, now.settings, now.night_date))}


def _cut_offs(now: Stage, night_date: "date") -> "list[date]":
    """Training dates of a night that trains or has trained, so that the same night again builds the same features."""
    import ml
    from guestbook.lake import read_records
    from guestbook.tables import declared

    runs = read_records(now.settings, "model_run", declared("ml", "model_run").arrow_schema)
    has_trained = night_date in runs["trained_as_of"].to_pylist()
    if not has_trained and not ml.needs_training(now.settings, night_date):
        return []
    with now.warehouse() as con:
        return list(ml.training_dates(con, now.settings, night_date))
