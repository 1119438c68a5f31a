"""Where the rows of a file wait while it is loaded: as delivered, so nothing of it may stay."""

import shutil
import tempfile
from pathlib import Path

from guestbook.lake import accepted_file
from guestbook.settings import Settings

PREFIX = ".load."


def draft_folder(accepted: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder beside the file that a load will write, gone when the load ends."""
    return tempfile.TemporaryDirectory(prefix=PREFIX, dir=accepted.parent)


def forget_drafts(settings: Settings, feed: str) -> None:
    """Take away what killed loads of a feed left behind. None of its files may be loading."""
    for folder in accepted_file(settings, feed, "").parent.glob(f"{PREFIX}*"):
        shutil.rmtree(folder, ignore_errors=True)
