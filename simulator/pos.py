"""Point of sale: checks of guests in house, of local diners and of passers-by, with lines."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulator.columns import to_utc
from simulator.menu import OUTLETS, THEMES
from simulator.rooms import Rooms
from simulator.streams import blank, codes, pick, pick_rows
from simulator.world import EURO_RATES, PROPERTIES, TIME_ZONES, Calendar

_OUTLET_CODES = tuple(OUTLETS)
_HOUR = 3600


@dataclass
class PosWorld:
    """Checks (one row per check, with the person who paid, -1 unknown) and lines (one row per item on a check)."""

    checks: pd.DataFrame
    lines: pd.DataFrame


def _stay_checks(
    rng: np.random.Generator, stays: pd.DataFrame, people: pd.DataFrame, rooms: Rooms, calendar: Calendar
) -> pd.DataFrame:
    """Checks opened by guests between check-in and check-out."""
    who = stays["person"].to_numpy()
    took_place = (
        np.array([room is not None for room in rooms.first_room]) & (stays["arrival"] <= calendar.end).to_numpy()
    )
    appetite = np.random.default_rng(int(rng.integers(2**31))).gamma(1.3, 0.5, len(people))
    party = np.sqrt(stays["adults"].to_numpy() + 0.5 * stays["children"].to_numpy())
    mean = appetite[who] * (stays["nights"].to_numpy() + 0.5) * party * 0.9 * took_place
    count = np.minimum(rng.poisson(mean), 40)
    stay = np.repeat(np.arange(len(stays)), count)
    day = stays["arrival"].to_numpy()[stay] + (rng.random(len(stay)) * (stays["nights"].to_numpy()[stay] + 1)).astype(
        int
    )
    place = stays["property"].to_numpy()[stay]
    outlet = _outlets(rng, place, who[stay], len(people), (stays["kind"] == "business").to_numpy()[stay])
    opened = _opening_times(rng, day, outlet)
    begins = stays["check_in_local"].to_numpy()[stay] + np.timedelta64(900, "s")
    ends = stays["check_out_local"].to_numpy()[stay] - np.timedelta64(600, "s")
    inside = (opened >= begins) & (opened <= ends) & (day <= calendar.end)
    method = pick(rng, ("room_charge", "card", "cash", "voucher"), (0.62, 0.27, 0.09, 0.02), len(stay))
    checks = pd.DataFrame(
        {
            "stay": stay,
            "person": who[stay],
            "property": place,
            "day": day,
            "outlet": outlet,
            "opened_local": opened,
            "payment": method,
            "covers": np.minimum(stays["adults"].to_numpy()[stay], 1 + rng.integers(0, 2, len(stay))),
        }
    )
    return checks[inside]


def _outlets(
    rng: np.random.Generator, place: np.ndarray, who: np.ndarray, people_count: int, is_business: np.ndarray
) -> np.ndarray:
    """Outlet number per check: what the property has, weighed by a person's lasting taste."""
    taste = np.random.default_rng(int(rng.integers(2**31))).gamma(0.9, 1.0, (people_count, len(_OUTLET_CODES)))
    traffic = np.array(
        [[OUTLETS[code][4] * (row in OUTLETS[code][3]) for code in _OUTLET_CODES] for row in range(len(PROPERTIES))]
    )
    weights = traffic[place] * (0.15 + taste[who])
    weights[:, 2] *= np.where(is_business, 1.7, 1.0)
    weights[:, 3] *= np.where(is_business, 0.3, 1.0)
    return pick_rows(rng, weights)


def _opening_times(rng: np.random.Generator, day: np.ndarray, outlet: np.ndarray) -> np.ndarray:
    """Local opening time; a bar check after midnight belongs to the hotel day before."""
    hour = np.array([OUTLETS[code][1] for code in _OUTLET_CODES])[outlet]
    spread = np.array([OUTLETS[code][2] for code in _OUTLET_CODES])[outlet]
    at = np.clip(rng.normal(hour, spread), 6.0, 26.5)
    return day.astype("datetime64[D]").astype("datetime64[s]") + (at * _HOUR).astype("timedelta64[s]")


