"""A real browser for tests of pages: found on the machine, never fetched."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next((path for name in NAMES if (path := shutil.which(name))), None)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine: install the package chromium")


@contextmanager
def running_browser() -> Iterator[Any]:
    """The browser without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=BROWSER, args=sandbox)
        yield browser
        browser.close()


@contextmanager
def open_page(
    browser: Any, file: Path, width: int = 1280, scheme: str = "light", with_scripts: bool = False
) -> Iterator[tuple[Any, list[str]]]:
    """The page, offline, and what it said or asked for that it should not have. axe needs `with_scripts`."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, bypass_csp=with_scripts
    )
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: None if request.url == file.as_uri() else complaints.append(request.url))
    page.goto(file.as_uri())
    yield page, complaints
    context.close()


def faults(browser: Any, file: Path, width: int, scheme: str) -> list[str]:
    """What is wrong with a page: messages, requests, overflow, and what axe finds with every part open."""
    from axe_playwright_python.sync_playwright import Axe

    with open_page(browser, file, width, scheme, with_scripts=True) as (page, complaints):
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        wide = page.evaluate("document.documentElement.scrollWidth")
        found = Axe().run(page).response
    assert len(found["passes"]) > 10, f"axe judged next to nothing on {file.name}"
    overflow = [f"{wide} wide on a screen of {width}"] if wide > width else []
    return [
        *complaints,
        *overflow,
        *(f"{rule['id']}: {rule['nodes'][0]['html'][:150]}" for rule in found["violations"]),
    ]
