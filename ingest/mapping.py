"""The mapping language: how one vendor's export becomes a canonical feed, as validated data.

A value is a name or path of the export (`agent`, `roomStay.arrivalDate`, `ids[type=Reservation].id`), or one operation
with modifiers, which apply in the order of their fields below. Unknown keys are refused, with the allowed ones listed.
"""

import csv
import hashlib
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from guestbook.contracts import FEEDS, contract
from ingest.errors import MappingError

OPERATIONS = (
    "from_", "column", "constant", "first_of", "concat", "sum", "subtract", "multiply", "add_days", "minus_days",
    "seconds_between", "hash", "row_number", "number_within", "path_part", "list_of", "count", "sum_of", "min_of",
    "max_of",
)  # fmt: skip
#: What strptime formats may hold; anything else is a typing error that no file would survive.
DIRECTIVES = "aAbBdfgGHIjmMnpSuUVwWxXyYzZ%-"
#: In a condition: any value that is not blank.
ANY = "*"


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _text(value: Any) -> Any:
    """YAML's unquoted true, 1 and 1.5 as the text that the export would hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _texts(value: Any) -> Any:
    return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]


def _codes(value: Any) -> Any:
    return {_text(key): _text(item) for key, item in value.items()} if isinstance(value, dict) else value


def _shorthand(value: Any) -> Any:
    return {"from": value} if isinstance(value, str | list) else value


def _formats(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        wrong = sorted({found for found in re.findall(r"%(.?)", text) if found not in DIRECTIVES or not found})
        if wrong or "%" not in text:
            named = f"unknown directive %{wrong[0]}" if wrong else "no % directive"
            raise ValueError(f"date format {text!r}: {named}; formats are like %d.%m.%Y, %m/%d/%Y %I:%M %p, %Y%m%d")
    return texts


def _zone(name: str) -> str:
    if name != "property" and name not in available_timezones():
        raise ValueError(f"time zone {name!r} is unknown; allowed: property, UTC, or an IANA name like Europe/Vienna")
    return name


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"regular expression {text!r} is not valid: {error}") from None
    return text


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Formats = Annotated[tuple[str, ...], BeforeValidator(_texts), AfterValidator(_formats)]
Zone = Annotated[str, AfterValidator(_zone)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Condition = dict[str, Texts]


class NumberStyle(_Spec):
    """How numbers are written: `decimal` separates the fraction, every `thousands` mark is dropped."""

    decimal: Literal[".", ","] = "."
    thousands: str | None = None


class ListOf(_Spec):
    """A JSON list made of all elements at `each`; `fields` names each element's values (name -> path)."""

    each: str
    where: Condition = {}
    fields: dict[str, str]


class Value(_Spec):
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
    add_days: "tuple[Operand, Operand] | None" = Field(default=None, description="a date and a number of days")
    minus_days: "tuple[Operand, Operand] | None" = Field(default=None, description="a date and a number of days")
    seconds_between: "tuple[Operand, Operand] | None" = Field(
        default=None, description="whole seconds from the first time to the second"
    )
    hash: "tuple[Operand, ...] | None" = Field(default=None, description="md5 of the values: a derived key")
    row_number: bool = Field(default=False, description="1-based position of the row in the file")
    number_within: "tuple[Operand, ...] | None" = Field(
        default=None, description="1-based position among the file's rows that have these values: a line number"
    )
    path_part: str | None = Field(default=None, description="named group of the feed's path_pattern")
    list_of: ListOf | None = None
    count: str | None = Field(default=None, description="number of elements at that path")
    sum_of: str | None = Field(default=None, description="sum of the numbers at that path, of every list element")
    min_of: str | None = Field(default=None, description="smallest text at that path (ISO times, equal-length numbers)")
    max_of: str | None = Field(default=None, description="largest text at that path")

    separator: Text = ""
    when: Condition = Field(default={}, description="source -> values of any case, * is any; else null")
    unless: Condition = Field(default={}, description="source -> values that make it null, * is any")
    extract: Pattern | None = Field(
        default=None, description="regular expression; its first group is kept, null without a match"
    )
    remove: Pattern | None = Field(default=None, description="regular expression; every match is dropped")
    null_if: Texts = ()
    case: Literal["upper", "lower"] | None = None
    number: NumberStyle | None = None
    duration: bool = Field(default=False, description="1:02:03, 02:03 or PT1H2M3S as seconds; a number stays")
    divide_by: int | None = Field(
        default=None, gt=0, description="e.g. 1000: milliseconds to seconds, minor units to money"
    )
    round: int | None = Field(default=None, ge=0, le=6, description="digits kept; whole numbers do it by themselves")
    integer: bool = Field(default=False, description="240.0 becomes 240")
    codes: Annotated[dict[str, str] | None, BeforeValidator(_codes)] = Field(
        default=None, description="their code -> ours, any case"
    )
    codes_file: None = Field(
        default=None, description="CSV beside the mapping with a header: their code, ours; becomes codes"
    )
    otherwise: Literal["reject", "quarantine", "keep", "null"] = Field(
        default="reject", description="a code that codes does not list"
    )
    date_format: Formats = Field(default=(), description="strptime formats tried in order; else ISO 8601")
    epoch: Literal["seconds", "milliseconds"] | None = None
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
        return self


Operand = Annotated[Value, BeforeValidator(_shorthand)]
Value.model_rebuild()


