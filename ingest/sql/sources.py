"""SQL that reads one delivered file into the raw table: every column as text, rows in the file's order."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.sql.names import literal, physical, quoted

#: For a file that is read once and thrown away.
DRAFT_OPTIONS = "(format parquet, compression lz4, dictionary_size_limit 2000, row_group_size 61440)"
LAKE_OPTIONS = "(format parquet, compression zstd, row_group_size 61440)"
#: The table of a file's rows as they were delivered.
RAW = "raw_row"
#: Rows that are looked at together: documents to explode (`line`), or columns of a raw table.
PIECE = "piece"
SEPARATOR = chr(31)
MAX_LINE = 16_000_000
#: Names of the elements above a row, the nearest first.
ABOVE = ("parent", "grand", "great")
#: Key paths of the lists whose elements are rows together.
Level = list[list[str]]


def copy_to(query: str, path: Path, options: str) -> str:
    """Write a query's rows to one Parquet file."""
    return f"copy ({query}) to {literal(str(path))} {options}"


def kept(query: str, table: str) -> str:
    """Keep a query's rows in their order as a table, whose `rowid` is their place from 0; it spills to disk."""
    return f"create or replace table {table} as {query}"


def dropped() -> str:
    """Forget the table RAW, if there is one."""
    return f"drop table if exists {RAW}"


def raw_rows(table: str = RAW) -> str:
    """Rows of a kept raw table with their position."""
    return f"select rowid + 1 as position, * from {table}"


def raw_draft(path: Path) -> str:
    """Rows of a raw table in a Parquet file with their position."""
    rows = f"read_parquet({literal(str(path))}, file_row_number = true)"
    return f"select file_row_number + 1 as position, * exclude (file_row_number) from {rows}"


def raw_parquet(path: Path, columns: list[str]) -> str:
    """Rows of a Parquet file with their position; `columns` are expressions that become c0, c1 ..."""
    selected = ", ".join(f"{sql} as {physical(place)}" for place, sql in enumerate(columns))
    return (
        f"select file_row_number + 1 as position, null::varchar as unsplit, {selected}"
        f" from read_parquet({literal(str(path))}, file_row_number = true)"
    )


def csv_rows(path: Path, columns: int, delimiter: str, quote: str, skip: int) -> str:
    """Rows of a clean CSV; any row that doesn't split into exactly `columns` fields is an error."""
    types = ", ".join(f"{literal(physical(place))}: 'VARCHAR'" for place in range(columns))
    return f"select null::varchar as unsplit, * from {_read_csv(path, types, delimiter, quote, skip)}"


def repaired_csv_rows(path: Path, columns: int, delimiter: str, quote: str) -> str:
    """Rows of a CSV that `ingest.repair` wrote."""
    types = ", ".join(["'unsplit': 'VARCHAR'", *(f"{literal(physical(place))}: 'VARCHAR'" for place in range(columns))])
    return f"select * from {_read_csv(path, types, delimiter, quote, 0)}"


def _read_csv(path: Path, types: str, delimiter: str, quote: str, skip: int) -> str:
    r"""No `new_line`: with '\\r\\n' DuckDB 1.5.5 reads no row in strict mode, without an error."""
    return (
        f"read_csv({literal(str(path))}, auto_detect = false, header = false, skip = {skip}, columns = {{{types}}},"
        f" delim = {literal(delimiter)}, quote = {literal(quote)}, escape = {literal(quote)}, strict_mode = true)"
    )


def documents(layout: str) -> str:
    """One row per text in PIECE: `doc`, or `unsplit` for no JSON object. No JSON is an error unless in `lines`."""
    is_object = "json_type(line) = 'OBJECT'"
    if layout == "lines":
        is_object = f"case when json_valid(line) then {is_object} else false end"
    return (
        f"select case when {is_object} then line end as doc,"
        f" case when not {is_object} then 'not a JSON object' || {literal(SEPARATOR)} || redact(line) end as"
        f" unsplit from {PIECE}"
    )


def drafts(files: list[Path]) -> str:
    """Rows of Parquet files, one behind the other."""
    return f"select * from read_parquet([{', '.join(literal(str(path)) for path in files)}])"


def _lines(path: Path) -> str:
    return (
        f"read_csv({literal(str(path))}, auto_detect = false, header = false, columns = {{'line': 'VARCHAR'}},"
        f" delim = {literal(SEPARATOR)}, quote = '', escape = '', max_line_size = {MAX_LINE},"
        f" buffer_size = {4 * MAX_LINE})"
    )


