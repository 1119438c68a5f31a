"""Marts of the hotels computed again in pandas: their days and where business comes from.

Money is in units (see marts_in_pandas); an amount times a rate is kept whole until it is rounded once, as a sum.
"""

import numpy as np
import pandas as pd

from tests.end_to_end import bookings_in_pandas as bookings
from tests.end_to_end.marts_in_pandas import UNITS, Facts

RATE_UNITS = 10**8
STAYED = ("in_house", "checked_out")
NO_SALE = ("tip", "service_charge")
CHECK = ["source_system", "property_code", "pos_check_id"]
BOOKING = ["source_system", "property_code", "reservation_id"]
SOURCE = [*bookings.SOURCE, "stay_count", "total_revenue", "repeat_in_group_count", "repeat_in_property_count"]


def rounded(whole: int) -> int:
    """Units of an amount times a rate, halves away from zero."""
    return (abs(whole) + RATE_UNITS // 2) // RATE_UNITS * (1 if whole >= 0 else -1)


def month(days: pd.Series) -> pd.Series:
    """First day of the month."""
    return days.dt.to_period("M").dt.start_time


def reservations(facts: Facts) -> pd.DataFrame:
    """Every reservation with its stays added up, its month of arrival, and its folio's food and beverage times rate."""
    rows = facts.ask(
        f"""select *, (coalesce(fnb_revenue_amount, 0) * {UNITS})::bigint as fnb_units,
            (coalesce(reporting_rate, 0) * {RATE_UNITS})::bigint as rate,
            (coalesce(room_revenue_reporting_amount, 0) * {UNITS})::bigint as room_units,
            arrival_date::timestamp as arrival from core.fct_reservation"""
    )
    rows["month"] = month(rows.arrival)
    rows["is_stay"] = rows.status.isin(STAYED)
    rows["folio"] = rows.fnb_units.astype(object) * rows.rate
    return rows


def stays(facts: Facts) -> pd.DataFrame:
    """Every stay with its room revenue in units and its month of arrival."""
    rows = facts.ask(
        f"""select stay_id, (coalesce(room_revenue_reporting_amount, 0) * {UNITS})::bigint as room_units
        from core.fct_stay"""
    ).merge(facts.stay, on="stay_id")
    rows["month"] = month(rows.arrival)
    return rows


def checks(facts: Facts) -> pd.DataFrame:
    """Every check with its money added up again from its lines, before and after exchange."""
    lines = facts.ask(f"select *, (net_amount * {UNITS})::bigint as units from core.fct_pos_line where not is_void")
    sale = lines[~lines.item_category.isin(NO_SALE)]
    food = sale[sale.item_category.isin(("food", "beverage"))]
    rows = facts.ask(
        f"""select *, business_date::timestamp as day, (coalesce(reporting_rate, 0) * {RATE_UNITS})::bigint as rate
        from core.fct_pos_check"""
    ).set_index(CHECK)
    for name, part in (("net", sale), ("fnb", food)):
        rows[name] = part.groupby(CHECK).units.sum().reindex(rows.index, fill_value=0).astype(object)
        rows[f"{name}_units"] = [rounded(whole) for whole in rows[name] * rows.rate]
    rows["is_open"] = rows.index.isin(pd.MultiIndex.from_frame(lines[CHECK]))
    rows["month"] = month(rows.day)
    return rows.reset_index()


def property_daily(facts: Facts) -> pd.DataFrame:
    """One row per hotel and day from its first to its last with anything to report, up to the night."""
    stay, booked, check = stays(facts), reservations(facts), checks(facts)
    night = stay.loc[stay.index.repeat(stay.los_nights)].reset_index(drop=True)
    night["day"] = night.arrival + pd.to_timedelta(night.groupby("stay_id").cumcount(), unit="D")
    room = night.assign(room=night.source_system + night.share_id.fillna(night.stay_id))
    amount = facts.ask(
        f"""select property_code, stay_date::timestamp as day,
            (coalesce(room_revenue_reporting_amount, 0) * {UNITS})::bigint as units from core.fct_stay_night"""
    )
    day_use = stay[stay.los_nights == 0]
    cancelled = booked[booked.status.eq("cancelled")]
    cancelled = cancelled.assign(day=pd.to_datetime(cancelled.cancelled_on.fillna(cancelled.cancellation_known_on)))
    check = check[check.is_open]
    eaten = check[check.fnb.gt(0) & check.reservation_id.notna()]
    eaten = eaten.drop_duplicates(["property_code", "day", "reservation_source_system", "reservation_id"])
    parts = {
        "rooms_sold_count": _by_day(room.drop_duplicates(["property_code", "day", "room"]), "day"),
        "occupied_stay_count": _by_day(night, "day"),
        "arrival_count": _by_day(stay, "arrival"),
        "departure_count": _by_day(stay[stay.status.eq("checked_out")], "departure_date"),
        "day_use_count": _by_day(day_use, "arrival"),
        "booking_count": _by_day(booked, "booked_on"),
        "cancellation_count": _by_day(cancelled, "day"),
        "no_show_count": _by_day(booked[booked.status.eq("no_show")], "arrival"),
        "pos_check_count": _by_day(check, "day"),
        "fnb_guest_count": _by_day(eaten, "day"),
        "room_revenue_amount": _by_day(amount, "day", "units"),
        "day_use_revenue_amount": _by_day(day_use, "arrival", "room_units"),
        "fnb_amount": _by_day(check, "day", "fnb_units"),
        "pos_amount": _by_day(check, "day", "net_units"),
    }
    table = pd.DataFrame(parts).reset_index()
    table = table[table.day <= facts.night].set_index("day")
    whole = [hotel.drop(columns="property_code").asfreq("D") for _, hotel in table.groupby("property_code")]
    table = pd.concat(whole, keys=sorted(table.property_code.unique()), names=["property_code", "day"])
    table = table.fillna(0).astype("int64")
    table["total_revenue_amount"] = table.room_revenue_amount + table.day_use_revenue_amount + table.pos_amount
    return table


def per_room(facts: Facts, table: pd.DataFrame) -> pd.DataFrame:
    """The shares and the amounts per room of the hotels' days; amounts in whole currency."""
    rooms = facts.ask("select property_code, room_count from core.dim_property").set_index("property_code").room_count
    available = rooms.reindex(table.index.get_level_values("property_code")).to_numpy(dtype=float)
    sold, guests = (table[name].replace(0, np.nan) for name in ("rooms_sold_count", "occupied_stay_count"))
    return pd.DataFrame(
        {
            "rooms_available_count": available,
            "occupancy_share": table.rooms_sold_count / available,
            "adr_amount": table.room_revenue_amount / sold / UNITS,
            "revpar_amount": table.room_revenue_amount / available / UNITS,
            "trevpar_amount": table.total_revenue_amount / available / UNITS,
            "fnb_capture_share": table.fnb_guest_count / guests,
        }
    )


def _by_day(rows: pd.DataFrame, day: str, units: str | None = None) -> pd.Series:
    by_day = rows.assign(day=pd.to_datetime(rows[day])).groupby(["property_code", "day"])
    return by_day[units].sum() if units else by_day.size()


def source_of_business(facts: Facts) -> pd.DataFrame:
    """One row per hotel, month of arrival, dimension and its value: every reservation once under each dimension."""
    rows = reservations(facts)
    became = (
        stays(facts)
        .groupby(BOOKING)
        .agg(
            stay_count=("stay_id", "size"),
            night_count=("los_nights", "sum"),
            room_revenue_cents=("room_units", "sum"),
            total_revenue=("units", "sum"),
        )
    )
    rows = rows.join(became, on=BOOKING)
    rows[became.columns] = rows[became.columns].fillna(0).astype("int64")
    visit = facts.ask("select customer_id, property_code, arrival_date::timestamp as arrival from core.fct_visit")
    first_here = visit.groupby(["customer_id", "property_code"]).arrival.min().rename("first_here")
    first_ever = visit.groupby("customer_id").arrival.min().rename("first_ever")
    rows = rows.join(first_here, on=["customer_id", "property_code"]).join(first_ever, on="customer_id")
    rows = rows.assign(
        reservation_count=1,
        cancelled_count=rows.status.eq("cancelled").astype(int),
        no_show_count=rows.status.eq("no_show").astype(int),
        stayed_count=rows.is_stay.astype(int),
        repeat_in_group_count=(rows.is_stay & (rows.arrival > rows.first_ever)).astype(int),
        repeat_in_property_count=(rows.is_stay & (rows.arrival > rows.first_here)).astype(int),
        channel=rows.channel_code,
        market_segment=rows.market_segment_code,
        nationality=rows.guest_nationality_code.fillna(rows.guest_country_code),
        lead_time=bookings.lead_time(rows.lead_time_days),
    )
    rows[bookings.DIMENSIONS] = rows[bookings.DIMENSIONS].fillna("unknown")
    return bookings.by_source(rows, SOURCE)
