"""A bad row costs itself, never its file; a bad optional value costs itself, never its row."""

import json

import pytest

from tests.unit.ingest.conftest import Stage, csv_text, reservation


@pytest.mark.parametrize(
    ("column", "raw", "reason"),
    [
        ("reservation_id", "", "reservation_id: missing"),
        ("updated_at", "yesterday", "updated_at: not a timestamp"),
        ("arrival_date", "2026-02-30", "arrival_date: not a date"),
        ("arrival_date", "infinity", "arrival_date: not a date"),
        ("arrival_date", "0024-01-01", "arrival_date: not a date"),
        ("status", "asleep", "status: not one of reserved, waitlisted, in_house, checked_out, cancelled, no_show"),
        ("departure_date", "2026-11-30", "departure before arrival"),
        ("currency_code", "EURO", "currency_code: not of the form [A-Z]{3}"),
    ],
)
def test_unreadable_required_value_quarantines_the_row(stage: Stage, column: str, raw: str, reason: str):
    stage.deliver(
        "a.csv",
        csv_text(
            [
                reservation(),
                reservation(reservation_id="R2", **{column: raw})
                if column != "reservation_id"
                else reservation(reservation_id=""),
            ]
        ),
    )
    report = stage.run()[-1]
    assert (report["rows_loaded"], report["rows_quarantined"]) == (1, 1)
    (row,) = stage.quarantined()
    assert (row["row_number"], row["reasons"]) == (2, [reason])
    assert json.loads(report["quarantine_counts"]) == {reason: 1}


@pytest.mark.parametrize(
    ("column", "raw", "reason"),
    [
        ("guest_birth_date", "31/02/1980", "not a date from 1880-01-01"),
        ("guest_birth_date", "03081980", "not a date from 1880-01-01"),
        ("adult_count", "two", "not a whole number from 0"),
        ("adult_count", "-1", "not a whole number from 0"),
        ("adult_count", "1.5", "not a whole number from 0"),
        ("room_revenue_amount", "12.5O", "not a amount"),
        ("is_complimentary", "perhaps", "not a yes or no"),
        ("nightly_amounts", "nope", "not a JSON array"),
        ("checked_in_at", "2026-13-01T00:00:00Z", "not a timestamp"),
        ("room_count", "0", "not a whole number from 1"),
    ],
)
def test_unreadable_optional_value_is_set_aside(stage: Stage, column: str, raw: str, reason: str):
    stage.deliver("a.csv", csv_text([reservation(**{column: raw})]))
    report = stage.run()[-1]
    (row,) = stage.rows()
    assert row[column] is None or column == "room_count"
    assert json.loads(row["extra"]) == {"_rejected": [{"column": column, "raw": raw, "reason": reason}]}
    assert json.loads(report["rejected_counts"]) == {column: 1}


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        ("12.5", "12.5000"),
        ("-3", "-3.0000"),
        ("(12.50)", "-12.5000"),
        ("12.50-", "-12.5000"),
        ("1 234.5", "1234.5000"),
        ("1e2", "100.0000"),
    ],
)
def test_amounts_with_signs_and_brackets(stage: Stage, raw: str, amount: str):
    stage.deliver("a.csv", csv_text([reservation(room_revenue_amount=raw)]))
    stage.run()
    assert str(stage.rows()[0]["room_revenue_amount"]) == amount


def test_a_comma_that_may_be_a_decimal_one_is_not_guessed(stage: Stage):
    stage.deliver(
        "a.csv",
        csv_text(
            [
                reservation(room_revenue_amount='"1,234"'),
                reservation(reservation_id="R2", room_revenue_amount='"1,234.5"'),
            ]
        ),
    )
    stage.run()
    assert [row["room_revenue_amount"] and str(row["room_revenue_amount"]) for row in stage.rows()] == [
        None,
        "1234.5000",
    ]


