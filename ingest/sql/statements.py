"""The two statements that load a file: accepted rows and quarantined rows, out of one chain of checks."""

from dataclasses import dataclass
from pathlib import Path

from guestbook.contracts import Column, Contract
from ingest.redact import CARD_PATTERN, SENSITIVE_HINT, is_sensitive_name
from ingest.sql import checks
from ingest.sql.columns import RawNames
from ingest.sql.hashes import hashed, neighbourhoods, written_columns
from ingest.sql.names import clean, cleaned, literal, physical, quoted, struct
from ingest.sql.properties import Properties, looked_up
from ingest.sql.structs import definition
from ingest.sql.texts import Text

SEPARATOR = chr(31)
#: The view of checked rows; they wait in a Parquet file, which neither fills memory nor is packed to be spilled.
CHECKED = "checked_row"
#: Keys of extra that are no columns of the export: values set aside; the check's newest version replaces its lines.
OURS = ("_rejected", "_whole_check")


@dataclass(frozen=True)
class Plan:
    """Everything that decides what one file's rows become."""

    contract: Contract
    texts: dict[str, Text]
    names: RawNames
    kept: tuple[int, ...]
    sensitive: frozenset[int]
    is_nested: bool
    has_position: bool
    properties: Properties
    key: bytes
    skipped: str = "false"
    is_whole_check: bool = False


def checked_rows(plan: Plan, source: str) -> str:
    """One row per row of the file, in its order: canonical columns, row_hash, extra; for quarantine: reasons, raw.

    Beside them the numbers behind hashed columns, whose neighbourhoods are made once per number (`documents`).
    row_hash is null and reasons is not for a row that goes to quarantine; both are null for a row that the mapping
    skips. There is no filter here: DuckDB would push it down and make every expression twice. A row's number is its
    place in CHECKED.
    """
    columns = ", ".join(quoted(name) for name in plan.contract.column_names)
    return (
        f"{_chain(plan, source)} select {columns},"
        f" case when reasons = '' then {_row_hash(plan.contract)} end as row_hash, extra,"
        f" case when reasons <> '' then '[' || reasons || ']' end as reasons,"
        f" case when reasons <> '' then {_raw_row(plan)} end as raw{written_columns(plan.contract)} from whole"
        f"{' order by position' if plan.has_position else ''}"
    )


def checked_view(path: Path) -> str:
    """The view CHECKED over the file that `checked_rows` were written to; `file_row_number` is a row's place from 0."""
    rows = f"read_parquet({literal(str(path))}, file_row_number = true)"
    return f"create or replace view {CHECKED} as select * from {rows}"


def row_counts() -> str:
    """How many checked rows there are, how many of them are for quarantine, and how many are skipped."""
    return (
        f"select count(*), count(reasons), count(*) filter (where row_hash is null and reasons is null) from {CHECKED}"
    )


def skipped_rows() -> str:
    """Numbers of the rows that the mapping skips."""
    return f"select file_row_number + 1 as row_number from {CHECKED} where row_hash is null and reasons is null"


def repeats() -> str:
    """The table `repeats`: numbers of the rows that repeat an earlier one. Hashes of hashes find the few to look at."""
    again = f"select hash(row_hash) from {CHECKED} where row_hash is not null group by 1 having count(*) > 1"
    return (
        "create temp table repeats as select row_number from (select file_row_number + 1 as row_number,"
        f" row_number() over (partition by row_hash order by file_row_number) as place from {CHECKED}"
        f" where row_hash is not null and hash(row_hash) in ({again})) where place > 1"
    )


def repeats_mask(row_count: int) -> str:
    """The variable `repeated`: one bit per checked row, 1 for a repeat. A join would lose the rows' order."""
    return f"set variable repeated = (select bitstring_agg(row_number, 1, {row_count}) from repeats)"


def good_rows(contract: Contract, has_bad: bool, has_repeats: bool) -> str:
    """The rows to accept, with their numbers, in their order: without bad and skipped ones, and without repeats."""
    columns = ", ".join(quoted(name) for name in contract.column_names)
    tests = ["row_hash is not null"] if has_bad else []
    tests += ["get_bit(getvariable('repeated'), file_row_number::integer) = 0"] if has_repeats else []
    chosen = f" where {' and '.join(tests)}" if tests else ""
    return f"select {columns}, file_row_number + 1 as row_number, row_hash, extra from {CHECKED}{chosen}"


def quarantined_rows(feed: str, vendor: str) -> str:
    """One row per checked row that has reasons: feed, vendor, row_number, reasons, raw."""
    return (
        f"select {literal(feed)} as feed, {literal(vendor)} as vendor, file_row_number + 1 as row_number, reasons, raw"
        f" from {CHECKED} where reasons is not null"
    )


def documents(contract: Contract, key: bytes) -> str:
    """One row per number of a document among the rows that pass: document_hash, neighbour_hashes."""
    return neighbourhoods(contract, CHECKED, key)


def property_codes(accepted: Path) -> str:
    """One row per property_code of the accepted rows."""
    rows = f"read_parquet({literal(str(accepted))})"
    return f"select distinct property_code from {rows} where property_code is not null order by 1"


def rejected_counts(accepted: Path) -> str:
    """Column name -> number of its values that were set aside."""
    return (
        "select json_extract_string(value, '$.column') as column_name, count(*) from (select"
        " unnest(json_extract(extra, '$._rejected[*]')) as value"
        f" from read_parquet({literal(str(accepted))}) where contains(extra, '\"_rejected\"')) group by 1 order by 1"
    )


