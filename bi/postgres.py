"""The published snapshot in PostgreSQL: loaded into new schemas, verified, then switched in one transaction.

`core`, `marts`, `ml` and `ops` hold the tables as they are, for members of the role `guestbook_clear`. `masked_core`
and so on hold views without personal data, for members of `guestbook_reader`. What was published before stays one more
time as `<schema>__previous`: dropping it at once could meet a query that still reads it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import duckdb
import psycopg
from psycopg import sql

from bi import sql as queries
from bi.errors import PublishError
from bi.masking import masked_expression
from bi.snapshot import open_published, relations
from guestbook.errors import UsageError
from guestbook.settings import Settings

logger = logging.getLogger(__name__)

NEEDS = "; {user} needs CREATE on the database, CREATEROLE the first time, and to own what was published before"
READER_ROLE = "guestbook_reader"
CLEAR_ROLE = "guestbook_clear"
MASKED = "masked_"
NEW = "__new"
PREVIOUS = "__previous"
LOCK = 7_365_001  # any number: one publish at a time per database
BATCH_ROWS = 100_000


@dataclass(frozen=True)
class PublishedTable:
    """A table of the snapshot: its columns as (name, DuckDB type, PostgreSQL type, comment)."""

    schema: str
    name: str
    comment: str | None
    columns: tuple[tuple[str, str, str, str | None], ...]


def publish_to(settings: Settings, url: str) -> dict[str, int]:
    """Publish the current snapshot to a PostgreSQL database; returns rows by table (`schema.table`).

    Raises UsageError for another kind of URL, PublishError when the server can't be reached or holds other rows.
    """
    _check_url(url)
    with open_published(settings) as source, _server(url) as server:
        tables = [_table(source, *names) for names in relations(source)]
        schemas = sorted({table.schema for table in tables})
        _prepare(server, schemas)
        for table in tables:
            _create(server, table)
        counts = {f"{table.schema}.{table.name}": _load(source, url, table) for table in tables}
        for table in tables:
            _verify(source, server, table)
        _describe_and_grant(server, tables, schemas)
        _switch(server, schemas)
    return counts


def _check_url(url: str) -> None:
    if urlsplit(url).scheme not in ("postgresql", "postgres"):
        raise UsageError(
            f"can't publish to {urlsplit(url).scheme or 'that'!r}; allowed: postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        )


@contextmanager
def _server(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection in autocommit that holds the publish lock. The password is in no message."""
    parts = urlsplit(url)
    where = f"{parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path}"
    try:
        server = psycopg.connect(url, autocommit=True, connect_timeout=15)
    except psycopg.OperationalError as error:
        raise PublishError(f"PostgreSQL at {where} can't be reached: {_first_line(error)}") from None
    with server:
        if not _one(server, sql.SQL("select pg_try_advisory_lock({})").format(LOCK)):
            raise PublishError(f"another publish to {where} is running: wait for it to end")
        try:
            yield server
        except psycopg.Error as error:
            needs = NEEDS.format(user=parts.username) if isinstance(error, psycopg.errors.InsufficientPrivilege) else ""
            raise PublishError(
                f"publishing to {where} failed, what was published stays: {_first_line(error)}{needs}"
            ) from error


def _prepare(server: psycopg.Connection[Any], schemas: list[str]) -> None:
    """Roles, and empty new schemas; what a killed publish or the publish before the last one left behind goes."""
    server.execute("set lock_timeout = '60s'")
    for role in (READER_ROLE, CLEAR_ROLE):
        if not _one(server, sql.SQL("select count(*) from pg_roles where rolname = {}").format(role)):
            server.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
    for schema in schemas:
        for suffix in (NEW, PREVIOUS):
            for name in (MASKED + schema + suffix, schema + suffix):
                server.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(name)))
        for name in (schema + NEW, MASKED + schema + NEW):
            server.execute(sql.SQL("create schema {}").format(sql.Identifier(name)))


def _create(server: psycopg.Connection[Any], table: PublishedTable) -> None:
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(server_type)) for name, _, server_type, _ in table.columns
    ]
    server.execute(sql.SQL("create table {} ({})").format(_new(table), sql.SQL(", ").join(columns)))


