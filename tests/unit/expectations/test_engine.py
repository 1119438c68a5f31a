"""The database in which a gate reads the lake."""

from pathlib import Path

from expectations.engine import engine
from guestbook.settings import Settings


def test_a_gate_spills_to_the_home_and_leaves_nothing_there(settings: Settings) -> None:
    """The system's folder for temporary files may be small, or memory itself."""
    with engine(settings, "nothing") as con:
        [[spill]] = con.sql("select current_setting('temp_directory')").fetchall()
        assert Path(spill).is_dir()
        assert Path(spill).parent == settings.home
    assert list(settings.home.iterdir()) == []
