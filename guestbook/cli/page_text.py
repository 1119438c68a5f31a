"""A page in the terminal: the same sections, as text."""

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table as TextTable

from guestbook.cli.options import console
from guestbook.page import Fold, Page, Plot, Table, Text, Tiles, shown


def show_page(page: Page) -> None:
    """Print the sections of a page; of a plot its figures."""
    _line(page.title, "bold")
    _line(page.subtitle)
    for section in page.sections:
        if section.parts:
            _line(f"\n{section.title}", "bold")
        for part in section.parts:
            if isinstance(part, Text):
                _line(part.text)
            elif isinstance(part, Tiles):
                rows = [[name, shown(figure), note or ""] for name, figure, note in part.tiles]
                _table(["", "", ""], rows, has_head=False)
            else:
                table: Table = part.table if isinstance(part, Plot | Fold) else part
                _table(table.columns, [[shown(cell) for cell in row] for row in table.rows])


def _line(text: str, style: str | None = None) -> None:
    console.print(text, style=style, soft_wrap=True, highlight=False, markup=False)


def _table(columns: Sequence[str], rows: list[list[str]], has_head: bool = True) -> None:
    grid = TextTable(box=None, show_header=has_head, pad_edge=False)
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*(escape(cell) for cell in row))
    console.print(grid)
