"""The gate page is one offline file with what failed, why, and what to do."""

from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from typing import Any

import expectations
from guestbook.settings import Settings

NIGHT = date(2026, 11, 19)
Make = Callable[..., Any]


class Outline(HTMLParser):
    """Tags with their attributes, and the visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def outline(settings: Settings) -> Outline:
    page = Outline()
    page.feed((settings.reports_dir / "2026-11-19" / "gates.html").read_text(encoding="utf-8"))
    return page


def test_a_gate_writes_the_page_before_it_blocks(settings: Settings, stage_file: Make, typical_rows: Make) -> None:
    expectations.gate_feed(
        settings,
        "reservations",
        NIGHT,
        [stage_file("reservations", typical_rows("reservations", 30, status="<b>odd</b>"), "a&b.csv")],
    )
    page = outline(settings)
    for said in (
        "Blocked",
        "reservation_status_allowed",
        "100% (30 of 30 rows",
        "at most 0%",
        "a&b.csv",
        "guestbook gate override --date 2026-11-19",
    ):
        assert said in page.text


def test_the_page_needs_no_network_and_names_its_parts(
    settings: Settings, stage_file: Make, typical_rows: Make
) -> None:
    expectations.gate_feed(
        settings, "reservations", NIGHT, [stage_file("reservations", typical_rows("reservations", 30))]
    )
    page = outline(settings)
    names = [tag for tag, _ in page.tags]
    assert {"script", "link", "img", "iframe"} & set(names) == set()
    assert not any(
        str(value).startswith(("http", "//"))
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name in {"href", "src"}
    )
    assert ("html", {"lang": "en"}) in page.tags
    assert {"main", "nav", "header", "h1", "caption"} <= set(names)
    assert all(attributes.get("scope") for tag, attributes in page.tags if tag == "th")


def test_a_night_without_results_still_has_a_page(settings: Settings) -> None:
    path = expectations.write_gate_page(settings, NIGHT)
    assert "Nothing was judged in this night." in path.read_text(encoding="utf-8")
