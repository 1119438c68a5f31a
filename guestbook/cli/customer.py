"""Commands about one customer."""

from pathlib import Path
from typing import Annotated

import typer

from guestbook.cli.options import HomeOption, LanguageOption, console, settings_of

HtmlOption = Annotated[
    Path | None, typer.Option("--html", help="Write the card as a page, readable by its owner only.")
]
customer = typer.Typer(name="customer", help="What is known of one customer.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(customer)


@customer.command()
def show(
    context: typer.Context,
    customer_id: str | None = typer.Argument(None, help="A customer id, current or merged away."),
    email: str | None = typer.Option(None, "--email", help="E-mail, as in the golden record."),
    phone: str | None = typer.Option(None, "--phone", help="Phone of the golden record, with +country or without."),
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