def _load(source: duckdb.DuckDBPyConnection, url: str, table: PublishedTable) -> int:
    """Stream one table as Arrow into its new place; returns the rows sent."""
    from adbc_driver_manager import Error as AdbcError
    from adbc_driver_postgresql import dbapi

    rows = source.execute(queries.select_for_server(table.schema, table.name, [c[:3] for c in table.columns]))
    try:
        with dbapi.connect(url) as connection, connection.cursor() as cursor:
            sent = cursor.adbc_ingest(
                table.name, rows.to_arrow_reader(BATCH_ROWS), mode="append", db_schema_name=table.schema + NEW
            )
            connection.commit()
    except AdbcError as error:
        raise PublishError(
            f"{table.schema}.{table.name} could not be loaded, what was published stays: {_first_line(error)}"
        ) from error
    return int(sent)


def _verify(source: duckdb.DuckDBPyConnection, server: psycopg.Connection[Any], table: PublishedTable) -> None:
    """Rows and the sum of every money column are the same on both sides."""
    money = [name for name, _, server_type, _ in table.columns if server_type.startswith("numeric")]
    expected = source.execute(queries.count_and_sums(queries.relation(table.schema, table.name), money)).fetchone()
    found = server.execute(
        queries.count_and_sums(queries.relation(table.schema + NEW, table.name), money).encode()
    ).fetchone()
    if expected != found:
        names = ["rows", *money]
        differing = [
            f"{name} {b} instead of {a}"
            for name, a, b in zip(names, expected or (), found or (), strict=True)
            if a != b
        ]
        raise PublishError(
            f"{table.schema}.{table.name} arrived with {', '.join(differing)}; what was published stays: publish again"
        )


def _describe_and_grant(server: psycopg.Connection[Any], tables: list[PublishedTable], schemas: list[str]) -> None:
    for table in tables:
        view = sql.Identifier(MASKED + table.schema + NEW, table.name)
        columns = sql.SQL(", ").join(masked_expression(name, server_type) for name, _, server_type, _ in table.columns)
        server.execute(sql.SQL("create view {} as select {} from {}").format(view, columns, _new(table)))
        for kind, target in (("table", _new(table)), ("view", view)):
            server.execute(sql.SQL("comment on {} {} is {}").format(sql.SQL(kind), target, table.comment))
        for name, _, _, comment in table.columns:
            for target in (
                sql.Identifier(table.schema + NEW, table.name, name),
                sql.Identifier(MASKED + table.schema + NEW, table.name, name),
            ):
                server.execute(sql.SQL("comment on column {} is {}").format(target, comment))
        server.execute(sql.SQL("analyze {}").format(_new(table)))
    for schema in schemas:
        grants = [(schema + NEW, CLEAR_ROLE), (MASKED + schema + NEW, CLEAR_ROLE), (MASKED + schema + NEW, READER_ROLE)]
        for name, role in grants:
            names = {"schema": sql.Identifier(name), "role": sql.Identifier(role)}
            server.execute(sql.SQL("grant usage on schema {schema} to {role}").format(**names))
            server.execute(sql.SQL("grant select on all tables in schema {schema} to {role}").format(**names))


def _switch(server: psycopg.Connection[Any], schemas: list[str]) -> None:
    """All schemas in one transaction: a reader sees the old night or the new one."""
    with server.transaction():
        for schema in schemas:
            for name in (schema, MASKED + schema):
                if _one(server, sql.SQL("select count(*) from pg_namespace where nspname = {}").format(name)):
                    _rename(server, name, name + PREVIOUS)
                _rename(server, name + NEW, name)


def _rename(server: psycopg.Connection[Any], old: str, new: str) -> None:
    server.execute(sql.SQL("alter schema {} rename to {}").format(sql.Identifier(old), sql.Identifier(new)))


def _table(source: duckdb.DuckDBPyConnection, schema: str, name: str, comment: str | None) -> PublishedTable:
    rows = source.execute(queries.COLUMNS, [schema, name]).fetchall()
    columns = tuple((column, data_type, queries.server_type(data_type), text) for column, data_type, text in rows)
    return PublishedTable(schema, name, comment, columns)


def _new(table: PublishedTable) -> sql.Identifier:
    return sql.Identifier(table.schema + NEW, table.name)


def _one(server: psycopg.Connection[Any], query: sql.Composed) -> Any:
    row = server.execute(query).fetchone()
    return row[0] if row else None


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
