"""How a night went, read from the logs of its stages."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from guestbook.night import stage_logs
from guestbook.settings import Settings

PUBLISHING = "publish_bi.publish"
TRAINING = "train_models"


def pass_logs(settings: Settings, night_date: date) -> list[dict[str, Any]]:
    """Stage logs of the newest pass over a night, without what an earlier pass left and without training."""
    logs = [log for log in stage_logs(settings, night_date) if not log["stage_name"].startswith(TRAINING)]
    starts = [log["started_at"] for log in logs if log["stage_name"].endswith(".discover")]
    return [log for log in logs if not starts or log["started_at"] >= min(starts)]


def run_status(logs: Sequence[Mapping[str, Any]]) -> str | None:
    """succeeded, failed, blocked, or unfinished (still running, or killed); None when nothing was run."""
    if not logs:
        return None
    statuses = {log["stage_status"] for log in logs}
    for status in ("failed", "blocked"):
        if status in statuses:
            return status
    published = any(log["stage_name"] == PUBLISHING and log["stage_status"] == "succeeded" for log in logs)
    return "succeeded" if published else "unfinished"


def messages(logs: Sequence[Mapping[str, Any]]) -> list[str]:
    """What blocked or failed stages said."""
    return [
        f"{log['stage_name']}: {log['message']}"
        for log in logs
        if log["stage_status"] in ("blocked", "failed") and log["message"]
    ]


def landing_problems(logs: Sequence[Mapping[str, Any]]) -> list[str]:
    """What lies in landing and belongs nowhere, each once, as the discoveries of the night saw it."""
    return sorted({problem for log in logs for problem in log["counts"].get("landing_problems", ())})


def seconds_by_task(logs: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Seconds of each finished task, in the order of their start."""
    return {log["stage_name"]: _seconds(log) for log in logs if log["finished_at"]}


def seconds_by_stage(logs: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Seconds of work by DAG, in the order of their start: the sum over its tasks."""
    totals: dict[str, float] = {}
    for name, seconds in seconds_by_task(logs).items():
        stage = name.split(".")[0]
        totals[stage] = round(totals.get(stage, 0.0) + seconds, 3)
    return totals


def started_at(logs: Sequence[Mapping[str, Any]]) -> datetime | None:
    """Start of the first stage."""
    return datetime.fromisoformat(min(log["started_at"] for log in logs)) if logs else None


def _seconds(log: Mapping[str, Any]) -> float:
    return round(
        (datetime.fromisoformat(log["finished_at"]) - datetime.fromisoformat(log["started_at"])).total_seconds(), 3
    )
