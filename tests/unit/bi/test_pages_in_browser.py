"""The pages in a real browser: without network, at two widths, light and dark, judged by axe, by keyboard alone."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bi
from guestbook.files import write_text_atomic
from guestbook.labels import Labels
from guestbook.settings import Settings
from tests.browser import faults, needs_browser, open_page, running_browser
from tests.unit.bi.hotel_rows import NIGHT, ROWS
from tests.unit.bi.published import publish_rows

pytestmark = [pytest.mark.end_to_end, needs_browser]
LOOKS = (
    ("index.html", 1280, "light"),
    ("index.html", 390, "dark"),
    ("properties/LIS.html", 390, "light"),
    ("card.html", 390, "dark"),
    ("empty/index.html", 1280, "dark"),
    ("zh/index.html", 390, "light"),
)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a night in English and Chinese, those of a night with nothing in it, and a customer card."""
    home = tmp_path_factory.mktemp("browser")
    settings = Settings.load({}, home=home)
    publish_rows(settings, NIGHT, ROWS)
    index = bi.write_pages(settings, NIGHT)[0]
    write_text_atomic(bi.card_page(bi.read_card(settings, "c1"), Labels("en")).html(), index.parent / "card.html")
    chinese = Settings.load({}, home=home / "chinese", language="zh")
    empty = Settings.load({}, home=home / "empty")
    publish_rows(chinese, NIGHT, ROWS)
    publish_rows(empty, NIGHT, {})
    for name, other in (("zh", chinese), ("empty", empty)):
        shutil.copytree(bi.write_pages(other, NIGHT)[0].parent, index.parent / name)
    return index.parent


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with running_browser() as browser:
        yield browser


@pytest.mark.parametrize(("name", "width", "scheme"), LOOKS)
def test_a_page_is_quiet_fits_and_is_accessible(night: Path, browser: Any, name: str, width: int, scheme: str) -> None:
    assert faults(browser, night / name, width, scheme) == []


def test_the_page_is_readable_without_a_mouse(night: Path, browser: Any) -> None:
    with open_page(browser, night / "index.html") as (page, complaints):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.url.endswith("#main")
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.tagName") == "SUMMARY":
                break
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.parentElement.open") is True
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        assert complaints == []


@pytest.mark.parametrize(("scheme", "colour"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 24, 31)")])
def test_dark_is_dark(night: Path, browser: Any, scheme: str, colour: str) -> None:
    with open_page(browser, night / "index.html", 1280, scheme) as (page, _):
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == colour


def test_the_judge_finds_faults(browser: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<html><body><img src='https://example.org/a.png'><h1>A</h1><p style='color:#ccc'>pale</p>"
        "<table><tr><th></th><td>1</td></tr></table><div style='width:600px'>wide</div>"
        "<a href='#'></a><script>console.log('hello')</script></body></html>"
    )
    found = " ".join(faults(browser, bad, 390, "light"))
    for fault in ("hello", "example.org", "wide on a screen", "image-alt", "color-contrast", "html-has-lang"):
        assert fault in found
