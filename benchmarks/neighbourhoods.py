"""staging.stg_document for worlds that leave ingest out: neighbourhoods of document numbers, without the key."""

import duckdb

from ingest.sql.hashes import LONGEST_NUMBER, SHORTEST_NUMBER, number_text

DOCUMENTS = """
create schema if not exists staging;
create or replace table staging.stg_document as
with written as (
    select document_hash, number_text(number) as number from delivered_number
)
select
    document_hash,
    list_distinct(list_transform(
        range(1, length(any_value(number)) + 2),
        lambda place: (
            hash(left(any_value(number), place - 1) || substr(any_value(number), place + 1)) >> 32
        )::uinteger
    )) as neighbour_hashes
from written
where length(number) between getvariable('shortest') and getvariable('longest')
group by document_hash
"""


def know_neighbourhoods(con: duckdb.DuckDBPyConnection, numbers: duckdb.DuckDBPyRelation) -> None:
    """Make the table from rows of document_hash and number; the form of numbers and their lengths are ingest's."""
    numbers.create_view("delivered_number")
    con.execute("create or replace temp macro number_text(number) as " + number_text("number"))
    con.execute("set variable shortest = ?", [SHORTEST_NUMBER])
    con.execute("set variable longest = ?", [LONGEST_NUMBER])
    con.execute(DOCUMENTS)
    con.execute("drop view delivered_number")
