"""Where the rows of an export are: headers, paths, lists within documents, one case each."""

import json
from typing import Any

from tests.unit.ingest.conftest import Stage, csv_text
from tests.unit.ingest.mapped import ROW, load, reservations_of


def test_property_code_from_the_path(stage: Stage):
    text = reservations_of("property_code: {path_part: hotel}", "path_pattern: '/(?P<hotel>[A-Z]{3})_[0-9]+[.]csv$'")
    assert load(stage, "acme", text, csv_text([ROW]), name="VIE_20261120.csv")[0]["property_code"] == "VIE"


def test_headerless_csv_with_semicolons(stage: Stage):
    names = "property_code, reservation_id, updated_at, status, arrival_date, departure_date, currency_code"
    header = f"csv: {{delimiter: ';', header: [{names}]}}"
    rows = load(stage, "acme", reservations_of("", header), ";".join(ROW.values()) + "\n")
    assert [row["reservation_id"] for row in rows] == ["R1"]


def test_lines_before_the_header_are_skipped(stage: Stage):
    rows = load(stage, "acme", reservations_of("", "csv: {skip_lines: 2}"), "Report X\nAs of today\n" + csv_text([ROW]))
    assert [row["reservation_id"] for row in rows] == ["R1"]


def test_null_values_and_ignored_columns(stage: Stage):
    text = reservations_of("guest_city: a", "null_values: [NULL, '\\N']\nignore: [b]")
    row = load(stage, "acme", text, csv_text([{**ROW, "a": "NULL", "b": "secret", "c": "kept"}]))[0]
    assert row["guest_city"] is None
    assert json.loads(row["extra"]) == {"c": "kept"}


POS = """
    vendor: acme
    feeds:
      pos_checks:
        rows: %s
        columns:
          property_code: $.hotel
          pos_check_id: ^.id
          line_number: %s
          updated_at: ^.at
          business_date: %s
          outlet_code: {constant: BAR}
          item_code: item
          net_amount: net
          currency_code: {constant: EUR}
          is_void: void
"""


def check(number: int, *items: str) -> dict[str, Any]:
    lines = [{"item": item, "net": 1, "n": place, "void": False} for place, item in enumerate(items, start=1)]
    return {"id": f"C{number}", "at": "2026-11-20T10:00:00Z", "day": "2026-11-20", "lines": lines}


def test_checks_explode_into_lines(stage: Stage):
    document = {"hotel": "H1", "checks": [check(1, "tea", "cake"), check(2, "tea"), check(3)]}
    text = POS % ("checks[*].lines[*]", "n", "^.day")
    rows = load(stage, "acme", text, json.dumps(document, indent=1), "pos_checks", "a.json")
    assert [(row["property_code"], row["pos_check_id"], row["line_number"], row["item_code"]) for row in rows] == [
        ("H1", "C1", 1, "tea"),
        ("H1", "C1", 2, "cake"),
        ("H1", "C2", 1, "tea"),
    ]


def test_lines_three_levels_down_see_both_levels_above(stage: Stage):
    days = [
        {"day": "2026-11-20", "checks": [check(1, "tea", "cake")]},
        {"day": "2026-11-21", "checks": [check(2, "tea")]},
    ]
    text = POS % ("days[*].checks[*].lines[*]", "{number_within: [^.id]}", "^^.day")
    rows = load(stage, "acme", text, json.dumps({"hotel": "H1", "days": days}), "pos_checks", "a.json")
    assert [(str(row["business_date"]), row["pos_check_id"], row["line_number"]) for row in rows] == [
        ("2026-11-20", "C1", 1),
        ("2026-11-20", "C1", 2),
        ("2026-11-21", "C2", 1),
    ]


def test_rows_directly_in_the_document_see_it_as_the_element_above(stage: Stage):
    document = {"hotel": "H1", **check(1, "tea", "cake")}
    text = POS % ("lines", "n", "$.day")
    rows = load(stage, "acme", text, json.dumps([document, {**document, "id": "C2"}]), "pos_checks", "a.json")
    assert [(row["pos_check_id"], row["line_number"]) for row in rows] == [("C1", 1), ("C1", 2), ("C2", 1), ("C2", 2)]


def test_a_document_without_the_list_is_quarantined_with_what_it_lacks(stage: Stage):
    document = json.dumps({"hotel": "H1", "checks": [check(1, "tea")]}) + "\n" + json.dumps({"status": "empty"}) + "\n"
    rows = load(stage, "acme", POS % ("checks[*].lines[*]", "n", "^.day"), document, "pos_checks", "a.jsonl")
    assert len(rows) == 1
    assert [row["reasons"] for row in stage.quarantined("pos_checks")] == [["no checks.lines in the document"]]


def test_rows_may_be_one_of_several_lists_or_the_document_itself(stage: Stage):
    lines = [
        {"reservations": [ROW]},
        {"result": {"list": [{**ROW, "reservation_id": "R2"}]}},
        {**ROW, "reservation_id": "R3"},
    ]
    text = reservations_of("", "rows: [reservations, 'result.list[*]', .]")
    rows = load(stage, "acme", text, "\n".join(json.dumps(line) for line in lines), name="a.jsonl")
    assert [row["reservation_id"] for row in rows] == ["R1", "R2", "R3"]
