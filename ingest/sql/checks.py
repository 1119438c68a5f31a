"""A contract as SQL: text columns become typed ones; what can't be read is rejected with a reason."""

from guestbook.contracts import Column, Contract
from ingest.sql import times
from ingest.sql.names import literal, quoted
from ingest.sql.properties import Properties
from ingest.sql.texts import QUARANTINED, REJECTED, Text

FIRST_DAY, LAST_DAY = "1900-01-01", "2199-12-31"
TRUE = ("true", "t", "yes", "y", "1", "on")
FALSE = ("false", "f", "no", "n", "0", "off")


def text(column: str) -> str:
    """Identifier of a column before its type is checked."""
    return quoted(f"text {column}")


def cast(column: str) -> str:
    """Identifier of a column after its cast."""
    return quoted(f"cast {column}")


def value(column: str) -> str:
    """Identifier of a column after all checks."""
    return quoted(column)


def cast_expression(column: Column, source: Text, properties: Properties) -> str:
    """SQL of the column's type read from its text; null when it can't be read. How it is mostly written comes first."""
    given = text(column.name)
    if source.is_marked:
        given = f"case when left({given}, 1) not in ({literal(REJECTED)}, {literal(QUARANTINED)}) then {given} end"
    match column.type:
        case "int":
            written = f"strlen({given}) = 1 or regexp_full_match({given}, '[+-]?[0-9]{{1,18}}([.]0*)?')"
            return f"case when {written} then try_cast({given} as bigint) end"
        case "decimal":
            return _decimal(given, column.sql_type)
        case "rate":
            return f"try_cast({given} as decimal(18,8))"
        case "date":
            return times.date(given, source.date_formats)
        case "ts":
            zone = times.zone(source.time_zone, properties, text("property_code"))
            return times.instant(given, source.date_formats, source.epoch, zone)
        case "bool":
            return (
                f"case when {given} = 'true' then true when {given} = 'false' then false"
                f" when lower({given}) in ({_list(TRUE)}) then true when lower({given}) in ({_list(FALSE)}) then false"
                f" end"
            )
        case "json":
            return f"case when json_valid({given}) then {given} end"
    if column.allowed and column.case == "lower":
        plain = f"replace(replace(lower({given}), ' ', '_'), '-', '_')"
        return f"case when {given} in ({_list(column.allowed)}) then {given} else {plain} end"
    return f"{column.case}({given})" if column.case else given


def _decimal(given: str, sql_type: str) -> str:
    """Signs behind, brackets and thousands are read; `1,234` alone is not, for it may be a decimal comma."""
    plain = f"replace(regexp_replace({given}, '^[(](.*)[)]$|^(.*[0-9])-$', '-\\1\\2'), ' ', '')"
    thousands = (
        f"case when regexp_full_match({plain}, '[+-]?[0-9]{{1,3}}(,[0-9]{{3}})+[.][0-9]+') then replace({plain},"
        f" ',', '') else {plain} end"
    )
    return (
        f"case when {given} is not null then coalesce(try_cast({given} as {sql_type}), try_cast({thousands} as"
        f" {sql_type})) end"
    )


def value_expression(column: Column) -> str:
    """SQL of the column after the limits that the contract sets; null when it breaks one."""
    given = cast(column.name)
    tests = [test for test in (_within(column, given), _fits(column, given)) if test]
    return f"case when {' and '.join(tests)} then {given} end" if tests else given


def _within(column: Column, given: str) -> str | None:
    low, high = column.minimum, column.maximum
    if column.type in ("date", "ts"):
        kind = "date" if column.type == "date" else "timestamptz"
        return f"{given} between {kind} {literal(str(low or FIRST_DAY))} and {kind} {literal(str(high or LAST_DAY))}"
    tests = [f"{given} >= {low}"] if low is not None else []
    tests += [f"{given} <= {high}"] if high is not None else []
    tests += [f"{given} > {column.above}"] if column.above is not None else []
    return " and ".join(tests) or None


