"""Commands about saved models."""

import typer
from rich.table import Table

from guestbook.cli.options import HomeOption, JsonOption, console, print_json, print_table, settings_of
from guestbook.cli.summary import show_summary

models = typer.Typer(
    name="models", help="Saved models: what there is, what is in use, and going back.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(models)


@models.command(name="list")
def list_models(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Every saved version: when it was trained, whether it scores, and why it was promoted or not."""
    import ml

    rows = ml.list_models(settings_of(context, home))
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("No model is saved yet: the first night trains.")
        return
    table = Table("model", "version", "trained as of", "in use", "promoted", "why", box=None)
    for row in rows:
        flags = ("yes" if row[name] else "" for name in ("is_current", "is_promoted"))
        table.add_row(
            row["model_name"], row["model_version"], str(row["trained_as_of"]), *flags, row["promotion_reason"]
        )
    print_table(table)


@models.command()
def show(
    context: typer.Context, model_name: str, model_version: str, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """The card of a version: data window, parameters, figures, libraries, hash."""
    import ml

    card = ml.show_model(settings_of(context, home), model_name, model_version)
    print_json(card) if as_json else show_summary({**card, "random_seed": str(card["random_seed"])})  # no quantity


@models.command()
def promote(context: typer.Context, model_name: str, model_version: str, home: HomeOption = None) -> None:
    """Use a saved version from the next night on."""
    import ml

    ml.promote_model(settings_of(context, home), model_name, model_version)
    console.print(f"{model_name}: {model_version} scores from the next night on")


@models.command()
def rollback(context: typer.Context, model_name: str, home: HomeOption = None) -> None:
    """Go back to the version that was in use before; done twice, it returns (`promote` names any other)."""
    import ml

    version = ml.roll_back_model(settings_of(context, home), model_name)
    console.print(f"{model_name}: back to {version}, from the next night on")
