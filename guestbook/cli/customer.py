"""Commands about one customer."""

from pathlib import Path
from typing import Annotated, Any

import typer

from guestbook.cli.options import HomeOption, JsonOption, LanguageOption, console, print_json, settings_of

HtmlOption = Annotated[
    Path | None, typer.Option("--html", help="Write the card as a page, readable by its owner only.")
]
customer = typer.Typer(name="customer", help="What is known of one customer.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(explain)
    app.add_typer(customer)


@customer.command()
def show(
    context: typer.Context,
    customer_id: str | None = typer.Argument(None, help="A customer id, current or merged away."),
    email: str | None = typer.Option(None, "--email", help="Any e-mail the customer has shown."),
    phone: str | None = typer.Option(None, "--phone", help="Any phone, with +country or without."),
    loyalty: str | None = typer.Option(None, "--loyalty", help="Loyalty number."),
    html: HtmlOption = None,
    home: HomeOption = None,
    language: LanguageOption = None,
) -> None:
    """The customer card: next action, value and risk with reasons, open cases, preferences, golden record, timeline."""
    from bi import card_page, read_card
    from guestbook.cli.page_text import show_page
    from guestbook.files import private_path
    from guestbook.labels import Labels

    settings = settings_of(context, home, language=language)
    page = card_page(read_card(settings, customer_id, email, phone, loyalty), Labels(settings.language))
    if html is None:
        show_page(page)
        return
    with private_path(html) as draft:
        draft.write_text(page.html(), encoding="utf-8")
    console.print(f"card: {html}", soft_wrap=True)


def explain(
    context: typer.Context,
    customer_id: str = typer.Argument(..., help="A customer id, current or merged away."),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell why a customer is who the pipeline says: records, links with their rules, refused pairs, field winners."""
    from guestbook.warehouse import warehouse
    from identity import explain as explain_customer

    with warehouse(settings_of(context, home)) as con:
        content = explain_customer(con, customer_id)
    if as_json:
        print_json(content)
        return
    history = content["history"]
    console.print(f"customer {content['customer_id']}: {history['id_status']} since {history['changed_on']}")
    for part in ("records", "links", "fields"):
        _show(part, content[part])


def _show(title: str, rows: list[dict[str, Any]]) -> None:
    console.print(f"\n{title}: {len(rows)}")
    for row in rows:
        known = "  ".join(f"{name}={value}" for name, value in row.items() if value is not None)
        console.print(f"  {known}", soft_wrap=True, highlight=False, markup=False)
