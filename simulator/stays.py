"""Planned visits become reservations: channel, lead time, rooms, prices, cancellations, groups and sharers."""

import numpy as np
import pandas as pd

from simulator.streams import blank, codes, pick, pick_rows
from simulator.world import CANCEL_SHARES, CHANNELS, PROPERTIES, RATE_FACTORS, ROOM_FACTORS, Calendar, season

GROUP_SIZE = 8
# channel weights by kind of traveller, in the order of CHANNELS
_CHANNEL_WEIGHTS = {
    "leisure": (26, 12, 26, 10, 5, 3, 0, 12, 6, 0),
    "business": (14, 10, 8, 4, 2, 16, 36, 5, 5, 0),
    "family": (30, 14, 22, 8, 3, 1, 0, 18, 4, 0),
    "group": (0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
}
_LEAD_DAYS = {"leisure": 42, "business": 12, "family": 75, "group": 120}


def _no_overlap(rows: pd.DataFrame, is_optional: pd.Series) -> pd.DataFrame:
    """Drops optional rows that overlap another stay of the same person."""
    order = rows.assign(is_optional=is_optional).sort_values(["person", "arrival", "is_optional"], kind="stable")
    leaves = order["arrival"] + order["nights"]
    same_before = order["person"].eq(order["person"].shift())
    same_after = order["person"].eq(order["person"].shift(-1))
    clash = (same_before & (order["arrival"] <= leaves.groupby(order["person"]).cummax().shift())) | (
        same_after & (leaves >= order["arrival"].shift(-1))
    )
    kept = order[~(clash & order["is_optional"])]
    return kept.drop(columns="is_optional").sort_values(["arrival", "person"], ignore_index=True)


def _groups(visits: pd.DataFrame) -> pd.DataFrame:
    """Lets visits of group travellers in one property arrive together under one block code."""
    is_group = visits["kind"] == "group"
    chunk = visits[is_group].groupby("property").cumcount() // GROUP_SIZE
    visits["block"] = -1
    block = visits.loc[is_group, "property"] * 1_000_000 + chunk
    visits.loc[is_group, "block"] = block
    first = visits[is_group].groupby(block)[["arrival", "nights"]].transform("first")
    visits.loc[is_group, ["arrival", "nights"]] = first
    visits = visits[~(is_group & visits.duplicated(["block", "person"]))]
    return _no_overlap(visits, visits["kind"] == "group")


def _sharers(rng: np.random.Generator, visits: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Adds the partner's own reservation of the same room to a third of the visits of couples."""
    scenario, partner = people["scenario"].to_numpy(), people["partner"].to_numpy()
    visits["share_group"] = -1
    visits["is_sharer"] = False
    at = np.flatnonzero((scenario[visits["person"]] == "couple") & (rng.random(len(visits)) < 0.35))
    extra = visits.iloc[at].assign(share_group=at, is_sharer=True, severity=0, leave_reason=0)
    extra["person"] = partner[extra["person"]]
    visits.loc[at, "share_group"] = at
    both = _no_overlap(
        pd.concat([visits, extra], ignore_index=True),
        pd.concat([visits["is_sharer"], extra["is_sharer"]], ignore_index=True),
    )
    alone = both.groupby("share_group")["person"].transform("size") < 2
    both.loc[alone | (both["share_group"] < 0), "share_group"] = -1
    return both[~(both["is_sharer"] & (both["share_group"] < 0))].reset_index(drop=True)


def _extensions(rng: np.random.Generator, stays: pd.DataFrame) -> pd.DataFrame:
    """Splits some stays into two reservations that touch and share a confirmation number: one visit still."""
    stays["confirmation_group"] = np.arange(len(stays))
    at = np.flatnonzero(
        (stays["nights"] >= 2) & (stays["share_group"] < 0) & (stays["block"] < 0) & (rng.random(len(stays)) < 0.02)
    )
    late = stays.iloc[at].copy()
    first_nights = np.maximum(late["nights"] // 2, 1)
    late["arrival"] += first_nights
    late["nights"] -= first_nights
    late["severity"] = 0
    stays.loc[stays.index[at], "nights"] = first_nights
    return pd.concat([stays, late], ignore_index=True)


def _channels(rng: np.random.Generator, stays: pd.DataFrame, people: pd.DataFrame, calendar: Calendar) -> np.ndarray:
    """Channel number per reservation; members book direct more, everybody does later on."""
    kinds = list(_CHANNEL_WEIGHTS)
    table = np.array([_CHANNEL_WEIGHTS[kind] for kind in kinds], dtype=float)
    weights = table[stays["kind"].map({kind: i for i, kind in enumerate(kinds)}).to_numpy()]
    who = stays["person"].to_numpy()
    is_member = people["loyalty_number"].notna().to_numpy()[who]
    later = np.clip((stays["arrival"].to_numpy() - calendar.start) / max(calendar.span, 1), 0, 1)
    weights[:, 0] *= (1 + is_member * 1.4) * (1 + 0.6 * later)
    weights[:, 2:5] *= np.where(is_member, 0.5, 1.0)[:, None]
    scenario = people["scenario"].to_numpy()[who]
    weights[:, 2:5] *= np.where(scenario == "ota_relay", 25.0, 1.0)[:, None]
    weights[:, 7] *= np.where(scenario == "agency_contact", 40.0, 1.0)
    weights[:, 6] *= np.where(np.isin(scenario, ["assistant_booked", "switchboard"]), 6.0, 1.0)
    return pick_rows(rng, weights)


def _prices(rng: np.random.Generator, stays: pd.DataFrame, calendar: Calendar) -> np.ndarray:
    """Rate per room and night in the property's currency."""
    level = season(calendar.start, int(stays["arrival"].max()))
    place, arrival = stays["property"].to_numpy(), stays["arrival"].to_numpy()
    base = np.array([item.base_rate for item in PROPERTIES])[place]
    busy = np.clip(level[place, arrival - calendar.start], 0.3, 2.6) ** 0.35
    years = (arrival - calendar.start) / 365
    rise = np.where(arrival >= calendar.price_rise, 1.12, 1.0)
    noise = np.exp(rng.normal(0, 0.12, len(stays)))
    room = np.array(ROOM_FACTORS)[stays["room_type"].to_numpy()]
    return np.round(base * busy * room * RATE_FACTORS[stays["channel"].to_numpy()] * rise * 1.025**years * noise, 0)


def _clock(rng: np.random.Generator, day: np.ndarray, mean_hour: float, spread: float) -> np.ndarray:
    """Local times of day around an hour, never on another day."""
    seconds = np.clip(rng.normal(mean_hour, spread, len(day)), 0, 23.98) * 3600
    return day.astype("datetime64[D]").astype("datetime64[s]") + seconds.astype("timedelta64[s]")


def _times(rng: np.random.Generator, stays: pd.DataFrame) -> None:
    """Local times of booking, cancellation, check-in and check-out; NaT where it does not happen. In place."""
    size = len(stays)
    arrival, nights = stays["arrival"].to_numpy(), stays["nights"].to_numpy()
    mean = stays["kind"].map(_LEAD_DAYS).to_numpy()
    lead = np.minimum(rng.gamma(1.1, mean / 1.1), 330).astype(int)
    lead = np.where(stays["channel"] == 8, 0, lead)
    # a block, a shared room and an extension are booked at once
    for column in ("block", "share_group", "confirmation_group"):
        key = stays[column].to_numpy()
        known = np.where(key >= 0, key, -1 - np.arange(size))
        lead = pd.Series(lead).groupby(known).transform("first").to_numpy()
    stays["lead_days"] = lead
    check_in = np.where(nights == 0, _clock(rng, arrival, 9.5, 0.7), _clock(rng, arrival, 16.5, 2.2))
    check_out = np.where(nights == 0, _clock(rng, arrival, 17.5, 1.0), _clock(rng, arrival + nights, 9.8, 1.1))
    check_out = np.maximum(check_out, check_in + np.timedelta64(1800, "s"))
    booked = _clock(rng, arrival - lead, 14.5, 4.0)
    stays["booked_local"] = np.where(lead == 0, check_in - np.timedelta64(1500, "s"), booked)
    stays["check_in_local"], stays["check_out_local"] = check_in, check_out
    share = CANCEL_SHARES[stays["channel"].to_numpy()] * np.clip(0.5 + lead / 90, 0.4, 1.6)
    draw = rng.random(size)
    for column in ("share_group", "confirmation_group"):
        key = stays[column].to_numpy()
        known = np.where(key >= 0, key, -1 - np.arange(size))
        draw = pd.Series(draw).groupby(known).transform("first").to_numpy()
    is_cancelled = (draw < share) & (lead > 0)
    when = stays["booked_local"].to_numpy() + (
        (check_in - stays["booked_local"].to_numpy()).astype(float) * rng.random(size) ** 0.8
    ).astype("timedelta64[s]")
    stays["cancelled_local"] = np.where(is_cancelled, when, np.datetime64("NaT"))
    stays["is_no_show"] = ~is_cancelled & (draw > 0.985) & (stays["channel"] != 8) & (stays["share_group"] < 0)


def make_stays(
    rng: np.random.Generator, people: pd.DataFrame, visits: pd.DataFrame, calendar: Calendar
) -> pd.DataFrame:
    """One row per reservation booked by the end date; position is the reservation number used in all modules."""
    visits["kind"] = people["kind"].to_numpy()[visits["person"]]
    stays = _extensions(rng, _sharers(rng, _groups(visits), people))
    size = len(stays)
    who = stays["person"].to_numpy()
    stays["channel"] = _channels(rng, stays, people, calendar)
    room_type = np.where(rng.random(size) < 0.78, people["room_type"].to_numpy()[who], rng.integers(0, 2, size))
    stays["booked_room_type"] = np.where(stays["kind"] == "group", 0, room_type)
    upgraded = (rng.random(size) < 0.05) & (stays["booked_room_type"] == 0)
    stays["room_type"] = np.where(upgraded, 1, stays["booked_room_type"])
    stays["room_count"] = np.where(
        (stays["kind"] == "family") & (stays["share_group"] < 0) & (rng.random(size) < 0.15), 2, 1
    )
    alone = stays["kind"].isin(["business", "group"])
    stays["adults"] = np.where(alone, 1 + (rng.random(size) < 0.1), 1 + (rng.random(size) < 0.72)) * stays["room_count"]
    stays["children"] = np.where(stays["kind"] == "family", 1 + rng.binomial(2, 0.4, size), 0)
    _times(rng, stays)
    stays["rate"] = _prices(rng, stays, calendar)
    stays.loc[rng.random(size) < 0.004, "rate"] = 0.0
    end = np.datetime64(calendar.end + 1, "D").astype("datetime64[s]")
    stays = stays[stays["booked_local"] < end]
    stays = stays.sort_values(["booked_local", "property", "person", "arrival"], kind="stable", ignore_index=True)
    # one room sold to two: the first of the sharers carries half, so does the other
    stays["sharer_count"] = np.where(stays["share_group"] >= 0, 2, 1)
    for column in ("room_type", "booked_room_type", "rate"):
        key = np.where(stays["share_group"] >= 0, stays["share_group"], -1 - np.arange(len(stays)))
        stays[column] = stays.groupby(key)[column].transform("first")
    stays["room_revenue"] = np.round(
        stays["rate"] * stays["nights"].clip(lower=0.6) * stays["room_count"] / stays["sharer_count"], 2
    )
    stays["breakfast"] = (rng.random(len(stays)) < np.where(stays["kind"] == "business", 0.3, 0.5)) & (
        stays["nights"] > 0
    )
    return _numbers(rng, stays)


def _numbers(rng: np.random.Generator, stays: pd.DataFrame) -> pd.DataFrame:
    """Reservation, confirmation and external numbers; reservation ids of two properties collide on purpose."""
    rank = stays.groupby("property").cumcount().to_numpy()
    stays["reservation_id"] = np.array([str(100_000 + number) for number in rank.tolist()], dtype=object)
    first = stays.groupby("confirmation_group")["confirmation_group"].transform("first")
    scrambled = (first.to_numpy() * 7919 + 31) % 99_999_989
    stays["confirmation_number"] = np.array(
        [f"{place + 1}{number:08d}" for place, number in zip(stays["property"], scrambled.tolist(), strict=True)],
        dtype=object,
    )
    is_ota = stays["channel"].isin([2, 3, 4]).to_numpy()
    numbers = rng.integers(10**9, 10**10, len(stays))
    stays["external_reference"] = blank(codes("", numbers), is_ota)
    stays["is_ota"] = is_ota
    return stays


def statuses(stays: pd.DataFrame, moment: np.datetime64) -> np.ndarray:
    """Status of every reservation at a local moment: reserved, in_house, checked_out, cancelled or no_show."""
    status = np.full(len(stays), "reserved", dtype=object)
    status[(stays["check_in_local"] <= moment).to_numpy()] = "in_house"
    status[(stays["check_out_local"] <= moment).to_numpy()] = "checked_out"
    no_show = stays["is_no_show"].to_numpy()
    arrived = no_show_time(stays) <= moment
    status[no_show] = np.where(arrived[no_show], "no_show", "reserved")
    cancelled = stays["cancelled_local"].notna().to_numpy()
    gone = (stays["cancelled_local"] <= moment).to_numpy()
    status[cancelled] = np.where(gone[cancelled], "cancelled", "reserved")
    return status


def no_show_time(stays: pd.DataFrame) -> np.ndarray:
    """Local time at which the night audit declares a no-show: late on the evening of arrival."""
    return stays["arrival"].to_numpy().astype("datetime64[D]").astype("datetime64[s]") + np.timedelta64(
        23 * 3600 + 1800, "s"
    )


def market_segments(stays: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Market segment code as the hotel keys it, with a few per cent mis-keyed."""
    known = stays["kind"].map({"business": "COR", "leisure": "LEI", "family": "LEI", "group": "GRP"}).to_numpy()
    known = np.where(stays["is_ota"], "OTA", known)
    return np.where(rng.random(len(stays)) < 0.04, pick(rng, ("LEI", "COR", "OTA"), None, len(stays)), known)


def channel_codes(stays: pd.DataFrame) -> np.ndarray:
    """Channel code per reservation."""
    return np.array(CHANNELS, dtype=object)[stays["channel"].to_numpy()]
