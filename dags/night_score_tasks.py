"""Tasks that score customers and build the marts."""

from night_features import FEATURES, cut_offs
from night_stage import Counts, Stage, night_task
from night_wiring import WAREHOUSE_POOL


@night_task("score_customers.ensure_models", in_past=True, pool=WAREHOUSE_POOL)
def ensure_models(now: Stage) -> Counts:
    """Train where no model is saved: the first night."""
    import ml

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
        return {"nodes": now.build(FEATURES, cut_offs(now, newest), newest)}
    return {"nodes": now.build("tag:marts")}
