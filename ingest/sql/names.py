"""Quoting, and how a name or path of an export finds its column."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_SEGMENT = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal; control characters by their code."""
    escaped = text.replace("'", "''")
    if escaped.isprintable():
        return f"'{escaped}'"
    parts = (f"chr({ord(c)})" if not c.isprintable() else "'" + c.replace("'", "''") + "'" for c in text)
    return "(" + " || ".join(parts) + ")"


def normalised(name: str) -> str:
    """A column name without differences that people don't mean: case, blanks around, blank or hyphen for _."""
    return re.sub(r"[\s\-]+", "_", name.strip().strip("\ufeff")).casefold()


def blank_to_null(expression: str) -> str:
    """Text without blanks around; null when nothing is left."""
    return f"nullif(trim({expression}, {literal(BLANKS)}), '')"


def cleaned(column: str) -> str:
    """The same for a column; the costly trim only where the first or last character is not a printable ASCII one."""
    edges = " or ".join(f"{column}[{place}] not between '!' and '~'" for place in (1, -1))
    return f"case when {edges} then {blank_to_null(column)} else {column} end"


#: Where a row of an exploded list looks beyond itself: the document, the element above, the one above that.
PREFIXES = ("$.", "^^.", "^.")
BLANKS = " \t\r\n\u00a0\u3000"


@dataclass
class RawNames:
    """The columns of a raw table by name; `used` collects those that a mapping read."""

    names: tuple[str, ...]
    used: set[int] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    _plain_paths: dict[str, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._exact = {name: place for place, name in reversed(list(enumerate(self.names)))}
        self._loose = {normalised(name): place for place, name in reversed(list(enumerate(self.names)))}

    def place(self, name: str) -> int | None:
        """Position of a column, matched exactly, else without case; None when the file has no such column.

        `^.` in a file whose rows lie directly in the document is the document.
        """
        found = self._exact.get(name, self._loose.get(normalised(name)))
        mark = next((mark for mark in PREFIXES[1:] if name.startswith(mark)), None)
        if found is None and mark and not any(other.startswith(mark) for other in self.names):
            return self.place("$." + name.removeprefix(mark))
        return found

    def text(self, path: str) -> str:
        """SQL of the text at a name or path; `null` when the file has no such column."""
        place = self.place(path)
        if place is not None:
            self.used.add(place)
            return clean(place)
        found = self._nested(path)
        if found is None:
            self.missing.add(path)
            return "null::varchar"
        document, tokens = found
        if any(isinstance(token, dict) for token in tokens):
            return blank_to_null(_scalar(document, tokens))
        return blank_to_null(self._plain(document, _json_path(tokens)))

    def _plain(self, document: str, path: str) -> str:
        """One of all plain paths that are read from a document: equal calls are made once, so it is parsed once.

        Calls are equal from the second compilation on, when every path is known.
        """
        paths = self._plain_paths.setdefault(document, {})
        place = paths.setdefault(path, len(paths) + 1)
        return f"json_extract_string({document}, [{', '.join(literal(item) for item in paths)}])[{place}]"

    def document(self, path: str) -> str:
        """SQL of the JSON at a path; `null` when the file has no such column."""
        found = self._nested(path)
        if found is None:
            self.missing.add(path)
            return "null::json"
        document, tokens = found
        current, rest = _filtered(document, tokens)
        return f"json_extract({current}, {literal(_json_path(rest))})" if rest else current

    def elements(self, path: str) -> str:
        """SQL of the list of all JSON values at a path: `[*]` and `[key=value]` keep every element that fits."""
        found = self._nested(path)
        if found is None:
            self.missing.add(path)
            return "null::json[]"
        return _every(*found)

    def _nested(self, path: str) -> tuple[str, list[str | int | dict[str, str]]] | None:
        prefix = next((mark for mark in PREFIXES if path.startswith(mark)), "")
        body = path.removeprefix(prefix)
        tokens = parse_path(body)
        place = self.place(prefix + str(tokens[0])) if tokens else None
        if place is None:
            return None
        self.used.add(place)
        column = physical(place)
        return f"(case when left({column}, 1) in ('{{', '[') and json_valid({column}) then {column}::json end)", tokens[
            1:
        ]


def physical(place: int) -> str:
    """Name of the raw table's column at a position."""
    return f"c{place}"


def clean(place: int) -> str:
    """Name of the same column without blanks around."""
    return f"t{place}"


def parse_path(path: str) -> list[str | int | dict[str, str]]:
    """`a.b[0].c[type=X].d[*].e` as keys, list positions, conditions ({} is every element)."""
    tokens: list[str | int | dict[str, str]] = []
    for key, bracket in _SEGMENT.findall(path):
        if key:
            tokens.append(key)
        elif bracket == "*":
            tokens.append({})
        elif re.fullmatch(r"-?\d+", bracket):
            tokens.append(int(bracket))
        else:
            tokens.append(dict(part.split("=", 1) for part in bracket.split(",") if "=" in part))
    return tokens


def _json_path(tokens: Iterable[str | int | dict[str, str]]) -> str:
    out = "$"
    for token in tokens:
        if isinstance(token, str):
            out += "." + json.dumps(token, ensure_ascii=False)
        elif isinstance(token, int):
            out += f"[{token}]" if token >= 0 else f"[#{token}]"
        else:
            out += "[*]"
    return out


def _filtered(document: str, tokens: list[str | int | dict[str, str]]) -> tuple[str, list[str | int | dict[str, str]]]:
    """Apply every `[key=value]`: the JSON of the first element that fits, and the rest of the path."""
    rest: list[str | int | dict[str, str]] = []
    for token in tokens:
        if isinstance(token, dict) and token:
            elements = f"json_extract({document}, {literal(_json_path([*rest, {}]))})"
            document, rest = f"list_filter({elements}, lambda e: {_fits(token)})[1]", []
        else:
            rest.append(token)
    return document, rest


def _every(document: str, tokens: list[str | int | dict[str, str]]) -> str:
    """All JSON values that a path leads to, as a list; a list at its end counts by its elements."""
    found, keys = f"[{document}]", []
    for token in [*tokens, None]:
        if isinstance(token, str | int):
            keys.append(token)
            continue
        inside = f"json_extract(e, {literal(_json_path(keys))})"
        listed = (
            f"case json_type({inside}) when 'ARRAY' then json_extract(e, {literal(_json_path([*keys, {}]))})"
            f" when 'NULL' then [] else [{inside}] end"
        )
        found = f"list_filter(flatten(list_transform({found}, lambda e: {listed})), lambda e: e is not null)"
        found = f"list_filter({found}, lambda e: {_fits(token)})" if token else found
        keys = []
    return found


def _fits(conditions: dict[str, str]) -> str:
    """Whether the list element `e` has these values, in any case; `*` is any value."""
    tests = []
    for key, value in conditions.items():
        found = f"json_extract_string(e, {literal(_json_path(parse_path(key)))})"
        tests.append(f"{found} is not null" if value == "*" else f"lower({found}) = {literal(value.lower())}")
    return " and ".join(tests)


def _scalar(document: str, tokens: list[str | int | dict[str, str]]) -> str:
    current, rest = _filtered(document, tokens)
    found = f"json_extract_string({current}, {literal(_json_path(rest))})"
    return f"array_to_string({found}, ';')" if any(token == {} for token in rest) else found


def element_text(path: str) -> str:
    """SQL of the text at a path inside the list element `e`."""
    return blank_to_null(_scalar("e", parse_path(path)))
