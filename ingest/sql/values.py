"""A mapping's values as SQL: each canonical column becomes one text expression over the raw table's columns."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

from ingest.errors import MappingError
from ingest.mapping import ANY, FeedMapping, ListOf, NumberStyle, Value
from ingest.sql.names import RawNames, blank_to_null, element_text, literal

#: A value that a code list does not know carries one of these in front: set aside, or quarantine the row.
REJECTED = chr(1)
QUARANTINED = chr(2)
MONEY = "decimal(19,6)"
NUMERIC = ("decimal", "int", "rate")
BETWEEN_DIGITS = r"[\p{Sc}\s\x{00a0}\x{202f}'’]"


@dataclass(frozen=True)
class Text:
    """A canonical column before its type is checked: SQL of its text and how dates and times in it are read."""

    sql: str
    date_formats: tuple[str, ...] = ()
    epoch: str | None = None
    time_zone: str = "UTC"
    is_marked: bool = False
    is_mapped: bool = True


@dataclass
class Compiler:
    """Compiles one feed's mapping for one file."""

    mapping: FeedMapping
    raw: RawNames
    path_parts: Dict[str, str]
    types: Dict[str, str] = field(default_factory=dict)
    _type: str = "string"
    _open: list[str] = field(default_factory=list)

    def column(self, name: str) -> Text:
        """The text of one canonical column."""
        if name in self._open:
            raise MappingError(f"column {name} refers to itself: {' -> '.join([*self._open, name])}")
        self._open.append(name)
        outer, self._type = self._type, self.types.get(name, "string")
        try:
            value = self.mapping.columns[name]
            return Text(
                sql=self.value(value),
                date_formats=() if _is_date(value) else value.date_format or self.mapping.date_format,
                epoch=value.epoch,
                time_zone=value.time_zone or self.mapping.time_zone,
                is_marked=_has_codes(value),
            )
        finally:
            self._open.pop()
            self._type = outer

    def value(self, value: Value) -> str:
        """SQL text of a value: its operation, then its modifiers in their order."""
        sql = self._operation(value)
        if value.when or value.unless:
            tests = [self._holds(name, texts) for name, texts in value.when.items()]
            tests += [f"not coalesce({self._holds(name, texts)}, false)" for name, texts in value.unless.items()]
            sql = f"case when {' and '.join(tests)} then {sql} end"
        if value.extract:
            sql = blank_to_null(f"regexp_extract({sql}, {literal(value.extract)}, {1 if '(' in value.extract else 0})")
        if value.remove:
            sql = blank_to_null(f"regexp_replace({sql}, {literal(value.remove)}, '', 'g')")
        for text in value.null_if:
            sql = f"nullif({sql}, {literal(text)})"
        if value.case:
            sql = f"{value.case}({sql})"
        sql = self._as_number(sql, value)
        if value.codes is not None:
            sql = self._coded(sql, value.codes, value.otherwise)
        if value.default is not None:
            sql = f"coalesce({sql}, {self.value(value.default)})"
        return sql

    def _operation(self, value: Value) -> str:
        if value.from_ is not None:
            return self._first([self._source(path) for path in value.from_])
        if value.column is not None:
            return self._canonical(value.column)
        if value.constant is not None:
            return literal(value.constant)
        if value.path_part is not None:
            return literal(self.path_parts[value.path_part]) if value.path_part in self.path_parts else "null::varchar"
        if value.row_number:
            return "position::varchar"
        if value.number_within is not None:
            parts = ", ".join(self.value(part) for part in value.number_within)
            return f"(row_number() over (partition by {parts} order by position))::varchar"
        return self._gathered(value) or self._combined(value)

    def _gathered(self, value: Value) -> str | None:
        """What is made of all elements at a path; None for another operation."""
        if value.list_of is not None:
            return self._list(value.list_of)
        if value.count is not None:
            return f"len({self.raw.elements(value.count)})::varchar"
        if value.sum_of is not None:
            numbers = f"lambda e: try_cast(json_extract_string(e, '$') as {MONEY})"
            return f"list_sum(list_transform({self.raw.elements(value.sum_of)}, {numbers}))::varchar"
        if value.min_of is not None or value.max_of is not None:
            texts = f"list_transform({self.raw.elements(value.min_of or value.max_of or '')}, lambda e: e->>'$')"
            return f"list_{'min' if value.min_of else 'max'}({texts})"
        return None

    def _combined(self, value: Value) -> str:
        if value.first_of is not None:
            return self._first([self.value(part) for part in value.first_of])
        if value.concat is not None:
            parts = ", ".join(self.value(part) for part in value.concat)
            return f"nullif(concat_ws({literal(value.separator)}, {parts}), '')"
        if value.hash is not None:
            parts = f", {literal(chr(31))}, ".join(f"coalesce({self.value(part)}, '')" for part in value.hash)
            return f"md5(concat({parts}))"
        if value.sum is not None:
            return self._arithmetic(value.sum, " + ", missing="0")
        if value.subtract is not None:
            return self._arithmetic(value.subtract, " - ")
        if value.multiply is not None:
            return self._arithmetic(value.multiply, " * ")
        if value.seconds_between is not None:
            start, end = (self._seconds(part) for part in value.seconds_between)
            return f"round({end} - {start})::bigint::varchar"
        if value.add_days is not None:
            return self._moved(value.add_days, "+")
        return self._moved(value.minus_days or (), "-")

    def _seconds(self, value: Value) -> str:
        """Seconds since 1970 of a time; both ends of an interval are local to the same place."""
        sql = self.value(value)
        if value.epoch:
            return f"try_cast({sql} as decimal(28,6)) / {1 if value.epoch == 'seconds' else 1000}"
        formats = value.date_format or self.mapping.date_format
        if formats:
            return f"epoch(try_strptime({sql}, [{', '.join(literal(f) for f in formats)}]))"
        return f"epoch(try_cast({sql} as timestamptz))"

    def _as_number(self, sql: str, value: Value) -> str:
        style = value.number
        if style is None and self._type in NUMERIC and value.from_ is not None and value.codes is None:
            style = self.mapping.number
        if style:
            sql = plain_number(sql, style)
        if value.duration:
            sql = _duration(sql)
        if value.divide_by:
            sql = _number_or_text(f"try_cast({sql} as decimal(28,8)) / {value.divide_by}", sql, "decimal(28,8)")
        digits = 0 if self._type == "int" and (value.divide_by or value.sum_of) else value.round
        if digits is not None:
            sql = _number_or_text(f"round(try_cast({sql} as decimal(28,8)), {digits})", sql, "decimal(28,8)")
        if value.integer:
            whole = f"regexp_full_match({sql}, '[+-]?[0-9]+[.]0*')"
            sql = f"case when {whole} then split_part({sql}, '.', 1) else {sql} end"
        return sql

    def _source(self, path: str) -> str:
        sql = self.raw.text(path)
        for text in self.mapping.null_values:
            sql = f"nullif({sql}, {literal(text)})"
        return sql

    def _canonical(self, name: str) -> str:
        if name not in self.mapping.columns:
            raise MappingError(f"column {name!r} is used but not mapped; mapped: {', '.join(self.mapping.columns)}")
        text = self.column(name)
        value = self.mapping.columns[name]
        return date_text(text) if text.date_formats and not _is_date(value) else text.sql

    def _first(self, parts: list[str]) -> str:
        return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"

    def _holds(self, name: str, texts: tuple[str, ...]) -> str:
        if ANY in texts:
            return f"{self._source(name)} is not null"
        return f"lower({self._source(name)}) in ({', '.join(literal(text.lower()) for text in texts)})"

    def _coded(self, sql: str, codes: Dict[str, str], otherwise: str) -> str:
        cases = " ".join(
            f"when {literal(theirs.strip().lower())} then {literal(ours)}" for theirs, ours in codes.items()
        )
        unknown = {
            "reject": f"{literal(REJECTED)} || {sql}",
            "quarantine": f"{literal(QUARANTINED)} || {sql}",
            "keep": sql,
            "null": "null",
        }[otherwise]
        return f"case lower({sql}) {cases} else {unknown} end"

    def _arithmetic(self, operands: tuple[Value, ...], operator: str, missing: str | None = None) -> str:
        """Exact decimal arithmetic; an operand that is not a number leaves a text that no type accepts.

        The fallback comes last, so that it costs nothing for rows whose operands are numbers.
        """
        texts = [self._plain(part) for part in operands]
        shown = f"concat_ws({literal(operator)}, {', '.join(texts)})"
        if missing is None:
            result = operator.join(f"try_cast({text} as {MONEY})" for text in texts)
            is_null = " or ".join(f"{text} is null" for text in texts)
            return f"coalesce(({result})::varchar, case when {is_null} then null else {shown} end)"
        result = operator.join(f"try_cast(coalesce({text}, {literal(missing)}) as {MONEY})" for text in texts)
        return f"case when coalesce({', '.join(texts)}) is not null then coalesce(({result})::varchar, {shown}) end"

    def _plain(self, value: Value) -> str:
        sql = self.value(value)
        style = self.mapping.number if self._type not in NUMERIC else None
        return plain_number(sql, style) if style and value.number is None and value.from_ is not None else sql

    def _moved(self, operands: tuple[Value, ...], operator: str) -> str:
        """A date moved by whole days, as ISO text; what can't be read leaves a text that no type accepts."""
        start, days = operands
        text, count = self.value(start), self._plain(days)
        date = _read_date(text, () if start.column else start.date_format or self.mapping.date_format)
        moved = f"({date} {operator} try_cast({count} as decimal(18,0))::integer)::varchar"
        shown = f"concat_ws(' {operator} ', {text}, {count})"
        return f"coalesce({moved}, case when {text} is null or {count} is null then null else {shown} end)"

    def _list(self, spec: ListOf) -> str:
        elements = self.raw.elements(spec.each)
        tests = [
            f"{element_text(path)} in ({', '.join(literal(t) for t in texts)})" for path, texts in spec.where.items()
        ]
        if tests:
            elements = f"list_filter({elements}, lambda e: {' and '.join(tests)})"
        pairs = ", ".join(f"{literal(name)}, {element_text(path)}" for name, path in spec.fields.items())
        return f"nullif(to_json(list_transform({elements}, lambda e: json_object({pairs})))::varchar, '[]')"


