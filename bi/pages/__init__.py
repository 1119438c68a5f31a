"""The nightly pages: one for the group, one per hotel; from the published snapshot, offline, without personal data.

The call lists beside them are personal data, one private file per hotel.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

from bi.exports import write_care_calls
from bi.night_files import INDEX, PROPERTIES, file_stem, night_folder
from bi.pages import sql
from bi.pages.business import headline, hotels, sources
from bi.pages.care import actions, complaints, members, warnings
from bi.pages.changes import changes
from bi.pages.customers import migration, pyramid, retention, segments, stages
from bi.pages.health import calibration, health, reconciliation
from bi.pages.reader import Reader, open_reader
from bi.snapshot import open_published
from guestbook.files import write_text_atomic
from guestbook.labels import Labels, label_groups
from guestbook.page import Page, Section
from guestbook.settings import Settings

__all__ = ["write_pages"]


def write_pages(settings: Settings, night_date: date) -> list[Path]:
    """Write the page of the group, one per hotel, and the call lists; returns their paths, the group's page first."""
    labels = Labels(settings.language)
    folder = night_folder(settings, night_date)
    with open_published(settings) as con:
        page = open_reader(con, labels, night_date)
        names = {row["property_code"]: row["property_name"] for row in page.rows(sql.PROPERTIES)}
        hotel_links = [(name, f"{PROPERTIES}/{file_stem(code)}.html") for code, name in names.items()]
        written = {INDEX: _group_page(page, [*_other_pages(folder, labels), *hotel_links])}
        for code, name in names.items():
            hotel = replace(page, property_code=code)
            written[f"{PROPERTIES}/{file_stem(code)}.html"] = _hotel_page(hotel, name)
        for name, content in written.items():
            write_text_atomic(content.html(), folder / name)
        calls = write_care_calls(con, settings, night_date)
    return [*(folder / name for name in written), *calls]


def _group_page(page: Reader, links: list[tuple[str, str]]) -> Page:
    sections = [
        *changes(page),
        headline(page),
        pyramid(page),
        stages(page),
        migration(page),
        retention(page),
        segments(page),
        hotels(page),
        sources(page),
        complaints(page),
        warnings(page),
        actions(page),
        members(page),
        calibration(page),
        health(page),
    ]
    return _page(page, page.say("group_title", night=page.night_date), sections, links)


def _hotel_page(page: Reader, name: str) -> Page:
    agreement = reconciliation(page)
    sections = [
        headline(page),
        hotels(page),
        sources(page),
        complaints(page),
        warnings(page),
        actions(page),
        members(page),
        page.section("health", agreement),
    ]
    links = [(page.label("page", "index"), f"../{INDEX}")]
    return _page(page, page.say("hotel_title", hotel=name, night=page.night_date), sections, links)


def _page(page: Reader, title: str, sections: list[Section], links: list[tuple[str, str]]) -> Page:
    return Page(
        title=title,
        subtitle=page.say("subtitle", currency=page.currency_code),
        sections=sections,
        links=links,
        language=page.labels.language,
        footer=page.say("footer"),
    )


def _other_pages(folder: Path, labels: Labels) -> list[tuple[str, str]]:
    """The pages that other stages wrote for this night, the known ones in the order of the label file."""
    known = [name for name in label_groups()["page"] if name != "index"]
    there = {path.stem for path in folder.glob("*.html")} - {Path(INDEX).stem}
    ordered = [name for name in known if name in there] + sorted(there - set(known))
    return [(labels.known("page", name), f"{name}.html") for name in ordered]
