"""The shipped vendors: every sample loads whole, the real payloads load or are quarantined for the right reason."""

import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from guestbook.contracts import contract
from ingest.catalogue import SHIPPED_DIR, mapping_files
from tests.unit.ingest.conftest import Stage

REPOSITORY = Path(__file__).parents[3]
REAL = REPOSITORY.parent / "shared" / "data"
PROPERTY = "property_code,time_zone,currency_code\nHOTEL1,America/Los_Angeles,USD\n"
SAMPLES = {
    "opera_cloud": ("reservations", "sample.jsonl"),
    "simphony": ("pos_checks", "sample.json"),
    "amazon_connect": ("interactions", "sample.json"),
    "genesys_cloud": ("interactions", "sample.json"),
    "hotel_booking_demand": ("reservations", "sample.csv"),
    "canonical": ("reservations", "sample.csv"),
}


def deliver(stage: Stage, vendor: str, feed: str, path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        pytest.skip(f"{path} is not on this machine")
    stage.reference("property.csv", PROPERTY)
    stage.deliver(path.name, path.read_bytes(), feed=feed, vendor=vendor)
    stage.run(feed)
    return stage.rows(feed)


def sample(stage: Stage, vendor: str) -> list[dict[str, Any]]:
    feed, name = SAMPLES[vendor]
    return deliver(stage, vendor, feed, SHIPPED_DIR / vendor / name)


def filled(feed: str, rows: list[dict[str, Any]]) -> set[str]:
    """Canonical columns that at least one row fills."""
    return {name for name in contract(feed).column_names if any(row[name] is not None for row in rows)}


def test_every_vendor_has_a_sample_and_a_readme(stage: Stage):
    assert set(mapping_files(stage.settings)) | {"canonical"} == set(SAMPLES)
    for vendor, (_, name) in SAMPLES.items():
        assert (SHIPPED_DIR / vendor / name).exists()
        assert "quirk" in (SHIPPED_DIR / vendor / "README.md").read_text().lower()


@pytest.mark.parametrize("vendor", SAMPLES)
def test_a_sample_loads_whole_with_nothing_set_aside(stage: Stage, vendor: str):
    rows = sample(stage, vendor)
    assert len(rows) == 20
    assert not stage.quarantined(SAMPLES[vendor][0])
    assert not any("_rejected" in (row["extra"] or "") for row in rows)
    key = contract(SAMPLES[vendor][0]).key
    assert len({tuple(row[name] for name in key) for row in rows}) == 20


def test_opera_fills_every_column_that_its_payloads_carry(stage: Stage):
    rows = sample(stage, "opera_cloud")
    without = {"checked_in_at", "checked_out_at", "package_code", "purpose_code", "group_block_code", "share_id"}
    without |= {"external_reference", "company_profile_id", "company_name", "travel_agent_iata", "guest_native_name"}
    without |= {"booker_name", "booker_email", "booker_phone"}
    assert set(contract("reservations").column_names) - filled("reservations", rows) == without


def test_opera_reservation_with_profile(stage: Stage):
    row = next(row for row in sample(stage, "opera_cloud") if row["reservation_id"] == "571201")
    expected = {
        "property_code": "HOTEL1",
        "confirmation_number": "813601",
        "updated_at": datetime(2026, 5, 11, 18, tzinfo=UTC),  # 11:00 in Los Angeles
        "room_revenue_amount": Decimal(300),
        "guest_title": "Dr",
        "guest_first_name": "Liam",
        "guest_last_name": "Walsh",
        "guest_email": "liam.walsh@example.com",
        "guest_phone": "+436605550101",
        "guest_city": "Linz",
        "guest_document_type": "PASSPORT",
        "loyalty_number": "GB20001",
        "consent_email": False,  # opted out, although contact is allowed
        "accompanying_guests": '[{"first_name":"Eva","last_name":"Walsh"}]',
    }
    assert {name: row[name] for name in expected} == expected
    assert json.loads(row["nightly_amounts"]) == [
        {"date": "2026-06-04", "room_amount": "140"},
        {"date": "2026-06-05", "room_amount": "160"},
    ]
    assert len(row["guest_document_number"]) == 64
    assert "X7000002" not in str(row)


def test_opera_statuses(stage: Stage):
    found = Counter(row["status"] for row in sample(stage, "opera_cloud"))
    assert found == {"reserved": 8, "in_house": 4, "checked_out": 2, "cancelled": 2, "no_show": 2, "waitlisted": 2}


def test_real_opera_responses(stage: Stage):
    rows = deliver(stage, "opera_cloud", "reservations", REAL / "ohip_samples" / "ohip_spec_examples.jsonl")
    assert {row["reservation_id"]: row["status"] for row in rows} == {
        "571062": "reserved",
        "236552": "checked_out",
        "267803": "checked_out",
        "238564": "no_show",
    }
    assert Counter(tuple(row["reasons"]) for row in stage.quarantined()) == {
        ("no reservations.reservation in the document",): 16,  # profiles, companies, rooms, statistics
        ("reservation_id: missing", "currency_code: not of the form [A-Z]{3}"): 3,  # generated: every text is "string"
        ("updated_at: missing",): 1,  # a profile's stay history says neither when created nor when changed
    }
    one = {
        "source_system",
        "property_code",
        "reservation_id",
        "updated_at",
        "status",
        "confirmation_number",
        "booked_at",
    }
    one |= {"arrival_date", "departure_date", "room_count", "currency_code", "guest_profile_id", "guest_first_name"}
    one |= {"guest_last_name", "special_requests"}
    assert filled("reservations", [row for row in rows if row["reservation_id"] == "571062"]) == one
    search = one - {"special_requests"} | {
        "external_reference",
        "room_type_code",
        "booked_room_type_code",
        "room_number",
    }
    search |= {"adult_count", "child_count", "rate_plan_code", "market_segment_code", "channel_code", "source_code"}
    search |= {"guest_email", "guest_phone", "guest_language_code", "guest_city", "guest_state", "guest_postal_code"}
    search |= {"guest_country_code", "vip_code"}
    assert filled("reservations", [row for row in rows if row["reservation_id"] == "236552"]) == search


def test_real_opera_profile_inside_a_reservation(stage: Stage, tmp_path: Path):
    path = REAL / "ohip_samples" / "ohip_spec_examples.jsonl"
    if not path.exists():
        pytest.skip(f"{path} is not on this machine")
    payloads = {line["path"]: line["example"] for line in map(json.loads, path.read_text().splitlines())}
    payload = payloads["/hotels/{hotelId}/reservations/{reservationId}"]
    profile = payloads["/guests/{guestId}"]["profiles"]["profileInfo"][0]["profile"]
    payload["reservations"]["reservation"][0]["reservationGuests"][0]["profileInfo"]["profile"] = profile
    whole = tmp_path / "whole.json"
    whole.write_text(json.dumps(payload))
    row = deliver(stage, "opera_cloud", "reservations", whole)[0]
    expected = {
        "guest_title": "Mr",
        "guest_first_name": "Thomas",
        "guest_last_name": "Smith",
        "guest_gender": "male",
        "guest_nationality_code": "US",
        "guest_language_code": "EN",
        "guest_address": "500 Oracle Parkway",
        "guest_city": "Redwood Shores",
        "guest_state": "CA",
        "guest_postal_code": "94065",
        "guest_country_code": "US",
        "guest_phone": "+1 415 555 0100",
        "guest_email": "eg@example.com",
        "guest_document_type": "PASSPORT",
        "loyalty_tier_code": "Gold",
        "vip_code": "2",
        "consent_email": False,
        "consent_sms": False,
        "consent_phone": False,
    }
    assert {name: row[name] for name in expected} == expected
    assert str(row["guest_birth_date"]) == "2000-01-01"
    assert "C03005988" not in str(row)


def test_real_opera_requests_are_quarantined_for_what_they_lack(stage: Stage):
    rows = deliver(stage, "opera_cloud", "reservations", REAL / "ohip_samples" / "ohip_workflow_payloads.jsonl")
    assert rows == []
    found = Counter(tuple(row["reasons"]) for row in stage.quarantined())
    assert sum(found.values()) == 179
    new = ("reservation_id: missing", "updated_at: missing", "arrival_date: not a date", "departure_date: not a date")
    assert found[new] == 4  # requests to create a reservation: no id yet, dates are template variables


def test_simphony_money(stage: Stage):
    rows = sample(stage, "simphony")
    first = [row for row in rows if row["pos_check_id"] == "77001"]
    assert [(row["item_code"], row["net_amount"], row["tax_amount"]) for row in first] == [
        ("101", Decimal("10.91"), Decimal("1.09")),  # included tax taken out
        ("201", Decimal("6.50"), Decimal(0)),
        ("tender/1", Decimal(0), None),  # a payment is no sale
    ]
    second = [row for row in rows if row["pos_check_id"] == "77002"]
    assert [(row["item_category"], row["net_amount"], row["service_charge_amount"]) for row in second][2] == (
        "service_charge",
        Decimal(0),
        Decimal("4.80"),
    )
    third = [row for row in rows if row["pos_check_id"] == "77003"]
    assert [(row["item_code"], row["net_amount"]) for row in third][1] == ("discount/5", Decimal("-1.80"))
    assert {(row["payment_method_code"], row["room_number"], row["guest_name"]) for row in third} == {
        ("room_charge", "206", "Rossi")
    }
    assert {row["card_token"] for row in second} == {"tok_1a9f3"}
    last = [row for row in rows if row["pos_check_id"] == "77006"]
    assert sum(row["net_amount"] for row in last) == Decimal(17)  # a void is a line with the opposite sign
    assert {row["check_status"] for row in last} == {"open"}
    assert {row["currency_code"] for row in rows} == {"USD"}


def test_polling_simphony_twice_gives_equal_rows(stage: Stage):
    rows = sample(stage, "simphony")
    document = json.loads((SHIPPED_DIR / "simphony" / "sample.json").read_text())
    stage.deliver("later.json", json.dumps({**document, "curUTC": "2026-03-07T03:00:00"}), "pos_checks", "simphony")
    stage.run("pos_checks")
    assert len({row["row_hash"] for row in stage.rows("pos_checks")}) == len(rows)


def test_amazon_connect(stage: Stage):
    rows = sample(stage, "amazon_connect")
    by_id = {int(row["interaction_id"][-12:]): row for row in rows}
    assert [number for number, row in by_id.items() if row["is_abandoned"]] == [4, 9]  # 14 went on in another contact
    assert by_id[0]["customer_phone"] == "+436605550100"
    assert (by_id[4]["channel_code"], by_id[4]["customer_email"]) == ("email", "mei.tanaka@example.com")
    assert (by_id[2]["direction_code"], by_id[3]["direction_code"], by_id[6]["direction_code"]) == (
        "inbound",
        "transfer",
        "callback",
    )
    assert by_id[12]["channel_code"] == "sms"
    assert (by_id[0]["queue_seconds"], by_id[0]["talk_seconds"], by_id[0]["hold_seconds"]) == (30, 350, 35)


def test_amazon_connect_one_record_per_line_as_well(stage: Stage):
    text = (SHIPPED_DIR / "amazon_connect" / "sample.json").read_text()
    stage.deliver("lines.jsonl", text.replace("}{", "}\n{"), "interactions", "amazon_connect")
    stage.deliver("joined.jsonl", text.replace("agent1", "agent9"), "interactions", "amazon_connect")
    reports = stage.run("interactions")
    assert [report["rows_loaded"] for report in reports] == [20, 20]


def test_genesys(stage: Stage):
    rows = {int(row["interaction_id"][-12:]): row for row in sample(stage, "genesys_cloud")}
    assert [number for number, row in rows.items() if row["is_abandoned"]] == [3, 9]
    assert [rows[number]["channel_code"] for number in range(6)] == ["voice", "chat", "email", "voice", "voice", "chat"]
    assert (rows[4]["direction_code"], rows[5]["direction_code"]) == ("callback", "outbound")
    assert rows[0]["customer_phone"] == "+436605550100"
    assert rows[2]["customer_email"] == "chiara.rossi@example.com"
    assert rows[5]["customer_phone"] == "+436605550105"
    assert (rows[0]["talk_seconds"], rows[0]["hold_seconds"], rows[0]["wrap_up_seconds"]) == (251, 29, 30)
    assert rows[0]["updated_at"] > rows[0]["ended_at"]  # wrap-up comes after the end
    assert rows[0]["disposition_code"] == "Booked"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "conversation1.json",
            {
                "ended_at": datetime(2021, 4, 1, 12, 43, 23, 306000, tzinfo=UTC),
                "updated_at": datetime(2021, 4, 1, 12, 43, 23, 306000, tzinfo=UTC),
                "channel_code": "chat",
                "direction_code": "inbound",
                "queue_seconds": 11,
                "talk_seconds": 375,
                "hold_seconds": 544,
                "wrap_up_seconds": None,
                "customer_name": "John Doe",
                "agent_code": "50fcd33c-f432-4726-abc9-979f3ca01555",
                "is_abandoned": False,
            },
        ),
        (
            "conversation2.json",  # no end, and days written with one digit
            {
                "ended_at": None,
                "updated_at": datetime(2021, 4, 2, 15, 46, 21, 293000, tzinfo=UTC),
                "channel_code": "chat",
                "queue_seconds": 6,
                "talk_seconds": 923,
                "hold_seconds": None,
                "customer_name": "Jane Doe",
            },
        ),
    ],
)
def test_real_genesys_conversations(stage: Stage, name: str, expected: dict[str, Any]):
    row = deliver(stage, "genesys_cloud", "interactions", REAL / "genesys_samples" / name)[0]
    assert {column: row[column] for column in expected} == expected
