"""The command that writes the documentation of all tables."""

import typer

from guestbook.cli.options import HomeOption, console, settings_of
from guestbook.cli.progress import progress


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(docs)


def docs(context: typer.Context, home: HomeOption = None) -> None:
    """Write dbt's documentation of every table and column, with lineage, as one offline page."""
    from guestbook.dbt_runner import write_docs

    settings = settings_of(context, home)
    with progress("dbt docs"):
        page = write_docs(settings)
    console.print(f"documentation: {page}", soft_wrap=True)
