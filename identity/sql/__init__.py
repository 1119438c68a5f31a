"""All SQL of the identity stage: named statements of the `.sql` files; pairs and edges compiled from the rules."""

from identity.sql.carried import affected_record, carried, carrier_of_changes, carrier_of_touched
from identity.sql.linking import edge, neighbour, pair_candidate
from identity.sql.person import (
    COLUMNS_OF_STAGING,
    ORGANISATION_COLUMNS,
    PERSON_COLUMNS,
    changed_record,
    guest_visit,
    member_stay,
    organisation_booker,
    person_raw,
)
from identity.sql.statements import arrays, drop, drop_work_tables, keep_rows, rows, run, statement

__all__ = [
    "COLUMNS_OF_STAGING",
    "ORGANISATION_COLUMNS",
    "PERSON_COLUMNS",
    "affected_record",
    "arrays",
    "carried",
    "carrier_of_changes",
    "carrier_of_touched",
    "changed_record",
    "drop",
    "drop_work_tables",
    "edge",
    "guest_visit",
    "keep_rows",
    "member_stay",
    "neighbour",
    "organisation_booker",
    "pair_candidate",
    "person_raw",
    "rows",
    "run",
    "statement",
]
