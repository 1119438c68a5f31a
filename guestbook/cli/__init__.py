"""The `guestbook` command. Each topic is a module of this package; nothing heavy is imported before a command runs."""

import sys

import typer

from guestbook.cli import (
    customer,
    diff,
    docs,
    explain,
    export,
    gate,
    identity,
    models,
    night,
    quarantine,
    sources,
    ui,
    withdraw,
    world,
)
from guestbook.cli.options import show_error
from guestbook.errors import GuestbookError

app = typer.Typer(
    name="guestbook",
    help="The nightly pipeline that gives a hotel group one trustworthy view of every customer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
night.register(app)
world.register(app)
ui.register(app)
sources.register(app)
quarantine.register(app)
gate.register(app)
docs.register(app)
customer.register(app)
explain.register(app)
diff.register(app)
export.register(app)
identity.register(app)
models.register(app)
withdraw.register(app)


@app.callback()
def common(
    context: typer.Context,
    home: str | None = typer.Option(
        None, "--home", help="Folder that holds everything a run writes (or GUESTBOOK_HOME)."
    ),
) -> None:
    """Options that stand before the command."""
    context.obj = {"home": home}


def main() -> None:
    """Entry point: exit code 0 done, 1 failed, 2 wrong usage, 3 blocked by a gate; 143 and 130 told to end."""
    try:
        app()
    except GuestbookError as error:
        show_error(error)
        sys.exit(error.exit_code)
