"""The gates: each feed, the customers and the scores. A critical failure blocks, a warning passes and is shown."""

from expectations.gates import gate_customers, gate_feed, gate_scores, override
from expectations.load_page import write_load_page
from expectations.outcome import GateOutcome
from expectations.page import write_gate_page
from expectations.record import releasable

__all__ = [
    "GateOutcome",
    "gate_customers",
    "gate_feed",
    "gate_scores",
    "override",
    "releasable",
    "write_gate_page",
    "write_load_page",
]
