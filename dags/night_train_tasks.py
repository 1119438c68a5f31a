"""The task that trains again."""

from night_features import FEATURES
from night_stage import Counts, Stage, night_task
from night_wiring import WAREHOUSE_POOL


@night_task("train_models.train", in_past=True, pool=WAREHOUSE_POOL)
def train(now: Stage) -> Counts:
    """Match model and scores learn again, on features of every training date; no model of scores becomes worse."""
    import identity
    import ml
    from guestbook.night import check_is_known

    check_is_known(now.settings, now.night_date)
    with now.warehouse() as con:
        dates = ml.training_dates(con, now.settings, now.night_date)
    now.build(FEATURES, dates)
    with now.warehouse() as con:
        identity.train(con, now.settings, now.night_date)
        return {"model_runs": len(ml.train(con, now.settings, now.night_date))}
