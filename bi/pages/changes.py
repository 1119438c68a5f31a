"""The first section: what changed since the night before, by cause. Read from what the diff of two nights wrote."""

import json
from decimal import Decimal
from itertools import groupby
from typing import Any

from bi.diff import FIGURES
from bi.pages import sql
from bi.pages.reader import Reader
from guestbook.page import Fold, Section, Table, Text

#: Figures that are amounts or shares.
NOT_COUNTS = ("repeat_share", "revenue", "at_risk_value")


def changes(page: Reader) -> list[Section]:
    """The movement of each headline figure split into causes; no section when nothing was compared yet."""
    [[has_tables]] = page.con.execute(sql.CHANGE_TABLES).fetchall()
    rows = page.rows(sql.CHANGES) if has_tables else []
    if not rows:
        return []
    lines = []
    rows = sorted(rows, key=lambda row: FIGURES.index(row["figure_code"]))
    for figure, parts in groupby(rows, key=lambda row: row["figure_code"]):
        moved = list(parts)
        after, total = moved[0]["figure_amount"], sum(row["movement_amount"] for row in moved)
        for number, row in enumerate(moved):
            lines.append(
                [
                    page.label("figure", figure),
                    _shown(figure, after - total) if number == 0 else "",
                    _shown(figure, after) if number == 0 else "",
                    page.label("change_cause", row["cause_code"]),
                    _shown(figure, row["movement_amount"]),
                    row["customer_count"],
                    row["file_count"],
                ]
            )
    names = ("figure", "before", "now", "change_cause", "moved", "customers", "file_count")
    table = Table(page.label("plot", "changes"), page.columns(*names), lines)
    previous = rows[0]["previous_night_date"]
    note = Text(page.say("changes", previous=previous, night=page.night_date), "note")
    return [page.section("changes", note, table, *_behind(page, rows))]


def _behind(page: Reader, rows: list[dict[str, Any]]) -> list[Fold]:
    """One fold per figure: the files and customers that moved it most, by cause."""
    folds = []
    for figure, parts in groupby(rows, key=lambda row: row["figure_code"]):
        lines = [
            [
                page.label("change_cause", row["cause_code"]),
                page.label("column", kind),
                one[name],
                _shown(figure, Decimal(one["amount"])),
            ]
            for row in parts
            for kind, column, name in (("file", "top_files", "file_name"), ("customer", "top_customers", "customer_id"))
            for one in json.loads(row[column] or "[]", parse_float=Decimal)
        ]
        if lines:
            title = page.label("figure", figure)
            columns = page.columns("change_cause", "kind", "behind", "moved")
            folds.append(Fold(page.say("changes_behind", figure=title), Table(title, columns, lines)))
    return folds


def _shown(figure: str, amount: Decimal) -> Any:
    """Money and shares with their decimals, counts as whole numbers."""
    return amount if figure in NOT_COUNTS else int(amount)
