"""The command that opens the Airflow UI over a home."""

import typer

from guestbook.cli.options import HomeOption, console, settings_of


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(ui)


def ui(
    context: typer.Context,
    home: HomeOption = None,
    port: int = typer.Option(8080, "--port", help="Port on loopback.", min=1, max=65535),
) -> None:
    """Open the Airflow UI on loopback over the same home. Schedules start paused; `run_night` runs a night."""
    from guestbook.airflow_server import USER, serve

    settings = settings_of(context, home)
    console.print("starting Airflow, about half a minute ...")
    try:
        for server in serve(settings, port):
            console.print(f"Airflow  {server.url}   user {USER}   password {server.password}", soft_wrap=True)
            console.print("Run a night: DAG run_night, button Trigger. Stop with Ctrl-C.")
    except KeyboardInterrupt:
        console.print("Airflow stopped")
