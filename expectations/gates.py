"""The gates of a night: feeds before rows are accepted, customers before ids last, scores before publishing."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from expectations.delivered_rows import check_rows
from expectations.drift import check_drift
from expectations.judge import judge
from expectations.ledger import check_files, check_night, deliveries, is_expected, known_properties
from expectations.loads import check_shrunk
from expectations.outcome import BatchFile, Check, GateOutcome, Measure
from expectations.page import write_gate_page
from expectations.record import overridden_rules, releasable, write_outcome, write_override
from expectations.rules import NUMBER_MEASURES, PLAIN_MEASURES, percent, rules_of
from expectations.silence import check_silence
from expectations.sql.customers import CUSTOMER_MEASURES
from expectations.sql.scores import SCORE_MEASURES
from guestbook.night import is_past_night
from guestbook.settings import Settings


def gate_feed(settings: Settings, feed: str, night_date: date, files: Iterable[Any]) -> GateOutcome:
    """Judge the staged files of a feed; the outcome says of each whether it is accepted or held.

    Files held in an earlier night whose every blocking rule has an override since are decided as released.

    `files` are what ingest staged: mappings or objects with sha256, accepted_path, file_name, vendor, load_status and
    the row counts of the load report. Refused files and repeats may be among them: they are counted. Results are
    recorded. Nothing is raised: the caller commits the decisions first and then calls `outcome.raise_if_blocked()`.
    """
    if is_past_night(settings, night_date):
        return GateOutcome(feed, night_date, ())
    ledger = deliveries(settings)
    batch = [batch_file(file) for file in files]
    released = dict.fromkeys(releasable(settings, feed, batch), "released")
    if not (batch or is_expected(settings, feed, ledger)):
        return GateOutcome(feed, night_date, (), released)
    properties = known_properties(settings, ledger)
    checks, lake_rows = check_rows(settings, feed, night_date, [file for file in batch if file.has_rows], properties)
    checks += check_files(feed, batch, lake_rows, ledger)
    checks += check_shrunk(feed, batch, ledger)
    checks += check_drift(settings, feed, batch, ledger)
    checks += check_silence(settings, feed, night_date, batch, ledger)
    checks += check_night(feed, night_date, batch, ledger, released)
    results = judge(checks, overridden_rules(settings, night_date))
    return _recorded(settings, GateOutcome(feed, night_date, results, released | _decisions(batch, results)))


def gate_customers(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> GateOutcome:
    """Judge core.dim_customer and what it rests on. Recorded; the caller calls `outcome.raise_if_blocked()`."""
    return _gate_tables(con, settings, night_date, "customers", CUSTOMER_MEASURES)


def gate_scores(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> GateOutcome:
    """Judge the scores as of the night. Recorded; the caller calls `outcome.raise_if_blocked()`."""
    return _gate_tables(con, settings, night_date, "scores", SCORE_MEASURES)


def override(settings: Settings, night_date: date, rule: str, reason: str, who: str) -> dict[str, Any]:
    """Let a rule fail in a night; returns the recorded row. The next run of that night, or of a later one, acts on it.

    Raises UsageError for a rule that does not block, and for an empty reason.
    """
    row = write_override(settings, night_date, rule, reason, who)
    write_gate_page(settings, night_date)
    return row


def batch_file(staged: Any) -> BatchFile:
    """A staged file, whatever carries it: a mapping, an object, or an object with a `report`."""
    known = {**_fields(getattr(staged, "report", None)), **_fields(staged)}
    known = {**_fields(known.get("report")), **known}
    rejected = known.get("rejected_counts") or {}
    unmapped = known.get("unmapped_columns") or []
    path = known.get("accepted_path")
    return BatchFile(
        sha256=known.get("sha256"),
        accepted_path=Path(path) if path else None,
        file_name=known["file_name"],
        vendor=known["vendor"],
        load_status=known.get("load_status") or "accepted",
        status_reason=known.get("status_reason"),
        rejected_counts=json.loads(rejected) if isinstance(rejected, str) else dict(rejected),
        unmapped_columns=tuple(json.loads(unmapped) if isinstance(unmapped, str) else unmapped),
        **{
            name: int(known.get(name) or 0)
            for name in ("rows_read", "rows_loaded", "rows_duplicate", "rows_quarantined")
        },
    )


def _fields(thing: Any) -> dict[str, Any]:
    if thing is None:
        return {}
    if isinstance(thing, Mapping):
        return dict(thing)
    names = getattr(thing, "__dataclass_fields__", None) or getattr(type(thing), "model_fields", None) or vars(thing)
    return {name: getattr(thing, name) for name in names}


def _decisions(files: Iterable[BatchFile], results: Iterable[Any]) -> dict[str, Any]:
    """Held: files that fail a critical rule, and every file of a feed that fails one as a whole."""
    blocked = {
        result.check.file.sha256 if result.check.file else None for result in results if result.gate_status == "blocked"
    }
    return {
        file.sha256: "held" if file.sha256 in blocked or None in blocked else "accepted"
        for file in files
        if file.sha256 and file.load_status == "accepted"
    }


def _gate_tables(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    night_date: date,
    suite: str,
    queries: Mapping[str, tuple[str, str]],
) -> GateOutcome:
    known = {"night_date": night_date, "reporting_currency": settings.reporting_currency}
    measured: dict[str, Measure] = {}
    checks = []
    for rule in rules_of(suite):
        column, query = queries[rule.measure]
        if rule.measure not in measured:
            measured[rule.measure] = _measure(con, query, known, rule.measure)
        checks.append(Check(rule, suite, column, measured[rule.measure]))
    return _recorded(settings, GateOutcome(suite, night_date, judge(checks, overridden_rules(settings, night_date))))


def _measure(con: duckdb.DuckDBPyConnection, query: str, known: Mapping[str, Any], measure: str) -> Measure:
    """What a query measured: a figure, of how many rows, and in words (may be absent)."""
    parameters = {name: value for name, value in known.items() if f"${name}" in query}
    figure, rows, *words = con.execute(query, parameters or None).fetchone() or (None, 0)
    about = f" ({words[0]})" if words and words[0] else ""
    if measure not in PLAIN_MEASURES:
        share = Measure.share(figure or 0, rows or 0)
        return replace(share, observed=share.observed + about)
    if figure is None:
        return Measure(None, rows or 0, "nothing to compare with")
    shown = f"{figure:.4g}" if measure in NUMBER_MEASURES else f"{percent(figure)} of {rows:,}"
    return Measure(figure, rows or 0, shown + about)


def _recorded(settings: Settings, outcome: GateOutcome) -> GateOutcome:
    """Results are in the lake and on the page before anything is raised: a blocked night has to be explained."""
    write_outcome(settings, outcome)
    write_gate_page(settings, outcome.night_date)
    return outcome
