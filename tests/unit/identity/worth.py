"""Facts that give records a worth: the tables that preview and review read, as literal rows."""

import duckdb

TABLES = """
create schema if not exists helper;
create or replace table core.fct_reservation (
    source_system varchar, property_code varchar, reservation_id varchar, guest_source_record_id varchar
);
create or replace table core.fct_stay (
    source_system varchar, property_code varchar, reservation_id varchar, customer_id varchar,
    total_revenue_reporting_amount decimal(18, 4)
);
create or replace table core.fct_pos_check (
    source_system varchar, property_code varchar, pos_check_id varchar, customer_id varchar, is_on_folio boolean,
    net_reporting_amount decimal(18, 4)
);
create or replace table helper.pos_check_attribution (
    source_system varchar, property_code varchar, pos_check_id varchar, source_record_id varchar
)
"""
STAYS = """
insert into core.fct_reservation
select source_system, property_code, reference_id, source_record_id
from identity.customer_record where record_kind = 'reservation';
insert into core.fct_stay
select source_system, property_code, reference_id, customer_id, ? from identity.customer_record
where record_kind = 'reservation'
"""


def give_worth(con: duckdb.DuckDBPyConnection, amount_of_a_stay: int) -> None:
    """Every reservation of identity.customer_record is one stay of this amount."""
    con.execute(TABLES)
    first, second = STAYS.split(";")
    con.execute(first)
    con.execute(second, [amount_of_a_stay])


def take_away(con: duckdb.DuckDBPyConnection) -> None:
    """No facts again."""
    con.execute("drop table core.fct_reservation; drop table core.fct_stay; drop table core.fct_pos_check")
    con.execute("drop table helper.pos_check_attribution")
