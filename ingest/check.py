"""What a mapping would make of a file: nothing of the file is kept, personal data is masked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from guestbook.contracts import FEEDS, contract
from guestbook.settings import Settings
from ingest.catalogue import CANONICAL, mapping_files, vendor_mapping
from ingest.drafts import draft_folder
from ingest.errors import MappingError
from ingest.loading import Job, Loaded, load_file
from ingest.reference import properties

SHOWN_ROWS = 5


@dataclass(frozen=True)
class Checked:
    """Counts, reasons and columns of one file under one mapping; `rows` are the first five, masked."""

    vendor: str
    feed: str
    loaded: Loaded
    filled: dict[str, int]
    rows: list[dict[str, Any]]
    quarantined: list[dict[str, Any]]


def check(settings: Settings, path: Path, vendor: str, feed: str | None = None) -> Checked:
    """Load a file for trial. Raises MappingError, FileRefused as a night would."""
    if not path.is_file():
        raise MappingError(f"file {path} does not exist")
    mapping = vendor_mapping(settings, vendor)
    chosen = _feed(list(mapping.feeds) if mapping else list(FEEDS), vendor, feed)
    with draft_folder(settings) as folder:
        accepted, quarantine = folder / "accepted.parquet", folder / "quarantine.parquet"
        file_name = _file_name(settings, path, chosen, vendor)
        key = settings.installation_key
        job = Job(chosen, vendor, path, file_name, mapping, properties(settings), key)
        loaded = load_file(job, folder, accepted, quarantine)
        return Checked(
            vendor,
            chosen,
            loaded,
            _filled(accepted, chosen),
            _masked(accepted, chosen),
            _reasons(quarantine) if quarantine.exists() else [],
        )


def list_sources(settings: Settings) -> list[dict[str, Any]]:
    """One entry per vendor: name, feeds, where its mapping is, and what is wrong with it, if anything."""
    found: list[dict[str, Any]] = [
        {"vendor": CANONICAL, "feeds": list(FEEDS), "path": None, "origin": "built in", "problem": None}
    ]
    for vendor, path in sorted(mapping_files(settings).items()):
        origin = "yours" if path.is_relative_to(settings.sources_dir) else "shipped"
        entry: dict[str, Any] = {"vendor": vendor, "feeds": [], "path": str(path), "origin": origin}
        entry |= {"problem": None, "description": ""}
        try:
            mapping = vendor_mapping(settings, vendor)
            if mapping is not None:
                entry |= {"feeds": list(mapping.feeds), "description": mapping.description}
        except MappingError as error:
            entry["problem"] = str(error)
        found.append(entry)
    return found


def _feed(feeds: list[str], vendor: str, feed: str | None) -> str:
    if feed is None and len(feeds) == 1:
        return feeds[0]
    if feed not in feeds:
        raise MappingError(f"feed {feed!r} of vendor {vendor}: say --feed with one of {', '.join(feeds)}")
    return feed


def _file_name(settings: Settings, path: Path, feed: str, vendor: str) -> str:
    """The path below landing, as patterns see it; for a file elsewhere, as if it had been delivered."""
    landing = Path(settings.landing)
    if path.resolve().is_relative_to(landing.resolve()):
        return path.resolve().relative_to(landing.resolve()).as_posix()
    return f"{feed}/{vendor}/2000-01-01/{path.name}"


def _filled(accepted: Path, feed: str) -> dict[str, int]:
    """Canonical column -> number of rows that fill it, empty columns left out."""
    relation = duckdb.read_parquet(str(accepted))
    names = contract(feed).column_names
    counts = relation.aggregate(", ".join(f'count("{name}")' for name in names)).fetchall()[0]
    return {name: count for name, count in zip(names, counts, strict=True) if count}


def _masked(accepted: Path, feed: str) -> list[dict[str, Any]]:
    rows = duckdb.read_parquet(str(accepted)).order("row_number").limit(SHOWN_ROWS).to_arrow_table().to_pylist()
    personal = {column.name for column in contract(feed).columns if column.personal}
    shown = []
    for row in rows:
        values = {name: value for name, value in row.items() if value is not None and name not in ("row_hash", "extra")}
        shown.append({name: _mask(value) if name in personal else value for name, value in values.items()})
    return shown


def _mask(value: Any) -> str:
    return str(value)[:1] + "***"


def _reasons(quarantine: Path) -> list[dict[str, Any]]:
    """The first quarantined rows by number and reason; what they hold is not shown."""
    query = "select row_number, from_json(reasons, '[\"VARCHAR\"]') from read_parquet(?) order by row_number limit ?"
    rows = duckdb.execute(query, [str(quarantine), SHOWN_ROWS]).fetchall()
    return [{"row_number": number, "reasons": reasons} for number, reasons in rows]
