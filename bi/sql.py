"""All SQL of publishing: what is copied, counted and told. Names come from the catalogue and are quoted."""

from guestbook.contracts import contract
from guestbook.settings import FEEDS
from guestbook.warehouse import literal, quoted

#: Schemas that BI may read. Staging, identity and features stay in the warehouse.
PUBLISHED_SCHEMAS = ("core", "marts", "ml", "ops")
#: Tables of those schemas that are never published: rejected rows hold raw personal data.
PRIVATE_TABLES = frozenset({("ops", "quarantine")})

#: One row per table or view of a schema list: schema_name, relation_name, comment. Without dbt's own leftovers.
RELATIONS = """
select schema_name, relation_name, comment
from (
    select schema_name, table_name as relation_name, comment from duckdb_tables()
    where database_name = current_database() and not internal and not temporary
    union all
    select schema_name, view_name, comment from duckdb_views()
    where database_name = current_database() and not internal and not temporary
)
where list_contains(?, schema_name) and relation_name not like '%\\_\\_dbt\\_%' escape '\\'
order by schema_name, relation_name
"""

#: One row per commented column of a schema list: schema, relation, column, comment.
COLUMN_COMMENTS = """
select schema_name, table_name, column_name, comment from duckdb_columns()
where database_name = current_database() and list_contains(?, schema_name) and comment is not null
order by schema_name, table_name, column_index
"""

#: A held file's rows are in no table: the night that releases it counts them.
LEDGER_COUNTS = """
select count(*) as file_count, sum(rows_read)::bigint as rows_read, sum(rows_loaded)::bigint as rows_loaded,
    sum(rows_duplicate)::bigint as rows_duplicate, sum(rows_quarantined)::bigint as rows_quarantined
from ops.load_report where night_date = ? and list_contains(?, feed) and load_status <> 'held'
"""

FILES_BY_FEED = """
select feed, count(distinct file_name)::bigint from ops.load_report where night_date = ? group by feed order by feed
"""
NOT_LOADED = """
select load_status || ': ' || file_name || ': ' || coalesce(status_reason, 'no reason given') from ops.load_report
where night_date = ? and load_status in ('refused', 'held')
order by file_name
"""
CUSTOMER_COUNT = "select count(*) from core.dim_customer"
SEGMENTS = """
select segment_name, count(*)::bigint as customer_count
from ml.customer_segment group by segment_name order by customer_count desc, segment_name
"""
RISK_BANDS = """
select risk_band, count(*)::bigint from ml.customer_churn group by risk_band
order by list_position(['critical', 'high', 'medium', 'low', 'not_scored'], risk_band), risk_band
"""
VALUE = """
select currency_code, sum(expected_revenue_amount)::decimal(18, 2) as amount
from ml.customer_clv where expected_revenue_amount is not null group by currency_code order by currency_code
"""
#: The model that scored; where nobody has a score, the one trained last.
CHURN_MODEL = """
select model_version, promotion_reason from ml.model_run where model_name = 'churn'
order by exists (from ml.customer_churn as scored where scored.model_version = model_run.model_version) desc,
    trained_as_of desc, model_version desc
limit 1
"""

GATES = """
select gate_status, count(*)::bigint from ops.gate_result
where night_date = ? group by gate_status order by gate_status
"""
GATE_WARNINGS = """
select rule_name || ':', column_name, observed, 'in ' || file_name from ops.gate_result
where night_date = ? and gate_status in ('warned', 'overridden')
order by suite_name, rule_name, file_name, column_name limit 10
"""

SHOWN_NIGHT = "select night_date from ops.published_night"
PUBLISHED_NIGHT = (
    "create table {target} as select ?::date as night_date, ?::bigint as table_count, ?::bigint as row_count"
)


def count_rows(relation: str) -> str:
    """How many rows a quoted relation has."""
    return f"select count(*) from {relation}"


def relation(*names: str) -> str:
    """Database, schema and table as one quoted name."""
    return ".".join(quoted(name) for name in names)


def copy_relation(target: str, source: str) -> str:
    """A table with the rows of another relation."""
    return f"create table {target} as from {source}"


def comment_on(kind: str, name: str, comment: str) -> str:
    """A comment on a table or column."""
    return f"comment on {kind} {name} is {literal(comment)}"


#: One row per column of a relation in order: name, type, comment.
COLUMNS = """
select column_name, data_type, comment from duckdb_columns()
where database_name = current_database() and schema_name = ? and table_name = ? order by column_index
"""

_SERVER_TYPES = {
    "VARCHAR": "text",
    "JSON": "json",
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "UTINYINT": "smallint",
    "INTEGER": "integer",
    "USMALLINT": "integer",
    "BIGINT": "bigint",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric(38,0)",
    "HUGEINT": "numeric(38,0)",
    "FLOAT": "double precision",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}
#: How DuckDB delivers a column for a type of the server, where its own type would not do.
_DELIVERED_AS = {
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "double precision": "DOUBLE",
    "text": "VARCHAR",
}


def server_type(data_type: str) -> str:
    """PostgreSQL's type for a DuckDB type; lists and structs become json, anything else text."""
    if data_type.startswith("DECIMAL"):
        return data_type.replace("DECIMAL", "numeric")
    if data_type.endswith("]") or data_type.startswith(("STRUCT", "MAP")):
        return "json"
    return _SERVER_TYPES.get(data_type, "text")


def select_for_server(schema: str, name: str, columns: list[tuple[str, str, str]]) -> str:
    """All rows of a table with each column in a type that the server's binary format knows."""
    delivered = []
    for column, data_type, target in columns:
        if target == "json":
            expression = f"to_json({quoted(column)})::varchar" if data_type != "JSON" else f"{quoted(column)}::varchar"
        elif target == "numeric(38,0)":
            expression = f"{quoted(column)}::decimal(38, 0)"
        else:
            expression = f"{quoted(column)}::{_DELIVERED_AS[target]}" if target in _DELIVERED_AS else quoted(column)
        delivered.append(f"{expression} as {quoted(column)}")
    return f"select {', '.join(delivered)} from {relation(schema, name)}"


def count_and_sums(table: str, columns: list[str]) -> str:
    """One row: how many rows, and the sum of each column; the same text on both engines."""
    return f"select {', '.join(['count(*)', *(f'sum({quoted(column)})' for column in columns)])} from {table}"


def version_conflicts() -> str:
    """How many keys have, at their newest updated_at, more than one content: the content hash decided."""
    tables = {
        "reservations": "stg_reservation_version",
        "pos_checks": "stg_pos_line_version",
        "interactions": "stg_interaction_version",
    }
    parts = [_conflicts_of(f"staging.{tables[feed]}", contract(feed).key) for feed in FEEDS]
    return f"select ({') + ('.join(parts)})"


def _conflicts_of(table: str, key: tuple[str, ...]) -> str:
    columns = ", ".join(quoted(name) for name in key)
    return (
        "select count(*) from (select 1 from"
        f" (select *, max(updated_at) over (partition by {columns}) as newest_at from {table}) v"
        f" where updated_at = newest_at group by {columns} having count(distinct row_hash) > 1)"
    )
