"""The ingest stage of one feed in one night: discover, load, commit. Each step can be run again."""

import json
import shutil
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from guestbook.files import write_json_atomic
from guestbook.lake import accepted_file, document_file, quarantine_file
from guestbook.night import is_past_night
from guestbook.settings import Settings
from ingest.catalogue import vendor_mapping
from ingest.drafts import draft_folder, forget_drafts
from ingest.errors import FileRefused, MappingError
from ingest.landing import LandedFile, feed_files, fetch, settled
from ingest.ledger import Ledger, append, delivery_sequence, read_ledger
from ingest.loading import Job, Loaded, load_file
from ingest.mapping import Mapping
from ingest.reference import properties
from ingest.report import file_report, same_as, typed

MAX_BATCHES = 16
BATCH_BYTES = 4_000_000  # a task costs a second or more under a scheduler: small files share one
COUNTS = ("rows_read", "rows_loaded", "rows_duplicate", "rows_quarantined")


@dataclass(frozen=True)
class StagedFile:
    """A file that waits for the gate's decision; `report` is its row of the load report.

    Of a file that was refused or is a repeat there are no rows: its paths are null.
    """

    sha256: str | None
    vendor: str
    file_name: str
    accepted_path: Path | None
    quarantine_path: Path | None
    report: dict[str, Any]


def discover(settings: Settings, feed: str, night_date: date) -> list[list[dict[str, Any]]]:
    """Batches (at most 16, of like size) of files that no night has taken yet.

    None for a night before the newest completed one. Forgets what an earlier, unfinished run of this night had staged.
    """
    shutil.rmtree(_staged_dir(settings, feed, night_date), ignore_errors=True)
    if is_past_night(settings, night_date):
        return []
    ledger = read_ledger(settings)
    new = [
        file
        for file in feed_files(settings, feed, night_date)
        if not ledger.knows(file, _mapping_hash(settings, file.vendor))
    ]
    new = settled(settings, feed, night_date, new)
    numbered = [replace(file, index=index) for index, file in enumerate(new, start=1)]
    wanted = 1 + sum(file.size for file in numbered) // BATCH_BYTES
    batches: list[list[LandedFile]] = [[] for _ in range(min(MAX_BATCHES, len(numbered), wanted))]
    for file in sorted(numbered, key=lambda file: (-file.size, file.index)):
        min(batches, key=lambda batch: (sum(f.size for f in batch), len(batch))).append(file)
    return [[file.as_json() for file in sorted(batch, key=lambda file: file.index)] for batch in batches]


def load_batch(settings: Settings, feed: str, night_date: date, files: list[dict[str, Any]]) -> dict[str, int]:
    """Load files into the lake and stage their reports; a refused file costs no other file. Returns counts."""
    ledger = read_ledger(settings)
    about = properties(settings)
    total = dict.fromkeys(("files", *COUNTS), 0)
    for entry in files:
        file = LandedFile(**entry)
        report = _load_one(settings, feed, file, ledger, about)
        write_json_atomic(report, _staged_dir(settings, feed, night_date) / f"{file.index:06d}.json")
        total["files"] += 1
        for name in COUNTS:
            total[name] += report[name]
    return total


def staged_files(settings: Settings, feed: str, night_date: date) -> list[StagedFile]:
    """One entry per new file, refused ones and repeats too: what the gate reads and names."""
    reports = _resolved(settings, feed, night_date, read_ledger(settings))
    return [
        StagedFile(
            sha256=report["sha256"],
            vendor=report["vendor"],
            file_name=report["file_name"],
            accepted_path=accepted_file(settings, feed, report["sha256"]) if is_loaded else None,
            quarantine_path=quarantine_file(settings, feed, report["sha256"]) if is_loaded else None,
            report=report,
        )
        for report in reports
        for is_loaded in [report["load_status"] == "accepted"]
    ]


def commit(settings: Settings, feed: str, night_date: date, decisions: dict[str, str] | None = None) -> dict[str, int]:
    """Write the night's load reports to the ledger in one atomic step.

    `decisions`: sha256 -> accepted, held or released. A sha256 that the ledger has as held and the decision
    releases gets a new entry. Returns counts of files and rows.
    """
    ledger = read_ledger(settings)
    chosen = decisions or {}
    reports = _resolved(settings, feed, night_date, ledger)
    for report in reports:
        if report["load_status"] == "accepted" and chosen.get(report["sha256"]) == "held":
            report |= {
                "load_status": "held",
                "status_reason": (
                    "a gate blocked it: see the gate page; release it by an override or send a better file"
                ),
            }
    number = ledger.next_pass([feed], night_date)
    entries = reports + _released(ledger, feed, chosen, len(reports))
    for place, entry in enumerate(entries, start=1):
        entry |= {"night_date": night_date, "delivery_sequence": delivery_sequence(night_date, number, feed, place)}
    if entries:
        append(settings, feed, night_date, number, [typed(entry) for entry in entries])
    shutil.rmtree(_staged_dir(settings, feed, night_date), ignore_errors=True)
    forget_drafts(settings)
    return _counts(entries)


