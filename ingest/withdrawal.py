"""Deliveries that a night took, when the night is taken back: the next one takes them from the landing again."""

from datetime import date, datetime

from guestbook.contracts import FEEDS
from guestbook.errors import GuestbookError
from guestbook.settings import Settings
from guestbook.wording import first_of
from ingest.landing import feed_files, reference_files
from ingest.ledger import LOADED, read_ledger

SHOWN = 5


def check_still_delivered(settings: Settings, night_date: date) -> None:
    """Raises GuestbookError that names files which a night loaded and which the landing does not hold as they were."""
    there = [file for feed in FEEDS for file in feed_files(settings, feed, night_date)]
    there += [file for found in reference_files(settings).values() for file in found]
    places = {(file.file_name, file.size, datetime.fromisoformat(file.modified_at)) for file in there}
    gone = sorted(
        row["file_name"]
        for row in read_ledger(settings).rows
        if row["night_date"] == night_date
        and row["load_status"] in LOADED
        and (row["file_name"], row["file_size"], row["file_modified_at"]) not in places
    )
    if gone:
        raise GuestbookError(
            f"the night of {night_date} loaded {len(gone)} files that are not in {settings.landing} as they were:"
            f" {first_of(gone, SHOWN)}. Put them back (with their times): without them their rows would be lost"
        )
