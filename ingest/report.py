"""What the ledger is told of one delivered file (`ops.load_report`)."""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from ingest.landing import LandedFile
from ingest.loading import Loaded


def file_report(
    feed: str,
    file: LandedFile,
    sha256: str | None,
    status: str,
    loaded: Loaded,
    reason: str | None,
    mapping_sha256: str | None,
) -> dict[str, Any]:
    """The entry of one delivered file, without its night and place in the order of deliveries."""
    counts = asdict(loaded)
    for name in ("rejected_counts", "quarantine_counts", "unmapped_columns", "warnings"):
        counts[name] = json.dumps(counts[name], ensure_ascii=False)
    return {
        **counts,
        "feed": feed,
        "vendor": file.vendor,
        "file_name": file.file_name,
        "sha256": sha256,
        "folder_date": file.folder_date,
        "load_status": status,
        "status_reason": reason,
        "file_size": file.size,
        "file_modified_at": file.modified_at,
        "mapping_sha256": mapping_sha256,
    }


def same_as(original: dict[str, Any]) -> str:
    """Why a file is a repeat."""
    return f"same content as {original['file_name']}"


def typed(entry: dict[str, Any]) -> dict[str, Any]:
    """A report read from JSON, with dates and times as such."""
    typed = dict(entry)
    if isinstance(typed["folder_date"], str):
        typed["folder_date"] = date.fromisoformat(typed["folder_date"])
    if isinstance(typed["file_modified_at"], str):
        typed["file_modified_at"] = datetime.fromisoformat(typed["file_modified_at"])
    return typed
