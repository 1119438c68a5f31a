"""One delivered file, from bytes to accepted and quarantined Parquet and its counts."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from guestbook.contracts import Contract, contract
from guestbook.errors import GuestbookError
from guestbook.files import atomic_path
from ingest.errors import FileRefused
from ingest.mapping import FeedMapping, Mapping
from ingest.raw import RawTable, Reader
from ingest.redact import is_sensitive_name, redactor
from ingest.sql.checks import Properties
from ingest.sql.names import RawNames, literal, normalised
from ingest.sql.sources import LAKE_OPTIONS, copy_to
from ingest.sql.statements import Plan, checked_rows, good_rows, quarantined_rows
from ingest.sql.values import Compiler, Text

MEMORY_LIMIT = "900MB"
THREADS = 2
NO_MAPPING = FeedMapping(columns={})


@dataclass(frozen=True)
class Job:
    """What is to be loaded: a local copy of a delivered file and whose it is."""

    feed: str
    vendor: str
    path: Path
    file_name: str
    mapping: Mapping | None
    properties: Properties
    key: bytes


@dataclass
class Loaded:
    """Counts of one file: rows_read = rows_loaded + rows_duplicate + rows_quarantined."""

    rows_read: int = 0
    rows_loaded: int = 0
    rows_duplicate: int = 0
    rows_quarantined: int = 0
    file_format: str | None = None
    encoding: str | None = None
    rejected_counts: dict[str, int] = field(default_factory=dict)
    quarantine_counts: dict[str, int] = field(default_factory=dict)
    unmapped_columns: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def load_file(job: Job, accepted: Path, quarantine: Path) -> Loaded:
    """Write the file's good rows to `accepted` and the others to `quarantine`, both whole or not at all.

    The same file, mapping and property list give the same bytes. Raises FileRefused when no row can be trusted.
    """
    accepted.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".load.", dir=accepted.parent) as name, _engine(Path(name), job.key) as con:
        folder = Path(name)
        spec = contract(job.feed)
        mapping = job.mapping.feeds[job.feed] if job.mapping else NO_MAPPING
        raw = _reader(con, job, mapping, spec, folder).read(job.path, job.file_name)
        plan, unmapped = _plan(job, mapping, spec, raw)
        result = Loaded(
            raw.row_count,
            file_format=raw.file_format,
            encoding=raw.encoding,
            unmapped_columns=unmapped,
            warnings=list(raw.warnings),
        )
        if raw.row_count == 0:
            result.warnings.append("no rows: the file has a header only")
        try:
            _write(con, job, plan, raw, folder, result)
        except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
            kind = type(error).__name__
            raise GuestbookError(f"{kind} while loading a file of {job.feed}: check disk space and memory") from None
        except duckdb.Error as error:  # its message may show a row's content
            kind = type(error).__name__
            raise FileRefused(f"rows could not be checked ({kind}): check the mapping's formats and patterns") from None
        with atomic_path(accepted) as draft:
            shutil.move(folder / "accepted.parquet", draft)
        if result.rows_quarantined:
            with atomic_path(quarantine) as draft:
                shutil.move(folder / "quarantine.parquet", draft)
        return result


@contextmanager
def _engine(folder: Path, key: bytes) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private in-memory DuckDB with bounded memory, UTC, and the `redact` function."""
    con = duckdb.connect(
        config={"memory_limit": MEMORY_LIMIT, "threads": THREADS, "temp_directory": str(folder / "spill")}
    )
    try:
        con.execute("set TimeZone = 'UTC'")
        con.create_function("redact", redactor(key), ["VARCHAR"], "VARCHAR")
        yield con
    finally:
        con.close()


def _reader(con: duckdb.DuckDBPyConnection, job: Job, mapping: FeedMapping, spec: Contract, folder: Path) -> Reader:
    wanted = {normalised(name) for name in spec.column_names}
    sensitive = {column.name for column in spec.columns if column.hashed}
    if job.mapping:
        texts = {text for value in mapping.columns.values() for text in _strings(value.model_dump(exclude_none=True))}
        wanted = {normalised(text) for text in texts}
        hashed = {
            normalised(t)
            for name, value in mapping.columns.items()
            if name in sensitive
            for t in _strings(value.model_dump(exclude_none=True))
        }
        sensitive |= hashed
    return Reader(con, mapping, frozenset(wanted), frozenset(sensitive), job.key, folder)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from [name, *_strings(part)]
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


