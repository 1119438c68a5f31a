"""All SQL of the identity stage: named statements of the `.sql` files; pairs and edges compiled from the rules."""

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from identity.rules import Rule, RuleBook

# Columns of staging.stg_person_record that are read; one that is absent counts as null.
PERSON_COLUMNS = {
    "source_record_id": "varchar",
    "record_kind": "varchar",
    "role": "varchar",
    "source_system": "varchar",
    "property_code": "varchar",
    "reference_id": "varchar",
    "delivery_sequence": "bigint",
    "row_number": "bigint",
    "night_date": "date",
    "title": "varchar",
    "first_name": "varchar",
    "last_name": "varchar",
    "full_name": "varchar",
    "native_name": "varchar",
    "email": "varchar",
    "phone": "varchar",
    "birth_date": "date",
    "gender": "varchar",
    "nationality_code": "varchar",
    "address": "varchar",
    "city": "varchar",
    "postal_code": "varchar",
    "country_code": "varchar",
    "document_type": "varchar",
    "document_hash": "varchar",
    "loyalty_number": "varchar",
    "card_token": "varchar",
    "guest_profile_id": "varchar",
    "confirmation_number": "varchar",
    "reservation_id": "varchar",
}
AGREEMENTS = {
    "birth_date": "birth_level in ('same', 'near')",
    "phone": "is_phone_agreed",
    "email": "is_email_agreed",
    "postal_code": "is_postal_code_agreed",
    "address": "is_address_agreed",
    "city": "is_city_agreed",
    "gender": "is_gender_agreed",
    "loyalty_number": "is_loyalty_number_agreed",
    "profile": "is_profile_agreed",
}
# The most that the model alone may say: weak evidence, never against a conflicting identifier (cluster.STRONG_BITS).
MODEL_BITS = 9.4
DISAGREEMENTS = {"email": "is_other_email", "profile": "is_other_profile"}
FILES = ("normalise", "link", "match", "cluster", "ids", "output", "explain", "health")
# Names are not values: they can't be bound, so a column list is asked for by table name.
COLUMNS_OF_STAGING = (
    "select column_name from information_schema.columns where table_schema = 'staging' and table_name = ?"
)
_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def statements() -> dict[str, str]:
    """Every named statement of the `.sql` files."""
    found: dict[str, str] = {}
    for file in FILES:
        text = resources.files(__name__).joinpath(f"{file}.sql").read_text(encoding="utf-8")
        _, *parts = _NAME.split(text)
        found |= dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))
    return found


def statement(name: str) -> str:
    """One named statement."""
    return statements()[name]


def run(con: duckdb.DuckDBPyConnection, *names: str, **values: Any) -> None:
    """Execute named statements in order."""
    for name in names:
        con.execute(statement(name), values or None)


def rows(con: duckdb.DuckDBPyConnection, name: str, **values: Any) -> pa.Table:
    """The rows that a named statement selects."""
    return con.execute(statement(name), values or None).to_arrow_table()


def arrays(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, np.ndarray]:
    """The columns that a named statement selects; none of them has nulls."""
    return con.execute(statement(name)).fetchnumpy()


def keep_rows(con: duckdb.DuckDBPyConnection, name: str, content: pa.Table) -> None:
    """A work table of rows from Python."""
    con.register("rows_from_python", content)
    try:
        con.execute(f"create or replace temp table {identifier(name)} as select * from rows_from_python")
    finally:
        con.unregister("rows_from_python")


