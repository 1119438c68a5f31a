"""Sections about trust: how sure the churn model is, what was delivered, what the gates said, what agrees."""

import json
from typing import Any

from bi.pages import sql
from bi.pages.reader import Reader, Row
from guestbook import plot
from guestbook.page import Part, Plot, Section, Table, Text, share, shown

DELIVERY_FIGURES = ("file_count", "rows_read", "rows_loaded", "rows_duplicate", "rows_quarantined", "stopped_count")


def calibration(page: Reader) -> Section:
    """What the churn model in use expected for later periods against what came."""
    rows = page.rows(sql.CHURN_MODEL)
    judged = _judged(rows[0]["metrics"]) if rows else []
    if not judged:
        return page.section("calibration", Text(page.say("no_model"), "note"))
    model = rows[0]
    title = page.label("plot", "calibration")
    points = [(float(place), period) for place, period in enumerate(judged)]
    drawn = plot.lines(
        title,
        {
            page.label("column", "expected_share"): [(x, period["expected"]) for x, period in points],
            page.label("column", "observed_share"): [(x, period["observed"]) for x, period in points],
        },
        [(x, period["as_of_date"]) for x, period in points],
        plot.percent,
        1.0,
    )
    table = Table(
        title,
        page.columns("cut_off", "customers", "expected_share", "observed_share", "auc", "slope", "calibration_error"),
        [
            [
                period["as_of_date"],
                period["row_count"],
                share(period["expected"]),
                share(period["observed"]),
                f"{period['auc']:.3f}",
                f"{period['calibration_slope']:.2f}",
                f"{period['calibration_error']:.3f}",
            ]
            for period in judged
        ],
    )
    text = page.say("calibration", version=model["model_version"], horizon=model["horizon_days"])
    return page.section("calibration", Plot(title, text, drawn, table))


def _judged(metrics: str) -> list[dict[str, Any]]:
    """One entry per later period that the model was judged on, oldest first."""
    periods = []
    for period in json.loads(metrics).get("judged") or []:
        figures = (period.get("models") or {}).get("ensemble")
        if figures and period.get("churn_share") is not None:
            observed = period["churn_share"]
            periods.append({**period, **figures, "observed": observed, "expected": observed + figures["bias"]})
    return sorted(periods, key=lambda period: str(period["as_of_date"]))


def health(page: Reader) -> Section:
    """What the night delivered, loaded and set aside; the gates; figures by two roads."""
    rows = page.rows(sql.DELIVERIES)
    deliveries = Table(
        page.label("plot", "deliveries"),
        page.columns("feed", *DELIVERY_FIGURES),
        [[page.label("feed", row["feed"]), *(row[name] for name in DELIVERY_FIGURES)] for row in rows],
    )
    return page.section(
        "health",
        _rows_by_night(page),
        deliveries if rows else Text(page.say("no_delivery"), "note"),
        _gates(page),
        reconciliation(page),
    )


def _rows_by_night(page: Reader) -> Part | None:
    rows = list(reversed(page.rows(sql.RUNS)))
    if not rows:
        return None
    title = page.label("plot", "runs")
    names = ("rows_loaded", "rows_duplicate", "rows_quarantined")
    drawn = plot.stack(
        title,
        [f"{row['night_date']:%m-%d}" for row in rows],
        {page.label("column", name): [row[name] or 0 for row in rows] for name in names},
    )
    table = Table(
        title,
        page.columns("night", "file_count", *names, "customers"),
        [
            [str(row["night_date"]), row["file_count"], *(row[name] for name in names), row["customer_count"]]
            for row in reversed(rows)
        ],
    )
    last = rows[-1]
    words = {name: shown(last[name] or 0) for name in names}
    return Plot(title, page.say("runs", **words), drawn, table)


def _gates(page: Reader) -> Table | None:
    rows = page.rows(sql.GATES)
    return (
        Table(
            page.label("plot", "gates"),
            page.columns("verdict", "rules"),
            [[page.label("gate_status", row["gate_status"]), row["rule_count"]] for row in rows],
        )
        if rows
        else None
    )


def reconciliation(page: Reader) -> Table | None:
    """Two roads to one figure, over the last 12 months."""
    rows = page.rows(sql.RECONCILIATION)

    def verdict(row: Row) -> str:
        agreement = "equal" if row["is_equal"] else "differs" if row["is_equality_expected"] else "shown"
        return page.label("agreement", agreement)

    return (
        Table(
            page.label("plot", "reconciliation"),
            page.columns("check", "one_road", "other_road", "difference", "verdict"),
            [
                [
                    page.label("check", row["check_code"]),
                    row["left_figure"],
                    row["right_figure"],
                    row["difference_figure"],
                    verdict(row),
                ]
                for row in rows
            ],
        )
        if rows
        else None
    )
