"""Reference data: optional, the newest file wins; it gives currencies and time zones to rows."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

import ingest
from guestbook.lake import reference_file
from ingest.ledger import read_ledger
from ingest.loading import Job, Loaded
from tests.unit.ingest.conftest import NIGHT, Stage, csv_text, reservation

PROPERTY = "property_code,time_zone,currency_code\nH1,Europe/Lisbon,EUR\nH2,Mars/Base,EUR\n"


def test_currency_comes_from_the_property_when_the_row_has_none(stage: Stage):
    stage.reference("property.csv", PROPERTY)
    stage.deliver(
        "a.csv",
        csv_text(
            [reservation(currency_code=""), reservation(reservation_id="R2", property_code="H9", currency_code="")]
        ),
    )
    stage.run()
    assert [(row["reservation_id"], row["currency_code"]) for row in stage.rows()] == [("R1", "EUR")]
    assert stage.quarantined()[0]["reasons"] == ["currency_code: missing"]


def test_a_row_with_an_unknown_time_zone_is_quarantined(stage: Stage):
    stage.reference("property.csv", PROPERTY)
    stage.run()
    (row,) = [row for row in read_ledger(stage.settings).rows if row["feed"] == "property"]
    assert (row["rows_loaded"], row["rows_quarantined"], row["load_status"]) == (1, 1, "accepted")


def test_rates_keep_eight_decimals(stage: Stage):
    stage.reference("fx_rate.csv", "currency_code,rate_date,rate\nJPY,2026-11-01,0.00612345\nUSD,2026-11-01,-1\n")
    stage.run()
    (row,) = [row for row in read_ledger(stage.settings).rows if row["feed"] == "fx_rate"]
    path = str(reference_file(stage.settings, "fx_rate", row["sha256"]))
    assert [str(rate) for (rate,) in duckdb.read_parquet(path).select("rate").fetchall()] == ["0.00612345"]


def test_the_newest_file_wins(stage: Stage):
    stage.reference("property.csv", PROPERTY)
    stage.run()
    stage.reference("property_2.csv", PROPERTY.replace("EUR", "USD"))
    os.utime(stage.settings.home / "landing/reference/property_2.csv", (4e9, 4e9))
    stage.deliver("a.csv", csv_text([reservation(currency_code="")]))
    stage.run()
    assert stage.rows()[0]["currency_code"] == "USD"


def test_suppression_needs_one_contact(stage: Stage):
    stage.reference("suppression.csv", "email,phone,channel_code\na@b.example,,email\n,,email\n")
    stage.run()
    (row,) = [row for row in read_ledger(stage.settings).rows if row["feed"] == "suppression"]
    assert (row["rows_loaded"], row["rows_quarantined"], str(row["night_date"])) == (1, 1, NIGHT.isoformat())


def test_feeds_side_by_side_load_reference_data_once(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    stage.reference("property.csv", PROPERTY)
    loaded: list[str] = []
    load = ingest.reference.load_file

    def counted(job: Job, *paths: Path) -> Loaded:
        loaded.append(job.feed)
        return load(job, *paths)

    monkeypatch.setattr("ingest.reference.load_file", counted)
    with ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(ingest.load_reference, stage.settings, NIGHT) for _ in range(3)]
        files = sorted(run.result()["files"] for run in runs)
    assert (files, loaded) == ([0, 0, 1], ["property"])


def test_a_known_reference_file_is_not_opened_again(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    stage.reference("property.csv", PROPERTY)
    stage.run()
    monkeypatch.setattr("ingest.reference.fetch", lambda *_: pytest.fail("opened again"))
    assert ingest.load_reference(stage.settings, NIGHT)["files"] == 0
