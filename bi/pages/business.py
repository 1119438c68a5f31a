"""Sections about business: the headline figures, the hotels side by side, where guests come from."""

from datetime import date

from bi.pages import sql
from bi.pages.reader import Reader, Row, part_of
from guestbook import plot
from guestbook.page import Part, Plot, Section, Table, Text, Tiles, money, share

#: A plot of more lines than this can't be read; the table has them all.
MOST_LINES = 6
DIMENSIONS = ("channel", "market_segment", "nationality", "lead_time")
MOST_VALUES = 12


def headline(page: Reader) -> Section:
    """Customers and what they are worth."""
    row = page.row(sql.HEADLINE)
    currency = page.currency_code

    def tile(code: str, figure: object, **words: object) -> tuple[str, object, str]:
        return page.label("tile", code).format(currency=currency), figure, page.say(f"tile_{code}", **words)

    tiles = [
        tile("customers", row["customer_count"], visited=f"{row['visited_count']:,}"),
        tile("repeat", share(part_of(row["repeat_count"], row["visited_count"])), repeat=f"{row['repeat_count']:,}"),
        tile("members", row["member_count"]),
        tile("spend_year", money(row["spend_year_amount"])),
        tile("expected", money(row["expected_amount"])),
        tile("at_risk", money(row["at_risk_amount"]), customers=f"{row['at_risk_count']:,}"),
        tile("on_books", money(row["on_books_amount"]), bookings=f"{row['on_books_count']:,}"),
        tile("open_cases", row["open_case_count"]),
    ]
    return page.section("headline", Tiles(tiles))


def hotels(page: Reader) -> Section:
    """Occupancy, rates and revenue of the last 28 days by hotel, and occupancy by month."""
    rows = page.rows(sql.HOTELS)
    if not rows:
        return page.section("hotels")
    table = Table(
        page.say("hotels_table", night=page.night_date),
        page.columns(
            "hotel", "rooms_sold", "sold_year_before", "occupancy", "adr", "revpar", "trevpar", "revenue",
            "revenue_year_before", "arrivals", "cancellations", "no_shows",
        ),
        [_hotel(row) for row in rows],
    )  # fmt: skip
    return page.section("hotels", _occupancy(page, [row["property_code"] for row in rows]), table)


def _hotel(row: Row) -> list[object]:
    return [
        row["property_code"],
        row["sold_count"],
        row["sold_before_count"],
        share(part_of(row["sold_count"], row["available_count"])),
        money(part_of(row["room_amount"], row["sold_count"])),
        money(part_of(row["room_amount"], row["available_count"])),
        money(part_of(row["total_amount"], row["available_count"])),
        money(row["total_amount"]),
        money(row["total_before_amount"]),
        row["arrival_count"],
        row["cancellation_count"],
        row["no_show_count"],
    ]


def _occupancy(page: Reader, hotels_by_revenue: list[str]) -> Plot | Text:
    rows = [row for row in page.rows(sql.OCCUPANCY) if row["available"]]
    if not rows:
        return Text(page.say("no_rooms"), "note")
    months: list[date] = sorted({row["month_date"] for row in rows})
    place = {month: float(number) for number, month in enumerate(months)}
    names = [code for code in hotels_by_revenue if any(row["property_code"] == code for row in rows)]
    series = {
        code: [
            (place[row["month_date"]], row["sold"] / row["available"]) for row in rows if row["property_code"] == code
        ]
        for code in names
    }
    cells = {(row["property_code"], row["month_date"]): row["sold"] / row["available"] for row in rows}
    title = page.label("plot", "occupancy")
    ticks = [(place[month], f"{month:%Y-%m}") for month in months[:: max(1, len(months) // 3)]]
    drawn = plot.lines(title, {code: series[code] for code in names[:MOST_LINES]}, ticks, plot.percent)
    table = Table(
        title,
        [page.label("column", "month"), *names],
        [[f"{month:%Y-%m}", *(share(cells.get((code, month))) for code in names)] for month in reversed(months)],
    )
    text = page.say("occupancy", shown=min(len(names), MOST_LINES), hotels=len(names))
    return Plot(title, text, drawn, table)


def sources(page: Reader) -> Section:
    """Where guests come from: revenue by channel as a picture, every dimension as a table."""
    parts: list[Part] = []
    for dimension in DIMENSIONS:
        rows = page.rows(sql.SOURCES, dimension=dimension)
        if not rows:
            continue
        table = _sources_table(page, dimension, rows)
        if dimension == "channel":
            amounts = {page.vendor_label("channel", row["dimension_value"]): row["total_amount"] for row in rows}
            bars = [(name, float(amount), money(amount)) for name, amount in list(amounts.items())[:MOST_VALUES]]
            parts.append(Plot(table.caption, page.say("sources"), plot.bars(table.caption, bars), table))
        else:
            parts.append(table)
    return page.section("sources", *parts)


def _sources_table(page: Reader, dimension: str, rows: list[Row]) -> Table:
    return Table(
        page.label("dimension", dimension),
        page.columns(
            "source", "reservations", "nights", "revenue", "adr", "cancelled_share", "repeat_hotel", "repeat_group"
        ),
        [
            [
                page.vendor_label(dimension, row["dimension_value"]),
                row["reservation_count"],
                row["night_count"],
                money(row["total_amount"]),
                money(part_of(row["room_amount"], row["night_count"])),
                share(part_of(row["cancelled_count"], row["reservation_count"])),
                share(part_of(row["repeat_in_property_count"], row["stayed_count"])),
                share(part_of(row["repeat_in_group_count"], row["stayed_count"])),
            ]
            for row in rows[:MOST_VALUES]
        ],
    )
