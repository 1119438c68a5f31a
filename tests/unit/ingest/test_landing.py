"""Where files are taken from: folders and S3; files that are still being written; vendors of one file only."""

import json
import logging
import os
from collections.abc import Iterator
from datetime import date

import fsspec
import pytest
import s3fs
from moto.server import ThreadedMotoServer

import ingest
from guestbook.settings import Settings
from ingest.errors import LandingMissing
from ingest.ledger import read_ledger
from tests.unit.ingest.conftest import NIGHT, Stage, csv_text, reservation

A = csv_text([reservation(), reservation(reservation_id="R2")])
B = csv_text([reservation(reservation_id="R3")])
PROPERTIES = "property_code,property_name,time_zone,currency_code\nH1,One,Europe/Berlin,EUR\n"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[fsspec.AbstractFileSystem]:
    """An S3 server on loopback with the empty bucket `hotel`, reached by the usual AWS variables."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    system = fsspec.filesystem("s3")
    system.makedirs("hotel", exist_ok=True)  # the server keeps its state within the process
    yield system
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def test_files_in_s3_load_like_files_in_a_folder(bucket: fsspec.AbstractFileSystem, stage: Stage, tmp_path):
    remote = Stage(Settings.load({}, home=tmp_path / "remote", landing="s3://hotel/landing"))
    bucket.pipe("hotel/landing/reference/property.csv", PROPERTIES.encode())
    bucket.pipe("hotel/landing/reservations/canonical/2026-11-20/a.csv", A.encode())
    bucket.pipe("hotel/landing/reservations/canonical/2026-11-20/again.csv", A.encode())
    bucket.pipe("hotel/landing/reservations/canonical/2026-11-20/b.csv.tmp", B.encode())
    stage.reference("property.csv", PROPERTIES)
    stage.deliver("a.csv", A)
    (report,) = stage.run()
    first, second = remote.run()
    assert (first["rows_loaded"], first["sha256"], first["file_name"]) == (2, report["sha256"], report["file_name"])
    assert (second["load_status"], second["rows_duplicate"]) == ("duplicate", 2)
    assert remote.rows() == stage.rows()
    assert len(remote.run()) == 2, "nothing is taken twice"
    bucket.rm("hotel/landing/reservations", recursive=True)
    assert len(remote.run()) == 2, "a file deleted from the bucket is no event"
    assert len(remote.rows()) == 2


@pytest.mark.parametrize(("marker", "marks"), [("_SUCCESS", "_SUCCESS"), (".done", "a.csv.done")])
def test_in_s3_too_a_file_waits_for_its_marker(bucket: fsspec.AbstractFileSystem, tmp_path, marker: str, marks: str):
    root = f"hotel/{marks}/reservations/canonical/2026-11-20"
    settings = Settings.load({}, home=tmp_path, landing=f"s3://hotel/{marks}", landing_marker=marker)
    bucket.pipe(f"{root}/a.csv", A.encode())
    remote = Stage(settings)
    assert remote.run() == []
    bucket.pipe(f"{root}/{marks}", b"")
    assert [row["file_name"][-5:] for row in remote.run()] == ["a.csv"]


def test_a_bucket_that_is_not_there(bucket: fsspec.AbstractFileSystem, tmp_path):
    with pytest.raises(LandingMissing, match="s3://nowhere"):
        ingest.discover(Settings.load({}, home=tmp_path, landing="s3://nowhere/landing"), "reservations", NIGHT)


def test_a_file_that_grows_while_we_look_is_left_for_the_next_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    path = stage.deliver("a.csv", A)
    stage.deliver("b.csv", B)
    monkeypatch.setattr("ingest.landing.time.sleep", lambda _: path.write_text(A + A[-1:]))
    with caplog.at_level(logging.WARNING):
        assert [row["file_name"][-5:] for row in stage.run()] == ["b.csv"]
    assert "a.csv is still being written" in caplog.text
    monkeypatch.setattr("ingest.landing.time.sleep", lambda _: None)
    assert [row["rows_loaded"] for row in stage.run()] == [1, 2]


@pytest.mark.parametrize(
    ("marker", "marks", "taken"),
    [
        ("_SUCCESS", [], []),
        ("_SUCCESS", ["a.csv.done"], []),
        ("_SUCCESS", ["_SUCCESS"], ["a.csv", "b.csv"]),
        ("ready.txt", ["ready.txt"], ["a.csv", "b.csv"]),
        (".done", ["_SUCCESS"], []),
        (".done", ["a.csv.done"], ["a.csv"]),
        (".done", ["a.done"], []),
    ],
)
def test_where_markers_are_in_use_a_file_waits_for_its_own(tmp_path, marker: str, marks: list[str], taken: list[str]):
    (tmp_path / "landing").mkdir()
    stage = Stage(Settings.load({"GUESTBOOK_LANDING_MARKER": marker}, home=tmp_path))
    stage.deliver("a.csv", A)
    stage.deliver("b.csv", B)
    for name in marks:
        stage.deliver(name, "")
    assert [row["file_name"][-5:] for row in stage.run()] == taken


def test_a_file_waits_until_it_is_old_enough_reference_data_too(tmp_path):
    (tmp_path / "landing").mkdir()
    stage = Stage(Settings.load({"GUESTBOOK_LANDING_QUIET_SECONDS": "600"}, home=tmp_path))
    stage.reference("property.csv", PROPERTIES)
    path = stage.deliver("a.csv", A)
    assert stage.run() == []
    assert read_ledger(stage.settings).rows == []
    for old in (path, tmp_path / "landing/reference/property.csv"):
        os.utime(old, (old.stat().st_mtime - 700,) * 2)
    assert [row["rows_loaded"] for row in stage.run()] == [2]
    assert {row["feed"] for row in read_ledger(stage.settings).rows} == {"property", "reservations"}


def test_files_in_folders_below_the_date(stage: Stage):
    columns = {name: name for name in reservation() if name not in ("source_system", "property_code")}
    feed = {"path_pattern": "/(?P<hotel>[A-Z]{3})/", "columns": {**columns, "property_code": {"path_part": "hotel"}}}
    stage.settings.sources_dir.mkdir()
    mapping = json.dumps({"vendor": "museum", "feeds": {"reservations": feed}})
    (stage.settings.sources_dir / "museum.yml").write_text(mapping)
    for hotel in ("VIE", "NYC"):
        stage.deliver(f"{hotel}/pms/a.csv", csv_text([reservation(guest_city=hotel)]), vendor="museum")
    assert [row["file_name"] for row in stage.run()] == [
        "reservations/museum/2026-11-20/NYC/pms/a.csv",
        "reservations/museum/2026-11-20/VIE/pms/a.csv",
    ]
    assert {row["property_code"] for row in stage.rows()} == {"VIE", "NYC"}


def test_a_property_that_is_not_listed_is_warned_of(stage: Stage):
    stage.reference("property.csv", PROPERTIES)
    stage.deliver("a.csv", csv_text([reservation(), reservation(property_code="H9")]))
    (report,) = stage.run()
    assert report["rows_loaded"] == 2
    assert [text.split(": ")[1] for text in json.loads(report["warnings"])] == ["H9"]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_second_different_file_of_a_final_vendor_is_refused(stage: Stage, at_once: bool):
    columns = {name: name for name in reservation() if name != "source_system"}
    mapping = {"vendor": "museum", "final": True, "feeds": {"reservations": {"columns": columns}}}
    stage.settings.sources_dir.mkdir()
    (stage.settings.sources_dir / "museum.yml").write_text(json.dumps(mapping))
    stage.deliver("a.csv", A, vendor="museum")
    if not at_once:
        stage.run()
    stage.deliver("b.csv", B, vendor="museum")
    stage.deliver("c.csv", A, vendor="museum")
    reports = stage.run(night=date(2026, 11, 21))
    assert [row["load_status"] for row in reports] == ["accepted", "refused", "duplicate"]
    assert "is final" in reports[1]["status_reason"]
    assert len(stage.rows()) == 2
