"""The read-only DuckDB file that BI reads: made beside the old one, verified, then put in its place in one step.

`guestbook.duckdb` always names the current night; the same file is there under the name of its night and number, for
servers that keep a file open (DuckDB answers a second connect to one path in one process from the first file).
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from bi import sql
from bi.errors import PublishError
from guestbook.settings import Settings
from guestbook.warehouse import transaction
from guestbook.withdrawal import put_away

KEPT = 3
FILE_MODE = 0o600
ALIAS = "snapshot"
VERSION = re.compile(r"guestbook_(\d{4}-\d\d-\d\d)_(\d+)\.duckdb")


def write_snapshot(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> dict[str, int]:
    """Publish the open warehouse; returns rows by table (`schema.table`). The caller holds the writer lock."""
    folder = settings.published_dir
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob(".guestbook_*"):
        leftover.unlink()
    final = _next_version(folder, night_date)
    draft = folder / f".{final.name}.tmp"
    try:
        counts = _fill(con, draft, night_date)
        _sync(draft)
        os.replace(draft, final)
        _point_to(final, settings.published_file)
    finally:
        for leftover in folder.glob(f"{draft.name}*"):
            leftover.unlink()
    for old in versions(folder)[:-KEPT]:
        old.unlink()
    return counts


def versions(folder: Path) -> list[Path]:
    """Published files under their own names, oldest night first."""
    found = [
        (match[1], int(match[2]), path)
        for path in folder.glob("guestbook_*.duckdb")
        if (match := VERSION.fullmatch(path.name))
    ]
    return [path for *_, path in sorted(found)]


def current_version(settings: Settings) -> Path | None:
    """The versioned name of the current snapshot; None before the first."""
    if not settings.published_file.exists():
        return None
    same = [path for path in versions(settings.published_dir) if path.samefile(settings.published_file)]
    newest = versions(settings.published_dir)[-1:]
    return (same or newest or [settings.published_file])[-1]


def withdraw_snapshot(settings: Settings, night_date: date, folder: Path) -> bool:
    """Take a night's files away from BI; whether it has an earlier night to read again, else it keeps what it reads."""
    own = [path for path in versions(settings.published_dir) if _night_of(path) == night_date]
    before = [path for path in versions(settings.published_dir) if _night_of(path) < night_date]
    if before:
        _point_to(before[-1], settings.published_file)
    for path in own:
        put_away(path, folder / settings.published_dir.name)
    return bool(before)


@contextmanager
def open_published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The current snapshot under its own name: in this process an older one may still be open under the stable name."""
    version = current_version(settings)
    if version is None:
        raise PublishError(
            f"nothing is published under {settings.published_dir} yet: run `guestbook nightly --date ...` first"
        )
    try:
        con = duckdb.connect(str(version), read_only=True)
    except duckdb.Error as error:
        raise PublishError(
            f"published file {version} can't be opened: {str(error).splitlines()[0]}; run the night again"
        ) from None
    try:
        yield con
    finally:
        con.close()


def published_night(settings: Settings) -> date:
    """The night that the current snapshot shows. Raises PublishError before the first."""
    with open_published(settings) as con:
        [[night_date]] = con.execute(sql.SHOWN_NIGHT).fetchall()
    return night_date


def relations(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str | None]]:
    """Schema, name and comment of every relation that may be published."""
    found = con.execute(sql.RELATIONS, [list(sql.PUBLISHED_SCHEMAS)]).fetchall()
    return [row for row in found if row[:2] not in sql.PRIVATE_TABLES]


def _night_of(version: Path) -> date:
    return date.fromisoformat(version.name.split("_")[1])


def _fill(con: duckdb.DuckDBPyConnection, draft: Path, night_date: date) -> dict[str, int]:
    con.execute(f"attach {sql.literal(str(draft))} as {ALIAS}")
    try:
        draft.chmod(FILE_MODE)  # before any row is in it
        with transaction(con):  # one commit for a thousand small statements
            for schema in sql.PUBLISHED_SCHEMAS:
                con.execute(f"create schema if not exists {sql.relation(ALIAS, schema)}")
            found = relations(con)
            counts = {f"{schema}.{name}": _copy(con, schema, name) for schema, name, _ in found}
            _comment(con, found)
            _write_night(con, night_date, counts)
        con.execute(f"checkpoint {ALIAS}")
    finally:
        con.execute(f"detach {ALIAS}")
    return counts


def _copy(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> int:
    """One relation; returns its rows. Raises PublishError when the copy differs in number."""
    source, target = sql.relation(schema, name), sql.relation(ALIAS, schema, name)
    con.execute(sql.copy_relation(target, source))
    expected, copied = (_count(con, relation) for relation in (source, target))
    if expected != copied:
        raise PublishError(
            f"{schema}.{name}: {copied:,} rows were copied of {expected:,}; nothing was published: run the night again"
        )
    return copied


def _comment(con: duckdb.DuckDBPyConnection, found: list[tuple[str, str, str | None]]) -> None:
    """The comments of tables and columns, so that the file explains itself."""
    copied = {(schema, name) for schema, name, _ in found}
    for schema, name, text in found:
        if text:
            con.execute(sql.comment_on("table", sql.relation(ALIAS, schema, name), text))
    for schema, name, column, text in con.execute(sql.COLUMN_COMMENTS, [list(sql.PUBLISHED_SCHEMAS)]).fetchall():
        if (schema, name) in copied:
            con.execute(sql.comment_on("column", sql.relation(ALIAS, schema, name, column), text))


def _write_night(con: duckdb.DuckDBPyConnection, night_date: date, counts: dict[str, int]) -> None:
    target = sql.relation(ALIAS, "ops", "published_night")
    con.execute(sql.PUBLISHED_NIGHT.format(target=target), [night_date, len(counts), sum(counts.values())])
    con.execute(sql.comment_on("table", target, "One row: the night that every table of this file shows."))
    for column, text in (
        ("night_date", "Newest night that is in these tables."),
        ("table_count", "Tables published with it, without this one."),
        ("row_count", "Rows of those tables."),
    ):
        con.execute(sql.comment_on("column", f"{target}.{column}", text))


def _count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = con.execute(sql.count_rows(relation)).fetchone()
    return int(row[0]) if row else 0


def _next_version(folder: Path, night_date: date) -> Path:
    numbers = [
        int(match[2])
        for path in versions(folder)
        if (match := VERSION.fullmatch(path.name)) and match[1] == night_date.isoformat()
    ]
    return folder / f"guestbook_{night_date.isoformat()}_{max(numbers, default=0) + 1}.duckdb"


def _point_to(version: Path, current: Path) -> None:
    """Let the stable name mean this file, in one step: a reader sees the old file or the new one."""
    link = current.with_name(f".{current.name}.link")
    link.unlink(missing_ok=True)
    try:
        os.link(version, link)
    except OSError:  # a file system without hard links
        shutil.copy2(version, link)
        link.chmod(FILE_MODE)
        _sync(link)
    os.replace(link, current)
    _sync(current.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
