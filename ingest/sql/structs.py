"""Paths as SQL over structs: a document is read once, as far as the mapping looks into it, and then only followed.

What a file's documents look like is known from a census (`json_group_structure`). A path that meets a list here and an
object there is `Unfit`: it is compiled over JSON instead (`ingest.sql.paths`), with the same result.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from ingest.sql.names import literal
from ingest.sql.once import Once
from ingest.sql.paths import Reference, Test, Token, holds, parse_path

#: How a census shows a place that holds now this, now that; and one that never holds anything.
MIXED, NOTHING = "JSON", "NULL"


class Unfit(Exception):  # no error: it tells which of two ways to take
    """A path that structs can't follow in this file."""


@dataclass
class Wanted:
    """What is read of a place in a document; grows with each path that is compiled."""

    fields: "dict[str, Wanted]" = field(default_factory=dict)
    item: "Wanted | None" = None
    is_text: bool = False

    def key(self, name: str) -> "Wanted":
        """The place below a key. Raises Unfit for a key that differs in case only, which structs can't tell."""
        if self.item or self.is_text or any(o != name and o.casefold() == name.casefold() for o in self.fields):
            raise Unfit
        return self.fields.setdefault(name, Wanted())

    def element(self) -> "Wanted":
        """The place of a list's elements."""
        if self.fields or self.is_text:
            raise Unfit
        self.item = self.item or Wanted()
        return self.item

    def text(self) -> None:
        """The place is read as text."""
        if self.fields or self.item:
            raise Unfit
        self.is_text = True

    def structure(self) -> Any:
        """The structure that `from_json` reads it with."""
        if self.fields:
            return {name: inner.structure() for name, inner in self.fields.items()}
        return [self.item.structure()] if self.item else "VARCHAR"


@dataclass(frozen=True)
class Place:
    """Where a path has come to: its SQL, what the file holds there, what is read of it.

    `shared` collects common beginnings; None inside a list's element, which no column can hold.
    """

    sql: str
    shape: Any
    wanted: Wanted
    shared: Once | None = None

    def below(self, token: str | int) -> "Place | None":
        """One step by key or position; None where no document has anything."""
        if self.shape == MIXED:
            raise Unfit
        if isinstance(token, str) and isinstance(self.shape, dict) and token in self.shape:
            found = self.shape[token]
            inner = f"struct_extract({self.sql}, {literal(token)})"
            return None if found == NOTHING else Place(inner, found, self.wanted.key(token), self.shared)
        if isinstance(token, int) and isinstance(self.shape, list):
            return self._element(f"{self.sql}[{token + 1 if token >= 0 else token}]")
        return None

    def each(self) -> "tuple[str, Place] | None":
        """SQL of the list here, and an element of it, called `e`; anything else is a list of one."""
        if self.shape == MIXED:
            raise Unfit
        if not isinstance(self.shape, list):
            return f"[{self.sql}]", Place("e", self.shape, self.wanted)
        inner = self._element("e")
        return (self.sql, inner) if inner else None

    def _element(self, sql: str) -> "Place | None":
        shared = self.shared if sql != "e" else None
        return None if self.shape[0] == NOTHING else Place(sql, self.shape[0], self.wanted.element(), shared)


def definition(column: str, wanted: Wanted) -> str:
    """SQL of a column's struct; null for a text that is no JSON."""
    return f"try(from_json({column}, {literal(json.dumps(wanted.structure(), ensure_ascii=False))}))"


def text(place: Place, tokens: list[Token], reference: Reference) -> str | None:
    """SQL of the text at a path, as `paths.json_text`; None where no document has one."""
    at: Place | None = place
    for number, token in enumerate(tokens):
        if at is None:
            return None
        if isinstance(token, str | int):
            at = at.below(token)
        elif not token:
            found = texts(at, tokens[number:], reference)
            return f"array_to_string({found}, ';')" if found else None
        else:
            each = at.each()
            if each is None:
                return None
            listed, inner = each
            which = f"list_transform({listed}, lambda e: coalesce({fits(inner, token, reference)}, false))"
            fitting = f"{listed}[list_position({which}, true)]"
            at = Place(at.shared.column(fitting) if at.shared else fitting, inner.shape, inner.wanted, at.shared)
    if at is None:
        return None
    at.wanted.text()
    return at.sql


def texts(place: Place, tokens: list[Token], reference: Reference, form: str = "{}") -> str | None:
    """SQL of the list of all texts at a path, as `paths.json_list`; None where no document has one.

    Elements that fail a test are nulls in the list. `form`: SQL around each text.
    """
    found = elements(place, tokens, reference)
    if found is None:
        return None
    listed, at, test = found
    at.wanted.text()
    return f"list_transform({listed}, lambda e: {_tested(form.format(at.sql), test)})"


def elements(place: Place, tokens: list[Token], reference: Reference) -> tuple[str, Place, str | None] | None:
    """SQL of the list of all values at a path, one of them as `e`, and its test; None where there is no such path."""
    listed, at, test = f"[{place.sql}]", Place("e", place.shape, place.wanted), None
    for token in [*tokens, None]:
        if isinstance(token, str | int):
            below = at.below(token)
            if below is None:
                return None
            at = below
            continue
        each = at.each()
        if each is None:
            return None
        listed = f"flatten(list_transform({listed}, lambda e: {_tested(each[0], test)}))"
        listed = place.shared.column(listed) if place.shared and token is not None else listed
        at = each[1]
        test = fits(at, token, reference) if token else None
    return listed, at, test


def _tested(sql: str, test: str | None) -> str:
    return f"case when {test} then {sql} end" if test else sql


def fits(element: Place, tests: tuple[Test, ...], reference: Reference) -> str:
    """SQL of whether an element passes all tests."""
    found = ((text(element, parse_path(test.path), reference) or "null::varchar", test) for test in tests)
    return " and ".join(holds(sql, test, reference) for sql, test in found)
