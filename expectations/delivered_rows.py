"""Measures over the rows of delivered files: one streaming scan of the accepted Parquet answers every rule at once."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from expectations.errors import GateError
from expectations.outcome import BatchFile, Check, Measure
from expectations.rules import FILE_ROW_MEASURES, ROW_MEASURES, Rule, rules_of
from expectations.sql.rows import feed_profile, is_not_in, is_not_known, is_null, is_outside, repeated_keys
from guestbook.contracts import contract

MEMORY_LIMIT = "1GB"
CURRENCY_FILE = Path(__file__).parent / "currency_codes.txt"
FIGURES = 3


def check_rows(feed: str, night_date: date, files: Sequence[BatchFile]) -> tuple[list[Check], dict[str, int]]:
    """One check per row rule, column and file; and how many rows the lake holds of each file (by accepted path)."""
    if not files:
        return [], {}
    asked = [
        (rule, column)
        for rule in rules_of(feed)
        if rule.measure in ROW_MEASURES + FILE_ROW_MEASURES
        for column in rule.columns(feed) or (_own_column(feed, rule),)
    ]
    scanned = [(rule, column) for rule, column in asked if rule.measure != "repeated_key"]
    profile, repeated = _scan(feed, night_date, files, [_condition(feed, rule, column) for rule, column in scanned])
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
    feed: str, night_date: date, files: Sequence[BatchFile], conditions: list[tuple[str, str]]
) -> tuple[dict[str, tuple[Any, ...]], dict[str, int]]:
    paths = sorted({file.accepted_path for file in files if file.accepted_path})
    with tempfile.TemporaryDirectory(prefix="guestbook_gate_") as spill, duckdb.connect() as con:
        con.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        con.execute("set temp_directory = ?", [spill])
        con.execute("set TimeZone = 'UTC'")
        con.execute("set variable night_date = ?", [night_date])
        con.execute("set variable known_currencies = ?::varchar[]", [_known_currencies()])
        try:
            profile = {row[0]: row[1:] for row in con.execute(feed_profile(feed, paths, conditions)).fetchall()}
            repeated = dict(con.execute(repeated_keys(feed, paths)).fetchall())
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise GateError(
                f"{len(paths)} accepted files of {feed} in {paths[0].parent} can't be read: {reason}"
            ) from error
    return profile, repeated


def _known_currencies() -> list[str]:
    lines = CURRENCY_FILE.read_text(encoding="utf-8").splitlines()
    return [code for line in lines if not line.startswith("#") for code in line.split()]


def _condition(feed: str, rule: Rule, column: str) -> tuple[str, str]:
    if rule.measure == "unknown_currency":
        return is_not_known(column, "known_currencies")
    if rule.measure == "outside":
        return is_outside(column, rule.low, rule.high)
    if rule.measure == "not_allowed":
        return is_not_in(column, contract(feed).column(column).allowed or ())
    return is_null(column)


def _own_column(feed: str, rule: Rule) -> str:
    return "currency_code" if rule.measure == "unknown_currency" else contract(feed).key[-1]
