"""The mapping language: how one vendor's export becomes a canonical feed, as validated data.

`texts` the small types, `value` one column's value, `feed` the whole, `meaning` what only contracts can judge,
`reading` YAML to a Mapping or to an error that names line, key, value and what is allowed.
"""

from ingest.mapping.feed import CsvStyle, FeedMapping, Mapping, Unpivot
from ingest.mapping.reading import read_mapping
from ingest.mapping.texts import ANY, Condition
from ingest.mapping.value import ListOf, NumberStyle, Value

__all__ = [
    "ANY",
    "Condition",
    "CsvStyle",
    "FeedMapping",
    "ListOf",
    "Mapping",
    "NumberStyle",
    "Unpivot",
    "Value",
    "read_mapping",
]
