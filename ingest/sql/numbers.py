"""Numbers as SQL texts: how people write them, durations, minor units."""

import re
from collections.abc import Callable

from ingest.mapping import NumberStyle
from ingest.sql.names import literal

#: What may stand in or around a number: currency signs and codes, blanks, apostrophes.
AROUND_DIGITS = r"[\p{Sc}\s\x{00a0}\x{202f}'’]|^[A-Z]{3}|[A-Z]{3}$"
#: Minor units of a currency that are not hundredths (ISO 4217).
WHOLE = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
#: Units of a duration, as a regular expression behind their number, and their seconds.
UNITS = (("d|days?", 86400), ("h|hrs?|hours?", 3600), ("m|mins?|minutes?", 60), ("s|secs?|seconds?", 1))
ISO_UNITS = (("H", 3600), ("M", 60), ("S", 1))


def plain_number(sql: str, style: NumberStyle, once: Callable[[str], str]) -> str:
    """A number's text in the form that casts understand: no currency, no blank between digits, the sign in front.

    `once` names the column of an expression that is needed more than once.
    """
    sql = f"regexp_replace({sql}, {literal(AROUND_DIGITS)}, '', 'g')"
    if style.thousands:
        sql = _without_thousands(once(sql), style.thousands)
    sql = f"regexp_replace({sql}, '[,.][-–—]+$', '')"  # 12,- and 12.– are whole: no cents, and no sign
    sql = f"regexp_replace({sql}, '^[(](.*)[)]$|^(.*[0-9,.])-$', '-\\1\\2')"
    if style.decimal == ".":
        return sql
    # a dot that stayed must not become the decimal point
    return f"translate({sql}, ',.', '.,')" if style.thousands == "." else f"replace({sql}, ',', '.')"


def _without_thousands(sql: str, mark: str) -> str:
    """Marks that stand at thousands are dropped (1.234.567, Indian 12,34,567); others stay, and no cast reads them.

    A file of another style than the mapping says would else be read as money a hundred times as much.
    """
    s = re.escape(mark)
    grouped = f"[^0-9]*[1-9][0-9]{{0,2}}({s}[0-9]{{2,3}})*{s}[0-9]{{3}}([^0-9{s}][^{s}]*)?"
    is_grouped = f"regexp_full_match({sql}, {literal(grouped)})"
    return f"case when {is_grouped} then replace({sql}, {literal(mark)}, '') else {sql} end"


def duration(sql: str) -> str:
    """Clock (1:02:03, 02:03, 1.02:03:04), worded (1h 2m 3s) and ISO 8601 (PT1H2M3S) durations in seconds."""
    parts = f"list_transform(string_split({sql}, ':'), lambda p: try_cast(p as decimal(18,3)))"
    number = "([0-9]+(?:[.][0-9]+)?)"
    iso, words = (
        " + ".join(
            f"coalesce(try_cast(regexp_extract({sql}, {literal(f'(?i){number} *(?:{unit}){end}')}, 1) as"
            f" decimal(18,3)), 0) * {seconds}"
            for unit, seconds in units
        )
        for units, end in ((ISO_UNITS, ""), (UNITS, r"(?:[^a-z]|$)"))
    )
    worded = " *".join(f"({number} *({unit})[ ,]*)?" for unit, _ in UNITS)
    days = f"try_cast(regexp_extract({sql}, '^([0-9]+)[. ]', 1) as bigint) * 86400"
    return (
        f"case when regexp_full_match({sql}, '[0-9]+:[0-5]?[0-9]:[0-5]?[0-9]([.][0-9]+)?') then"
        f" round(({parts})[1] * 3600 + ({parts})[2] * 60 + ({parts})[3])::bigint::varchar"
        f" when regexp_full_match({sql}, '[0-9]+:[0-5]?[0-9]([.][0-9]+)?') then"
        f" round(({parts})[1] * 60 + ({parts})[2])::bigint::varchar"
        f" when regexp_full_match({sql}, '[0-9]+[. ][0-9]{{2}}:[0-5][0-9]:[0-5][0-9]') then"
        f" ({days} + epoch(try_cast(right({sql}, 8) as interval))::bigint)::varchar"
        f" when regexp_full_match({sql}, 'PT([0-9.]+H)?([0-9.]+M)?([0-9.]+S)?') then round({iso})::bigint::varchar"
        f" when regexp_full_match({sql}, {literal(f'(?i){worded}')}) then round({words})::bigint::varchar"
        f" else {sql} end"
    )


def minor_units(currency: str) -> str:
    """SQL of how many minor units one unit of a currency has."""
    whole, thousandths = (", ".join(literal(code) for code in codes) for codes in (WHOLE, THOUSANDTHS))
    code = f"upper({currency})"
    return f"case when {code} in ({whole}) then 1 when {code} in ({thousandths}) then 1000 else 100 end"


def number_or_text(number: str, text: str, kind: str) -> str:
    """The number as text; what is no number stays as it is, for its type to refuse."""
    return f"case when try_cast({text} as {kind}) is null then {text} else ({number})::varchar end"
