"""The public hotel bookings counted in plain pandas, straight from the file: the second road to two marts."""

import numpy as np
import pandas as pd

DAILY = [
    "rooms_sold_count", "arrival_count", "departure_count", "day_use_count", "booking_count", "cancellation_count",
    "no_show_count", "room_revenue_cents",
]  # fmt: skip
SOURCE = ["reservation_count", "cancelled_count", "no_show_count", "stayed_count", "night_count", "room_revenue_cents"]
DIMENSIONS = ["channel", "market_segment", "nationality", "lead_time"]
LEAD_TIMES = {0: "0 days", 7: "1-7 days", 30: "8-30 days", 90: "31-90 days", np.inf: "over 90 days"}


def read_bookings(path: str) -> pd.DataFrame:
    """One row per booking, dates and whole cents made from the file's columns."""
    raw = pd.read_parquet(path)
    day = (
        raw.arrival_date_year.astype(str)
        + " "
        + raw.arrival_date_month
        + " "
        + raw.arrival_date_day_of_month.astype(str)
    )
    frame = pd.DataFrame({"property_code": raw.hotel.map({"Resort Hotel": "H1", "City Hotel": "H2"})})
    frame["arrival"] = pd.to_datetime(day, format="%Y %B %d")
    frame["nights"] = raw.stays_in_weekend_nights + raw.stays_in_week_nights
    frame["departure"] = frame.arrival + pd.to_timedelta(frame.nights, unit="D")
    frame["booked"] = frame.arrival - pd.to_timedelta(raw.lead_time, unit="D")
    frame["status_day"] = pd.to_datetime(raw.reservation_status_date)
    frame["is_stay"] = raw.reservation_status.eq("Check-Out")
    frame["is_cancelled"] = raw.reservation_status.eq("Canceled")
    frame["is_no_show"] = raw.reservation_status.eq("No-Show")
    frame["cents"] = (raw.adr * 100).round().astype("int64") * frame.nights
    frame["channel"] = raw.distribution_channel
    frame["market_segment"] = raw.market_segment
    frame["nationality"] = raw.country.replace("NULL", np.nan).fillna("unknown")
    frame["lead_time"] = lead_time(raw.lead_time)
    return frame


def lead_time(days: pd.Series) -> pd.Series:
    """The band of each number of days; null where they are not known."""
    return pd.cut(days, [-np.inf, *LEAD_TIMES], labels=list(LEAD_TIMES.values())).astype(str)


def property_daily(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per property_code and business_date with anything to report: counts and room revenue in cents."""
    stay = frame[frame.is_stay]
    slept = stay[stay.nights > 0]
    night = slept.loc[slept.index.repeat(slept.nights)]
    offset = night.groupby(level=0).cumcount()
    share = np.trunc(night.cents / night.nights).astype("int64")
    first = night.cents - share * (night.nights - 1)  # what cannot be split evenly is on the first night
    night = night.assign(
        date=night.arrival + pd.to_timedelta(offset, unit="D"), cents=np.where(offset == 0, first, share)
    )
    by_night = night.groupby(["property_code", "date"])
    parts = {
        "rooms_sold_count": by_night.size(),
        "arrival_count": _count(stay, "arrival"),
        "departure_count": _count(stay, "departure"),
        "day_use_count": _count(stay[stay.nights == 0], "arrival"),
        "booking_count": _count(frame, "booked"),
        "cancellation_count": _count(frame[frame.is_cancelled], "status_day"),
        "no_show_count": _count(frame[frame.is_no_show], "arrival"),
        "room_revenue_cents": by_night.cents.sum(),
    }
    table = pd.DataFrame({name: part.rename_axis(["property_code", "date"]) for name, part in parts.items()})
    return table.fillna(0).astype("int64").sort_index()


def source_of_business(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per property_code, month of arrival, dimension and its value."""
    stay = frame.is_stay
    rows = frame.assign(
        month=frame.arrival.dt.to_period("M").dt.start_time,
        reservation_count=1,
        cancelled_count=frame.is_cancelled.astype(int),
        no_show_count=frame.is_no_show.astype(int),
        stayed_count=stay.astype(int),
        night_count=frame.nights.where(stay, 0),
        room_revenue_cents=frame.cents.where(stay, 0),
    )
    return by_source(rows, SOURCE)


def by_source(rows: pd.DataFrame, measures: list[str]) -> pd.DataFrame:
    """The measures summed by property_code, month, dimension and its value, every row under each dimension."""
    parts = [rows.assign(code=name, value=rows[name]) for name in DIMENSIONS]
    return pd.concat(parts).groupby(["property_code", "month", "code", "value"])[measures].sum().sort_index()


def _count(rows: pd.DataFrame, day: str) -> pd.Series:
    return rows.groupby(["property_code", day]).size()
