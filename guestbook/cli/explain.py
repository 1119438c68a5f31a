"""The command that tells why a customer is who the pipeline says."""

from pathlib import Path
from typing import Annotated, Any

import typer

from guestbook.cli.options import HomeOption, JsonOption, console, print_json, settings_of

HtmlOption = Annotated[Path | None, typer.Option("--html", help="Write it as a page, readable by its owner only.")]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(explain)


def explain(
    context: typer.Context,
    customer_id: str = typer.Argument(..., help="A customer id, current or merged away."),
    html: HtmlOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell why a customer is who the pipeline says: records, links with their rules, refused pairs, field winners."""
    from guestbook.warehouse import built_warehouse
    from identity import explain as explain_customer
    from identity.explain import explain_weights

    settings = settings_of(context, home)
    with built_warehouse(settings) as con:
        content = explain_customer(con, customer_id)
        content["waterfalls"] = explain_weights(con, settings, content)
    if html:
        _write(html, content, is_silent=as_json)
    if as_json:
        print_json(content)
    elif not html:
        console.print(headline(content))
        for part in ("records", "links", "fields", "candidates"):
            _show(part, content[part])


def headline(content: dict[str, Any]) -> str:
    """The state of the id that was asked for, and whose page follows when it leads to another."""
    asked, shown, history = content["asked_for"], content["customer_id"], content["history"]
    leads_to = f"; this is {shown}" if shown != asked else ""
    return f"customer {asked}: {history['id_status']} since {history['changed_on']}{leads_to}"


def _write(html: Path, content: dict[str, Any], *, is_silent: bool) -> None:
    from guestbook.files import private_path
    from identity.explain_page import explain_page

    with private_path(html.absolute()) as draft:
        draft.write_text(explain_page(content).html(), encoding="utf-8")
    if not is_silent:
        console.print(f"explained: {html}", soft_wrap=True)


def _show(title: str, rows: list[dict[str, Any]]) -> None:
    console.print(f"\n{title}: {len(rows)}")
    for row in rows:
        known = "  ".join(f"{name}={value}" for name, value in row.items() if value is not None)
        console.print(f"  {known}", soft_wrap=True, highlight=False, markup=False)
