"""A bad file is refused whole, says so, and costs no other file of the night."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from guestbook.settings import Settings
from ingest.errors import FileRefused
from ingest.loading import Job
from tests.unit.ingest.conftest import Stage, csv_text, reservation

GOOD = csv_text([reservation()])


def refused(report: dict) -> str:
    assert report["load_status"] == "refused"
    assert (report["rows_read"], report["rows_loaded"]) == (0, 0)
    return report["status_reason"]


def test_empty_file_is_refused(one):
    assert "empty" in refused(one("a.csv", b""))


def test_header_only_is_accepted_with_a_warning(one):
    report = one("a.csv", GOOD.splitlines()[0] + "\n")
    assert (report["load_status"], report["rows_read"]) == ("accepted", 0)
    assert "no rows" in report["warnings"]


@pytest.mark.parametrize(
    ("name", "content"), [("a.jsonl", b""), ("a.jsonl.gz", gzip.compress(b"", mtime=0)), ("b.jsonl", b"\n\n")]
)
def test_json_lines_without_a_line_are_no_rows(one, name, content):
    """A header tells an empty CSV from a lost one; JSON Lines have none, so no line is how they say no row."""
    report = one(name, content)
    assert (report["load_status"], report["rows_read"]) == ("accepted", 0)
    assert "no rows" in report["warnings"]


def test_truncated_gzip_is_refused(one):
    assert "gzip" in refused(one("a.csv.gz", gzip.compress(GOOD.encode() * 50)[:-20]))


def test_gzip_without_the_name_is_read(one):
    assert one("a.csv", gzip.compress(GOOD.encode()))["rows_loaded"] == 1


def test_missing_required_columns_are_all_named(one):
    reason = refused(one("a.csv", "source_system,reservation_id\npms,R1\n"))
    for name in ("property_code", "updated_at", "status", "arrival_date", "departure_date"):
        assert name in reason


def test_bytes_that_are_no_text_are_refused(one):
    assert "decoded" in refused(one("a.csv", GOOD.encode() + b"\xff\xfe\xfa\x80\x81\n" * 5))


def test_utf8_with_one_broken_sequence_is_refused(one):
    content = csv_text(
        [reservation(guest_first_name="Zoë"), reservation(reservation_id="R2", guest_first_name="José")]
    ).encode()
    assert "decoded" in refused(one("a.csv", content.replace("ë".encode(), b"\xc3")))


def test_parquet_that_is_not(one):
    assert "Parquet" in refused(one("a.parquet", b"PAR1 no"))


def test_json_array_cut_off_is_refused(one):
    assert "JSON" in refused(one("a.json", json.dumps([reservation()] * 3)[:-5]))


def test_unknown_ending_is_refused(one):
    assert "allowed" in refused(one("a.xlsx", b"x"))


def test_unknown_vendor_is_refused_and_taken_when_its_mapping_comes(stage: Stage):
    stage.deliver("a.csv", GOOD, vendor="newpms")
    reason = refused(stage.run()[-1])
    assert "unknown vendor 'newpms'" in reason
    assert "Add <home>/sources/newpms/mapping.yml" in reason, "it is published, so it names no path of this machine"
    assert len(stage.run()) == 1, "a refused file is not reported every night"
    columns = {name: name for name in reservation() if name != "source_system"}
    stage.settings.sources_dir.mkdir()
    (stage.settings.sources_dir / "newpms.yml").write_text(
        json.dumps({"vendor": "newpms", "feeds": {"reservations": {"columns": columns}}})
    )
    assert stage.run()[-1]["rows_loaded"] == 1


def test_a_refusal_names_the_file_by_its_place_in_landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The landing may lie elsewhere than the home; the reason is published."""
    stage = Stage(Settings.load({}, home=tmp_path / "home", landing=str(tmp_path / "server" / "landing")))

    def refuse(job: Job, *_: Any, **__: Any) -> None:
        raise FileRefused(f"{job.path} is no file of ours")

    monkeypatch.setattr("ingest.stage.load_file", refuse)
    stage.deliver("a.csv", GOOD)
    assert refused(stage.run()[-1]) == "reservations/canonical/2026-11-20/a.csv is no file of ours"


def test_a_directory_where_a_file_should_be(stage: Stage):
    stage.deliver("a.csv/inner.csv", GOOD)
    assert "directory" in refused(stage.run()[-1])


def test_a_bad_file_costs_no_other_file(stage: Stage):
    stage.deliver("a.csv", b"")
    stage.deliver("b.csv", GOOD)
    assert [(row["load_status"], row["rows_loaded"]) for row in stage.run()] == [("refused", 0), ("accepted", 1)]


@pytest.mark.parametrize("name", [".a.csv.tmp", "_a.csv", "a.csv.part", "a.csv.tmp", "a.csv.FilePart", "a.csv~"])
def test_unfinished_files_are_left_alone(stage: Stage, name: str):
    stage.deliver(name, GOOD)
    assert stage.run() == []
