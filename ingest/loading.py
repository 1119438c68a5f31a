"""One delivered file, from bytes to accepted and quarantined Parquet and its counts."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from guestbook.contracts import Contract, contract
from guestbook.errors import GuestbookError
from guestbook.files import atomic_path
from guestbook.wording import first_of
from ingest.errors import FileRefused
from ingest.mapping import FeedMapping, Mapping
from ingest.mapping.uses import all_texts, column_texts, needs_position
from ingest.raw import RawTable, Reader
from ingest.redact import is_sensitive_name, redactor
from ingest.shapes import shapes
from ingest.sql.columns import RawNames
from ingest.sql.names import literal, normalised
from ingest.sql.properties import Properties
from ingest.sql.skipping import is_skipped
from ingest.sql.sources import DRAFT_OPTIONS, LAKE_OPTIONS, copy_to, dropped
from ingest.sql.statements import (
    Plan,
    checked_rows,
    checked_view,
    documents,
    good_rows,
    property_codes,
    quarantined_rows,
    reason_counts,
    rejected_counts,
    repeats,
    repeats_mask,
    row_counts,
    skipped_rows,
)
from ingest.sql.texts import Text
from ingest.sql.values import Compiler
from ingest.unpivot import unpivot

MEMORY_LIMIT = "900MB"
THREADS = 2
SHOWN_PROPERTIES = 10
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
    """Counts of one file: rows_read = rows_loaded + rows_duplicate + rows_quarantined; rows_skipped beside them."""

    rows_read: int = 0
    rows_loaded: int = 0
    rows_duplicate: int = 0
    rows_quarantined: int = 0
    rows_skipped: int = 0
    file_format: str | None = None
    encoding: str | None = None
    rejected_counts: dict[str, int] = field(default_factory=dict)
    quarantine_counts: dict[str, int] = field(default_factory=dict)
    unmapped_columns: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def load_file(
    job: Job,
    drafts: Path,
    accepted: Path,
    quarantine: Path,
    *,
    document: Path | None = None,
    skipped: Path | None = None,
) -> Loaded:
    """Write the file's good rows to `accepted` and the others to `quarantine`, both whole or not at all.

    `drafts`: a folder in which rows may wait as they were delivered; nothing of them is left in it.
    `document`, `skipped`: where to write the neighbourhoods of document numbers, if any; the numbers of skipped rows.
    The same file, mapping and property list give the same bytes. Raises FileRefused when no row can be trusted.
    """
    accepted.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=drafts) as name, _engine(Path(name), job.key) as con:
        folder = Path(name)
        checked = folder / "checked.parquet"
        spec = contract(job.feed)
        mapping = job.mapping.feeds[job.feed] if job.mapping else NO_MAPPING
        try:
            raw = _reader(con, job, mapping, spec, folder).read(job.path, job.file_name)
            raw = unpivot(con, mapping.unpivot, raw) if mapping.unpivot else raw
            result = _checked(con, job, mapping, spec, raw, checked)
            if result is None and raw.retry:
                result = _checked(con, job, mapping, spec, replace(raw.retry(), retry=None), checked)
            if result is None:
                raise FileRefused("rows could not be counted alike twice: have the file sent again")
            _write(con, job, spec, folder, result)
            if skipped:
                con.execute(copy_to(skipped_rows(), skipped, LAKE_OPTIONS))
            has_documents = document is not None and _write_documents(con, job, spec, folder / "document.parquet")
        except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
            kind = type(error).__name__
            raise GuestbookError(f"{kind} while loading a file of {job.feed}: check disk space and memory") from None
        except duckdb.Error as error:  # its message may show a row's content
            kind = type(error).__name__
            raise FileRefused(f"rows could not be checked ({kind}): check the mapping's formats and patterns") from None
        if document is not None and has_documents:
            with atomic_path(document) as draft:
                shutil.move(folder / "document.parquet", draft)
        elif document is not None:
            document.unlink(missing_ok=True)
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
        con.execute("set disabled_optimizers = 'in_clause'")  # it makes joins of lists, and a join loses the row order
        con.create_function("redact", redactor(key), ["VARCHAR"], "VARCHAR")
        yield con
    finally:
        con.close()


def _reader(con: duckdb.DuckDBPyConnection, job: Job, mapping: FeedMapping, spec: Contract, folder: Path) -> Reader:
    wanted = {normalised(name) for name in spec.column_names}
    sensitive = {column.name for column in spec.columns if column.hashed}
    if job.mapping:
        wanted = {normalised(text) for text in all_texts(mapping)}
        hashed = sensitive & set(mapping.columns)
        sensitive |= {normalised(text) for name in hashed for text in column_texts(mapping, name)}
    is_kept = needs_position(mapping) or mapping.unpivot is not None
    return Reader(con, mapping, frozenset(wanted), frozenset(sensitive), job.key, folder, is_kept)


def _plan(
    con: duckdb.DuckDBPyConnection, job: Job, mapping: FeedMapping, spec: Contract, raw: RawTable
) -> tuple[Plan, list[str]]:
    """How this file's columns become canonical ones, and the columns that nothing names."""
    names = RawNames(raw.names)
    texts = _mapped(job, mapping, spec, names) if job.mapping else _canonical(spec, names)
    if names.nested:
        names = RawNames(raw.names, shapes(con, raw.source, sorted(names.nested)))
        texts = _mapped(job, mapping, spec, names)
    skipped = is_skipped(mapping, names)
    _check_required(job, mapping, spec, names, texts, raw)
    hashed = [column.name for column in spec.columns if column.hashed]
    sensitive = {place for place, name in enumerate(raw.names) if is_sensitive_name(name)} | {
        place for name in hashed for place in names.once.behind(texts[name].sql)
    }
    ignored = {names.place(name) for name in (*mapping.ignore, *(mapping.unpivot.columns if mapping.unpivot else ()))}
    unnamed = [place for place in range(len(raw.names)) if place not in names.used and place not in ignored]
    plan = Plan(
        spec,
        texts,
        names,
        tuple(unnamed),
        frozenset(sensitive),
        raw.is_nested,
        needs_position(mapping),
        job.properties,
        job.key,
        skipped,
        mapping.newest_check_replaces_lines,
    )
    return plan, [raw.names[place] for place in unnamed]


