# ruff: noqa: E501
"""Every operation and modifier of the mapping language, one case each: what the export holds and what the row holds."""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.ingest.conftest import Stage, csv_text
from tests.unit.ingest.mapped import ROW, load, load_one, reservations_of


def mapped(stage: Stage, column: str, delivered: dict[str, Any], **feed_keys: str) -> dict[str, Any]:
    """The row that one delivered row becomes when one more column is mapped; values as JSON, so that nests work."""
    keys = "\n".join(f"{key}: {value}" for key, value in feed_keys.items())
    return load_one(stage, reservations_of(column, keys), {**ROW, **delivered})


def rejected(row: dict[str, Any]) -> list[dict[str, str]]:
    return json.loads(row["extra"] or "{}").get("_rejected", [])


@pytest.mark.parametrize(
    ("column", "delivered", "expected"),
    [
        ("guest_city: Town", {"Town": " Graz "}, "Graz"),  # rename, blanks trimmed
        ("guest_city: home town", {"Home-Town": "Graz"}, "Graz"),  # another case, hyphen for blank
        ("guest_city: {constant: Wien}", {}, "Wien"),
        ("guest_city: {constant: No}", {}, "No"),  # YAML's `No` is text here
        ("guest_city: {from: [a, b, c]}", {"a": " ", "b": "x", "c": "y"}, "x"),  # coalesce
        ("guest_city: {first_of: [a, {constant: z}]}", {"a": ""}, "z"),
        ('guest_city: {concat: [a, b, c], separator: " "}', {"a": "x", "b": "", "c": "y"}, "x y"),
        ("guest_city: {concat: [a, b]}", {"a": "", "b": " "}, None),
        ("guest_city: {from: a, null_if: ['-', n/a]}", {"a": "n/a"}, None),
        ("guest_city: {from: a, case: upper}", {"a": "graz"}, "GRAZ"),
        ("guest_city: {from: a, extract: '^([^,]+),'}", {"a": "Gruber, Eva"}, "Gruber"),
        ("guest_city: {from: a, extract: '[0-9]+'}", {"a": "none"}, None),
        ("guest_city: {from: a, remove: '[()]'}", {"a": "(Graz)"}, "Graz"),
        ("guest_city: {from: a, when: {kind: [home, main]}}", {"a": "Graz", "kind": "Home"}, "Graz"),
        ("guest_city: {from: a, when: {kind: home}}", {"a": "Graz", "kind": "work"}, None),
        ("guest_city: {from: a, when: {kind: '*'}}", {"a": "Graz", "kind": "x"}, "Graz"),
        ("guest_city: {from: a, unless: {kind: work}}", {"a": "Graz", "kind": None}, "Graz"),
        ("guest_city: {from: a, unless: {kind: '*'}}", {"a": "Graz", "kind": "x"}, None),
        ("guest_city: {from: a, default: {constant: none}}", {"a": ""}, "none"),
        ("guest_city: {from: a.b.c}", {"a": {"b": {"c": "Graz"}}}, "Graz"),  # JSON path
        ("guest_city: {from: 'a[0].b'}", {"a": [{"b": "x"}, {"b": "y"}]}, "x"),
        ("guest_city: {from: 'a[-1].b'}", {"a": [{"b": "x"}, {"b": "y"}]}, "y"),
        ("guest_city: {from: 'a[t=B].v'}", {"a": [{"t": "A", "v": 1}, {"t": "B", "v": 2}]}, "2"),
        ("guest_city: {from: 'a[*].b'}", {"a": [{"b": "x"}, {"b": "y"}]}, "x;y"),
        ("guest_city: {from: a.b}", {"a.b": "dotted"}, "dotted"),  # a name with a dot beats a path
        ("guest_city: {count: 'a[*].b'}", {"a": [{"b": [1, 2]}, {"b": [3]}]}, "3"),
        ("guest_city: {count: 'a[k=x]'}", {"a": [{"k": "x"}, {"k": "y"}, {"k": "x"}]}, "2"),
        (
            "guest_city: {sum_of: 'a[*].b[n=t].v'}",
            {"a": [{"b": [{"n": "t", "v": 1.5}]}, {"b": [{"n": "t", "v": 2}, {"n": "u", "v": 9}]}]},
            "3.500000",
        ),
        ("guest_city: {max_of: 'a[*].t'}", {"a": [{"t": "2026-01-02"}, {"t": "2026-01-03"}, {}]}, "2026-01-03"),
        ("guest_city: {min_of: a}", {"a": ["b", "a"]}, "a"),
        ("guest_city: {max_of: a}", {"a": []}, None),
        ("guest_city: {hash: [a, b]}", {"a": "x", "b": ""}, hashlib.md5(b"x\x1f").hexdigest()),
        ("guest_city: {row_number: true}", {}, "1"),
        ("guest_city: {from: a, codes: {01: one, No: none}}", {"a": "no"}, "none"),
        ("guest_city: {from: a, codes: {01: one}}", {"a": "01"}, "one"),
        ("guest_city: {from: a, codes: {x: y}, otherwise: keep}", {"a": "z"}, "z"),
        ("guest_city: {from: a, codes: {x: y}, otherwise: 'null'}", {"a": "z"}, None),
    ],
)
def test_text_operations(stage: Stage, column: str, delivered: dict[str, Any], expected: str | None):
    row = mapped(stage, column, delivered)
    assert row["guest_city"] == expected
    assert not rejected(row)


