"""The page of a night's deliveries: one row per delivered file, with its counts and what somebody should know of it."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from expectations.page import title_of
from expectations.record import results_of
from guestbook.files import write_text_atomic
from guestbook.lake import read_records
from guestbook.page import Page, Section, Table, Text
from guestbook.settings import FEEDS, Settings
from guestbook.tables import declared
from guestbook.wording import first_of

PAGE = "loads.html"
COUNTS = ("rows_read", "rows_loaded", "rows_duplicate", "rows_quarantined")
COLUMNS = ("File", "Became", "Read", "Loaded", "Repeated", "Quarantined", "To know")
SHOWN = 8
FOOTER = (
    "Read = loaded + repeated + quarantined. Held: a gate blocked the file, it is in no table (see the gates). Refused:"
    " no row of it could be trusted; have it sent again. Quarantined rows: guestbook quarantine list; they"
    " are in ops.quarantine, in the warehouse only. The same for all nights: table ops.load_report."
)


def write_load_page(settings: Settings, night_date: date) -> Path:
    """Write the page from the load ledger and the gates' results; returns its path."""
    entries = [row for row in _ledger(settings) if row["night_date"] == night_date]
    new = {
        row["file_sha256"]: row["observed"]
        for row in results_of(settings, night_date)
        if row["rule_name"] == "new_columns" and not row["success"]
    }
    sections = [_section(feed, [row for row in entries if row["feed"] == feed], new) for feed in FEEDS]
    reference = [row for row in entries if row["feed"] not in FEEDS]
    if reference:
        sections.append(_section("reference", reference, new))
    page = Page(
        title=f"Deliveries of the night {night_date}",
        subtitle=_in_words(entries),
        sections=sections,
        links=[("Gates", "gates.html")],
        footer=FOOTER,
    )
    path = settings.reports_dir / night_date.isoformat() / PAGE
    write_text_atomic(page.html(), path)
    return path


def _ledger(settings: Settings) -> list[dict[str, Any]]:
    rows = read_records(settings, "load_report", declared("ops", "load_report").arrow_schema).to_pylist()
    return sorted(rows, key=lambda row: row["delivery_sequence"])


def _in_words(entries: list[dict[str, Any]]) -> str:
    if not entries:
        return "Nothing was delivered."
    statuses = [row["load_status"] for row in entries]
    counts = [f"{statuses.count(status)} {status}" for status in sorted(set(statuses))]
    return f"{len(entries)} file{'s' if len(entries) > 1 else ''}: {', '.join(counts)}."


def _section(feed: str, rows: list[dict[str, Any]], new: Mapping[str | None, str]) -> Section:
    title = title_of(feed)
    if not rows:
        return Section(feed, title, [Text("No file came.", "warn")])
    table = [
        (
            row["file_name"].removeprefix(f"{feed}/"),
            row["load_status"],
            *(row[name] or 0 for name in COUNTS),
            _to_know(row, new),
        )
        for row in rows
    ]
    totals = ("Together", "", *(sum(row[name] or 0 for row in rows) for name in COUNTS), "")
    return Section(feed, title, [Table(f"{title}: files", COLUMNS, [*table, totals])])


def _to_know(row: Mapping[str, Any], new: Mapping[str | None, str]) -> str:
    """Why it was refused or held, quarantined rows by reason, values set aside by column, new columns, warnings."""
    said = [row["status_reason"]]
    said.append(_counted("quarantined", row["quarantine_counts"]))
    said.append(_counted("values set aside (now null)", row["rejected_counts"]))
    if row["sha256"] in new:
        said.append(f"new columns: {new[row['sha256']]}")
    said += _loaded(row["warnings"]) or []
    return ". ".join(text for text in said if text) or "nothing"


def _counted(what: str, counts: str | None) -> str | None:
    found = _loaded(counts) or {}
    largest = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return f"{what}: {first_of([f'{name} {count:,}' for name, count in largest], SHOWN)}" if largest else None


def _loaded(text: str | None) -> Any:
    return json.loads(text) if text else None
