"""What the lake's load ledger and reference data tell the gates."""

import json
import re
import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow.parquet as pq

from expectations.outcome import BatchFile, Check, Measure
from expectations.rules import LEDGER_MEASURES, Rule, rules_of
from guestbook.lake import read_records, reference_file
from guestbook.settings import Settings
from guestbook.tables import declared

GOOD = ("accepted", "released")
VOLUME_WEEKS = 6
VOLUME_NIGHTS = 3
NAMES_SHOWN = 3
COLUMNS_SHOWN = 10
#: A heading that is a heading, not a value of a file without headings.
_PLAIN_NAME = re.compile(r"[A-Za-z_][\w .:/()-]{0,60}")


@dataclass(frozen=True)
class Delivery:
    """One row of the load ledger."""

    feed: str
    vendor: str
    file_name: str
    sha256: str | None
    night_date: date
    delivery_sequence: int
    load_status: str
    rows_read: int
    rows_loaded: int
    unmapped_columns: str | None = None


def deliveries(settings: Settings) -> list[Delivery]:
    """The ledger in the order of delivery; an empty list before the first night."""
    rows = read_records(settings, "load_report", declared("ops", "load_report").arrow_schema)
    columns = list(Delivery.__dataclass_fields__)
    entries = [
        Delivery(**{**row, "rows_read": row["rows_read"] or 0, "rows_loaded": row["rows_loaded"] or 0})
        for row in rows.select(columns).to_pylist()
    ]
    return sorted(entries, key=lambda entry: entry.delivery_sequence)


def known_properties(settings: Settings, ledger: Sequence[Delivery]) -> list[str]:
    """Codes of the properties in the newest reference file; [] when none was delivered."""
    newest = [entry for entry in ledger if entry.feed == "property" and entry.load_status == "accepted"][-1:]
    if not newest or newest[0].sha256 is None:
        return []
    table = pq.read_table(reference_file(settings, "property", newest[0].sha256), columns=["property_code"])
    return sorted(set(table["property_code"].to_pylist()))


def is_expected(settings: Settings, feed: str, ledger: Sequence[Delivery]) -> bool:
    """Whether its absence deserves a warning: feeds named in the settings, else those ever delivered."""
    return feed in settings.feeds if settings.feeds is not None else any(entry.feed == feed for entry in ledger)


def check_files(
    feed: str, files: Sequence[BatchFile], lake_rows: dict[str, int], ledger: Sequence[Delivery]
) -> list[Check]:
    """One check per rule about the load report and file."""
    return [
        Check(rule, feed, None, _file_measure(rule, file, lake_rows, ledger), file)
        for file in files
        for rule in rules_of(feed)
        if rule.measure in LEDGER_MEASURES and (file.load_status == "accepted" or rule.measure == "refused")
    ]


def held_files(ledger: Sequence[Delivery], feed: str) -> list[Delivery]:
    """Files of a feed that a gate holds: neither released nor followed by a good file of the same name."""
    own = [entry for entry in ledger if entry.feed == feed]
    last = {entry.sha256: entry for entry in own if entry.load_status != "duplicate"}
    good = {entry.file_name: entry.delivery_sequence for entry in own if entry.load_status in GOOD}
    return [
        entry
        for entry in last.values()
        if entry.load_status == "held" and entry.delivery_sequence > good.get(entry.file_name, -1)
    ]


def check_night(
    feed: str,
    night_date: date,
    files: Sequence[BatchFile],
    ledger: Sequence[Delivery],
    released: Collection[str] = (),
) -> list[Check]:
    """One check per rule that speaks of the whole feed in a night; `released` are held files that tonight lets in."""
    known = {file.sha256 for file in files}
    earlier_pass = [
        entry for entry in ledger if entry.feed == feed and entry.night_date == night_date and entry.sha256 not in known
    ]
    file_count = len(files) + len(earlier_pass)
    checks = []
    for rule in rules_of(feed):
        if rule.measure == "delivered":
            observed = f"{file_count} files" if file_count else f"no file for feed {feed}"
            checks.append(Check(rule, feed, None, Measure(file_count, file_count, observed)))
        elif rule.measure == "held":
            names = [entry.file_name for entry in held_files(ledger, feed) if entry.sha256 not in released]
            observed = f"{len(names)} held until overridden or delivered better: {', '.join(names[:NAMES_SHOWN])}"
            checks.append(Check(rule, feed, None, Measure(len(names), len(names), observed if names else "none")))
        elif rule.measure == "volume" and file_count:
            rows = sum(file.rows_loaded for file in files if file.load_status == "accepted")
            rows += sum(entry.rows_loaded for entry in earlier_pass if entry.load_status in GOOD)
            checks.append(Check(rule, feed, None, _volume(rows, feed, night_date, ledger)))
    return checks


