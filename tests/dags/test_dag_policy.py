"""What every DAG promises: owner, known tags, retries, words for a red night, one task at a time in the warehouse."""

import inspect
from typing import Any

import pytest

DAG_IDS = [
    "build_customer_view",
    "ingest_interactions",
    "ingest_pos_checks",
    "ingest_reservations",
    "publish_bi",
    "run_night",
    "score_customers",
    "train_models",
]
# Calls that open the warehouse file: the connection, dbt, the snapshot.
OPENS_WAREHOUSE = ("now.warehouse()", "now.build(", "bi.publish(")


def test_exactly_the_designed_dags(dags: dict[str, Any]) -> None:
    assert sorted(dags) == DAG_IDS


@pytest.mark.parametrize("dag_id", DAG_IDS)
class TestEveryDag:
    def test_owner_and_retries(self, dags: dict[str, Any], night_wiring: Any, dag_id: str) -> None:
        for task in dags[dag_id].tasks:
            assert task.owner == night_wiring.OWNER, task.task_id
            assert task.retries == 2, task.task_id
            assert task.retry_delay.total_seconds() <= 60, task.task_id
            assert task.execution_timeout is not None, task.task_id

    def test_tags_are_of_the_enum(self, dags: dict[str, Any], night_wiring: Any, dag_id: str) -> None:
        tags = dags[dag_id].tags
        assert tags
        assert all(isinstance(tag, night_wiring.Tag) for tag in tags)

    def test_doc_says_what_it_reads_writes_and_what_to_do_when_red(self, dags: dict[str, Any], dag_id: str) -> None:
        doc = dags[dag_id].doc_md or ""
        for heading in ("**Reads**", "**Writes**", "**When red**"):
            assert heading in doc, f"{dag_id} has no {heading}"
        assert dags[dag_id].description

    def test_one_run_at_a_time_and_no_catch_up(self, dags: dict[str, Any], dag_id: str) -> None:
        assert dags[dag_id].max_active_runs == 1
        assert dags[dag_id].catchup is False

    def test_only_the_warehouse_pool_opens_the_warehouse(
        self, dags: dict[str, Any], night_wiring: Any, dag_id: str
    ) -> None:
        for task in dags[dag_id].tasks:
            source = inspect.getsource(getattr(task, "python_callable", type(task)))
            opens = any(call in source for call in OPENS_WAREHOUSE)
            assert (task.pool == night_wiring.WAREHOUSE_POOL) == opens, f"{task.task_id} in pool {task.pool}"


def test_some_task_opens_the_warehouse(dags: dict[str, Any], night_wiring: Any) -> None:
    """So that the rule above can't pass because a call was renamed."""
    in_pool = [task.task_id for task in dags["run_night"].tasks if task.pool == night_wiring.WAREHOUSE_POOL]
    assert len(in_pool) == 12


def test_only_the_button_starts_unpaused(dags: dict[str, Any]) -> None:
    assert [dag_id for dag_id, dag in dags.items() if dag.is_paused_upon_creation is False] == ["run_night"]


@pytest.mark.parametrize("dag_id", [dag_id for dag_id in DAG_IDS if dag_id != "run_night"])  # it points at the others
def test_when_red_names_every_task(dags: dict[str, Any], dag_id: str) -> None:
    advice = dags[dag_id].doc_md.split("**When red**")[1]
    assert [task.task_id for task in dags[dag_id].tasks if f"`{task.task_id}`" not in advice] == []
