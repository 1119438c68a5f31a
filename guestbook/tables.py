"""Tables that Python writes, declared once as dbt sources (`dbt_project/models/sources/<schema>.yml`)."""

from dataclasses import dataclass
from functools import cache

import pyarrow as pa
import yaml

from guestbook.errors import GuestbookError
from guestbook.settings import PROJECT_ROOT

SOURCES_DIR = PROJECT_ROOT / "dbt_project" / "models" / "sources"
SCHEMAS = ("ops", "identity", "ml")

ARROW_TYPES: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "JSON": pa.string(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC"),
    "DECIMAL(18,4)": pa.decimal128(18, 4),
}


@dataclass(frozen=True)
class Column:
    """A declared column: its DuckDB type and its meaning."""

    name: str
    data_type: str
    description: str


@dataclass(frozen=True)
class Table:
    """A declared table; `description` starts with the grain, `primary_key` is that grain's columns."""

    schema: str
    name: str
    description: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]

    @property
    def arrow_schema(self) -> pa.Schema:
        """The table's columns as Arrow types, in declared order."""
        return pa.schema([(column.name, ARROW_TYPES[column.data_type]) for column in self.columns])

    def empty(self) -> pa.Table:
        """No rows, all columns."""
        return self.arrow_schema.empty_table()


@cache
def declared_schema(schema: str) -> dict[str, Table]:
    """All declared tables of a schema by name."""
    path = SOURCES_DIR / f"{schema}.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        entry["name"]: Table(
            schema=schema,
            name=entry["name"],
            description=" ".join(entry["description"].split()),
            columns=tuple(
                Column(column["name"], column["data_type"].upper(), " ".join(column["description"].split()))
                for column in entry["columns"]
            ),
            primary_key=tuple(_meta(entry).get("primary_key", ())),
        )
        for source in content["sources"]
        for entry in source["tables"]
    }


def declared(schema: str, name: str) -> Table:
    """One declared table. Raises GuestbookError for a name that no YAML declares."""
    tables = declared_schema(schema)
    if name not in tables:
        raise GuestbookError(
            f"table {schema}.{name} is not declared; {schema}.yml declares: {', '.join(sorted(tables))}"
        )
    return tables[name]


def conform(rows: pa.Table, table: Table) -> pa.Table:
    """The rows with exactly the table's columns, order and types; columns that are missing become null.

    Raises GuestbookError for a column that the table does not declare.
    """
    unknown = set(rows.column_names) - {column.name for column in table.columns}
    if unknown:
        raise GuestbookError(
            f"{table.schema}.{table.name} has no column {', '.join(sorted(unknown))}; declare it in {table.schema}.yml"
        )
    schema = table.arrow_schema
    return pa.table(
        {
            field.name: rows[field.name].cast(field.type)
            if field.name in rows.column_names
            else pa.nulls(len(rows), field.type)
            for field in schema
        },
        schema=schema,
    )


def _meta(entry: dict) -> dict:
    return entry.get("meta") or entry.get("config", {}).get("meta") or {}
