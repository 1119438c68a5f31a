"""Explain: one customer's records, links and fields; an id that was merged away; an id that never was."""

from pathlib import Path

import pyarrow as pa
import pytest

from guestbook.errors import UsageError
from guestbook.settings import Settings
from guestbook.warehouse import warehouse, write_rows
from identity import explain

FIELD_SOURCE = """
create table core.dim_customer_field_source (
    customer_id varchar, field_name varchar, field_value varchar, source_system varchar, source_record_id varchar,
    observed_at timestamptz, survivorship_rule varchar
)
"""


@pytest.fixture
def con(tmp_path: Path):
    with warehouse(Settings.load({}, home=tmp_path)) as con:
        con.execute(FIELD_SOURCE)
        won = ["c1", "email", "a@x.example", "pms", "r1", None, "newest"]
        con.execute("insert into core.dim_customer_field_source values (?, ?, ?, ?, ?, ?, ?)", won)
        history = [
            {"customer_id": "c1", "id_status": "active", "current_customer_id": "c1"},
            {"customer_id": "c2", "id_status": "merged", "current_customer_id": "c1"},
        ]
        records = [
            {"source_record_id": "r1", "customer_id": "c1", "match_rule": "anchor", "is_anchor": True},
            {"source_record_id": "r2", "customer_id": "c1", "match_rule": "email", "is_anchor": False},
            {"source_record_id": "r3", "customer_id": "c3", "match_rule": "single", "is_anchor": True},
        ]
        links = [
            {"source_record_id_1": "r1", "source_record_id_2": "r2", "match_rule": "email", "edge_status": "kept"},
            {"source_record_id_1": "r2", "source_record_id_2": "r3", "match_rule": "phone", "edge_status": "refused"},
        ]
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
        ("r2", "email"),
    ]
    assert [(row["source_record_id_2"], row["edge_status"]) for row in found["links"]] == [
        ("r2", "kept"),
        ("r3", "refused"),
    ]
    assert [(row["field_name"], row["survivorship_rule"]) for row in found["fields"]] == [("email", "newest")]


def test_an_id_that_was_never_issued_is_wrong_usage(con) -> None:
    with pytest.raises(UsageError, match="no customer 'nobody'"):
        explain(con, "nobody")
