"""A tiny hotel group, and nights of it run by the real command in processes of their own.

The nights are run once for all tests: every test works on a copy of the home as it was after one of them.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from guestbook.settings import Settings

FIRST, SECOND, THIRD = "2026-11-18", "2026-11-19", "2026-11-20"
CUSTOMERS = "150"
NIGHT_SECONDS = 600
# `ops` tells when and how often things were run; `lake` holds views over files not read yet.
NOT_COMPARED = ("ops", "lake")


@dataclass(frozen=True)
class Home:
    """One home over the shared landing; every call is the command that a user would give."""

    path: Path
    landing: Path

    @property
    def environment(self) -> dict[str, str]:
        """The caller's environment without settings of its own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GUESTBOOK_", "AIRFLOW"))}
        return kept | {"GUESTBOOK_HOME": str(self.path), "GUESTBOOK_LANDING": str(self.landing)}

    def command(self, *arguments: str) -> list[str]:
        """The command line."""
        return [sys.executable, "-P", "-m", "guestbook", *arguments]

    def run(self, *arguments: str, exit_code: int = 0) -> str:
        """Run to the end; the exit code must be as said. Returns standard output and standard error."""
        answer = subprocess.run(
            self.command(*arguments),
            env=self.environment,
            cwd=self.path.parent,
            capture_output=True,
            text=True,
            check=False,
            timeout=NIGHT_SECONDS,
        )
        said = f"{answer.stdout}\n{answer.stderr}"
        assert answer.returncode == exit_code, f"exit {answer.returncode}, expected {exit_code}:\n{said}"
        return said

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start in a process group of its own, so that all of it can be killed."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            cwd=self.path.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def night(self, night_date: str, exit_code: int = 0) -> str:
        """`guestbook nightly --date`."""
        return self.run("nightly", "--date", night_date, exit_code=exit_code)

    def status(self) -> dict[str, object]:
        """`guestbook status --json`."""
        answer = subprocess.run(
            self.command("status", "--json"),
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return dict(json.loads(answer.stdout))

    @property
    def warehouse(self) -> Path:
        """The pipeline's file."""
        return self.path / "warehouse" / "guestbook.duckdb"

    @property
    def published(self) -> Path:
        """What BI reads."""
        return self.path / "published" / "guestbook.duckdb"

    def tables(self) -> dict[str, str]:
        """Count and content hash by table, whatever the order of rows; without `ops`."""
        digests = table_digests(self.warehouse)
        assert any(name.startswith("core.") for name in digests)
        return digests

    def copy(self, target: Path) -> "Home":
        """The same home at another place."""
        shutil.copytree(self.path, target, symlinks=True)
        return Home(target, self.landing)


def table_digests(database: Path) -> dict[str, str]:
    """`count:hash` by schema.table of a DuckDB file."""
    with duckdb.connect(str(database), read_only=True) as con:
        names = con.sql("select table_schema, table_name from information_schema.tables order by all").fetchall()
        return {f"{schema}.{name}": digest(con, schema, name) for schema, name in names if schema not in NOT_COMPARED}


def digest(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> str:
    """Count of rows and a hash over all of them."""
    query = f'select count(*), coalesce(sum(hash(t)::hugeint), 0) from "{schema}"."{name}" as t'
    count, hashed = con.sql(query).fetchone() or (0, 0)
    return f"{count}:{hashed}"


@pytest.fixture(scope="session")
def group(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The group's deliveries of two years; no night was run."""
    folder = tmp_path_factory.mktemp("group")
    home = Home(folder / "home", folder / "landing")
    home.path.mkdir()
    home.run("simulate", "--customers", CUSTOMERS, "--from", "2024-11-20", "--to", THIRD, "--seed", "7")
    # One key for all copies: hashed document numbers are part of what is compared.
    assert Settings.load({}, home=home.path).installation_key
    return home


@pytest.fixture(scope="session")
def after_first(group: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """After the first night, which loads the history and trains."""
    home = group.copy(tmp_path_factory.mktemp("after_first") / "home")
    home.night(FIRST)
    return home


@pytest.fixture(scope="session")
def after_second(after_first: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """After the second night."""
    home = after_first.copy(tmp_path_factory.mktemp("after_second") / "home")
    home.night(SECOND)
    return home