def plain_number(sql: str, style: NumberStyle) -> str:
    """A number's text in the form that casts understand: no currency sign, no blank or apostrophe between digits."""
    sql = f"regexp_replace({sql}, {literal(BETWEEN_DIGITS)}, '', 'g')"
    if style.thousands:
        sql = f"replace({sql}, {literal(style.thousands)}, '')"
    return f"replace({sql}, ',', '.')" if style.decimal == "," else sql


def date_text(text: Text) -> str:
    """A formatted date as ISO text; the text itself when no format fits."""
    return f"coalesce({_read_date(text.sql, text.date_formats)}::varchar, {text.sql})"


def _read_date(sql: str, formats: tuple[str, ...]) -> str:
    if formats:
        return f"try_strptime({sql}, [{', '.join(literal(f) for f in formats)}])::date"
    return f"try_cast({sql} as date)"


def _is_date(value: Value) -> bool:
    return value.add_days is not None or value.minus_days is not None or value.column is not None


def _has_codes(value: Value) -> bool:
    inner = [*(value.first_of or ()), *([value.default] if value.default else [])]
    return value.codes is not None or any(_has_codes(part) for part in inner)


def _duration(sql: str) -> str:
    """Clock (1:02:03, 02:03) and ISO 8601 (PT1H2M3S) durations in seconds; other text stays."""
    parts = f"list_transform(string_split({sql}, ':'), lambda p: try_cast(p as decimal(18,3)))"
    iso = " + ".join(
        f"coalesce(try_cast(regexp_extract({sql}, '([0-9.]+){unit}', 1) as decimal(18,3)), 0) * {seconds}"
        for unit, seconds in (("H", 3600), ("M", 60), ("S", 1))
    )
    return (
        f"case when regexp_full_match({sql}, '[0-9]+:[0-5]?[0-9]:[0-5]?[0-9]([.][0-9]+)?') then"
        f" round(({parts})[1] * 3600 + ({parts})[2] * 60 + ({parts})[3])::bigint::varchar"
        f" when regexp_full_match({sql}, '[0-9]+:[0-5]?[0-9]([.][0-9]+)?') then"
        f" round(({parts})[1] * 60 + ({parts})[2])::bigint::varchar"
        f" when regexp_full_match({sql}, 'PT([0-9.]+H)?([0-9.]+M)?([0-9.]+S)?') then round({iso})::bigint::varchar"
        f" else {sql} end"
    )


def _number_or_text(number: str, text: str, kind: str) -> str:
    return f"case when try_cast({text} as {kind}) is null then {text} else ({number})::varchar end"
