"""Deliveries are at-least-once, late and out of order; the ledger knows what was taken."""

from datetime import date

import pytest

import ingest
from guestbook.night import complete_night
from guestbook.settings import Settings
from ingest.errors import LandingMissing
from tests.unit.ingest.conftest import NIGHT, Stage, csv_text, reservation

A = csv_text([reservation(), reservation(reservation_id="R2")])
B = csv_text([reservation(reservation_id="R3")])


def summary(reports: list[dict]) -> list[tuple]:
    return [(row["load_status"], row["rows_loaded"], row["rows_duplicate"]) for row in reports]


def test_a_second_run_takes_nothing(stage: Stage):
    stage.deliver("a.csv", A)
    first = stage.run()
    assert stage.run() == first


def test_two_equal_files_at_once_the_first_by_path_is_the_original(stage: Stage):
    stage.deliver("b.csv", A)
    stage.deliver("a.csv", A)
    reports = stage.run()
    assert summary(reports) == [("accepted", 2, 0), ("duplicate", 0, 2)]
    assert reports[0]["file_name"].endswith("a.csv")


def test_the_same_content_under_another_name_later(stage: Stage):
    stage.deliver("a.csv", A)
    stage.run()
    stage.deliver("z.csv", A, folder="2026-11-21")
    reports = stage.run(night=date(2026, 11, 21))
    assert summary(reports) == [("accepted", 2, 0), ("duplicate", 0, 2)]


def test_a_file_changed_in_place_is_a_new_delivery(stage: Stage):
    stage.deliver("a.csv", A)
    stage.run()
    stage.deliver("a.csv", B)
    assert summary(stage.run()) == [("accepted", 2, 0), ("accepted", 1, 0)]


def test_a_late_file_needs_nothing_and_a_later_one_waits(stage: Stage):
    stage.deliver("late.csv", A, folder="2026-11-01")
    stage.deliver("early.csv", B, folder="2026-11-21")
    assert [str(row["folder_date"]) for row in stage.run()] == ["2026-11-01"]


def test_a_past_night_takes_nothing(stage: Stage):
    complete_night(stage.settings, date(2026, 11, 22))
    stage.deliver("a.csv", A)
    assert ingest.discover(stage.settings, "reservations", NIGHT) == []


def test_delivery_sequence_grows_over_files_passes_and_nights(stage: Stage):
    stage.deliver("a.csv", A)
    stage.deliver("b.csv", B)
    stage.run()
    stage.deliver("c.csv", A + "x")
    stage.run()
    stage.deliver("d.csv", B + "x", folder="2026-11-21")
    sequences = [row["delivery_sequence"] for row in stage.run(night=date(2026, 11, 21))]
    assert sequences == [20261120011000001, 20261120011000002, 20261120021000001, 20261121011000001]


def test_a_run_killed_before_commit_leaves_no_trace_in_the_ledger(stage: Stage):
    stage.deliver("a.csv", A)
    for batch in ingest.discover(stage.settings, "reservations", NIGHT):
        ingest.load_batch(stage.settings, "reservations", NIGHT, batch)
    (row,) = stage.run()
    assert (row["delivery_sequence"], row["load_status"]) == (20261120011000001, "accepted")


def test_a_held_file_is_released_with_the_sequence_of_the_releasing_night(stage: Stage):
    stage.deliver("a.csv", A)
    batches = ingest.discover(stage.settings, "reservations", NIGHT)
    ingest.load_batch(stage.settings, "reservations", NIGHT, batches[0])
    (staged,) = ingest.staged_files(stage.settings, "reservations", NIGHT)
    ingest.commit(stage.settings, "reservations", NIGHT, {staged.sha256: "held"})
    reports = stage.run(night=date(2026, 11, 21), decisions={staged.sha256: "released"})
    assert [(row["load_status"], row["delivery_sequence"]) for row in reports] == [
        ("held", 20261120011000001),
        ("released", 20261121011000001),
    ]
    assert len(stage.run(night=date(2026, 11, 22), decisions={staged.sha256: "released"})) == 2


def test_no_landing_at_all(tmp_path):
    settings = Settings.load({}, home=tmp_path)
    with pytest.raises(LandingMissing, match="GUESTBOOK_LANDING") as caught:
        ingest.discover(settings, "reservations", NIGHT)
    assert caught.value.exit_code == 2


def test_no_files_is_no_error(stage: Stage):
    assert stage.run() == []


def test_things_that_belong_nowhere_are_named(stage: Stage):
    stage.deliver("a.csv", A, feed="bookings")
    stage.deliver("a.csv", A, folder="yesterday")
    problems = " ".join(ingest.landing_problems(stage.settings))
    assert "unknown feed 'bookings'" in problems
    assert "yesterday" in problems


@pytest.mark.parametrize(("batch_bytes", "batch_count"), [(1, 16), (1_000_000, 1)])
def test_small_files_share_a_batch_and_many_files_make_at_most_16(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, batch_bytes: int, batch_count: int
):
    monkeypatch.setattr("ingest.stage.BATCH_BYTES", batch_bytes)
    for number in range(40):
        stage.deliver(f"{number}.csv", A)
    batches = ingest.discover(stage.settings, "reservations", NIGHT)
    assert len(batches) == batch_count
    assert sorted(file["index"] for batch in batches for file in batch) == list(range(1, 41))