def _mapped(job: Job, mapping: FeedMapping, spec: Contract, names: RawNames) -> dict[str, Text]:
    parts = re.search(mapping.path_pattern, job.file_name) if mapping.path_pattern else None
    found_parts = {k: v for k, v in parts.groupdict().items() if v} if parts else {}
    types = {column.name: column.type for column in spec.columns}
    compiler = Compiler(mapping, names, found_parts, types, job.properties)
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
    """Raise FileRefused, naming them all, when required columns can't come from this file.

    A vendor's JSON leaves out what is empty and mixes kinds of documents: there each row is judged for itself.
    """
    if (raw.row_count == 0 and not raw.names) or (job.mapping and raw.file_format in ("json", "jsonl")):
        return
    lacking = []
    for column in spec.columns:
        if not column.required or column.default_from_property:
            continue
        if "null::" in texts[column.name].sql and not names.once.behind(texts[column.name].sql):
            lacking.append(column.name)
    if lacking:
        named = {text for name in lacking if name in mapping.columns for text in column_texts(mapping, name)}
        missing = ", ".join(sorted(names.missing & named))
        sources = f" (their columns in the export: {missing})" if missing else ""
        if mapping.path_pattern and not re.search(mapping.path_pattern, job.file_name):
            sources += " (path_pattern does not fit the file's path below landing)"
        raise FileRefused(
            f"required columns are missing: {', '.join(lacking)}{sources}; the file has {len(raw.names)} columns."
            " Have it sent again, or map them in the vendor's mapping"
        )


def _checked(
    con: duckdb.DuckDBPyConnection, job: Job, mapping: FeedMapping, spec: Contract, raw: RawTable, checked: Path
) -> Loaded | None:
    """Every row checked, ready to be counted and split; None when the file must be read row by row."""
    plan, unmapped = _plan(con, job, mapping, spec, raw)
    try:
        con.execute(copy_to(checked_rows(plan, raw.source), checked, DRAFT_OPTIONS))
    except (duckdb.IOException, duckdb.OutOfMemoryException):
        raise
    except duckdb.Error:
        if raw.retry is None:
            raise
        return None
    con.execute(checked_view(checked))
    row_count, quarantined, skipped = con.execute(row_counts()).fetchall()[0]
    if row_count != raw.row_count:
        return None
    con.execute(dropped())
    return Loaded(
        row_count - skipped,
        rows_quarantined=quarantined,
        rows_skipped=skipped,
        file_format=raw.file_format,
        encoding=raw.encoding,
        unmapped_columns=unmapped,
        warnings=[*raw.warnings, *(["no rows in the file"] if row_count == skipped else [])],
    )


def _write(con: duckdb.DuckDBPyConnection, job: Job, spec: Contract, folder: Path, result: Loaded) -> None:
    """Split the checked rows into accepted and quarantined ones, and count what was found in them."""
    accepted, quarantine = folder / "accepted.parquet", folder / "quarantine.parquet"
    con.execute(repeats())
    result.rows_duplicate = con.execute("select count(*) from repeats").fetchall()[0][0]
    result.rows_loaded = result.rows_read - result.rows_quarantined - result.rows_duplicate
    if result.rows_duplicate:
        con.execute(repeats_mask(result.rows_read + result.rows_skipped))
    has_bad = result.rows_quarantined + result.rows_skipped > 0
    con.execute(copy_to(good_rows(spec, has_bad, result.rows_duplicate > 0), accepted, LAKE_OPTIONS))
    if "property_code" in spec.column_names:
        _warn_of_properties(con, job, accepted, result)
    result.rejected_counts = dict(con.execute(rejected_counts(accepted)).fetchall())
    if result.rows_quarantined:
        con.execute(copy_to(quarantined_rows(job.feed, job.vendor), quarantine, LAKE_OPTIONS))
        result.quarantine_counts = dict(con.execute(reason_counts(quarantine)).fetchall())


def _write_documents(con: duckdb.DuckDBPyConnection, job: Job, spec: Contract, path: Path) -> bool:
    """Whether the file has documents whose numbers have neighbourhoods; these are at `path` then."""
    if not any(column.hashed for column in spec.columns):
        return False
    return bool(con.execute(copy_to(documents(spec, job.key), path, LAKE_OPTIONS)).fetchall()[0][0])


def _warn_of_properties(con: duckdb.DuckDBPyConnection, job: Job, accepted: Path, result: Loaded) -> None:
    found = con.execute(property_codes(accepted)).fetchall()
    unknown = [code for (code,) in found if code not in job.properties.time_zones]
    if unknown:
        shown = first_of(unknown, SHOWN_PROPERTIES)
        result.warnings.append(f"properties not in reference/property.csv, local times taken as UTC: {shown}")