def _other_checks(
    rng: np.random.Generator, people: pd.DataFrame, guest_checks: int, calendar: Calendar
) -> pd.DataFrame:
    """Checks of local diners, who come often and pay by card, and of passers-by nobody knows."""
    diners = np.flatnonzero((people["scenario"] == "local_diner").to_numpy())
    years = max(calendar.span / 365, 0.1)
    visits = np.repeat(diners, 1 + rng.poisson(rng.gamma(1.2, 5, len(diners)) * years))
    person = np.concatenate([visits, np.full(int(guest_checks * 0.08) + 3, -1)])
    size = len(person)
    home = people["home_property"].to_numpy()[np.maximum(person, 0)]
    place = np.where(person >= 0, home, rng.integers(0, len(PROPERTIES), size))
    day = rng.integers(calendar.start, calendar.end + 1, size)
    outlet = pick(rng, (1, 2, 4), (5, 4, 1), size)
    outlet = np.where((outlet == 4) & (place == 2), 2, outlet)
    method = pick(rng, ("card", "cash"), (0.85, 0.15), size)
    return pd.DataFrame(
        {
            "stay": -1,
            "person": person,
            "property": place,
            "day": day,
            "outlet": outlet,
            "opened_local": _opening_times(rng, day, outlet),
            "payment": method,
            "covers": 1 + rng.integers(0, 4, size),
        }
    )


def make_pos(
    rng: np.random.Generator, stays: pd.DataFrame, people: pd.DataFrame, rooms: Rooms, calendar: Calendar
) -> PosWorld:
    """All checks and lines of the world, ordered by opening time."""
    guests = _stay_checks(rng, stays, people, rooms, calendar)
    checks = pd.concat([guests, _other_checks(rng, people, len(guests), calendar)], ignore_index=True)
    checks = checks.sort_values(["opened_local", "property", "person"], kind="stable", ignore_index=True)
    size = len(checks)
    checks["check_number"] = checks.groupby("property").cumcount() + 5000
    minutes = rng.gamma(3, 18, size).astype("timedelta64[m]").astype("timedelta64[s]")
    checks["closed_local"] = checks["opened_local"].to_numpy() + minutes + np.timedelta64(240, "s")
    checks["is_voided"] = rng.random(size) < 0.004
    _payers(rng, checks, stays, people, rooms)
    place = checks["property"].to_numpy()
    checks["opened_at"] = to_utc(checks["opened_local"].to_numpy(), place, TIME_ZONES)
    checks["closed_at"] = to_utc(checks["closed_local"].to_numpy(), place, TIME_ZONES)
    return PosWorld(checks, _lines(rng, checks, people, calendar))


