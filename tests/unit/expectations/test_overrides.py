"""A person may let in what a gate held: recorded with who and why, for one rule and one night."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

import expectations
from expectations.record import results_of
from guestbook.errors import UsageError
from guestbook.lake import read_records, write_record
from guestbook.settings import Settings
from guestbook.tables import declared

NIGHT = date(2026, 11, 19)
RULE = "room_revenue_mostly_negative"
Make = Callable[..., Any]


@pytest.fixture
def held(settings: Settings, stage_file: Make, typical_rows: Make) -> dict[str, Any]:
    """A file that the gate held, as the ledger has it after ingest committed the decision."""
    file = stage_file("reservations", typical_rows("reservations", 30, room_revenue_amount="-1"))
    expectations.gate_feed(settings, "reservations", NIGHT, [file])
    table = declared("ops", "load_report")
    entry = {name: file[name] for name in ("sha256", "file_name", "vendor", "rows_read", "rows_loaded")}
    row = entry | {"feed": "reservations", "night_date": NIGHT, "delivery_sequence": 1, "load_status": "held"}
    write_record(settings, "load_report", "night", pa.Table.from_pylist([row], schema=table.arrow_schema))
    return file


def test_an_overridden_rule_does_not_block_and_is_still_shown(settings: Settings, held: dict[str, Any]) -> None:
    expectations.override(settings, NIGHT, RULE, "credit notes of the group", who="ana")
    outcome = expectations.gate_feed(settings, "reservations", NIGHT, [held])
    assert (outcome.is_blocked, outcome.decisions) == (False, {held["sha256"]: "accepted"})
    assert [result.gate_status for result in outcome.warnings if result.check.rule.rule == RULE] == ["overridden"]


def test_what_was_blocked_is_shown_as_overridden(settings: Settings, held: dict[str, Any]) -> None:
    expectations.override(settings, NIGHT, RULE, "credit notes of the group", who="ana")
    recorded = {row["rule_name"]: row["gate_status"] for row in results_of(settings, NIGHT) if not row["success"]}
    assert recorded == {RULE: "overridden", "room_revenue_not_negative": "warned"}
    page = (settings.reports_dir / "2026-11-19" / "gates.html").read_text(encoding="utf-8")
    assert "credit notes of the group" in page
    assert "Blocked" not in page


def test_an_override_counts_for_its_night_only(settings: Settings, held: dict[str, Any]) -> None:
    expectations.override(settings, NIGHT, RULE, "credit notes of the group", who="ana")
    assert expectations.gate_feed(settings, "reservations", date(2026, 11, 20), [held]).is_blocked


def test_a_held_file_is_releasable_once_all_that_blocked_it_is_overridden(
    settings: Settings, held: dict[str, Any]
) -> None:
    assert expectations.releasable(settings, "reservations") == []
    expectations.override(settings, NIGHT, "key_repeated_block", "another rule", who="ana")
    assert expectations.releasable(settings, "reservations") == []
    expectations.override(settings, NIGHT, RULE, "credit notes of the group", who="ana")
    assert expectations.releasable(settings, "reservations") == [held["sha256"]]
    assert expectations.gate_feed(settings, "reservations", NIGHT, []).decisions == {held["sha256"]: "released"}
    assert expectations.releasable(settings, "pos_checks") == []


def test_a_held_file_is_told_every_night_until_it_is_released(settings: Settings, held: dict[str, Any]) -> None:
    later = date(2026, 11, 25)
    told = {
        result.check.rule.rule: result.line
        for result in expectations.gate_feed(settings, "reservations", later, []).warnings
    }
    assert f"1 held until overridden or delivered better: {held['file_name']}" in told["no_file_held"]
    expectations.override(settings, NIGHT, RULE, "credit notes of the group", who="ana")
    told = {result.check.rule.rule for result in expectations.gate_feed(settings, "reservations", later, []).warnings}
    assert "no_file_held" not in told


def test_a_better_file_of_the_same_name_ends_the_hold(settings: Settings, held: dict[str, Any]) -> None:
    table = declared("ops", "load_report")
    better = {"feed": "reservations", "file_name": held["file_name"], "vendor": "canonical", "sha256": "better"}
    better |= {
        "night_date": NIGHT,
        "delivery_sequence": 2,
        "load_status": "accepted",
        "rows_read": 30,
        "rows_loaded": 30,
    }
    write_record(settings, "load_report", "later", pa.Table.from_pylist([better], schema=table.arrow_schema))
    assert expectations.gate_feed(settings, "reservations", NIGHT, []).warnings == []
    expectations.override(settings, NIGHT, RULE, "credit notes of the group", who="ana")
    assert expectations.releasable(settings, "reservations") == []


def test_an_override_says_who_when_and_why(settings: Settings) -> None:
    expectations.override(settings, NIGHT, RULE, " credit notes ", who="ana")
    [row] = read_records(settings, "gate_override", declared("ops", "gate_override").arrow_schema).to_pylist()
    assert (row["rule_name"], row["reason"], row["made_by"], row["night_date"]) == (RULE, "credit notes", "ana", NIGHT)
    assert row["made_at"] is not None


@pytest.mark.parametrize(
    ("rule", "reason", "said"),
    [("los_plausible", "x", "does not block"), ("nonsense", "x", RULE), (RULE, " ", "needs a reason")],
)
def test_an_override_of_nothing_or_without_reason_is_refused(
    settings: Settings, rule: str, reason: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        expectations.override(settings, NIGHT, rule, reason, who="ana")
