"""One case per kind of fault: which rule speaks, whether the file is held, and that nothing personal is said."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

import expectations
from expectations.judge import judge
from expectations.outcome import Check, GateOutcome, Measure
from expectations.record import results_of, write_outcome
from expectations.rules import rules_of
from guestbook.errors import GateBlocked
from guestbook.night import complete_night
from guestbook.settings import FEEDS, Settings

NIGHT = date(2026, 11, 19)
Make = Callable[..., Any]


def failed(outcome: GateOutcome, status: str) -> set[str]:
    return {result.check.rule.rule for result in outcome.results if result.gate_status == status}


@pytest.mark.parametrize("feed", FEEDS)
def test_an_ordinary_file_passes_every_rule(
    settings: Settings, stage_file: Make, typical_rows: Make, feed: str
) -> None:
    file = stage_file(feed, typical_rows(feed, 30))
    outcome = expectations.gate_feed(settings, feed, NIGHT, [file])
    assert (failed(outcome, "blocked"), failed(outcome, "warned")) == (set(), set())
    assert outcome.decisions == {file["sha256"]: "accepted"}
    assert outcome.counts()["passed"] > 15


@pytest.mark.parametrize(
    ("feed", "changes", "rule"),
    [
        ("reservations", {"room_revenue_amount": "-200"}, "room_revenue_mostly_negative"),
        ("reservations", {"arrival_date": "1026-11-17", "departure_date": "1026-11-19"}, "arrival_plausible_block"),
        ("reservations", {"status": "checked-out"}, "reservation_status_allowed"),
        ("reservations", {"reservation_id": "always the same"}, "key_repeated_block"),
        ("reservations", {"property_code": None}, "required_complete"),
        ("pos_checks", {"net_amount": "-5", "gross_amount": "-5"}, "pos_net_mostly_negative"),
        ("pos_checks", {"business_date": "2062-11-19"}, "business_date_plausible_block"),
        ("interactions", {"started_at": "2062-11-19 12:00:00+00"}, "interaction_started_plausible_block"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_held_and_names_rule_value_limit_and_next_step(
    settings: Settings, stage_file: Make, typical_rows: Make, feed: str, changes: dict[str, Any], rule: str
) -> None:
    bad = stage_file(feed, typical_rows(feed, 30, **changes), "bad.csv")
    good = stage_file(feed, typical_rows(feed, 30), "good.csv")
    outcome = expectations.gate_feed(settings, feed, NIGHT, [bad, good])
    assert failed(outcome, "blocked") == {rule}
    assert outcome.decisions == {bad["sha256"]: "held", good["sha256"]: "accepted"}
    with pytest.raises(GateBlocked) as error:
        outcome.raise_if_blocked()
    assert error.value.exit_code == 3
    for said in (
        "bad.csv",
        rule,
        "allowed: at most",
        f"guestbook gate override --date 2026-11-19 --rule {rule} --reason",
    ):
        assert said in str(error.value)


@pytest.mark.parametrize(
    ("feed", "odd", "rule"),
    [
        ("reservations", {"room_revenue_amount": "-6.38"}, "room_revenue_not_negative"),
        ("reservations", {"room_revenue_amount": "10800"}, "room_rate_absurd"),
        ("reservations", {"child_count": None}, "reservation_gaps"),
        ("reservations", {"booked_at": "2016-10-01 10:00:00+00"}, "lead_time_plausible"),
        ("reservations", {"departure_date": "2027-11-19"}, "los_plausible"),
        ("reservations", {"updated_at": "2027-11-19 10:00:00+00"}, "version_in_future"),
        ("reservations", {"currency_code": "EUX"}, "currency_known"),
        ("reservations", {"cancelled_at": "2026-09-01 10:00:00+00"}, "cancelled_after_booking"),
        ("pos_checks", {"net_amount": "12", "gross_amount": "10"}, "pos_net_adds_up"),
        ("pos_checks", {"net_amount": "500000", "gross_amount": "500000"}, "pos_net_absurd"),
        ("interactions", {"ended_at": "2026-11-18 12:00:00+00"}, "interaction_duration_plausible"),
        ("interactions", {"talk_seconds": "200000"}, "talk_seconds_plausible"),
    ],
)
def test_one_odd_row_warns_and_the_file_is_accepted(
    settings: Settings, stage_file: Make, typical_rows: Make, feed: str, odd: dict[str, Any], rule: str
) -> None:
    rows = typical_rows(feed, 30, **({"cancelled_at": "2026-10-02 10:00:00+00"} if "cancelled_at" in odd else {}))
    rows[6] |= odd
    outcome = expectations.gate_feed(settings, feed, NIGHT, [stage_file(feed, rows)])
    assert (failed(outcome, "warned"), outcome.is_blocked) == ({rule}, False)
    [warning] = outcome.warnings
    assert "1 of 30 rows; first in rows 7" in warning.check.measure.observed


def test_limits_of_a_share_do_not_judge_a_handful_of_rows(
    settings: Settings, stage_file: Make, typical_rows: Make
) -> None:
    """Two bad rows of three cost themselves, never their file."""
    file = stage_file("reservations", typical_rows("reservations", 1), rows_quarantined=2)
    outcome = expectations.gate_feed(settings, "reservations", NIGHT, [file])
    assert (outcome.is_blocked, failed(outcome, "warned")) == (False, {"quarantined_share_warn"})


def test_a_file_that_is_mostly_quarantined_is_held(settings: Settings, stage_file: Make, typical_rows: Make) -> None:
    file = stage_file("reservations", typical_rows("reservations", 10), rows_quarantined=11)
    assert expectations.gate_feed(settings, "reservations", NIGHT, [file]).decisions == {file["sha256"]: "held"}


@pytest.mark.parametrize(
    "wrong", [{"rows_read": 31}, {"rows_loaded": 29, "rows_duplicate": 1}, {"accepted_path": None}]
)
def test_counts_that_do_not_balance_block(
    settings: Settings, stage_file: Make, typical_rows: Make, wrong: dict[str, Any]
) -> None:
    file = stage_file("reservations", typical_rows("reservations", 30)) | wrong
    assert "rows_conserved" in failed(expectations.gate_feed(settings, "reservations", NIGHT, [file]), "blocked")


def test_values_set_aside_warn_with_their_columns(settings: Settings, stage_file: Make, typical_rows: Make) -> None:
    file = stage_file(
        "reservations", typical_rows("reservations", 30), rejected_counts='{"child_count": 4, "room_count": 1}'
    )
    [warning] = expectations.gate_feed(settings, "reservations", NIGHT, [file]).warnings
    assert warning.check.rule.rule == "rejected_value_share"
    assert "child_count 4, room_count 1" in warning.line


def test_a_refused_file_warns_and_holds_nothing(settings: Settings, stage_file: Make, typical_rows: Make) -> None:
    refused = stage_file("reservations", [], "cut.csv.gz", load_status="refused")
    good = stage_file("reservations", typical_rows("reservations", 3))
    outcome = expectations.gate_feed(settings, "reservations", NIGHT, [refused, good])
    assert failed(outcome, "warned") == {"file_refused"}
    assert outcome.decisions == {good["sha256"]: "accepted"}


def test_an_empty_file_warns(settings: Settings, stage_file: Make) -> None:
    outcome = expectations.gate_feed(settings, "reservations", NIGHT, [stage_file("reservations", [])])
    assert (failed(outcome, "warned"), outcome.is_blocked) == ({"file_not_empty"}, False)


def test_a_repeat_is_a_delivery_and_not_judged(settings: Settings, stage_file: Make) -> None:
    repeat = stage_file("reservations", [], load_status="duplicate", rows_read=5, rows_duplicate=5)
    outcome = expectations.gate_feed(settings, "reservations", NIGHT, [repeat])
    assert (outcome.counts().get("warned"), outcome.decisions) == (None, {})


def test_no_file_of_an_expected_feed_warns_and_names_the_feed(settings: Settings) -> None:
    expecting = settings.model_copy(update={"feeds": ("interactions",)})
    outcome = expectations.gate_feed(expecting, "interactions", NIGHT, [])
    assert [result.line for result in outcome.warnings] == [
        "interactions: feed_delivered is no file for feed interactions; allowed: at least 1"
    ]


def test_no_file_of_a_feed_that_nobody_delivers_says_nothing(settings: Settings) -> None:
    assert expectations.gate_feed(settings, "interactions", NIGHT, []).results == ()


def test_a_night_that_is_past_is_not_judged_again(settings: Settings) -> None:
    complete_night(settings, date(2026, 11, 20))
    expecting = settings.model_copy(update={"feeds": ("interactions",)})
    assert expectations.gate_feed(expecting, "interactions", NIGHT, []).results == ()


def test_results_are_recorded_and_a_second_pass_keeps_those_of_the_first(
    settings: Settings, stage_file: Make, typical_rows: Make
) -> None:
    first = stage_file("reservations", typical_rows("reservations", 3), "first.csv")
    second = stage_file("reservations", typical_rows("reservations", 3), "second.csv")
    expectations.gate_feed(settings, "reservations", NIGHT, [first])
    before = results_of(settings, NIGHT)
    expectations.gate_feed(settings, "reservations", NIGHT, [first])
    assert results_of(settings, NIGHT) == before
    expectations.gate_feed(settings, "reservations", NIGHT, [second])
    names = {row["file_name"] for row in results_of(settings, NIGHT)}
    assert names == {first["file_name"], second["file_name"], None}


def test_a_second_pass_keeps_what_only_the_first_could_judge_of_the_feed_as_a_whole(
    settings: Settings, stage_file: Make, typical_rows: Make
) -> None:
    refused = {"sha256": None, "accepted_path": None, "vendor": "opera", "load_status": "refused", "status_reason": "x"}
    counts = dict.fromkeys(("rows_read", "rows_loaded", "rows_duplicate", "rows_quarantined"), 0)
    expectations.gate_feed(
        settings, "reservations", NIGHT, [refused | counts | {"file_name": "reservations/opera/cut.csv"}]
    )
    expectations.gate_feed(
        settings, "reservations", NIGHT, [stage_file("reservations", typical_rows("reservations", 3), "whole.csv")]
    )
    warned = [(row["file_name"], row["observed"]) for row in results_of(settings, NIGHT) if not row["success"]]
    assert warned == [("reservations/opera/cut.csv", "refused: x")]


def test_what_the_second_pass_finds_of_the_whole_feed_replaces_what_the_first_found(settings: Settings) -> None:
    rule = next(rule for rule in rules_of("reservations") if rule.measure == "silent")
    late = Check(rule, "reservations", None, Measure(3, 3, "3 nights without a file"), property_code="VIE")
    in_time = Check(rule, "reservations", None, Measure(0, 2, "all sent"))
    for check in (late, in_time):
        write_outcome(settings, GateOutcome("reservations", NIGHT, judge([check], frozenset())))
    assert [row["observed"] for row in results_of(settings, NIGHT)] == ["all sent"]


def test_nothing_personal_is_recorded(settings: Settings, stage_file: Make, typical_rows: Make) -> None:
    rows = typical_rows(
        "reservations",
        30,
        guest_first_name="Mei",
        guest_email="mei@example.org",
        guest_phone="+351912345678",
        status="bad",
    )
    expectations.gate_feed(settings, "reservations", NIGHT, [stage_file("reservations", rows)])
    recorded = str(results_of(settings, NIGHT))
    assert all(text not in recorded for text in ("Mei", "example.org", "912345678"))
