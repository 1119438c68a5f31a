"""Explain: one customer's records, links and fields; an id that was merged away; an id that never was."""

import json
import re
from contextlib import nullcontext
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from guestbook.cli import app
from guestbook.cli.explain import headline
from guestbook.errors import UsageError
from guestbook.settings import Settings
from guestbook.warehouse import warehouse, write_rows
from identity import explain
from identity.explain_page import explain_page

FIELD_SOURCE = """
create table core.dim_customer_field_source (
    customer_id varchar, field_name varchar, field_value varchar, source_system varchar, source_record_id varchar,
    observed_at timestamptz, survivorship_rule varchar
)
"""


RECORD = {
    "record_kind": "reservation", "role": "guest", "source_system": "pms", "property_code": "LIS",
    "reference_id": "77", "match_probability": 1.0,
}  # fmt: skip
LINK = {
    "match_rule": "email_and_name", "match_rules": "email_and_name,name_and_birth_date", "match_weight": 17.1,
    "match_probability": 0.99999, "refused_reason": None,
}  # fmt: skip
CANDIDATE = """
create table helper.customer_field_candidate (
    customer_id varchar, field_group varchar, candidate_rank integer, field_values varchar, is_fit boolean,
    record_count bigint, last_observed_at timestamptz, source_system varchar, source_record_id varchar,
    survivorship_rule varchar
);
insert into helper.customer_field_candidate values
    ('c1', 'email', 1, '["a@x.example"]', true, 2, null, 'pms', 'r1', 'most_recent'),
    ('c1', 'email', 2, '["desk@agency.example"]', false, 1, null, 'pms', 'r2', 'unfit')
"""


@pytest.fixture
def con(tmp_path: Path):
    with warehouse(Settings.load({}, home=tmp_path)) as con:
        con.execute(FIELD_SOURCE)
        con.execute(CANDIDATE)
        con.execute("create schema if not exists staging; create table staging.stg_person_record as"
                    " select 'r1' as source_record_id, 'A.X@x.example' as email")  # fmt: skip
        won = ["c1", "email", "a@x.example", "pms", "r1", None, "newest"]
        con.execute("insert into core.dim_customer_field_source values (?, ?, ?, ?, ?, ?, ?)", won)
        history = [
            {"customer_id": "c1", "id_status": "active", "current_customer_id": "c1"},
            {"customer_id": "c2", "id_status": "merged", "current_customer_id": "c1"},
        ]
        records = [
            RECORD | {"source_record_id": "r1", "customer_id": "c1", "match_rule": "anchor", "is_anchor": True},
            RECORD
            | {"source_record_id": "r2", "customer_id": "c1", "match_rule": "email_and_name", "is_anchor": False},
            RECORD | {"source_record_id": "r3", "customer_id": "c3", "match_rule": "single", "is_anchor": True},
        ]
        links = [
            LINK | {"source_record_id_1": "r1", "source_record_id_2": "r2", "edge_status": "kept"},
            LINK
            | {"source_record_id_1": "r2", "source_record_id_2": "r3", "edge_status": "refused"}
            | {"refused_reason": "first_name"},
        ]
        names = {"r1": ("Anna", "anna"), "r2": ("<b>Ana", "anna"), "r3": ("Jan", "jan")}
        persons = [
            {"source_record_id": key, "first_name": name, "first_name_key": folded, "email_normalised": "a@x.example"}
            for key, (name, folded) in names.items()
        ]
        write_rows(con, "identity.person_normalised", pa.Table.from_pylist(persons))
        write_rows(con, "identity.customer_history", pa.Table.from_pylist(history))
        write_rows(con, "identity.customer_record", pa.Table.from_pylist(records))
        write_rows(con, "identity.match_edge", pa.Table.from_pylist(links))
        yield con


@pytest.mark.parametrize("asked_for", ["c1", "c2"])
def test_records_links_and_fields_of_the_current_customer(con, asked_for: str) -> None:
    found = explain(con, asked_for)
    assert found["customer_id"] == "c1"
    assert [(row["source_record_id"], row["match_rule"]) for row in found["records"]] == [
        ("r1", "anchor"),
        ("r2", "email_and_name"),
    ]
    assert [(row["source_record_id_2"], row["edge_status"]) for row in found["links"]] == [
        ("r2", "kept"),
        ("r3", "refused"),
    ]
    assert [(row["field_name"], row["survivorship_rule"]) for row in found["fields"]] == [("email", "newest")]


def test_a_record_without_links_of_its_own_says_whose_it_rests_on(con) -> None:
    alike = [
        RECORD | {"source_record_id": key, "customer_id": "c7", "match_rule": rule, "is_anchor": key == "s1"}
        for key, rule in (("s1", "anchor"), ("s2", "room_charge"), ("s3", "room_charge"))
    ]
    link = LINK | {"source_record_id_1": "s1", "source_record_id_2": "s2", "edge_status": "kept"}
    persons = [{"source_record_id": key, "profile_number": number} for key, number in (("s1", 1), ("s2", 2), ("s3", 2))]
    history = [{"customer_id": "c7", "id_status": "active", "current_customer_id": "c7"}]
    tables = {"customer_history": history, "customer_record": alike, "match_edge": [link], "person_normalised": persons}
    for table, rows in tables.items():
        write_rows(con, f"identity.{table}", pa.Table.from_pylist(rows))

    found = explain(con, "c7")
    assert [(row["source_record_id"], row["links_at"]) for row in found["records"] if row["links_at"]] == [("s3", "s2")]
    assert "links at reservation 77 (guest, LIS), which says the same" in explain_page(found).html()


