"""The command that lets a person overrule a gate, on the record."""

import getpass

import typer

from guestbook.cli.options import HomeOption, JsonOption, console, date_of, print_json, settings_of

gate = typer.Typer(name="gate", help="Overrule a gate, on the record.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(gate)


@gate.callback()
def commands() -> None:
    """Overrule a gate, on the record."""


@gate.command()
def override(
    context: typer.Context,
    night_date: str = typer.Option(..., "--date", help="The night whose gate blocked, YYYY-MM-DD."),
    rule: str = typer.Option(..., "--rule", help="The rule that may fail: the message of the gate names it."),
    reason: str = typer.Option(..., "--reason", help="Why the data is right as it is; kept with the night."),
    who: str | None = typer.Option(None, "--who", help="Who says so; default: the user of this computer."),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a rule fail in one night. Run the night again to act on it; what it held is then released."""
    import expectations

    row = expectations.override(settings_of(context, home), date_of(night_date), rule, reason, who or getpass.getuser())
    if as_json:
        print_json(row)
    else:
        console.print(f"{rule} may fail in the night of {row['night_date']} ({row['made_by']}); run the night again")
