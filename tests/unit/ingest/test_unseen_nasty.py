# ruff: noqa: E501
"""More exports that nobody here has seen, each nasty in its own way, and each mapped by a YAML of at most 40 lines.

Invented after the manner of real products. A case is the mapping, the file as delivered, and what must come of it.
"""

import gzip
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.ingest.conftest import Stage
from tests.unit.ingest.mapped import write_mapping

PROPERTY = (
    "property_code,time_zone,currency_code\nVIE,Europe/Vienna,EUR\nNYC,America/New_York,USD\nTYO,Asia/Tokyo,JPY\n"
)


@dataclass(frozen=True)
class Export:
    """One vendor: `rows` are the accepted ones in order, as far as they are stated; `counts` read, quarantined, skipped."""

    feed: str
    file: str
    content: bytes | str
    mapping: str
    rows: list[dict[str, Any]]
    counts: tuple[int, int, int]
    reasons: list[list[str]] = field(default_factory=list)


def at(*parts: int) -> datetime:
    """A UTC instant."""
    return datetime(*parts, tzinfo=UTC)


def csv_of(header: str, *rows: str, encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    return (end.join([header, *rows]) + end).encode(encoding)


MEWS = Export(
    "reservations",
    "mews_2026-11-20.json",
    json.dumps(
        {
            "Reservations": [
                {"Id": "m-1", "Number": "52", "ServiceId": "s-vie", "State": "Started", "CreatedUtc": "2026-06-01T09:15:00Z", "UpdatedUtc": "2026-07-05T13:10:00Z",
                 "StartUtc": "2026-07-04T22:00:00Z", "EndUtc": "2026-07-06T22:00:00Z", "CustomerId": "c-2", "CompanionIds": ["c-2", "c-1"],
                 "PersonCounts": [{"AgeCategoryId": "adult", "Count": 2}, {"AgeCategoryId": "child", "Count": 1}]},
                {"Id": "m-2", "Number": "53", "ServiceId": "s-old", "State": "Confirmed", "CreatedUtc": "2026-06-01T09:15:00Z", "UpdatedUtc": "2026-06-01T09:15:00Z",
                 "StartUtc": "2026-07-04T22:00:00Z", "EndUtc": "2026-07-06T22:00:00Z", "CustomerId": "c-1", "PersonCounts": []},
            ],
            "Customers": [
                {"Id": "c-1", "FirstName": "Max", "LastName": "Gruber", "Email": "max@example.com", "Classifications": []},
                {"Id": "c-2", "FirstName": "Anna", "LastName": "Gruber", "Email": "anna@example.com", "BirthDate": "1980-08-03", "Classifications": ["VeryImportant"]},
            ],
            "Cursor": "abc",
        }
    ),
    """
    vendor: acme
    feeds:
      reservations:
        rows: Reservations[*]
        ignore: [$.Cursor]
        columns:
          property_code: {from: ServiceId, codes: {s-vie: VIE}, otherwise: quarantine}
          reservation_id: Id
          confirmation_number: Number
          updated_at: UpdatedUtc
          booked_at: CreatedUtc
          arrival_date: {local_date: StartUtc}
          departure_date: {local_date: EndUtc}
          status: {from: State, codes: {Confirmed: reserved, Started: in_house, Processed: checked_out, Canceled: cancelled}}
          adult_count: "PersonCounts[AgeCategoryId=adult].Count"
          child_count: "PersonCounts[AgeCategoryId=child].Count"
          guest_profile_id: CustomerId
          guest_first_name: "$.Customers[Id=@CustomerId].FirstName"
          guest_last_name: "$.Customers[Id=@CustomerId].LastName"
          guest_email: "$.Customers[Id=@CustomerId].Email"
          guest_birth_date: "$.Customers[Id=@CustomerId].BirthDate"
          vip_code: "$.Customers[Id=@CustomerId].Classifications[0]"
    """,
    [
        {"reservation_id": "m-1", "property_code": "VIE", "status": "in_house", "arrival_date": date(2026, 7, 5), "departure_date": date(2026, 7, 7), "adult_count": 2, "child_count": 1,
         "guest_first_name": "Anna", "guest_email": "anna@example.com", "guest_birth_date": date(1980, 8, 3), "vip_code": "VeryImportant", "currency_code": "EUR"},
    ],
    (2, 1, 0),
    [["property_code: code not in the mapping", "currency_code: missing"]],
)  # fmt: skip

CLOUDBEDS = Export(
    "reservations",
    "reservations.csv",
    csv_of(
        "Name,Email,Phone Number,Gender,Country,Reservation Number,Third Party Confirmation Number,Booking Date,Adults,Children,Room Number,Accommodation Total,Amount Paid,Check in Date,Check out Date,Nights,Status,Source,Cancelation fee,Cancelation Date,Products",
        '"WALKER, Ann Mrs.",ann@example.com,0043 660 5550101,F,AT,8412,HTL-1,11/01/2026 03:05 PM,2,0,"DBL(1), DBL(2)","$1,234.50",$0.00,11/28/2026,11/30/2026,2,Confirmed,Booking.com,0,,',
        '"de la CRUZ, José",,,M,MX,8413,,03/08/2026 02:30 AM,1,0,SGL(3),($50.00),$0.00,3/8/2026,3/9/2026,1,Canceled,Walk-In,0,03/08/2026,',
        "Total,,,,,2,,,3,0,,\"$1,184.50\",$0.00,,,3,,,0,,",
    ),
    r"""
    vendor: acme
    feeds:
      reservations:
        date_format: ["%m/%d/%Y %I:%M %p", "%m/%d/%Y"]
        time_zone: property
        skip_rows: {Name: "Total*"}
        number: {thousands: ","}
        columns:
          property_code: {constant: NYC}
          reservation_id: Reservation Number
          external_reference: Third Party Confirmation Number
          updated_at: {first_of: [{from: Cancelation Date}, {from: Booking Date}]}
          booked_at: Booking Date
          cancelled_at: Cancelation Date
          status: {from: Status, codes: {Confirmed: reserved, Canceled: cancelled, "Checked Out": checked_out, "In-House": in_house, "No Show": no_show}}
          arrival_date: Check in Date
          departure_date: Check out Date
          adult_count: Adults
          room_count: {from: Room Number, replace: {"[^,]": ""}, replace: {"[^(]": ""}}
          room_revenue_amount: Accommodation Total
          guest_last_name: {from: Name, extract: "^([^,]+),"}
          guest_first_name: {from: Name, extract: ", *(.*?)(?: Mrs?[.])?$"}
          guest_title: {from: Name, extract: "(Mrs?)[.]$"}
          guest_email: Email
          guest_phone: {from: Phone Number, replace: {"^00": "+", " ": ""}}
          guest_gender: {from: Gender, codes: {F: female, M: male}}
          guest_country_code: Country
          channel_code: Source
    """.replace('          room_count: {from: Room Number, replace: {"[^,]": ""}, replace: {"[^(]": ""}}\n', ""),
    [
        {"reservation_id": "8412", "booked_at": at(2026, 11, 1, 20, 5), "room_revenue_amount": Decimal("1234.50"), "guest_last_name": "WALKER", "guest_first_name": "Ann", "guest_title": "Mrs",
         "guest_phone": "+436605550101", "guest_gender": "female", "external_reference": "HTL-1", "currency_code": "USD"},
        {"reservation_id": "8413", "booked_at": at(2026, 3, 8, 7, 30), "guest_last_name": "de la CRUZ", "guest_first_name": "José", "room_revenue_amount": Decimal(-50), "status": "cancelled"},
    ],
    (2, 0, 1),
)  # fmt: skip

PROTEL = Export(
    "reservations",
    "export/VIE01/buchungen.csv.gz",
    gzip.compress(
        (
            "Buchungsliste;Hotel Wien;;\r\nStand: 20.11.2026 03:15;;;\r\n\r\n"
            "Buch-Nr;Lfd;Status;Anreise;Abreise;Gast;Geändert;Umsatz brutto;MwSt;Währung;VIP\r\n"
            "100;1;1;05-JUL-26;07-JUL-26;Herr Dr. Müller, Jürgen;01.07.2026 02:30;1.100,00;10%;EUR;J\r\n"
            "100;2;5;05-JUL-26;06-JUL-26;Frau Weiß, Eva;29.03.2026 02:30;EUR 110,00-;10%;EUR;N\r\n"
            ";;;;;;Summe;990,00;;;\r\n"
            "*** Ende der Liste: 2 Zeilen ***\r\n"
        ).encode("cp1252"),
        mtime=0,
    ),
    """
    vendor: acme
    feeds:
      reservations:
        csv: {skip_lines_like: "^[*]{3}"}
        skip_rows: [{Geändert: Summe}]
        date_format: ["%d.%m.%Y %H:%M", "%d-%b-%y"]
        time_zone: Europe/Vienna
        number: {decimal: ",", thousands: "."}
        path_pattern: "_(?P<hotel>[A-Z]{3})[0-9]{2}_"
        columns:
          property_code: {path_part: hotel}
          reservation_id: {concat: [Buch-Nr, Lfd], separator: "/"}
          confirmation_number: Buch-Nr
          updated_at: Geändert
          status: {from: Status, codes: {1: reserved, 3: in_house, 4: checked_out, 5: cancelled, 6: no_show}}
          arrival_date: Anreise
          departure_date: Abreise
          room_revenue_amount: {divide: [Umsatz brutto, {sum: [{constant: 1}, {from: MwSt, remove: "%", divide_by: 100}]}], round: 2}
          currency_code: Währung
          guest_title: {from: Gast, extract: "^((?:(?:Herr|Frau|Dr[.]) )+)"}
          guest_last_name: {from: Gast, extract: "^(?:(?:Herr|Frau|Dr[.]) )*([^,]+),"}
          guest_first_name: {from: Gast, extract: ", *(.+)$"}
          vip_code: {from: VIP, codes: {J: VIP}, otherwise: "null"}
    """,
    [
        {"reservation_id": "100/1", "property_code": "VIE", "updated_at": at(2026, 7, 1, 0, 30), "arrival_date": date(2026, 7, 5), "room_revenue_amount": Decimal(1000), "guest_title": "Herr Dr.",
         "guest_last_name": "Müller", "guest_first_name": "Jürgen", "vip_code": "VIP", "status": "reserved"},
        {"reservation_id": "100/2", "guest_last_name": "Weiß", "room_revenue_amount": Decimal(-100), "vip_code": None, "status": "cancelled"},
    ],
    (2, 0, 2),
)  # fmt: skip

SYNXIS = Export(
    "reservations",
    "synxis.jsonl",
    "\n".join(
        json.dumps(found)
        for found in (
            {"Hotel": {"Id": 41}, "CRS_confirmationNumber": "S1", "status": "Confirmed", "RoomStay": {"StartDate": "2026-11-28T15:00:00-05:00", "EndDate": "2026-11-30", "NumRooms": "2"},
             "Guests": {"Role": "Primary", "PersonName": {"GivenName": "Ann", "Surname": "Walker"}, "EmailAddress": [{"Type": "Primary", "Value": "ann@example.com"}],
                        "ContactNumbers": [{"Type": "Fax", "Number": "1"}, {"Type": "Mobile", "Number": "+1 415 555 0100"}]},
             "RoomPrices": {"TotalPrice": {"Price": {"CurrencyCode": "USD", "TotalAmount": 440.0, "TotalAmountIncludingTaxesFees": 500}}}, "OnPropertyInstructions": {"ChangedOn": 1764000000}},
            {"Hotel": {"Id": 41}, "CRS_confirmationNumber": "S2", "status": "Cancelled", "CancelledOn": "2026-11-20T00:30:00Z", "RoomStay": {"StartDate": "2026-11-28", "EndDate": "2026-11-30"},
             "Guests": [{"Role": "Additional", "PersonName": {"GivenName": "Eva", "Surname": "Lee"}}, {"Role": "Primary", "PersonName": {"GivenName": "Bo", "Surname": "Lee"}}],
             "RoomPrices": None, "OnPropertyInstructions": {"ChangedOn": 1764000001}},
        )
    ),
    """
    vendor: acme
    feeds:
      reservations:
        columns:
          property_code: {from: Hotel.Id, codes: {41: NYC}}
          reservation_id: CRS_confirmationNumber
          updated_at: {from: OnPropertyInstructions.ChangedOn, epoch: seconds}
          cancelled_at: CancelledOn
          status: {from: status, codes: {Confirmed: reserved, Cancelled: cancelled}}
          arrival_date: RoomStay.StartDate
          departure_date: RoomStay.EndDate
          room_count: RoomStay.NumRooms
          currency_code: RoomPrices.TotalPrice.Price.CurrencyCode
          room_revenue_amount: RoomPrices.TotalPrice.Price.TotalAmount
          guest_first_name: "Guests[Role=Primary].PersonName.GivenName"
          guest_last_name: "Guests[Role=Primary].PersonName.Surname"
          guest_email: "Guests[Role=Primary].EmailAddress[Type=Primary].Value"
          guest_phone: "Guests[Role=Primary].ContactNumbers[Type=Mobile|Home].Number"
          accompanying_guests: {list_of: {each: "Guests[Role!=Primary]", fields: {first_name: PersonName.GivenName, last_name: PersonName.Surname}}}
    """,
    [
        {"reservation_id": "S1", "property_code": "NYC", "arrival_date": date(2026, 11, 28), "room_count": 2, "guest_first_name": "Ann", "guest_email": "ann@example.com", "guest_phone": "+1 415 555 0100",
         "room_revenue_amount": Decimal(440), "accompanying_guests": None, "updated_at": at(2025, 11, 24, 16)},
        {"reservation_id": "S2", "guest_first_name": "Bo", "accompanying_guests": '[{"first_name":"Eva","last_name":"Lee"}]', "currency_code": "USD", "room_count": 1},
    ],
    (2, 0, 0),
)  # fmt: skip

INFRASYS = Export(
    "pos_checks",
    "NYC_20261119.txt",
    "H|1001|2026-11-19|23:40|00:35|BAR|T5|2\nD|1|BEER 0.5L|2|14.00|B\nD|2|CLUB SANDWICH|1|18.50|F\nP|VISA|32.50\nH|1002|2026-11-19|01:10|01:20|BAR||1\nD|1|WHISKY|1|11.00|B\nP|RM CHG|11.00|204\nT|2|43.50\n",
    """
    vendor: acme
    feeds:
      pos_checks:
        csv: {header: [kind, a, b, c, d, e, f, g], delimiter: "|", short_rows: fill}
        only_rows: {kind: D}
        path_pattern: "/(?P<hotel>[A-Z]{3})_"
        time_zone: property
        columns:
          property_code: {path_part: hotel}
          pos_check_id: &check {above: {from: a, when: {kind: H}}}
          line_number: a
          business_date: &day {above: {from: b, when: {kind: H}}}
          opened_at: {date_and_time: [*day, {above: {from: c, when: {kind: H}}}], day_starts: "05:00"}
          closed_at: &closed {date_and_time: [*day, {above: {from: d, when: {kind: H}}}], day_starts: "05:00"}
          updated_at: *closed
          outlet_code: {above: {from: e, when: {kind: H}}}
          item_code: b
          quantity: c
          net_amount: {divide: [d, {constant: 1.10}], round: 2}
          item_category: {from: e, codes: {B: beverage, F: food}}
          cover_count: {above: {from: g, when: {kind: H}}}
    """,
    [
        {"pos_check_id": "1001", "line_number": 1, "business_date": date(2026, 11, 19), "opened_at": at(2026, 11, 20, 4, 40), "closed_at": at(2026, 11, 20, 5, 35), "net_amount": Decimal("12.73"),
         "item_category": "beverage", "cover_count": 2, "outlet_code": "BAR", "property_code": "NYC"},
        {"pos_check_id": "1001", "line_number": 2, "net_amount": Decimal("16.82"), "item_category": "food"},
        {"pos_check_id": "1002", "line_number": 1, "business_date": date(2026, 11, 19), "opened_at": at(2026, 11, 20, 6, 10), "closed_at": at(2026, 11, 20, 6, 20)},
    ],
    (3, 0, 5),
)  # fmt: skip

SQUARE = Export(
    "pos_checks",
    "orders.json",
    json.dumps(
        {
            "orders": [
                {"id": "o1", "location_id": "L1", "created_at": "2026-11-21T03:30:00Z", "updated_at": "2026-11-21T04:00:00Z", "state": "COMPLETED",
                 "line_items": [{"uid": "a", "name": "Soup", "quantity": "1.5", "gross_sales_money": {"amount": 1350, "currency": "USD"}, "total_discount_money": {"amount": 150, "currency": "USD"}, "total_tax_money": {"amount": 96, "currency": "USD"}}],
                 "service_charges": [{"uid": "s", "name": "Service", "amount_money": {"amount": 120, "currency": "USD"}}],
                 "total_tip_money": {"amount": 200, "currency": "USD"}, "tenders": [{"type": "CARD", "card_details": {"card": {"fingerprint": "sq-1-fp"}}}]},
                {"id": "o2", "location_id": "L2", "created_at": "2026-11-21T03:30:00Z", "updated_at": "2026-11-21T04:00:00Z", "state": "CANCELED",
                 "line_items": [{"uid": "b", "name": "Sake", "quantity": "1", "gross_sales_money": {"amount": 900, "currency": "JPY"}, "total_discount_money": {"amount": 0, "currency": "JPY"}}],
                 "total_tip_money": {"amount": 0, "currency": "JPY"}, "tenders": [{"type": "CASH"}]},
            ]
        }
    ),
    """
    vendor: acme
    feeds:
      pos_checks:
        rows: "orders[*].{line_items,service_charges,.}[*]"
        skip_rows: [{total_tip_money.amount: 0, uid: ""}]
        newest_check_replaces_lines: true
        columns:
          property_code: {from: ^.location_id, codes: {L1: NYC, L2: TYO}}
          pos_check_id: ^.id
          line_number: {number_within: [^.id]}
          updated_at: ^.updated_at
          closed_at: ^.updated_at
          business_date: {local_date: ^.created_at, day_starts: "04:00"}
          check_status: {from: ^.state, codes: {OPEN: open, COMPLETED: closed, CANCELED: voided}}
          outlet_code: ^.location_id
          item_code: {from: name, default: {constant: tip}}
          item_category: {first_of: [{constant: service_charge, when: {amount_money.amount: "*"}}, {constant: tip, when: {uid: ""}}, {constant: other}]}
          quantity: quantity
          currency_code: [gross_sales_money.currency, amount_money.currency, total_tip_money.currency]
          gross_amount: {from: gross_sales_money.amount, minor_units: true}
          discount_amount: {from: total_discount_money.amount, minor_units: true}
          net_amount: {subtract: [{from: gross_sales_money.amount, minor_units: true, default: {constant: 0}}, {from: total_discount_money.amount, minor_units: true, default: {constant: 0}}]}
          tax_amount: {from: total_tax_money.amount, minor_units: true}
          service_charge_amount: {from: amount_money.amount, minor_units: true}
          tip_amount: {from: total_tip_money.amount, minor_units: true}
          payment_method_code: {from: "^.tenders[0].type", codes: {CARD: card, CASH: cash}}
          card_token: "^.tenders[type=CARD].card_details.card.fingerprint"
    """,
    [
        {"pos_check_id": "o1", "line_number": 1, "business_date": date(2026, 11, 20), "net_amount": Decimal(12), "quantity": Decimal("1.5"), "tax_amount": Decimal("0.96"), "card_token": "sq-1-fp"},
        {"pos_check_id": "o1", "line_number": 2, "item_category": "service_charge", "net_amount": Decimal(0), "service_charge_amount": Decimal("1.20")},
        {"pos_check_id": "o1", "line_number": 3, "item_category": "tip", "tip_amount": Decimal(2), "net_amount": Decimal(0)},
        {"pos_check_id": "o2", "line_number": 1, "net_amount": Decimal(900), "currency_code": "JPY", "business_date": date(2026, 11, 21), "check_status": "voided"},
    ],
    (4, 0, 1),
)  # fmt: skip

AGILYSYS = Export(
    "pos_checks",
    "infogenesis.json",
    json.dumps(
        {"data": [{"site": "VIE", "tickets": [
            {"no": 7, "changed": "2026-11-20 21:15:00", "profitCenter": {"id": 3, "name": "Stube"}, "courses": [
                {"course": 1, "items": [{"seq": 1, "plu": "101", "qty": 1, "ext": "9,50"}]},
                {"course": 2, "items": [{"seq": 2, "plu": "205", "qty": 2, "ext": "31,00"}, {"seq": 3, "plu": "999", "qty": 1, "ext": "1,00"}]},
            ]}]}]}
    ),
    """
    vendor: acme
    feeds:
      pos_checks:
        rows: data[*].tickets[*].courses[*].items[*]
        time_zone: property
        number: {decimal: ","}
        columns:
          property_code: ^^^.site
          pos_check_id: ^^.no
          line_number: seq
          updated_at: ^^.changed
          business_date: {local_date: ^^.changed}
          outlet_code: ^^.profitCenter.id
          outlet_name: ^^.profitCenter.name
          order_type_code: {concat: [{constant: course}, ^.course], separator: " "}
          item_code: plu
          item_name: {from: plu, codes_file: {file: plu.csv, key: PLU, value: Name}, otherwise: "null"}
          item_category: {from: plu, codes_file: {file: plu.csv, key: PLU, value: Group}}
          quantity: qty
          net_amount: ext
    """,
    [
        {"pos_check_id": "7", "line_number": 1, "item_name": "Soup", "item_category": "food", "net_amount": Decimal("9.50"), "order_type_code": "course 1", "property_code": "VIE", "updated_at": at(2026, 11, 20, 20, 15), "outlet_name": "Stube"},
        {"line_number": 2, "item_name": "Wine", "item_category": "beverage", "net_amount": Decimal(31), "order_type_code": "course 2"},
        {"line_number": 3, "item_name": None, "item_category": None},
    ],
    (3, 0, 0),
)  # fmt: skip

SALES_JOURNAL = Export(
    "pos_checks",
    "journal.csv",
    csv_of(
        "Bon;Datum;Speisen;Getränke;Trinkgeld;Zahlart",
        "501;45981,9375;22,00;11,00;3,00;Karte",
        "502;45982,0104166667;;6,60;;Zimmer 204",
        encoding="utf-16",
    ),
    """
    vendor: acme
    feeds:
      pos_checks:
        time_zone: Europe/Vienna
        number: {decimal: ","}
        unpivot: {columns: [Speisen, Getränke, Trinkgeld], name: kind, value: amount}
        columns:
          property_code: {constant: VIE}
          pos_check_id: Bon
          line_number: {from: kind, codes: {Speisen: 1, Getränke: 2, Trinkgeld: 3}}
          updated_at: &sold {from: Datum, replace: {",": "."}, epoch: excel}
          closed_at: *sold
          business_date: {local_date: *sold, day_starts: "04:00"}
          outlet_code: {constant: GASTHAUS}
          item_code: kind
          item_category: {from: kind, codes: {Speisen: food, Getränke: beverage, Trinkgeld: tip}}
          net_amount: {first_of: [{from: amount, number: {decimal: ","}, divide_by: 1.1, round: 2, unless: {kind: Trinkgeld}}, {constant: 0}]}
          tip_amount: {from: amount, when: {kind: Trinkgeld}}
          payment_method_code: {from: Zahlart, extract: "^[^ ]+", codes: {Karte: card, Zimmer: room_charge}}
          room_number: {from: Zahlart, extract: "Zimmer (.+)"}
    """,
    [
        {"pos_check_id": "501", "line_number": 1, "net_amount": Decimal(20), "closed_at": at(2025, 11, 20, 21, 30), "business_date": date(2025, 11, 20), "payment_method_code": "card"},
        {"pos_check_id": "501", "line_number": 2, "net_amount": Decimal(10), "item_category": "beverage"},
        {"pos_check_id": "501", "line_number": 3, "net_amount": Decimal(0), "tip_amount": Decimal(3)},
        {"pos_check_id": "502", "line_number": 2, "net_amount": Decimal(6), "closed_at": at(2025, 11, 20, 23, 15), "business_date": date(2025, 11, 20), "room_number": "204"},
    ],
    (4, 0, 0),
)  # fmt: skip

TALKDESK = Export(
    "interactions",
    "talkdesk.csv",
    csv_of(
        '"Interaction Id","Call Type","Start Time","End Time","Talkdesk Phone Number","Customer Phone Number","Talk Time","Wait Time","Hold Time","Ring Group","Agent","Tags","Rating","Inside Business Hours?","Missed?"',
        '"td1","inbound","2026-03-29 01:59:59","2026-03-29 03:10:00","+43800","+436605550100","10m 1s","45s","0s","Reservations;VIP","Eva","Booked, VIP","5","Y","N"',
        '"td2","abandoned","2026-10-25 02:30:00","2026-10-25 02:31:00","+43800","anonymous","","1m","","Reservations","","","","1","0"',
        encoding="utf-8-sig",
    ),
    """
    vendor: acme
    feeds:
      interactions:
        time_zone: Europe/Vienna
        columns:
          interaction_id: Interaction Id
          started_at: Start Time
          ended_at: End Time
          updated_at: End Time
          channel_code: {constant: voice}
          direction_code: {from: Call Type, codes: {inbound: inbound, abandoned: inbound, outbound: outbound}}
          is_abandoned: {constant: "true", when: {Call Type: [abandoned, missed]}, default: {constant: "false"}}
          queue_name: {from: Ring Group, extract: "^[^;]+"}
          agent_code: Agent
          talk_seconds: {from: Talk Time, duration: true}
          queue_seconds: {from: Wait Time, duration: true}
          hold_seconds: {from: Hold Time, duration: true}
          customer_phone: {from: Customer Phone Number, null_if: anonymous}
          reason_code: {constant: reservation, when: {Tags: "*booked*"}, default: {constant: other}}
          csat_score: Rating
    """,
    [
        {"interaction_id": "td1", "started_at": at(2026, 3, 29, 0, 59, 59), "ended_at": at(2026, 3, 29, 1, 10), "talk_seconds": 601, "queue_seconds": 45, "queue_name": "Reservations", "reason_code": "reservation", "csat_score": 5, "is_abandoned": False},
        {"interaction_id": "td2", "talk_seconds": None, "queue_seconds": 60, "customer_phone": None, "is_abandoned": True, "reason_code": "other"},
    ],
    (2, 0, 0),
)  # fmt: skip

NICE = Export(
    "interactions",
    "nice.json",
    json.dumps(
        [
            {"contactId": 9001, "masterContactId": 9000, "mediaTypeName": "Call", "isOutbound": False, "contactStart": "2026-11-20T09:00:00.000Z", "lastUpdateTime": "2026-11-20T09:10:00.123Z", "abandoned": False,
             "agent": {"name": "Eva"}, "skill": {"name": "Front \"desk\""}, "from": {"number": "sip:+14155550100@host"}, "preQueueSeconds": 2.4, "inQueueSeconds": 10.6, "holdSeconds": 0.0,
             "tags": [{"name": "loyalty", "value": "GB20001"}, {"name": "csat", "value": "4"}], "custom.data": {"Conf #": "C-77"}},
            {"contactId": 9002, "mediaTypeName": "Fax", "isOutbound": True, "contactStart": "not known", "lastUpdateTime": "2026-11-20T09:10:00Z"},
        ]
    ),
    r"""
    vendor: acme
    feeds:
      interactions:
        columns:
          interaction_id: contactId
          initial_interaction_id: masterContactId
          updated_at: lastUpdateTime
          started_at: contactStart
          channel_code: {from: mediaTypeName, codes: {Call: voice, Chat: chat, Email: email}, otherwise: "null"}
          direction_code: {from: isOutbound, codes: {true: outbound, false: inbound}}
          is_abandoned: abandoned
          agent_code: agent.name
          queue_name: {from: skill.name, remove: '"'}
          queue_seconds: {sum: [preQueueSeconds, inQueueSeconds], round: 0}
          hold_seconds: {from: holdSeconds, integer: true}
          customer_phone: {from: from.number, extract: "([+][0-9]+)"}
          loyalty_number: tags[name=loyalty].value
          csat_score: tags[name=csat].value
          confirmation_number: '"custom.data"."Conf #"'
    """,
    [
        {"interaction_id": "9001", "initial_interaction_id": "9000", "queue_seconds": 13, "hold_seconds": 0, "customer_phone": "+14155550100", "loyalty_number": "GB20001", "csat_score": 4, "confirmation_number": "C-77", "queue_name": "Front desk"},
    ],
    (2, 1, 0),
    [["started_at: not a timestamp"]],
)  # fmt: skip

THREE_CX = Export(
    "interactions",
    "cdr_20261120.csv",
    "Call 1,1.00:00:05,12/31/2026 23:59:50,01/01/2027 00:00:10,Ext.100,0043660555,Terminated,86405\nCall 2,00:00:20,01/01/2027 00:10:00,01/01/2027 00:10:20,Ext.100,0043661555,Terminated,20\nTotal calls,2\n",
    """
    vendor: acme
    feeds:
      interactions:
        csv: {header: [callid, duration, start, end, to, from, reason, seconds], skip_lines_like: "^Total"}
        date_format: "%m/%d/%Y %H:%M:%S"
        time_zone: Asia/Tokyo
        columns:
          interaction_id: {hash: [callid, start, from]}
          started_at: start
          ended_at: end
          updated_at: end
          channel_code: {constant: voice}
          talk_seconds: {from: duration, duration: true}
          wrap_up_seconds: {seconds_between: [start, end]}
          agent_code: {from: to, extract: "[0-9]+"}
          customer_phone: {from: from, replace: {"^00": "+"}}
    """,
    [
        {"started_at": at(2026, 12, 31, 14, 59, 50), "talk_seconds": 86405, "wrap_up_seconds": 20, "agent_code": "100", "customer_phone": "+43660555"},
        {"talk_seconds": 20, "customer_phone": "+43661555"},
    ],
    (2, 0, 1),
)  # fmt: skip

EXPORTS = {
    "mews": MEWS, "cloudbeds": CLOUDBEDS, "protel": PROTEL, "synxis": SYNXIS, "infrasys": INFRASYS, "square": SQUARE, "agilysys": AGILYSYS, "sales journal": SALES_JOURNAL,
    "talkdesk": TALKDESK, "nice": NICE, "3cx": THREE_CX,
}  # fmt: skip
PLU = "PLU;Name;Group\n101;Soup;food\n205;Wine;beverage\n"


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_nobody_has_seen_loads_by_yaml_alone(stage: Stage, name: str):
    export = EXPORTS[name]
    assert len(export.mapping.strip().splitlines()) <= 40
    stage.reference("property.csv", PROPERTY)
    write_mapping(stage, "acme", export.mapping)
    (stage.settings.sources_dir / "acme" / "plu.csv").write_text(PLU, encoding="utf-8")
    stage.deliver(export.file.replace("/", "_"), export.content, export.feed, "acme")
    report = stage.run(export.feed)[-1]
    assert report["status_reason"] is None
    found = [
        {column: row[column] for column in wanted}
        for row, wanted in zip(stage.rows(export.feed), export.rows, strict=True)
    ]
    assert found == export.rows
    assert (report["rows_read"], report["rows_quarantined"], report["rows_skipped"]) == export.counts
    assert [row["reasons"] for row in stage.quarantined(export.feed)] == export.reasons
