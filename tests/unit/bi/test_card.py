"""The customer card: the right customer however asked, everything the desk needs, nothing asked for in an error."""

import re
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

import bi
from bi import card_sql
from bi.errors import CustomerNotFound
from guestbook.cli import app
from guestbook.errors import UsageError
from guestbook.labels import Labels
from guestbook.settings import PROJECT_ROOT, Settings
from tests.unit.bi.hotel_rows import EMAIL, NAME, NIGHT, PHONE, ROWS
from tests.unit.bi.published import publish_rows


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings.load({}, home=tmp_path_factory.mktemp("card"))
    publish_rows(settings, NIGHT, ROWS)
    return settings


def test_the_card_reads_what_is_published() -> None:
    """A model in a schema of the warehouse alone is in no snapshot, whatever its folder."""
    models = {path.stem: path.read_text() for path in (PROJECT_ROOT / "dbt_project" / "models").rglob("*.sql")}
    read = re.findall(r"\b(?:core|marts)\.(\w+)", Path(card_sql.__file__).read_text())
    assert len(read) > 8
    assert [name for name in read if "schema='helper'" in models[name]] == []


@pytest.mark.parametrize(
    "asked",
    [
        {"customer_id": "c1"},
        {"customer_id": "old1"},
        {"email": f" {EMAIL.upper()} "},
        {"phone": PHONE},
        {"phone": "0086 139-1234-5678"},
        {"phone": "0139 1234 5678"},
        {"loyalty": "l-100"},
    ],
)
def test_a_customer_is_found_by_id_contact_or_membership(settings: Settings, asked: dict[str, str]) -> None:
    assert bi.read_card(settings, **asked).profile["customer_id"] == "c1"


def test_several_customers_are_named_by_their_ids(tmp_path: Path) -> None:
    settings = Settings.load({}, home=tmp_path)
    couple = [row | {"email": "shared@example.org"} for row in ROWS["core.customer_360"][1:3]]
    publish_rows(settings, NIGHT, ROWS | {"core.customer_360": couple})
    with pytest.raises(CustomerNotFound, match="2 customers have this e-mail: c2, c3"):
        bi.read_card(settings, email="shared@example.org")


@pytest.mark.parametrize("asked", [{"email": "x@example.org"}, {"phone": "+100000000"}, {"customer_id": "zz"}])
def test_nobody_is_said_without_repeating_what_was_asked(settings: Settings, asked: dict[str, str]) -> None:
    with pytest.raises(CustomerNotFound, match="no customer of the published night") as error:
        bi.read_card(settings, **asked)
    assert next(iter(asked.values())) not in str(error.value)


@pytest.mark.parametrize("asked", [{}, {"email": EMAIL, "loyalty": "L-100"}, {"phone": "12345"}])
def test_one_way_to_ask(settings: Settings, asked: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        bi.read_card(settings, **asked)


def test_the_card_says_what_to_do_and_why(settings: Settings) -> None:
    html = bi.card_page(bi.read_card(settings, "c1"), Labels("en")).html()
    for text in (
        "Solve the open case: An open case waits for an answer (as service).",
        "Open case: 90 days without a visit, usually every 30; a year was worth 400 EUR.",
        "Offers may be made: by e-mail, by phone.",
        "Complained 12 days ago",
        "80%",
        "K1",
        "Weekday of arrival",
        "Friday",
        "李梅",
        "The newest 3 of 3 events.",
    ):
        assert text in html, text
    assert '<th scope="row">E-mail</th><td>mei@example.org</td><td>opera</td>' in html


def test_a_customer_without_history_has_a_card(settings: Settings) -> None:
    page = bi.card_page(bi.read_card(settings, "c4"), Labels("zh"))
    assert "暂无内容" in page.html()


def test_the_command_shows_the_card_and_writes_a_private_page(settings: Settings, tmp_path: Path) -> None:
    home = ["--home", str(settings.home)]
    said = CliRunner().invoke(app, ["customer", "show", "--loyalty", "L-100", *home])
    assert said.exit_code == 0, said.output
    assert NAME in said.output
    assert "Solve the open case" in said.output
    page = tmp_path / "card.html"
    said = CliRunner().invoke(app, ["customer", "show", "c1", "--html", str(page), "--language", "zh", *home])
    assert said.exit_code == 0, said.output
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "解决未结个案" in page.read_text(encoding="utf-8")


def test_the_export_commands(settings: Settings, tmp_path: Path) -> None:
    home = ["--home", str(settings.home)]
    said = CliRunner().invoke(app, ["export", "property_daily", "--to", str(tmp_path / "a.csv"), *home])
    assert (said.exit_code, (tmp_path / "a.csv").exists()) == (0, True)
    said = CliRunner().invoke(app, ["export-audience", "vip", "--to", "csv", "--by", "Ana", *home])
    assert said.exit_code == 0
    assert "1 of 1 customers" in said.output
    said = CliRunner().invoke(app, ["pages", *home])
    assert said.exit_code == 0
    assert (settings.reports_dir / NIGHT.isoformat() / "index.html").exists()
