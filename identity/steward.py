"""The steward's list: pairs of source records that a person has decided about, in one CSV under the home."""

import csv
from pathlib import Path
from typing import Literal, NamedTuple

from guestbook.errors import ConfigError
from guestbook.settings import Settings

COLUMNS = ("source_record_id_1", "source_record_id_2", "decision")
Decision = Literal["must_link", "cannot_link"]
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
    path = steward_file(settings)
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise ConfigError(f"{path} lacks column {', '.join(missing)}; needed: {', '.join(COLUMNS)}")
        decided: dict[tuple[str, str], str] = {}
        for number, row in enumerate(reader, start=2):
            one, other, decision = ((row[column] or "").strip() for column in COLUMNS)
            if decision not in DECISIONS:
                raise ConfigError(f"{path} line {number}: decision {decision!r}; allowed: {', '.join(DECISIONS)}")
            if not one or not other or one == other:
                raise ConfigError(f"{path} line {number}: needs two different source_record_ids")
            decided[min(one, other), max(one, other)] = decision
    return [StewardLink(one, other, decision) for (one, other), decision in sorted(decided.items())]