def _load_one(settings: Settings, feed: str, file: LandedFile, ledger: Ledger, about: Any) -> dict[str, Any]:
    """The staged report of one file: loaded, a repeat of a loaded one, or refused with a reason."""
    mapping: Mapping | None = None
    sha256: str | None = None
    with draft_folder(settings) as folder:
        try:
            path, sha256 = fetch(settings, file, folder)
            original = ledger.original(feed, sha256)
            if original is not None:
                return file_report(
                    feed,
                    file,
                    sha256,
                    "duplicate",
                    _repeat_counts(original),
                    same_as(original),
                    original["mapping_sha256"],
                )
            mapping = vendor_mapping(settings, file.vendor)
            _check_feed(mapping, feed)
            job = Job(feed, file.vendor, path, file.file_name, mapping, about, settings.installation_key)
            loaded = load_file(
                job,
                folder,
                accepted_file(settings, feed, sha256),
                quarantine_file(settings, feed, sha256),
                document=document_file(settings, feed, sha256),
            )
        except (FileRefused, MappingError) as error:
            # It is published: no paths of this machine.
            reason = str(error).replace(file.path, file.file_name).replace(str(settings.home), "<home>")
            return file_report(feed, file, sha256, "refused", Loaded(), reason, mapping.sha256 if mapping else None)
    return file_report(feed, file, sha256, "accepted", loaded, None, mapping.sha256 if mapping else None)


def _check_feed(mapping: Mapping | None, feed: str) -> None:
    if mapping is not None and feed not in mapping.feeds:
        raise FileRefused(f"vendor {mapping.vendor} has no mapping for {feed}; it maps {', '.join(mapping.feeds)}")


def _resolved(settings: Settings, feed: str, night_date: date, ledger: Ledger) -> list[dict[str, Any]]:
    """Staged reports in delivery order, with repeats among them and second files of final vendors settled."""
    folder = _staged_dir(settings, feed, night_date)
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    first: dict[str, dict[str, Any]] = {}
    final: dict[str, str] = {}
    for report in reports:
        if report["load_status"] != "accepted":
            continue
        sha256, vendor = report["sha256"], report["vendor"]
        if sha256 in first:
            repeated = first[sha256]
            report |= {
                "load_status": "duplicate",
                "status_reason": same_as(repeated),
                **asdict(_repeat_counts(repeated)),
            }
            report |= {
                name: json.dumps(report[name])
                for name in ("rejected_counts", "quarantine_counts", "unmapped_columns", "warnings")
            }
            continue
        if _is_final(settings, vendor):
            only = final.setdefault(vendor, ledger.loaded_of_vendor(feed, vendor) or sha256)
            if only != sha256:
                reason = (
                    f"vendor {vendor} is final: one file was loaded and a different one is not allowed; deliver"
                    f" further data under another vendor"
                )
                report |= {"load_status": "refused", "status_reason": reason, **dict.fromkeys(COUNTS, 0)}
                accepted_file(settings, feed, sha256).unlink(missing_ok=True)
                document_file(settings, feed, sha256).unlink(missing_ok=True)
                continue
        first[sha256] = report
    return reports


def _released(ledger: Ledger, feed: str, decisions: dict[str, str], taken: int) -> list[dict[str, Any]]:
    """New entries for held files that a decision releases."""
    wanted = {sha256 for sha256, decision in decisions.items() if decision == "released"}
    already = {
        row["sha256"] for row in ledger.rows if row["feed"] == feed and row["load_status"] in ("accepted", "released")
    }
    held = {row["sha256"]: row for row in ledger.rows if row["feed"] == feed and row["load_status"] == "held"}
    return [
        {**held[sha256], "load_status": "released", "status_reason": "released by an override"}
        for sha256 in sorted(held, key=lambda sha256: held[sha256]["delivery_sequence"])
        if sha256 in wanted - already
    ]


def _counts(entries: list[dict[str, Any]]) -> dict[str, int]:
    counts = dict.fromkeys(("files", *COUNTS, "files_held", "files_refused", "files_duplicate", "files_released"), 0)
    for entry in entries:
        status = f"files_{entry['load_status']}"
        counts["files"] += 1
        if status in counts:
            counts[status] += 1
        if entry["load_status"] != "released":
            for name in COUNTS:
                counts[name] += entry[name]
    return counts


def _mapping_hash(settings: Settings, vendor: str) -> str | None:
    try:
        mapping = vendor_mapping(settings, vendor)
    except MappingError:
        return None
    return mapping.sha256 if mapping else None


def _is_final(settings: Settings, vendor: str) -> bool:
    mapping = vendor_mapping(settings, vendor)
    return mapping is not None and mapping.final


def _staged_dir(settings: Settings, feed: str, night_date: date) -> Path:
    return settings.lake / "staged" / night_date.isoformat() / feed


def _repeat_counts(original: dict[str, Any]) -> Loaded:
    return Loaded(
        rows_read=original["rows_read"],
        rows_duplicate=original["rows_read"],
        file_format=original["file_format"],
        encoding=original["encoding"],
    )