def exploded(documents: str, levels: list[Level], alternatives: list[Level], is_kept: Callable[[str], bool]) -> str:
    """One row per list element: `doc`, `parent`, `grand`, `great` the elements above it, `root` the document.

    A document without the list is one row that says so. A single object counts as a list of one. The elements around
    a row come without the lists that rows are from, or reading a long list would cost its square; `is_kept` tells of
    a list (`^.lines`) that the mapping reads as well.
    """
    if not levels:
        above = ", ".join(f"null::json as {name}" for name in ABOVE)
        return f"select doc, {above}, doc::json as root, unsplit from ({documents})"
    root = _without("doc", [keys for level in alternatives for keys in level if keys and not is_kept(f"$.{keys[0]}")])
    if [[]] in alternatives:  # a row that is the document has nothing around it
        lists = [keys for level in alternatives for keys in level if keys]
        there = [f"json_type(doc, {literal(_dollar(keys))}) in ('ARRAY', 'OBJECT')" for keys in lists]
        root = f"case when {' or '.join(there) or 'false'} then {root} end"
    whole = f"select doc::json as doc, unsplit from ({documents})"
    query = (
        f"select unnest({_elements('doc', alternatives)}) as level1, root, unsplit from"
        f" (select doc, {root} as root, unsplit from ({whole}))"
    )
    for number, level in enumerate(levels[1:], start=2):
        mark = "^" * (len(levels) + 1 - number) + "."
        outer = _without(f"level{number - 1}", [keys for keys in level if keys and not is_kept(mark + keys[0])])
        further = "".join(f", outer{place}" for place in range(1, number - 1))
        query = (
            f"select unnest({_elements(f'level{number - 1}', [level])}) as level{number},"
            f" outside as outer{number - 1}{further}, root, unsplit"
            f" from (select *, {outer} as outside from ({query}))"
        )
    last = f"level{len(levels)}"
    places = [(name, len(levels) - up) for up, name in enumerate(ABOVE, start=1)]
    above = ", ".join(f"{f'outer{place}' if place > 0 else 'null::json'} as {name}" for name, place in places)
    path = ".".join(" or ".join(".".join(keys) or "." for keys in level) for level in levels)
    return (
        f"select case when json_type({last}) = 'OBJECT' then {last} end as doc, {above},"
        f" root, coalesce(unsplit, case when {last} is null then"
        f" {literal(f'no {path} in the document' + SEPARATOR)} || redact(coalesce(root, 'null')::varchar)"
        f" when json_type({last}) <> 'OBJECT' then {literal(f'{path} holds no object' + SEPARATOR)} ||"
        f" redact({last}::varchar) end) as unsplit from ({query})"
    )


def named_rows(rows: str) -> str:
    """Exploded rows, of which those with a key that no column can be named after (it holds a NUL) say so."""
    columns = ("doc", *ABOVE, "root")
    tests = [
        f"contains({name}, '\\u0000') and contains(array_to_string(json_keys({name}), ''), chr(0))" for name in columns
    ]
    found = ", ".join(f"case when is_named then {name} end as {name}" for name in columns)
    return (
        f"select {found}, coalesce(unsplit, case when not is_named then {literal('a key holds a NUL' + SEPARATOR)} ||"
        f" redact(doc::varchar) end) as unsplit from (select *, ({' or '.join(tests)}) is not true as is_named from"
        f" ({rows}))"
    )


def _without(document: str, paths: list[list[str]]) -> str:
    """A JSON document without what is at the paths."""
    patch: dict[str, Any] = {}
    for keys in paths:
        inner = patch
        for key in keys[:-1]:
            inner = inner.setdefault(key, {}) or {}
        inner[keys[-1]] = None
    if not patch:
        return document
    is_object = f"json_type({document}) = 'OBJECT'"
    return f"case when {is_object} then json_merge_patch({document}, {literal(json.dumps(patch))}) end"


def _dollar(keys: list[str]) -> str:
    return "$" + "".join("." + json.dumps(key, ensure_ascii=False) for key in keys)


def _elements(document: str, alternatives: list[Level]) -> str:
    """The elements of the first alternative that a document has; of an alternative with several lists, all of them."""
    found = []
    for level in alternatives:
        parts = [_members(document, keys, level) for keys in level]
        joined = f"nullif(list_concat({', '.join(parts)}), [])" if len(parts) > 1 else parts[0]
        found.append(joined)
    return f"coalesce({', '.join(found)}, [null::json])"


def _members(document: str, keys: list[str], level: Level) -> str:
    """The elements of one list; a single object is a list of one, no key the element itself without the other lists."""
    if not keys:
        return f"[{_without(document, [others for others in level if others])}]"
    inside = f"json_extract({document}, {literal(_dollar(keys))})"
    return (
        f"case json_type({inside}) when 'ARRAY' then json_extract({document}, {literal(_dollar(keys) + '[*]')})"
        f" when 'OBJECT' then [{inside}] end"
    )