def reason_counts(quarantine: Path) -> str:
    """Reason -> number of rows that have it."""
    return (
        "select reason, count(*) from (select unnest(from_json(reasons, '[\"VARCHAR\"]')) as reason from"
        f" read_parquet({literal(str(quarantine))})) group by 1 order by 1"
    )


def _chain(plan: Plan, source: str) -> str:
    """Common table expressions from raw columns to `whole`: checked columns, reasons, extra."""
    raw = ", ".join(physical(place) for place in range(len(plan.names.names)))
    clean_columns = "".join(f", {cleaned(physical(place))} as {clean(place)}" for place in sorted(plan.names.used))
    structs = "".join(
        f", {definition(physical(place), wanted)} as {struct(place)}"
        for place, wanted in sorted(plan.names.wanted.items())
    )
    texts = ", ".join(f"{text.sql} as {checks.text(name)}" for name, text in plan.texts.items())
    casts = ", ".join(f"{_cast(plan, column)} as {checks.cast(column.name)}" for column in plan.contract.columns)
    values = ", ".join(
        f"{checks.value_expression(column)} as {checks.cast_or_value(column)}" for column in plan.contract.columns
    )
    defaults = "".join(
        f", {_defaulted(plan, column)} as {quoted(column.name)}"
        for column in plan.contract.columns
        if _has_default(column)
    )
    reasons = checks.row_reasons(plan.contract, plan.texts)
    rejected = checks.rejected_values(plan.contract, plan.texts)
    once, last = plan.names.once.chain("cleaned")
    comma = ", " if raw else ""
    position = "position, " if plan.has_position else ""
    return (
        f"with source as (select {position}unsplit{comma}{raw} from ({source})), "
        f"cleaned as (select *{clean_columns}{structs} from source), "
        f"{once}texts as (select *, {texts} from {last}), "
        f"casts as (select *, {casts} from texts), "
        f"limited as (select *, {values} from casts), "
        f"filled as (select *{defaults} from limited), "
        f"judged as (select *, {rejected} as rejected, "
        f"case when {plan.skipped} then null when unsplit is not null then"
        f" to_json(split_part(unsplit, {literal(SEPARATOR)}, 1))::varchar else {reasons} end as reasons from filled), "
        f"whole as (select *, {_extra(plan)} as extra from judged)"
    )


def _cast(plan: Plan, column: Column) -> str:
    given = checks.text(column.name)
    if column.hashed:
        return hashed(given, plan.key)
    if column.card_guard:
        return _without_cards(given)
    return checks.cast_expression(column, plan.texts[column.name], plan.properties)


def _has_default(column: Column) -> bool:
    return column.default is not None or column.default_from_property


def _defaulted(plan: Plan, column: Column) -> str:
    kept = checks.cast_or_value(column)
    if column.default is not None:
        return f"coalesce({kept}, {literal(column.default)}::{column.sql_type})"
    found = looked_up(plan.properties.currencies, checks.text("property_code"), "null")
    return f"case when {checks.text(column.name)} is null then {found} else {kept} end"


def _extra(plan: Plan) -> str:
    """JSON of the columns that no mapping names and of the values set aside; null when there are none."""
    parts = [_member(plan, place) for place in sorted(plan.kept, key=lambda place: plan.names.names[place])]
    if plan.is_whole_check:
        parts.append(literal('"_whole_check":true'))
    parts.append("case when rejected <> '' then '\"_rejected\":[' || rejected || ']' end")
    return _without_cards(f"'{{' || nullif(concat_ws(',', {', '.join(parts)}), '') || '}}'", plan.is_nested)


def _raw_row(plan: Plan) -> str:
    """The row as delivered: JSON of its columns, or its text; numbers of documents and cards hashed."""
    parts = ", ".join(_member(plan, place) for place in range(len(plan.names.names)))
    whole = f"'{{' || concat_ws(',', {parts}) || '}}'" if parts else "'{}'"
    text = (
        f"case when unsplit is not null then substr(unsplit, strpos(unsplit, {literal(SEPARATOR)}) + 1) else"
        f" {whole} end"
    )
    return _without_cards(text, is_nested=True)


def _member(plan: Plan, place: int) -> str:
    """`"name":value` of a raw column as text; null when it is blank."""
    name, column = plan.names.names[place], physical(place)
    shown = "delivered_" + name if name in OURS else name
    head = literal(_json_name(shown) + ":")
    if place in plan.sensitive or is_sensitive_name(name):
        return f"{head} || to_json({hashed(column, plan.key)})::varchar"
    content = f"to_json({column})::varchar"
    if plan.is_nested:
        content = (
            f"case when left({column}, 1) in ('{{', '[') and json_valid({column}) then {column} else {content} end"
        )
    return f"case when {column} <> '' then {head} || {content} end"


def _json_name(name: str) -> str:
    return (
        '"'
        + name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\t", " ").replace("\r", " ")
        + '"'
    )


def _row_hash(contract: Contract) -> str:
    """Content of the row without its place: the same in every file format."""
    parts = [*(_stable(column) for column in contract.columns), "extra"]
    return f"md5(concat({f', {literal(SEPARATOR)}, '.join(parts)}))"


def _stable(column: Column) -> str:
    name = quoted(column.name)
    match column.type:
        case "string" | "json":
            return name
        case "ts":
            return f"epoch_us({name})::varchar"
    return f"{name}::varchar"


def _without_cards(expression: str, is_nested: bool = False) -> str:
    hint = f"{CARD_PATTERN}|{SENSITIVE_HINT}" if is_nested else CARD_PATTERN
    return f"case when regexp_matches({expression}, {literal(hint)}) then redact({expression}) else {expression} end"
