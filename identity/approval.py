"""A night that would give many known records another customer waits for a person's yes.

Not asked: on a first load (nobody is known yet), under new rules or a new match model until its ids are committed
(many changes are the point),
for a handful of changes, and for those that a bulk of new records explains.
"""

from datetime import date

import duckdb
import pyarrow as pa

from guestbook.errors import UsageError
from guestbook.lake import read_records, write_record
from guestbook.settings import Settings
from identity import sql
from identity.ids import committed_nights

RECORD = "identity_approval"
#: Fewer changes than this are looked at one by one.
CHANGE_MINIMUM = 20
#: A bulk of new records re-identifies known ones in proportion; only more than this per new record is a question.
CHANGE_PER_NEW = 0.25
SCHEMA = pa.schema(
    [
        ("night_date", pa.date32()), ("reason", pa.string()), ("approved_by", pa.string()),
        ("approved_at", pa.string()),
    ]
)  # fmt: skip


def approval_question(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> str | None:
    """What a person has to decide before the night's ids become permanent; None when there is nothing to ask.

    Reads ops.identity_health of the night (`measure_health` comes first).
    """
    if night_date in read_records(settings, RECORD, SCHEMA)["night_date"].to_pylist():
        return None
    found = sql.rows(
        con,
        "approval_rows",
        night_date=night_date,
        committed_nights=committed_nights(settings),
        change_limit=settings.identity_change_limit,
        change_minimum=CHANGE_MINIMUM,
        change_per_new=CHANGE_PER_NEW,
    ).to_pylist()
    if not found:
        return None
    reasons = "\n".join(f"- {row['metric_name']} is {row['metric_value']:.1%}: {row['detail']}" for row in found)
    return (
        f"the night of {night_date} would re-identify more than {settings.identity_change_limit:.1%}"
        f" (GUESTBOOK_IDENTITY_CHANGE_LIMIT) of who was known before:\n{reasons}\n"
        "no id became permanent and published data stays as it was. Look: `guestbook identity review`;"
        " undo a wrong link: `guestbook identity link A B --cannot`;"
        f" if it is right: `guestbook identity approve --date {night_date} --reason '...'`, then run the night again"
    )


def approve(settings: Settings, night_date: date, reason: str, approved_by: str, approved_at: str) -> None:
    """Record a person's yes to the night's new identities; raises UsageError without a reason."""
    if not reason.strip():
        raise UsageError("an approval needs a reason: it is kept with the night")
    row = {
        "night_date": night_date, "reason": reason.strip(), "approved_by": approved_by, "approved_at": approved_at,
    }  # fmt: skip
    write_record(settings, RECORD, night_date.isoformat(), pa.Table.from_pylist([row], schema=SCHEMA))
