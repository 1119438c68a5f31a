# ruff: noqa: E501
"""Exports that nobody here has seen load by a short YAML under <home>/sources, without any Python.

Each is invented after the manner of a real product's export. A mapping has at most 40 lines.
"""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from ingest.mapping import read_mapping
from tests.unit.ingest.conftest import Stage
from tests.unit.ingest.mapped import write_mapping

PROPERTY = (
    "property_code,time_zone,currency_code\nVIE,Europe/Vienna,EUR\nNYC,America/New_York,USD\nZRH,Europe/Zurich,CHF\n"
)

PROTEL = """
vendor: protel
feeds:
  reservations:
    csv: {delimiter: ";"}
    date_format: ["%d.%m.%Y %H:%M", "%d.%m.%Y"]
    time_zone: property
    number: {decimal: ",", thousands: "."}
    path_pattern: "/(?P<hotel>[A-Z]{3})_Res"
    columns:
      property_code: {path_part: hotel}
      reservation_id: Res-Nr
      updated_at: Geändert am
      status:
        from: Status
        codes: {Reserviert: reserved, Optional: waitlisted, Eingecheckt: in_house, Abgereist: checked_out, Storno: cancelled, No Show: no_show}
      arrival_date: Anreise
      departure_date: Abreise
      booked_at: {concat: [Buchungsdatum, Buchungszeit], separator: " "}
      adult_count: Erw
      child_count: Kinder
      room_type_code: Zi-Typ
      room_number: {from: Zimmer, null_if: ["0"]}
      room_revenue_amount: Logis netto
      fnb_revenue_amount: {sum: [F&B netto, Minibar netto]}
      currency_code: {from: Whg, codes: {€: EUR, EUR: EUR, CHF: CHF}}
      guest_last_name: {from: Gast, extract: "^([^,]+)"}
      guest_first_name: {from: Gast, extract: ", *([^(]+?)(?: [(]|$)"}
      guest_email: E-Mail
      guest_birth_date: Geb.
      consent_email: {from: Newsletter, codes: {J: true, N: false}}
"""
PROTEL_FILE = """Res-Nr;Geändert am;Status;Anreise;Abreise;Buchungsdatum;Buchungszeit;Erw;Kinder;Zi-Typ;Zimmer;Logis netto;F&B netto;Minibar netto;Whg;Gast;E-Mail;Geb.;Newsletter
1001;01.07.2026 14:30;Reserviert;05.07.2026;08.07.2026;01.06.2026;09:15;2;0;DZ;0;1.234,50;98,00;;€;Gruber, Anna;anna@example.com;03.08.1980;J
1002;02.07.2026 08:00;Storno;05.07.2026;06.07.2026;02.06.2026;23:59;1;1;EZ;204;0,00;0,00;3,50;EUR;"Müller-Lüdenscheidt, Eva";;;N
1003;02.07.2026 08:00;Geplant;05.07.2026;06.07.2026;02.06.2026;10:00;1;0;EZ;204;0,00;;;EUR;Rossi, Chiara;;;N
"""

APALEO = """
vendor: apaleo
feeds:
  reservations:
    rows: reservations[*]
    ignore: [$.count]
    columns:
      property_code: property.code
      reservation_id: id
      updated_at: modified
      booked_at: created
      status: {from: status, codes: {Confirmed: reserved, Tentative: waitlisted, InHouse: in_house, CheckedOut: checked_out, Canceled: cancelled, NoShow: no_show}}
      confirmation_number: bookingId
      arrival_date: {from: arrival, extract: "^(.{10})"}
      departure_date: {from: departure, extract: "^(.{10})"}
      checked_in_at: checkInTime
      cancelled_at: cancellationTime
      adult_count: adults
      child_count: {count: childrenAges}
      room_number: unit.name
      room_type_code: unitGroup.code
      rate_plan_code: ratePlan.code
      channel_code: channelCode
      external_reference: externalCode
      currency_code: totalGrossAmount.currency
      room_revenue_amount: {sum_of: "timeSlices[*].baseAmount.netAmount"}
      nightly_amounts: {list_of: {each: "timeSlices[*]", fields: {date: serviceDate, room_amount: baseAmount.netAmount}}}
      guest_first_name: primaryGuest.firstName
      guest_last_name: primaryGuest.lastName
      guest_email: primaryGuest.email
      guest_phone: primaryGuest.phone
      booker_name: {concat: [booker.firstName, booker.lastName], separator: " "}
      booker_email: booker.email
      accompanying_guests: {list_of: {each: "additionalGuests[*]", fields: {first_name: firstName, last_name: lastName}}}
      company_name: company.name
"""

