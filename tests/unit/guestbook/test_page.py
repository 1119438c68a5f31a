"""Offline pages: structure that screen readers need, figures as text, and nothing from the network."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from guestbook import plot
from guestbook.errors import GuestbookError
from guestbook.labels import LANGUAGES, Labels, label_groups
from guestbook.page import Page, Plot, Section, Table, Text, Tiles, money, share, shown

TABLE = Table("Customers by tier", ["Tier", "Customers"], [["VIP <1%>", 12], ["Small", 1234]])
HOSTILE = "<script>alert(1)</script>"


def page(**changes: object) -> str:
    drawn = Plot("Tiers", "VIP leads.", plot.bars("Tiers", [("VIP", 2, "2"), (HOSTILE, 1, "1")]), TABLE)
    sections = [Section("tiers", "Tiers", [Text(HOSTILE), Tiles([("Customers", 1246, "all")]), drawn, TABLE])]
    return Page(**{"title": "Night", "sections": sections, "links": [("Gates", "gates.html")], **changes}).html()


def test_a_page_has_landmarks_headings_a_skip_link_and_scoped_tables() -> None:
    html = page()
    for piece in ('lang="en"', 'href="#main"', '<main id="main">', "<header>", "<footer>", "<nav aria-label=", "<h1>"):
        assert piece in html
    assert html.count("<h2") == html.count("aria-labelledby=") == 1
    assert html.count('<th scope="col"') == 4
    assert html.count('<th scope="row">') == 4
    assert html.count("<caption>") == 2
    assert html.count('<svg role="img" aria-label="Tiers"') == 1
    assert '<td class="num">1,234</td>' in html


def test_what_is_shown_is_never_run() -> None:
    html = page(title=HOSTILE)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 4
    assert re.findall(r'(?:src|href)="(?!#|gates\.html)[^"]*"|url\(|@import', html) == []
    assert "default-src 'none'" in html


def test_a_section_without_content_says_so() -> None:
    assert "Nothing to show yet." in page(sections=[Section("a", "A", [])])
    assert "暂无内容。" in page(sections=[Section("a", "A", [])], language="zh")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (1234, "1,234"), (Decimal("1234.5"), "1,234.50"), (0.126, "0.13"), (float("nan"), "–"), ("x", "x")],
)
def test_cells(value: object, text: str) -> None:
    assert shown(value) == text


def test_shares_and_money() -> None:
    assert (share(0.1234), share(None), money(Decimal("1234.5")), money(None)) == ("12.3%", "–", "1,234", "–")


@pytest.mark.parametrize(
    "svg",
    [
        plot.bars("a & b", [("x", 3, "3"), ("y", 0, "0")], curve=[1, 1]),
        plot.bars("empty", []),
        plot.butterfly("tiers", ("left", "right"), [("VIP", 0.01, "1%", 0.2, "20%")]),
        plot.lines("calibration", {"seen": [(0, 0), (1, 0.9)]}, [(0, "0%"), (1, "100%")], plot.percent, 1, True),
        plot.lines("empty", {}, []),
        plot.stack("stages", ["2026-01", "2026-02"], {"new": [1, 2], "lost": [0, 0]}),
        plot.stack("empty", [], {"new": []}),
        plot.heatmap("retention", ["2026-01"], ["0", "1"], [[1.0, None]], [["100%", ""]]),
    ],
)
def test_plots_are_valid_images_of_finite_size(svg: Markup) -> None:
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"]
    assert "nan" not in svg
    assert "inf" not in svg
    widths = [float(element.attrib["width"]) for element in root.iter("rect")]
    assert all(0 <= width <= plot.WIDTH for width in widths)


def test_a_bar_is_as_long_as_its_value() -> None:
    svg = ElementTree.fromstring(plot.bars("a", [("x", 4, "4"), ("y", 1, "1"), ("z", 0, "0")]))
    widths = [float(element.attrib["width"]) for element in svg.iter("rect") if element.attrib["class"] == "f1"]
    assert widths == [plot.WIDTH, plot.WIDTH / 4, 0]


def test_every_label_is_there_in_every_language() -> None:
    entries = {(group, code): entry for group, codes in label_groups().items() for code, entry in codes.items()}
    assert len(entries) > 5
    assert [key for key, entry in entries.items() if set(entry) != set(LANGUAGES) or not all(entry.values())] == []


def test_a_code_without_a_label_is_an_error_and_a_vendors_code_is_shown_as_it_is() -> None:
    with pytest.raises(GuestbookError, match="no label for ui 'dance'"):
        Labels("en")("ui", "dance")
    assert Labels("zh").known("ui", "fine_dining") == "fine dining"
    assert Labels("zh")("ui", None) == "无"


def test_only_columns_of_figures_stand_at_the_right() -> None:
    rows = [["a", 1, "12.5%", "+351910", None, "7", "20.00 EUR"], ["b", None, "–", "Rua 1", None, "I7", "1,000.00 USD"]]
    assert Table("T", list("abcdefg"), rows).numbers == (False, True, True, False, False, False, True)
    assert Table("T", ["a"], []).numbers == (False,)