def object_census(path: Path) -> str:
    """Every different list of keys in a file of JSON lines, with the number of its rows; `keys` is null for no object.

    Raises when a line is no JSON.
    """
    return (
        "select any_value(keys), count(*) from (select case when json_type(json) = 'OBJECT' then json_keys(json) end as"
        f" keys from {_json_objects(path, 'newline_delimited', MAX_LINE)}) group by hash(keys)"
    )


def _json_objects(path: Path, layout: str, longest: int) -> str:
    return f"read_json_objects({literal(str(path))}, format = {literal(layout)}, maximum_object_size = {longest})"


def object_columns(path: Path, keys: list[str]) -> str:
    """The raw table of flat JSON lines of which every one is an object; keys that are not listed are not seen.

    Not by `read_json`: DuckDB 1.5.5 moves a last line without a line end to the front.
    """
    return json_columns_fast(f"select line as doc, null::varchar as unsplit from {_lines(path)}", keys)


def key_census(rows: str, columns: tuple[str, ...]) -> str:
    """Every different list of keys that the JSON of each named column has."""
    parts = (
        f"select distinct {literal(name)} as source, json_keys({name}) as keys from rows_read where {name} is not null"
        for name in columns
    )
    return f"with rows_read as not materialized ({rows}) {' union all '.join(parts)}"


def unpivoted(source: str, names: list[tuple[str, int]], column_count: int) -> str:
    """Each row once per named column that is not blank, with its name and value as two more columns; else once."""
    parts = ", ".join(f"{{'name': {literal(name)}, 'value': {physical(place)}}}" for name, place in names)
    filled = f"list_filter([{parts}], lambda e: trim(e.value) <> '')"
    columns = "".join(f", {physical(place)}" for place in range(column_count))
    name, value = physical(column_count), physical(column_count + 1)
    return (
        f"select unsplit{columns}, part.name as {name}, part.value as {value} from"
        f" (select *, unnest(case when len({filled}) > 0 then {filled} else [null] end) as part from ({source}))"
    )


def columns_at(source: str, places: list[int]) -> str:
    """Some columns of a raw table."""
    return f"select {', '.join(physical(place) for place in places)} from ({source})"


def shapes(places: list[int]) -> str:
    """One row: for each column of PIECE what all JSON in it looks like together, as `json_group_structure` tells."""
    found = ", ".join(f"json_group_structure(try({physical(place)}::json))" for place in places)
    return f"select {found} from {PIECE}"


def json_columns(rows: str, keys: list[tuple[str, str]]) -> str:
    """The raw table of JSON rows: `keys` are (source column, key) pairs, in the order of the table's columns.

    Each source is parsed once per row, unless its keys differ in case only: struct fields can't.
    """
    by_source: dict[str, list[str]] = {}
    for source, key in keys:
        by_source.setdefault(source, []).append(key)
    if all(len({key.casefold() for key in found}) == len(found) for found in by_source.values()):
        parsed = "".join(
            f", from_json({source}, {literal(json.dumps(dict.fromkeys(found, 'VARCHAR'), ensure_ascii=False))})"
            f" as {source}_read"
            for source, found in by_source.items()
        )
        fields = "".join(f", {source}_read.{quoted(key)} as {physical(p)}" for p, (source, key) in enumerate(keys))
        return f"select unsplit{fields} from (select unsplit{parsed} from ({rows}))"
    texts = ", ".join(
        f"json_extract_string({source}, {literal(pointer(key))}) as {physical(place)}"
        for place, (source, key) in enumerate(keys)
    )
    return f"select unsplit{', ' if texts else ''}{texts} from ({rows})"


def json_columns_fast(rows: str, keys: list[str]) -> str:
    """The same for flat documents, parsed once per row."""
    structure = json.dumps(dict.fromkeys(keys, "VARCHAR"), ensure_ascii=False)
    texts = ", ".join(f"row_read.{quoted(key)} as {physical(place)}" for place, key in enumerate(keys))
    return (
        f"select unsplit, {texts} from (select unsplit, from_json(doc, {literal(structure)}) as row_read from ({rows}))"
    )


def pointer(key: str) -> str:
    """JSON pointer of a top-level key."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def parquet_column(name: str, sql_type: str) -> str:
    """SQL of a Parquet column as text: nested values as JSON, not-a-number as null."""
    column = quoted(name)
    if sql_type in ("DOUBLE", "FLOAT"):
        return f"case when isfinite({column}) then {column}::varchar end"
    if sql_type.endswith("]") or sql_type.startswith(("STRUCT", "MAP", "UNION")):
        return f"to_json({column})::varchar"
    return f"{column}::varchar"
