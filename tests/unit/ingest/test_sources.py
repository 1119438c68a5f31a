# ruff: noqa: E501
"""A newcomer: see the vendors, have a mapping proposed from a sample, try it on a file."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from guestbook.cli import app
from guestbook.settings import Settings
from ingest.catalogue import SHIPPED_DIR
from ingest.check import check, list_sources
from ingest.errors import MappingError
from ingest.mapping import read_mapping
from ingest.propose import propose, write_proposal
from tests.unit.ingest.conftest import Stage, csv_text, reservation

PMS = """Hotel,Res No,Last Updated,Res Status,Arrival,Departure,Booking Date,Adults,Curr,Room Revenue,First Name,Surname,Email,Mobile,Shoe Size
VIE,1,2026-07-01T10:00:00Z,Confirmed,15.07.2026,18.07.2026,2026-06-01,2,EUR,"1.234,50",Anna,Gruber,anna@example.com,+436605550100,38
VIE,2,2026-07-02T10:00:00Z,Cxl,16.07.2026,17.07.2026,2026-06-02,1,EUR,"98,00",Liam,Walsh,liam@example.com,+436605550101,42
VIE,3,2026-07-02T10:00:00Z,Maybe,17.07.2026,18.07.2026,2026-06-02,1,EUR,"98,00",Eva,Walsh,,+436605550101,
"""


def saved(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def settings(tmp_path: Path) -> Settings:
    return Settings.load({}, home=tmp_path / "home")


def test_a_proposal_by_name_and_content(tmp_path: Path):
    proposal = propose("newpms", saved(tmp_path, "pms.csv", PMS))
    assert proposal.feed == "reservations"
    values = {guess.column: guess.value for guess in proposal.guesses}
    assert values == {
        "property_code": "Hotel",
        "reservation_id": "Res No",
        "updated_at": "Last Updated",
        "status": {"from": "Res Status", "codes": {"Confirmed": "reserved", "Cxl": "cancelled"}},
        "arrival_date": {"from": "Arrival", "date_format": "%d.%m.%Y"},
        "departure_date": {"from": "Departure", "date_format": "%d.%m.%Y"},
        "booked_at": "Booking Date",
        "adult_count": "Adults",
        "currency_code": "Curr",
        "room_revenue_amount": {"from": "Room Revenue", "number": {"decimal": ",", "thousands": "."}},
        "guest_first_name": "First Name",
        "guest_last_name": "Surname",
        "guest_email": "Email",
        "guest_phone": "Mobile",
    }
    assert {guess.column: guess.doubt for guess in proposal.guesses if guess.doubt} == {
        "status": "codes to decide: Maybe"
    }
    assert (proposal.missing, proposal.unmapped) == ([], ["Shoe Size"])


def test_a_proposal_loads_what_it_understood(tmp_path: Path):
    sample = saved(tmp_path, "pms.csv", PMS)
    write_proposal(settings(tmp_path), propose("newpms", sample))
    found = check(settings(tmp_path), sample, "newpms")
    assert (found.loaded.rows_read, found.loaded.rows_loaded, found.loaded.rows_quarantined) == (3, 2, 1)
    assert found.loaded.unmapped_columns == ["Shoe Size"]
    assert [row["row_number"] for row in found.quarantined] == [3]
    shown = found.rows[0]
    assert (shown["reservation_id"], shown["guest_email"], shown["guest_last_name"]) == ("1", "a***", "G***")
    assert "Gruber" not in str(found)
    assert "anna@example.com" not in str(found)


def test_a_required_column_that_is_not_there_is_marked(tmp_path: Path):
    text = "\n".join(line.split(",", 1)[1] for line in PMS.splitlines())
    proposal = propose("newpms", saved(tmp_path, "pms.csv", text))
    assert proposal.missing == ["property_code"]
    path = write_proposal(settings(tmp_path), proposal)
    assert "# property_code:   # ? required, no column found" in path.read_text()
    with pytest.raises(MappingError, match="required columns not mapped: property_code"):
        read_mapping(path)


@pytest.mark.parametrize(
    ("vendor", "name", "feed"),
    [
        ("opera_cloud", "sample.jsonl", "reservations"),
        ("simphony", "sample.json", "pos_checks"),
        ("amazon_connect", "sample.json", "interactions"),
        ("genesys_cloud", "sample.json", "interactions"),
        ("canonical", "sample.csv", "reservations"),
    ],
)
def test_the_feed_is_told_from_the_content(vendor: str, name: str, feed: str):
    proposal = propose("mine", SHIPPED_DIR / vendor / name)
    assert proposal.feed == feed
    assert len(proposal.guesses) >= 5


def test_a_canonical_file_needs_no_thought(tmp_path: Path):
    sample = SHIPPED_DIR / "canonical" / "sample.csv"
    write_proposal(settings(tmp_path), propose("mine", sample))
    assert check(settings(tmp_path), sample, "mine").loaded.rows_loaded == 20


def test_semicolons_and_german_names(tmp_path: Path):
    protel = Path(__file__).parent / "unseen" / "protel_local_times" / "VIE_Res_20260702.csv"
    proposal = propose("protel2", saved(tmp_path, "a.csv", protel.read_text(encoding="cp1252")), "reservations")
    values = {guess.column: guess.value for guess in proposal.guesses}
    assert "csv: {delimiter: ;}" in proposal.text or "csv: {delimiter: ';'}" in proposal.text
    assert values["reservation_id"] == "Res-Nr"
    assert values["updated_at"] == {"from": "Geändert am", "date_format": "%d.%m.%Y %H:%M"}
    assert values["arrival_date"] == {"from": "Anreise", "date_format": "%d.%m.%Y"}
    assert values["guest_email"] == "E-Mail"
    assert "property_code" in proposal.missing


def test_day_or_month_first_is_asked(tmp_path: Path):
    text = "Hotel,Res No,Updated,Status,Arrival,Departure\nH,1,2026-01-01,Confirmed,03/04/2026,05/04/2026\n"
    doubts = {guess.column: guess.doubt for guess in propose("x", saved(tmp_path, "a.csv", text)).guesses}
    assert doubts["arrival_date"] == "day first or month first?"


def test_a_mapping_is_never_overwritten_unasked(tmp_path: Path):
    proposal = propose("newpms", saved(tmp_path, "pms.csv", PMS))
    write_proposal(settings(tmp_path), proposal)
    with pytest.raises(MappingError, match="exists already"):
        write_proposal(settings(tmp_path), proposal)
    with pytest.raises(MappingError, match="shipped with Guestbook"):
        write_proposal(settings(tmp_path), propose("simphony", saved(tmp_path, "pms.csv", PMS)))


def test_a_check_keeps_nothing_of_the_file(stage: Stage, tmp_path: Path):
    sample = saved(tmp_path, "a.csv", csv_text([reservation(), reservation(reservation_id="R2", status="odd")]))
    before = set(stage.settings.home.rglob("*"))
    found = check(stage.settings, sample, "canonical", "reservations")
    assert (found.loaded.rows_loaded, found.loaded.rows_quarantined) == (1, 1)
    new = {str(path.relative_to(stage.settings.home)) for path in set(stage.settings.home.rglob("*")) - before}
    assert new - {"installation.key"} == {"draft", "draft/.owner"}  # the place for drafts, without any


def test_sources_are_listed_with_their_problems(stage: Stage):
    path = stage.settings.sources_dir / "broken" / "mapping.yml"
    path.parent.mkdir(parents=True)
    path.write_text("vendor: broken\nfeeds: {reservations: {colums: {}}}\n")
    found = {entry["vendor"]: entry for entry in list_sources(stage.settings)}
    assert set(found) >= {"canonical", "opera_cloud", "simphony", "amazon_connect", "genesys_cloud", "broken"}
    assert (
        "line 2: feeds.reservations.colums: unknown key; did you mean columns?; allowed: csv, encoding, rows"
        in found["broken"]["problem"]
    )
    assert (found["broken"]["origin"], found["simphony"]["origin"]) == ("yours", "shipped")


def test_commands(tmp_path: Path):
    home = ["--home", str(tmp_path / "home")]
    sample = str(saved(tmp_path, "pms.csv", PMS))
    run = CliRunner().invoke
    assert run(app, ["sources", "new", "newpms", "--from", sample, *home]).exit_code == 0
    listed = json.loads(run(app, ["sources", "list", "--json", *home]).output)
    assert "newpms" in [entry["vendor"] for entry in listed]
    checked = json.loads(run(app, ["sources", "check", sample, "--vendor", "newpms", "--json", *home]).output)
    assert checked["loaded"]["rows_loaded"] == 2
    shown = run(app, ["sources", "check", sample, "--vendor", "newpms", *home])
    assert shown.exit_code == 0
    assert "3 rows read, 2 would load" in shown.output
    assert run(app, ["sources", "list", *home]).exit_code == 0
    proposed = json.loads(run(app, ["sources", "new", "two", "--from", sample, "--json", *home]).output)
    assert proposed["missing"] == []


#: Exports as they come, with the columns whose names are obvious and what they should become.
OBVIOUS = {
    "report.csv": (
        ("Call report\nHotel Example,\n\nCall ID,Start Time,End Time,Ring Group,Agent,Wait Time,Talk Time,Rating\n"
        "1,2026-11-20 09:00:00,2026-11-20 09:10:00,Spa,Eva,45s,9m 1s,5\n"),
        {"interaction_id": "Call ID", "started_at": "Start Time", "ended_at": "End Time", "queue_name": "Ring Group",
         "agent_code": "Agent", "queue_seconds": {"from": "Wait Time", "duration": "true"},
         "talk_seconds": {"from": "Talk Time", "duration": "true"}, "csat_score": "Rating"},
    ),
    "orders.json": (
        json.dumps({"data": [{"site": "VIE", "tickets": [{"no": 7, "changed": "2026-11-20T21:15:00Z", "courses": [
            {"course": 1, "items": [{"seq": 1, "plu": "101", "qty": 1, "ext": "9,50"}]}]}]}]}),
        {"property_code": "^^^.site", "pos_check_id": "^^.no", "updated_at": "^^.changed", "line_number": "seq",
         "business_date": {"local_date": "^^.changed"}, "item_code": "plu", "quantity": "qty",
         "net_amount": {"from": "ext", "number": {"decimal": ",", "thousands": "."}}},
    ),
    "stays.jsonl": (
        json.dumps({"Id": "m-1", "Hotel": "VIE", "UpdatedUtc": "2026-07-05T13:10:00Z", "State": "Confirmed",
                    "StartUtc": "2026-07-04T22:00:00Z", "EndUtc": "2026-07-06T22:00:00Z", "Name": "Gruber, Anna"}),
        {"reservation_id": "Id", "property_code": "Hotel", "updated_at": "UpdatedUtc",
         "status": {"from": "State", "codes": {"Confirmed": "reserved"}}, "arrival_date": {"local_date": "StartUtc"},
         "departure_date": {"local_date": "EndUtc"}, "guest_last_name": {"from": "Name", "extract": "^([^,]+)"},
         "guest_first_name": {"from": "Name", "extract": ", *(.+)$"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OBVIOUS)
def test_obvious_names_are_proposed_right(tmp_path: Path, name: str):
    content, expected = OBVIOUS[name]
    found = {guess.column: guess.value for guess in propose("mine", saved(tmp_path, name, content)).guesses}
    assert found | expected == found
