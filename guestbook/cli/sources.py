"""Commands for vendors and their mappings: list, new, check."""

from dataclasses import asdict
from pathlib import Path

import typer
from rich.table import Table

from guestbook.cli.options import HomeOption, JsonOption, console, print_json, print_table, settings_of

sources_app = typer.Typer(help="Vendors and how their exports are mapped.", no_args_is_help=True)
SampleOption = typer.Option(..., "--from", help="A sample file of the export.")
FileArgument = typer.Argument(help="A file as the vendor delivers it.")
FeedOption = typer.Option(None, "--feed", help="reservations, pos_checks or interactions; default: what fits.")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(sources_app, name="sources")


@sources_app.command("list")
def list_vendors(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Vendors that are known, where their mappings are, and what is wrong with them."""
    from ingest.check import list_sources

    found = list_sources(settings_of(context, home))
    if as_json:
        print_json(found)
        return
    table = Table("vendor", "feeds", "mapping", "problem")
    for entry in found:
        table.add_row(
            entry["vendor"], ", ".join(entry["feeds"]), entry["path"] or entry["origin"], entry["problem"] or ""
        )
    print_table(table)


@sources_app.command()
def new(
    context: typer.Context,
    name: str = typer.Argument(help="Name of the vendor: its folder in landing."),
    sample: Path = SampleOption,
    feed: str | None = FeedOption,
    overwrite: bool = typer.Option(False, "--overwrite", help="Replace the mapping that is there."),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose a mapping from a sample, by names and content, into <home>/sources/NAME/mapping.yml."""
    from ingest.propose import propose, write_proposal

    proposal = propose(name, sample, feed)
    path = write_proposal(settings_of(context, home), proposal, overwrite)
    if as_json:
        print_json({**asdict(proposal), "path": str(path)})
        return
    doubtful = [guess for guess in proposal.guesses if guess.doubt]
    console.print(proposal.text, markup=False, highlight=False, soft_wrap=True)
    lacking = f": {', '.join(proposal.missing)}" if proposal.missing else ""
    console.print(
        f"{path}: {proposal.feed}, {len(proposal.guesses)} columns proposed, {len(doubtful)} doubtful,"
        f" {len(proposal.missing)} required ones not found{lacking}",
        markup=False,
        soft_wrap=True,
    )
    console.print(
        f"Next: look at the lines with `# ?`, then guestbook sources check {sample} --vendor {name}", markup=False
    )


@sources_app.command()
def check(
    context: typer.Context,
    file: Path = FileArgument,
    vendor: str = typer.Option(..., "--vendor", help="Whose mapping to try; `canonical` needs none."),
    feed: str | None = FeedOption,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What would load, what would be quarantined and why, five mapped rows (personal data masked). Writes nothing."""
    from ingest.check import check as try_file

    found = try_file(settings_of(context, home), file, vendor, feed)
    if as_json:
        print_json(asdict(found))
        return
    loaded = found.loaded
    console.print(
        f"{found.feed}: {loaded.rows_read} rows read, {loaded.rows_loaded} would load,"
        f" {loaded.rows_duplicate} duplicates, {loaded.rows_quarantined} would be quarantined",
        markup=False,
        soft_wrap=True,
    )
    for title, counts in (
        ("quarantined because", loaded.quarantine_counts),
        ("values set aside in", loaded.rejected_counts),
    ):
        for what, count in counts.items():
            console.print(f"  {title} {what}: {count}", markup=False, soft_wrap=True)
    if loaded.unmapped_columns:
        console.print(
            f"  not mapped, kept in extra: {', '.join(loaded.unmapped_columns)}", markup=False, soft_wrap=True
        )
    for text in loaded.warnings:
        console.print(f"  warning: {text}", markup=False, soft_wrap=True)
    for row in found.rows:
        console.print(", ".join(f"{name}={value}" for name, value in row.items()), markup=False, soft_wrap=True)
