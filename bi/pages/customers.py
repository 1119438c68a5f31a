"""Sections about customers: the pyramid, life cycle, moves between tiers, who comes back, segments."""

from datetime import date
from typing import Any

from bi.pages import sql
from bi.pages.reader import Reader, Row, by_key, part_of
from guestbook import plot
from guestbook.page import Plot, Section, Table, money, share

TIERS = ("vip", "key", "regular", "small")
STAGES = ("prospect", "new", "active", "won_back", "slipping", "dormant", "lost")
MONTHS_SINCE = (1, 3, 6, 12, 18, 24)


def pyramid(page: Reader) -> Section:
    """Customers and spend by value tier, and the 80/20 curve."""
    rows = page.rows(sql.PYRAMID)
    if not rows or not any(row["spend_amount"] for row in rows):
        return page.section("pyramid")
    top = [row for row in rows if row["value_tier_code"] in ("vip", "key")]
    table = Table(
        page.label("plot", "pyramid"),
        page.columns("tier", "customers", "customer_share", "spend_year", "spend_share", "threshold"),
        [
            [
                page.label("tier", row["value_tier_code"]),
                row["customer_count"],
                share(row["customer_share"]),
                money(row["spend_amount"]),
                share(row["spend_share"]),
                money(row["threshold_amount"]),
            ]
            for row in rows
        ],
    )
    sides = (page.label("column", "customer_share"), page.label("column", "spend_share"))
    bars = [
        (
            page.label("tier", row["value_tier_code"]),
            row["customer_share"] or 0,
            share(row["customer_share"]),
            row["spend_share"] or 0,
            share(row["spend_share"]),
        )
        for row in rows
    ]
    text = page.say(
        "pyramid",
        customers=share(sum(row["customer_share"] or 0 for row in top)),
        spend=share(sum(row["spend_share"] or 0 for row in top)),
    )
    return page.section(
        "pyramid", Plot(table.caption, text, plot.butterfly(table.caption, sides, bars), table), _curve(page, rows)
    )


def _curve(page: Reader, rows: list[Row]) -> Plot:
    points = [(row["cumulative_customer_share"] or 0.0, row["cumulative_spend_share"] or 0.0) for row in rows]
    title = page.label("plot", "curve")
    table = Table(
        title,
        page.columns("tier_and_above", "customer_share", "spend_share"),
        [
            [page.label("tier", row["value_tier_code"]), share(customers), share(spend)]
            for row, (customers, spend) in zip(rows, points, strict=True)
        ],
    )
    drawn = plot.lines(
        title,
        {page.label("column", "spend_share"): [(0.0, 0.0), *points]},
        [(tenth / 10, plot.percent(tenth / 10)) for tenth in (0, 2, 4, 6, 8, 10)],
        plot.percent,
        1.0,
        with_diagonal=True,
    )
    return Plot(title, page.say("curve"), drawn, table)


def stages(page: Reader) -> Section:
    """Customers by life-cycle stage over two years, and who came and went in the running month."""
    rows = page.rows(sql.STAGES)
    if not rows:
        return page.section("stages")
    dates = sorted({row["as_of_date"] for row in rows})
    cells = by_key(rows, "as_of_date", "lifecycle_stage_code")

    def count(day: date, stage: str, name: str = "customer_count") -> int:
        return int(cells.get((day, stage), {}).get(name) or 0)

    shown = [stage for stage in STAGES if stage != "prospect"]
    title = page.label("plot", "stages")
    drawn = plot.stack(
        title,
        [f"{day:%Y-%m}" for day in dates],
        {page.label("stage", stage): [count(day, stage) for day in dates] for stage in shown},
    )
    table = Table(
        title,
        [page.label("column", "month"), *(page.label("stage", stage) for stage in STAGES)],
        [[f"{day:%Y-%m}", *(count(day, stage) for stage in STAGES)] for day in reversed(dates)],
    )
    last = dates[-1]
    flows = Table(
        page.label("plot", "flows"),
        page.columns("stage", "customers", "came", "left"),
        [
            [
                page.label("stage", stage),
                *(count(last, stage, f"{name}_count") for name in ("customer", "inflow", "outflow")),
            ]
            for stage in STAGES
        ],
    )
    text = page.say("stages", active=f"{count(last, 'active'):,}", slipping=f"{count(last, 'slipping'):,}")
    return page.section("stages", Plot(title, text, drawn, table), flows)