@pytest.mark.parametrize(
    ("column", "delivered", "expected"),
    [
        ("total_revenue_amount: {from: a, number: {decimal: ',', thousands: .}}", "1.234,50", "1234.50"),
        ("total_revenue_amount: {from: a, number: {decimal: ','}}", "€ 12,50", "12.50"),
        ("total_revenue_amount: {from: a, number: {decimal: ',', thousands: .}}", "-1.234,50", "-1234.50"),
        ("total_revenue_amount: {from: a, number: {decimal: ','}}", "1 234,50", "1234.50"),
        ("total_revenue_amount: {from: a, number: {thousands: ','}}", "$1,234", "1234"),
        ("total_revenue_amount: {from: a, number: {thousands: ','}}", "INR 12,34,567.50-", "-1234567.50"),
        ("total_revenue_amount: {from: a, number: {decimal: ',', thousands: .}}", "(1.234.567)", "-1234567"),
        ("total_revenue_amount: {from: a, number: {}}", "1'234.50", "1234.50"),
        ("total_revenue_amount: {from: a, number: {decimal: ','}}", "12,-", "12"),  # no cents, and no sign
        ("total_revenue_amount: {from: a, number: {}}", "CHF 1'234.–", "1234"),
        ("total_revenue_amount: {from: a, number: {decimal: ',', thousands: .}}", "1.234,--", "1234"),
        ("total_revenue_amount: {from: a, number: {decimal: ','}}", "12,50-", "-12.50"),
        ("total_revenue_amount: {from: a, divide_by: 100}", "123450", "1234.50"),
        ("total_revenue_amount: {from: a, round: 1}", "12.37", "12.4"),
        ("total_revenue_amount: {sum: [a, b]}", "12.37", "12.37"),  # a null is left out
        ("total_revenue_amount: {subtract: [a, {constant: 0.37}]}", "12.37", "12"),
        ("total_revenue_amount: {multiply: [a, {constant: 3}]}", "0.1", "0.3"),
        ("total_revenue_amount: {subtract: [a, b]}", "12.37", None),
    ],
)
def test_amounts(stage: Stage, column: str, delivered: str, expected: str | None):
    row = mapped(stage, column, {"a": delivered})
    assert row["total_revenue_amount"] == (None if expected is None else Decimal(expected))
    assert not rejected(row)


@pytest.mark.parametrize(
    ("style", "delivered"),
    [
        ("{decimal: ',', thousands: .}", "12.50"),  # without the mark it would be 1250
        ("{decimal: ',', thousands: .}", "-0.234"),
        ("{decimal: ',', thousands: .}", "1234.567"),
        ("{decimal: ',', thousands: .}", "1.234,50.00"),
        ("{thousands: ','}", "12,50"),
        ("{thousands: ','}", "1,2345.00"),
    ],
)
def test_a_thousands_mark_at_another_place_is_no_thousands_mark(stage: Stage, style: str, delivered: str):
    """The file is written in another style than the mapping says: a hundred times the money is worse than none."""
    row = mapped(stage, f"total_revenue_amount: {{from: a, number: {style}}}", {"a": delivered})
    assert row["total_revenue_amount"] is None
    assert [value["column"] for value in rejected(row)] == ["total_revenue_amount"]


