"""What identity keeps between nights, and when it may still be trusted.

The state is a cache in the warehouse (schema identity_state and the outputs in schema identity). It is thrown away when
it was made by other code, rules or another model, when it doesn't know the lake's commits, or when tables were changed
by another hand; the next night then makes everything again, with the same result.
"""

import hashlib
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

import duckdb

from guestbook.settings import Settings
from identity import sql
from identity.ids import commit_names, load_committed
from identity.match import MatchModel

LIBRARIES = ("anyascii", "duckdb", "phonenumbers", "pypinyin")


@dataclass(frozen=True)
class Fingerprint:
    """What the state was made with, commits that it knows, rows of the outputs; whether its ids are committed."""

    made_with: str
    commits: str
    row_counts: str
    is_committed: bool

    def fits(self, other: "Fingerprint") -> bool:
        """Whether all but is_committed are equal."""
        return replace(self, is_committed=other.is_committed) == other


def open_state(
    con: duckdb.DuckDBPyConnection, settings: Settings, model: MatchModel | None, *, is_full: bool = False
) -> bool:
    """Show the state as views known_*; returns whether there is none to build on, so that all is made from nothing.

    `is_full` throws the state away.
    """
    sql.run(con, "state_tables")
    known = _known(con)
    if not is_full and known is not None and known.fits(_fresh(con, settings, model)):
        sql.run(con, "know_state")
        return False
    sql.run(con, "drop_state", "state_tables")
    load_committed(con, settings)
    sql.run(con, "know_nothing")
    return True


def open_nothing(con: duckdb.DuckDBPyConnection) -> None:
    """Views known_* without rows: whatever reads them works from nothing and leaves the state alone."""
    sql.run(con, "state_tables", "know_nothing")


def keep_fingerprint(con: duckdb.DuckDBPyConnection, settings: Settings, model: MatchModel | None) -> None:
    """Say what the state was made with, its ids not committed yet; part of the transaction that writes it."""
    sql.run(con, "delete_fingerprint")
    sql.run(con, "keep_fingerprint", **asdict(_fresh(con, settings, model)))


def mark_committed(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Say that the ids of the state are committed; part of the transaction that remembers the commit."""
    sql.run(con, "mark_committed", commits=_commits(settings))


def knows_commits(con: duckdb.DuckDBPyConnection, settings: Settings) -> bool:
    """Whether the commits that the state knows are those of the lake."""
    known = _known(con)
    return known is not None and known.commits == _commits(settings)


def is_committed(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the ids of the state were committed since they were found."""
    known = _known(con)
    return known is not None and known.is_committed


def is_made_with(con: duckdb.DuckDBPyConnection, model: MatchModel | None) -> bool:
    """Whether the state was made by this code, with these rules and this model."""
    sql.run(con, "state_tables")
    known = _known(con)
    return known is not None and known.made_with == made_with(model)


def made_with(model: MatchModel | None) -> str:
    """A text that changes with code, rules, lists, libraries, the model and the blocks that serve."""
    version = "rules" if model is None else model.card.get("model_version") or model.model_version
    blocks = 0 if model is None else len(model.blocks)
    return f"{_code()}-{version}-{blocks}"


def row_counts(con: duckdb.DuckDBPyConnection) -> str:
    """Rows of the outputs; they differ once somebody else has written them."""
    return str(con.execute(sql.statement("output_counts")).fetchone())


def _known(con: duckdb.DuckDBPyConnection) -> Fingerprint | None:
    try:
        found = con.execute(sql.statement("fingerprint_rows")).fetchone()
    except duckdb.BinderException:  # the state of a version that kept other columns
        return None
    return Fingerprint(*found) if found else None


def _fresh(con: duckdb.DuckDBPyConnection, settings: Settings, model: MatchModel | None) -> Fingerprint:
    return Fingerprint(made_with(model), _commits(settings), row_counts(con), is_committed=False)


def _commits(settings: Settings) -> str:
    return hashlib.sha256("\n".join(commit_names(settings)).encode()).hexdigest()


@cache
def _code() -> str:
    digest = hashlib.sha256(" ".join(metadata.version(name) for name in LIBRARIES).encode())
    for file in _files(resources.files("identity")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _files(folder: Traversable) -> list[Traversable]:
    """Code, SQL and rules of the package in the order of their names."""
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _files(entry)
        elif entry.name.endswith((".py", ".sql", ".yml")):
            found.append(entry)
    return found
