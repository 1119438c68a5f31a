"""Tasks that make the customer view: staging, identity, core."""

from night_features import FEATURES, cut_offs
from night_stage import Counts, Stage, night_task
from night_wiring import WAREHOUSE_POOL


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
    dates = cut_offs(now, now.night_date)
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
