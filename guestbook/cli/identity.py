"""Commands of the identity steward: decide about pairs, see what it would change, review doubts, approve a night."""

import csv
import getpass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from guestbook.cli.options import HomeOption, JsonOption, console, date_of, print_json, settings_of
from guestbook.errors import UsageError
from guestbook.night import APPROVAL_STAGE, stage_logs
from guestbook.settings import Settings

identity = typer.Typer(name="identity", help="Decide who is who, on the record.", no_args_is_help=True)
CsvOption = Annotated[Path | None, typer.Option("--csv", help="Write them to a file instead.")]
ReasonOption = typer.Option(..., "--reason", help="Why; kept with the decision.")
ByOption = typer.Option(None, "--by", help="Who says so; default: the user of this computer.")
FIRST, SECOND = (typer.Argument(..., help="A source record id, or a customer id (its anchor record).") for _ in "ab")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(identity)


@identity.command()
def link(
    context: typer.Context,
    first: str = FIRST,
    second: str = SECOND,
    is_must: bool = typer.Option(False, "--must", help="They are one person."),
    is_cannot: bool = typer.Option(False, "--cannot", help="They are two people."),
    reason: str = ReasonOption,
    by: str | None = ByOption,
    home: HomeOption = None,
) -> None:
    """Say that two records are one person, or can't be. The next night acts on it; `identity preview` shows how."""
    from guestbook.warehouse import built_warehouse
    from identity.preview import record_of
    from identity.steward import StewardLink, add_steward_link, steward_file

    if is_must == is_cannot:
        raise UsageError("say either --must (one person) or --cannot (two people)")
    settings = settings_of(context, home)
    with built_warehouse(settings) as con:
        one, other = record_of(con, first), record_of(con, second)
    decision = StewardLink(one, other, "must_link" if is_must else "cannot_link")
    replaced = add_steward_link(settings, decision, reason, by or getpass.getuser(), _now())
    console.print(f"{decision.decision}: {one} {other}", soft_wrap=True, highlight=False)
    for row in replaced:
        said = ", ".join(row[name] for name in ("decided_by", "decided_at", "reason") if row.get(name))
        console.print(f"replaces {row['decision']} ({said})", soft_wrap=True, highlight=False, markup=False)
    console.print(
        f"written to {steward_file(settings)}; see what it changes: guestbook identity preview", soft_wrap=True
    )


@identity.command()
def unlink(context: typer.Context, first: str = FIRST, second: str = SECOND, home: HomeOption = None) -> None:
    """Take a decision about two records back; the next night acts on it."""
    from guestbook.warehouse import built_warehouse
    from identity.preview import record_of
    from identity.steward import read_steward_links, remove_steward_link

    settings = settings_of(context, home)
    listed = {record for decided in read_steward_links(settings) for record in decided[:2]}
    with built_warehouse(settings) as con:  # a listed record may be gone by now
        one, other = (some_id if some_id in listed else record_of(con, some_id) for some_id in (first, second))
    remove_steward_link(settings, one, other)
    console.print("taken back; see what it changes: guestbook identity preview")


@identity.command()
def preview(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """What the steward's list would change: customers merged and split, revenue moved, segments and tiers. No write."""
    from identity import preview as make_preview

    content = make_preview(settings_of(context, home))
    if as_json:
        print_json(content)
        return
    totals, currency = content["totals"], content["currency_code"]
    console.print(
        f"customers {totals['customer_count_before']:,} -> {totals['customer_count_after']:,}:"
        f" {totals['merged_count']} merged, {totals['split_count']} split, {totals['new_count']} new;"
        f" {totals['moved_record_count']} records and {totals['moved_revenue_amount']:,.2f} {currency} move"
    )
    _show_rows(content["customers"])


@identity.command()
def review(
    context: typer.Context,
    limit: int = typer.Option(50, "--limit", min=1, help="How many doubts, the most revenue at stake first."),
    to_csv: CsvOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Links near the line, strong links refused by a guard, clusters cut: most revenue first, with the evidence."""
    from guestbook.files import atomic_path
    from guestbook.warehouse import built_warehouse
    from identity import review as find_doubts

    with built_warehouse(settings_of(context, home)) as con:
        rows = find_doubts(con, limit)
    if as_json:
        print_json(rows)
    elif to_csv:
        with atomic_path(to_csv.absolute()) as draft, draft.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]) if rows else ["doubt_code"])
            writer.writeheader()
            writer.writerows(rows)
        console.print(f"{len(rows)} doubts: {to_csv}", soft_wrap=True)
    else:
        _show_rows(rows)
        console.print(
            f"{len(rows)} doubts. Evidence: guestbook explain CUSTOMER_ID; decide: guestbook identity link",
            soft_wrap=True,
        )


@identity.command()
def approve(
    context: typer.Context,
    night_date: str = typer.Option(..., "--date", help="The night that waits, YYYY-MM-DD."),
    reason: str = ReasonOption,
    by: str | None = ByOption,
    home: HomeOption = None,
) -> None:
    """Let a night that asked re-identify more customers than the limit. Run the night again to act on it."""
    from identity import approve as record_approval

    night, settings = date_of(night_date), settings_of(context, home)
    if not _is_asking(settings, night):
        raise UsageError(
            f"the night of {night} does not wait for an approval: `guestbook nightly --date {night}` asks if it has to"
            " (a night of Airflow asks under Required Actions and is answered there)"
        )
    record_approval(settings, night, reason, by or getpass.getuser(), _now())
    console.print(f"approved for the night of {night}; run it again: guestbook nightly --date {night}")


def _is_asking(settings: Settings, night: date) -> bool:
    logs = stage_logs(settings, night)
    return any(log["stage_name"] == APPROVAL_STAGE and log["stage_status"] == "blocked" for log in logs)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")  # stamp


def _show_rows(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        known = "  ".join(f"{name}={value}" for name, value in row.items() if value is not None)
        console.print(f"  {known}", soft_wrap=True, highlight=False, markup=False)
