"""Dates and times as SQL: text, in the formats and zone that a mapping states, becomes a date or an instant."""

from ingest.sql.names import literal
from ingest.sql.properties import Properties, looked_up

OFFSET = r"(?:[Zz]|[+-][0-9]{2}:?(?:[0-9]{2})?)$"
#: Microseconds in one unit of an epoch.
EPOCHS = {"seconds": "1000000", "milliseconds": "1000", "microseconds": "1"}


def zone(name: str, properties: Properties, property_code: str) -> str:
    """SQL of a zone's name; that of the row's property, UTC when reference data does not list it."""
    return looked_up(properties.time_zones, property_code, "'UTC'") if name == "property" else literal(name)


def date(given: str, formats: tuple[str, ...]) -> str:
    """A date from text; null when it is none. Without formats: ISO 8601, also without separators (19800803)."""
    if formats:
        return f"try_strptime({given}, [{literals(formats)}])::date"
    return (
        f"case when regexp_full_match({given}, '[0-9]{{4}}[-/][0-9]{{1,2}}[-/][0-9]{{1,2}}([T"
        f" ][0-9]{{1,2}}:[0-9]{{2}}.*)?') then try_cast({given} as date)"
        f" when regexp_full_match({given}, '[0-9]{{8}}') then try_strptime({given}, '%Y%m%d')::date end"
    )


def read_date(given: str, formats: tuple[str, ...]) -> str:
    """A date from text that is an operand: whatever a cast reads, when there is no format."""
    return date(given, formats) if formats else f"try_cast({given} as date)"


def instant(given: str, formats: tuple[str, ...], epoch: str | None, zone_sql: str) -> str:
    """A UTC instant: an offset in the text is honoured, else the text is local to the zone."""
    if epoch == "excel":
        return f"timezone({zone_sql}, {excel_day(given)})"
    if epoch:
        number = f"case when regexp_full_match({given}, '[0-9]{{1,17}}([.][0-9]+)?') then {given} end"
        return f"make_timestamptz((try_cast({number} as decimal(28,6)) * {EPOCHS[epoch]})::bigint)"
    if formats:
        zoneless = tuple(item for item in formats if "%z" not in item and "%Z" not in item)
        parts = [f"try_strptime({given}, [{literals((f,))}])" for f in formats if f not in zoneless]
        parts += [f"timezone({zone_sql}, try_strptime({given}, [{literals(zoneless)}]))"] if zoneless else []
        return f"coalesce({', '.join(parts)})"
    absolute = f"case when {given}[1] between '0' and '9' then try_cast({given} as timestamptz) end"
    if zone_sql == literal("UTC"):
        return absolute
    local = f"timezone({zone_sql}, case when {given}[1] between '0' and '9' then try_cast({given} as timestamp) end)"
    return (
        f"case when regexp_matches({given}, {literal(OFFSET)}) and length({given}) > 10 then {absolute} else"
        f" {local} end"
    )


def excel_day(given: str) -> str:
    """The local time that a spreadsheet's number means: days since 1899-12-30, the fraction is the time of day."""
    number = f"case when regexp_full_match({given}, '[0-9]{{1,6}}([.][0-9]{{1,12}})?') then {given} end"
    microseconds = f"round(try_cast({number} as decimal(28,12)) * 86400)::bigint * 1000000"
    return f"timestamp '1899-12-30' + to_microseconds({microseconds})"


def seconds(given: str, formats: tuple[str, ...], epoch: str | None) -> str:
    """Seconds of a time since a fixed moment: only differences mean something."""
    if epoch == "excel":
        return f"epoch({excel_day(given)})"
    if epoch:
        return f"try_cast({given} as decimal(28,6)) * {EPOCHS[epoch]} / 1000000"
    if formats:
        return f"epoch(try_strptime({given}, [{literals(formats)}]))"
    return f"epoch(try_cast({given} as timestamptz))"


def time_of_day(given: str, formats: tuple[str, ...]) -> str:
    """A time of day from text: in the formats, else `23:59`, `23:59:59` or `2359`; null when it is none."""
    if formats:
        return f"try_strptime({given}, [{literals(formats)}])::time"
    colons = f"regexp_replace({given}, '^([0-9]{{2}})([0-9]{{2}})$', '\\1:\\2')"
    return f"try_cast(regexp_replace({colons}, '^([0-9]):', '0\\1:') as time)"


def minutes(clock: str | None) -> int:
    """Minutes since midnight of `05:00`."""
    hour, minute = (clock or "0:00").split(":")
    return int(hour) * 60 + int(minute)


def literals(texts: tuple[str, ...]) -> str:
    """Texts as SQL literals behind each other."""
    return ", ".join(literal(item) for item in texts)
