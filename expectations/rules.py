"""The rules of the gates, read from `thresholds.yml`: every limit with its value, its date and its reason."""

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from expectations.errors import ThresholdError
from expectations.sql.customers import CUSTOMER_MEASURES, HEALTH_MEASURES, SHIFT_MEASURES
from expectations.sql.rows import FEED_VALUES
from expectations.sql.scores import NUMBER_MEASURES as SCORE_NUMBERS
from expectations.sql.scores import SCORE_MEASURES
from guestbook.contracts import contract
from guestbook.settings import FEEDS

THRESHOLDS_FILE = Path(__file__).parent / "thresholds.yml"

#: Measures over the rows of one delivered file; a rule says `of` which columns or values.
ROW_MEASURES = ("null", "gap", "outside", "not_allowed")
#: Measures over the rows of one delivered file that need no column of the rule's own.
FILE_ROW_MEASURES = ("repeated_key", "unknown_currency", "unknown_property")
#: Measures of a delivered file from its load report and the ledger.
LEDGER_MEASURES = ("quarantined", "rejected", "conserved", "refused", "rows", "new_columns")
#: Measures of a whole feed in one night.
NIGHT_MEASURES = ("delivered", "held", "volume")
#: Measures of the spread of a column's values against earlier loads of the vendor.
DRIFT_MEASURES = ("null_shift", "value_shift", "length_shift")
#: Measures against earlier loads: a rule says how many of them are looked at, and how many it needs.
COMPARED_MEASURES = (*DRIFT_MEASURES, "shrunk", "silent")
#: Measures that are no share of rows: their limits are plain numbers.
NUMBER_MEASURES = frozenset(
    {"conserved", "refused", "rows", "new_columns", "delivered", "held", "volume", *SCORE_NUMBERS}
)
#: Measures of tables whose query gives the figure itself, not a count of bad rows.
PLAIN_MEASURES = frozenset({*SCORE_NUMBERS, *HEALTH_MEASURES, *SHIFT_MEASURES})

Suite = Literal["reservations", "pos_checks", "interactions", "customers", "scores"]


class Rule(BaseModel):
    """One limit. A share is 0-1 of the rows looked at; `at_least` and `at_most` are inclusive."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="unique name, used by `guestbook gate override --rule`")
    suite: Suite | tuple[Suite, ...] = Field(description="what is judged: one suite, or several that share the rule")
    measure: str = Field(description="what is measured")
    of: str | tuple[str, ...] | None = Field(
        None, description="columns or values measured; `required`: every required column"
    )
    low: float | None = Field(None, description="lowest value that counts as good, for `outside`")
    high: float | None = Field(None, description="highest value that counts as good, for `outside`")
    at_least: float | None = Field(None, description="lowest measure that passes")
    at_most: float | None = Field(None, description="highest measure that passes")
    min_rows: int = Field(0, ge=0, description="smaller batches are not judged: a share of few rows says nothing")
    nights: int = Field(0, ge=0, description="how many earlier loads are looked at")
    min_nights: int = Field(
        0, ge=0, description="with fewer earlier loads the measure is not judged, or more leniently"
    )
    severity: Literal["warn", "block"]
    since: date = Field(description="since when the limit has this value")
    why: str = Field(min_length=10, description="why it has this value")
    next: str = Field("Look at the rows at their source.", description="what to do when it fails")

    @property
    def suites(self) -> tuple[str, ...]:
        """The suites that hold the rule."""
        return (self.suite,) if isinstance(self.suite, str) else self.suite

    def columns(self, suite: str) -> tuple[str, ...]:
        """What the rule is asked of in a suite: one expectation each; empty when it speaks of the whole batch."""
        if self.of == "required":
            return contract(suite).required
        return (self.of,) if isinstance(self.of, str) else self.of or ()

    @property
    def threshold(self) -> str:
        """The limit in words."""
        limits = [("at least", self.at_least), ("at most", self.at_most)]
        shown = "{:g}".format if self.measure in NUMBER_MEASURES else percent
        return " and ".join(f"{word} {shown(limit)}" for word, limit in limits if limit is not None)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("needs at_least or at_most")
        if (self.low is not None or self.high is not None) != (self.measure == "outside"):
            raise ValueError("low and high belong to the measure `outside`, which needs one of them")
        if (self.nights > 0) != (self.measure in COMPARED_MEASURES) or self.min_nights > self.nights:
            raise ValueError(
                f"nights and min_nights (not above nights) belong to the measures {', '.join(COMPARED_MEASURES)}"
            )
        for suite in self.suites:
            self._known_in(suite)
        return self

    def _known_in(self, suite: str) -> None:
        allowed = measures_of(suite)
        if self.measure not in allowed:
            raise ValueError(f"measure {self.measure!r} is not known in suite {suite}; allowed: {', '.join(allowed)}")
        if suite not in FEEDS:
            return
        if (self.measure in ROW_MEASURES) != (self.of is not None):
            raise ValueError(f"`of` belongs to the measures {', '.join(ROW_MEASURES)}")
        known = {*contract(suite).column_names, *FEED_VALUES[suite]}
        unknown = sorted(set(self.columns(suite)) - known)
        if unknown:
            raise ValueError(
                f"{', '.join(unknown)} is neither a column nor a value of {suite}; allowed: {', '.join(sorted(known))}"
            )


def percent(share: float) -> str:
    """A share (0-1) for people: three digits, never rounded to nothing."""
    return f"{100 * share:.3g}%" if abs(share) >= 1e-6 or not share else "under 0.0001%"


def measures_of(suite: str) -> tuple[str, ...]:
    """The measures that a rule of this suite may use."""
    if suite == "customers":
        return tuple(CUSTOMER_MEASURES)
    if suite == "scores":
        return tuple(SCORE_MEASURES)
    return ROW_MEASURES + FILE_ROW_MEASURES + LEDGER_MEASURES + NIGHT_MEASURES + COMPARED_MEASURES


@cache
def load_rules(path: Path = THRESHOLDS_FILE) -> tuple[Rule, ...]:
    """All rules of a thresholds file. Raises ThresholdError that names the rule, the value and what is allowed."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
        return _unique(path, [_rule(path, entry) for entry in entries])
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise ThresholdError(f"{path} can't be read as a list under `rules`: {error}") from None


def rules_of(suite: str, path: Path = THRESHOLDS_FILE) -> tuple[Rule, ...]:
    """The rules of one suite in the order of the file."""
    return tuple(rule for rule in load_rules(path) if suite in rule.suites)


def _rule(path: Path, entry: dict) -> Rule:
    try:
        return Rule.model_validate(entry)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, p['loc'])) or 'rule'} = {_short(p['input'])}: {p['msg']}" for p in error.errors()
        )
        name = entry.get("rule") if isinstance(entry, dict) else entry
        raise ThresholdError(
            f"{path}: rule {name!r}: {problems}; allowed keys: {', '.join(Rule.model_fields)}"
        ) from None


def _short(given: object) -> str:
    return "the rule" if isinstance(given, dict) else repr(given)


def _unique(path: Path, rules: list[Rule]) -> tuple[Rule, ...]:
    repeated = [name for name, count in Counter(rule.rule for rule in rules).items() if count > 1]
    if repeated:
        raise ThresholdError(f"{path}: rule {', '.join(repeated)} is there more than once; a rule's name is unique")
    return tuple(rules)
