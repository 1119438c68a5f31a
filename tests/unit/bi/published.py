"""A published snapshot with every table that dbt and the stages declare, empty but for the rows that a test gives."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from bi.snapshot import write_snapshot
from guestbook.settings import PROJECT_ROOT, Settings
from guestbook.warehouse import quoted, warehouse

MODELS = PROJECT_ROOT / "dbt_project" / "models"
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@cache
def declared_columns() -> dict[str, dict[str, str]]:
    """Columns and their types by `schema.table`, as the YAML beside each model of core and marts says."""
    tables = {}
    for path in [*(MODELS / "core").rglob("*.yml"), *(MODELS / "marts").glob("*.yml")]:
        schema = path.relative_to(MODELS).parts[0]
        for model in yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)).get(
            "models", ()
        ):
            columns = {column["name"]: column["data_type"] for column in model["columns"] if "data_type" in column}
            if columns:
                tables[f"{schema}.{model['name']}"] = columns
    assert len(tables) > 30
    return tables


def publish_rows(settings: Settings, night_date: date, rows: Rows) -> Path:
    """Publish a night that holds these rows and no others; a column that a row leaves out is null."""
    with warehouse(settings) as con:
        con.begin()
        for table, columns in declared_columns().items():
            types = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
            con.execute(f"create or replace table {table} ({types})")
        for table, content in rows.items():
            insert(con, table, content)
        con.commit()
        write_snapshot(con, settings, night_date)
    return settings.published_file


def insert(con: duckdb.DuckDBPyConnection, table: str, content: Sequence[Mapping[str, Any]]) -> None:
    names = list(dict.fromkeys(name for row in content for name in row))
    con.register("given", pa.Table.from_pylist([{name: row.get(name) for name in names} for row in content]))
    con.execute(f"insert into {table} by name select * from given")
    con.unregister("given")
