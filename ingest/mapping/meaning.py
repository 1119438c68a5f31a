"""What is wrong with a mapping although its shape is right: judged by the contracts and by its own names."""

import re
from collections.abc import Iterator
from typing import Any

from guestbook.contracts import FEEDS, Column, Contract, contract
from ingest.mapping.mistakes import Mistake, meant

YES_OR_NO = ("true", "false", "yes", "no", "y", "n", "1", "0", "t", "f", "on", "off")
#: Codes of a column that has modifiers behind them are not final.
LATER = ("date_format", "epoch")


def problems(content: dict[str, Any]) -> list[Mistake]:
    """Unknown feeds and columns, required ones not mapped, codes that no column takes, names that nothing defines."""
    feeds = content.get("feeds")
    found: list[Mistake] = []
    for feed, mapping in feeds.items() if isinstance(feeds, dict) else ():
        place = ("feeds", feed)
        if feed not in FEEDS:
            found.append(
                Mistake(place, f"unknown feed {feed!r}{meant(feed, FEEDS)}; allowed: {', '.join(FEEDS)}".strip())
            )
        elif isinstance(mapping, dict) and isinstance(mapping.get("columns"), dict):
            found += _of_feed(place, contract(feed), mapping)
    return found


def _of_feed(place: tuple[str, ...], spec: Contract, mapping: dict[str, Any]) -> Iterator[Mistake]:
    columns = mapping["columns"]
    for name in sorted(set(columns) - set(spec.column_names)):
        allowed = ", ".join(spec.column_names)
        hint = meant(name, spec.column_names) or _containing(name, spec.column_names)
        yield Mistake((*place, "columns", name), f"unknown columns {name}{hint}; allowed: {allowed}")
    optional = {"source_system"} | {c.name for c in spec.columns if c.default or c.default_from_property}
    missing = [name for name in spec.required if name not in columns and name not in optional]
    if missing:
        yield Mistake((*place, "columns"), f"required columns not mapped: {', '.join(missing)}")
    if mapping.get("newest_check_replaces_lines") == "true" and "line_number" not in spec.column_names:
        yield Mistake((*place, "newest_check_replaces_lines"), "only checks have lines: belongs to pos_checks")
    groups = _groups(mapping.get("path_pattern"))
    for name, value in columns.items():
        here = (*place, "columns", name)
        if name in spec.column_names:
            yield from _codes(here, spec.column(name), value)
        for key, text in _named(value):
            if key == "path_part" and text not in groups:
                known = ", ".join(sorted(groups)) or "none: path_pattern has no (?P<name>...)"
                yield Mistake(here, f"path_part {text!r} is no group of path_pattern; groups: {known}")
            if key == "column" and text not in columns:
                yield Mistake(here, f"column {text!r} is used but not mapped{meant(text, columns)}")


def _codes(place: tuple[str, ...], column: Column, value: Any) -> Iterator[Mistake]:
    """Our side of a code list, or a constant, that the column does not take."""
    allowed = column.allowed or (YES_OR_NO if column.type == "bool" else None)
    if allowed is None or not isinstance(value, dict) or any(name in value for name in LATER):
        return
    texts = value["codes"].values() if isinstance(value.get("codes"), dict) else [value.get("constant", "")]
    for text in sorted({str(text) for text in texts if text} - {*allowed}):
        if text.lower().replace(" ", "_").replace("-", "_") not in allowed:
            yield Mistake(
                place, f"{text!r} is no value of {place[-1]}{meant(text, allowed)}; allowed: {', '.join(allowed)}"
            )
    for part in value.get("first_of", ()) if isinstance(value.get("first_of"), list) else ():
        yield from _codes(place, column, part)


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """Every (key, text) below a value."""
    if isinstance(value, dict):
        for key, part in value.items():
            if isinstance(part, str):
                yield key, part
            elif key not in ("codes", "replace", "when", "unless"):
                yield from _named(part)
    elif isinstance(value, list):
        for part in value:
            yield from _named(part)


def _groups(pattern: Any) -> set[str]:
    return set(re.findall(r"[(][?]P<(\w+)>", pattern)) if isinstance(pattern, str) else set()


def _containing(name: str, allowed: tuple[str, ...]) -> str:
    found = [other for other in allowed if name.casefold() in other.split("_") or other.startswith(name.casefold())]
    return f"; did you mean {' or '.join(found[:3])}?" if found else ""
