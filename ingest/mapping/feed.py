"""How one vendor's files become the rows of a feed: layout of the file, which rows count, and the columns."""

from typing import Literal

from pydantic import Field, model_validator

from ingest.mapping.texts import Conditions, Formats, Pattern, Spec, Text, Texts, Zone
from ingest.mapping.value import NumberStyle, Operand


class CsvStyle(Spec):
    """How the vendor writes CSV; what is not said is found from the file."""

    delimiter: str | None = Field(default=None, min_length=1)
    quote: str = Field(default='"', min_length=1, max_length=1)
    header: tuple[str, ...] | None = Field(
        default=None, description="names of the columns of a file without a header line"
    )
    skip_lines: int | None = Field(
        default=None, ge=0, description="lines before the header; default: up to the line that names the columns"
    )
    skip_lines_like: Pattern | None = Field(
        default=None, description="regular expression of lines that are no rows: trailers, separators, comments"
    )
    short_rows: Literal["quarantine", "fill"] = Field(
        default="quarantine", description="rows with fewer fields than the header; fill: the others are blank"
    )


class Unpivot(Spec):
    """One row becomes one per named column that is not blank: `name` holds which, `value` what was in it."""

    columns: tuple[str, ...] = Field(min_length=1)
    name: Text = "column"
    value: Text = "value"


class FeedMapping(Spec):
    """How rows of one feed are made from one vendor's files."""

    csv: CsvStyle = CsvStyle()
    encoding: str | None = Field(default=None, description="text encoding; else found from the file")
    rows: Texts = Field(
        default=(),
        description="path of the list whose elements are rows (`checks[*].lines[*]`); the first that a document has",
    )
    unpivot: Unpivot | None = Field(default=None, description="columns that become rows of their own")
    only_rows: Conditions = Field(default=(), description="rows of which one condition holds; the others are skipped")
    skip_rows: Conditions = Field(default=(), description="rows that are none: totals, repeated headers, test data")
    path_pattern: Pattern | None = Field(
        default=None, description="regular expression with named groups over the path below landing"
    )
    time_zone: Zone = Field(default="UTC", description="zone of times without offset, for all columns that name none")
    date_format: Formats = ()
    number: NumberStyle | None = None
    null_values: Texts = Field(default=(), description="texts that mean no value, such as NULL or \\N")
    ignore: tuple[str, ...] = Field(default=(), description="columns of the export that are not even kept in extra")
    newest_check_replaces_lines: bool = Field(
        default=False, description="pos_checks: lines that a check's newest version no longer has are gone"
    )
    columns: dict[str, Operand]


class Mapping(Spec):
    """A vendor: who it is and one FeedMapping per feed it delivers."""

    vendor: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = ""
    source_system: str | None = Field(default=None, description="constant source_system; default: the vendor's name")
    final: bool = Field(default=False, description="one file only: a second, different one is refused")
    feeds: dict[str, FeedMapping]
    sha256: str = Field(default="", description="hash of the mapping's text")

    @model_validator(mode="after")
    def _some_feed(self) -> "Mapping":
        if not self.feeds:
            raise ValueError("feeds: at least one of reservations, pos_checks, interactions")
        return self