TOAST = """
vendor: toast
feeds:
  pos_checks:
    rows: checks[*].selections[*]
    columns:
      property_code: {from: $.restaurantGuid, codes: {r-vie: VIE, r-nyc: NYC}, otherwise: quarantine}
      pos_check_id: ^.guid
      check_number: ^.displayNumber
      line_number: {number_within: [^.guid]}
      updated_at: [modifiedDate, ^.modifiedDate, $.modifiedDate]
      business_date: {from: $.businessDate, date_format: "%Y%m%d"}
      opened_at: ^.openedDate
      closed_at: ^.closedDate
      check_status: {from: ^.paymentStatus, codes: {OPEN: open, PAID: closed, CLOSED: closed}}
      outlet_code: $.revenueCenter.guid
      cover_count: $.numberOfGuests
      employee_code: $.server.guid
      item_code: item.guid
      item_name: displayName
      item_category: {from: salesCategory.name, codes: {Food: food, Wine: beverage, Beer: beverage}, otherwise: "null", default: {constant: other}}
      quantity: quantity
      gross_amount: preDiscountPrice
      discount_amount: {subtract: [preDiscountPrice, price]}
      net_amount: price
      tax_amount: tax
      is_void: voided
      payment_method_code: {from: "^.payments[0].type", codes: {CREDIT: card, CASH: cash, GIFTCARD: voucher, HOUSE_ACCOUNT: room_charge}, otherwise: "null", default: {constant: other}}
      loyalty_number: ^.appliedLoyaltyInfo.loyaltyIdentifier
      guest_name: {concat: [^.customer.firstName, ^.customer.lastName], separator: " "}
"""

FIVE9 = """
vendor: five9
feeds:
  interactions:
    csv: {skip_lines: 3}
    time_zone: America/Los_Angeles
    null_values: ["[None]"]
    columns:
      interaction_id: CALL ID
      started_at: &start {from: TIMESTAMP, date_format: "%a, %d %b %Y %H:%M:%S"}
      updated_at: *start
      channel_code: {constant: voice}
      direction_code: {from: CALL TYPE, codes: {Inbound: inbound, Manual: outbound, Preview: outbound, Queue Callback: callback, 3rd party transfer: transfer}}
      queue_name: SKILL
      agent_code: AGENT
      queue_seconds: {from: QUEUE WAIT TIME, duration: true}
      talk_seconds: {from: TALK TIME, duration: true}
      hold_seconds: {from: HOLD TIME, duration: true}
      wrap_up_seconds: {from: AFTER CALL WORK TIME, duration: true}
      is_abandoned: {from: ABANDONED, codes: {1: true, 0: false}}
      customer_phone: {first_of: [{from: ANI, when: {CALL TYPE: Inbound}}, DNIS]}
      customer_name: CUSTOMER NAME
      disposition_code: DISPOSITION
      reason_code: {from: DISPOSITION, codes: {New Reservation: reservation, Change: change, Complaint: complaint}, otherwise: "null", default: {constant: other}}
"""
FIVE9_FILE = """Call Log
Report period: 11/20/2026

"CALL ID","TIMESTAMP","CALL TYPE","SKILL","AGENT","QUEUE WAIT TIME","TALK TIME","HOLD TIME","AFTER CALL WORK TIME","ABANDONED","ANI","DNIS","CUSTOMER NAME","DISPOSITION"
"300000000001","Fri, 20 Nov 2026 09:00:00","Inbound","Reservations","a@example.com","00:00:12","00:03:25","00:00:00","00:01:00","0","4155550100","8005550000","Ann Walker","New Reservation"
"300000000002","Fri, 20 Nov 2026 09:05:00","Inbound","Reservations","[None]","00:02:00","00:00:00","00:00:00","00:00:00","1","4155550101","8005550000","[None]","Abandon"
"300000000003","Fri, 20 Nov 2026 09:10:00","Manual","Reservations","b@example.com","00:00:00","1:00:01","00:00:30","00:00:10","0","8005550000","4155550102","[None]","Change"
"""

