"""The landing area: `landing/<feed>/<vendor>/<folder_date>/<file>` on a local path or any fsspec URL."""

import hashlib
import logging
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import fsspec

from guestbook.contracts import FEEDS, REFERENCES
from guestbook.settings import Settings
from ingest.errors import FileRefused, LandingMissing
from ingest.unfinished import IN_PROGRESS, is_finished

REFERENCE_FOLDER = "reference"
BLOCK = 1 << 22
#: Without a quiet time: how young a file is looked at twice, and how long between.
YOUNG_SECONDS = 5.0
SECOND_LOOK_SECONDS = 0.5
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LandedFile:
    """A file in landing; `file_name` is its path below the landing root, `problem` why it can't be taken at all."""

    path: str
    file_name: str
    vendor: str
    folder_date: str | None
    size: int
    modified_at: str
    index: int = 0
    problem: str | None = None

    @property
    def modified(self) -> datetime:
        """When the file was last written."""
        return datetime.fromisoformat(self.modified_at)

    def as_json(self) -> dict[str, Any]:
        """The file as plain JSON, for handing over between tasks."""
        return asdict(self)


def filesystem(settings: Settings) -> tuple[Any, str]:
    """The landing's filesystem and root path. Raises LandingMissing when there is no such place."""
    system, root = fsspec.core.url_to_fs(settings.landing)
    system.invalidate_cache()
    if not system.isdir(root):
        raise LandingMissing(
            f"landing {settings.landing} is not a folder that can be read: deliver files to"
            f" <landing>/<feed>/<vendor>/<date>/,"
            " or set GUESTBOOK_LANDING"
        )
    return system, root.rstrip("/")


def feed_files(settings: Settings, feed: str, night_date: date) -> list[LandedFile]:
    """One entry per delivered file of a feed up to a night, in the order of vendor, date and name."""
    system, root = filesystem(settings)
    files = []
    for vendor in _folders(system, f"{root}/{feed}"):
        for folder in _folders(system, vendor):
            folder_date = _date_of(folder)
            if folder_date is not None and folder_date <= night_date:
                entries = _all_deliveries(settings, system, folder)
                files += [_landed(entry, root, _base(vendor), folder_date.isoformat()) for entry in entries]
    return sorted(files, key=lambda file: file.file_name)


def settled(settings: Settings, feed: str, night_date: date, files: list[LandedFile]) -> list[LandedFile]:
    """Those of a feed's files that nobody is writing any more (rule 3 of `ingest.unfinished`)."""
    return _settled(settings, files, lambda: feed_files(settings, feed, night_date))


def _settled(
    settings: Settings, files: list[LandedFile], look_again: Callable[[], list[LandedFile]]
) -> list[LandedFile]:
    quiet = settings.landing_quiet_seconds
    now = datetime.now(UTC)  # stamp: the age of a file, not a date of business
    young = {f.file_name for f in files if abs((now - f.modified).total_seconds()) < (quiet or YOUNG_SECONDS)}
    if young and not quiet:
        time.sleep(SECOND_LOOK_SECONDS)
        again = {file.file_name: file for file in look_again()}
        young = {file.file_name for file in files if file.file_name in young and again.get(file.file_name) != file}
    for name in sorted(young):
        log.warning("%s is still being written: left for the next run", name)
    return [file for file in files if file.file_name not in young]


def reference_files(settings: Settings) -> dict[str, list[LandedFile]]:
    """Reference table -> its delivered files, oldest first (by modification time, then name)."""
    system, root = filesystem(settings)
    entries = _deliveries(settings, system, f"{root}/{REFERENCE_FOLDER}")
    return {
        name: sorted(
            (_landed(entry, root, REFERENCE_FOLDER, None) for entry in entries if _reference(entry) == name),
            key=lambda file: (file.modified_at, file.file_name),
        )
        for name in REFERENCES
    }


def settled_reference(settings: Settings, files: list[LandedFile]) -> list[LandedFile]:
    """The same rule for files of reference data."""
    return _settled(settings, files, lambda: [file for found in reference_files(settings).values() for file in found])


def _reference(entry: dict[str, Any]) -> str:
    """The reference table that a file's name begins with."""
    return re.split(r"[.\-]|_\d", _base(entry["name"]).lower())[0]


