"""Two roads to one figure, and why folio and till differ, computed again in pandas."""

import pandas as pd

from tests.end_to_end.hotels_in_pandas import (
    BOOKING,
    NO_SALE,
    RATE_UNITS,
    checks,
    month,
    reservations,
    rounded,
    stays,
)  # fmt: skip
from tests.end_to_end.marts_in_pandas import UNITS, Facts

CENT = UNITS // 100 * RATE_UNITS
#: Both sides must be the same; the others only inform.
EXPECTED_EQUAL = {
    "room_nights_reservation_stay", "room_revenue_reservation_stay", "room_revenue_stay_night", "pos_net_check_line",
}  # fmt: skip
AMOUNTS = {"room_revenue_reservation_stay", "room_revenue_stay_night", "pos_net_check_line", "fnb_folio_pos"}


def reconciliation(facts: Facts) -> list[tuple]:
    """One row per hotel, month and check_code: both figures, their gap (all in units, nights too), equal or not."""
    booked, stay, check = reservations(facts), stays(facts), checks(facts)
    stayed = booked[booked.is_stay]
    night = facts.ask(
        f"""select stay_id, (coalesce(room_revenue_reporting_amount, 0) * {UNITS})::bigint as figure
        from core.fct_stay_night"""
    ).merge(stay[["stay_id", "property_code", "month"]], on="stay_id")
    line = facts.ask(
        f"""select property_code, date_trunc('month', business_date)::timestamp as month, item_category,
            (coalesce(net_reporting_amount, 0) * {UNITS})::bigint as figure from core.fct_pos_line where not is_void"""
    )
    call = facts.ask("select *, timezone('UTC', started_at) as started from core.fct_interaction")
    call = call.assign(property_code=call.property_code.fillna("none"), month=month(call.started))
    charge = charges(facts)
    sides = {
        "room_nights_reservation_stay": (
            stayed.assign(figure=stayed.los_nights * stayed.room_count * UNITS),
            stay.assign(figure=stay.los_nights * UNITS),
        ),
        "room_revenue_reservation_stay": (stayed.assign(figure=stayed.room_units), stay.assign(figure=stay.room_units)),
        "room_revenue_stay_night": (stay[stay.los_nights > 0].assign(figure=stay.room_units), night),
        "pos_net_check_line": (check.assign(figure=check.net_units), line[~line.item_category.isin(NO_SALE)]),
        "fnb_folio_pos": (stayed.assign(figure=stayed.folio), charge.assign(figure=charge.own)),
        "reservation_with_customer": _known(booked),
        "pos_check_with_customer": _known(check),
        "interaction_with_customer": _known(call),
    }
    return sorted(row for code, both in sides.items() for row in _compared(code, *both))


def _known(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return rows.assign(figure=UNITS), rows.assign(figure=rows.customer_id.notna() * UNITS)


def _compared(code: str, left: pd.DataFrame, right: pd.DataFrame) -> list[tuple]:
    """Both sides by hotel and month; amounts are equal up to one unit for each that was converted."""
    keys = ["property_code", "month"]
    sides = [side.astype({"figure": object}).groupby(keys).figure.agg(["sum", "size"]) for side in (left, right)]
    both = sides[0].join(sides[1], how="outer", lsuffix="_left", rsuffix="_right").fillna(0)
    told = []
    for row in both.itertuples():
        figures = [int(side) for side in (row.sum_left, row.sum_right)]
        if code == "fnb_folio_pos":
            figures = [rounded(side) for side in figures]
        allowed = row.size_left + row.size_right if code in AMOUNTS else 0
        gap = figures[1] - figures[0]
        told.append((*row.Index, code, *figures, gap, code in EXPECTED_EQUAL, abs(gap) <= allowed))
    return told


def charges(facts: Facts) -> pd.DataFrame:
    """Checks charged to rooms, each in the month of the reservation that pays it, or its own when none was found."""
    payer = reservations(facts).set_index(BOOKING)[["status", "month", "is_stay", "currency_code", "rate"]]
    paid_by = ["reservation_source_system", "property_code", "reservation_id"]
    check = checks(facts)
    rows = check[check.is_on_folio].join(payer.add_prefix("payer_"), on=paid_by)
    rows["is_stay"] = rows.payer_is_stay.eq(True)
    rows["month"] = rows.payer_month.fillna(rows.month)
    rows["own"] = rows.fnb * rows.rate
    at_stay_rate = rows.currency_code.eq(rows.payer_currency_code)
    stay_rate = rows.payer_rate.where(at_stay_rate, rows.rate).astype("int64").astype(object)
    rows["tax"] = [int(amount * UNITS) for amount in rows.tax_amount.fillna(0)]
    for name, part in (("at_stay_rate", rows.fnb), ("all_items", rows.net), ("taxed", rows.tax.astype(object))):
        rows[name] = part * stay_rate
    return rows


def folio_pos_difference(facts: Facts) -> list[tuple]:
    """Per hotel, month and cause: folio, charges and their difference in units, stays and checks."""
    charge = charges(facts)
    lost = charge[~charge.is_stay]
    told = [
        (row.property_code, row.month, _without_stay(row.payer_status), 0, row.own, 0, 1) for row in lost.itertuples()
    ]
    paid = charge[charge.is_stay].groupby(["reservation_source_system", "property_code", "reservation_id"])
    by_stay = {
        key: (sum(rows.own), sum(rows.at_stay_rate), len(rows), sum(rows.all_items), sum(rows.taxed))
        for key, rows in paid
    }
    stayed = reservations(facts).query("is_stay")
    for row in stayed.itertuples():
        booking = (row.source_system, row.property_code, row.reservation_id)
        own, charged, count, all_items, tax = by_stay.get(booking, (0, 0, 0, 0, 0))
        cause = _cause(row.status, row.folio, charged, count, all_items, tax)
        told.append((row.property_code, row.month, cause, row.folio, charged, 1, count))
        if own != charged:
            told.append((row.property_code, row.month, "exchange_rate", 0, own - charged, 0, 0))
    names = ["property_code", "month", "cause", "folio", "pos", "stays", "checks"]
    summed = pd.DataFrame(told, columns=names).groupby(names[:3]).sum()
    return [
        (*row.Index, rounded(row.folio), rounded(row.pos), rounded(row.pos - row.folio), row.stays, row.checks)
        for row in summed.sort_index().itertuples()
    ]


def _without_stay(payer_status: object) -> str:
    return "charge_without_stay" if isinstance(payer_status, str) else "charge_without_reservation"


def _cause(status: str, folio: int, charged: int, check_count: int, all_items: int, tax: int) -> str:
    if abs(charged - folio) < CENT:
        return "agrees"
    if status == "in_house":
        return "stay_not_finished"
    if check_count == 0:
        return "folio_without_charge"
    if folio == 0:
        return "charge_without_folio"
    if abs(all_items - folio) < CENT:
        return "other_items_on_folio"
    if min(abs(charged + tax - folio), abs(all_items + tax - folio)) < CENT:
        return "tax_on_folio"
    return "folio_above_charge" if folio > charged else "folio_below_charge"
