"""Columns that silently changed their meaning: the spread of tonight's values against earlier loads of the vendor."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from expectations.engine import engine
from expectations.ledger import Delivery
from expectations.loads import Load, earlier_loads, folder_of, rows_of, without_history
from expectations.outcome import BatchFile, Check, Measure
from expectations.rules import DRIFT_MEASURES, Rule, percent, rules_of
from expectations.spread import Counts, Shift, shift
from expectations.sql.profile import NO_PROPERTY, column_spreads, is_coded, is_text, property_rows, spread_columns
from guestbook.contracts import Column
from guestbook.settings import Settings

TONIGHT = "tonight"
#: Rows looked at in one load: enough for a share to half a point, whatever the size of the load.
ROWS_LOOKED_AT = 20_000
#: Files of one load that are looked at.
FILES_LOOKED_AT = 100
#: Loads are read from the newest back to so many rows, but at least so many loads: full exports differ little.
ROWS_READ = 2_000_000
LOADS_READ = 3
#: Added to the tolerance while there are too few loads to know how much they differ anyway: then only a column that
#: has become another column altogether is told.
SLACK = 0.5


@dataclass(frozen=True)
class Spread:
    """Rows looked at of one load (or one property's part of it), and rows by bin for each column."""

    row_count: int = 0
    columns: Mapping[str, Counts] = field(default_factory=dict)

    def nulls(self, column: str) -> Counts:
        """Rows without and with a value."""
        known = sum(self.columns.get(column, {}).values())
        return {"empty": self.row_count - known, "filled": known}

    def values(self, column: str) -> Counts:
        """Rows by bin of those with a value."""
        return self.columns.get(column, {})


Spreads = Mapping[str, Spread]


def check_drift(settings: Settings, feed: str, files: Sequence[BatchFile], ledger: Sequence[Delivery]) -> list[Check]:
    """Per rule and vendor a check for each column that moved over the limit, or for the one that moved furthest."""
    rules = [rule for rule in rules_of(feed) if rule.measure in DRIFT_MEASURES]
    checks: list[Check] = []
    for vendor in sorted({file.vendor for file in files if file.has_rows}):
        own = [file for file in files if file.vendor == vendor and file.has_rows]
        nights = max(rule.nights for rule in rules)
        loads = earlier_loads(
            ledger, feed, vendor, max(map(folder_of, own)), nights, lambda entry: entry.rows_loaded > 0
        )
        loads = without_history(loads, sum(file.rows_read for file in own))
        if not loads:
            nothing = Measure(None, 0, "no earlier load to compare with")
            checks += [Check(rule, feed, None, nothing, None, vendor) for rule in rules]
            continue
        spreads = _spreads(settings, feed, own, _newest(loads), max(rule.min_rows for rule in rules))
        for rule in rules:
            slack = SLACK if len(loads) < rule.min_nights else 0.0
            checks += _checks_of(rule, feed, vendor, spreads, slack)
    return checks


def _newest(loads: Sequence[Load]) -> list[Load]:
    chosen: list[Load] = []
    for load in reversed(loads):
        if len(chosen) >= LOADS_READ and sum(known.row_count for known in chosen) + load.row_count > ROWS_READ:
            break
        chosen.insert(0, load)
    return chosen


def _spreads(
    settings: Settings, feed: str, own: Sequence[BatchFile], loads: Sequence[Load], min_rows: int
) -> Mapping[str, Spreads]:
    """Spreads by load for each property with enough rows tonight, and under the empty code for all rows together."""
    tonight = {file.accepted_path: file.rows_loaded for file in own if file.accepted_path}
    files = dict(_looked_at(TONIGHT, tonight))
    for load in loads:
        files |= _looked_at(load.name, rows_of(settings, load.files[:FILES_LOOKED_AT]))
    with engine(settings, f"accepted files of {feed} of {len(loads)} earlier loads") as con:
        mine = {path: about for path, about in files.items() if about[0] == TONIGHT}
        counted = con.execute(property_rows(mine)).fetchall()
        large = [code for _, code, rows in counted if code and min_rows <= rows < sum(row[2] for row in counted)]
        rows = con.execute(column_spreads(feed, files, large)).fetchall()
    columns = [column.name for column in spread_columns(feed)]
    found: dict[str, dict[str, Spread]] = {}
    for load_name, code, row_count, *spreads in rows:
        part = Spread(row_count, {name: spread or {} for name, spread in zip(columns, spreads, strict=True)})
        found.setdefault(code, {})[load_name] = part
    names = [TONIGHT, *(load.name for load in loads)]
    together = {name: _sum([part[name] for part in found.values() if name in part]) for name in names}
    return {NO_PROPERTY: together} | {code: part for code, part in found.items() if code != NO_PROPERTY}


def _looked_at(load: str, rows: Mapping[Path, int]) -> dict[Path, tuple[str, int]]:
    """Each file with its load and the step that looks at no more rows of the load than needed."""
    step = max(1, math.ceil(sum(rows.values()) / ROWS_LOOKED_AT))
    return dict.fromkeys(rows, (load, step))


def _sum(parts: Sequence[Spread]) -> Spread:
    columns: dict[str, Counter[str]] = {}
    for part in parts:
        for name, counts in part.columns.items():
            columns.setdefault(name, Counter()).update(counts)
    return Spread(sum(part.row_count for part in parts), columns)


def _checks_of(rule: Rule, feed: str, vendor: str, spreads: Mapping[str, Spreads], slack: float) -> list[Check]:
    """The checks of one rule: columns over the limit, or the one that moved furthest, so that there always is one.

    A property is told of where the column of its vendor holds.
    """
    found: list[Check] = []
    for code in spreads:
        told = {check.column_name for check in found if _is_over(check)}
        measured = [
            Check(rule, feed, column.name, measure, None, vendor, code or None)
            for column, measure in _measures(rule, feed, spreads[code], slack)
            if column.name not in told
        ]
        measured.sort(key=lambda check: (-(check.measure.value or 0), check.column_name or ""))
        found += [check for check in measured if _is_over(check)] or (measured[:1] if code == NO_PROPERTY else [])
    return found


def _is_over(check: Check) -> bool:
    limit = check.rule.at_most
    return check.is_judged and limit is not None and (check.measure.value or 0) > limit


def _measures(rule: Rule, feed: str, spreads: Spreads, slack: float) -> Iterator[tuple[Column, Measure]]:
    earlier = [spread for name, spread in spreads.items() if name != TONIGHT and spread.row_count]
    tonight = spreads.get(TONIGHT, Spread())
    for column in spread_columns(feed):
        if rule.measure != "null_shift" and is_text(column) != (rule.measure == "length_shift"):
            continue
        counts = Spread.nulls if rule.measure == "null_shift" else Spread.values
        mine = counts(tonight, column.name)
        moved = shift(mine, [counts(spread, column.name) for spread in earlier], slack)
        if moved is not None:
            words = _words(rule, column, moved, sum(mine.values()), len(earlier))
            yield column, Measure(moved.beyond, sum(mine.values()), words)


def _words(rule: Rule, column: Column, moved: Shift, rows: int, loads: int) -> str:
    """What moved, what was expected, and how much such loads move anyway."""
    about = f"{percent(round(moved.share_now, 3))} of {rows:,} values, usually {percent(round(moved.share_usual, 3))}"
    usual = f"{loads} earlier loads; up to {percent(round(moved.tolerance, 3))} of values move anyway"
    if rule.measure == "null_shift":
        return f"{moved.grown_bin}: {about} ({usual})"
    grown = _bin_in_words(column, moved.grown_bin)
    return f"{percent(round(moved.moved, 3))} of values moved, most to {grown}: {about} ({usual})"


def _bin_in_words(column: Column, name: str) -> str:
    if is_coded(column):
        return f"'{name}'" if len(name) <= 20 else "a long code"
    number = int(name)
    if is_text(column):
        return f"about {2 ** (number / 3):.0f} characters"
    if column.type == "ts":
        return f"{number:02d}:00 to {number:02d}:59 UTC"
    size = math.copysign(2 ** ((abs(number) - 1) / 2) - 1, number) if number else 0.0
    if column.type == "date":
        return f"about {abs(size):,.0f} days {'before' if size < 0 else 'after'} the row's version"
    return f"about {size:,.3g}"