def _payers(
    rng: np.random.Generator, checks: pd.DataFrame, stays: pd.DataFrame, people: pd.DataFrame, rooms: Rooms
) -> None:
    """Room, reservation, name, loyalty number and card as the check shows them. In place."""
    size = len(checks)
    stay, person = checks["stay"].to_numpy(), checks["person"].to_numpy()
    is_charge = (checks["payment"] == "room_charge").to_numpy()
    at, who = np.maximum(stay, 0), np.maximum(person, 0)
    has_moved = (rooms.move_day[at] >= 0) & (checks["day"].to_numpy() >= rooms.move_day[at])
    room = np.where(has_moved, rooms.last_room[at], rooms.first_room[at])
    checks["room_number"] = blank(room, is_charge)
    shows_key = is_charge & (rng.random(size) < 0.35)
    checks["reservation_id"] = blank(stays["reservation_id"].to_numpy()[at], shows_key)
    checks["confirmation_number"] = blank(
        stays["confirmation_number"].to_numpy()[at], shows_key & (rng.random(size) < 0.3)
    )
    last = people["last_name"].to_numpy(dtype=object)[who]
    full = last + "/" + people["first_name"].to_numpy(dtype=object)[who]
    name = np.where(rng.random(size) < 0.5, last, full)
    checks["guest_name"] = blank(name, is_charge & (rng.random(size) < 0.7))
    number = people["loyalty_number"].to_numpy(dtype=object)[who]
    checks["loyalty_number"] = blank(number, (person >= 0) & (rng.random(size) < 0.25))
    token = np.where(
        who % 5 == checks["property"], people["second_card_token"].to_numpy()[who], people["card_token"].to_numpy()[who]
    )
    is_pair = np.isin(people["scenario"].to_numpy()[who], ["couple", "family"]) & (rng.random(size) < 0.08)
    partner = people["partner"].to_numpy()[who]
    token = np.where(is_pair & (partner >= 0), people["card_token"].to_numpy()[np.maximum(partner, 0)], token)
    stranger = codes("tok_", 9 * 10**9 + np.arange(size))
    pays_card = (checks["payment"] == "card").to_numpy()
    # some guarantee a room charge with a card on file: how a token becomes known
    on_file = is_charge & (rng.random(size) < 0.3)
    checks["card_token"] = blank(np.where(person >= 0, token, stranger), pays_card | on_file)
    checks["is_pair_card"] = is_pair & pays_card


