"""The columns of a raw table: how a name or path of an export finds its SQL."""

from dataclasses import dataclass, field
from typing import Any

from ingest.sql import structs
from ingest.sql.names import blank_to_null, clean, normalised, physical, struct
from ingest.sql.once import Once
from ingest.sql.paths import Token, json_list, json_text, parse_path
from ingest.sql.structs import Place, Unfit, Wanted

#: Where a row of an exploded list looks beyond itself: the document, then the elements above, the nearest last.
PREFIXES = ("$.", "^^^.", "^^.", "^.")


@dataclass
class RawNames:
    """The columns of a raw table by name; `used` collects those that a mapping read.

    `shapes`: position of a column -> what its JSON looks like in this file, for columns that paths look into.
    """

    names: tuple[str, ...]
    shapes: dict[int, Any] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    nested: set[int] = field(default_factory=set)
    wanted: dict[int, Wanted] = field(default_factory=dict)
    once: Once = field(default_factory=Once)

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
        at, tokens = found
        try:
            sql = structs.text(self._struct(at), tokens, self.text)
        except Unfit:
            sql = json_text(_document(at), tokens, self.text)
        return self.once.column(blank_to_null(sql)) if sql else "null::varchar"

    def texts(self, path: str, form: str = "{}") -> str:
        """SQL of the list of all texts at a path, nulls among them; `form` is the SQL around each text.

        `[*]` and `[key=value]` keep every element that fits.
        """
        none = f"list_transform([]::varchar[], lambda e: {form.format('e')})"
        found = self._nested(path)
        if found is None:
            self.missing.add(path)
            return none
        at, tokens = found
        try:
            return structs.texts(self._struct(at), tokens, self.text, form) or none
        except Unfit:
            each = form.format("e->>'$'")
            return f"list_transform({json_list(_document(at), tokens, self.text)}, lambda e: {each})"

    def elements(self, path: str, inner: dict[str, str]) -> tuple[str, dict[str, str]] | None:
        """SQL of the list of all values at a path, and of the text at each inner path of one of them, called `e`."""
        found = self._nested(path)
        if found is None:
            self.missing.add(path)
            return None
        at, tokens = found
        wanted = {name: parse_path(text) for name, text in inner.items()}
        try:
            listed = structs.elements(self._struct(at), tokens, self.text)
            if listed is None:
                return None
            sql, element, test = listed
            sql = f"list_filter({sql}, lambda e: {test or 'e is not null'})"
            texts = {name: structs.text(element, part, self.text) or "null::varchar" for name, part in wanted.items()}
        except Unfit:
            sql = json_list(_document(at), tokens, self.text)
            texts = {name: json_text("e", part, self.text) for name, part in wanted.items()}
        return sql, {name: blank_to_null(text) for name, text in texts.items()}

    def _nested(self, path: str) -> tuple[int, list[Token]] | None:
        prefix = next((mark for mark in PREFIXES if path.startswith(mark)), "")
        tokens = parse_path(path.removeprefix(prefix))
        place = self.place(prefix + str(tokens[0])) if tokens else None
        if place is None:
            return None
        self.used.add(place)
        self.nested.add(place)
        return place, tokens[1:]

    def _struct(self, place: int) -> Place:
        """Where paths into a column start. Raises Unfit when its shape is not known."""
        if place not in self.shapes:
            raise Unfit
        return Place(struct(place), self.shapes[place], self.wanted.setdefault(place, Wanted()), self.once)


def _document(place: int) -> str:
    column = physical(place)
    return f"(case when left({column}, 1) in ('{{', '[') and json_valid({column}) then {column}::json end)"