def _fits(column: Column, given: str) -> str | None:
    if column.allowed:
        return f"{given} in ({_list(column.allowed)})"
    if column.pattern:
        return f"regexp_full_match({given}, {literal(column.pattern)})"
    if column.json_shape:
        return f"json_type({given}) = {literal(column.json_shape.upper())}"
    if column.time_zone:
        return f"{given} in (select name from pg_timezone_names())"
    return None


def reason(column: Column) -> str:
    """Why a value of this column is rejected."""
    kind = {"ts": "timestamp", "int": "whole number", "decimal": "amount", "rate": "positive rate", "bool": "yes or no"}
    if column.allowed:
        return f"not one of {', '.join(column.allowed)}"
    if column.time_zone:
        return "not an IANA time zone"
    if column.pattern:
        return f"not of the form {column.pattern}"
    if column.json_shape:
        return f"not a JSON {column.json_shape}"
    if column.minimum is not None or column.maximum is not None:
        limits = f" from {column.minimum}" if column.minimum is not None else ""
        limits += f" to {column.maximum}" if column.maximum is not None else ""
        return f"not a {kind.get(column.type, column.type)}{limits}"
    return f"not a {kind.get(column.type, column.type)}"


def row_reasons(contract: Contract, texts: dict[str, Text]) -> str:
    """SQL of the row's reasons for quarantine as a JSON list without brackets; empty text for a good row."""
    tests: list[tuple[str, str]] = []
    required = tuple(f"{name}: " for name in contract.required)
    good = [f"{value(name)} is not null" for name in contract.required]
    for column in contract.columns:
        if column.required:
            is_code = texts[column.name].is_marked and not column.allowed
            failed = "code not in the mapping" if is_code else reason(column)
            is_null, is_given = f"{value(column.name)} is null", f"{text(column.name)} is not null"
            tests.append((f"{is_null} and not {is_given}", f"{column.name}: missing"))
            tests.append((f"{is_null} and {is_given}", f"{column.name}: {failed}"))
        elif texts[column.name].is_marked:
            tests.append(
                (f"left({text(column.name)}, 1) = {literal(QUARANTINED)}", f"{column.name}: code not in the mapping")
            )
    tests += [(f"{value(rule.greater)} < {value(rule.smaller)}", rule.name) for rule in contract.rules]
    if contract.any_of:
        tests.append(
            (
                f"coalesce({', '.join(value(n) for n in contract.any_of)}) is null",
                f"none of {', '.join(contract.any_of)}",
            )
        )
    good += [f"({test}) is not true" for test, message in tests if not message.startswith(required)]
    return _joined([f"case when {test} then {literal(_json(message))} end" for test, message in tests], good)


def rejected_values(contract: Contract, texts: dict[str, Text]) -> str:
    """SQL of optional values set aside, as JSON objects {column, raw, reason} without brackets; empty text for none."""
    parts, good = [], []
    for column in contract.columns:
        marked = texts[column.name].is_marked
        can_fail = column.type != "string" or column.allowed or column.pattern or column.time_zone or marked
        if column.required or not can_fail or not texts[column.name].is_mapped:
            continue
        raw = f"ltrim({text(column.name)}, {literal(REJECTED + QUARANTINED)})" if marked else text(column.name)
        head = literal(f'{{"column":{_json(column.name)},"raw":')
        tail = literal(
            f',"reason":{_json("code not in the mapping" if marked and not column.allowed else reason(column))}}}'
        )
        good.append(f"({cast_or_value(column)} is not null or {text(column.name)} is null)")
        parts.append(
            f"case when {text(column.name)} is not null and {cast_or_value(column)} is null then {head} ||"
            f" to_json({raw})::varchar || {tail} end"
        )
    return _joined(parts, good)


def cast_or_value(column: Column) -> str:
    """Where a failed check shows: before a default hides it."""
    return quoted(f"kept {column.name}") if column.default or column.default_from_property else value(column.name)


def _joined(parts: list[str], good: list[str]) -> str:
    """The parts of a row joined; a row that passes every test of `good` is told by them alone, which is cheap."""
    return f"case when {' and '.join(good)} then '' else concat_ws(',', {', '.join(parts)}) end" if parts else "''"


def _json(message: str) -> str:
    return '"' + message.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _list(texts: tuple[str, ...]) -> str:
    return ", ".join(literal(item) for item in texts)
