"""The nights are run once for all tests: every test works on a copy of a home as it was after one of them."""

from collections.abc import Iterator

import duckdb
import pytest

from tests.end_to_end.background import Background
from tests.end_to_end.homes import FIRST, Home, Nights
from tests.end_to_end.marts_in_pandas import Facts

__all__ = ["Home"]


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    return Nights(tmp_path_factory.mktemp("nights"))


@pytest.fixture(scope="session")
def background(
    request: pytest.FixtureRequest, nights: Nights, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Background]:
    running = Background(request.session.items, nights, tmp_path_factory.mktemp("background"))
    yield running
    running.close()


@pytest.fixture(scope="session")
def after_first(nights: Nights) -> Home:
    """After the first night, which loads the history and trains."""
    return nights.after_first


@pytest.fixture(scope="module")
def facts(after_first: Home) -> Iterator[Facts]:
    """The facts of the first night as frames, with the connection to its warehouse."""
    with duckdb.connect(str(after_first.warehouse), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        facts = Facts(con, FIRST)
        assert len(facts.stay) > 100
        yield facts
