"""Words that messages of every stage share."""

from collections.abc import Sequence


def first_of(texts: Sequence[str], most: int) -> str:
    """The first texts of a list and how many more there are: `a, b and 3 more`."""
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return f"{', '.join(texts[:most])}{more}"
