"""Which dates features are built for."""

from datetime import date

from night_stage import Stage

FEATURES = "path:models/features"


def cut_offs(now: Stage, night_date: date) -> list[date]:
    """Training dates of a night that trains or has trained, so that the same night again builds the same features."""
    import ml
    from guestbook.lake import read_records
    from guestbook.tables import declared

    runs = read_records(now.settings, "model_run", declared("ml", "model_run").arrow_schema)
    has_trained = night_date in runs["trained_as_of"].to_pylist()
    if not has_trained and ml.has_models(now.settings):
        return []
    with now.warehouse() as con:
        return list(ml.training_dates(con, now.settings, night_date))
