"""SQL around Splink: names of columns and tables that only its settings tell."""

from collections.abc import Iterable

from identity.sql.statements import identifier


def model_pair(predictions: str) -> str:
    """The pairs of a Splink prediction table of which at least one is touched."""
    return f"""
create or replace temp table model_pair as
select
    least(unique_id_l, unique_id_r) as first_profile, greatest(unique_id_l, unique_id_r) as second_profile,
    max(match_weight) as model_weight
from {identifier(predictions)}
where unique_id_l in (select profile_number from touched_profile)
    or unique_id_r in (select profile_number from touched_profile)
group by 1, 2
"""


def waterfall_pairs(predictions: str) -> str:
    """One row per pair of source records (first < second) of a Splink prediction table with all its columns."""
    return f"""
select
    least(a.source_record_id, b.source_record_id) as record_1,
    greatest(a.source_record_id, b.source_record_id) as record_2,
    predicted.*
from {identifier(predictions)} as predicted
inner join waterfall_place as a on predicted.unique_id_l = a.profile_number
inner join waterfall_place as b on predicted.unique_id_r = b.profile_number
"""


def term_frequency(column: str) -> str:
    """A column's frozen frequencies in Splink's form, with $floor for every value at hand that they lack."""
    name, frequency = identifier(column), identifier(f"tf_{column}")
    return f"""
create or replace table {identifier(frequency_table(column))} as
select value as {name}, tf as {frequency} from frozen_frequency
union all
select distinct {name}, $floor from match_input
where {name} is not null and {name} not in (select value from frozen_frequency)
"""


def frequency_table(column: str) -> str:
    """Name of the table that `term_frequency` makes."""
    return f"frozen_frequency_of_{column}"


def frequencies(table: str, column: str) -> str:
    """Splink's term-frequency table as value and tf."""
    return f"""
select {identifier(column)} as value, {identifier(f"tf_{column}")} as tf
from {identifier(table)}
where {identifier(column)} is not null
order by value
"""


def filled_counts(columns: Iterable[str]) -> str:
    """How many profiles the match model has, and how many fill in each column."""
    return f"select count(*), {', '.join(f'count({identifier(column)})' for column in columns)} from match_input"


def block_pair_count(columns: Iterable[str]) -> str:
    """How many pairs a block makes."""
    listed = ", ".join(identifier(column) for column in columns)
    present = " and ".join(f"{identifier(column)} is not null" for column in columns)
    return f"""
select coalesce(sum(size * (size - 1) // 2), 0)
from (select count(*) as size from match_input where {present} group by {listed})
"""


def set_threads(count: int) -> str:
    """How many threads the connection may use."""
    return f"set threads = {int(count)}"


def use(database: str, schema: str) -> str:
    """Back to where unqualified names lived."""
    return f"use {identifier(database)}.{identifier(schema)}"
