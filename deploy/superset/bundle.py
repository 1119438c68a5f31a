"""The dashboards as one ZIP for `superset import-dashboards`: python bundle.py FILE.zip [--database-uri URI].

The YAML beside this file is in Superset's own import format. Only the columns of the datasets are not written there:
they and their descriptions come from the dbt models, so that a dashboard never knows a table otherwise than dbt does.
Needs nothing but PyYAML, so that it runs where Superset is installed.
"""

import argparse
import sys
import uuid
import zipfile
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
MODELS = HERE.parents[1] / "dbt_project" / "models"
ROOT = "guestbook_dashboards"
#: A fixed time: the same files give the same bundle.
STAMP = (2026, 1, 1, 0, 0, 0)
TEMPORAL = ("date", "timestamp", "timestamptz")


def main(arguments: list[str]) -> None:
    """Write the bundle."""
    parser = argparse.ArgumentParser(description="The dashboards as one ZIP for `superset import-dashboards`.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--database-uri", help="SQLAlchemy address of the published data")
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the dbt models")
    given = parser.parse_args(arguments)
    given.file.write_bytes(b"")
    with zipfile.ZipFile(given.file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in contents(given.models, given.database_uri).items():
            text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
            bundle.writestr(zipfile.ZipInfo(f"{ROOT}/{name}", STAMP), text)


def contents(models: Path = MODELS, database_uri: str | None = None) -> dict[str, dict[str, Any]]:
    """Every file of the bundle by its path, as Superset reads it."""
    files = {
        path.relative_to(HERE).as_posix(): yaml.safe_load(path.read_text(encoding="utf-8"))
        for folder in ("databases", "datasets", "charts", "dashboards")
        for path in sorted((HERE / folder).rglob("*.yaml"))
    }
    files["metadata.yaml"] = {"version": "1.0.0", "type": "Dashboard", "timestamp": "2026-01-01T00:00:00+00:00"}
    for name, content in files.items():
        if name.startswith("databases/") and database_uri:
            content["sqlalchemy_uri"] = database_uri
        if name.startswith("datasets/"):
            content["columns"] = _columns(models, content)
        if name.startswith("dashboards/"):
            content["position"] = _layout(content, files)
    return files


def _columns(models: Path, dataset: dict[str, Any]) -> list[dict[str, Any]]:
    """Columns of a dataset's table, from the YAML beside its dbt model."""
    [path] = (models / dataset["schema"]).rglob(f"{dataset['table_name']}.yml")
    model = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
    return [
        {
            "column_name": column["name"],
            "type": column["data_type"].upper(),
            "is_dttm": column["data_type"] in TEMPORAL,
            "is_active": True,
            "groupby": True,
            "filterable": True,
            "description": " ".join((column.get("description") or "").split()),
        }
        for column in model["columns"]
    ]


def _layout(dashboard: dict[str, Any], files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Superset's grid from rows of chart names: the charts of a row share its twelve columns."""
    charts = {
        name.removeprefix("charts/").removesuffix(".yaml"): content
        for name, content in files.items()
        if name.startswith("charts/")
    }
    rows = dashboard.pop("rows")
    layout: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": [], "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": dashboard["dashboard_title"]}},
    }
    for number, row in enumerate(rows):
        row_id = f"ROW-{number}"
        parents = ["ROOT_ID", "GRID_ID"]
        layout["GRID_ID"]["children"].append(row_id)
        layout[row_id] = {
            "type": "ROW", "id": row_id, "children": [], "parents": parents,
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }  # fmt: skip
        for name in row["charts"]:
            key = f"CHART-{uuid.UUID(charts[name]['uuid']).hex[:10]}"
            layout[row_id]["children"].append(key)
            layout[key] = {
                "type": "CHART", "id": key, "children": [], "parents": [*parents, row_id],
                "meta": {
                    "uuid": charts[name]["uuid"], "sliceName": charts[name]["slice_name"],
                    "width": 12 // len(row["charts"]), "height": row["height"], "chartId": 0,
                },
            }  # fmt: skip
    return layout


if __name__ == "__main__":
    main(sys.argv[1:])
