"""Sections about care: complaints, whom to win back, whom to call, what to do next, members."""

from itertools import accumulate

from bi.pages import sql
from bi.pages.reader import Reader, part_of
from guestbook import plot
from guestbook.page import Plot, Section, Table, Text, Tiles, money, share


def complaints(page: Reader) -> Section:
    """Causes of the last 12 months (Pareto), promises kept, and whether customers came back after."""
    rows = page.rows(sql.COMPLAINTS)
    if not rows:
        return page.section("complaints")
    total = sum(row["complaint_count"] for row in rows)
    running = [count / total for count in accumulate(row["complaint_count"] for row in rows)]
    title = page.label("plot", "complaints")
    names = [page.vendor_label("cause", row["case_category"]) for row in rows]
    bars = [
        (name, row["complaint_count"], f"{row['complaint_count']:,} · {share(cumulative, 0)}")
        for name, row, cumulative in zip(names, rows, running, strict=True)
    ]
    table = Table(
        title,
        page.columns(
            "cause", "complaints", "cumulative_share", "open", "answered_in_time", "resolved_in_time", "compensation"
        ),
        [
            [
                name,
                row["complaint_count"],
                share(cumulative),
                row["open_count"],
                share(part_of(row["answered_in_time_count"], row["answer_judged_count"])),
                share(part_of(row["resolved_in_time_count"], row["resolve_judged_count"])),
                money(row["compensation_amount"]),
            ]
            for name, row, cumulative in zip(names, rows, running, strict=True)
        ],
    )
    text = page.say("complaints", count=f"{total:,}", cause=names[0], share=share(running[0], 0))
    drawn = plot.bars(title, bars, running)
    return page.section("complaints", _promises(page, rows), Plot(title, text, drawn, table), _spikes(page))


def _promises(page: Reader, rows: list[dict[str, int]]) -> Tiles:
    total = {name: sum(row[name] for row in rows) for name in rows[0] if name.endswith(("_count", "judged_count"))}
    back = page.row(sql.RETURNS)
    tiles = [
        ("answered", total["answered_in_time_count"], total["answer_judged_count"]),
        ("resolved", total["resolved_in_time_count"], total["resolve_judged_count"]),
        ("back_fast", back["fast_returned"], back["fast_judged"]),
        ("back_slow", back["slow_returned"], back["slow_judged"]),
    ]

    def tile(code: str, kept: int, judged: int) -> tuple[str, str, str]:
        note = page.say("of", part=f"{kept:,}", whole=f"{judged:,}")
        return page.label("tile", code), share(part_of(kept, judged)), note

    return Tiles([tile(*figures) for figures in tiles])


def _spikes(page: Reader) -> Text | Table:
    rows = page.rows(sql.SPIKES)
    if not rows:
        return Text(page.say("no_spike"), "note")
    return Table(
        page.label("plot", "spikes"),
        page.columns("month", "hotel", "cause", "complaints", "usual"),
        [
            [
                f"{row['opened_month']:%Y-%m}",
                row["property_code"],
                page.vendor_label("cause", row["case_category"]),
                row["complaint_count"],
                row["usual_count"],
            ]
            for row in rows
        ],
    )


def warnings(page: Reader) -> Section:
    """Customers behind their own rhythm by reason, and those lost in the last year."""
    rows, lost = page.rows(sql.EARLY_WARNING), page.rows(sql.LOST)
    parts: list[Plot | Table] = []
    if rows:
        title = page.label("plot", "warning")
        bars = [
            (page.label("warning_reason", row["reason_code"]), float(row["value_amount"]), money(row["value_amount"]))
            for row in rows
        ]
        table = Table(
            title,
            page.columns("reason", "customers", "vip_or_key", "value_at_stake"),
            [
                [
                    page.label("warning_reason", row["reason_code"]),
                    row["customer_count"],
                    row["key_count"],
                    money(row["value_amount"]),
                ]
                for row in rows
            ],
        )
        text = page.say(
            "warning",
            customers=f"{sum(row['customer_count'] for row in rows):,}",
            value=money(sum(row["value_amount"] for row in rows)),
            currency=page.currency_code,
        )
        parts.append(Plot(title, text, plot.bars(title, bars), table))
    if lost:
        parts.append(
            Table(
                page.label("plot", "lost"),
                page.columns("churn_type", "customers", "value_lost", "won_back", "won_back_revenue"),
                [
                    [
                        page.label("churn_type", row["churn_type_code"]),
                        row["customer_count"],
                        money(row["value_amount"]),
                        row["won_back_count"],
                        money(row["won_back_amount"]),
                    ]
                    for row in lost
                ],
            )
        )
    return page.section("warnings", *parts)


def actions(page: Reader) -> Section:
    """Calls of the morning by hotel, and the next best action by kind."""
    calls, next_actions = page.rows(sql.CALLS), page.rows(sql.ACTIONS)
    call_table = Table(
        page.label("plot", "calls"),
        [
            *page.columns("hotel", "calls"),
            *(page.label("call_reason", code) for code in ("open_case", "just_left", "arriving", "falling_behind")),
            *page.columns("value_at_risk"),
        ],
        [
            [
                row["property_code"],
                row["call_count"],
                row["open_case_count"],
                row["just_left_count"],
                row["arriving_count"],
                row["falling_behind_count"],
                money(row["value_amount"]),
            ]
            for row in calls
        ],
    )
    action_table = Table(
        page.label("plot", "actions"),
        page.columns("action", "customers", "can_be_told"),
        [[page.label("action", row["action_code"]), row["customer_count"], row["reach_count"]] for row in next_actions],
    )
    return page.section(
        "actions",
        call_table if calls else Text(page.say("no_calls"), "note"),
        Text(page.say("calls"), "note") if calls else None,
        action_table if next_actions else None,
    )


def members(page: Reader) -> Section:
    """Members by tier: active, and what the trailing year would earn them."""
    rows = page.rows(sql.MEMBERS)
    table = Table(
        page.label("plot", "members"),
        page.columns("member_tier", "members", "active_members", "moves_up", "keeps", "moves_down"),
        [
            [
                page.vendor_label("member_tier", row["current_tier_code"]),
                row["member_count"],
                row["active_count"],
                row["up_count"],
                row["keep_count"],
                row["down_count"],
            ]
            for row in rows
        ],
    )
    return page.section("members", table if rows else None)
