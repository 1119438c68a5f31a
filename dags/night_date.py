"""Which night a run is of."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from guestbook.settings import Settings


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
