"""Ingest: delivered files of one feed become accepted and quarantined rows and a load report.

A night of a feed: `discover` finds new files, `load_batch` loads them (batches run side by side), the gate looks at
`staged_files`, `commit` writes the ledger. `load_reference` comes first, for it holds time zones and currencies.
"""

from ingest.landing import landing_problems
from ingest.reference import load_reference
from ingest.stage import StagedFile, commit, discover, load_batch, staged_files
from ingest.withdrawal import check_still_delivered

__all__ = [
    "StagedFile",
    "check_still_delivered",
    "commit",
    "discover",
    "landing_problems",
    "load_batch",
    "load_reference",
    "staged_files",
]
