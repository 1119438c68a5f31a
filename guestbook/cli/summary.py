"""What a person sees after a night: a short summary, and the status."""

from typing import Any

from rich.table import Table

from guestbook.cli.options import console, print_table


def show_summary(content: dict[str, Any]) -> None:
    """The night in figures: one section per key, nested figures as rows."""
    grid = Table(box=None, show_header=False, pad_edge=False)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, figure in content.items():
        if isinstance(figure, dict):
            grid.add_row(_label(name), "  ".join(f"{_label(key)} {_shown(value)}" for key, value in figure.items()))
        elif isinstance(figure, list):
            grid.add_row(_label(name), "\n".join(str(line) for line in figure) or "none")
        else:
            grid.add_row(_label(name), _shown(figure))
    console.print(grid, soft_wrap=True)


def show_status(content: dict[str, Any]) -> None:
    """The last night, the paths, the tables with their rows."""
    show_summary({name: figure for name, figure in content.items() if name != "tables"})
    tables = Table("table", "rows", box=None)
    for name, rows in (content.get("tables") or {}).items():
        tables.add_row(name, _shown(rows))
    print_table(tables)


def _label(name: str) -> str:
    return name.replace("_", " ")


def _shown(figure: Any) -> str:
    if isinstance(figure, bool) or figure is None:
        return str(figure)
    if isinstance(figure, int):
        return f"{figure:,}"
    return f"{figure:,.1f}" if isinstance(figure, float) else str(figure)
