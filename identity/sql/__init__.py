"""All SQL of the identity stage: named statements of the `.sql` files; pairs and edges compiled from the rules."""

from identity.sql.linking import edge, neighbour, pair_candidate
from identity.sql.person import COLUMNS_OF_STAGING, PERSON_COLUMNS, changed_record, person_raw
from identity.sql.splink import (
    block_pair_count,
    filled_counts,
    frequencies,
    frequency_table,
    model_pair,
    set_threads,
    term_frequency,
    use,
    waterfall_pairs,
)
from identity.sql.statements import arrays, drop, drop_work_tables, keep_rows, rows, run, statement

__all__ = [
    "COLUMNS_OF_STAGING",
    "PERSON_COLUMNS",
    "arrays",
    "block_pair_count",
    "changed_record",
    "drop",
    "drop_work_tables",
    "edge",
    "filled_counts",
    "frequencies",
    "frequency_table",
    "keep_rows",
    "model_pair",
    "neighbour",
    "pair_candidate",
    "person_raw",
    "rows",
    "run",
    "set_threads",
    "statement",
    "term_frequency",
    "use",
    "waterfall_pairs",
]
