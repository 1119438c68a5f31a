"""The pages in a real browser: without network, at two widths, light and dark, judged by axe, by keyboard alone."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import bi
from guestbook.files import write_text_atomic
from guestbook.labels import Labels
from guestbook.settings import Settings
from tests.unit.bi.hotel_rows import NIGHT, ROWS
from tests.unit.bi.published import publish_rows

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next((path for name in BROWSERS if (path := shutil.which(name))), None)
pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine: install the package chromium"),
]
PAGES = ("index.html", "properties/LIS.html", "card.html", "empty/index.html", "zh/index.html")
LOOKS = ((1280, "light"), (390, "dark"))


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
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=BROWSER, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., tuple[Any, list[str]]]]:
    """open_page(file, width, scheme): the page, and what it said or asked for that it should not have."""
    contexts = []

    def opened(
        file: Path, width: int = 1280, scheme: str = "light", with_scripts: bool = False
    ) -> tuple[Any, list[str]]:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, bypass_csp=with_scripts
        )
        contexts.append(context)
        page, complaints = context.new_page(), []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: None if request.url == file.as_uri() else complaints.append(request.url))
        page.goto(file.as_uri())
        return page, complaints

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_quiet_fits_and_is_accessible(
    night: Path, open_page: Callable[..., tuple[Any, list[str]]], name: str, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page, complaints = open_page(night / name, width, scheme, with_scripts=True)  # axe is one
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found["violations"]] == []
    assert len(found["passes"]) > 15
    assert complaints == []


def test_the_page_is_readable_without_a_mouse(night: Path, open_page: Callable[..., tuple[Any, list[str]]]) -> None:
    page, complaints = open_page(night / "index.html")
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


def test_dark_is_dark(night: Path, open_page: Callable[..., tuple[Any, list[str]]]) -> None:
    colours = [
        open_page(night / "index.html", 1280, scheme)[0].evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert colours == ["rgb(255, 255, 255)", "rgb(20, 24, 31)"]