def _lines(rng: np.random.Generator, checks: pd.DataFrame, people: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """One row per item on a check; amounts in the property's currency, tip and service charge on lines of their own."""
    width = max(len(theme.items) for theme in THEMES)
    chance = np.array([[item[4] for item in theme.items] + [0.0] * (width - len(theme.items)) for theme in THEMES])
    outlet_of = np.array([_OUTLET_CODES.index(theme.outlet) for theme in THEMES])
    weights = np.array([theme.weight for theme in THEMES])
    fit = (outlet_of[None, :] == np.arange(len(_OUTLET_CODES))[:, None]) * weights[None, :]
    theme = pick_rows(rng, fit[checks["outlet"].to_numpy()])
    takes = rng.random((len(checks), width)) < chance[theme]
    takes = np.hstack(
        [
            takes,
            (rng.random(len(checks)) < 0.16)[:, None],
            (checks["property"] == 2).to_numpy()[:, None] & (rng.random(len(checks)) < 0.5)[:, None],
        ]
    )
    check, slot = np.nonzero(takes)
    offset = np.cumsum([0] + [width + 2] * len(THEMES))[theme[check]] + slot
    catalogue = [
        list(item.items)
        + [("", "", "", 0.0, 0.0)] * (width - len(item.items))
        + [("TIP", "Tip", "tip", 0.0, 0.0), ("SVC", "Service charge", "service_charge", 0.0, 0.0)]
        for item in THEMES
    ]
    flat = [item for items in catalogue for item in items]
    price = np.array([item[3] for item in flat])[offset]
    place = checks["property"].to_numpy()[check]
    factor = np.array(
        [1 / EURO_RATES[item.currency] * (0.55 if item.currency == "CNY" else 1.15) for item in PROPERTIES]
    )[place]
    is_extra = slot >= width
    day = checks["day"].to_numpy()[check]
    quantity = np.where(is_extra | (rng.random(len(check)) < 0.5), 1, checks["covers"].to_numpy()[check])
    gross = np.round(np.round(price * factor * 1.03 ** ((day - calendar.start) / 365), 1) * quantity, 2)
    is_member = people["loyalty_number"].notna().to_numpy()[np.maximum(checks["person"].to_numpy()[check], 0)]
    discount = np.where(is_member & (rng.random(len(check)) < 0.12), np.round(gross * 0.1, 2), 0.0)
    net = np.round(gross - discount, 2)
    total = np.bincount(check, net, len(checks))[check]
    lines = pd.DataFrame(
        {
            "check": check,
            "line_number": 1 + np.arange(len(check)) - np.searchsorted(check, check),
            "quantity": quantity,
            "gross": gross,
            "discount": discount,
            "net": net,
            "tax": np.round(net * np.array([item.tax_share for item in PROPERTIES])[place], 2),
            "service": np.where(slot == width + 1, np.round(total * 0.125, 2), 0.0),
            "tip": np.where(slot == width, np.round(total * 0.1, 0), 0.0),
            "is_void": (rng.random(len(check)) < 0.012) | checks["is_voided"].to_numpy()[check],
        }
    )
    for position, name in enumerate(("item_code", "item_name", "item_category")):
        lines[name] = np.array([item[position] for item in flat], dtype=object)[offset]
    return lines


def folio(pos: PosWorld, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Room-charged net food and beverage, and other, per reservation: what the folio should show."""
    check = pos.lines["check"].to_numpy()
    charged = (pos.checks["payment"] == "room_charge").to_numpy()[check] & ~pos.lines["is_void"].to_numpy()
    stay = np.where(charged, pos.checks["stay"].to_numpy()[check], -1)
    is_food = pos.lines["item_category"].isin(["food", "beverage"]).to_numpy()
    net = pos.lines["net"].to_numpy()
    food = np.bincount(stay[charged & is_food], net[charged & is_food], size)
    other = np.bincount(stay[charged & ~is_food], net[charged & ~is_food], size)
    return food, other


def pos_columns(rng: np.random.Generator, pos: PosWorld) -> dict[str, np.ndarray]:
    """The canonical columns of all lines in their final state, without updated_at, check_status and is_void."""
    checks, lines = pos.checks, pos.lines
    at = lines["check"].to_numpy()
    place = checks["property"].to_numpy()
    outlet = checks["outlet"].to_numpy()
    employee = codes("E", 100 + place * 40 + rng.integers(0, 24, len(checks)))
    numbers = codes("", checks["check_number"].to_numpy())
    currency = np.array([item.currency for item in PROPERTIES], dtype=object)
    per_check = {
        "source_system": np.full(len(checks), "simphony", dtype=object),
        "property_code": np.array([item.code for item in PROPERTIES], dtype=object)[place],
        "pos_check_id": numbers,
        "business_date": checks["day"].to_numpy().astype("datetime64[D]"),
        "check_number": numbers,
        "opened_at": checks["opened_at"].to_numpy(),
        "closed_at": checks["closed_at"].to_numpy(),
        "outlet_code": np.array(_OUTLET_CODES, dtype=object)[outlet],
        "outlet_name": np.array([OUTLETS[code][0] for code in _OUTLET_CODES], dtype=object)[outlet],
        "order_type_code": pick(rng, ("dine_in", "room_service", "take_away"), (0.86, 0.09, 0.05), len(checks)),
        "cover_count": checks["covers"].to_numpy(),
        "employee_code": employee,
        "table_number": blank(codes("T", rng.integers(1, 40, len(checks))), np.isin(outlet, [0, 1, 2])),
        "currency_code": currency[place],
        "payment_method_code": checks["payment"].to_numpy(dtype=object),
    }
    for name in ("room_number", "reservation_id", "confirmation_number", "guest_name", "loyalty_number", "card_token"):
        per_check[name] = checks[name].to_numpy(dtype=object)
    columns = {name: values[at] for name, values in per_check.items()}
    columns |= {
        "line_number": lines["line_number"].to_numpy(),
        "quantity": lines["quantity"].to_numpy(),
        "gross_amount": lines["gross"].to_numpy(),
        "discount_amount": lines["discount"].to_numpy(),
        "net_amount": lines["net"].to_numpy(),
        "tax_amount": lines["tax"].to_numpy(),
        "service_charge_amount": lines["service"].to_numpy(),
        "tip_amount": lines["tip"].to_numpy(),
    }
    return columns | {name: lines[name].to_numpy(dtype=object) for name in ("item_code", "item_name", "item_category")}
