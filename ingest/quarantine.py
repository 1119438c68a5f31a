"""Rows set aside, and how they come in once a mapping is fixed.

A retry reads the delivered file again with the mapping as it is now and keeps only the rows that were quarantined: what
was accepted stays as it is, byte for byte. It is a ledger entry of its own (`retried_sequence` names the delivery whose
rows it read) with a Parquet file named by the hash of file and mapping, so rows_read = rows_loaded + rows_duplicate +
rows_quarantined holds for every entry. It belongs to the night to come and takes a delivery_sequence behind everything
so far: anchors of customer ids do not move, and the next nightly picks the rows up.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guestbook.contracts import FEEDS
from guestbook.errors import GuestbookError
from guestbook.files import write_parquet_atomic
from guestbook.lake import accepted_file, document_file, quarantine_file
from guestbook.night import newest_completed_night
from guestbook.settings import Settings
from ingest.catalogue import vendor_mapping
from ingest.drafts import draft_folder
from ingest.errors import FileRefused, MappingError
from ingest.landing import LandedFile, fetch, filesystem
from ingest.ledger import Ledger, append, delivery_sequence, read_ledger
from ingest.loading import Job, Loaded, load_file
from ingest.reference import properties
from ingest.report import file_report, typed


@dataclass(frozen=True)
class QuarantinedFile:
    """A delivery with rows that no later retry has read."""

    delivery_sequence: int
    feed: str
    vendor: str
    file_name: str
    night_date: date
    load_status: str
    rows_quarantined: int
    reasons: dict[str, int]
    entry: dict[str, Any]


@dataclass(frozen=True)
class Retry:
    """What became of one delivery's quarantined rows; `problem` says why nothing was tried."""

    delivery_sequence: int
    feed: str
    file_name: str
    rows_read: int = 0
    rows_loaded: int = 0
    rows_duplicate: int = 0
    rows_quarantined: int = 0
    rows_skipped: int = 0
    new_sequence: int | None = None
    problem: str | None = None


def open_files(settings: Settings, feed: str | None = None) -> list[QuarantinedFile]:
    """One entry per delivery with open quarantined rows, oldest first. Raises GuestbookError for an unknown feed."""
    if feed is not None and feed not in FEEDS:
        raise GuestbookError(f"unknown feed {feed!r}; allowed: {', '.join(FEEDS)}")
    rows = read_ledger(settings).rows
    retried = {row["retried_sequence"] for row in rows}
    released = {(row["feed"], row["sha256"]) for row in rows if row["load_status"] == "released"}
    return [
        QuarantinedFile(
            **{name: row[name] for name in QuarantinedFile.__dataclass_fields__ if name not in ("reasons", "entry")},
            reasons=json.loads(row["quarantine_counts"] or "{}"),
            entry=row,
        )
        for row in sorted(rows, key=lambda row: row["delivery_sequence"])
        if row["rows_quarantined"]
        and row["feed"] in ([feed] if feed else FEEDS)
        and row["delivery_sequence"] not in retried
        and not (row["load_status"] == "held" and (row["feed"], row["sha256"]) in released)
    ]


def quarantined_rows(settings: Settings, sequence: int, limit: int) -> list[dict[str, Any]]:
    """The first rows of one delivery's quarantine: row_number, reasons, raw (document and card numbers are hashed)."""
    file = _one(settings, sequence)
    path = quarantine_file(settings, file.feed, file.entry["sha256"])
    if not path.exists():
        raise GuestbookError(f"quarantined rows of delivery {sequence} are not in the lake: {path} is missing")
    query = "select row_number, reasons, raw from read_parquet(?) order by row_number limit ?"
    found = duckdb.execute(query, [str(path), limit]).fetchall()
    return [{"row_number": number, "reasons": json.loads(reasons), "raw": raw} for number, reasons, raw in found]


def retry(settings: Settings, feed: str | None = None, sequence: int | None = None) -> list[Retry]:
    """Read the quarantined rows of open deliveries again; one result per delivery. What passes is in the lake then."""
    files = open_files(settings, feed) if sequence is None else [_one(settings, sequence)]
    results = []
    for file in files:
        try:
            results.append(_retry(settings, file))
        except (FileRefused, MappingError) as error:
            results.append(Retry(file.delivery_sequence, file.feed, file.file_name, problem=str(error)))
    return results


def _one(settings: Settings, sequence: int) -> QuarantinedFile:
    files = open_files(settings)
    found = next((file for file in files if file.delivery_sequence == sequence), None)
    if found is None:
        known = ", ".join(str(file.delivery_sequence) for file in files[:5]) or "none"
        raise GuestbookError(f"delivery {sequence} has no open quarantined rows; deliveries that have: {known}")
    return found


