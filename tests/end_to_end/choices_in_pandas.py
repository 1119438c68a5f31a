"""What customers choose and how they move between segments, computed again in pandas."""

from itertools import pairwise

import pandas as pd
from scipy.stats import binomtest

from tests.end_to_end.marts_in_pandas import UNITS, Facts

BEDS = {"twin", "king", "queen", "double", "single", "sofa", "bunk", "extra"}
PREFERENCE = ["customer_id", "preference_code", "value"]


def choices(facts: Facts) -> pd.DataFrame:
    """One row per choice that a customer made: what it was about, what was chosen, on what day."""
    stay = facts.stay.assign(floor=facts.stay.room_number.map(floor))
    visit = facts.visit.assign(weekday=facts.visit.arrival.dt.day_name())
    booking = facts.reservation.assign(
        day=pd.to_datetime(facts.reservation.booked_on).fillna(facts.reservation.arrival)
    )
    said = booking[["customer_id", "special_requests", "arrival"]].dropna()
    said = said.assign(request=said.special_requests.str.split(";")).explode("request")
    said["request"] = said.request.str.strip().str.lower()
    said["bed"] = said.request.map(bed)
    check = facts.ask("select *, business_date::timestamp as day from core.fct_pos_check where line_count > 0")
    check["outlet"] = check.outlet_name.fillna(check.outlet_code)
    parts = [
        ("room_type", stay, "room_type_code", "arrival"),
        ("floor", stay, "floor", "arrival"),
        ("property", stay, "property_code", "arrival"),
        ("rate_plan", stay, "rate_plan_code", "arrival"),
        ("arrival_weekday", visit, "weekday", "arrival"),
        ("channel", booking, "channel_code", "day"),
        ("special_request", said, "request", "arrival"),
        ("bed", said, "bed", "arrival"),
        ("outlet", check, "outlet", "day"),
    ]
    told = [
        rows[["customer_id", value, day]].set_axis(["customer_id", "value", "day"], axis=1).assign(preference_code=code)
        for code, rows, value, day in parts
    ]
    table = pd.concat(told).dropna()
    return table[table.value != ""]


def floor(room_number: object) -> str | None:
    """The floor in the number of a room: all but its last two digits."""
    number = str(room_number)
    return number[:-2].lstrip("0") or None if number.isascii() and number.isdigit() else None


def bed(request: str) -> str | None:
    """The bed that a request asks for, if it does."""
    words = "".join(letter if letter.isalnum() else " " for letter in request).split()
    return next((word for word in words if word in BEDS), None) if "bed" in request else None


def preferences(facts: Facts) -> pd.DataFrame:
    """Per customer and kind of choice the three chosen most often, then most recently, then first by name."""
    table = choices(facts).groupby(PREFERENCE).agg(evidence=("day", "size"), last=("day", "max")).reset_index()
    kind = table.groupby(PREFERENCE[:2])
    table["choices"] = kind.evidence.transform("sum")
    table = table.sort_values(["evidence", "last", "value"], ascending=[False, False, True])
    table["rank"] = table.groupby(PREFERENCE[:2]).cumcount() + 1
    table = table[table["rank"] <= 3].sort_values([*PREFERENCE[:2], "rank"])
    return table[[*PREFERENCE[:2], "rank", "value", "evidence", "choices", "last"]]


def confidences(evidence: pd.Series, whole: pd.Series) -> list[float]:
    """Lower end of the 95% Wilson interval of each share, by scipy."""
    pairs = list(zip(evidence, whole, strict=True))
    low = {pair: binomtest(*pair).proportion_ci(0.95, method="wilson").low for pair in set(pairs)}
    return [low[pair] for pair in pairs]


def segment_moves(history: pd.DataFrame, current_id: dict[str, str]) -> list[tuple]:
    """Moves between the newest scores of one month and of the scored month before.

    The history has customer_id, as_of_date, segment_code and units. Ids that were merged since count once, with all
    their spend and in the segment of the id that spent most.
    """
    days = sorted(history.groupby(history.as_of_date.dt.to_period("M")).as_of_date.max())
    rows = history.assign(customer_id=[current_id.get(who, who) for who in history.customer_id])
    rows = rows.sort_values(["units", "segment_code"])
    scored = {
        day: rows[rows.as_of_date == day]
        .groupby("customer_id")
        .agg(code=("segment_code", "last"), units=("units", "sum"))
        for day in days
    }
    told = []
    for before, day in pairwise(days):
        both = scored[before].join(scored[day], how="outer", lsuffix="_from", rsuffix="_to")
        both = both.fillna({"code_from": "none", "code_to": "none", "units_from": 0, "units_to": 0})
        moved = both.groupby(["code_from", "code_to"]).agg(
            count=("units_to", "size"), units_from=("units_from", "sum"), units_to=("units_to", "sum")
        )
        told += [(day, *row) for row in moved.reset_index().itertuples(index=False, name=None)]
    return told


def aged_scores(facts: Facts) -> pd.DataFrame:
    """Scores of five days in four months, made of those of the night: segments moved on, some not scored every time."""
    now = facts.ask(
        f"""select customer_id, segment_code, (spend_trailing_year_amount * {UNITS})::bigint as units
        from ml.customer_segment order by customer_id"""
    )
    codes = sorted(now.segment_code.unique())
    place = now.segment_code.map(codes.index)
    days = pd.to_datetime(["2026-06-30", "2026-08-10", "2026-08-31", "2026-09-30", "2026-11-18"])
    parts = []
    for number, day in enumerate(days):
        step = (now.index * 7 + number * number) % 3
        moved = now.assign(as_of_date=day, segment_code=[codes[i] for i in (place + step) % len(codes)])
        moved["units"] = moved.units + number * 12345
        parts.append(moved[(now.index + number) % 5 != 0])
    return pd.concat(parts, ignore_index=True)
