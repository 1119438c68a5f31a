"""The horizon against the year: whether it lies in one season, and where that season was before."""

from datetime import date, timedelta

YEAR_DAYS = 365


def has_season(horizon_days: int) -> bool:
    """Whether the horizon lies in one season rather than another: it does not cover whole years."""
    return horizon_days % YEAR_DAYS != 0


def season_days(horizon_days: int) -> int:
    """Whole years, as many as a horizon takes, in days."""
    return YEAR_DAYS * -(-horizon_days // YEAR_DAYS)


def season_date(as_of_date: date, horizon_days: int) -> date:
    """The same day of the year, as many years before as a horizon takes."""
    return as_of_date - timedelta(days=season_days(horizon_days))
