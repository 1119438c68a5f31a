"""A mapping's values as SQL: each canonical column becomes one text expression over the raw table's columns."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

from ingest.errors import MappingError
from ingest.mapping import FeedMapping, ListOf, NumberStyle, Value
from ingest.sql.names import RawNames, blank_to_null, element_text, literal

#: A value that a code list does not know carries one of these in front: set aside, or quarantine the row.
REJECTED = chr(1)
QUARANTINED = chr(2)
MONEY = "decimal(19,6)"


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
    _open: list[str] = field(default_factory=list)

    def column(self, name: str) -> Text:
        """The text of one canonical column."""
        if name in self._open:
            raise MappingError(f"column {name} refers to itself: {' -> '.join([*self._open, name])}")
        self._open.append(name)
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
        sql = _as_number(sql, value)
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
        if value.list_of is not None:
            return self._list(value.list_of)
        if value.count is not None:
            return f"json_array_length({self.raw.document(value.count)})::varchar"
        return self._combined(value)

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
        if value.add_days is not None:
            return self._moved(value.add_days, "+")
        return self._moved(value.minus_days or (), "-")

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
        return f"{self._source(name)} in ({', '.join(literal(text) for text in texts)})"

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
        style = self.mapping.number
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
        elements = f"json_extract({self.raw.document(spec.each)}, '$[*]')"
        tests = [
            f"{element_text(path)} in ({', '.join(literal(t) for t in texts)})" for path, texts in spec.where.items()
        ]
        if tests:
            elements = f"list_filter({elements}, lambda e: {' and '.join(tests)})"
        pairs = ", ".join(f"{literal(name)}, {element_text(path)}" for name, path in spec.fields.items())
        return f"nullif(to_json(list_transform({elements}, lambda e: json_object({pairs})))::varchar, '[]')"


def _as_number(sql: str, value: Value) -> str:
    if value.number and value.number != NumberStyle():
        sql = plain_number(sql, value.number)
    if value.divide_by:
        sql = _number_or_text(f"try_cast({sql} as decimal(28,8)) / {value.divide_by}", sql, "decimal(28,8)")
    if value.integer:
        whole = f"regexp_full_match({sql}, '[+-]?[0-9]+[.]0*')"
        sql = f"case when {whole} then split_part({sql}, '.', 1) else {sql} end"
    return sql


def plain_number(sql: str, style: NumberStyle) -> str:
    """A number's text in the form that casts understand."""
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
    return value.codes is not None or any(_has_codes(part) for part in value.first_of or ())


def _number_or_text(number: str, text: str, kind: str) -> str:
    return f"case when try_cast({text} as {kind}) is null then {text} else ({number})::varchar end"
