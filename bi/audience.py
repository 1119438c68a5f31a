"""Audiences for campaigns: who may be contacted, as a file, and a record of who exported what."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from bi import export_sql, sql
from bi.sheets import format_of, write_sheet
from bi.snapshot import open_published
from guestbook.errors import UsageError
from guestbook.lake import write_record
from guestbook.settings import Settings
from guestbook.tables import declared

CHANNELS = ("email", "sms", "phone")
QUERY = re.compile(r"\s*(\(|select\b|with\b|from\b)", re.IGNORECASE)
TEXT_LITERAL = re.compile(r"'(?:[^']|'')*'")
DATE = re.compile(r"\d{4}-\d\d-\d\d")


def export_audience(
    settings: Settings, audience: str, kind: str, channel: str, made_by: str, path: Path | None = None
) -> tuple[Path, dict[str, Any]]:
    """Write who of an audience may be contacted by a channel; returns the file and the record of the export.

    `audience` is the code of a segment, value tier, life-cycle stage or risk band, or one SELECT that yields
    customer_id, run read-only on the published snapshot. Consent and suppression are those of `core.customer_reach`.
    `kind` is csv, parquet or xlsx; without a path the file is in `<home>/exports/`. Raises UsageError for another
    channel, format or code, and for SQL that is not one such SELECT.
    """
    query_hash = sha256(audience.encode()).hexdigest()
    code = "query" if QUERY.match(audience) else audience
    name = f"audience_{code if code != 'query' else query_hash[:8]}_{channel}.{kind}"
    path = path or settings.exports_dir / name
    if format_of(path) != kind:
        raise UsageError(f"{path.name}: the file's name must end in .{kind}, as --to says")
    if channel not in CHANNELS:
        raise UsageError(f"channel {channel!r} is not known; allowed: {', '.join(CHANNELS)}")
    if not made_by.strip():
        raise UsageError("who exports must be named: --by NAME")
    with open_published(settings) as con:
        con.execute("set enable_external_access = false")
        codes = [code for (code,) in con.execute(export_sql.GROUP_CODES).fetchall()]
        con.register("audience_asked", _asked(con, audience, codes))
        con.execute(export_sql.checked(channel))
        counts = con.execute(export_sql.COUNTS).to_arrow_table().to_pylist()[0]
        rows = con.execute(export_sql.audience(channel)).to_arrow_table()
        [[night_date]] = con.execute(sql.SHOWN_NIGHT).fetchall()
    write_sheet(rows, path)
    record = {
        "night_date": night_date,
        "made_at": datetime.now(UTC),  # stamp
        "made_by": made_by.strip(),
        "audience_code": code,
        "audience_query": _without_texts(audience, codes) if code == "query" else None,
        "query_sha256": query_hash,
        "channel_code": channel,
        "asked_count": counts["asked"],
        "unknown_count": counts["unknown"],
        "suppressed_count": counts["suppressed"],
        "without_consent_count": counts["without_consent"],
        "row_count": len(rows),
        "file_format": kind,
        "file_sha256": sha256(path.read_bytes()).hexdigest(),
    }
    try:
        _record(settings, record)
    except OSError:
        path.unlink()  # no export without its record
        raise
    return path, record


def _asked(con: duckdb.DuckDBPyConnection, audience: str, codes: list[str]) -> pa.Table:
    """One column customer_id: whom the audience names, before consent."""
    if not QUERY.match(audience):
        if audience not in codes:
            raise UsageError(f"no segment, tier, stage or risk band {audience!r}; there are: {', '.join(codes)}")
        return con.execute(export_sql.GROUPS, {"code": audience}).to_arrow_table()
    try:
        statements = con.extract_statements(audience)
    except duckdb.Error as error:
        raise UsageError(f"the audience's SQL can't be read: {_reason(error)}") from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise UsageError("an audience is one SELECT that yields customer_id, nothing else")
    try:
        rows = con.execute(statements[0]).to_arrow_table()
    except duckdb.Error as error:
        raise UsageError(f"the audience's SQL failed on the published tables: {_reason(error)}") from None
    if "customer_id" not in rows.column_names:
        raise UsageError(f"the audience's SQL must yield customer_id; it yields {', '.join(rows.column_names)}")
    return pa.table({"customer_id": rows["customer_id"].cast(pa.string())})


def _reason(error: duckdb.Error) -> str:
    """The first line of an error, without the texts of the query."""
    return TEXT_LITERAL.sub("'***'", str(error).splitlines()[0])


def _without_texts(query: str, codes: list[str]) -> str:
    """A query without what may be personal: its texts, but for dates and our own codes."""

    def hide(match: re.Match[str]) -> str:
        text = match[0].strip("'")
        return match[0] if text in codes or DATE.fullmatch(text) else "'***'"

    return TEXT_LITERAL.sub(hide, query)


def _record(settings: Settings, record: Mapping[str, Any]) -> None:
    table = declared("ops", "audience_export")
    name = f"{record['made_at']:%Y%m%dT%H%M%S%f}-{record['file_sha256'][:8]}"
    write_record(settings, table.name, name, pa.Table.from_pylist([record], schema=table.arrow_schema))
