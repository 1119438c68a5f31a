"""The button runs the same tasks in the same order as the stage DAGs."""

from typing import Any

STAGES = (
    "ingest_reservations",
    "ingest_pos_checks",
    "ingest_interactions",
    "build_customer_view",
    "score_customers",
    "publish_bi",
)


def edges(dag: Any, prefix: str = "") -> set[tuple[str, str]]:
    return {
        (task.task_id.removeprefix(prefix), after.removeprefix(prefix))
        for task in dag.tasks
        for after in task.downstream_task_ids
        if task.task_id.startswith(prefix) and after.startswith(prefix)
    }


def test_same_tasks(dags: dict[str, Any]) -> None:
    expected = {f"{stage}.{task.task_id}" for stage in STAGES for task in dags[stage].tasks}
    assert {task.task_id for task in dags["run_night"].tasks} == expected


def test_same_functions(dags: dict[str, Any]) -> None:
    for stage in STAGES:
        for task in dags[stage].tasks:
            twin = dags["run_night"].get_task(f"{stage}.{task.task_id}")
            assert (twin.pool, twin.trigger_rule, twin.is_mapped) == (task.pool, task.trigger_rule, task.is_mapped)
            assert getattr(twin, "python_callable", type(twin)) is getattr(task, "python_callable", type(task))


def test_same_order_within_a_stage(dags: dict[str, Any]) -> None:
    for stage in STAGES:
        assert edges(dags["run_night"], f"{stage}.") == edges(dags[stage]), stage


def test_stages_follow_each_other(dags: dict[str, Any]) -> None:
    between = {
        (before, after) for before, after in edges(dags["run_night"]) if before.split(".")[0] != after.split(".")[0]
    }
    assert between == {
        ("ingest_reservations.gate_and_commit", "build_customer_view.stage_rows"),
        ("ingest_pos_checks.gate_and_commit", "build_customer_view.stage_rows"),
        ("ingest_interactions.gate_and_commit", "build_customer_view.stage_rows"),
        ("build_customer_view.commit_identity", "score_customers.ensure_models"),
        ("score_customers.build_marts", "publish_bi.close_books"),
    }
