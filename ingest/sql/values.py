"""A mapping's values as SQL: each canonical column becomes one text expression over the raw table's columns."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

from ingest.errors import MappingError
from ingest.mapping import ANY, Condition, FeedMapping, ListOf, Value
from ingest.sql import times
from ingest.sql.columns import RawNames
from ingest.sql.names import blank_to_null, literal
from ingest.sql.numbers import duration, minor_units, number_or_text, plain_number
from ingest.sql.paths import glob
from ingest.sql.properties import Properties, looked_up
from ingest.sql.texts import QUARANTINED, REJECTED, Text, date_text

MONEY = "decimal(19,6)"
WIDE = "decimal(28,8)"
NUMERIC = ("decimal", "int", "rate")


@dataclass
class Compiler:
    """Compiles one feed's mapping for one file."""

    mapping: FeedMapping
    raw: RawNames
    path_parts: Dict[str, str]
    types: Dict[str, str] = field(default_factory=dict)
    properties: Properties = field(default_factory=lambda: Properties({}, {}))
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
            is_day = self._type == "date" and value.epoch is not None
            return Text(
                sql=self._local_date(value, value.time_zone) if is_day else self.value(value),
                date_formats=() if value.gives_date or is_day else value.date_format or self.mapping.date_format,
                epoch=value.epoch,
                time_zone=value.time_zone or self.mapping.time_zone,
                is_marked=value.has_codes,
            )
        finally:
            self._open.pop()
            self._type = outer

    def value(self, value: Value) -> str:
        """SQL text of a value: its operation, then its modifiers in their order."""
        sql = self._operation(value)
        if value.when or value.unless:
            tests = [self._holds(name, texts) for name, texts in value.when.items()]
            tests += [f"({self._holds(name, texts)}) is not true" for name, texts in value.unless.items()]
            sql = f"case when {' and '.join(tests)} then {sql} end"
        if value.extract:
            sql = blank_to_null(f"regexp_extract({sql}, {literal(value.extract)}, {1 if '(' in value.extract else 0})")
        if value.remove:
            sql = blank_to_null(f"regexp_replace({sql}, {literal(value.remove)}, '', 'g')")
        for pattern, text in value.replace.items():
            sql = blank_to_null(f"regexp_replace({sql}, {literal(pattern)}, {literal(text)}, 'g')")
        for text in value.null_if:
            sql = f"nullif({sql}, {literal(text)})"
        if value.case:
            sql = f"{value.case}({sql})"
        sql = self._as_number(sql, value)
        if value.codes is not None:
            sql = self._coded(self.raw.once.column(sql), value.codes, value.otherwise)
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
        if value.above is not None:
            return f"last_value({self.value(value.above)} ignore nulls) over (order by position)"
        return self._gathered(value) or self._combined(value)

    def _gathered(self, value: Value) -> str | None:
        """What is made of all elements at a path; None for another operation."""
        if value.list_of is not None:
            return self._list(value.list_of)
        if value.count is not None:
            return f"list_count({self.raw.texts(value.count)})::varchar"
        if value.sum_of is not None:
            return f"list_sum({self.raw.texts(value.sum_of, f'try_cast({{}} as {MONEY})')})::varchar"
        if value.min_of is not None or value.max_of is not None:
            texts = self.raw.texts(value.min_of or value.max_of or "")
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
        if value.divide is not None:
            return self._arithmetic(value.divide, " / ")
        return self._moment(value)

    def _moment(self, value: Value) -> str:
        """What is made of dates and times."""
        if value.seconds_between is not None:
            start, end = (self._seconds(part) for part in value.seconds_between)
            return f"round({end} - {start})::bigint::varchar"
        if value.local_date is not None:
            return self._local_date(value.local_date, value.time_zone or "property", value.day_starts)
        if value.date_and_time is not None:
            return self._date_and_time(*value.date_and_time, value.day_starts)
        if value.add_days is not None:
            return self._moved(value.add_days, "+")
        return self._moved(value.minus_days or (), "-")

    def _seconds(self, value: Value) -> str:
        """Seconds since 1970 of a time; both ends of an interval are local to the same place."""
        return times.seconds(self.value(value), value.date_format or self.mapping.date_format, value.epoch)

    def _local_date(self, value: Value, place: str | None, day_starts: str | None = None) -> str:
        """The day of an instant at a place, as ISO text; what can't be read stays, for its type to refuse."""
        given = self.value(value)
        there = self._zone(value.time_zone or self.mapping.time_zone)
        instant = times.instant(given, value.date_format or self.mapping.date_format, value.epoch, there)
        local = f"timezone({self._zone(place or self.mapping.time_zone)}, {instant})"
        return f"coalesce(({local} - to_minutes({times.minutes(day_starts)}))::date::varchar, {given})"

    def _date_and_time(self, day: Value, clock: Value, day_starts: str | None) -> str:
        """ISO text of a day and a time of day; what can't be read stays, for its type to refuse."""
        day_text, clock_text = self.value(day), self.value(clock)
        date = times.read_date(day_text, () if day.gives_date else day.date_format or self.mapping.date_format)
        time = times.time_of_day(clock_text, clock.date_format)
        start = f"to_minutes({times.minutes(day_starts)})"
        late = f"case when {time} < time '00:00' + {start} then 1 else 0 end"
        shown = f"concat_ws(' ', {day_text}, {clock_text})"
        is_null = f"{day_text} is null or {clock_text} is null"
        return f"coalesce(({date} + {late} + {time})::varchar, case when {is_null} then null else {shown} end)"

    def _zone(self, name: str) -> str:
        code = self.column("property_code").sql if name == "property" and self.properties.time_zones else ""
        return times.zone(name, self.properties, code)

    def _as_number(self, sql: str, value: Value) -> str:
        style, once = value.number, self.raw.once.column
        if style is None and self._type in NUMERIC and value.from_ is not None and value.codes is None:
            style = self.mapping.number
        if style:
            sql = plain_number(sql, style, once)
        if value.duration:
            sql = duration(once(sql))
        if value.minor_units:
            sql = once(sql)
            sql = number_or_text(f"try_cast({sql} as {WIDE}) / {self._minor_units()}", sql, WIDE)
        if value.divide_by:
            sql = once(sql)
            sql = number_or_text(f"try_cast({sql} as {WIDE}) / {value.divide_by:f}", sql, WIDE)
        if value.multiply_by:
            sql = once(sql)
            sql = number_or_text(f"try_cast({sql} as {WIDE}) * {value.multiply_by:f}", sql, WIDE)
        digits = value.round
        if digits is None and self._type == "int" and value.may_be_fraction:
            digits = 0
        if digits is not None:
            sql = once(sql)
            sql = number_or_text(f"round(try_cast({sql} as {WIDE}), {digits})", sql, WIDE)
        if value.integer:
            whole = f"regexp_full_match({sql}, '[+-]?[0-9]+[.]0*')"
            sql = f"case when {whole} then split_part({sql}, '.', 1) else {sql} end"
        return sql

    def _minor_units(self) -> str:
        currencies = self.properties.currencies
        known = "null::varchar"
        if currencies and "property_code" in self.mapping.columns:
            known = looked_up(currencies, self.column("property_code").sql, known)
        if "currency_code" in self.mapping.columns:
            known = f"coalesce({self.column('currency_code').sql}, {known})"
        return minor_units(known)

    def any_holds(self, conditions: tuple[Condition, ...]) -> str:
        """SQL of whether one of the conditions holds."""
        tests = (" and ".join(self._holds(name, texts) for name, texts in one.items()) for one in conditions)
        return " or ".join(f"({test})" for test in tests)

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
        return date_text(text) if text.date_formats and not value.gives_date else text.sql

    def _first(self, parts: list[str]) -> str:
        return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"

    def _holds(self, name: str, texts: tuple[str, ...]) -> str:
        """Whether a source's value is one of the texts: of any case, `*` for any characters, empty for blank."""
        source = self._source(name)
        if ANY in texts:
            return f"{source} is not null"
        exact = tuple(text for text in texts if text and ANY not in text)
        tests = [f"lower({source}) in ({_lowered(exact)})"] if exact else []
        tests += [f"lower({source}) like {literal(glob(t))} escape '\\'" for t in texts if ANY in t]
        tests += [f"{source} is null"] if "" in texts else []
        return f"({' or '.join(tests)})"

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
        if style is None or value.number is not None or value.from_ is None:
            return sql
        return plain_number(sql, style, self.raw.once.column)

    def _moved(self, operands: tuple[Value, ...], operator: str) -> str:
        """A date moved by whole days, as ISO text; what can't be read leaves a text that no type accepts."""
        start, days = operands
        text, count = self.value(start), self._plain(days)
        date = times.read_date(text, () if start.gives_date else start.date_format or self.mapping.date_format)
        moved = f"({date} {operator} try_cast({count} as decimal(18,0))::integer)::varchar"
        shown = f"concat_ws(' {operator} ', {text}, {count})"
        return f"coalesce({moved}, case when {text} is null or {count} is null then null else {shown} end)"

    def _list(self, spec: ListOf) -> str:
        found = self.raw.elements(spec.each, {**spec.fields, **{f"?{path}": path for path in spec.where}})
        if found is None:
            return "null::varchar"
        elements, texts = found
        tests = [f"lower({texts[f'?{path}']}) in ({_lowered(wanted)})" for path, wanted in spec.where.items()]
        if tests:
            elements = f"list_filter({elements}, lambda e: {' and '.join(tests)})"
        pairs = ", ".join(f"{literal(name)}, {texts[name]}" for name in spec.fields)
        return f"nullif(to_json(list_transform({elements}, lambda e: json_object({pairs})))::varchar, '[]')"


def _lowered(texts: tuple[str, ...]) -> str:
    return ", ".join(literal(text.lower()) for text in texts)
