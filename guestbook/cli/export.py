"""Commands that hand published data to people: pages, tables, audiences."""

from pathlib import Path
from typing import Annotated

import typer

from guestbook.cli.options import HomeOption, JsonOption, LanguageOption, console, print_json, settings_of


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(pages)
    app.command()(export)
    app.command()(export_audience)


def pages(
    context: typer.Context,
    home: HomeOption = None,
    language: LanguageOption = None,
) -> None:
    """Write the nightly pages and call lists again from the published snapshot, for example in another language."""
    from bi import published_night, write_pages

    settings = settings_of(context, home, language=language)
    written = write_pages(settings, published_night(settings))
    console.print(f"{len(written)} files, first {written[0]}", soft_wrap=True)


def export(
    context: typer.Context,
    table: Annotated[str, typer.Argument(help="A mart, such as property_daily, or schema.table.")],
    to: Annotated[Path, typer.Option("--to", help="File to write; its name ends in .csv, .parquet or .xlsx.")],
    home: HomeOption = None,
) -> None:
    """Write a published table to a file for Excel or another tool, readable by its owner only."""
    from bi import export_table

    rows = export_table(settings_of(context, home), table, to)
    console.print(f"{table}: {rows:,} rows in {to}", soft_wrap=True)


def export_audience(
    context: typer.Context,
    audience: str = typer.Argument(
        ..., help="Code of a segment, value tier, stage or risk band, or a SELECT of customer_id."
    ),
    to: str = typer.Option(..., "--to", help="csv, parquet or xlsx."),
    by: str = typer.Option(..., "--by", help="Who exports: recorded in ops.audience_export."),
    channel: str = typer.Option("email", "--channel", help="email, sms or phone: whose consent counts."),
    file: Annotated[Path | None, typer.Option("--file", help="File to write; default: <home>/exports/.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write who of an audience may be contacted: consent given, not suppressed. Every export is recorded."""
    from bi import export_audience as write_audience

    path, record = write_audience(settings_of(context, home), audience, to, channel, by, file)
    if as_json:
        print_json(record | {"file": str(path)})
        return
    console.print(
        f"{record['row_count']:,} of {record['asked_count']:,} customers in {path}; left out:"
        f" {record['suppressed_count']:,} suppressed, {record['without_consent_count']:,} without consent or address,"
        f" {record['unknown_count']:,} unknown",
        soft_wrap=True,
    )
