"""The life of a reservation as versions: booked, changed, cancelled, checked in, moved, checked out, corrected."""

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulator.columns import feed_table, to_utc
from simulator.pos import PosWorld, folio
from simulator.registration import Registration, typed_names
from simulator.rooms import Rooms
from simulator.stays import channel_codes, market_segments, no_show_time
from simulator.streams import blank, codes, pick
from simulator.versions import Versions, export_years, local_days, select_delivered
from simulator.world import EURO_RATES, PROPERTIES, ROOM_TYPES, TIME_ZONES, Calendar

BOOKED, CHANGED, CANCELLED, NO_SHOW, CHECKED_IN, MOVED, CHECKED_OUT, CORRECTED = range(8)
_STATUS = np.array(
    ["reserved", "reserved", "cancelled", "no_show", "in_house", "in_house", "checked_out", "checked_out"], dtype=object
)
# properties whose PMS sends the price of every night
_NIGHTLY_PROPERTIES = (0, 1, 4)


@dataclass
class Change:
    """What earlier versions of a reservation showed differently; arrays by reservation number."""

    is_changed: np.ndarray
    shift_days: np.ndarray
    is_waitlisted: np.ndarray
    is_nameless: np.ndarray
    earlier_person: np.ndarray
    is_corrected: np.ndarray
    is_blanked: np.ndarray
    correction: np.ndarray


def draw_changes(rng: np.random.Generator, stays: pd.DataFrame, people: pd.DataFrame) -> Change:
    """Changes of date, placeholder guests, swapped guests, corrections after departure."""
    size = len(stays)
    lead = stays["lead_days"].to_numpy()
    is_changed = (rng.random(size) < 0.14) & (lead > 3)
    shift = np.where(is_changed & (rng.random(size) < 0.6), rng.integers(-7, 8, size), 0)
    shift = np.where(stays["share_group"] >= 0, 0, np.maximum(shift, 2 - lead))
    who = stays["person"].to_numpy()
    company = people["company"].to_numpy()
    order = np.lexsort((np.arange(len(people)), company))
    colleague = np.arange(len(people))
    same = company[order] == np.roll(company[order], -1)
    colleague[order] = np.where(same & (company[order] >= 0), np.roll(order, -1), order)
    is_corporate = (stays["channel"] == 6).to_numpy()
    swap = is_corporate & (rng.random(size) < 0.02) & (lead > 1)
    nameless = (stays["kind"] == "group").to_numpy() & (rng.random(size) < 0.25) & (lead > 3) & ~swap
    corrected = rng.random(size) < 0.025
    return Change(
        is_changed,
        shift,
        is_changed & (rng.random(size) < 0.05),
        nameless,
        np.where(swap, colleague[who], who),
        corrected,
        corrected & (rng.random(size) < 0.2),
        np.round(rng.normal(0, 40, size), 2),
    )


def _life(rng: np.random.Generator, stays: pd.DataFrame, rooms: Rooms, change: Change) -> pd.DataFrame:
    """One row per version: reservation number, kind and local time, ordered by reservation and time."""
    booked, cancelled = stays["booked_local"].to_numpy(), stays["cancelled_local"].to_numpy()
    check_in, check_out = stays["check_in_local"].to_numpy(), stays["check_out_local"].to_numpy()
    stopped = ~np.isnat(cancelled)
    no_show = stays["is_no_show"].to_numpy()
    stays_in = ~stopped & ~no_show
    until = np.where(stopped, cancelled, check_in)
    middle = booked + ((until - booked).astype(float) * (0.05 + 0.9 * rng.random(len(stays)))).astype("timedelta64[s]")
    moved = rooms.move_day >= 0
    move = np.maximum(rooms.move_day, 0).astype("datetime64[D]").astype("datetime64[s]") + np.timedelta64(
        11 * 3600, "s"
    )
    corrected = (
        check_out + (1 + 2 * rng.random(len(stays)) * 86400).astype("timedelta64[s]") + np.timedelta64(3600, "s")
    )
    parts = [
        (BOOKED, np.ones(len(stays), dtype=bool), booked),
        (CHANGED, change.is_changed, middle),
        (CANCELLED, stopped, cancelled),
        (NO_SHOW, no_show, no_show_time(stays)),
        (CHECKED_IN, stays_in, check_in),
        (MOVED, moved & stays_in, move),
        (CHECKED_OUT, stays_in, check_out),
        (CORRECTED, stays_in & change.is_corrected, corrected),
    ]
    life = pd.concat(
        [pd.DataFrame({"stay": np.flatnonzero(mask), "kind": kind, "local": when[mask]}) for kind, mask, when in parts]
    )
    return life.sort_values(["stay", "kind"], kind="stable", ignore_index=True)


