"""Offline pages: one HTML file with its style inside, no script, no network; readable without a mouse and by ear.

A page is sections of parts. A plot always comes with one sentence that says what it shows, and its figures as a table.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from guestbook.labels import Labels

TEMPLATES = Path(__file__).parent / "templates"
NO_VALUE = "–"
NUMBER = re.compile(r"[-+−]?\d[\d.,]*( ?%| [A-Z]{3})?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Text:
    """A paragraph; `tone` is plain, note, good, warn or bad."""

    kind: ClassVar[str] = "text"
    text: str
    tone: str = "plain"


@dataclass(frozen=True)
class Tiles:
    """Headline figures side by side: (label, figure, what it means or null)."""

    kind: ClassVar[str] = "tiles"
    tiles: Sequence[tuple[str, Any, str | None]]


@dataclass(frozen=True)
class Table:
    """Rows under headings; the first cell of a row is its heading. Figures may be given as numbers or as text."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    @property
    def numbers(self) -> tuple[bool, ...]:
        """Per column whether it holds figures: some, and nothing else. Figures stand at the right."""
        return tuple(_are_numbers([row[place] for row in self.rows]) for place in range(len(self.columns)))


@dataclass(frozen=True)
class Plot:
    """A picture (`guestbook.plot`), what it shows in one sentence, and its figures."""

    kind: ClassVar[str] = "plot"
    title: str
    text: str
    svg: Markup
    table: Table


@dataclass(frozen=True)
class Fold:
    """A table that opens under a line of its own: what is behind a figure."""

    kind: ClassVar[str] = "fold"
    title: str
    table: Table


Part = Text | Tiles | Table | Plot | Fold


@dataclass(frozen=True)
class Section:
    """A part of a page with a heading of its own; `anchor` is unique on the page."""

    anchor: str
    title: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Page:
    """A whole page. `links` are (label, relative address) of other pages."""

    title: str
    sections: Sequence[Section]
    subtitle: str = ""
    links: Sequence[tuple[str, str]] = ()
    language: str = "en"
    footer: str = ""

    def html(self) -> str:
        """The page as one HTML document."""
        return _template().render(page=self, label=Labels(self.language))


def shown(value: Any) -> str:
    """A cell as text: whole numbers and money with thousands separators, no value as a dash."""
    if value is None:
        return NO_VALUE
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal):
        return f"{round(value, 2) + 0:,.2f}"  # + 0: no minus before a zero
    if isinstance(value, float):
        return NO_VALUE if value != value else f"{round(value, 2) + 0:,.2f}"
    return str(value)


def share(value: float | Decimal | None, decimals: int = 1) -> str:
    """A share 0-1 in percent."""
    return NO_VALUE if value is None else f"{float(value):.{decimals}%}"


def money(value: float | Decimal | None) -> str:
    """An amount in whole units of its currency."""
    return NO_VALUE if value is None else f"{value:,.0f}"


def _are_numbers(cells: Sequence[Any]) -> bool:
    known = [cell for cell in cells if cell not in (None, NO_VALUE, "")]
    return bool(known) and all(not isinstance(cell, str) or NUMBER.fullmatch(cell) for cell in known)


def template_environment(folder: Path) -> Environment:
    """The templates of a folder: what they show is escaped, a name that they are not given is an error."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _template() -> Template:
    environment = template_environment(TEMPLATES)
    environment.filters["shown"] = shown
    environment.tests["day"] = lambda cell: bool(DAY.fullmatch(str(cell)))
    return environment.get_template("page.html.j2")
