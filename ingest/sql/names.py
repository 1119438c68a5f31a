"""Quoting, and the names that a raw table's columns have in SQL."""

import re
from itertools import groupby

BLANKS = " \t\r\n\u00a0\u3000"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal; what can't be printed by its code. Flat, for planning time grows with depth."""
    parts = []
    for is_plain, run in groupby(text, str.isprintable):
        together = "".join(run)
        escaped = together.replace("'", "''")
        parts += [f"'{escaped}'"] if is_plain else [f"chr({ord(character)})" for character in together]
    return parts[0] if len(parts) == 1 else f"concat({', '.join(parts)})" if parts else "''"


def normalised(name: str) -> str:
    """A column name without differences that people don't mean: case, blanks around, blank or hyphen for _."""
    return re.sub(r"[\s\-]+", "_", name.strip().strip("\ufeff")).casefold()


def blank_to_null(expression: str) -> str:
    """Text without blanks around; null when nothing is left."""
    return f"nullif(trim({expression}, {literal(BLANKS)}), '')"


def cleaned(column: str) -> str:
    """The same for a column; the costly trim only for what begins or ends with a blank, or begins beyond ASCII."""
    ends = " and ".join(f"not suffix({column}, {literal(blank)})" for blank in BLANKS)
    return f"case when {column} between '!' and '~' and {ends} then {column} else {blank_to_null(column)} end"


def physical(place: int) -> str:
    """Name of the raw table's column at a position."""
    return f"c{place}"


def clean(place: int) -> str:
    """Name of the same column without blanks around."""
    return f"t{place}"


def struct(place: int) -> str:
    """Name of the same column with its JSON read, as far as the mapping looks into it."""
    return f"s{place}"