ZENDESK = """
vendor: zendesk_talk
feeds:
  interactions:
    rows: [calls, tickets]
    ignore: [$.next_page, $.count]
    columns:
      interaction_id: {concat: [{constant: call}, id], separator: "-"}
      started_at: {from: created_at, epoch: milliseconds}
      updated_at: {from: updated_at, epoch: milliseconds}
      ended_at: {from: ended_at, epoch: milliseconds}
      channel_code: {constant: voice}
      direction_code: direction
      queue_name: call_group_name
      agent_code: agent_id
      queue_seconds: wait_time
      talk_seconds: {from: talk_ms, divide_by: 1000}
      is_abandoned: {from: completion_status, codes: {abandoned_in_queue: true, abandoned_in_ivr: true}, otherwise: "null", default: {constant: false}}
      customer_phone: 'via.source.from[kind=customer].phone'
      confirmation_number: "custom_fields[id=360001].value"
      case_id: ticket_id
      case_status: {from: ticket.status, codes: {new: open, open: open, pending: open, hold: open, solved: resolved, closed: closed}}
      case_severity: {from: ticket.priority, codes: {low: low, normal: medium, high: high, urgent: critical}}
      csat_score: {from: satisfaction.score, codes: {bad: 1, good: 5}, otherwise: "null"}
      case_opened_at: {from: ticket.created, date_format: "%Y-%m-%dT%H:%M:%S%z"}
"""

TWILIO = """
vendor: twilio
feeds:
  interactions:
    columns:
      interaction_id: sid
      started_at: &time {from: start_time, date_format: "%a, %d %b %Y %H:%M:%S %z"}
      ended_at: {from: end_time, date_format: "%a, %d %b %Y %H:%M:%S %z"}
      updated_at: {from: date_updated, date_format: "%a, %d %b %Y %H:%M:%S %z"}
      initial_interaction_id: parent_call_sid
      channel_code: {constant: voice}
      direction_code: {from: direction, codes: {inbound: inbound, outbound-api: outbound, outbound-dial: transfer}}
      talk_seconds: {seconds_between: [*time, {from: end_time, date_format: "%a, %d %b %Y %H:%M:%S %z"}]}
      is_abandoned: {from: status, codes: {no-answer: true, canceled: true, busy: true}, otherwise: "null", default: {constant: false}}
      customer_phone: {first_of: [{from: from, when: {direction: inbound}}, to]}
"""

LIGHTSPEED = """
vendor: lightspeed
feeds:
  pos_checks:
    csv: {header: [site, receipt, pos, sold, item, name, group, qty, gross, rebate, vat, staff, table, pay, void]}
    date_format: "%d/%m/%y %H:%M"
    time_zone: property
    number: {decimal: ",", thousands: "'"}
    columns:
      property_code: {from: site, case: upper}
      pos_check_id: {hash: [site, receipt, sold]}
      check_number: receipt
      line_number: pos
      updated_at: sold
      closed_at: sold
      business_date: sold
      outlet_code: {constant: RESTAURANT}
      item_code: {from: item, default: name}
      item_name: name
      item_category: {from: group, codes: {Speisen: food, Getränke: beverage}}
      quantity: qty
      gross_amount: gross
      discount_amount: rebate
      net_amount: {subtract: [gross, {from: rebate, default: {constant: 0}}]}
      tax_amount: vat
      employee_code: staff
      payment_method_code: {from: pay, codes: {Karte: card, Bar: cash, Zimmer: room_charge}}
      room_number: {from: table, when: {pay: Zimmer}, extract: "[0-9]+"}
      is_void: {from: void, codes: {X: true}, default: {constant: false}}
"""

MEWS = """
vendor: mews
feeds:
  reservations:
    rows: Reservations
    columns:
      property_code: {from: ServiceId, codes: {bd26d8db: VIE}, otherwise: keep}
      reservation_id: Id
      confirmation_number: Number
      updated_at: UpdatedUtc
      booked_at: CreatedUtc
      cancelled_at: CancelledUtc
      arrival_date: {from: StartUtc, extract: "^[0-9-]{10}"}
      departure_date: {from: EndUtc, extract: "^[0-9-]{10}"}
      status: {from: State, codes: {Enquired: waitlisted, Confirmed: reserved, Started: in_house, Processed: checked_out, Canceled: cancelled, Optional: waitlisted}}
      adult_count: {sum_of: "PersonCounts[AgeCategory=Adult].Count"}
      child_count: {sum_of: "PersonCounts[AgeCategory=Child].Count"}
      total_revenue_amount: {from: Amount.NetCents, divide_by: 100}
      currency_code: Amount.Currency
      guest_profile_id: CustomerId
      guest_email: "$.Customers[0].Email"
      channel_code: {from: Origin, case: lower}
"""


