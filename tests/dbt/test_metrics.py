"""Metric definitions: dbt reads them, and each is made of columns that its mart has."""

from typing import Any

import pytest
import yaml

from guestbook.settings import PROJECT_ROOT

MODELS = PROJECT_ROOT / "dbt_project" / "models"
DEFINED: dict[str, Any] = yaml.safe_load((MODELS / "marts" / "metrics.yml").read_text())


def columns_of(model: str) -> set[str]:
    [path] = MODELS.rglob(f"{model}.yml")
    return {column["name"] for column in yaml.safe_load(path.read_text())["models"][0]["columns"]}


@pytest.mark.parametrize("semantic", DEFINED["semantic_models"], ids=lambda semantic: semantic["name"])
def test_measures_and_dimensions_are_columns(semantic: dict[str, Any]) -> None:
    known = columns_of(semantic["model"].removeprefix("ref('").removesuffix("')"))
    named = {entry["name"] for entry in semantic["dimensions"]} | {semantic["defaults"]["agg_time_dimension"]}
    measured = {entry["name"].removeprefix("channel_") for entry in semantic["measures"]}
    assert named | measured <= known
    assert all(entry["description"] for entry in semantic["measures"])


def test_every_measure_is_a_metric_and_ratios_are_made_of_metrics() -> None:
    metrics = {metric["name"]: metric for metric in DEFINED["metrics"]}
    measures = {entry["name"] for semantic in DEFINED["semantic_models"] for entry in semantic["measures"]}
    simple = {metric["type_params"]["measure"] for metric in metrics.values() if metric["type"] == "simple"}
    assert simple == measures
    ratios = [metric["type_params"] for metric in metrics.values() if metric["type"] == "ratio"]
    assert {name for ratio in ratios for name in ratio.values()} <= set(metrics)
    assert len(ratios) >= 5
