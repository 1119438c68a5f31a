"""What a person or a machine wants to know of a home: where things are, how the last night went, what is published."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from bi import sql
from bi.night_log import landing_problems, messages, pass_logs, run_status, seconds_by_stage
from bi.snapshot import current_version, open_published, relations
from guestbook.night import nights_run
from guestbook.settings import FEEDS, Settings


def status(settings: Settings) -> dict[str, Any]:
    """The newest night that was run, the published tables with their rows, and the paths. Never opens the warehouse."""
    night_date = _newest_night(settings)
    logs = pass_logs(settings, night_date) if night_date else []
    version = current_version(settings)
    tables, published_night = _published_tables(settings) if version else ({}, None)
    return {
        "night_date": night_date.isoformat() if night_date else None,
        "run_status": run_status(logs),
        "messages": messages(logs),
        "home": str(settings.home),
        "landing": settings.landing,
        "lake": str(settings.lake),
        "warehouse": str(settings.warehouse_file),
        "published": str(settings.published_file) if version else None,
        "published_version": str(version) if version else None,
        "published_night_date": published_night.isoformat() if published_night else None,
        "pages": _pages(settings, night_date),
        "seconds": seconds_by_stage(logs),
        "tables": tables,
    }


def summary(settings: Settings, night_date: date) -> dict[str, Any]:
    """The short report of a finished night: what came in, what came out, how long it took, where to look."""
    logs = pass_logs(settings, night_date)
    with open_published(settings) as con:
        read, loaded, duplicate, quarantined = (
            con.execute(sql.LEDGER_COUNTS, [night_date, list(FEEDS)]).fetchone() or (0,) * 5
        )[1:]
        content = {
            "night_date": night_date.isoformat(),
            "run_status": run_status(logs),
            "files": _pairs(con, sql.FILES_BY_FEED, [night_date]),
            "rows": {
                "read": read or 0,
                "loaded": loaded or 0,
                "duplicate": duplicate or 0,
                "quarantined": quarantined or 0,
            },
            "not_loaded": [line for (line,) in con.execute(sql.NOT_LOADED, [night_date]).fetchall()]
            + landing_problems(logs),
            "customers": (con.execute(sql.CUSTOMER_COUNT).fetchone() or (0,))[0],
            "segments": _pairs(con, sql.SEGMENTS),
            "churn": _pairs(con, sql.RISK_BANDS),
            "churn_model": _churn_model(con),
            "expected_revenue": {currency: float(amount) for currency, amount in con.execute(sql.VALUE).fetchall()},
            "gates": _pairs(con, sql.GATES, [night_date]),
            "gate_warnings": [
                " ".join(filter(None, row)) for row in con.execute(sql.GATE_WARNINGS, [night_date]).fetchall()
            ],
        }
    seconds = seconds_by_stage(logs)
    return content | {
        "seconds": seconds,
        "look_at": {"published": str(settings.published_file), **_pages(settings, night_date)},
    }


def _newest_night(settings: Settings) -> date | None:
    """The night run last: of the nights with logs the one whose newest stage started last."""
    nights = nights_run(settings)
    started = {night: max((log["started_at"] for log in pass_logs(settings, night)), default="") for night in nights}
    return max(nights, key=lambda night: (started[night], night), default=None)


def _published_tables(settings: Settings) -> tuple[dict[str, int], date | None]:
    with open_published(settings) as con:
        tables = {
            f"{schema}.{name}": _figure(con, sql.count_rows(sql.relation(schema, name)))
            for schema, name, _ in relations(con)
        }
        row = con.execute(sql.SHOWN_NIGHT).fetchone()
    return tables, row[0] if row else None


def _pages(settings: Settings, night_date: date | None) -> dict[str, str]:
    """HTML pages of a night by their name."""
    folder = settings.reports_dir / night_date.isoformat() if night_date else Path("/nonexistent")
    return {path.stem: str(path) for path in sorted(folder.glob("*.html"))}


def _churn_model(con: duckdb.DuckDBPyConnection) -> str:
    row = con.execute(sql.CHURN_MODEL).fetchone()
    if row is None:
        return "none trained"
    version, reason = row
    return f"{version}: {reason}"


def _pairs(con: duckdb.DuckDBPyConnection, query: str, parameters: list[Any] | None = None) -> dict[str, int]:
    return {str(name or "none"): count for name, count in con.execute(query, parameters).fetchall()}


def _figure(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0
