"""staging.stg_document for worlds that leave ingest out: neighbourhoods of document numbers, without the key."""

from ingest.sql.hashes import LONGEST_NUMBER, SHORTEST_NUMBER, number_text


def neighbourhoods(numbers: str) -> str:
    """Make the table from a query of document_hash and number; the form of numbers and their lengths are ingest's."""
    return f"""
create schema if not exists staging;
create or replace table staging.stg_document as
with written as (
    select document_hash, {number_text("number")} as number from ({numbers})
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
where length(number) between {SHORTEST_NUMBER} and {LONGEST_NUMBER}
group by document_hash
"""
