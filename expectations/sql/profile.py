"""SQL that tells how the values of a column are spread: rows by bin, per delivery and property.

Bins are the same for every delivery, so deliveries can be added up and compared: a code is its own bin; a number, and
a date as its days from the row's version, a step of 1.4 by size; an instant its hour in UTC; any other text a step of
1.26 by length, for what it says may be personal. An empty value is in no bin.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from guestbook.contracts import Column, contract
from guestbook.warehouse import literal, quoted

#: Suffixes of text columns whose values are codes of a list.
CODED = ("_code", "_status", "_category")
NO_PROPERTY = ""
_BY_SIZE = "(case when {0} = 0 then 0 else sign({0}) * (1 + round(2 * log2(1 + abs({0}::double)))) end)::integer"


def spread_columns(feed: str) -> tuple[Column, ...]:
    """The columns of a feed whose spread is compared; property_code has a rule of its own."""
    return tuple(column for column in contract(feed).columns if column.name != "property_code")


def is_coded(column: Column) -> bool:
    """Whether its values are codes, so that each is a bin."""
    return column.type == "bool" or (
        column.type == "string"
        and not column.personal
        and (column.allowed is not None or column.name.endswith(CODED) or column.name == "status")
    )


def is_text(column: Column) -> bool:
    """Whether its bins are lengths."""
    return column.type in ("string", "json") and not is_coded(column)


def bin_of(column: Column, version: str | None) -> str:
    """SQL for the bin of a column's value, as text."""
    name = quoted(column.name)
    if is_coded(column):
        return f"{name}::varchar"
    if is_text(column):
        return f"round(3 * log2(length({name})))::integer::varchar"
    if column.type == "ts":
        return f"extract('hour' from {name})::integer::varchar"
    if column.type == "date":
        return _BY_SIZE.format(f"date_diff('day', {quoted(version or column.name)}::date, {name})") + "::varchar"
    return _BY_SIZE.format(name) + "::varchar"


def column_spreads(feed: str, files: Mapping[Path, tuple[str, int]], properties: Sequence[str]) -> str:
    """One row per delivery and property: delivery, property_code, row_count and a map from bin to rows per column.

    `files` says of each accepted Parquet file to which delivery it belongs and that one row in so many is looked at.
    `properties` are shown by themselves, the rows of all others together under an empty code.
    """
    version = contract(feed).version
    spreads = ", ".join(f"histogram({bin_of(column, version)})" for column in spread_columns(feed))
    listed = ", ".join(map(literal, properties)) or "null"
    return f"""
        select delivery,
            case when property_code in ({listed}) then property_code else {literal(NO_PROPERTY)} end as property_code,
            count(*) as row_count, {spreads}
        from {_rows(files)}
        where hash(row_number) % looked_at = 0
        group by all
        order by all
    """


def property_rows(files: Mapping[Path, tuple[str, int]]) -> str:
    """One row per delivery and property_code (null where a row names none): row_count."""
    return f"select delivery, property_code, count(*) as row_count from {_rows(files)} group by all order by all"


def _rows(files: Mapping[Path, tuple[str, int]]) -> str:
    paths = ", ".join(literal(str(path)) for path in files)
    listed = ", ".join(
        f"({literal(str(path))}, {literal(delivery)}, {looked_at:d})" for path, (delivery, looked_at) in files.items()
    )
    return (
        f"read_parquet([{paths}], filename = 'accepted_path', union_by_name = true)"
        f" join (values {listed}) as file(accepted_path, delivery, looked_at) using (accepted_path)"
    )