def test_the_number_style_of_the_feed_reads_every_amount_and_count(stage: Stage):
    columns = """
        room_revenue_amount: a
        total_revenue_amount: {sum: [a, b]}
        fnb_revenue_amount: {from: [missing, b]}
        adult_count: c
        guest_city: b
        guest_birth_date: {add_days: [{constant: "1980-01-01"}, c]}
    """
    rows = mapped(stage, columns, {"a": "1.234,50", "b": "0,50", "c": "1.000"}, number="{decimal: ',', thousands: .}")
    assert rows["guest_birth_date"] == date(1982, 9, 27)
    assert rows["room_revenue_amount"] == Decimal("1234.50")
    assert rows["total_revenue_amount"] == Decimal("1235")
    assert rows["fnb_revenue_amount"] == Decimal("0.50")
    assert rows["adult_count"] == 1000
    assert rows["guest_city"] == "0,50"  # text stays as it is


@pytest.mark.parametrize(
    ("column", "delivered", "expected"),
    [
        ("adult_count: {from: a, integer: true}", "240.0", 240),
        ("adult_count: {from: a, divide_by: 1000}", "11179", 11),  # milliseconds: a count is whole
        ("adult_count: {from: a, duration: true}", "1:02:03", 3723),
        ("adult_count: {from: a, duration: true}", "02:03", 123),
        ("adult_count: {from: a, duration: true}", "PT1H3S", 3603),
        ("adult_count: {from: a, duration: true}", "45", 45),
        ("adult_count: {seconds_between: [{constant: '2026-11-20T23:59:50Z'}, a]}", "2026-11-21T00:00:20Z", 30),
        (
            "adult_count: {seconds_between: [{constant: 20.11. 10:00, date_format: '%d.%m. %H:%M'}, {from: a, date_format: '%d.%m. %H:%M'}]}",
            "20.11. 10:02",
            120,
        ),
    ],
)
def test_whole_numbers_and_seconds(stage: Stage, column: str, delivered: str, expected: int):
    row = mapped(stage, column, {"a": delivered})
    assert row["adult_count"] == expected
    assert not rejected(row)


@pytest.mark.parametrize(
    ("column", "delivered", "expected"),
    [
        ("guest_birth_date: a", "1980-08-03", date(1980, 8, 3)),
        ("guest_birth_date: a", "19800803", date(1980, 8, 3)),
        ("guest_birth_date: {from: a, date_format: '%d.%m.%Y'}", "03.08.1980", date(1980, 8, 3)),
        ("guest_birth_date: {from: a, date_format: ['%m/%d/%Y', '%Y%m%d']}", "19800803", date(1980, 8, 3)),
        ("guest_birth_date: {from: a, date_format: '%d-%b-%y'}", "03-AUG-80", date(1980, 8, 3)),
        (
            "guest_birth_date: {add_days: [{from: a, date_format: '%d.%m.%Y'}, {constant: 2}]}",
            "30.12.1980",
            date(1981, 1, 1),
        ),
        ("guest_birth_date: {minus_days: [a, n]}", "1981-01-01", date(1980, 12, 30)),
        ("guest_birth_date: {concat: [y, m, d], separator: '-'}", None, date(1980, 8, 3)),
    ],
)
def test_dates(stage: Stage, column: str, delivered: str | None, expected: date):
    row = mapped(stage, column, {"a": delivered, "n": "2", "y": "1980", "m": "8", "d": "3"})
    assert row["guest_birth_date"] == expected
    assert not rejected(row)


@pytest.mark.parametrize(
    ("column", "delivered", "expected"),
    [
        ("booked_at: a", "2026-07-01T10:00:00+02:00", "08:00:00"),
        ("booked_at: a", "2026-07-01 10:00:00.0", "10:00:00"),  # no zone said: UTC
        ("booked_at: {from: a, epoch: seconds}", 1782900000, "10:00:00"),
        ("booked_at: {from: a, epoch: milliseconds}", 1782900000500, "10:00:00.500000"),
        ("booked_at: {from: a, time_zone: America/New_York}", "2026-07-01T06:00:00", "10:00:00"),
        ("booked_at: {from: a, time_zone: America/New_York}", "2026-07-01T10:00:00Z", "10:00:00"),  # own offset wins
        (
            "booked_at: {from: a, date_format: '%m/%d/%Y %I:%M %p', time_zone: Asia/Tokyo}",
            "07/01/2026 07:00 PM",
            "10:00:00",
        ),
        (
            "booked_at: {from: a, date_format: '%a, %d %b %Y %H:%M:%S %z', time_zone: Asia/Tokyo}",
            "Wed, 01 Jul 2026 12:00:00 +0200",
            "10:00:00",
        ),
        ("booked_at: {concat: [a, t], separator: ' ', date_format: '%d.%m.%Y %H.%M'}", "01.07.2026", "10:00:00"),
    ],
)
def test_times(stage: Stage, column: str, delivered: Any, expected: str):
    row = mapped(stage, column, {"a": delivered, "t": "10.00"})
    assert row["booked_at"] == datetime.fromisoformat(f"2026-07-01T{expected}").replace(tzinfo=UTC)
    assert not rejected(row)