def migration(page: Reader) -> Section:
    """Who moved between tiers in the newest month that is over, and between segments since the scores before."""
    rows = [row for row in page.rows(sql.MOVES) if row["customer_count"]]
    if not rows:
        return page.section("migration")
    cells = by_key(rows, "from_tier_code", "to_tier_code")
    before = [tier for tier in (*TIERS, "none") if any(row["from_tier_code"] == tier for row in rows)]
    counts = [[cells.get((old, new), {}).get("customer_count") for new in TIERS] for old in before]
    title = page.label("plot", "migration")
    names = [page.label("tier", tier) for tier in TIERS]
    # The many who stay small would leave no colour for those who move: cells are shaded by their share of the row.
    shares = [[None if n is None else n / sum(filter(None, row)) for n in row] for row in counts]
    drawn = plot.heatmap(
        title,
        [page.label("from_tier", tier) for tier in before],
        names,
        shares,
        [["" if n is None else f"{n:,}" for n in row] for row in counts],
    )
    table = Table(
        title,
        page.columns("tier_before", "tier_now", "customers", "spend_before", "spend_now", "stays", "channel", "outlet"),
        [
            [
                page.label("from_tier", row["from_tier_code"]),
                page.label("tier", row["to_tier_code"]),
                row["customer_count"],
                money(row["from_spend_amount"]),
                money(row["to_spend_amount"]),
                row["stay_count"],
                page.vendor_label("channel", row["top_channel_code"]),
                row["top_outlet_name"],
            ]
            for row in rows
        ],
    )
    moved = {
        code: sum(row["customer_count"] for row in rows if row["direction_code"] == code)
        for code in ("up", "down", "new")
    }
    text = page.say("migration", month=f"{rows[0]['as_of_date']:%Y-%m}", **moved)
    return page.section("migration", Plot(title, text, drawn, table), _segment_moves(page))


def _segment_moves(page: Reader) -> Table | None:
    rows = page.rows(sql.SEGMENT_MOVES)
    return (
        Table(
            page.label("plot", "segment_moves"),
            page.columns("segment_before", "segment_now", "customers"),
            [[row["from_segment_code"], row["to_segment_code"], row["customer_count"]] for row in rows],
        )
        if rows
        else None
    )


def retention(page: Reader) -> Section:
    """Of the customers first seen in a quarter, how many had come back by then."""
    rows = page.rows(sql.RETENTION)
    if not rows:
        return page.section("retention")
    cells = by_key(rows, "quarter_date", "month_number")
    quarters = sorted({row["quarter_date"] for row in rows})

    def returned_share(*key: Any) -> float | None:
        cell = cells.get(key)
        return part_of(cell["returned_count"], cell["cohort_count"]) if cell else None

    grid = [[returned_share(quarter, month) for month in MONTHS_SINCE] for quarter in quarters]
    sizes = [max(row["cohort_count"] for row in rows if row["quarter_date"] == quarter) for quarter in quarters]
    texts = [["" if value is None else share(value, 0) for value in row] for row in grid]
    names = [f"{quarter.year} Q{(quarter.month + 2) // 3}" for quarter in quarters]
    months = [page.say("months", number=month) for month in MONTHS_SINCE]
    title = page.label("plot", "retention")
    table = Table(
        title,
        [*page.columns("first_stay", "customers"), *months],
        [
            [name, size, *(share(value) for value in values)]
            for name, size, values in zip(names, sizes, grid, strict=True)
        ],
    )
    year = [row for row in rows if row["month_number"] == 12]
    returned = part_of(sum(row["returned_count"] for row in year), sum(row["cohort_count"] for row in year))
    drawn = plot.heatmap(title, names, [str(month) for month in MONTHS_SINCE], grid, texts)
    return page.section("retention", Plot(title, page.say("retention", share=share(returned, 0)), drawn, table))


def segments(page: Reader) -> Section:
    """Size, worth and programme of each segment."""
    rows = page.rows(sql.SEGMENTS)
    if not rows:
        return page.section("segments")
    title = page.label("plot", "segments")
    bars = [
        (
            segment_name(page, row["segment_name"]),
            float(row["spend_trailing_year_amount"]),
            f"{money(row['spend_trailing_year_amount'])} · {share(row['customer_share'], 0)}",
        )
        for row in rows
    ]
    table = Table(
        title,
        page.columns(
            "segment", "customers", "customer_share", "spend_year", "spend_share", "visits", "recency", "members",
            "reach", "churn", "complaints_per_visit", "programme",
        ),
        [_segment(page, row) for row in rows],
    )  # fmt: skip
    first = rows[0]
    text = page.say(
        "segments",
        segment=segment_name(page, first["segment_name"]),
        customers=share(first["customer_share"], 0),
        spend=share(first["spend_trailing_year_share"], 0),
    )
    return page.section("segments", Plot(title, text, plot.bars(title, bars), table))


def _segment(page: Reader, row: Row) -> list[Any]:
    return [
        segment_name(page, row["segment_name"]),
        row["customer_count"],
        share(row["customer_share"]),
        money(row["spend_trailing_year_amount"]),
        share(row["spend_trailing_year_share"]),
        row["mean_visit_count"],
        row["median_recency_days"] and int(row["median_recency_days"]),
        share(row["member_share"]),
        share(row["reach_share"]),
        share(row["mean_churn_probability"]),
        row["complaint_per_visit"],
        page.vendor_label("programme", row["suggested_programme"]),
    ]


def segment_name(page: Reader, name: str | None) -> str:
    """A segment's name in the page's language: the longest known words of it, one after the other."""
    return page.labels.phrase("segment_words", name)
