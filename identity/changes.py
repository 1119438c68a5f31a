"""What a night brings: new and changed records in compared form, and the profiles that have to be judged again."""

from importlib import resources
from typing import NamedTuple

import duckdb
import pyarrow as pa
import yaml

from guestbook.settings import Settings
from identity import sql
from identity.normalise import know_documents, normalise_people, staged_columns
from identity.steward import StewardLink, read_steward_links

STEWARD_SCHEMA = pa.schema([(name, pa.string()) for name in StewardLink._fields])
LIMIT_SCHEMA = pa.schema(
    [
        ("identifier_type", pa.string()),
        ("limit_count", pa.int64()),
        ("max_top_share", pa.float64()),
        ("different_name_limit", pa.int64()),
        ("placeholder_limit", pa.int64()),
    ]
)


class Changes(NamedTuple):
    """How much is new since the state was made."""

    staged_records: int
    changed_records: int
    removed_records: int
    decided_records: int
    uncommitted_records: int

    @property
    def is_nothing(self) -> bool:
        """Whether the night would find what the nights before found and committed."""
        return not any(self[1:])


def read_changes(con: duckdb.DuckDBPyConnection, settings: Settings) -> Changes:
    """Compare person records and the steward's list with the state (work tables changed_record, removed_record)."""
    sql.keep_rows(con, "steward_link", _steward_table(settings))
    sql.run(con, "steward_record", "steward_change")
    know_documents(con)
    con.execute(sql.changed_record(staged_columns(con)))
    sql.run(con, "removed_record")
    return Changes(**sql.rows(con, "change_counts").to_pylist()[0])


def judge_changes(con: duckdb.DuckDBPyConnection, *, is_full: bool) -> None:
    """From changed records to touched profiles (work tables matchable, profile, compared_name).

    Touched is every profile that holds a record, or held one, that is new, changed or gone, or whose meaning changed:
    an identifier that became shared or is no more, a steward's decision, a confirmation number that became known, a
    booker who proved to be an agency.
    """
    sql.keep_rows(con, "shared_limit", _limits())
    sql.run(con, "macro_content_number", "macro_record_rank", "name_macros")
    sql.run(con, "macro_is_same_phone", "macro_birth_level", "macro_contradiction", "gone_person")
    normalise_people(con)
    con.execute(sql.organisation_booker(staged_columns(con)))
    if is_full:
        _judge_everyone(con)
    else:
        _judge_affected(con)
    sql.drop(con, "person")
    sql.run(con, "profile", "record_profile")


def _judge_everyone(con: duckdb.DuckDBPyConnection) -> None:
    sql.run(con, "carrier_is_everyone")
    con.execute(sql.carried())
    sql.run(con, "count_everything")
    _find_shared(con)
    sql.run(con, "birth_date_of_everyone", "filler_birth_date", "add_filler_birth_date", "shared_now_is_found")
    sql.run(con, "affected_is_changed", "matchable_row", "matchable", "touched_profile")


def _judge_affected(con: duckdb.DuckDBPyConnection) -> None:
    """Touched identifiers are counted again; records that what they say about changed are judged like new ones."""
    con.execute(sql.carrier_of_changes())
    con.execute(sql.carried())
    sql.run(con, "touched_identifier")
    con.execute(sql.carrier_of_touched())
    sql.run(con, "count_touched")
    _find_shared(con)
    sql.run(con, "birth_date_of_everyone_now", "filler_birth_date", "touch_filler_birth_date", "add_filler_birth_date")
    sql.run(con, "shared_now", "sharing_change", "confirmation_change")
    con.execute(sql.affected_record())
    sql.run(con, "known_as_person", "insert_affected_person", "matchable_row", "matchable", "touched_profile")
    sql.run(con, "person_of_touched_profiles", "insert_matchable")


def _find_shared(con: duckdb.DuckDBPyConnection) -> None:
    """Fill shared_found from carried_now; names of one guest profile are compared like those of a pair."""
    sql.run(con, "doubtful_profile", "name_of_profile", "insert_names_of_profiles", "wanted_names_of_shared")
    sql.run(con, "name_pair", "different_name", "dummy_profile", "shared_found")


def _steward_table(settings: Settings) -> pa.Table:
    links = read_steward_links(settings)
    return pa.Table.from_pylist([link._asdict() for link in links], schema=STEWARD_SCHEMA)


def _limits() -> pa.Table:
    text = resources.files("identity").joinpath("limits.yml").read_text(encoding="utf-8")
    kept = [{name: entry.get(name) for name in LIMIT_SCHEMA.names} for entry in yaml.safe_load(text)]
    return pa.Table.from_pylist(kept, schema=LIMIT_SCHEMA)
