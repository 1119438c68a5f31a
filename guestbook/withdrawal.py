"""Taking the newest night back, as if it had not been run: what it alone wrote moves to `<home>/withdrawn`.

The warehouse is a function of the lake, so it goes, and the next night builds it again; deliveries that the night had
taken are new to the next one. Published files and models are taken back by the stages that own them.
"""

import re
import shutil
from datetime import date
from pathlib import Path

from guestbook.errors import UsageError
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

    Parts of a home may be file systems of their own, as `published` is on servers: there it is copied, then deleted. A
    kill between leaves it in its old place, where the next call finds it.
    """
    if path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.move(path, folder / path.name)


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


def _is_of(name: str, night_date: date) -> bool:
    """Whether a record was written by a night: its name begins with it, that of a training with the model's name."""
    return re.match(rf"([a-z]+-)?{night_date}(-|$)", name) is not None
