"""A tiny hotel group, and nights of it run by the real command in processes of their own."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from guestbook.settings import Settings

FIRST, SECOND, THIRD = "2026-11-18", "2026-11-19", "2026-11-20"
CUSTOMERS = "150"
NIGHT_SECONDS = 600
# `ops` tells when and how often things were run; `lake` holds views over files not read yet; `identity_state` is a
# cache that remembers names nobody bears any more and whom the last run made again.
NOT_COMPARED = ("ops", "lake", "identity_state")


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


@dataclass
class Nights:
    """Homes that the tests start from. Each is made once, when it is first asked for, by whichever thread asks."""

    folder: Path
    made: dict[str, Home] = field(default_factory=dict)
    locks: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    @property
    def group(self) -> Home:
        """The group's deliveries of two years; no night was run."""
        with self.locks["group"]:
            if "group" not in self.made:
                home = Home(self.folder / "group", self.folder / "landing")
                home.path.mkdir(parents=True)
                home.run("simulate", "--customers", CUSTOMERS, "--from", "2024-11-20", "--to", THIRD, "--seed", "7")
                # One key for all copies: hashed document numbers are part of what is compared.
                assert Settings.load({}, home=home.path).installation_key
                self.made["group"] = home
            return self.made["group"]

    @property
    def after_first(self) -> Home:
        """After the first night, which loads the history and trains."""
        return self._after("after_first", "group", FIRST)

    @property
    def after_second(self) -> Home:
        """After the second night."""
        return self._after("after_second", "after_first", SECOND)

    def _after(self, name: str, before: str, night_date: str) -> Home:
        with self.locks[name]:
            if name not in self.made:
                home = getattr(self, before).copy(self.folder / name)
                home.night(night_date)
                self.made[name] = home
            return self.made[name]