def test_a_merged_id_says_where_it_leads(con) -> None:
    assert headline(explain(con, "c1")).startswith("customer c1: active since")
    assert headline(explain(con, "c2")).startswith("customer c2: merged since")
    assert headline(explain(con, "c2")).endswith("this is c1")


def test_an_id_that_was_never_issued_is_wrong_usage(con) -> None:
    with pytest.raises(UsageError, match="no customer 'nobody'"):
        explain(con, "nobody")


def test_links_say_what_agrees_what_differs_and_whose_the_other_record_is(con) -> None:
    kept, refused = explain(con, "c1")["links"]
    assert (kept["agrees"], kept["differs"], kept["other_customer_id"]) == ("first name, e-mail", None, None)
    assert (refused["agrees"], refused["differs"], refused["other_customer_id"]) == ("e-mail", "first name", "c3")


def test_a_cut_link_says_in_what_its_customers_differ(con) -> None:
    other = {"source_record_id": "r4", "customer_id": "c4", "match_rule": "single", "is_anchor": True}
    cut = {"source_record_id_1": "r1", "source_record_id_2": "r4", "edge_status": "cut"}
    person = {"source_record_id": "r4", "email_normalised": "b@y.example", "city_key": "porto", "phone_number": "+351"}
    for table, row in (("customer_record", RECORD | other), ("match_edge", LINK | cut), ("person_normalised", person)):
        write_rows(con, f"identity.{table}", pa.Table.from_pylist([row]))

    found = explain(con, "c1")

    assert [(row["edge_status"], row["customers_differ"]) for row in found["links"]] == [
        ("cut", "e-mail"),
        ("kept", None),
        ("refused", None),
    ]
    assert "the customers differ in: e-mail" in explain_page(found).html()


def test_a_cut_link_says_whom_else_the_customer_fits_and_what_contradicts(con) -> None:
    """r1 of c1 fits father and son alike: links to both were cut, and a guard refused one between the two."""
    others = {"r4": "c4", "r5": "c5"}
    records = [RECORD | {"source_record_id": key, "customer_id": at, "is_anchor": True} for key, at in others.items()]
    persons = [{"source_record_id": key} for key in others]
    links = [
        LINK | {"source_record_id_1": "r1", "source_record_id_2": "r4", "edge_status": "cut"},
        LINK | {"source_record_id_1": "r1", "source_record_id_2": "r5", "edge_status": "cut"},
        LINK
        | {"source_record_id_1": "r4", "source_record_id_2": "r5", "edge_status": "refused"}
        | {"refused_reason": "birth_date"},
        LINK
        | {"source_record_id_1": "r2", "source_record_id_2": "r5", "edge_status": "refused"}
        | {"refused_reason": "loyalty_number"},
    ]
    for table, rows in (("customer_record", records), ("match_edge", links), ("person_normalised", persons)):
        write_rows(con, f"identity.{table}", pa.Table.from_pylist(rows))

    found = explain(con, "c1")

    cut = {row["source_record_id_2"]: row for row in found["links"] if row["edge_status"] == "cut"}
    assert (cut["r4"]["customers_contradict"], cut["r4"]["also_fits"]) == (None, "c5")
    assert (cut["r5"]["customers_contradict"], cut["r5"]["also_fits"]) == ("loyalty_number", "c4")
    page = explain_page(found).html()
    assert "one of them fits as well: c5" in page
    assert "their records contradict each other: loyalty_number" in page


def test_the_page_answers_why_offline_and_escapes_what_guests_wrote(con) -> None:
    content = explain(con, "c1")
    steps = [("prior", "", -12.0), ("first name", "equal", 9.5), ("e-mail", "equal", 14.0)]
    waterfall = {"source_record_id_1": "r1", "source_record_id_2": "r2", "steps": steps}
    html = explain_page(content | {"waterfalls": [waterfall]}).html()
    for said in ("email_and_name", "E-mail addresses are rarely reused", "first_name", "most_recent", "unfit", "11.5"):
        assert said in html, said
    assert "a.x@x.example" in html  # as delivered; compared without the dot
    assert "<b>Ana" not in html
    assert re.findall(r"(?:src|href)=\"(?!#)[^\"]*\"", html) == []


def test_a_customer_of_one_record_has_a_page_without_links(con) -> None:
    con.execute("update identity.customer_history set current_customer_id = 'c3' where customer_id = 'c2'")
    con.execute("delete from identity.match_edge")
    html = explain_page(explain(con, "c2")).html()
    assert "No link was needed" in html
    assert "No link was refused" in html


def test_json_is_printed_beside_the_page(con, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guestbook.warehouse.built_warehouse", lambda settings: nullcontext(con))
    page = tmp_path / "c1.html"

    said = CliRunner().invoke(app, ["explain", "c1", "--json", "--html", str(page), "--home", str(tmp_path)])

    assert json.loads(said.output)["customer_id"] == "c1"
    assert "c1" in page.read_text(encoding="utf-8")
