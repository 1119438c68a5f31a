"""After a mapping is fixed, a retry loads what was quarantined, once, and every count balances."""

import json
from datetime import date
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

import ingest
from guestbook.cli import app
from guestbook.errors import GuestbookError
from guestbook.lake import accepted_file
from guestbook.lake_views import mark_staged, register_pending
from guestbook.night import complete_night
from guestbook.warehouse import warehouse
from ingest.ledger import read_ledger
from ingest.quarantine import open_files, quarantined_rows, retry
from tests.unit.ingest.conftest import NIGHT, Stage, csv_text, reservation
from tests.unit.ingest.mapped import reservations_of, write_mapping

FIRST = "status: {from: status, codes: {OK: reserved}}"
FIXED = "status: {from: status, codes: {OK: reserved, XX: cancelled}}"
ROWS = [
    reservation(reservation_id=f"R{number}", status=status)
    for number, status in enumerate(["OK", "XX", "OK", "XX", "??", "XX"], start=1)
]
ROWS[5] = {**ROWS[3]}  # an exact repeat among the quarantined


def delivered(stage: Stage) -> dict[str, Any]:
    write_mapping(stage, "acme", reservations_of(FIRST))
    stage.deliver("a.csv", csv_text(ROWS), vendor="acme")
    return stage.run()[-1]


def staged_ids(stage: Stage) -> list[str]:
    """Reservations of every accepted file that the ledger names."""
    rows = [row for row in read_ledger(stage.settings).rows if row["load_status"] == "accepted"]
    files = [str(accepted_file(stage.settings, "reservations", row["sha256"])) for row in rows]
    return [row[0] for row in duckdb.read_parquet(files).project("reservation_id").order("reservation_id").fetchall()]


def test_a_retry_loads_the_rows_that_pass_now(stage: Stage):
    before = delivered(stage)
    assert (before["rows_read"], before["rows_loaded"], before["rows_quarantined"]) == (6, 2, 4)
    complete_night(stage.settings, NIGHT)
    write_mapping(stage, "acme", reservations_of(FIXED))
    result = retry(stage.settings)[0]
    assert (result.rows_read, result.rows_loaded, result.rows_duplicate, result.rows_quarantined) == (4, 2, 1, 1)
    entries = stage.run(night=date(2026, 11, 21))  # also checks that every entry's counts balance
    assert len(entries) == 2  # the file itself is not taken again
    new = entries[-1]
    assert new["retried_sequence"] == before["delivery_sequence"]
    assert new["delivery_sequence"] > before["delivery_sequence"]
    assert (new["night_date"], new["file_name"]) == (date(2026, 11, 21), before["file_name"])
    assert json.loads(new["quarantine_counts"]) == {
        "status: not one of reserved, waitlisted, in_house, checked_out, cancelled, no_show": 1
    }
    assert staged_ids(stage) == ["R1", "R2", "R3", "R4"]
    assert sum(entry["rows_loaded"] for entry in entries) == 4


def test_what_was_accepted_stays_byte_for_byte(stage: Stage):
    before = delivered(stage)
    path = accepted_file(stage.settings, "reservations", before["sha256"])
    content = path.read_bytes()
    write_mapping(stage, "acme", reservations_of(FIXED + "\nguest_city: {constant: Graz}"))
    retry(stage.settings)
    assert path.read_bytes() == content


def test_only_the_newest_entry_is_open_and_can_be_retried_again(stage: Stage):
    delivered(stage)
    write_mapping(stage, "acme", reservations_of(FIXED))
    retry(stage.settings)
    still = open_files(stage.settings)
    assert [file.rows_quarantined for file in still] == [1]
    assert [row["row_number"] for row in quarantined_rows(stage.settings, still[0].delivery_sequence, 5)] == [5]
    write_mapping(stage, "acme", reservations_of(FIXED.replace("XX:", "'??': no_show, XX:")))
    assert retry(stage.settings, sequence=still[0].delivery_sequence)[0].rows_loaded == 1
    assert open_files(stage.settings) == []
    assert staged_ids(stage) == ["R1", "R2", "R3", "R4", "R5"]


