"""BI reads all the time: two nights pass, no query fails, no query sees two nights mixed, a second run is refused."""

import threading
import time
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.background import in_background
from tests.end_to_end.homes import FIRST, NIGHT_SECONDS, SECOND, THIRD, Home, Nights

pytestmark = pytest.mark.end_to_end

# Every part of a snapshot says which night it is of.
NIGHTS_SEEN = """
select max(night_date)::varchar, (select max(as_of_date)::varchar from ml.customer_segment),
    (select max(as_of_date)::varchar from ml.customer_churn), (select max(as_of_date)::varchar from ml.customer_clv)
from ops.run
"""
COUNTS = """
select (select count(*) from core.dim_customer), (select count(*) from core.customer_360),
    (select count(*) from core.fct_reservation)
"""


class Reader(threading.Thread):
    """Opens the published file again and again, as a report that is refreshed does."""

    def __init__(self, database: Path) -> None:
        super().__init__(daemon=True)
        self.database = database
        self.stop = threading.Event()
        self.errors: list[str] = []
        self.seen: list[tuple[str, ...]] = []
        self.counts: list[tuple[str, tuple[int, ...]]] = []

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self.read()
            except Exception as error:  # noqa: BLE001 - any error of a reader is what this test is about
                self.errors.append(str(error))
            time.sleep(0.02)

    def read(self) -> None:
        with duckdb.connect(str(self.database), read_only=True) as con:
            nights = con.sql(NIGHTS_SEEN).fetchone()
            counts = con.sql(COUNTS).fetchone()
        self.seen.append(tuple(nights))
        self.counts.append((nights[0], tuple(counts)))


@in_background
def test_two_nights_pass_under_a_reader(nights: Nights, folder: Path) -> None:
    home = nights.after_first.copy(folder / "home")
    reader = Reader(home.published)
    reader.start()
    both = home.start("backfill", "--from", SECOND, "--to", THIRD)
    refused = home_is_busy(home)
    assert both.wait(timeout=2 * NIGHT_SECONDS) == 0
    time.sleep(0.2)
    reader.stop.set()
    reader.join(timeout=10)
    assert reader.errors == []
    assert [nights for nights in reader.seen if len(set(nights)) != 1] == []
    assert [nights[0] for nights in dict.fromkeys(reader.seen)] == [FIRST, SECOND, THIRD]
    assert len(dict(reader.counts)) == len(set(reader.counts))
    assert "another night is running" in refused


def home_is_busy(home: Home) -> str:
    """What a second command hears while the first one runs."""
    deadline = time.monotonic() + 60
    while not (home.path / "night.owner").exists():
        assert time.monotonic() < deadline, "the first command never took the home"
        time.sleep(0.05)
    return home.run("nightly", "--date", SECOND, exit_code=1)
