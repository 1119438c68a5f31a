"""The night as the unit of work: its date, the log of its stages, and which nights are done."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from guestbook.errors import GateBlocked, UsageError
from guestbook.files import write_json_atomic
from guestbook.lock import work_lock
from guestbook.settings import Settings

COMPLETED = "night"
APPROVAL_STAGE = "build_customer_view.approve_identity"  # blocked: a person is asked


def parse_night_date(text: str) -> date:
    """A night's date from `YYYY-MM-DD`; raises UsageError for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # Python reads 20261120 and 2026-W47-5 as well
        raise UsageError(f"date {text!r} is not a calendar date; allowed: YYYY-MM-DD, such as 2026-11-20")
    return day


@dataclass
class StageLog:
    """What one stage did in one night; `counts` are additive numbers by name."""

    stage_name: str
    night_date: str
    started_at: str
    finished_at: str | None = None
    stage_status: str = "running"
    message: str | None = None
    counts: dict[str, Any] = field(default_factory=dict)

    def count(self, **counts: Any) -> None:
        """Note counts of this stage."""
        self.counts.update(counts)


def night_folder(settings: Settings, night_date: date) -> Path:
    """Where the logs of a night's stages are kept."""
    return settings.lake / "run" / night_date.isoformat()


def nights_run(settings: Settings) -> list[date]:
    """Nights that were begun, whether or not they were completed; ascending by date."""
    return sorted(date.fromisoformat(folder.name) for folder in (settings.lake / "run").glob("????-??-??"))


def stage_file(settings: Settings, night_date: date, stage_name: str) -> Path:
    """Where the log of a stage is kept."""
    return night_folder(settings, night_date) / f"{stage_name}.json"


@contextmanager
def stage(settings: Settings, night_date: date, stage_name: str) -> Iterator[StageLog]:
    """Log a stage: status `succeeded`, `blocked` (a gate) or `failed`, with the message that the user sees."""
    path = stage_file(settings, night_date, stage_name)
    log = StageLog(stage_name, night_date.isoformat(), _now())
    with work_lock(settings):
        write_json_atomic(vars(log), path)
        try:
            yield log
        except BaseException as error:
            log.stage_status = "blocked" if isinstance(error, GateBlocked) else "failed"
            log.message = str(error) or type(error).__name__
            raise
        else:
            log.stage_status = "succeeded"
        finally:
            log.finished_at = _now()
            write_json_atomic(vars(log), path)


def stage_logs(settings: Settings, night_date: date) -> list[dict[str, Any]]:
    """The logs of a night's stages in the order of their start."""
    logs = [json.loads(path.read_text()) for path in night_folder(settings, night_date).glob("*.json")]
    return sorted(
        (log for log in logs if log["stage_name"] != COMPLETED), key=lambda log: (log["started_at"], log["stage_name"])
    )


def complete_night(settings: Settings, night_date: date) -> None:
    """Mark a night as done: everything is published. One that was never run but as a past night is marked as such."""
    before = _completion(settings, night_date)
    content = {
        "stage_name": COMPLETED,
        "night_date": night_date.isoformat(),
        "passes": before.get("passes", 0) + 1,
        "is_past": is_past_night(settings, night_date) and before.get("is_past", not before),
    }
    write_json_atomic(content, stage_file(settings, night_date, COMPLETED))


def completed_passes(settings: Settings, night_date: date) -> int:
    """How often a night was run to its end."""
    return int(_completion(settings, night_date).get("passes", 0))


def past_nights_at_the_end(settings: Settings) -> list[date]:
    """Nights newer than every night that loaded files, ascending: past ones when they were run.

    None unless the newer night that they were run after has been taken back.
    """
    found: list[date] = []
    for night_date in reversed(nights_run(settings)):
        completion = _completion(settings, night_date)
        if completion and not completion.get("is_past"):
            break
        if completion:
            found.insert(0, night_date)
    return found


def newest_completed_night(settings: Settings) -> date | None:
    """The newest night that was run to its end, if any."""
    done = [path.parent.name for path in (settings.lake / "run").glob(f"*/{COMPLETED}.json")]
    return date.fromisoformat(max(done)) if done else None


def last_night(settings: Settings) -> date:
    """The newest completed night; raises UsageError where there is none."""
    newest = newest_completed_night(settings)
    if newest is None:
        raise UsageError(f"no night was completed in {settings.home}: run `guestbook nightly --date D` first")
    return newest


def check_is_known(settings: Settings, as_of_date: date) -> None:
    """Raises UsageError for a date after the newest completed night, as nothing of the days between is known.

    To models, a guest who is not known to have come is one who stayed away.
    """
    newest = last_night(settings)
    if as_of_date > newest:
        raise UsageError(
            f"nothing is known of {as_of_date}: the newest completed night is {newest}; train on that,"
            f" on an earlier one, or run `guestbook nightly --date {as_of_date}` first"
        )


def ahead_of_calendar(settings: Settings, night_date: date) -> str | None:
    """What to say before a night after today in the group's time zone; None for any other.

    The only look at the clock that judges a night's date. No wall: a simulated group may be ahead of the calendar.
    """
    today = datetime.now(ZoneInfo(settings.time_zone)).date()
    if night_date <= today:
        return None
    return (
        f"the night of {night_date} lies {(night_date - today).days:,} days after today, {today}: once it is run,"
        f" nights before it load no file any more; `guestbook withdraw --date {night_date}` takes it back"
    )


def is_past_night(settings: Settings, night_date: date) -> bool:
    """Whether a newer night is done: then this one loads nothing and changes no current table."""
    newest = newest_completed_night(settings)
    return newest is not None and night_date < newest


def _completion(settings: Settings, night_date: date) -> dict[str, Any]:
    """The mark of a completed night; empty before it is completed."""
    path = stage_file(settings, night_date, COMPLETED)
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _now() -> str:
    return datetime.now(UTC).isoformat()
