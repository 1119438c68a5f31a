"""What a gate measured and what it decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from expectations.rules import Rule, percent
from guestbook.errors import GateBlocked

GateStatus = Literal["passed", "warned", "blocked", "overridden", "not_judged"]
LINES_SHOWN = 5


@dataclass(frozen=True)
class BatchFile:
    """One delivered file as the gate knows it: where its accepted rows are and what its load report says."""

    sha256: str | None
    accepted_path: Path | None
    file_name: str
    vendor: str
    load_status: str
    status_reason: str | None
    rows_read: int
    rows_loaded: int
    rows_duplicate: int
    rows_quarantined: int
    rejected_counts: Mapping[str, int] = field(default_factory=dict)
    unmapped_columns: tuple[str, ...] = ()

    @property
    def feed(self) -> str:
        """The feed it was delivered to."""
        return self.file_name.split("/")[0]

    @property
    def has_rows(self) -> bool:
        """Whether there are accepted rows to look at."""
        return self.accepted_path is not None and self.rows_loaded > 0


@dataclass(frozen=True)
class Measure:
    """A measured figure, how many rows it speaks of, and how it reads; value None: there was nothing to measure."""

    value: float | None
    row_count: int
    observed: str

    @classmethod
    def share(cls, bad: int, rows: int, first: list[int] | None = None) -> "Measure":
        """A share of rows; `first` are row numbers in the file of the first bad ones."""
        if not rows:
            return cls(None, 0, "no rows")
        where = f"; first in rows {', '.join(map(str, first))}" if first else ""
        return cls(bad / rows, rows, f"{percent(bad / rows)} ({bad:,} of {rows:,} rows{where})")


@dataclass(frozen=True)
class Check:
    """One rule asked of one column of one batch; file None is the whole feed, or a suite that is one batch.

    `vendor` and `property_code` say of which part of a feed it speaks.
    """

    rule: Rule
    suite: str
    column_name: str | None
    measure: Measure
    file: BatchFile | None = None
    vendor: str | None = None
    property_code: str | None = None

    @property
    def is_judged(self) -> bool:
        """Whether there are enough rows to judge."""
        return self.measure.value is not None and self.measure.row_count >= self.rule.min_rows


@dataclass(frozen=True)
class Result:
    """One expectation evaluated on one batch."""

    check: Check
    expectation: str
    success: bool
    gate_status: GateStatus

    def row(self, night_date: date) -> dict[str, Any]:
        """As a row of ops.gate_result."""
        check = self.check
        file = check.file
        return {
            "night_date": night_date,
            "suite_name": check.suite,
            "rule_name": check.rule.rule,
            "expectation": self.expectation,
            "column_name": check.column_name,
            "vendor": file.vendor if file else check.vendor,
            "property_code": check.property_code,
            "file_name": file.file_name if file else None,
            "file_sha256": file.sha256 if file else None,
            "success": self.success,
            "observed": check.measure.observed,
            "observed_value": check.measure.value,
            "threshold": check.rule.threshold,
            "severity": check.rule.severity,
            "gate_status": self.gate_status,
            "is_overridden": self.gate_status == "overridden",
            "explanation": check.rule.why,
        }

    @property
    def line(self) -> str:
        """What failed, in one line for people."""
        check = self.check
        part = [check.suite, check.vendor, check.property_code]
        thing = check.file.file_name if check.file else " ".join(filter(None, part))
        column = f" of {check.column_name}" if check.column_name else ""
        return f"{thing}: {check.rule.rule}{column} is {check.measure.observed}; allowed: {check.rule.threshold}"


@dataclass(frozen=True)
class GateOutcome:
    """What a gate decided: results in order, and for a feed what becomes of each file."""

    suite: str
    night_date: date
    results: tuple[Result, ...]
    decisions: Mapping[str, str] = field(default_factory=dict)

    @property
    def blocking(self) -> list[Result]:
        """Failures that nobody has overridden."""
        return [result for result in self.results if result.gate_status == "blocked"]

    @property
    def warnings(self) -> list[Result]:
        """Failures that pass: warnings, and blocks that were overridden."""
        return [result for result in self.results if result.gate_status in ("warned", "overridden")]

    @property
    def is_blocked(self) -> bool:
        """Whether the night may not go on."""
        return bool(self.blocking)

    @property
    def message(self) -> str:
        """What blocks, with value, limit and next step; empty when nothing does."""
        if not self.blocking:
            return ""
        lines = [result.line for result in self.blocking[:LINES_SHOWN]]
        more = [f"... and {len(self.blocking) - LINES_SHOWN} more"] if len(self.blocking) > LINES_SHOWN else []
        rules = sorted({result.check.rule.rule for result in self.blocking})
        what = "the files are held" if self.decisions else "published data stays as it was"
        advice = [f"  guestbook gate override --date {self.night_date} --rule {rule} --reason '...'" for rule in rules]
        head = f"the gate of {self.suite} blocks the night of {self.night_date} ({what}):"
        next_step = "next: have it put right and delivered again; or, if it is right, allow it and run the night again:"
        return "\n".join([head, *lines, *more, next_step, *advice])

    def counts(self) -> dict[str, int]:
        """Results by status, for the stage log."""
        counts: dict[str, int] = {}
        for result in self.results:
            counts[result.gate_status] = counts.get(result.gate_status, 0) + 1
        return counts

    def raise_if_blocked(self) -> None:
        """Raise GateBlocked (exit code 3) when a critical rule failed."""
        if self.is_blocked:
            raise GateBlocked(self.message)
