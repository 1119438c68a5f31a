"""The nightly pages: right figures, nobody's name, every part in every language, private call lists."""

import csv
import re
import stat
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

import bi
from guestbook.settings import Settings
from tests.unit.bi.hotel_rows import EMAIL, MONTH, NAME, NIGHT, PHONE, ROWS
from tests.unit.bi.published import publish_rows


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a published night and a gate page."""
    home = tmp_path_factory.mktemp("pages")
    settings = Settings.load({}, home=home)
    publish_rows(settings, NIGHT, ROWS)
    folder = settings.reports_dir / NIGHT.isoformat()
    folder.mkdir(parents=True)
    (folder / "gates.html").write_text("gates")
    (folder / "own_analysis.html").write_text("something")
    bi.write_pages(settings, NIGHT)
    return home


@pytest.fixture
def night(home: Path) -> Path:
    return home / "reports" / NIGHT.isoformat()


def cells(page: Path, caption: str) -> list[list[str]]:
    """The rows of the table with this caption."""
    for table in re.findall(r"<table>.*?</table>", page.read_text(), re.DOTALL):
        root = ElementTree.fromstring(table)
        if root.findtext("caption") == caption:
            return [["".join(cell.itertext()) for cell in row] for row in root.findall("tbody/tr")]
    pytest.fail(f"{page.name} has no table {caption!r}")


def tiles(page: Path) -> dict[str, str]:
    found = re.findall(r'<dt>(.*?)</dt><dd class="figure">(.*?)</dd>', page.read_text())
    return dict(found)


def test_there_is_a_page_for_the_group_and_each_hotel(night: Path) -> None:
    assert sorted(str(path.relative_to(night)) for path in night.rglob("*.html")) == [
        "gates.html", "index.html", "own_analysis.html", "properties/LIS.html", "properties/PMI.html",
    ]  # fmt: skip


def test_links_lead_to_pages_that_exist(night: Path) -> None:
    for page in (night / "index.html", night / "properties" / "LIS.html"):
        links = re.findall(r'<a href="([^#"]+)"', page.read_text())
        assert links
        assert [link for link in links if not (page.parent / link).exists()] == []
    text = (night / "index.html").read_text()
    assert '<a href="gates.html">Gates</a>' in text
    assert '<a href="own_analysis.html">own analysis</a>' in text
    assert "models.html" not in text
    assert "Hotel &lt;Palma&gt;" in text


def test_headline_of_group_and_hotel(night: Path) -> None:
    group = tiles(night / "index.html")
    assert (group["Customers"], group["Repeat share"], group["Members"]) == ("4", "66.7%", "1")
    assert (group["Spend of a year, EUR"], group["At risk, EUR"], group["On the books, EUR"]) == ("1,600", "100", "250")
    assert tiles(night / "properties" / "PMI.html")["Customers"] == "1"


def test_hotels_have_shares_made_again_from_sums(night: Path) -> None:
    [lisbon, palma] = cells(night / "index.html", "28 days up to 2026-11-20")
    # 14 of 20 rooms; 1400 of room revenue; 1680 in all; 5 rooms sold on the same weekday of the year before
    assert lisbon == ["LIS", "14", "5", "70.0%", "100", "70", "84", "1,680", "600", "14", "0", "0"]
    assert palma[:3] == ["PMI", "2", "–"]
    assert [row[0] for row in cells(night / "properties" / "PMI.html", "28 days up to 2026-11-20")] == ["PMI"]


def test_pyramid_says_what_the_top_brings(night: Path) -> None:
    text = (night / "index.html").read_text()
    assert "The top 5.0% of customers bring 70.0% of the spend." in text
    assert cells(night / "index.html", "Customers and spend by value tier")[0] == [
        "VIP", "1", "1.0%", "400", "40.0%", "400",
    ]  # fmt: skip


def test_moves_are_those_of_the_month_that_is_over(night: Path) -> None:
    text = (night / "index.html").read_text()
    assert "In 2026-10 3 customers moved up, 2 moved down and 7 stayed for the first time." in text
    assert [row[:3] for row in cells(night / "index.html", "Tier before and tier now")] == [
        ["was key", "Small", "2"], ["first stay", "Small", "7"], ["was small", "Key", "3"],
        ["was small", "Small", "50"],
    ]  # fmt: skip


def test_a_quarter_counts_only_when_all_of_it_is_old_enough(night: Path) -> None:
    [quarter] = cells(night / "index.html", "Share back within 1, 3, 6 ... months, by quarter of first stay")
    assert quarter == ["2025 Q1", "20", "–", "–", "–", "30.0%", "–", "–"]


def test_complaints_add_up_to_all(night: Path) -> None:
    assert [row[:3] for row in cells(night / "index.html", "Complaints by cause")] == [
        ["Noise", "6", "60.0%"], ["Food", "4", "100.0%"],
    ]  # fmt: skip
    assert tiles(night / "index.html")["Back within a year if solved in time"] == "50.0%"
    assert cells(night / "index.html", "Months that look like a crisis") == [["2026-11", "LIS", "Noise", "6", "1.00"]]


def test_the_churn_model_is_shown_with_what_came(night: Path) -> None:
    assert cells(night / "index.html", "Share of customers lost - expected and seen") == [
        ["2025-11-20", "500", "55.0%", "60.0%", "0.800", "0.90", "0.040"]
    ]


def test_health(night: Path) -> None:
    assert cells(night / "index.html", "Deliveries of the night") == [["Reservations", "1", "12", "10", "1", "1", "0"]]
    assert cells(night / "index.html", "Two roads to one figure, last 12 months") == [
        ["Room nights: reservations, stays", "7.00", "7.00", "0.00", "Equal"]
    ]


def test_nobody_is_named_on_a_page(night: Path) -> None:
    for page in night.rglob("*.html"):
        text = page.read_text()
        assert [word for word in (NAME, EMAIL, PHONE, "Guest 2", "L-100") if word in text] == [], page.name


def test_every_section_has_content_or_says_that_it_has_none(night: Path) -> None:
    text = (night / "index.html").read_text()
    assert len(re.findall("<section ", text)) == 14
    assert "Nothing to show yet." not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_night_without_anything_has_pages_too(settings: Settings, language: str) -> None:
    settings = settings.model_copy(update={"language": language})
    publish_rows(settings, NIGHT, {})
    [index] = bi.write_pages(settings, NIGHT)
    nothing = {"en": "Nothing to show yet.", "zh": "暂无内容。"}[language]
    assert nothing in index.read_text()


def test_chinese_pages_name_every_code_in_chinese(home: Path) -> None:
    settings = Settings.load({"GUESTBOOK_LANGUAGE": "zh"}, home=home)
    english = (home / "reports" / NIGHT.isoformat() / "index.html").read_text()
    try:
        text = bi.write_pages(settings, NIGHT)[0].read_text()
    finally:
        bi.write_pages(Settings.load({}, home=home), NIGHT)
    assert '<html lang="zh">' in text
    assert "近期 高消费 常客" in text
    for word in ("VIP 客户", "投诉", "官网", "预订"):
        assert word in text
    words = re.findall(r"<(?:h1|h2|h3|caption|dt|th)[^>]*>([^<]*)<", text)
    latin = {word for word in words if re.fullmatch(r"[\x00-\x7f]*[A-Za-z]{3,}[\x00-\x7f]*", word)}
    assert latin <= {"LIS", "PMI", "AUC"}
    assert len(words) == len(re.findall(r"<(?:h1|h2|h3|caption|dt|th)[^>]*>([^<]*)<", english))


def test_what_changed_comes_first_once_two_nights_were_compared(settings: Settings) -> None:
    change = {"night_date": NIGHT, "previous_night_date": NIGHT - timedelta(days=1), "figure_code": "revenue"}
    rows = ROWS | {
        "ops.headline_figure": [{"night_date": NIGHT, "figure_code": "revenue", "figure_amount": 130.0}],
        "ops.headline_change": [
            change
            | {"cause_code": "new_business", "movement_amount": 40.0, "customer_count": 2, "file_count": 1}
            | {
                "top_customers": '[{"customer_id":"c1","amount":25.5000},{"customer_id":"c2","amount":14.5000}]',
                "top_files": '[{"file_name":"reservations/opera/today.csv","amount":40.0000}]',
            },
            change | {"cause_code": "corrected_row", "movement_amount": -10.0, "customer_count": 1, "file_count": 1},
        ],
    }
    publish_rows(settings, NIGHT, rows)
    index = bi.write_pages(settings, NIGHT)[0]
    assert re.findall(r'<section id="(\w+)"', index.read_text())[0] == "changes"
    assert cells(index, "Movement of each figure by cause") == [
        ["Revenue", "100.00", "130.00", "New business", "40.00", "2", "1"],
        ["Revenue", "", "", "Corrected rows", "-10.00", "1", "1"],
    ]
    assert cells(index, "Revenue") == [
        ["New business", "File", "reservations/opera/today.csv", "40.00"],
        ["New business", "Customer", "c1", "25.50"],
        ["New business", "Customer", "c2", "14.50"],
    ]


def test_call_lists_are_private_and_hold_no_formula(night: Path) -> None:
    lists = sorted((night / "care_calls").iterdir())
    assert [path.name for path in lists] == ["LIS.csv", "PMI.csv"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in lists} == {0o600}
    with lists[1].open(encoding="utf-8-sig", newline="") as stream:
        [row] = csv.DictReader(stream)
    assert (row["Name"], row["Phone"], row["Why call"]) == ("'=cmd|' /C calc'!A0", "+351912345678", "Open case")


def test_a_hotel_with_nobody_left_to_call_has_no_old_list(settings: Settings) -> None:
    publish_rows(settings, NIGHT, ROWS)
    bi.write_pages(settings, NIGHT)
    publish_rows(settings, NIGHT, ROWS | {"marts.care_call_list": ROWS["marts.care_call_list"][:1]})
    bi.write_pages(settings, NIGHT)
    assert [path.name for path in (settings.reports_dir / str(NIGHT) / "care_calls").iterdir()] == ["LIS.csv"]


def test_a_code_that_is_no_file_name_stays_inside_the_folder(settings: Settings) -> None:
    rows = {"core.dim_property": [{"property_code": "../../etc", "property_name": "X"}]}
    publish_rows(settings, MONTH, rows)
    pages = bi.write_pages(settings, MONTH)
    folder = (settings.reports_dir / str(MONTH)).resolve()
    assert len(pages) == 2
    assert all(page.resolve().is_relative_to(folder) for page in pages)
