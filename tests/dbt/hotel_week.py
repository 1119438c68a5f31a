"""Three nights of a small hotel: each row says the case it stands for."""

from dataclasses import dataclass
from datetime import date
from typing import Any

HISTORY, CHANGES, REPEAT = date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3)


def reservation(
    key: str, stay: tuple[str, str], updated: str, status: str = "checked_out", **more: Any
) -> dict[str, Any]:
    """A canonical reservation row of hotel H1 in euro."""
    row = {
        "source_system": "pms",
        "property_code": "H1",
        "reservation_id": key,
        "updated_at": f"{updated} 12:00:00+00",
        "status": status,
        "booked_at": "2026-09-01 23:30:00+00",
        "arrival_date": stay[0],
        "departure_date": stay[1],
        "room_count": 1,
        "currency_code": "EUR",
    }
    return row | more


def pos_line(check: str, line: int, updated: str, net: str, **more: Any) -> dict[str, Any]:
    """A canonical check line of hotel H1, on 21 October unless said."""
    row = {
        "source_system": "pos",
        "property_code": "H1",
        "pos_check_id": check,
        "line_number": line,
        "updated_at": f"{updated} 23:00:00+00",
        "business_date": "2026-10-21",
        "check_status": "closed",
        "outlet_code": "BAR",
        "item_code": "TEA",
        "item_category": "beverage",
        "net_amount": net,
        "currency_code": "EUR",
    }
    return row | more


def interaction(key: str, started: str, **more: Any) -> dict[str, Any]:
    """A canonical call."""
    row = {
        "source_system": "calls",
        "interaction_id": key,
        "updated_at": f"{started} 10:00:00+00",
        "started_at": f"{started} 09:50:00+00",
    }
    return row | more


def room_charge(check: str, net: str, room: str, **more: Any) -> dict[str, Any]:
    """A check of one line, charged to a room."""
    return pos_line(check, 1, "2026-10-21", net, payment_method_code="room_charge", room_number=room, **more)


def guest(first_name: str, last_name: str) -> dict[str, Any]:
    """The guest's columns; the e-mail is first name @x.example."""
    email = f"{first_name.lower()}@x.example"
    return {"guest_first_name": first_name, "guest_last_name": last_name, "guest_email": email}


ANN, BOB, CAT = guest("Ann", "Lee"), guest("Bob", "Ray"), guest("Cat", "Fox")
OF_20, OF_21, OF_22 = ("2026-10-20", "2026-10-22"), ("2026-10-21", "2026-10-23"), ("2026-10-22", "2026-10-23")
ONE_DOLLAR_NIGHT = ("2026-10-10", "2026-10-11")
UNDONE, LATE = ("2026-10-15", "2026-10-16"), ("2026-10-21", "2026-10-22")
SHARED = {"share_id": "S", "room_number": "101", "room_revenue_amount": "30"}
CASH = {"payment_method_code": "cash"}
CAT_CALLS = {"customer_email": "cat@x.example", "case_id": "K"}

PROPERTY = [{"property_code": "H1", "time_zone": "Asia/Shanghai", "currency_code": "EUR", "room_count": 9}]
RATES = [{"currency_code": "USD", "rate_date": "2026-10-01", "rate": "0.9"}]