def _file_measure(rule: Rule, file: BatchFile, lake_rows: dict[str, int], ledger: Sequence[Delivery]) -> Measure:
    match rule.measure:
        case "quarantined":
            return Measure.share(file.rows_quarantined, file.rows_read)
        case "rejected":
            return _rejected(file)
        case "refused":
            said = ": ".join(filter(None, (file.load_status, file.status_reason)))
            return Measure(float(file.load_status == "refused"), 1, said)
        case "rows":
            return Measure(file.rows_read, 1, f"{file.rows_read:,} rows")
        case "new_columns":
            return _new_columns(file, ledger)
        case _:
            return _conserved(file, lake_rows)


def _rejected(file: BatchFile) -> Measure:
    """Share of rows in which the worst optional column could not be read."""
    if not file.rejected_counts:
        return Measure.share(0, file.rows_loaded)
    worst = max(file.rejected_counts.values())
    columns = ", ".join(f"{name} {count:,}" for name, count in sorted(file.rejected_counts.items()))
    share = Measure.share(worst, file.rows_loaded)
    return Measure(share.value, share.row_count, f"{share.observed}: {columns}")


def _conserved(file: BatchFile, lake_rows: dict[str, int]) -> Measure:
    in_lake = lake_rows.get(str(file.accepted_path), 0)
    accounted = file.rows_loaded + file.rows_duplicate + file.rows_quarantined
    missing = abs(file.rows_read - accounted) + abs(in_lake - file.rows_loaded)
    observed = (
        f"{file.rows_read:,} read, {accounted:,} accounted for, {file.rows_loaded:,} loaded, {in_lake:,} in the lake"
    )
    return Measure(float(missing), file.rows_read, observed)


def _new_columns(file: BatchFile, ledger: Sequence[Delivery]) -> Measure:
    """Columns that no mapping names and that no earlier file of the vendor had."""
    before = [entry for entry in ledger if entry.vendor == file.vendor and entry.sha256 != file.sha256]
    before = [entry for entry in before if entry.load_status in GOOD and entry.file_name.split("/")[0] == file.feed]
    if not before:
        return Measure(None, 0, "first file of its vendor")
    known = {name for entry in before for name in json.loads(entry.unmapped_columns or "[]")}
    new = [name for name in file.unmapped_columns if name not in known]
    shown = ", ".join(name if _PLAIN_NAME.fullmatch(name) else "(a name not shown)" for name in new[:COLUMNS_SHOWN])
    return Measure(len(new), max(1, file.rows_read), f"{len(new)} new, kept in extra: {shown}" if new else "none")


def _volume(rows: int, feed: str, night_date: date, ledger: Sequence[Delivery]) -> Measure:
    """Rows of the night against the median of the same weekday in the trailing weeks."""
    nights = [night_date - timedelta(weeks=week) for week in range(1, VOLUME_WEEKS + 1)]
    loaded: dict[date, int] = {}
    for entry in ledger:
        if entry.feed == feed and entry.night_date in nights and entry.load_status in GOOD:
            loaded[entry.night_date] = loaded.get(entry.night_date, 0) + entry.rows_loaded
    if len(loaded) < VOLUME_NIGHTS:
        return Measure(None, 0, f"{rows:,} rows; {len(loaded)} nights of that weekday to compare with")
    usual = statistics.median(loaded.values())
    if not usual:
        return Measure(None, 0, f"{rows:,} rows; usually none on that weekday")
    return Measure(rows / usual, int(usual), f"{rows:,} rows, usually {usual:,.0f} on that weekday")
