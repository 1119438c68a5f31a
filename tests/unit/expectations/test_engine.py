"""The database in which a gate reads the lake."""

from pathlib import Path

import pytest

from expectations.engine import engine
from expectations.errors import GateError
from guestbook.settings import Settings


def test_a_gate_spills_to_the_home_and_leaves_nothing_there(settings: Settings) -> None:
    """The system's folder for temporary files may be small, or memory itself."""
    with engine(settings, "nothing") as con:
        [[spill]] = con.sql("select current_setting('temp_directory')").fetchall()
        assert Path(spill).is_dir()
        assert Path(spill).parent == settings.home
    assert list(settings.home.iterdir()) == []


def test_what_the_database_says_of_a_row_stays_in_the_log(settings: Settings) -> None:
    """The message is mailed and published; DuckDB quotes the value that it stumbled over."""
    with (
        pytest.raises(GateError, match="accepted rows can't be read") as caught,
        engine(settings, "accepted rows") as con,
    ):
        con.execute("select x::integer from (values ('Ada Lovelace')) as t (x)").fetchall()
    assert "Ada" not in str(caught.value)
    assert "ConversionException" in str(caught.value)
    assert "Ada" in str(caught.value.__cause__)