RESERVATIONS_1 = [
    reservation("three_rooms", OF_20, "2026-10-22", room_count=3, room_revenue_amount="100", room_number="301", **ANN),
    reservation("extended", OF_22, "2026-10-23", confirmation_number="C1", room_revenue_amount="50", **ANN),
    reservation("extension", ("2026-10-23", "2026-10-25"), "2026-10-25", confirmation_number="C1", **ANN)
    | {"room_revenue_amount": "60"},
    reservation("sharer_1", OF_20, "2026-10-22", **SHARED, **BOB),
    reservation("sharer_2", OF_21, "2026-10-23", **SHARED, **CAT),
    reservation("day_use", ("2026-10-25", "2026-10-25"), "2026-10-25", room_revenue_amount="20", **CAT),
    reservation("dollars", ONE_DOLLAR_NIGHT, "2026-10-11", room_revenue_amount="10", **BOB) | {"currency_code": "USD"},
    reservation("no_rate", ONE_DOLLAR_NIGHT, "2026-10-11", room_revenue_amount="10", **CAT) | {"currency_code": "GBP"},
    reservation("undone", UNDONE, "2026-10-16", room_revenue_amount="70", **BOB),
    reservation("placeholder", ("2026-12-01", "2026-12-03"), "2026-10-30", "reserved"),
    reservation("to_be_blanked", ("2026-12-05", "2026-12-06"), "2026-10-30", "reserved", **CAT),
    reservation("name_swap", ("2026-12-07", "2026-12-08"), "2026-10-30", "reserved", **BOB)
    | {"booker_email": "pa@corp.example"},
    reservation("newest_first", ("2026-12-09", "2026-12-11"), "2026-10-30", "reserved", **CAT),
    reservation("filled_in", ("2026-12-12", "2026-12-13"), "2026-10-30", "reserved", **CAT | {"guest_email": None}),
]
RESERVATIONS_2 = [
    reservation("undone", UNDONE, "2026-11-01", "cancelled", cancelled_at="2026-11-01 10:00:00+00", **BOB),
    reservation("placeholder", ("2026-12-01", "2026-12-03"), "2026-11-01", "reserved", **ANN),
    reservation("to_be_blanked", ("2026-12-05", "2026-12-06"), "2026-11-01", "reserved"),
    reservation("name_swap", ("2026-12-07", "2026-12-08"), "2026-11-01", "reserved", **CAT),
    reservation("newest_first", ("2026-12-09", "2026-12-10"), "2026-10-29", "reserved", **CAT),
    reservation("filled_in", ("2026-12-12", "2026-12-13"), "2026-11-01", "reserved", **CAT),
    reservation("late_stay", LATE, "2026-10-22", room_number="205", room_revenue_amount="40", **BOB),
]
CHECKS_1 = [
    room_charge("by_reservation", "12", "301", reservation_id="three_rooms"),
    room_charge("by_room", "8", "301"),
    room_charge("two_sharers", "5", "101"),
    room_charge("named_sharer", "6", "101", guest_name="Fox, C"),
    pos_line("by_card", 1, "2026-10-21", "7", payment_method_code="card", card_token="tok"),
    room_charge("waits_for_stay", "9", "205"),
    pos_line("voided_later", 1, "2026-10-21", "3", **CASH),
    pos_line("voided_later", 2, "2026-10-21", "4", **CASH),
    pos_line("voided_later", 3, "2026-10-21", "2", **CASH) | {"item_category": "tip"},
]
CHECKS_2 = [pos_line("voided_later", 2, "2026-10-22", "4", **CASH, is_void=True)]
CALLS_1 = [
    interaction("guest_calls", "2026-10-19", confirmation_number="C1", customer_name="Lee Ann", customer_phone="+49 1"),
    interaction("other_calls", "2026-10-19", confirmation_number="C1", customer_name="Zed Yu")
    | {"customer_email": "zed@x.example"},
    interaction("nobody", "2026-10-19", reason_code="enquiry"),
    interaction("complaint_1", "2026-10-26", reason_code="complaint", case_status="open", **CAT_CALLS),
]
CALLS_2 = [interaction("complaint_2", "2026-11-01", case_status="resolved", compensation_amount="25", **CAT_CALLS)]


@dataclass
class HotelWeek:
    """The warehouse as the last night left it, and its whole content at five moments."""

    warehouse: Any
    after_history: dict[str, list[tuple]]
    after_changes: dict[str, list[tuple]]
    after_repeat: dict[str, list[tuple]]
    after_refresh: dict[str, list[tuple]]


def play(warehouse: Any) -> HotelWeek:
    """History in which cat passes for bob; changes, their split, a merge (zed is ann); every file again; all anew."""
    warehouse.refer("property", PROPERTY)
    warehouse.refer("fx_rate", RATES)
    _deliver_history(warehouse)
    warehouse.merged = {"cat@x.example": "bob@x.example"}
    warehouse.run_night(HISTORY)
    after_history = warehouse.content()
    _deliver_changes(warehouse)
    warehouse.merged = {"zed@x.example": "ann@x.example"}
    warehouse.run_night(CHANGES)
    after_changes = warehouse.content()
    _deliver_changes(warehouse)
    _deliver_history(warehouse)
    warehouse.run_night(REPEAT)
    after_repeat = warehouse.content()
    _deliver_changes(warehouse)
    _deliver_history(warehouse)
    warehouse.run_night(REPEAT, full_refresh=True)
    return HotelWeek(warehouse, after_history, after_changes, after_repeat, warehouse.content())


def _deliver_history(warehouse: Any) -> None:
    warehouse.deliver("reservations", HISTORY, RESERVATIONS_1)
    warehouse.deliver("pos_checks", HISTORY, CHECKS_1)
    warehouse.deliver("interactions", HISTORY, CALLS_1)


def _deliver_changes(warehouse: Any) -> None:
    warehouse.deliver("reservations", CHANGES, RESERVATIONS_2)
    warehouse.deliver("pos_checks", CHANGES, CHECKS_2)
    warehouse.deliver("interactions", CHANGES, CALLS_2)
