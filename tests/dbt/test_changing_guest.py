"""Reservations whose guest changes, through staging and the real identity: who is whose customer after each night."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

import identity
from guestbook.settings import Settings
from guestbook.warehouse import ensure_tables

HISTORY, CHANGES = date(2026, 11, 1), date(2026, 11, 2)
CUSTOMER_OF = """
    select shown.reference_id, record.customer_id
    from week.staging.stg_person_current as shown
    join identity.customer_record as record using (source_record_id)
    where shown.record_kind = 'reservation' and shown.role = 'guest'
"""


class Resolved:
    """Customers after the week's changes, and ids as the first night knew them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, before: dict[str, str]) -> None:
        self.con = con
        self.before = before
        self.now = dict(con.sql(CUSTOMER_OF).fetchall())

    def customers_of(self, reservation_id: str) -> list[str]:
        """Customer of each person that ever was the guest of a reservation, in the order they came."""
        rows = self.con.execute(
            """select record.customer_id
               from identity.customer_record as record
               join staging.stg_person_record as shown using (source_record_id)
               where record.reference_id = ? and record.role = 'guest'
               order by shown.delivery_sequence, shown.observed_at""",
            [reservation_id],
        ).fetchall()
        return [customer_id for (customer_id,) in rows]


@pytest.fixture(scope="module")
def resolved(hotel_week, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resolved]:
    home: Path = tmp_path_factory.mktemp("changing_guest")
    settings = Settings(home=home, landing=str(home))
    with duckdb.connect(config={"threads": 1}) as con:
        ensure_tables(con)
        con.execute(f"attach '{hotel_week.warehouse.settings.warehouse_file}' as week (read_only)")
        for night in (HISTORY, CHANGES):
            con.execute(
                "create or replace table staging.stg_person_record as"
                f" from week.staging.stg_person_record where night_date <= date '{night}'"
            )
            identity.resolve(con, settings, night)
            identity.commit(con, settings, night)
            if night == HISTORY:
                before = dict(
                    con.sql(
                        "select reference_id, customer_id from identity.customer_record"
                        " where record_kind = 'reservation' and role = 'guest'"
                    ).fetchall()
                )
        yield Resolved(con, before)


def test_a_placeholder_becomes_its_guest_and_its_id_leads_there(resolved: Resolved) -> None:
    ann = resolved.now["three_rooms"]
    assert resolved.before["placeholder"] != ann
    assert resolved.customers_of("placeholder") == [ann, ann]
    status = resolved.con.execute(
        "select id_status, current_customer_id from identity.customer_history where customer_id = ?",
        [resolved.before["placeholder"]],
    ).fetchone()
    assert status == ("merged", ann)


def test_a_swapped_guest_leaves_both_their_own_customers(resolved: Resolved) -> None:
    bob, cat = resolved.now["sharer_1"], resolved.now["sharer_2"]
    assert bob != cat
    assert resolved.before["name_swap"] == bob
    assert resolved.customers_of("name_swap") == [bob, cat]
    assert resolved.now["name_swap"] == cat


def test_blanked_fields_take_nobody_away_and_add_nobody(resolved: Resolved) -> None:
    cat = resolved.now["sharer_2"]
    assert resolved.before["to_be_blanked"] == cat
    assert resolved.customers_of("to_be_blanked") == [cat]
    assert resolved.now["to_be_blanked"] == cat


def test_a_field_filled_in_later_joins_the_guest_it_names(resolved: Resolved) -> None:
    cat = resolved.now["sharer_2"]
    assert resolved.before["filled_in"] != cat  # a name alone is nobody we know
    assert resolved.customers_of("filled_in") == [cat, cat]