class CsvStyle(_Spec):
    """How the vendor writes CSV; what is not said is found from the file."""

    delimiter: str | None = None
    quote: str = '"'
    header: tuple[str, ...] | None = Field(
        default=None, description="names of the columns of a file without a header line"
    )
    skip_lines: int = Field(default=0, ge=0, description="lines before the header")


class FeedMapping(_Spec):
    """How rows of one feed are made from one vendor's files."""

    csv: CsvStyle = CsvStyle()
    encoding: str | None = Field(default=None, description="text encoding; else found from the file")
    rows: Texts = Field(
        default=(),
        description="path of the list whose elements are rows (`checks[*].lines[*]`); the first that a document has",
    )
    path_pattern: Pattern | None = Field(
        default=None, description="regular expression with named groups over the path below landing"
    )
    time_zone: Zone = Field(default="UTC", description="zone of times without offset, for all columns that name none")
    date_format: Formats = ()
    number: NumberStyle | None = None
    null_values: Texts = Field(default=(), description="texts that mean no value, such as NULL or \\N")
    ignore: tuple[str, ...] = Field(default=(), description="columns of the export that are not even kept in extra")
    columns: dict[str, Operand]


class Mapping(_Spec):
    """A vendor: who it is and one FeedMapping per feed it delivers."""

    vendor: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = ""
    source_system: str | None = Field(default=None, description="constant source_system; default: the vendor's name")
    final: bool = Field(default=False, description="one file only: a second, different one is refused")
    feeds: dict[str, FeedMapping]
    sha256: str = Field(default="", description="hash of the mapping's text")

    @model_validator(mode="after")
    def _known_columns(self) -> "Mapping":
        problems = [problem for feed, mapping in self.feeds.items() for problem in _problems(feed, mapping)]
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _problems(feed: str, mapping: FeedMapping) -> list[str]:
    if feed not in FEEDS:
        return [f"unknown feed {feed!r}; allowed: {', '.join(FEEDS)}"]
    spec = contract(feed)
    unknown = sorted(set(mapping.columns) - set(spec.column_names))
    optional = {"source_system"} | {
        column.name for column in spec.columns if column.default or column.default_from_property
    }
    missing = [name for name in spec.required if name not in mapping.columns and name not in optional]
    found = []
    if unknown:
        found.append(f"{feed}: unknown columns {', '.join(unknown)}; allowed: {', '.join(spec.column_names)}")
    if missing:
        found.append(f"{feed}: required columns not mapped: {', '.join(missing)}")
    return found


class _TextLoader(yaml.BaseLoader):
    """YAML in which every value is text as written (`No` is not false, 007 not 7) and no key comes twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A dict; raises ConstructorError for a key that was there before."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"key {key.value!r} is there twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> Mapping:
    """The mapping in a YAML file. Raises MappingError that names each wrong key, its value and what is allowed."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = yaml.load(text, Loader=_TextLoader)  # noqa: S506  # makes nothing but texts, lists and dicts
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise MappingError(f"mapping {path} is not YAML{line}: {error.problem}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise MappingError(f"mapping {path} can't be read: {type(error).__name__}; it must be YAML in UTF-8") from None
    if not isinstance(content, dict):
        raise MappingError(f"mapping {path} is not a YAML mapping; it starts with: vendor, feeds")
    digest = hashlib.sha256(text.encode())
    content = _with_codes(content, path.parent, digest)
    try:
        return Mapping.model_validate({**content, "sha256": digest.hexdigest()})
    except ValidationError as error:
        raise MappingError(f"mapping {path} is not valid:\n" + "\n".join(_explain(error))) from None


def _with_codes(content: Any, folder: Path, digest: Any) -> Any:
    """The mapping's content with each `codes_file` replaced by the codes it holds; they count for the hash."""
    if isinstance(content, list):
        return [_with_codes(item, folder, digest) for item in content]
    if not isinstance(content, dict):
        return content
    found = {key: _with_codes(item, folder, digest) for key, item in content.items()}
    if isinstance(found.get("codes_file"), str):
        path = folder / found.pop("codes_file")
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise MappingError(f"codes_file {path} can't be read ({type(error).__name__}): UTF-8 CSV") from None
        digest.update(text.encode())
        delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
        rows = [row for row in csv.reader(text.splitlines()[1:], delimiter=delimiter) if row]
        if any(len(row) < 2 for row in rows):
            raise MappingError(f"codes_file {path}: each line has two columns, their code and ours")
        found["codes"] = {row[0]: row[1] for row in rows} | found.get("codes", {})
    return found


def _explain(error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"]) or "mapping"
        if problem["type"] == "extra_forbidden":
            lines.append(f"  {where}: unknown key; allowed: {', '.join(_allowed_keys(problem['loc']))}")
        else:
            lines.append(f"  {where}: {problem['msg'].removeprefix('Value error, ')}")
    return lines


def _allowed_keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys allowed beside the one at a location of the YAML."""
    model: Any = Mapping
    if len(location) >= 3 and location[0] == "feeds":
        model = FeedMapping
        if len(location) >= 4:
            last = next(
                (str(part) for part in reversed(location[:-1]) if part in ("csv", "number", "list_of")), "columns"
            )
            model = {"csv": CsvStyle, "number": NumberStyle, "list_of": ListOf, "columns": Value}[last]
    return [field.alias or name for name, field in model.model_fields.items() if name != "sha256"]