def test_property_local_times_become_utc_by_each_rows_property(stage: Stage):
    stage.reference(
        "property.csv",
        "property_code,time_zone,currency_code\nVIE,Europe/Vienna,EUR\nTYO,Asia/Tokyo,JPY\n",
    )
    rows = load(
        stage,
        "acme",
        reservations_of(
            "booked_at: booked\nproperty_code: {from: hotel, codes: {1: VIE, 2: TYO}}", "time_zone: property"
        ),
        csv_text(
            [
                {**ROW, "reservation_id": "A", "hotel": "1", "booked": "2026-07-01 12:00:00"},  # summer time
                {**ROW, "reservation_id": "B", "hotel": "1", "booked": "2026-01-01 12:00:00"},
                {**ROW, "reservation_id": "C", "hotel": "2", "booked": "2026-01-01 12:00:00"},
            ]
        ),
    )
    assert [row["booked_at"].hour for row in rows] == [10, 11, 3]


def test_currency_from_the_property_when_the_export_has_none(stage: Stage):
    stage.reference("property.csv", "property_code,time_zone,currency_code\nH1,Asia/Tokyo,JPY\n")
    text = "\n".join(line for line in reservations_of("").splitlines() if "currency" not in line)
    rows = load(stage, "acme", text, csv_text([{**ROW, "currency_code": ""}]))
    assert rows[0]["currency_code"] == "JPY"


@pytest.mark.parametrize(("text", "expected"), [("J", True), ("n", False), ("Yes", True), ("0", False), ("", None)])
def test_booleans(stage: Stage, text: str, expected: bool | None):
    column = "consent_email: {from: a, codes: {J: true, N: false}, otherwise: keep}"
    assert mapped(stage, column, {"a": text})["consent_email"] is expected


def test_an_unknown_code_is_set_aside(stage: Stage):
    row = mapped(stage, "guest_gender: {from: a, codes: {m: male}}", {"a": "x"})
    assert row["guest_gender"] is None
    assert rejected(row) == [{"column": "guest_gender", "raw": "x", "reason": "code not in the mapping"}]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("guest_gender: {from: a, codes: {m: male}, otherwise: quarantine}", "guest_gender: code not in the mapping"),
        (
            "status: {from: a, codes: {R: reserved}}",
            "status: not one of reserved, waitlisted, in_house, checked_out, cancelled, no_show",
        ),
        ("status: {from: a, codes: {R: reserved}, otherwise: 'null'}", "status: missing"),
    ],
)
def test_an_unknown_code_quarantines_when_it_must(stage: Stage, column: str, reason: str):
    assert load(stage, "acme", reservations_of(column), json.dumps({**ROW, "a": "x"}), name="a.jsonl") == []
    assert [row["reasons"] for row in stage.quarantined()] == [[reason]]


def test_list_of_gathers_elements_through_nested_lists(stage: Stage):
    column = "nightly_amounts: {list_of: {each: 'r[*].n', where: {k: room}, fields: {date: d, room_amount: v.net}}}"
    nights = [{"k": "room", "d": "2026-12-01", "v": {"net": 90}}, {"k": "tax", "d": "2026-12-01", "v": {"net": 9}}]
    more = [{"k": "room", "d": "2026-12-02", "v": {"net": "95.50"}}]
    row = mapped(stage, column, {"r": [{"n": nights}, {"n": more}]})
    assert json.loads(row["nightly_amounts"]) == [
        {"date": "2026-12-01", "room_amount": "90"},
        {"date": "2026-12-02", "room_amount": "95.50"},
    ]