def load(stage: Stage, vendor: str, text: str, name: str, content: bytes | str, feed: str) -> list[dict[str, Any]]:
    stage.reference("property.csv", PROPERTY)
    write_mapping(stage, vendor, text)
    stage.deliver(name, content, feed=feed, vendor=vendor)
    stage.run(feed)
    return stage.rows(feed)


def no_rejected(rows: list[dict[str, Any]]) -> bool:
    return not any("_rejected" in (row["extra"] or "") for row in rows)


@pytest.mark.parametrize("text", [PROTEL, APALEO, TOAST, FIVE9, ZENDESK, TWILIO, LIGHTSPEED, MEWS])
def test_mappings_are_short_and_valid(text: str, tmp_path):
    assert len(text.strip().splitlines()) <= 40
    path = tmp_path / "mapping.yml"
    path.write_text(text, encoding="utf-8")
    assert read_mapping(path).feeds


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_semicolons_decimal_commas_german_dates_hotel_in_the_file_name(stage: Stage, encoding: str):
    rows = load(stage, "protel", PROTEL, "VIE_Res_20260702.csv", PROTEL_FILE.encode(encoding), "reservations")
    first, second = rows
    assert (first["property_code"], first["reservation_id"], first["status"]) == ("VIE", "1001", "reserved")
    assert first["updated_at"] == datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    assert first["booked_at"] == datetime(2026, 6, 1, 7, 15, tzinfo=UTC)
    assert first["room_revenue_amount"] == Decimal("1234.50")
    assert (first["fnb_revenue_amount"], second["fnb_revenue_amount"]) == (Decimal(98), Decimal("3.50"))
    assert (first["guest_first_name"], first["guest_last_name"]) == ("Anna", "Gruber")
    assert (second["guest_last_name"], second["room_number"], first["room_number"]) == (
        "Müller-Lüdenscheidt",
        "204",
        None,
    )
    assert (first["guest_birth_date"], first["consent_email"], second["consent_email"]) == (
        date(1980, 8, 3),
        True,
        False,
    )
    assert first["currency_code"] == "EUR"
    assert no_rejected(rows)
    reasons = [row["reasons"] for row in stage.quarantined()]
    assert reasons == [["status: not one of reserved, waitlisted, in_house, checked_out, cancelled, no_show"]]


def test_a_wrapper_object_with_nested_lists(stage: Stage):
    reservation = {
        "id": "ABC-1",
        "bookingId": "ABC",
        "status": "Confirmed",
        "property": {"id": "VIE", "code": "VIE"},
        "created": "2026-06-01T09:15:00+02:00",
        "modified": "2026-06-02T09:15:00+02:00",
        "arrival": "2026-07-05T15:00:00+02:00",
        "departure": "2026-07-07T11:00:00+02:00",
        "adults": 2,
        "childrenAges": [4, 9],
        "unitGroup": {"code": "DBL"},
        "channelCode": "Ibe",
        "totalGrossAmount": {"amount": 330, "currency": "EUR"},
        "timeSlices": [
            {"serviceDate": "2026-07-05", "baseAmount": {"grossAmount": 165, "netAmount": 150}},
            {"serviceDate": "2026-07-06", "baseAmount": {"grossAmount": 165, "netAmount": 150.5}},
        ],
        "primaryGuest": {"firstName": "Anna", "lastName": "Gruber", "email": "anna@example.com"},
        "additionalGuests": [{"firstName": "Eva", "lastName": "Gruber"}],
        "booker": {"firstName": "Max", "lastName": "Gruber", "email": "max@example.com"},
    }
    document = json.dumps({"reservations": [reservation, {**reservation, "id": "ABC-2"}], "count": 2}, indent=2)
    rows = load(stage, "apaleo", APALEO, "page1.json", document, "reservations")
    assert [row["reservation_id"] for row in rows] == ["ABC-1", "ABC-2"]
    row = rows[0]
    assert (str(row["arrival_date"]), str(row["departure_date"])) == ("2026-07-05", "2026-07-07")
    assert (row["adult_count"], row["child_count"], row["room_revenue_amount"]) == (2, 2, Decimal("300.50"))
    assert len(json.loads(row["nightly_amounts"])) == 2
    assert (row["booker_name"], row["accompanying_guests"]) == (
        "Max Gruber",
        '[{"first_name":"Eva","last_name":"Gruber"}]',
    )
    assert no_rejected(rows)


