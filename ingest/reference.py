"""Reference data (property, fx_rate, suppression): optional, the newest delivered file wins."""

from datetime import date
from typing import Any

import pyarrow.parquet as pq

from guestbook.contracts import REFERENCES
from guestbook.lake import quarantine_file, reference_file
from guestbook.lock import reference_lock
from guestbook.night import is_past_night
from guestbook.settings import Settings
from ingest.drafts import draft_folder
from ingest.errors import FileRefused
from ingest.landing import LandedFile, fetch, reference_files, settled_reference
from ingest.ledger import Ledger, append, delivery_sequence, read_ledger
from ingest.loading import Job, Loaded, load_file
from ingest.report import file_report, typed
from ingest.sql.properties import Properties

NOTHING = Properties({}, {})


def load_reference(settings: Settings, night_date: date) -> dict[str, Any]:
    """Load reference files that no night has taken yet into the lake; returns rows by table and refused files.

    Optional: without files every table is empty. Nothing is loaded for a night before the newest completed one. Feeds
    that are taken in side by side may all call it: one loads, the others find nothing new.
    """
    if is_past_night(settings, night_date) or not _new(settings, read_ledger(settings)):
        return _counts([])
    with reference_lock(settings):
        return _load_new(settings, night_date)


def _new(settings: Settings, ledger: Ledger) -> list[tuple[str, LandedFile]]:
    """(reference table, file) of every file that no night has taken yet, oldest first."""
    found = reference_files(settings)
    return [(name, file) for name, files in found.items() for file in files if not ledger.knows(file, None)]


def _load_new(settings: Settings, night_date: date) -> dict[str, Any]:

    ledger = read_ledger(settings)
    number = ledger.next_pass(REFERENCES, night_date)
    new = _new(settings, ledger)
    settled = {file.file_name for file in settled_reference(settings, [file for _, file in new])}
    reports: list[dict[str, Any]] = []
    for place, (name, file) in enumerate((pair for pair in new if pair[1].file_name in settled), start=1):
        report = _load_one(settings, name, file, ledger, reports)
        sequence = delivery_sequence(night_date, number, "reference", place)
        reports.append(typed({**report, "night_date": night_date, "delivery_sequence": sequence}))
    if reports:
        append(settings, "reference", night_date, number, reports)
    return _counts(reports)


def _counts(reports: list[dict[str, Any]]) -> dict[str, Any]:
    counts = {f"{name}_rows": sum(row["rows_loaded"] for row in reports if row["feed"] == name) for name in REFERENCES}
    return {**counts, "files": len(reports), "files_refused": sum(row["load_status"] == "refused" for row in reports)}


def properties(settings: Settings) -> Properties:
    """Time zone and currency by property_code, from the newest property file; for several valid_from the newest row."""
    newest = _newest(read_ledger(settings), "property")
    if newest is None:
        return NOTHING
    rows = pq.read_table(reference_file(settings, "property", newest)).to_pylist()
    rows.sort(key=lambda row: (row["valid_from"] or date.min, row["row_number"]))
    return Properties(
        {row["property_code"]: row["time_zone"] for row in rows},
        {row["property_code"]: row["currency_code"] for row in rows},
    )


def _newest(ledger: Ledger, name: str) -> str | None:
    loaded = [row for row in ledger.rows if row["feed"] == name and row["load_status"] == "accepted"]
    return max(loaded, key=lambda row: row["delivery_sequence"])["sha256"] if loaded else None


def _load_one(
    settings: Settings,
    name: str,
    file: LandedFile,
    ledger: Ledger,
    earlier: list[dict[str, Any]],
) -> dict[str, Any]:
    sha256: str | None = None
    with draft_folder(settings) as folder:
        try:
            path, sha256 = fetch(settings, file, folder)
            newest = next(
                (
                    row["sha256"]
                    for row in reversed(earlier)
                    if row["feed"] == name and row["load_status"] == "accepted"
                ),
                _newest(ledger, name),
            )
            if newest == sha256:
                return file_report(name, file, sha256, "duplicate", Loaded(), "same content as the file in use", None)
            job = Job(name, file.vendor, path, file.file_name, None, NOTHING, settings.installation_key)
            accepted, quarantine = reference_file(settings, name, sha256), quarantine_file(settings, name, sha256)
            loaded = load_file(job, folder, accepted, quarantine)
        except FileRefused as error:
            return file_report(name, file, sha256, "refused", Loaded(), str(error), None)
    return file_report(name, file, sha256, "accepted", loaded, None, None)
