"""The Superset dashboards: every name in them is one of a published table, their queries run, Superset takes them."""

import importlib.util
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bi.snapshot import open_published
from guestbook.settings import PROJECT_ROOT, Settings
from tests.unit.bi.hotel_rows import NIGHT, ROWS
from tests.unit.bi.published import publish_rows

FOLDER = PROJECT_ROOT / "deploy" / "superset"
SUPERSET = shutil.which("superset")


@pytest.fixture(scope="module")
def files() -> dict[str, dict[str, Any]]:
    spec = importlib.util.spec_from_file_location("bundle", FOLDER / "bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.contents())


def of(files: dict[str, dict[str, Any]], folder: str) -> list[dict[str, Any]]:
    found = [content for name, content in files.items() if name.startswith(f"{folder}/")]
    assert found, folder
    return found


def asked_by(chart: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Columns and metrics that a chart asks for."""
    params = chart["params"]
    columns = [*params.get("groupby", []), *([params["x_axis"]] if "x_axis" in params else [])]
    filters = [entry["subject"] for entry in params["adhoc_filters"]]
    return [*columns, *filters], params.get("metrics") or [params["metric"]]


def test_every_reference_leads_somewhere_and_no_id_is_used_twice(files: dict[str, dict[str, Any]]) -> None:
    ids = [content["uuid"] for name, content in files.items() if name != "metadata.yaml"]
    assert len(ids) == len(set(ids))
    [database] = of(files, "databases")
    assert {dataset["database_uuid"] for dataset in of(files, "datasets")} == {database["uuid"]}
    assert {chart["dataset_uuid"] for chart in of(files, "charts")} <= {data["uuid"] for data in of(files, "datasets")}
    shown = {
        part["meta"]["uuid"]
        for board in of(files, "dashboards")
        for part in board["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    }
    assert shown == {chart["uuid"] for chart in of(files, "charts")}


def test_every_chart_runs_on_the_published_tables(files: dict[str, dict[str, Any]], settings: Settings) -> None:
    publish_rows(settings, NIGHT, ROWS)
    datasets = {content["uuid"]: content for content in of(files, "datasets")}
    with open_published(settings) as con:
        for chart in of(files, "charts"):
            dataset = datasets[chart["dataset_uuid"]]
            columns, metrics = asked_by(chart)
            assert set(columns) <= {column["column_name"] for column in dataset["columns"]}, chart["slice_name"]
            expressions = {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}
            assert set(metrics) <= set(expressions), chart["slice_name"]
            selected = ", ".join([*columns, *(expressions[name] for name in metrics)])
            rows = con.execute(f"select {selected} from {dataset['schema']}.{dataset['table_name']} group by all")
            assert rows.fetchall(), chart["slice_name"]


def test_columns_carry_the_descriptions_of_the_models(files: dict[str, dict[str, Any]]) -> None:
    for dataset in of(files, "datasets"):
        assert [column["column_name"] for column in dataset["columns"] if not column["description"]] == []
        assert dataset["main_dttm_col"] is None or dataset["main_dttm_col"] in {
            column["column_name"] for column in dataset["columns"] if column["is_dttm"]
        }


def bundle(path: Path, *options: str) -> Path:
    subprocess.run([sys.executable, FOLDER / "bundle.py", path, *options], check=True)
    return path


def test_the_same_files_make_the_same_bundle(tmp_path: Path) -> None:
    assert bundle(tmp_path / "a.zip").read_bytes() == bundle(tmp_path / "b.zip").read_bytes()


@pytest.mark.end_to_end
@pytest.mark.timeout(1800)
@pytest.mark.skipif(SUPERSET is None, reason="no superset command on the path: it needs an environment of its own")
def test_superset_imports_the_dashboards_twice(settings: Settings, tmp_path: Path) -> None:
    publish_rows(settings, NIGHT, ROWS)
    uri = f"duckdb:///{settings.published_file}?access_mode=read_only"
    made = bundle(tmp_path / "dashboards.zip", "--database-uri", uri)
    environment = os.environ | {
        "SUPERSET_SECRET_KEY": "only-for-this-test-on-loopback-0123456789",
        "SUPERSET_HOME": str(tmp_path),
        "SUPERSET_CONFIG_PATH": str(PROJECT_ROOT / "deploy" / "superset_config.py"),
        "FLASK_APP": "superset",
    }

    def superset(*arguments: str) -> None:
        subprocess.run([str(SUPERSET), *arguments], env=environment, check=True, capture_output=True)

    who = ("--username", "admin", "--firstname", "A", "--lastname", "B", "--email", "a@localhost")
    superset("db", "upgrade")
    superset("fab", "create-admin", *who, "--password", "loopback-only")
    superset("init")
    for _ in range(2):
        superset("import-dashboards", "--path", str(made), "--username", "admin")
    with sqlite3.connect(tmp_path / "superset.db") as metadata:
        query = "select (select count(*) from dashboards), (select count(*) from slices), (select count(*) from dbs)"
        counts = metadata.execute(query).fetchone()
    assert counts == (3, 15, 1)
