"""Identity: which source records are one customer.

Reads staging.stg_person_record, writes the identity tables and, after the gate, the lake's id records.
"""

from identity.approval import approval_question, approve
from identity.explain import explain
from identity.health import measure_health
from identity.match.withdrawal import withdraw_model
from identity.preview import preview
from identity.review import review
from identity.stage import commit, ensure_model, resolve, train

__all__ = [
    "approval_question",
    "approve",
    "commit",
    "ensure_model",
    "explain",
    "measure_health",
    "preview",
    "resolve",
    "review",
    "train",
    "withdraw_model",
]
