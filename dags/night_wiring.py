"""What every DAG shares: owner, retries, alerts, pool, tags, assets, schedule. No task and no DAG is made here."""

from datetime import timedelta
from enum import StrEnum

from airflow.sdk import (
    Asset,
    AssetAll,
    CronPartitionTimetable,
    CronTriggerTimetable,
    PartitionedAssetTimetable,
    conf,
)
from night_alert import RedTask

FEEDS = ("reservations", "pos_checks", "interactions")
WAREHOUSE_POOL = "warehouse"
OWNER = "data-engineering"
KEY_FORMAT = "%Y-%m-%d"


class Tag(StrEnum):
    """The only tags a DAG may carry: its stage, and `button` for the DAG that a person starts."""

    INGEST = "ingest"
    CUSTOMER_VIEW = "customer_view"
    SCORES = "scores"
    PUBLISH = "publish"
    BUTTON = "button"


DEFAULT_ARGS = {
    "owner": OWNER,
    "retries": 2,
    "retry_delay": timedelta(seconds=30),
    "execution_timeout": timedelta(hours=3),
    "on_failure_callback": [RedTask()],
}
# One run of a DAG at a time, no catch-up: nights move forward, backfill is a command of its own.
DAG_ARGS = {"default_args": DEFAULT_ARGS, "catchup": False, "max_active_runs": 1}

FEED_ASSETS = {feed: Asset(f"guestbook_{feed}", uri=f"guestbook://lake/{feed}") for feed in FEEDS}
CUSTOMER_VIEW = Asset("guestbook_customer_view", uri="guestbook://warehouse/core")
SCORES = Asset("guestbook_scores", uri="guestbook://warehouse/marts")


def nightly_schedule() -> CronPartitionTimetable:
    """05:00 every day; the run's partition key is the hotel day that ended."""
    return CronPartitionTimetable("0 5 * * *", timezone=schedule_zone(), run_offset=-1, key_format=KEY_FORMAT)


def weekly_schedule() -> CronTriggerTimetable:
    """Monday 07:00, after the night."""
    return CronTriggerTimetable("0 7 * * 1", timezone=schedule_zone())


def after(*assets: Asset) -> PartitionedAssetTimetable:
    """When every asset has the same night's key."""
    return PartitionedAssetTimetable(assets=AssetAll(*assets))


def schedule_zone() -> str:
    """GUESTBOOK_TIME_ZONE as whoever starts Airflow handed it on: Airflow's own default time zone."""
    return conf.get("core", "default_timezone", fallback="UTC")
