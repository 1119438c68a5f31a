"""Earlier loads of a vendor that tonight's can be compared with: like with like.

A load is what a vendor delivered for one folder date, in however many files and nights. The vendor's first night is one
load by itself, whatever dates it holds: it brings the history.
"""

import re
import statistics
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from expectations.ledger import GOOD, Delivery
from expectations.outcome import BatchFile, Check, Measure
from expectations.rules import Rule, rules_of
from guestbook.lake import accepted_file
from guestbook.settings import Settings

FIRST = "first night"
#: Rules whose hold ends by itself once the load is whole.
SHRUNK = frozenset({"load_shrunk"})
#: Loads for older dates say nothing of tonight: seasons turn, exports change.
WINDOW = timedelta(days=42)
#: A first night with more rows than this many ordinary loads brought history.
HISTORY_TIMES = 3
#: What the usual load may be at most, in loads as small as the smallest one.
SMALLEST_TIMES = 2
_CHANGING = re.compile(r"[0-9a-f]{8,}|\d+", re.IGNORECASE)


#: A delivered file, staged or in the ledger.
Named = BatchFile | Delivery


@dataclass(frozen=True)
class Load:
    """One earlier load: its folder date or `first night`, and the files of it that were accepted."""

    name: str
    files: tuple[Delivery, ...]

    @property
    def row_count(self) -> int:
        """Rows read."""
        return sum(file.rows_read for file in self.files)


def folder_of(file: Named) -> str:
    """The folder date of a delivered file: `<feed>/<vendor>/<folder date>/<name>`."""
    parts = file.file_name.split("/")
    return parts[2] if len(parts) > 3 else ""


def series_of(file: Named) -> str:
    """What the names of one export have in common from night to night: all but digits, hashes and the format."""
    folder, _, name = file.file_name.rpartition("/")
    return _CHANGING.sub("#", f"{folder}/{name.split('.')[0]}")


def earlier_loads(
    ledger: Iterable[Delivery], feed: str, vendor: str, folder: str, nights: int, is_wanted: Callable[[Delivery], bool]
) -> list[Load]:
    """The vendor's newest loads before a folder date, at most so many, of files that were accepted and are wanted."""
    own = [entry for entry in ledger if (entry.feed, entry.vendor) == (feed, vendor) and entry.load_status in GOOD]
    if not own:
        return []
    first_night = min(entry.night_date for entry in own)
    oldest = (date.fromisoformat(folder) - WINDOW).isoformat()
    loads: dict[str, list[Delivery]] = {}
    for entry in own:
        is_first = entry.night_date == first_night
        if is_wanted(entry) and folder_of(entry) != folder and (is_first or oldest <= folder_of(entry) < folder):
            loads.setdefault(FIRST if is_first else folder_of(entry), []).append(entry)
    ordered = sorted(loads, key=lambda name: (name != FIRST, name))[-nights:]
    return [load for load in (Load(name, tuple(loads[name])) for name in ordered) if load.row_count]


def rows_of(settings: Settings, load: Sequence[Delivery]) -> dict[Path, int]:
    """Accepted Parquet files of a load that are in the lake, with their rows."""
    found = {accepted_file(settings, entry.feed, str(entry.sha256)): entry.rows_loaded for entry in load}
    return {path: row_count for path, row_count in found.items() if path.is_file()}


def without_history(loads: Sequence[Load], rows_tonight: int) -> list[Load]:
    """The loads but for a first night that is far larger than the others (or than tonight's, when it is alone)."""
    others = [load.row_count for load in loads if load.name != FIRST] or [rows_tonight]
    usual = statistics.median(others)
    return [load for load in loads if load.name != FIRST or load.row_count <= HISTORY_TIMES * usual]


def check_shrunk(feed: str, files: Sequence[BatchFile], ledger: Sequence[Delivery]) -> list[Check]:
    """One check per rule `shrunk` and delivered file: did its series shrink against the loads before."""
    judged = [file for file in files if file.load_status == "accepted"]
    return [
        Check(rule, feed, None, shrunk(rule, feed, file, judged, ledger), file)
        for rule in rules_of(feed)
        if rule.measure == "shrunk"
        for file in judged
    ]


def whole_again(
    feed: str, held: Sequence[Delivery], files: Sequence[BatchFile], ledger: Sequence[Delivery]
) -> Collection[str]:
    """Content hashes of files held because their load shrank, whose load is whole with what came since.

    A file that was cut and sent again, or that came in two parts, needs nobody's word.
    """
    [rule] = [rule for rule in rules_of(feed) if rule.measure == "shrunk"]
    return {str(entry.sha256) for entry in held if _is_whole(rule, shrunk(rule, feed, entry, [*files, *held], ledger))}


def _is_whole(rule: Rule, measure: Measure) -> bool:
    return measure.value is not None and rule.at_least is not None and measure.value >= rule.at_least


def shrunk(
    rule: Rule,
    feed: str,
    file: Named,
    others: Sequence[Named],
    ledger: Sequence[Delivery],
) -> Measure:
    """Rows of the file's load against the usual load of its series.

    The load is the series' files of that folder date, and files of names never seen before: a second part, a better
    copy. Usual is the median of the earlier loads, or twice the smallest of them if that is less: a series that has
    quiet days may have another.
    """
    folder, series = folder_of(file), series_of(file)
    loads = earlier_loads(ledger, feed, file.vendor, folder, rule.nights, lambda entry: series_of(entry) == series)
    if len(loads) < rule.min_nights:
        return Measure(None, 0, f"{len(loads)} earlier loads of this name to compare with, {rule.min_nights} needed")
    known = {series_of(entry) for entry in ledger if entry.load_status in GOOD and folder_of(entry) != folder}
    came = {
        part.sha256: part.rows_read
        for part in (*ledger, *others)
        if part.vendor == file.vendor
        and folder_of(part) == folder
        and part.file_name.startswith(f"{feed}/")
        and part.load_status in (*GOOD, "held")
        and (series_of(part) == series or series_of(part) not in known)
    }
    rows = sum(came.values())
    counts = [load.row_count for load in loads]
    usual = min(statistics.median(counts), SMALLEST_TIMES * min(counts))
    observed = f"{rows:,} rows, {rows / usual:.0%} of a usual load ({usual:,.0f}; the last {len(counts)} had"
    return Measure(rows / usual, int(usual), f"{observed} {min(counts):,} to {max(counts):,})")
