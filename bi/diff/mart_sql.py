"""Statements that compare a mart of two attached files, `before` and `after`; names are quoted."""

from guestbook.warehouse import literal, quoted


def attach(path: str, name: str) -> str:
    """Open a published file beside another."""
    return f"attach {literal(path)} as {quoted(name)} (read_only)"


def columns(mart: str) -> str:
    """One row per column of the newer mart: name and type."""
    return (
        "select column_name, data_type from duckdb_columns()"
        " where database_name = 'after' and schema_name = 'marts'"
        f" and table_name = {literal(mart)} order by column_index"
    )


def compare_rows(mart: str, grain: list[str]) -> str:
    """One row: how many rows before and after, added, removed, and of the same key with other content."""
    name, keys = quoted(mart), ", ".join(map(quoted, grain))
    old, new = (
        f"select {keys}, md5(to_json(one)::varchar) as content from {side}.marts.{name} as one"
        for side in ("before", "after")
    )
    same = " and ".join(f"old.{key} is not distinct from new.{key}" for key in map(quoted, grain))
    return (
        f"with old as ({old}), new as ({new})"
        " select (select count(*) from old), (select count(*) from new),"
        " count(*) filter (where old.content is null), count(*) filter (where new.content is null),"
        " count(*) filter (where old.content <> new.content)"
        f" from old full join new on {same}"
    )


def compare_sums(mart: str, numbers: list[str]) -> str:
    """One row per column: its sum before and after."""
    name = quoted(mart)
    parts = (
        f"select {literal(column)}, (select sum({quoted(column)}) from before.marts.{name}),"
        f" (select sum({quoted(column)}) from after.marts.{name})"
        for column in numbers
    )
    return " union all ".join(parts)
