"""The command that tells why a number changed."""

import dataclasses
from typing import Any

import typer

from guestbook.cli.options import HomeOption, JsonOption, console, date_of, print_json, settings_of


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(diff)


def diff(
    context: typer.Context,
    first: str = typer.Argument(..., help="The earlier night, YYYY-MM-DD."),
    last: str = typer.Argument(..., help="The later night."),
    figure: str | None = typer.Option(None, help="One headline figure, with the files and customers behind each part."),
    mart: str | None = typer.Option(None, help="Rows and sums of one mart instead (the newest published nights only)."),
    customer: str | None = typer.Option(None, help="What one customer_id had to do with it."),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell why the headline figures moved between two nights: by cause, and the files and customers behind it."""
    from bi import diff as books
    from bi.diff.mart import mart_difference

    settings, nights = settings_of(context, home), (date_of(first), date_of(last))
    if mart:
        content: Any = mart_difference(settings, mart, *nights)
        print_json(content) if as_json else _show_mart(content)
    elif customer:
        content = books.customer_story(settings, customer, *nights)
        print_json(content) if as_json else _show_rows(f"customer {customer}", content)
    else:
        found = books.movements(settings, *nights, figure)
        if as_json:
            print_json([dataclasses.asdict(one) for one in found])
            return
        for one in found:
            _show_movement(one, is_detailed=figure is not None)


def _show_movement(movement: Any, is_detailed: bool) -> None:
    change = movement.after - movement.before
    console.print(
        f"{movement.figure_code:<18} {movement.before:>18,.2f} -> {movement.after:>18,.2f}  {change:>+16,.2f}",
        highlight=False,
    )
    for part in movement.parts:
        behind = f"{part.customer_count:,} customers, {part.file_count:,} files"
        console.print(f"    {part.cause_code:<16} {part.amount:>+16,.2f}  {behind}", highlight=False)
        for name, amount in (*part.files, *part.customers) if is_detailed else ():
            console.print(f"        {amount:>+16,.2f}  {name}", highlight=False, markup=False, soft_wrap=True)


def _show_mart(content: dict[str, Any]) -> None:
    console.print(f"mart {content['mart']}, one row per {', '.join(content['grain'])}", highlight=False)
    for name, count in content["rows"].items():
        console.print(f"    rows {name:<8} {count:>12,}", highlight=False)
    for row in content["columns"]:
        console.print(f"    sum of {row['column']}: {row['before']} -> {row['after']}", highlight=False)


def _show_rows(title: str, rows: list[dict[str, Any]]) -> None:
    console.print(f"{title}: {len(rows)} movements", highlight=False)
    for row in rows:
        known = "  ".join(f"{name}={value}" for name, value in row.items() if value is not None)
        console.print(f"  {known}", soft_wrap=True, highlight=False, markup=False)
