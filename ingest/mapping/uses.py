"""What a mapping reads: names and paths of the export, and whether the place of a row matters."""

from collections.abc import Iterator
from typing import Any

from ingest.mapping.feed import FeedMapping

#: Operations that need to know where in the file a row stands.
POSITIONED = ("row_number", "number_within", "above")


def all_texts(mapping: FeedMapping) -> set[str]:
    """Every text of the mapping that could be a name or path of the export."""
    found = {text for name in mapping.columns for text in column_texts(mapping, name)}
    found |= {name for condition in (*mapping.only_rows, *mapping.skip_rows) for name in condition}
    return found | set(mapping.unpivot.columns if mapping.unpivot else ())


def column_texts(mapping: FeedMapping, name: str) -> set[str]:
    """The same of one canonical column."""
    return set(_strings(mapping.columns[name].model_dump(exclude_none=True)))


def needs_position(mapping: FeedMapping) -> bool:
    """Whether some value of the mapping is made from the row's place in the file."""

    def uses(value: Any) -> bool:
        if isinstance(value, dict):
            return any(value.get(name) for name in POSITIONED) or any(map(uses, value.values()))
        return isinstance(value, list | tuple) and any(map(uses, value))

    return uses([value.model_dump(exclude_none=True) for value in mapping.columns.values()])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from [name, *_strings(part)]
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)