def _plan(job: Job, mapping: FeedMapping, spec: Contract, raw: RawTable) -> tuple[Plan, list[str]]:
    """How this file's columns become canonical ones, and the columns that nothing names."""
    names = RawNames(raw.names)
    texts = _mapped(job, mapping, spec, names) if job.mapping else _canonical(spec, names)
    _check_required(job, mapping, spec, names, texts, raw)
    hashed = [column.name for column in spec.columns if column.hashed]
    sensitive = {place for place, name in enumerate(raw.names) if is_sensitive_name(name)} | _behind(texts, hashed)
    ignored = {names.place(name) for name in mapping.ignore}
    unnamed = [place for place in range(len(raw.names)) if place not in names.used and place not in ignored]
    plan = Plan(spec, texts, names, tuple(unnamed), frozenset(sensitive), raw.is_nested, job.properties, job.key)
    return plan, [raw.names[place] for place in unnamed]


def _behind(texts: dict[str, Text], columns: list[str]) -> set[int]:
    """Raw columns that the given canonical columns are read from."""
    return {int(place) for name in columns for place in re.findall(r"\b[ct](\d+)\b", texts[name].sql)}


def _mapped(job: Job, mapping: FeedMapping, spec: Contract, names: RawNames) -> dict[str, Text]:
    parts = re.search(mapping.path_pattern, job.file_name) if mapping.path_pattern else None
    found_parts = {k: v for k, v in parts.groupdict().items() if v} if parts else {}
    compiler = Compiler(mapping, names, found_parts, {column.name: column.type for column in spec.columns})
    found = {name: compiler.column(name) for name in mapping.columns}
    system = (job.mapping.source_system or job.mapping.vendor) if job.mapping else job.vendor
    found.setdefault("source_system", Text(literal(system)))
    return {column.name: found.get(column.name, Text("null::varchar", is_mapped=False)) for column in spec.columns}


def _canonical(spec: Contract, names: RawNames) -> dict[str, Text]:
    return {
        column.name: Text(names.text(column.name), is_mapped=names.place(column.name) is not None)
        for column in spec.columns
    }


def _check_required(
    job: Job, mapping: FeedMapping, spec: Contract, names: RawNames, texts: dict[str, Text], raw: RawTable
) -> None:
    """Raise FileRefused, naming them all, when required columns can't come from this file."""
    if raw.row_count == 0 and not raw.names:
        return
    lacking = []
    for column in spec.columns:
        if not column.required or column.default_from_property:
            continue
        reads_file = re.search(r"\b[ct]\d+\b", texts[column.name].sql) is not None
        if not reads_file and "null::" in texts[column.name].sql:
            lacking.append(column.name)
    if lacking:
        sources = f" (their columns in the export: {', '.join(sorted(names.missing))})" if job.mapping else ""
        raise FileRefused(
            f"required columns are missing: {', '.join(lacking)}{sources}; the file has {len(raw.names)} columns."
            " Have it sent again, or map them in the vendor's mapping"
        )


def _write(con: duckdb.DuckDBPyConnection, job: Job, plan: Plan, raw: RawTable, folder: Path, result: Loaded) -> None:
    checked = folder / "accepted.parquet"
    con.execute(copy_to(checked_rows(plan, raw.source), checked, LAKE_OPTIONS))
    file = {"file": str(checked)}
    con.execute("create temp table bad as select row_number from read_parquet($file) where row_hash is null", file)
    con.execute(
        "create temp table repeats as select row_number from (select row_number, row_number() over"
        " (partition by row_hash order by row_number) as place"
        " from read_parquet($file) where row_hash in (select row_hash from read_parquet($file) group by"
        " row_hash having count(*) > 1)) where place > 1",
        file,
    )
    result.rows_quarantined, result.rows_duplicate = con.execute(
        "select (select count(*) from bad), (select count(*) from repeats)"
    ).fetchall()[0]
    result.rows_loaded = raw.row_count - result.rows_quarantined - result.rows_duplicate
    if result.rows_quarantined:
        _write_quarantine(con, job, plan, raw, folder / "quarantine.parquet", result)
    if result.rows_loaded < raw.row_count:
        con.execute(copy_to(good_rows(checked), folder / "good.parquet", LAKE_OPTIONS))
        (folder / "good.parquet").replace(checked)
    result.rejected_counts = dict(
        con.execute(
            "select json_extract_string(value, '$.column') as column_name, count(*) from (select"
            " unnest(json_extract(extra, '$._rejected[*]')) as value"
            " from read_parquet(?) where contains(extra, '\"_rejected\"')) group by 1 order by 1",
            [str(checked)],
        ).fetchall()
    )


def _write_quarantine(
    con: duckdb.DuckDBPyConnection, job: Job, plan: Plan, raw: RawTable, path: Path, result: Loaded
) -> None:
    con.execute(copy_to(quarantined_rows(plan, raw.source, job.feed, job.vendor), path, LAKE_OPTIONS))
    result.quarantine_counts = dict(
        con.execute(
            "select reason, count(*) from (select unnest(from_json(reasons, '[\"VARCHAR\"]')) as reason from"
            " read_parquet(?)) group by 1 order by 1",
            [str(path)],
        ).fetchall()
    )
