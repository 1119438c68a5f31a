"""The command that takes the newest night back."""

import typer

from guestbook.cli.options import HomeOption, console, date_of, settings_of
from guestbook.errors import GuestbookError
from guestbook.night import newest_completed_night, past_nights_at_the_end
from guestbook.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(withdraw)


def withdraw(
    context: typer.Context,
    night_date: str = typer.Option(..., "--date", help="The newest night, YYYY-MM-DD."),
    home: HomeOption = None,
) -> None:
    """Take the newest night back, as if it had not been run: its files are new to the next night. Nothing is lost."""
    import bi
    import identity
    import ingest
    import ml
    from guestbook.airflow_environment import is_served
    from guestbook.lock import night_lock, no_work_lock, warehouse_lock
    from guestbook.withdrawal import check_is_newest, withdraw_lake, withdrawn_folder

    settings, day = settings_of(context, home), date_of(night_date)
    check_is_newest(settings, day)
    if is_served(settings):
        raise GuestbookError(f"an Airflow server runs over {settings.home}: stop it first, it may be running a night")
    with night_lock(settings), no_work_lock(settings), warehouse_lock(settings):
        ingest.check_still_delivered(settings, day)
        folder = withdrawn_folder(settings, day)
        reads_again = bi.withdraw_snapshot(settings, day, folder)
        identity.withdraw_model(settings, day, folder)
        ml.withdraw_models(settings, day, folder)
        withdraw_lake(settings, day, folder)
    shown = "BI reads the night before again" if reads_again else "BI reads what it read until the next night"
    console.print(f"the night of {day} is taken back: {shown}; what it wrote is in {folder}", soft_wrap=True)
    console.print(_what_next(settings), soft_wrap=True)


def _what_next(settings: Settings) -> str:
    """What is the newest night now, and what leads to the night that was meant."""
    newest = newest_completed_night(settings)
    past = ", ".join(str(night) for night in past_nights_at_the_end(settings))
    found = f"The newest completed night is {newest} now." if newest else "No night is completed now."
    if past:
        return (
            f"{found} Run as past nights, so without loading a file: {past}. Take them back as well, from {newest}"
            " downwards; then run the nights that you meant, in ascending order"
        )
    return f"{found} Run the night that you meant: it builds the warehouse again from the lake"
