"""Commands that run nights and tell how they went."""

from datetime import date

import typer

from guestbook.cli.options import (
    HomeOption,
    JsonOption,
    console,
    date_of,
    error_console,
    print_json,
    settings_of,
)
from guestbook.cli.progress import progress
from guestbook.cli.summary import show_status, show_summary
from guestbook.night import ahead_of_calendar, last_night
from guestbook.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(nightly)
    app.command()(backfill)
    app.command()(train)
    app.command()(publish)
    app.command()(status)


def nightly(
    context: typer.Context,
    night_date: str = typer.Option(..., "--date", help="The hotel day that ended, YYYY-MM-DD."),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run one night through the Airflow DAGs, in process, on the embedded default."""
    from guestbook.airflow_run import run_night

    settings = settings_of(context, home)
    day = date_of(night_date)
    _warn_of_future(settings, day)
    with progress(f"night {day}") as show:
        run_night(settings, day, show)
    _report(settings, day, as_json)


def backfill(
    context: typer.Context,
    start: str = typer.Option(..., "--from", help="First night, YYYY-MM-DD."),
    end: str = typer.Option(..., "--to", help="Last night, YYYY-MM-DD."),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run several nights in ascending order."""
    from guestbook.airflow_run import run_backfill

    settings = settings_of(context, home)
    first, last = date_of(start), date_of(end)
    _warn_of_future(settings, max(first, last))
    with progress(f"nights {first} to {last}") as show:
        run_backfill(settings, first, last, show)
    _report(settings, max(first, last), as_json)


def train(
    context: typer.Context,
    as_of: str = typer.Option(..., "--date", help="Train on what was known by this date, YYYY-MM-DD."),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train the models again; a new one replaces the old only if it is not worse."""
    from guestbook.airflow_run import run_training

    settings = settings_of(context, home)
    with progress(f"training as of {as_of}"):
        runs = run_training(settings, date_of(as_of))
    if as_json:
        print_json(runs)
    else:
        for run in runs:
            console.print("  ".join(str(run[key]) for key in ("model_name", "model_version", "promotion_reason")))


def publish(
    context: typer.Context,
    to: str = typer.Option(..., "--to", help="Where to publish: a PostgreSQL URL."),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Publish the current snapshot to a database server."""
    from bi import publish_to

    counts = publish_to(settings_of(context, home), to)
    if as_json:
        print_json(counts)
    else:
        console.print(f"published {len(counts)} tables, {sum(counts.values()):,} rows")


def status(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """The last night, the tables and the paths."""
    from bi import status as read_status

    content = read_status(settings_of(context, home))
    if as_json:
        print_json(content)
    else:
        show_status(content)


def _report(settings: Settings, night_date: date, as_json: bool) -> None:
    from bi import summary

    _tell_of_past(settings, night_date)
    content = summary(settings, night_date)
    if as_json:
        print_json(content)
    else:
        show_summary(content)


def _warn_of_future(settings: Settings, night_date: date) -> None:
    warning = ahead_of_calendar(settings, night_date)
    if warning:
        _tell(f"{warning}. If that is not meant, stop this")


def _tell_of_past(settings: Settings, night_date: date) -> None:
    """Else a mistyped date far ahead, once run, would silently end all loading."""
    newest = last_night(settings)
    if night_date < newest:
        _tell(
            f"nights move forward, and the newest completed night is {newest}: the run of {night_date}"
            " loaded no file and changed no current table; it computed that night's history again. Was the night of"
            f" {newest} a mistake? `guestbook withdraw --date {newest}` takes it back"
        )


def _tell(what: str) -> None:
    error_console.print(f"guestbook: {what}", markup=False, soft_wrap=True)