def test_without_a_fix_nothing_changes(stage: Stage):
    delivered(stage)
    result = retry(stage.settings)[0]
    assert result.problem is not None
    assert "no row passes yet" in result.problem
    assert len(read_ledger(stage.settings).rows) == 1


def test_a_file_gone_from_landing_can_be_delivered_again(stage: Stage):
    delivered(stage)
    path = next((stage.settings.home / "landing").rglob("a.csv"))
    content = path.read_bytes()
    path.unlink()
    write_mapping(stage, "acme", reservations_of(FIXED))
    assert "no longer in landing" in str(retry(stage.settings)[0].problem)
    stage.deliver("again.csv", content, vendor="acme")
    assert stage.run()[-1]["load_status"] == "duplicate"
    assert retry(stage.settings)[0].rows_loaded == 2


def test_a_mapping_that_splits_the_file_differently_is_refused(stage: Stage):
    delivered(stage)
    header = f"csv: {{header: [{', '.join(reservation())}]}}"  # the header line would be a row
    write_mapping(stage, "acme", reservations_of(FIXED, header))
    assert "makes 7 rows of the file, it made 6" in str(retry(stage.settings)[0].problem)


def test_held_files_are_released_first(stage: Stage):
    delivered(stage)
    stage.deliver("b.csv", csv_text([reservation(reservation_id="B1", status="OK"), ROWS[1]]), vendor="acme")
    for batch in ingest.discover(stage.settings, "reservations", NIGHT):
        ingest.load_batch(stage.settings, "reservations", NIGHT, batch)
    sha256 = ingest.staged_files(stage.settings, "reservations", NIGHT)[0].sha256
    ingest.commit(stage.settings, "reservations", NIGHT, {sha256: "held"})
    write_mapping(stage, "acme", reservations_of(FIXED))
    assert [("held by a gate" in str(result.problem)) for result in retry(stage.settings)] == [False, True]


def test_an_unknown_delivery_is_named(stage: Stage):
    with pytest.raises(GuestbookError, match="delivery 7 has no open quarantined rows"):
        quarantined_rows(stage.settings, 7, 5)


def test_commands(stage: Stage):
    before = delivered(stage)
    home = ["--home", str(stage.settings.home)]
    listed = json.loads(CliRunner().invoke(app, ["quarantine", "list", "--json", *home]).output)
    assert [(file["delivery_sequence"], file["rows_quarantined"]) for file in listed] == [
        (before["delivery_sequence"], 4)
    ]
    shown = CliRunner().invoke(app, ["quarantine", "show", str(before["delivery_sequence"]), "--json", *home])
    assert [row["row_number"] for row in json.loads(shown.output)] == [2, 4, 5, 6]
    write_mapping(stage, "acme", reservations_of(FIXED))
    done = json.loads(CliRunner().invoke(app, ["quarantine", "retry", "--json", *home]).output)
    assert [result["rows_loaded"] for result in done] == [2]
    for command in ("list", "retry"):
        assert CliRunner().invoke(app, ["quarantine", command, *home]).exit_code == 0


def test_the_warehouse_takes_the_retried_rows_and_marks_the_old_ones(stage: Stage):
    before = delivered(stage)
    with warehouse(stage.settings) as con:
        assert register_pending(con, stage.settings)["reservations"] == 1
        mark_staged(con)
    write_mapping(stage, "acme", reservations_of(FIXED))
    new = retry(stage.settings)[0].new_sequence
    with warehouse(stage.settings) as con:
        assert register_pending(con, stage.settings)["reservations"] == 1
        pending = con.execute("select reservation_id, delivery_sequence from lake.reservations order by 1").fetchall()
        assert pending == [("R2", new), ("R4", new)]
        query = "select delivery_sequence, is_retried, count(*) from ops.quarantine group by all order by 1"
        found = con.execute(query)
        assert found.fetchall() == [(before["delivery_sequence"], True, 4), (new, False, 1)]
        totals = con.execute("select sum(rows_quarantined) from ops.load_report").fetchall()
        assert totals == con.execute("select count(*) from ops.quarantine").fetchall()
