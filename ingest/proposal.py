"""A proposed mapping as the YAML that a person goes over."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ingest.sample import Sample


@dataclass(frozen=True)
class Guess:
    """One canonical column's proposal; `doubt` says why a person must look."""

    column: str
    source: str
    value: Any
    doubt: str | None


@dataclass
class Proposal:
    """A mapping's text and what is unsure about it."""

    vendor: str
    feed: str
    text: str
    guesses: list[Guess] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)
    path: Path | None = None


def mapping_text(proposal: Proposal, sample: Sample, file_name: str) -> str:
    """The YAML, one column a line, doubts as comments behind `# ?`."""
    lines = [
        f"# Proposed from {file_name}; lines with `# ?` need a look.",
        f"# Try it: guestbook sources check FILE --vendor {proposal.vendor}",
        f"vendor: {proposal.vendor}",
        "feeds:",
        f"  {proposal.feed}:",
    ]
    if sample.rows_path:
        lines.append(f"    rows: {_flow(sample.rows_path)}")
    if sample.delimiter not in (None, ","):
        lines.append(f"    csv: {{delimiter: {_flow(sample.delimiter)}}}")
    lines += ["    time_zone: property  # times without an offset are the hotel's own", "    columns:"]
    for guess in proposal.guesses:
        doubt = f"  # ? {guess.doubt}" if guess.doubt else ""
        lines.append(f"      {guess.column}: {_flow(guess.value)}{doubt}")
    lines += [f"      # {name}:   # ? required, no column found" for name in proposal.missing]
    if proposal.unmapped:
        lines.append(f"    # not mapped, kept in extra: {', '.join(proposal.unmapped[:60])}")
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000)
    return text.removesuffix("\n").removesuffix("\n...").strip()