def _nightly(stays: pd.DataFrame, rows: np.ndarray) -> np.ndarray:
    """JSON of date and room amount per night for reservation numbers; parts add up to the room revenue."""
    texts = {}
    days = stays["arrival"].to_numpy()[rows].astype("datetime64[D]").astype(object).tolist()
    cents = np.round(stays["room_revenue"].to_numpy()[rows] * 100).astype(int).tolist()
    weekend = (0, 0, 0, 0, 1, 1, 0)
    for row, first, total, nights in zip(
        rows.tolist(), days, cents, stays["nights"].to_numpy()[rows].tolist(), strict=True
    ):
        if row in texts or nights < 1:
            continue
        dates = [first.fromordinal(first.toordinal() + night) for night in range(nights)]
        weights = [10 + weekend[day.weekday()] for day in dates]
        amounts = [total * weight // sum(weights) for weight in weights]
        amounts[0] += total - sum(amounts)
        texts[row] = json.dumps(
            [{"date": day.isoformat(), "room_amount": amount / 100} for day, amount in zip(dates, amounts, strict=True)]
        )
    return np.array([texts.get(row) for row in rows.tolist()] + [None], dtype=object)[:-1]


def _booking_columns(rng: np.random.Generator, stays: pd.DataFrame) -> dict[str, np.ndarray]:
    """Columns by reservation number that no version changes."""
    size, place = len(stays), stays["property"].to_numpy()
    kind = stays["kind"].to_numpy(dtype=object)
    types = np.array(ROOM_TYPES, dtype=object)
    share, block = stays["share_group"].to_numpy(), stays["block"].to_numpy()
    plan = np.select(
        [kind == "group", stays["channel"].isin([6]), stays["is_ota"]], ["GRP", "COR", "OTA"], "BAR"
    ).astype(object)
    return {
        "source_system": np.array([item.source_system for item in PROPERTIES], dtype=object)[place],
        "property_code": np.array([item.code for item in PROPERTIES], dtype=object)[place],
        "reservation_id": stays["reservation_id"].to_numpy(dtype=object),
        "confirmation_number": stays["confirmation_number"].to_numpy(dtype=object),
        "external_reference": stays["external_reference"].to_numpy(dtype=object),
        "room_count": stays["room_count"].to_numpy(),
        "booked_room_type_code": types[stays["booked_room_type"].to_numpy()],
        "room_type_code": types[stays["room_type"].to_numpy()],
        "adult_count": stays["adults"].to_numpy(),
        "child_count": stays["children"].to_numpy(),
        "rate_plan_code": plan,
        "market_segment_code": market_segments(stays, rng),
        "channel_code": channel_codes(stays),
        "source_code": pick(rng, ("WEB", "TEL", "GDS", "FIT"), (4, 2, 1, 2), size),
        "promotion_code": blank(pick(rng, ("SPRING", "EARLY", "STAY3"), None, size), rng.random(size) < 0.06),
        "package_code": blank(np.full(size, "BB", dtype=object), stays["breakfast"].to_numpy()),
        "purpose_code": blank(np.where(kind == "business", "business", "leisure"), rng.random(size) < 0.6),
        "is_complimentary": (stays["rate"] == 0).to_numpy(),
        "group_block_code": blank(codes("BLK", block, 7), block >= 0),
        "share_id": blank(codes("SH", share, 7), share >= 0),
        "currency_code": np.array([item.currency for item in PROPERTIES], dtype=object)[place],
        "room_revenue_amount": stays["room_revenue"].to_numpy(),
    }


def _earlier_guests(
    rng: np.random.Generator,
    columns: dict[str, np.ndarray],
    people: pd.DataFrame,
    stay: np.ndarray,
    kind: np.ndarray,
    change: Change,
    person: np.ndarray,
) -> None:
    """Shows a placeholder or a colleague where the version came before the real guest was known. In place."""
    early = kind <= CHANGED
    other = np.flatnonzero(early & (change.earlier_person[stay] != person[stay]))
    nameless = np.flatnonzero(early & change.is_nameless[stay])
    for name in (
        "guest_email",
        "guest_phone",
        "guest_title",
        "guest_native_name",
        "guest_profile_id",
        "loyalty_number",
        "loyalty_tier_code",
        "accompanying_guests",
        "special_requests",
        "vip_code",
        "guest_country_code",
        "guest_language_code",
        "guest_city",
    ):
        columns[name][other] = None
        columns[name][nameless] = None
    who = change.earlier_person[stay[other]]
    columns["guest_first_name"][other], columns["guest_last_name"][other], _ = typed_names(
        rng, people, who, np.zeros(len(who)), 0.01
    )
    columns["guest_first_name"][nameless] = "TBA"
    columns["guest_last_name"][nameless] = "Group Guest"


def reservation_versions(
    rng: np.random.Generator,
    stays: pd.DataFrame,
    people: pd.DataFrame,
    rooms: Rooms,
    registration: Registration,
    pos: PosWorld,
    change: Change,
    calendar: Calendar,
) -> Versions:
    """One row per delivered version of a reservation."""
    life = _life(rng, stays, rooms, change)
    day = local_days(life["local"].to_numpy())
    moved = (rooms.move_day >= 0)[life["stay"]] & life["kind"].isin([CHECKED_IN, MOVED]).to_numpy()
    keep = select_delivered(life["stay"].to_numpy(), day, moved | (rng.random(len(life)) < 0.03), calendar)
    stay, kind, local, day = (
        life["stay"].to_numpy()[keep],
        life["kind"].to_numpy()[keep],
        life["local"].to_numpy()[keep],
        day[keep],
    )
    place = stays["property"].to_numpy()[stay]
    base = _booking_columns(rng, stays)
    stated = registration.columns["consent_stated_local"]
    base |= {name: values for name, values in registration.columns.items() if name != "consent_stated_local"}
    columns = {name: values[stay] for name, values in base.items()}
    _dates_and_times(columns, stays, stay, kind, local, place, change)
    columns["consent_updated_at"] = to_utc(stated[stay], place, TIME_ZONES)
    _amounts(rng, columns, stays, stay, kind, pos, change)
    inside = kind >= CHECKED_IN
    room = np.where(kind == CHECKED_IN, rooms.first_room[stay], rooms.last_room[stay])
    columns["room_number"] = blank(room, inside)
    columns["room_type_code"] = np.where(inside, columns["room_type_code"], columns["booked_room_type_code"])
    columns["nightly_amounts"] = np.full(len(stay), None, dtype=object)
    sent = np.flatnonzero(np.isin(place, _NIGHTLY_PROPERTIES) & ~np.isin(kind, [CANCELLED, NO_SHOW]))
    columns["nightly_amounts"][sent] = _nightly(stays, stay[sent])
    for name in registration.paper_columns:
        absent = np.datetime64("NaT") if name == "guest_birth_date" else None
        columns[name] = np.where(inside, columns[name], absent)
    _earlier_guests(rng, columns, people, stay, kind, change, stays["person"].to_numpy())
    emptied = (kind == CORRECTED) & change.is_blanked[stay]
    for name in ("guest_email", "guest_phone", "loyalty_number", "guest_document_number", "guest_address"):
        columns[name][emptied] = None
    year = export_years(local_days(stays["booked_local"].to_numpy()), calendar)[stay]
    return Versions(feed_table("reservations", columns, len(stay)), day, year, day <= calendar.history_end, stay)


def _dates_and_times(
    columns: dict[str, np.ndarray],
    stays: pd.DataFrame,
    stay: np.ndarray,
    kind: np.ndarray,
    local: np.ndarray,
    place: np.ndarray,
    change: Change,
) -> None:
    """Status, dates and times as the version knows them. In place."""
    first = (kind == BOOKED) & change.is_changed[stay]
    arrival = stays["arrival"].to_numpy()[stay] + np.where(first, change.shift_days[stay], 0)
    columns["status"] = np.where(first & change.is_waitlisted[stay], "waitlisted", _STATUS[kind])
    columns["arrival_date"] = arrival.astype("datetime64[D]")
    columns["departure_date"] = (arrival + stays["nights"].to_numpy()[stay]).astype("datetime64[D]")
    never = np.datetime64("NaT")
    columns["updated_at"] = to_utc(local, place, TIME_ZONES)
    columns["booked_at"] = to_utc(stays["booked_local"].to_numpy()[stay], place, TIME_ZONES)
    times = (
        ("cancelled_at", "cancelled_local", kind == CANCELLED),
        ("checked_in_at", "check_in_local", kind >= CHECKED_IN),
        ("checked_out_at", "check_out_local", kind >= CHECKED_OUT),
    )
    for name, source, is_known in times:
        columns[name] = to_utc(np.where(is_known, stays[source].to_numpy()[stay], never), place, TIME_ZONES)


def _amounts(
    rng: np.random.Generator,
    columns: dict[str, np.ndarray],
    stays: pd.DataFrame,
    stay: np.ndarray,
    kind: np.ndarray,
    pos: PosWorld,
    change: Change,
) -> None:
    """Folio amounts: room charges as posted, package breakfast, a few stays with postings by hand. In place."""
    size = len(stays)
    food, other = folio(pos, size)
    by_hand = np.where(rng.random(size) < 0.03, np.round(rng.gamma(2, 15, size), 2), 0.0)
    breakfast = np.round(stays["breakfast"] * stays["adults"] * stays["nights"] * 18 / _euro(stays), 2).to_numpy()
    is_out = kind >= CHECKED_OUT
    fnb = np.where(is_out, (food + breakfast + by_hand)[stay], 0.0)
    extra = np.where(is_out, other[stay], 0.0) + np.where(
        kind == CORRECTED, np.maximum(change.correction, 0)[stay], 0.0
    )
    columns["room_revenue_amount"] = np.where(
        kind == NO_SHOW,
        np.round(columns["room_revenue_amount"] * 0.5, 2),
        np.where(kind == CANCELLED, 0.0, columns["room_revenue_amount"]),
    )
    columns["fnb_revenue_amount"], columns["other_revenue_amount"] = fnb, extra
    columns["total_revenue_amount"] = np.round(columns["room_revenue_amount"] + fnb + extra, 2)


def _euro(stays: pd.DataFrame) -> np.ndarray:
    return np.array([EURO_RATES[item.currency] for item in PROPERTIES])[stays["property"].to_numpy()]
