"""Identity: which source records are one customer.

Reads staging.stg_person_record, writes the identity tables and, after the gate, the lake's id records.
"""

from identity.explain import explain
from identity.health import measure_health
from identity.stage import commit, resolve, train

__all__ = ["commit", "explain", "measure_health", "resolve", "train"]
