"""The steward's list: pairs of source records that a person has decided about, in one CSV under the home.

The file is meant for version control: people edit it by hand or with `guestbook identity link`; the next night applies
it. A later line about a pair wins.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from guestbook.errors import ConfigError, UsageError
from guestbook.files import atomic_path
from guestbook.settings import Settings

COLUMNS = ("source_record_id_1", "source_record_id_2", "decision")
NOTES = ("reason", "decided_by", "decided_at")
DECISIONS = ("must_link", "cannot_link")


class StewardLink(NamedTuple):
    """One decision about two source records."""

    source_record_id_1: str
    source_record_id_2: str
    decision: str


def steward_file(settings: Settings) -> Path:
    """Where the list is: `<home>/steward/identity_link.csv`."""
    return settings.home / "steward" / "identity_link.csv"


def read_steward_links(settings: Settings) -> list[StewardLink]:
    """The decisions, sorted; a later line about a pair wins. No file: no decisions. More columns are welcome.

    Raises ConfigError that names file, line, value and what is allowed.
    """
    decided = {_pair(*link[:2]): link[2] for _, link in _lines(steward_file(settings))}
    return [StewardLink(one, other, decision) for (one, other), decision in sorted(decided.items())]


def add_steward_link(
    settings: Settings, link: StewardLink, reason: str, decided_by: str, decided_at: str
) -> list[dict[str, str]]:
    """Append a decision; returns the earlier lines about the pair, which it replaces.

    Raises UsageError for an empty reason, an unknown decision or a record paired with itself.
    """
    if link.decision not in DECISIONS:
        raise UsageError(f"decision {link.decision!r}; allowed: {', '.join(DECISIONS)}")
    if not reason.strip():
        raise UsageError("a decision needs a reason: the next steward has to understand it")
    if link.source_record_id_1 == link.source_record_id_2:
        raise UsageError(f"{link.source_record_id_1} can't be linked with itself: give two different records")
    notes = {"reason": reason.strip(), "decided_by": decided_by, "decided_at": decided_at}
    pair = _pair(*link[:2])
    lines = list(_lines(steward_file(settings)))
    kept = [row for row, found in lines if _pair(*found[:2]) != pair]
    _write(settings, [*kept, link._asdict() | notes])
    return [row for row, found in lines if _pair(*found[:2]) == pair]


def remove_steward_link(settings: Settings, one: str, other: str) -> int:
    """Take every decision about a pair back; raises UsageError when there is none. Returns how many lines went."""
    lines = list(_lines(steward_file(settings)))
    kept = [row for row, link in lines if _pair(*link[:2]) != _pair(one, other)]
    if len(kept) == len(lines):
        raise UsageError(f"{steward_file(settings)} says nothing about {one} and {other}")
    _write(settings, kept)
    return len(lines) - len(kept)


def _pair(one: str, other: str) -> tuple[str, str]:
    return min(one, other), max(one, other)


def _lines(path: Path) -> Iterator[tuple[dict[str, str], StewardLink]]:
    """Every line of the file, as it stands and as a decision."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise ConfigError(f"{path} lacks column {', '.join(missing)}; needed: {', '.join(COLUMNS)}")
        for number, row in enumerate(reader, start=2):
            link = StewardLink(*((row[column] or "").strip() for column in COLUMNS))
            if link.decision not in DECISIONS:
                raise ConfigError(f"{path} line {number}: decision {link.decision!r}; allowed: {', '.join(DECISIONS)}")
            if not all(link[:2]) or link.source_record_id_1 == link.source_record_id_2:
                raise ConfigError(f"{path} line {number}: needs two different source_record_ids")
            yield row, link


def _write(settings: Settings, rows: Sequence[Mapping[str, str]]) -> None:
    """The whole file anew; columns that a user added stay."""
    path = steward_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = dict.fromkeys([*COLUMNS, *NOTES, *(name for row in rows for name in row if name)])
    with atomic_path(path) as draft, draft.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
