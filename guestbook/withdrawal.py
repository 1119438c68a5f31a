"""Taking the newest night back, as if it had not been run: what it alone wrote moves to `<home>/withdrawn`.

The warehouse is a function of the lake, so it goes, and the next night builds it again; deliveries that the night had
taken are new to the next one. Published files and models are taken back by the stages that own them.
"""

import errno
import os
import re
import shutil
from datetime import date
from pathlib import Path

from guestbook.errors import UsageError
from guestbook.files import atomic_path
from guestbook.lake import record_dir, record_files
from guestbook.night import night_folder, nights_run
from guestbook.settings import Settings


def check_is_newest(settings: Settings, night_date: date) -> None:
    """Raises UsageError unless this is the newest night that was begun: what a later one knows rests on it."""
    nights = nights_run(settings)
    if not nights:
        raise UsageError(f"no night was run in {settings.home}: there is nothing to take back")
    if night_date != nights[-1]:
        raise UsageError(
            f"only the newest night can be taken back, and that is {nights[-1]}, not {night_date}:"
            f" take it back first (`guestbook withdraw --date {nights[-1]}`), and so on downwards"
        )


def withdrawn_folder(settings: Settings, night_date: date) -> Path:
    """A new folder, its owner's only, for what one withdrawal takes away."""
    before = len(list((settings.home / "withdrawn").glob(f"{night_date}_*")))
    folder = settings.home / "withdrawn" / f"{night_date}_{before + 1}"
    folder.mkdir(mode=0o700, parents=True)
    return folder


def put_away(path: Path, folder: Path) -> None:
    """Move a file or folder, if it is there, into another folder.

    Parts of a home may be file systems of their own, as `published` is on servers: each file is whole in its new place
    before it is gone from the old one.
    """
    if not path.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    try:
        os.replace(path, folder / path.name)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _carry_over(path, folder)


def withdraw_lake(settings: Settings, night_date: date, folder: Path) -> None:
    """Take a night out of lake, warehouse and reports. The caller holds the night's and the warehouse's lock.

    Its stage logs go last: until then it is the newest night, and the same call goes on where a killed one ended.
    """
    for path in settings.warehouse_file.parent.glob(f"{settings.warehouse_file.name}*"):
        if path.is_dir():  # where DuckDB spilled when it was killed
            shutil.rmtree(path)
        else:
            path.unlink()
    for table in sorted(path.name for path in record_dir(settings, "").glob("*")):
        for path in record_files(settings, table):
            if _is_of(path.stem, night_date):
                put_away(path, folder / "record" / table)
    put_away(settings.reports_dir / night_date.isoformat(), folder / "reports")
    shutil.rmtree(settings.lake / "staged" / night_date.isoformat(), ignore_errors=True)
    put_away(night_folder(settings, night_date), folder / "run")


def _carry_over(path: Path, folder: Path) -> None:
    """Copy to another file system, then delete."""
    if path.is_dir():
        for inner in sorted(path.iterdir()):
            put_away(inner, folder / path.name)
        path.rmdir()
        return
    with atomic_path(folder / path.name) as draft:
        shutil.copy2(path, draft)
    path.unlink()


def _is_of(name: str, night_date: date) -> bool:
    """Whether a record was written by a night: its name begins with it, that of a training with the model's name."""
    return re.match(rf"([a-z]+-)?{night_date}(-|$)", name) is not None