def _retry(settings: Settings, file: QuarantinedFile) -> Retry:
    if file.load_status == "held":
        raise FileRefused("the file is held by a gate: release it first, see the gate page")
    ledger = read_ledger(settings)
    mapping = vendor_mapping(settings, file.vendor)
    if mapping is not None and file.feed not in mapping.feeds:
        raise FileRefused(f"vendor {file.vendor} has no mapping for {file.feed}; it maps {', '.join(mapping.feeds)}")
    wanted = _positions(settings, file)
    with draft_folder(settings) as folder:
        delivered = _delivered(settings, ledger, file)
        path, sha256 = fetch(settings, delivered, folder)
        if sha256 != _origin(ledger, file.entry)["sha256"]:
            raise FileRefused("the file in landing is another one now: it loads by itself in the next night")
        accepted, quarantine = folder / "accepted.parquet", folder / "quarantine.parquet"
        job = Job(
            file.feed, file.vendor, path, file.file_name, mapping, properties(settings), settings.installation_key
        )
        document = folder / "document.parquet"
        loaded = load_file(job, folder, accepted, quarantine, document=document, skipped=folder / "skipped.parquet")
        _check_same_rows(file, ledger, loaded)
        good = _only(accepted, wanted)
        bad = _only(quarantine, wanted) if quarantine.exists() else None
        documents = pq.read_table(document) if document.exists() else None
        no_rows = len(_only(folder / "skipped.parquet", wanted))
    still_bad = len(bad) if bad is not None else 0
    read = len(wanted) - no_rows
    counts: dict[str, Any] = {
        "rows_read": read,
        "rows_loaded": len(good),
        "rows_duplicate": read - len(good) - still_bad,
        "rows_quarantined": still_bad,
        "rows_skipped": no_rows,
    }
    if still_bad == len(wanted):
        problem = "no row passes yet: look at its reasons (quarantine show), fix the mapping and retry"
        return Retry(file.delivery_sequence, file.feed, file.file_name, **counts, problem=problem)
    mapping_sha256 = mapping.sha256 if mapping else None
    number = _commit(settings, ledger, file, delivered, loaded, counts, good, bad, documents, mapping_sha256)
    return Retry(file.delivery_sequence, file.feed, file.file_name, **counts, new_sequence=number)


def _commit(
    settings: Settings,
    ledger: Ledger,
    file: QuarantinedFile,
    delivered: LandedFile,
    loaded: Loaded,
    counts: dict[str, int],
    good: pa.Table,
    bad: pa.Table | None,
    documents: pa.Table | None,
    mapping_sha256: str | None,
) -> int:
    """Write the rows, then the ledger entry, in that order: a killed retry leaves no half entry."""
    origin = _origin(ledger, file.entry)["sha256"]
    content = f"{file.delivery_sequence}/{origin}/{mapping_sha256}/{good['row_hash'].to_pylist()}"
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    if documents is not None:
        write_parquet_atomic(documents, document_file(settings, file.feed, sha256))
    write_parquet_atomic(good, accepted_file(settings, file.feed, sha256))
    reasons: dict[str, int] = {}
    if bad is not None and len(bad):
        write_parquet_atomic(bad, quarantine_file(settings, file.feed, sha256))
        for text in bad["reasons"].to_pylist():
            for reason in json.loads(text):
                reasons[reason] = reasons.get(reason, 0) + 1
    night = _coming_night(settings, ledger)
    number = ledger.next_pass([file.feed], night)
    sequence = delivery_sequence(night, number, file.feed, 1)
    loaded.quarantine_counts, loaded.rejected_counts = reasons, {}
    reason = f"retry of the quarantined rows of delivery {file.delivery_sequence}"
    report = file_report(file.feed, delivered, sha256, "accepted", loaded, reason, mapping_sha256)
    entry = {**report, **counts, "night_date": night, "delivery_sequence": sequence}
    append(settings, file.feed, night, number, [typed({**entry, "retried_sequence": file.delivery_sequence})])
    return sequence


def _coming_night(settings: Settings, ledger: Ledger) -> date:
    """The night after the newest completed one; never before a night that the ledger knows."""
    done = newest_completed_night(settings)
    nights = [row["night_date"] for row in ledger.rows]
    return max([*nights, *([done + timedelta(days=1)] if done else [])])


def _positions(settings: Settings, file: QuarantinedFile) -> set[int]:
    path = quarantine_file(settings, file.feed, file.entry["sha256"])
    if not path.exists():
        raise FileRefused(f"quarantined rows are not in the lake: {path} is missing")
    return set(pq.read_table(path, columns=["row_number"])["row_number"].to_pylist())


def _origin(ledger: Ledger, entry: dict[str, Any]) -> dict[str, Any]:
    """The entry of the delivered file that a chain of retries began with."""
    by_sequence = {row["delivery_sequence"]: row for row in ledger.rows}
    while entry["retried_sequence"] is not None:
        entry = by_sequence[entry["retried_sequence"]]
    return entry


def _delivered(settings: Settings, ledger: Ledger, file: QuarantinedFile) -> LandedFile:
    """The delivered file in landing, under any name that it was delivered by."""
    system, root = filesystem(settings)
    sha256 = _origin(ledger, file.entry)["sha256"]
    same = [row for row in ledger.rows if row["feed"] == file.feed and row["sha256"] == sha256]
    for row in [file.entry, *same]:
        path = f"{root}/{row['file_name']}"
        if system.exists(path):
            folder_date = file.entry["folder_date"]
            return LandedFile(
                path,
                file.file_name,
                file.vendor,
                folder_date.isoformat() if folder_date else None,
                file.entry["file_size"],
                file.entry["file_modified_at"].isoformat(),
            )
    raise FileRefused(
        "the file is no longer in landing: deliver it again under any name, run the night (nothing counts twice), retry"
    )


def _check_same_rows(file: QuarantinedFile, ledger: Ledger, loaded: Loaded) -> None:
    """Row numbers mean the same rows only as long as the mapping splits the file into as many."""
    origin = _origin(ledger, file.entry)
    now, before = loaded.rows_read + loaded.rows_skipped, origin["rows_read"] + (origin["rows_skipped"] or 0)
    if now != before:
        raise FileRefused(
            f"the mapping now makes {now} rows of the file, it made {before}: which were quarantined can't be told;"
            " deliver the file under another vendor name"
        )


def _only(path: Path, positions: set[int]) -> pa.Table:
    table = pq.read_table(path)
    return table.filter(pc.is_in(table["row_number"], value_set=pa.array(sorted(positions), pa.int64())))