def drop(con: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Give the memory of work tables back."""
    for name in names:
        con.execute(f"drop table if exists temp.{identifier(name)}")


def drop_work_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Give the memory of all work tables back."""
    names = con.execute("select table_name from duckdb_tables() where temporary").fetchall()
    drop(con, *(name for (name,) in names))


def identifier(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def person_raw(present: Iterable[str]) -> str:
    """One row per source_record_id as delivered, in anchor order (record_number from 0).

    name_text is the delivered name as one text, null when there is none; chr(31) stands in no name.
    """
    have = set(present)
    columns = ",\n        ".join(
        identifier(name) if name in have else f"cast(null as {data_type}) as {identifier(name)}"
        for name, data_type in PERSON_COLUMNS.items()
    )
    return f"""
create or replace temp table person_raw as
with delivered as (
    select
        {columns}
    from staging.stg_person_record
)
select
    row_number() over (
        order by delivery_sequence, row_number,
            case role when 'guest' then 1 when 'booker' then 2 when 'caller' then 3 else 4 end, source_record_id
    ) - 1 as record_number,
    *,
    case when coalesce(first_name, last_name, full_name, native_name) is not null
         then concat_ws(chr(31), coalesce(title, ''), coalesce(first_name, ''), coalesce(last_name, ''),
                        coalesce(full_name, ''), coalesce(native_name, '')) end as name_text,
    coalesce(country_code, nationality_code, '') as country_hint
from delivered
"""


def pair_candidate(book: RuleBook) -> str:
    """One row per pair of profiles (first < second) that share a block of some rule.

    rule_bits says which rules, pair_count how many pairs of records stand behind it for rules about records.
    """
    selects = [_block(position, rule, block) for position, rule in enumerate(book.rules) for block in rule.blocks]
    return f"""
create or replace temp table pair_candidate as
select first_profile, second_profile, bit_or(rule_bit) as rule_bits, cast(sum(pair_count) as bigint) as pair_count
from ({" union all ".join(selects)})
group by first_profile, second_profile
"""


def edge(book: RuleBook) -> str:
    """One row per candidate pair that some rule speaks for: its rules in their order and the strongest one's weight."""
    weights = ",\n        ".join(_weight(position, rule) for position, rule in enumerate(book.rules))
    names = ", ".join(literal(rule.name) for rule in book.rules)
    return f"""
create or replace temp table edge as
with weighed as (
    select pair.*, model_pair.model_weight, [
        {weights}
    ] as weights
    from pair
    left join model_pair
        on pair.first_profile = model_pair.first_profile and pair.second_profile = model_pair.second_profile
)
select
    first_profile, second_profile, pair_count, name_class, birth_level, refused_reason,
    coalesce(list_max(weights) + 0.01 * (list_sum(weights) - list_max(weights)), least(model_weight, {MODEL_BITS}))
        as match_weight,
    coalesce(list_extract([{names}], list_position(weights, list_max(weights))), 'model') as match_rule,
    coalesce(
        nullif(array_to_string(list_filter([{names}], (name, position) -> weights[position] is not null), ','), ''),
        'model'
    ) as match_rules
from weighed
where list_max(weights) is not null or model_weight is not null
"""


def model_pair(predictions: str) -> str:
    """The pairs of a Splink prediction table."""
    return f"""
create or replace temp table model_pair as
select
    least(unique_id_l, unique_id_r) as first_profile, greatest(unique_id_l, unique_id_r) as second_profile,
    max(match_weight) as model_weight
from {identifier(predictions)}
group by 1, 2
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


def _block(position: int, rule: Rule, columns: Iterable[str]) -> str:
    equal = " and ".join(f"a.{identifier(column)} = b.{identifier(column)}" for column in columns)
    bit = f"cast({1 << position} as bigint) as rule_bit"
    if not rule.is_about_records:
        return f"""
select a.profile_number as first_profile, b.profile_number as second_profile, {bit}, 0 as pair_count
from profile as a
inner join profile as b on {equal} and a.profile_number < b.profile_number
"""
    return f"""
select
    least(a.profile_number, b.profile_number) as first_profile,
    greatest(a.profile_number, b.profile_number) as second_profile,
    {bit},
    count(*) as pair_count
from record_profile as a
inner join record_profile as b on {equal} and a.profile_number <> b.profile_number and {_roles(rule)}
group by 1, 2
"""


def _roles(rule: Rule) -> str:
    pairs = [f"(a.role = {literal(first)} and b.role = {literal(second)})" for first, second in rule.roles]
    return f"({' or '.join(pairs)})" if pairs else "a.record_number < b.record_number"


def _weight(position: int, rule: Rule) -> str:
    cases = " ".join(f"when {literal(name_class)} then {bits}" for name_class, bits in rule.names.items())
    extra = "".join(f" and {AGREEMENTS[agreement]}" for agreement in rule.all_of)
    extra += f" and ({' or '.join(AGREEMENTS[agreement] for agreement in rule.any_of)})" if rule.any_of else ""
    extra += "".join(f" and not {DISAGREEMENTS[disagreement]}" for disagreement in rule.none_of)
    bit = f"rule_bits & cast({1 << position} as bigint) <> 0"
    return f"cast(case when {bit}{extra} then case name_class {cases} end end as double)"