def landing_problems(settings: Settings) -> list[str]:
    """What lies in landing and belongs nowhere: unknown feeds and tables, loose files, folders that are no date."""
    system, root = filesystem(settings)
    problems = []
    for entry in _entries(system, root):
        name = _base(entry["name"])
        if entry["type"] != "directory":
            problems.append("a file lies in the landing root; it belongs to <feed>/<vendor>/<date>/")
        elif name not in (*FEEDS, REFERENCE_FOLDER):
            problems.append(f"unknown feed {name!r} in landing; allowed: {', '.join(FEEDS)}, {REFERENCE_FOLDER}")
    vendors = [(feed, vendor) for feed in FEEDS for vendor in _folders(system, f"{root}/{feed}")]
    problems += [problem for feed, vendor in vendors for problem in _vendor_problems(system, feed, vendor)]
    known = re.compile("|".join(REFERENCES))
    loose = [e for e in _entries(system, f"{root}/{REFERENCE_FOLDER}") if not known.match(_base(e["name"]).lower())]
    return problems + [f"unknown reference file; allowed names begin with {', '.join(REFERENCES)}" for _ in loose]


def _vendor_problems(system: Any, feed: str, vendor: str) -> list[str]:
    problems = []
    for entry in _entries(system, vendor):
        place = f"{feed}/{_base(vendor)}"
        if entry["type"] != "directory":
            problems.append(f"a file lies in {place}; it belongs to a folder named by its date (YYYY-MM-DD)")
        elif _date_of(entry["name"]) is None:
            problems.append(f"folder {place}/{_base(entry['name'])} is no date; expected YYYY-MM-DD")
    return problems


def fetch(settings: Settings, file: LandedFile, folder: Path) -> tuple[Path, str]:
    """A local path of a landed file and the hash of its bytes; a local file is read in place. Raises FileRefused."""
    if file.problem:
        raise FileRefused(file.problem)
    system, _ = fsspec.core.url_to_fs(settings.landing)
    digest = hashlib.sha256()
    is_local = "file" in (system.protocol if isinstance(system.protocol, tuple) else (system.protocol,))
    target = Path(file.path) if is_local else folder / "delivered"
    try:
        with system.open(file.path, "rb") as stream:
            if is_local:
                while block := stream.read(BLOCK):
                    digest.update(block)
            else:
                with target.open("wb") as out:
                    while block := stream.read(BLOCK):
                        digest.update(block)
                        out.write(block)
    except OSError as error:
        raise FileRefused(
            f"can't be opened ({error.strerror or type(error).__name__}): check that it exists and its permissions"
        ) from None
    return target, digest.hexdigest()


def _listed(system: Any, folder: str) -> list[dict[str, Any]]:
    """Everything that lies in a folder; nothing when there is no such folder."""
    try:
        found = system.ls(folder, detail=True)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [entry for entry in found if _base(entry["name"]) and entry["name"].rstrip("/") != folder]


def _entries(system: Any, folder: str) -> list[dict[str, Any]]:
    return [entry for entry in _listed(system, folder) if not IN_PROGRESS.search(_base(entry["name"]))]


def _deliveries(settings: Settings, system: Any, folder: str) -> list[dict[str, Any]]:
    entries = _listed(system, folder)
    beside = {_base(entry["name"]) for entry in entries}
    return [entry for entry in entries if is_finished(_base(entry["name"]), beside, settings.landing_marker)]


def _all_deliveries(settings: Settings, system: Any, folder: str) -> list[dict[str, Any]]:
    """What is delivered in a date's folder and the folders in it; a folder called like a file is left for refusal."""
    inner = [path for path in _folders(system, folder) if not _is_file_name(path)]
    found = [
        entry
        for entry in _deliveries(settings, system, folder)
        if entry["type"] != "directory" or _is_file_name(entry["name"])
    ]
    return found + [entry for path in inner for entry in _all_deliveries(settings, system, path)]


def _is_file_name(path: str) -> bool:
    return re.search(r"[.](csv|tsv|txt|jsonl|ndjson|json|parquet)([.]gz)?$", _base(path).lower()) is not None


def _folders(system: Any, folder: str) -> list[str]:
    return sorted(entry["name"].rstrip("/") for entry in _entries(system, folder) if entry["type"] == "directory")


def _base(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[-1]


def _date_of(folder: str) -> date | None:
    name = _base(folder)
    try:
        return date.fromisoformat(name) if len(name) == 10 else None
    except ValueError:
        return None


def _landed(entry: dict[str, Any], root: str, vendor: str, folder_date: str | None) -> LandedFile:
    is_directory = entry["type"] == "directory"
    path = entry["name"].rstrip("/")
    return LandedFile(
        path=path,
        file_name=path.removeprefix(root).lstrip("/"),
        vendor=vendor,
        folder_date=folder_date,
        size=0 if is_directory else int(entry.get("size") or 0),
        modified_at=_modified(entry),
        problem="is a directory where a file should be: move its files one level up" if is_directory else None,
    )


def _modified(entry: dict[str, Any]) -> str:
    found = entry.get("mtime", entry.get("LastModified", entry.get("created", 0)))
    moment = found if isinstance(found, datetime) else datetime.fromtimestamp(float(found or 0), UTC)
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
