"""The command that makes a hotel group to try things on."""

from pathlib import Path

import typer

from guestbook.cli.options import HomeOption, JsonOption, date_of, print_json, settings_of
from guestbook.cli.summary import show_summary
from guestbook.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(simulate)


def simulate(
    context: typer.Context,
    customers: int = typer.Option(1500, "--customers", min=60, help="How many customers the group has had."),
    start: str = typer.Option(..., "--from", help="First day of its history, YYYY-MM-DD."),
    end: str = typer.Option(..., "--to", help="Last day, YYYY-MM-DD."),
    seed: int = typer.Option(1, "--seed", min=0, help="The same seed gives the same files."),
    nights: int = typer.Option(
        7,
        "--nights",
        min=1,
        help="How many last nights arrive night by night; what is before arrives as yearly exports.",
    ),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a hotel group's feeds under the landing folder, and the truth beside them (never read by the pipeline)."""
    from simulator import simulate as make_world

    settings = settings_of(context, home)
    settings.prepare_home()
    try:
        summary = make_world(
            Path(settings.landing),
            settings.home / "truth",
            customers=customers,
            start=date_of(start),
            end=date_of(end),
            seed=seed,
            nights=nights,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None
    if as_json:
        print_json(summary)
    else:
        show_summary(summary)
