"""Where a delivered file and its rows wait while they are loaded: as delivered, so nothing of them may stay."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from guestbook.settings import Settings

OWNER = ".owner"


@contextmanager
def draft_folder(settings: Settings) -> Iterator[Path]:
    """A folder under the home that only its owner may read, gone when the block ends.

    What processes that were killed left behind is taken away first: the system frees the lock of a dead process.
    """
    parent = _parent(settings)
    with FileLock(parent / OWNER):
        _forget(parent)
        folder = Path(tempfile.mkdtemp(dir=parent))
        owner = FileLock(folder / OWNER)
        owner.acquire()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        owner.release()


def forget_drafts(settings: Settings) -> None:
    """Take away what killed processes left behind; a folder in use stays."""
    parent = _parent(settings)
    with FileLock(parent / OWNER):
        _forget(parent)


def _parent(settings: Settings) -> Path:
    parent = settings.home / "draft"
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return parent


def _forget(parent: Path) -> None:
    for folder in parent.glob("*/"):
        try:
            with FileLock(folder / OWNER, timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
        except (Timeout, FileNotFoundError):  # in use, or gone by its owner since it was listed
            continue