def test_a_row_that_does_not_split_is_kept_as_text_and_the_rows_around_it_load(stage: Stage):
    good = csv_text([reservation(), reservation(reservation_id="R3")]).splitlines()
    stage.deliver("a.csv", "\n".join([good[0], good[1], "pms,H1,R2,half a row", good[2]]) + "\n")
    report = stage.run()[-1]
    assert (report["rows_read"], report["rows_loaded"], report["rows_quarantined"]) == (3, 2, 1)
    (row,) = stage.quarantined()
    assert row["raw"] == "pms,H1,R2,half a row"
    assert row["reasons"] == ["row has 4 fields, the header has 8"]
    assert [(r["reservation_id"], r["row_number"]) for r in stage.rows()] == [("R1", 1), ("R3", 3)]


def test_a_quote_that_never_closes_costs_its_own_line_only(stage: Stage):
    lines = csv_text(
        [
            reservation(guest_last_name="A"),
            reservation(reservation_id="R2", guest_last_name='"open'),
            *(reservation(reservation_id=f"R{n}", guest_last_name="B") for n in (3, 4)),
        ]
    )
    stage.deliver("a.csv", lines)
    report = stage.run()[-1]
    assert (report["rows_loaded"], report["rows_quarantined"]) == (3, 1)
    assert stage.quarantined()[0]["reasons"] == ["quote does not close"]


def test_embedded_newlines_are_one_row(stage: Stage):
    stage.deliver(
        "a.csv",
        csv_text(
            [
                reservation(special_requests='"high floor\nquiet; ""late"""'),
                reservation(reservation_id="R2", special_requests="x"),
            ]
        ),
    )
    assert stage.run()[-1]["rows_loaded"] == 2
    assert stage.rows()[0]["special_requests"] == 'high floor\nquiet; "late"'


def test_a_json_line_that_is_no_object(stage: Stage):
    lines = [
        json.dumps(reservation()),
        '{"reservation_id": "R2", ',
        "[1]",
        json.dumps(reservation(reservation_id="R4")),
    ]
    stage.deliver("a.jsonl", "\n".join(lines))
    report = stage.run()[-1]
    assert (report["rows_read"], report["rows_loaded"], report["rows_quarantined"]) == (4, 2, 2)
    assert [(row["row_number"], row["raw"]) for row in stage.quarantined()] == [(2, lines[1]), (3, "[1]")]


def test_raw_shows_the_row_as_delivered(stage: Stage):
    stage.deliver("a.csv", csv_text([reservation(arrival_date="soon", colour=" red ")]))
    stage.run()
    assert json.loads(stage.quarantined()[0]["raw"])["arrival_date"] == "soon"
    assert json.loads(stage.quarantined()[0]["raw"])["colour"] == " red "


def test_exact_repeats_in_a_file_are_duplicates(stage: Stage):
    stage.deliver("a.csv", csv_text([reservation(), reservation(status="cancelled"), reservation()]))
    report = stage.run()[-1]
    assert (report["rows_read"], report["rows_loaded"], report["rows_duplicate"]) == (3, 2, 1)
    assert [row["row_number"] for row in stage.rows()] == [1, 2]


def test_columns_that_nothing_names_are_kept_in_extra(stage: Stage):
    stage.deliver(
        "a.csv",
        csv_text([reservation(zodiac="leo", colour="red"), reservation(reservation_id="R2", zodiac="", colour="")]),
    )
    report = stage.run()[-1]
    assert [row["extra"] for row in stage.rows()] == ['{"colour":"red","zodiac":"leo"}', None]
    assert json.loads(report["unmapped_columns"]) == ["zodiac", "colour"]


@pytest.mark.parametrize("name", ["\u202e", "a\tb"])
def test_a_name_that_cant_be_printed_costs_nothing(stage: Stage, name: str):
    """Every key of a file goes into one literal: one odd character must not take it apart, or planning never ends."""
    wide = {f"column with a long name {number}": "1" for number in range(60)}
    stage.deliver("a.jsonl", json.dumps(reservation(**wide, **{name: "odd"})) + "\n{broken\n")
    (report,) = stage.run()
    assert (report["rows_loaded"], report["rows_quarantined"]) == (1, 1)
    assert "odd" in json.loads(stage.rows()[0]["extra"]).values()
