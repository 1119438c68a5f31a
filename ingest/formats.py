"""Kinds of delivered files: what a name says, what the first bytes say, and their text."""

import gzip
import shutil
import zlib
from pathlib import Path
from typing import TextIO

from ingest.errors import FileRefused
from ingest.textfile import TextFacts

FORMATS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
}
#: What is not read, and what to do about it.
UNREAD = {
    ".xml": "XML is not read: choose CSV or JSON in the vendor's export, or convert it before delivery",
    ".xls": "Workbooks are not read: save the sheet as CSV (UTF-8)",
    ".xlsx": "Workbooks are not read: save the sheet as CSV (UTF-8)",
    ".zip": "Archives are not read: deliver the files in it, each plain or as .gz",
    ".pdf": "Documents are not read: choose CSV or JSON in the vendor's export",
}


def format_of(name: str) -> str:
    """The format that a file's name says. Raises FileRefused for a name that says none."""
    stem = name.lower().removesuffix(".gz")
    for ending, file_format in FORMATS.items():
        if stem.endswith(ending):
            return file_format
    hint = next((hint for ending, hint in UNREAD.items() if stem.endswith(ending)), "give the file such an ending")
    raise FileRefused(f"unknown kind of file; allowed: {', '.join(FORMATS)}, each also with .gz. {hint}")


def is_gzip(path: Path) -> bool:
    """Whether a file starts like gzip, whatever its name says."""
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def unpacked(path: Path, target: Path) -> Path:
    """A gzip file unpacked to `target`. Raises FileRefused when it can't be read to its end."""
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as out:
            shutil.copyfileobj(packed, out, 1 << 20)
    except (EOFError, OSError, zlib.error):
        raise FileRefused(
            "gzip is cut off or damaged, it can't be decompressed to its end: have it sent again"
        ) from None
    return target


def open_text(path: Path, facts: TextFacts) -> TextIO:
    """The text with every line end as a newline; never fails on decoding, for `examine` has tried."""
    encoding = "utf-8-sig" if facts.encoding == "utf-8" else facts.encoding
    return path.open(encoding=encoding, newline=None)
