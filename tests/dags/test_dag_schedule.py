"""When the DAGs run: the night is the partition, one key format everywhere."""

from datetime import UTC, datetime
from typing import Any

import pytest

FEEDS = ("reservations", "pos_checks", "interactions")


def assets_of(timetable: Any) -> set[str]:
    return {asset.name for asset in timetable.asset_condition.objects}


def outlets_of(dag: Any) -> dict[str, list[str]]:
    """Asset names by the task that emits them."""
    return {task.task_id: [asset.name for asset in task.outlets] for task in dag.tasks if task.outlets}


@pytest.mark.parametrize(
    ("now", "run_after", "key"),
    [
        # 05:00 in Lisbon is 05:00 UTC in winter and 04:00 UTC in summer; the key is the day that ended.
        ("2026-11-20T05:00", "2026-11-21T05:00", "2026-11-20"),
        ("2026-07-01T04:00", "2026-07-02T04:00", "2026-07-01"),
        ("2026-03-28T05:00", "2026-03-29T04:00", "2026-03-28"),  # clocks go forward in between
        ("2026-10-24T04:00", "2026-10-25T05:00", "2026-10-24"),  # clocks go back in between
    ],
)
@pytest.mark.parametrize("feed", FEEDS)
def test_ingest_runs_at_five_for_the_day_that_ended(
    dags: dict[str, Any], feed: str, now: str, run_after: str, key: str
) -> None:
    from airflow.serialization.encoders import coerce_to_core_timetable
    from airflow.timetables.base import DagRunInfo, TimeRestriction
    from pendulum import instance

    timetable = coerce_to_core_timetable(dags[f"ingest_{feed}"].timetable)
    last = DagRunInfo(run_after=instance(at(now)), data_interval=None, partition_date=None, partition_key=None)
    restriction = TimeRestriction(earliest=None, latest=None, catchup=True)
    following = timetable.next_dagrun_info_v2(last_dagrun_info=last, restriction=restriction)
    assert (following.run_after, following.partition_key) == (at(run_after), key)


def test_the_customer_view_waits_for_every_feed(dags: dict[str, Any]) -> None:
    assert type(dags["build_customer_view"].timetable).__name__ == "PartitionedAssetTimetable"
    assert assets_of(dags["build_customer_view"].timetable) == {f"guestbook_{feed}" for feed in FEEDS}


def test_each_stage_starts_the_next_one(dags: dict[str, Any]) -> None:
    for feed in FEEDS:
        assert outlets_of(dags[f"ingest_{feed}"]) == {"gate_and_commit": [f"guestbook_{feed}"]}
    assert outlets_of(dags["build_customer_view"]) == {"commit_identity": ["guestbook_customer_view"]}
    assert assets_of(dags["score_customers"].timetable) == {"guestbook_customer_view"}
    assert outlets_of(dags["score_customers"]) == {"build_marts": ["guestbook_scores"]}
    assert assets_of(dags["publish_bi"].timetable) == {"guestbook_scores"}


def test_no_plain_consumer_of_a_partitioned_asset(dags: dict[str, Any]) -> None:
    """Airflow 3.3 never fires a plain consumer of a partitioned asset."""
    consumers = {
        dag.dag_id: type(dag.timetable).__name__ for dag in dags.values() if "Asset" in type(dag.timetable).__name__
    }
    assert set(consumers) == {"build_customer_view", "score_customers", "publish_bi"}
    assert set(consumers.values()) == {"PartitionedAssetTimetable"}


def test_training_is_weekly_after_the_night(dags: dict[str, Any]) -> None:
    timetable = dags["train_models"].timetable
    assert (timetable.expression, str(timetable.timezone)) == ("0 7 * * 1", "Europe/Lisbon")


def test_the_button_has_no_schedule_and_one_parameter(dags: dict[str, Any]) -> None:
    dag = dags["run_night"]
    assert dag.schedule is None
    assert list(dag.params) == ["night_date"]
    assert outlets_of(dag) == {}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