def test_an_array_of_orders_with_checks_and_selections(stage: Stage):
    def selection(item: str, gross: float, **more: Any) -> dict[str, Any]:
        return {"item": {"guid": item}, "displayName": item, "quantity": 1, "preDiscountPrice": gross, "price": gross,
                "tax": 0.5, "voided": False, "salesCategory": {"name": "Food"}, **more}  # fmt: skip

    order = {
        "guid": "o1",
        "restaurantGuid": "r-nyc",
        "businessDate": 20261120,
        "numberOfGuests": 3,
        "modifiedDate": "2026-11-20T20:00:00.000+0000",
        "server": {"guid": "e1"},
        "revenueCenter": {"guid": "bar"},
        "checks": [
            {
                "guid": "c1",
                "displayNumber": "17",
                "paymentStatus": "PAID",
                "openedDate": "2026-11-20T19:00:00.000+0000",
                "payments": [{"type": "HOUSE_ACCOUNT", "amount": 21}],
                "customer": {"firstName": "Ann", "lastName": "Walker"},
                "selections": [selection("soup", 9), selection("wine", 12, price=10, salesCategory={"name": "Wine"})],
            },
            {"guid": "c2", "paymentStatus": "OPEN", "selections": [selection("cake", 7, voided=True)]},
        ],
    }
    rows = load(
        stage, "toast", TOAST, "orders.json", json.dumps([order, {**order, "restaurantGuid": "r-xxx"}]), "pos_checks"
    )
    assert [(row["pos_check_id"], row["line_number"], row["net_amount"], row["discount_amount"]) for row in rows] == [
        ("c1", 1, Decimal(9), Decimal(0)),
        ("c1", 2, Decimal(10), Decimal(2)),
        ("c2", 1, Decimal(7), Decimal(0)),
    ]
    assert [row["item_category"] for row in rows] == ["food", "beverage", "food"]
    assert [row["payment_method_code"] for row in rows] == ["room_charge", "room_charge", "other"]
    assert [row["is_void"] for row in rows] == [False, False, True]
    assert {row["currency_code"] for row in rows} == {"USD"}
    assert rows[0]["opened_at"] == datetime(2026, 11, 20, 19, tzinfo=UTC)
    assert rows[0]["guest_name"] == "Ann Walker"
    assert no_rejected(rows)
    reasons = [row["reasons"] for row in stage.quarantined("pos_checks")]
    assert reasons == [["property_code: code not in the mapping", "currency_code: missing"]] * 3


def test_a_report_with_a_title_and_clock_durations(stage: Stage):
    rows = load(stage, "five9", FIVE9, "calls.csv", FIVE9_FILE, "interactions")
    assert [row["started_at"].hour for row in rows] == [17, 17, 17]
    assert [(row["queue_seconds"], row["talk_seconds"]) for row in rows] == [(12, 205), (120, 0), (0, 3601)]
    assert [row["customer_phone"] for row in rows] == ["4155550100", "4155550101", "4155550102"]
    assert [row["is_abandoned"] for row in rows] == [False, True, False]
    assert [row["reason_code"] for row in rows] == ["reservation", "other", "change"]
    assert [row["customer_name"] for row in rows] == ["Ann Walker", None, None]
    assert no_rejected(rows)


