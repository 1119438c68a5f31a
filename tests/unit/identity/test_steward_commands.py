"""The steward's commands as typed: what they write, what they refuse, what they say."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner, Result

from guestbook.cli import app
from guestbook.errors import GateBlocked, UsageError
from guestbook.lake import read_records
from guestbook.night import APPROVAL_STAGE, stage
from guestbook.settings import Settings
from guestbook.warehouse import warehouse, write_rows
from identity.approval import RECORD, SCHEMA
from identity.steward import StewardLink, read_steward_links


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose warehouse knows two customers of one record each."""
    settings = Settings.load({}, home=tmp_path)
    records = [
        {"source_record_id": record, "customer_id": customer, "is_anchor": True}
        for record, customer in (("r1", "c1"), ("r2", "c2"))
    ]
    with warehouse(settings) as con:
        con.execute("create table staging.stg_person_record as select unnest(['r1', 'r2']) as source_record_id")
        con.execute("create table core.dim_customer as select unnest(['c1', 'c2']) as customer_id")
        write_rows(con, "identity.customer_record", pa.Table.from_pylist(records))
    return settings


def guestbook(settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(settings.home), "identity", *words])


def test_link_takes_customers_or_records_and_unlink_takes_it_back(settings: Settings) -> None:
    said = guestbook(settings, "link", "c1", "r2", "--must", "--reason", "one person", "--by", "eva")
    assert said.exit_code == 0
    assert read_steward_links(settings) == [StewardLink("r1", "r2", "must_link")]
    assert guestbook(settings, "unlink", "r1", "c2").exit_code == 0
    assert read_steward_links(settings) == []


def test_a_decision_about_a_record_that_is_gone_can_be_taken_back(settings: Settings) -> None:
    guestbook(settings, "link", "r1", "r2", "--cannot", "--reason", "two people")
    with warehouse(settings) as con:
        con.execute("delete from staging.stg_person_record; delete from identity.customer_record")
    assert guestbook(settings, "unlink", "r1", "r2").exit_code == 0
    assert read_steward_links(settings) == []


def test_a_decision_that_reverses_another_says_which(settings: Settings) -> None:
    guestbook(settings, "link", "r1", "r2", "--cannot", "--reason", "two [old] passports", "--by", "eva")
    said = guestbook(settings, "link", "r2", "r1", "--must", "--reason", "one was renewed")
    assert "replaces cannot_link (eva, " in said.output
    assert "two [old] passports)" in said.output
    assert [link.decision for link in read_steward_links(settings)] == ["must_link"]


@pytest.mark.parametrize("flags", [(), ("--must", "--cannot")])
def test_one_decision_at_a_time(settings: Settings, flags: tuple[str, ...]) -> None:
    said = guestbook(settings, "link", "r1", "r2", *flags, "--reason", "why")
    assert isinstance(said.exception, UsageError)
    assert read_steward_links(settings) == []


def test_approve_is_recorded_with_its_reason(settings: Settings) -> None:
    with suppress(GateBlocked), stage(settings, date(2026, 11, 20), APPROVAL_STAGE):
        raise GateBlocked("12% would change")
    assert guestbook(settings, "approve", "--date", "2026-11-20", "--reason", "new airline").exit_code == 0
    (row,) = read_records(settings, RECORD, SCHEMA).to_pylist()
    assert (str(row["night_date"]), row["reason"]) == ("2026-11-20", "new airline")


def test_a_night_that_did_not_ask_is_not_approved(settings: Settings) -> None:
    """A yes beforehand, or to a mistyped date, would let a night pass that nobody has looked at."""
    with stage(settings, date(2026, 11, 19), APPROVAL_STAGE):
        pass
    for night in ("2026-11-19", "2026-11-20"):
        said = guestbook(settings, "approve", "--date", night, "--reason", "new airline")
        assert isinstance(said.exception, UsageError)
        assert f"night of {night} does not wait" in str(said.exception)
    assert read_records(settings, RECORD, SCHEMA).num_rows == 0
