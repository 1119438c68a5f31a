"""How every task runs: its stage log, what a past night may do, which errors are final."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, NamedTuple

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowFailException
from night_date import night_of

if TYPE_CHECKING:
    from datetime import date

    import duckdb

    from guestbook.night import StageLog
    from guestbook.settings import Settings

Counts = dict[str, int]
log = logging.getLogger(__name__)


class Stage(NamedTuple):
    """What a task works with. A past night only computes its own history again: it changes no current table."""

    settings: "Settings"
    night_date: "date"
    log: "StageLog"
    is_past: bool

    def warehouse(self) -> "AbstractContextManager[duckdb.DuckDBPyConnection]":
        """The warehouse, opened for writing; for tasks in its pool only."""
        from guestbook.warehouse import warehouse

        return warehouse(self.settings)

    def build(self, select: str, as_of_dates: "Sequence[date]" = (), night_date: "date | None" = None) -> int:
        """Run dbt over a selection; returns how many nodes it built. The warehouse must not be open."""
        from guestbook.dbt_runner import build, night_variables

        return build(
            self.settings, select, night_variables(self.settings, night_date or self.night_date, list(as_of_dates))
        )


def night_task(
    stage_name: str, *, in_past: bool = False, is_last: bool = False, **options: Any
) -> Callable[[Callable[..., Any]], Any]:
    """A task whose function gets the `Stage` first, then the task's own arguments; a dict that it returns is logged.

    `stage_name` may use the task's arguments and `map_index`. In a past night the function runs only if `in_past`.
    After the task that `is_last` the night is done. `options` are Airflow's own.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            given = own.bind(*args, **kwargs).arguments
            name = stage_name.format(**given, map_index=getattr(get_current_context().get("ti"), "map_index", -1))
            with stage(name) as now:
                if now.is_past and not in_past:
                    return None
                result = function(now, *args, **kwargs)
                if isinstance(result, dict):
                    now.log.count(**result)
            if is_last:
                _complete(now)
            return result

        own = signature(function)
        own = own.replace(parameters=list(own.parameters.values())[1:])
        run.__signature__ = own  # type: ignore[attr-defined]
        return task(multiple_outputs=False, **options)(run)

    return decorate


def _complete(now: Stage) -> None:
    from guestbook.night import complete_night

    complete_night(now.settings, now.night_date)


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
        is_past = is_past_night(settings, night_date)
        _tell_night(settings, night_date, is_past)
        with logged_stage(settings, night_date, stage_name) as log:
            yield Stage(settings, night_date, log, is_past)
    except GuestbookError as error:
        raise AirflowFailException(str(error)) from error


def _tell_night(settings: "Settings", night_date: "date", is_past: bool) -> None:
    """The task's log names the night: Airflow names a run by when it was triggered."""
    from guestbook.night import ahead_of_calendar

    log.info("night of %s", night_date)
    if is_past:
        log.warning("a newer night is completed: this one loads no file and changes no current table")
    elif warning := ahead_of_calendar(settings, night_date):
        log.warning(warning)
