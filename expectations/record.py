"""Gate results and overrides as records of the lake."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from expectations.ledger import Delivery, deliveries, held_files
from expectations.loads import SHRUNK, whole_again
from expectations.outcome import BatchFile, GateOutcome
from expectations.rules import load_rules
from guestbook.errors import UsageError
from guestbook.lake import read_records, write_record
from guestbook.settings import Settings
from guestbook.tables import Table, declared


def write_outcome(settings: Settings, outcome: GateOutcome) -> None:
    """Record a gate's results. A second pass keeps what only the first one could judge: its files and its feed."""
    if not outcome.results:
        return
    rows = [result.row(outcome.night_date) for result in outcome.results]
    again = {_judged(row) for row in rows}
    earlier = results_of(settings, outcome.night_date, outcome.suite)
    _write_results(
        settings, outcome.night_date, outcome.suite, [row for row in earlier if _judged(row) not in again] + rows
    )


def _judged(row: dict) -> tuple:
    """What a result speaks of: a file, one rule of the whole feed in a night, or one of a column of a vendor's part."""
    if row["file_sha256"]:
        return (row["file_sha256"],)
    if not row["vendor"]:  # every pass of a night judges all that came in it
        return (row["rule_name"],)
    return tuple(row[name] for name in ("rule_name", "column_name", "vendor", "property_code", "file_name"))


def results_of(settings: Settings, night_date: date, suite: str | None = None) -> list[dict]:
    """Recorded results of a night as rows of ops.gate_result."""
    rows = read_records(settings, "gate_result", declared("ops", "gate_result").arrow_schema)
    chosen = rows.filter(pc.equal(rows["night_date"], pa.scalar(night_date, pa.date32()))).to_pylist()
    return [row for row in chosen if suite is None or row["suite_name"] == suite]


def write_override(settings: Settings, night_date: date, rule: str, reason: str, who: str) -> dict:
    """Record that a rule may fail in a night; returns the row. Raises UsageError for an unknown rule or no reason."""
    blocking = sorted(entry.rule for entry in load_rules() if entry.severity == "block")
    if rule not in blocking:
        raise UsageError(
            f"rule {rule!r} does not block, or there is none of that name; rules that block: {', '.join(blocking)}"
        )
    if not reason.strip():
        raise UsageError("an override needs a reason: say in --reason why the data is right as it is")
    table = declared("ops", "gate_override")
    row = {
        "night_date": night_date,
        "rule_name": rule,
        "reason": reason.strip(),
        "made_by": who,
        "made_at": datetime.now(UTC),  # stamp
    }
    write_record(settings, table.name, f"{night_date.isoformat()}-{rule}", _table_of(table, [row]))
    _mark_overridden(settings, night_date, rule)
    return row


def _mark_overridden(settings: Settings, night_date: date, rule: str) -> None:
    """What the rule blocked in that night is now shown as allowed."""
    for suite in sorted({row["suite_name"] for row in results_of(settings, night_date) if row["rule_name"] == rule}):
        rows = results_of(settings, night_date, suite)
        for row in rows:
            if row["rule_name"] == rule and row["gate_status"] == "blocked":
                row |= {"gate_status": "overridden", "is_overridden": True}
        _write_results(settings, night_date, suite, rows)


def _write_results(settings: Settings, night_date: date, suite: str, rows: list[dict]) -> None:
    table = declared("ops", "gate_result")
    write_record(settings, table.name, f"{night_date.isoformat()}-{suite}", _table_of(table, rows))


def _table_of(table: Table, rows: list[dict]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=table.arrow_schema)


def overrides_of(settings: Settings, night_date: date) -> list[dict]:
    """Overrides of a night as rows of ops.gate_override."""
    rows = read_records(settings, "gate_override", declared("ops", "gate_override").arrow_schema).to_pylist()
    return [row for row in rows if row["night_date"] == night_date]


def overridden_rules(settings: Settings, night_date: date) -> frozenset[str]:
    """Rules that may fail in a night."""
    return frozenset(row["rule_name"] for row in overrides_of(settings, night_date))


def releasable(settings: Settings, feed: str, files: Sequence[BatchFile] = ()) -> list[str]:
    """Content hashes of held files that may be let in, in the order of delivery.

    Every rule that blocked one is overridden for its night, or it was held because its load shrank and the load is
    whole with tonight's `files`.
    """
    ledger = deliveries(settings)
    held = held_files(ledger, feed)
    whole = whole_again(feed, held, files, ledger)
    return [str(entry.sha256) for entry in held if _is_let_in(settings, entry, entry.sha256 in whole)]


def _is_let_in(settings: Settings, entry: Delivery, is_whole: bool) -> bool:
    allowed = overridden_rules(settings, entry.night_date) | (SHRUNK if is_whole else frozenset())
    failures = [
        row["rule_name"]
        for row in results_of(settings, entry.night_date, entry.feed)
        if not row["success"] and row["severity"] == "block" and row["file_sha256"] in (entry.sha256, None)
    ]
    return bool(failures) and set(failures) <= allowed