def test_epoch_milliseconds_and_lists_of_custom_fields(stage: Stage):
    call = {
        "id": 35436,
        "created_at": 1795168800000,
        "updated_at": 1795169100500,
        "direction": "inbound",
        "agent_id": 7,
        "wait_time": 21,
        "talk_ms": 65432,
        "completion_status": "completed",
        "via": {"source": {"from": [{"kind": "agent"}, {"kind": "customer", "phone": "+43 660 5550100"}]}},
        "custom_fields": [{"id": 1, "value": "x"}, {"id": 360001, "value": "C-77"}],
        "ticket_id": 9,
        "ticket": {"status": "solved", "priority": "urgent", "created": "2026-11-20T09:20:00+0100"},
        "satisfaction": {"score": "good"},
    }
    document = {"calls": [call, {**call, "id": 2, "completion_status": "abandoned_in_queue"}], "count": 2}
    rows = load(stage, "zendesk_talk", ZENDESK, "calls.json", json.dumps(document), "interactions")
    row = rows[0]
    assert row["interaction_id"] == "call-35436"
    assert row["started_at"] == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert (row["talk_seconds"], row["queue_seconds"], row["csat_score"]) == (65, 21, 5)
    assert (row["customer_phone"], row["confirmation_number"]) == ("+43 660 5550100", "C-77")
    assert (row["case_status"], row["case_severity"]) == ("resolved", "critical")
    assert row["case_opened_at"] == datetime(2026, 11, 20, 8, 20, tzinfo=UTC)
    assert [row["is_abandoned"] for row in rows] == [False, True]
    assert no_rejected(rows)


def test_rfc_2822_times(stage: Stage):
    call = {
        "sid": "CA1",
        "start_time": "Fri, 20 Nov 2026 09:00:00 +0000",
        "end_time": "Fri, 20 Nov 2026 09:02:05 +0000",
        "date_updated": "Fri, 20 Nov 2026 10:02:06 +0100",
        "direction": "outbound-dial",
        "from": "+18005550000",
        "to": "+14155550100",
        "status": "completed",
        "parent_call_sid": "CA0",
    }
    row = load(stage, "twilio", TWILIO, "calls.jsonl", json.dumps(call) + "\n", "interactions")[0]
    assert row["updated_at"] == datetime(2026, 11, 20, 9, 2, 6, tzinfo=UTC)
    assert (row["talk_seconds"], row["direction_code"], row["is_abandoned"]) == (125, "transfer", False)
    assert (row["customer_phone"], row["initial_interaction_id"]) == ("+14155550100", "CA0")
    assert no_rejected([row])


def test_no_header_swiss_amounts_local_times_and_hashed_key(stage: Stage):
    text = (
        "zrh;77;1;20/11/26 23:30;101;Rösti;Speisen;2;1'060,00;60,00;77,00;anna;Zi 204;Zimmer;\n"
        "zrh;77;2;20/11/26 23:30;;Wein;Getränke;1;9,50;;0,70;anna;Zi 204;Zimmer;X\n"
    )
    rows = load(
        stage, "lightspeed", LIGHTSPEED, "sales.csv.gz", __import__("gzip").compress(text.encode()), "pos_checks"
    )
    assert [(row["item_code"], row["net_amount"], row["is_void"]) for row in rows] == [
        ("101", Decimal(1000), False),
        ("Wein", Decimal("9.50"), True),
    ]
    assert len({row["pos_check_id"] for row in rows}) == 1
    assert rows[0]["closed_at"] == datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    assert str(rows[0]["business_date"]) == "2026-11-20"
    assert (rows[0]["room_number"], rows[0]["currency_code"]) == ("204", "CHF")
    assert no_rejected(rows)


def test_minor_units_and_a_sibling_list_of_the_wrapper(stage: Stage):
    reservation = {
        "Id": "m1",
        "Number": "52",
        "ServiceId": "bd26d8db",
        "State": "Confirmed",
        "Origin": "Commander",
        "CreatedUtc": "2026-06-01T09:15:00Z",
        "UpdatedUtc": "2026-06-02T09:15:00Z",
        "StartUtc": "2026-07-05T13:00:00Z",
        "EndUtc": "2026-07-07T09:00:00Z",
        "PersonCounts": [{"AgeCategory": "Adult", "Count": 2}, {"AgeCategory": "Child", "Count": 1}],
        "Amount": {"Currency": "EUR", "NetCents": 12345},
        "CustomerId": "cu1",
    }
    document = {"Reservations": [reservation], "Customers": [{"Id": "cu1", "Email": "anna@example.com"}]}
    row = load(stage, "mews", MEWS, "export.json", json.dumps(document), "reservations")[0]
    assert (row["property_code"], row["total_revenue_amount"]) == ("VIE", Decimal("123.45"))
    assert (row["adult_count"], row["child_count"], row["guest_email"]) == (2, 1, "anna@example.com")
    assert no_rejected([row])
