"""Measures over the rows of delivered files: one streaming scan of the accepted Parquet answers every rule at once."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from expectations.engine import engine
from expectations.outcome import BatchFile, Check, Measure
from expectations.rules import FILE_ROW_MEASURES, ROW_MEASURES, Rule, rules_of
from expectations.sql.rows import feed_profile, is_not_in, is_not_known, is_null, is_outside, repeated_keys, set_list
from guestbook.contracts import contract
from guestbook.settings import Settings

CURRENCY_FILE = Path(__file__).parent / "currency_codes.txt"
FIGURES = 3
#: Measure -> the column whose values have to be in a list, and the list.
UNKNOWN = {
    "unknown_currency": ("currency_code", "known_currencies"),
    "unknown_property": ("property_code", "known_properties"),
}


def check_rows(
    settings: Settings, feed: str, night_date: date, files: Sequence[BatchFile], properties: Sequence[str] = ()
) -> tuple[list[Check], dict[str, int]]:
    """One check per row rule, column and file; and how many rows the lake holds of each file (by accepted path).

    `properties` are the codes of the group's properties; none: nothing is known to compare with.
    """
    if not files:
        return [], {}
    asked = [
        (rule, column)
        for rule in rules_of(feed)
        if rule.measure in ROW_MEASURES + FILE_ROW_MEASURES
        for column in rule.columns(feed) or (_own_column(feed, rule),)
        if properties or rule.measure != "unknown_property"
    ]
    scanned = [(rule, column) for rule, column in asked if rule.measure != "repeated_key"]
    known = {"known_currencies": _known_currencies(), "known_properties": properties}
    conditions = [_condition(feed, rule, column) for rule, column in scanned]
    profile, repeated = _scan(settings, feed, night_date, files, conditions, known)
    checks = []
    for file in files:
        path = str(file.accepted_path)
        row_count, *figures = profile.get(path, (0,))
        if row_count == 0:
            continue  # rows_conserved says that the lake lacks them
        for place, (rule, column) in enumerate(scanned):
            rows, bad, first = figures[FIGURES * place : FIGURES * (place + 1)]
            is_empty_column = rule.measure == "gap" and bad == rows
            checks.append(Check(rule, feed, column, Measure.share(bad, 0 if is_empty_column else rows, first), file))
        checks += [
            Check(rule, feed, column, Measure.share(repeated[path], row_count), file)
            for rule, column in asked
            if rule.measure == "repeated_key"
        ]
    return checks, {path: row[0] for path, row in profile.items()}


def _scan(
    settings: Settings,
    feed: str,
    night_date: date,
    files: Sequence[BatchFile],
    conditions: list[tuple[str, str]],
    known: Mapping[str, Sequence[str]],
) -> tuple[dict[str, tuple[Any, ...]], dict[str, int]]:
    paths = sorted({file.accepted_path for file in files if file.accepted_path})
    with engine(settings, f"{len(paths)} accepted files of {feed} in {paths[0].parent}") as con:
        con.execute("set variable night_date = ?", [night_date])
        for name, values in known.items():
            con.execute(set_list(name), [list(values)])
        profile = {row[0]: row[1:] for row in con.execute(feed_profile(feed, paths, conditions)).fetchall()}
        repeated = dict(con.execute(repeated_keys(feed, paths)).fetchall())
    return profile, repeated


def _known_currencies() -> list[str]:
    lines = CURRENCY_FILE.read_text(encoding="utf-8").splitlines()
    return [code for line in lines if not line.startswith("#") for code in line.split()]


def _condition(feed: str, rule: Rule, column: str) -> tuple[str, str]:
    if rule.measure in UNKNOWN:
        return is_not_known(column, UNKNOWN[rule.measure][1])
    if rule.measure == "outside":
        return is_outside(column, rule.low, rule.high)
    if rule.measure == "not_allowed":
        return is_not_in(column, contract(feed).column(column).allowed or ())
    return is_null(column)


def _own_column(feed: str, rule: Rule) -> str:
    return UNKNOWN[rule.measure][0] if rule.measure in UNKNOWN else contract(feed).key[-1]
