"""One value of a mapping: a name or path of the export, or one operation, with modifiers in their fields' order."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ingest.mapping.texts import Clock, Condition, Formats, Pattern, Patterns, Spec, Text, TextPairs, Texts, Zone

OPERATIONS = (
    "from_", "column", "constant", "first_of", "concat", "sum", "subtract", "multiply", "divide", "add_days",
    "minus_days", "date_and_time", "local_date", "seconds_between", "hash", "row_number", "number_within", "above",
    "path_part", "list_of", "count", "sum_of", "min_of", "max_of",
)  # fmt: skip
#: Operations that know of a day that does not begin at midnight.
OF_DAYS = ("date_and_time", "local_date")


def _shorthand(value: Any) -> Any:
    return {"from": value} if isinstance(value, str | list) else value


class NumberStyle(Spec):
    """How numbers are written: `decimal` separates the fraction, a `thousands` mark is dropped where thousands are."""

    decimal: Literal[".", ","] = "."
    thousands: str | None = None


class ListOf(Spec):
    """A JSON list made of all elements at `each`; `fields` names each element's values (name -> path)."""

    each: str
    where: Condition = Field(default={})
    fields: dict[str, str]


class Value(Spec):
    """One value of a row: exactly one operation, then modifiers. Blank text is null at every step."""

    from_: Texts | None = Field(
        default=None, alias="from", description="name or path in the export; of several, the first not blank"
    )
    column: str | None = Field(default=None, description="another canonical column of this mapping")
    constant: Text | None = None
    first_of: "tuple[Operand, ...] | None" = Field(default=None, description="first that is not blank")
    concat: "tuple[Operand, ...] | None" = Field(default=None, description="joined by separator, blanks left out")
    sum: "tuple[Operand, ...] | None" = Field(default=None, description="nulls left out; null when all are")
    subtract: "tuple[Operand, Operand] | None" = Field(
        default=None, description="first minus second; null when either is"
    )
    multiply: "tuple[Operand, ...] | None" = Field(default=None, description="null when one is")
    divide: "tuple[Operand, Operand] | None" = Field(default=None, description="first by second; null when either is")
    add_days: "tuple[Operand, Operand] | None" = Field(default=None, description="a date and a number of days")
    minus_days: "tuple[Operand, Operand] | None" = Field(default=None, description="a date and a number of days")
    date_and_time: "tuple[Operand, Operand] | None" = Field(
        default=None, description="a day and a time of day; times before day_starts are of the next calendar day"
    )
    local_date: "Operand | None" = Field(
        default=None, description="the day of a time where time_zone says (default: the property)"
    )
    seconds_between: "tuple[Operand, Operand] | None" = Field(
        default=None, description="whole seconds from the first time to the second"
    )
    hash: "tuple[Operand, ...] | None" = Field(default=None, description="md5 of the values: a derived key")
    row_number: bool = Field(default=False, description="1-based position of the row in the file")
    number_within: "tuple[Operand, ...] | None" = Field(
        default=None, description="1-based position among the file's rows that have these values: a line number"
    )
    above: "Operand | None" = Field(
        default=None, description="of this row or the nearest row above it that has one: header lines, groups"
    )
    path_part: str | None = Field(default=None, description="named group of the feed's path_pattern")
    list_of: ListOf | None = None
    count: str | None = Field(default=None, description="number of elements at that path")
    sum_of: str | None = Field(default=None, description="sum of the numbers at that path, of every list element")
    min_of: str | None = Field(default=None, description="smallest text at that path (ISO times, equal-length numbers)")
    max_of: str | None = Field(default=None, description="largest text at that path")

    separator: Text = ""
    day_starts: Clock | None = Field(default=None, description="when the hotel's day begins; default: midnight")
    when: Condition = Field(default={}, description="source -> values of any case, * is any; else null")
    unless: Condition = Field(default={}, description="source -> values that make it null, * is any")
    extract: Pattern | None = Field(
        default=None, description="regular expression; its first group is kept, null without a match"
    )
    remove: Pattern | None = Field(default=None, description="regular expression; every match is dropped")
    replace: Patterns = Field(default={}, description="regular expression -> text in its place, one after the other")
    null_if: Texts = ()
    case: Literal["upper", "lower"] | None = None
    number: NumberStyle | None = None
    duration: bool = Field(default=False, description="1:02:03, 1h 2m 3s or PT1H2M3S as seconds; a number stays")
    minor_units: bool = Field(default=False, description="cents to money: by 100, 1 or 1000 as the row's currency says")
    divide_by: Decimal | None = Field(
        default=None, gt=0, lt=10**9, decimal_places=6, description="1000: milliseconds to seconds; 1.10: takes 10% off"
    )
    multiply_by: Decimal | None = Field(
        default=None, gt=-(10**9), lt=10**9, decimal_places=6, description="60: minutes to seconds; -1: turns the sign"
    )
    round: int | None = Field(default=None, ge=0, le=6, description="digits kept; whole numbers do it by themselves")
    integer: bool = Field(default=False, description="240.0 becomes 240")
    codes: TextPairs | None = Field(default=None, description="their code -> ours, any case")
    codes_file: None = Field(
        default=None, description="CSV with a header beside the mapping: their code, ours; becomes codes"
    )
    otherwise: Literal["reject", "quarantine", "keep", "null"] = Field(
        default="reject", description="a code that codes does not list"
    )
    date_format: Formats = Field(default=(), description="strptime formats tried in order; else ISO 8601")
    epoch: Literal["seconds", "milliseconds", "microseconds", "excel"] | None = Field(
        default=None, description="a number since 1970; excel: days since 1900 in local time"
    )
    time_zone: Zone | None = Field(
        default=None, description="property, UTC or an IANA zone: where times without an offset are local"
    )
    default: "Operand | None" = Field(default=None, description="when the value is blank")

    @model_validator(mode="after")
    def _one_operation(self) -> "Value":
        given = [name.rstrip("_") for name in OPERATIONS if getattr(self, name) not in (None, False)]
        if len(given) != 1:
            allowed = ", ".join(name.rstrip("_") for name in OPERATIONS)
            raise ValueError(f"needs exactly one of {allowed}; found {', '.join(given) or 'none'}")
        if self.day_starts and given[0] not in OF_DAYS:
            raise ValueError(f"day_starts belongs to {' and '.join(OF_DAYS)}, not to {given[0]}")
        return self

    @property
    def gives_date(self) -> bool:
        """Whether the operation gives ISO text, whatever formats the export has."""
        return any(getattr(self, name) is not None for name in ("add_days", "minus_days", "column", *OF_DAYS))

    @property
    def may_be_fraction(self) -> bool:
        """Whether a whole number may have got a fraction on the way."""
        changed = (self.divide_by, self.multiply_by, self.minor_units, self.sum_of, self.divide, self.multiply)
        return any(changed)

    @property
    def has_codes(self) -> bool:
        """Whether a code list decides about the value, here or in a part of it."""
        inner = [*(self.first_of or ()), *([self.default] if self.default else [])]
        return self.codes is not None or any(part.has_codes for part in inner)


Operand = Annotated[Value, BeforeValidator(_shorthand)]
Value.model_rebuild()
