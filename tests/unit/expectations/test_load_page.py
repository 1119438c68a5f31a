"""The page of a night's deliveries: one row per file, in words for whoever has to ask for a better one."""

from datetime import date
from html.parser import HTMLParser
from typing import Any

import pyarrow as pa
import pytest

import expectations
from guestbook.lake import write_record
from guestbook.settings import Settings
from guestbook.tables import declared

NIGHT = date(2026, 11, 19)


class Tables(HTMLParser):
    """Cells by row, and the tags that are there."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data.strip()


def report(name: str, status: str, read: int, loaded: int, **more: Any) -> dict[str, Any]:
    return {
        "feed": "reservations",
        "vendor": "opera",
        "file_name": f"reservations/opera/2026-11-19/{name}",
        "sha256": name,
        "night_date": NIGHT,
        "load_status": status,
        "rows_read": read,
        "rows_loaded": loaded,
        "rows_duplicate": 0,
        "rows_quarantined": read - loaded,
    } | more


@pytest.fixture
def page(settings: Settings) -> Tables:
    table = declared("ops", "load_report")
    rows = [
        report(
            "a.csv",
            "accepted",
            12_000,
            11_998,
            quarantine_counts='{"arrival_date can\'t be read": 2}',
            rejected_counts='{"child_count": 5, "guest_birth_date": 7}',
            warnings='["properties not in reference/property.csv: OSL9"]',
        ),
        report("b.csv.gz", "refused", 0, 0, status_reason="can't be decompressed to its end <cut>"),
        report("c.csv", "duplicate", 9, 0, rows_duplicate=9, rows_quarantined=0, status_reason="same content as a.csv"),
        report("old.csv", "accepted", 1, 1, night_date=date(2026, 11, 18)),
    ]
    rows = [row | {"delivery_sequence": place} for place, row in enumerate(rows)]
    write_record(settings, table.name, "night", pa.Table.from_pylist(rows, schema=table.arrow_schema))
    found = Tables()
    found.feed(expectations.write_load_page(settings, NIGHT).read_text(encoding="utf-8"))
    return found


def test_each_file_of_the_night_is_a_row_with_its_counts_and_what_to_know(page: Tables) -> None:
    rows = {row[0].split("/")[-1]: row[1:] for row in page.rows}
    assert rows["a.csv"] == [
        "accepted",
        "12,000",
        "11,998",
        "0",
        "2",
        (
            "quarantined: arrival_date can't be read 2. values set aside (now null): guest_birth_date 7, child_count 5."
            " properties not in reference/property.csv: OSL9"
        ),
    ]
    assert rows["b.csv.gz"] == ["refused", "0", "0", "0", "0", "can't be decompressed to its end <cut>"]
    assert rows["c.csv"] == ["duplicate", "9", "0", "9", "0", "same content as a.csv"]
    assert rows["Together"][1:5] == ["12,009", "11,998", "9", "2"]
    assert "old.csv" not in rows


def test_the_page_needs_no_network_and_no_script(page: Tables) -> None:
    assert {"script", "link", "img", "iframe"} & page.tags == set()
    assert {"main", "h1", "caption"} <= page.tags


def test_a_night_without_deliveries_has_a_page(settings: Settings) -> None:
    assert "No file came." in expectations.write_load_page(settings, NIGHT).read_text(encoding="utf-8")
