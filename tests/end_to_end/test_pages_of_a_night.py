"""The pages and call lists that a real night writes say what its tables say."""

import csv
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.browser import faults, needs_browser, running_browser
from tests.end_to_end.homes import FIRST, Home


@pytest.fixture(scope="module")
def folder(after_first: Home) -> Path:
    return after_first.path / "reports" / FIRST


@pytest.fixture(scope="module")
def con(after_first: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(after_first.published), read_only=True) as con:
        yield con


def test_the_group_and_every_hotel_have_a_page_whose_links_work(folder: Path, con: duckdb.DuckDBPyConnection) -> None:
    [[hotels]] = con.sql("select count(*) from core.dim_property").fetchall()
    pages = [folder / "index.html", *(folder / "properties").glob("*.html")]
    assert len(pages) == 1 + hotels > 2
    for page in pages:
        links = re.findall(r'<a href="([^#"]+)"', page.read_text())
        assert [link for link in links if not (page.parent / link).exists()] == []
    assert "gates.html" in (folder / "index.html").read_text()


def test_the_headline_is_what_the_tables_say(folder: Path, con: duckdb.DuckDBPyConnection) -> None:
    found = re.findall(r'<dt>(.*?)</dt><dd class="figure">(.*?)</dd>', (folder / "index.html").read_text())
    [[customers, spend]] = con.sql(
        """select (select count(*) from core.dim_customer),
            (select sum(total_revenue_reporting_amount) from core.fct_stay
             where customer_id is not null and arrival_date > (select night_date - 365 from ops.published_night))"""
    ).fetchall()
    assert dict(found)["Customers"] == f"{customers:,}"
    assert dict(found)["Spend of a year, EUR"] == f"{spend:,.0f}"


def test_nobody_is_named_on_a_page(folder: Path, con: duckdb.DuckDBPyConnection) -> None:
    personal = con.sql("select email from core.dim_customer union select phone_e164 from core.dim_customer").fetchall()
    texts = [page.read_text() for page in folder.rglob("*.html")]
    assert len(personal) > 100
    assert [value for (value,) in personal if value and any(value in text for text in texts)] == []


def test_call_lists_hold_who_the_mart_names_and_are_private(folder: Path, con: duckdb.DuckDBPyConnection) -> None:
    named = con.sql("select property_code, customer_id from marts.care_call_list").fetchall()
    listed = []
    for path in (folder / "care_calls").glob("*.csv"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with path.open(encoding="utf-8-sig", newline="") as stream:
            listed += [(path.stem, row["Customer id"]) for row in csv.DictReader(stream)]
    assert sorted(listed) == sorted(named)


@needs_browser
def test_every_page_that_the_night_wrote_is_accessible(folder: Path) -> None:
    """Those of the gates, the deliveries and the models as well, and one of the hotels."""
    pages = [*sorted(folder.glob("*.html")), next(iter(sorted((folder / "properties").glob("*.html"))))]
    assert len(pages) > 2
    with running_browser() as browser:
        assert {page.name: found for page in pages if (found := faults(browser, page, 390, "light"))} == {}
