"""Commands that ask about customers, where no night has built any: they say so and make nothing."""

from datetime import date
from pathlib import Path

import pytest

from guestbook.cli import app
from guestbook.errors import UsageError
from guestbook.settings import Settings
from guestbook.warehouse import built_warehouse, warehouse

QUESTIONS = {
    "explain": ["explain", "a"],
    "review": ["identity", "review"],
    "link": ["identity", "link", "a", "b", "--must", "--reason", "same guest"],
    "unlink": ["identity", "unlink", "a", "b"],
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))
def test_a_home_without_a_night_is_left_as_it_is(tmp_path: Path, question: list[str]) -> None:
    home = tmp_path / "mistyped"
    with pytest.raises(UsageError, match=r"no night has built customers.*guestbook nightly --date D.*right home"):
        app([*question, "--home", str(home)], standalone_mode=False)
    assert not home.exists()


def test_a_warehouse_that_holds_no_customers_yet_is_no_answer_either(tmp_path: Path) -> None:
    settings = Settings.load({}, home=tmp_path)
    with warehouse(settings):
        pass
    with pytest.raises(UsageError, match="no night has built customers"), built_warehouse(settings):
        pass


def test_a_blocked_first_night_can_be_asked_about(tmp_path: Path) -> None:
    settings = Settings.load({}, home=tmp_path)
    with warehouse(settings) as con:
        con.execute("create table core.dim_customer as select 'a' as customer_id, ?::date as first_seen_at", [date.min])
    with built_warehouse(settings) as con:
        assert con.sql("select count(*) from core.dim_customer").fetchone() == (1,)
