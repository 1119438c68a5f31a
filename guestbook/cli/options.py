"""Options and output that all commands share."""

import json
import logging
import sys
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.table import Table

from guestbook.errors import GuestbookError
from guestbook.night import parse_night_date
from guestbook.settings import Settings

HomeOption = Annotated[
    str | None, typer.Option("--home", help="Folder that holds everything a run writes (or GUESTBOOK_HOME).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
LanguageOption = Annotated[
    str | None, typer.Option("--language", help="Language of labels, en or zh (or GUESTBOOK_LANGUAGE).")
]

console = Console()
error_console = Console(stderr=True, highlight=False)

PIPE_WIDTH = 10_000  # characters of a line of a table where no terminal ends it


def settings_of(context: typer.Context, home: str | None, **overrides: Any) -> Settings:
    """The settings of a command: `--home` after the command beats the one before it."""
    logging.basicConfig(
        level=logging.WARNING, format="%(message)s", handlers=[RichHandler(console=error_console, show_path=False)]
    )
    return Settings.load(home=home or (context.obj or {}).get("home"), **overrides)


def date_of(text: str) -> date:
    """A date option."""
    return parse_night_date(text)


def print_json(content: Any) -> None:
    """JSON on standard output, nothing else."""
    sys.stdout.write(json.dumps(content, indent=2, default=str) + "\n")


def print_table(table: Table) -> None:
    """A table, as wide as the terminal; in a pipe or file every row is a line, whatever its length."""
    where = console if console.is_terminal else Console(width=PIPE_WIDTH)
    where.print(table, markup=False)


def show_error(error: GuestbookError) -> None:
    """The message alone: a traceback helps nobody who has to fix a file or a setting."""
    error_console.print(f"guestbook: {error}", markup=False, soft_wrap=True)
