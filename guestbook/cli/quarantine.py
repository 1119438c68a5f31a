"""Commands for rows that were set aside: list, show, retry."""

import typer
from rich.table import Table

from guestbook.cli.options import HomeOption, JsonOption, console, print_json, print_table, settings_of

quarantine_app = typer.Typer(help="Rows that were set aside: what, why, and how to load them.", no_args_is_help=True)
FeedOption = typer.Option(None, "--feed", help="reservations, pos_checks or interactions; default: all.")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(quarantine_app, name="quarantine")


@quarantine_app.command("list")
def list_files(
    context: typer.Context, feed: str | None = FeedOption, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Deliveries with quarantined rows that no retry has read yet, with the reasons counted."""
    from ingest.quarantine import open_files

    files = open_files(settings_of(context, home), feed)
    if as_json:
        print_json([{name: value for name, value in vars(file).items() if name != "entry"} for file in files])
        return
    if not files:
        console.print("Nothing is quarantined.")
        return
    table = Table("delivery", "file", "rows", "reasons")
    for file in files:
        reasons = "; ".join(f"{count} x {reason}" for reason, count in file.reasons.items())
        table.add_row(str(file.delivery_sequence), file.file_name, str(file.rows_quarantined), reasons)
    print_table(table)


@quarantine_app.command()
def show(
    context: typer.Context,
    delivery: int = typer.Argument(help="Delivery number from `guestbook quarantine list`."),
    limit: int = typer.Option(10, "--limit", min=1, help="How many rows."),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Quarantined rows as they were delivered (personal data included; document and card numbers hashed)."""
    from ingest.quarantine import quarantined_rows

    rows = quarantined_rows(settings_of(context, home), delivery, limit)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        console.print(f"row {row['row_number']}: {'; '.join(row['reasons'])}", markup=False, style="bold")
        console.print(row["raw"], markup=False, soft_wrap=True)


@quarantine_app.command()
def retry(
    context: typer.Context,
    delivery: int | None = typer.Argument(None, help="Delivery number; default: every open one."),
    feed: str | None = FeedOption,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read quarantined rows again with the mappings as they are now; the next night takes what passes."""
    from ingest.quarantine import retry as retry_rows

    results = retry_rows(settings_of(context, home), feed, delivery)
    if as_json:
        print_json([vars(result) for result in results])
        return
    if not results:
        console.print("Nothing is quarantined.")
        return
    table = Table("delivery", "file", "read", "loaded", "duplicate", "quarantined", "note")
    for result in results:
        counts = (result.rows_read, result.rows_loaded, result.rows_duplicate, result.rows_quarantined)
        note = result.problem or f"delivery {result.new_sequence}, in the next night"
        table.add_row(str(result.delivery_sequence), result.file_name, *map(str, counts), note)
    print_table(table)
