"""Freshness: which properties used to send and are in no file of tonight."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from expectations.engine import engine
from expectations.ledger import GOOD, Delivery
from expectations.loads import FIRST, earlier_loads, folder_of, rows_of
from expectations.outcome import BatchFile, Check, Measure
from expectations.rules import percent, rules_of
from expectations.sql.profile import property_rows
from guestbook.settings import Settings

NIGHT = "tonight"
COLUMN = "property_code"


def check_silence(
    settings: Settings, feed: str, night_date: date, files: Sequence[BatchFile], ledger: Sequence[Delivery]
) -> list[Check]:
    """A check for each property that is in earlier loads and not in tonight's; one that passes when there is none.

    Measures the share of the earlier folder dates on which the property sent. A feed without any file tonight is told
    by another rule.
    """
    own = [file for file in files if file.has_rows]
    if not own:
        return []
    came = [entry for entry in ledger if entry.feed == feed and entry.night_date == night_date]
    tonight = [file.accepted_path for file in own if file.accepted_path]
    tonight += rows_of(settings, [entry for entry in came if entry.load_status in GOOD and entry.rows_loaded])
    folder = max(map(folder_of, own))
    [rule] = [rule for rule in rules_of(feed) if rule.measure == "silent"]
    dates = _dates(ledger, feed, folder, rule.nights)
    if len(dates) < rule.min_nights:
        seen = f"{len(dates)} earlier folder dates to compare with, {rule.min_nights} needed"
        return [Check(rule, feed, COLUMN, Measure(None, 0, seen))]
    sent = _dates_of_properties(settings, feed, dates, tonight)
    silent = {code: rows for code, rows in sent.items() if NIGHT not in rows}
    if not silent:
        return [Check(rule, feed, COLUMN, Measure(0.0, rule.min_rows, f"all {len(sent)} properties sent"))]
    return [
        Check(rule, feed, COLUMN, _silence(code, rows, len(dates)), None, None, code) for code, rows in silent.items()
    ]


def _silence(code: str, rows: Mapping[str, int], date_count: int) -> Measure:
    share, usual = len(rows) / date_count, sum(rows.values()) / date_count
    seen = f"{code} sent nothing; it sent on {percent(share)} of {date_count} dates ({usual:,.0f} rows a date)"
    return Measure(share, int(usual), f"{seen}, last on {max(rows)}")


def _dates_of_properties(
    settings: Settings, feed: str, dates: Mapping[str, Sequence[Delivery]], tonight: Sequence[Path]
) -> dict[str, dict[str, int]]:
    """Property -> rows by date on which it sent, tonight among them."""
    paths = {path: (name, 1) for name, part in dates.items() for path in rows_of(settings, part)}
    with engine(settings, f"accepted files of {feed} of {len(dates)} earlier dates") as con:
        rows = con.execute(property_rows(paths | dict.fromkeys(tonight, (NIGHT, 1)))).fetchall()
    sent: dict[str, dict[str, int]] = {}
    for name, code, row_count in rows:
        if code:
            sent.setdefault(code, {})[name] = row_count
    return dict(sorted(sent.items()))


def _dates(ledger: Sequence[Delivery], feed: str, folder: str, nights: int) -> dict[str, list[Delivery]]:
    """Accepted files with rows by folder date, of all vendors, without their first nights: the newest dates."""
    found: dict[str, list[Delivery]] = {}
    for vendor in sorted({entry.vendor for entry in ledger if entry.feed == feed}):
        for load in earlier_loads(ledger, feed, vendor, folder, nights + 1, lambda entry: entry.rows_loaded > 0):
            if load.name != FIRST:
                found.setdefault(load.name, []).extend(load.files)
    return {name: found[name] for name in sorted(found)[-nights:]}
