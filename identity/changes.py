"""What a night brings: new and changed records in compared form, and the profiles that have to be judged again."""

from importlib import resources

import duckdb
import pyarrow as pa
import yaml

from guestbook.settings import Settings
from identity import sql
from identity.normalise import normalise_people, staged_columns
from identity.steward import StewardLink, read_steward_links

STEWARD_SCHEMA = pa.schema([(name, pa.string()) for name in StewardLink._fields])
LIMIT_SCHEMA = pa.schema(
    [("identifier_type", pa.string()), ("limit_count", pa.int64()), ("max_top_share", pa.float64())]
)


def find_changes(con: duckdb.DuckDBPyConnection, settings: Settings, *, is_full: bool) -> int:
    """From person records to touched profiles (work tables matchable, profile, compared_name); number of records.

    Touched is every profile that holds a record, or held one, that is new, changed or gone, or whose meaning changed:
    an identifier that became shared or is no more, a steward's decision, a confirmation number that became known.
    """
    sql.keep_rows(con, "steward_link", _steward_table(settings))
    sql.keep_rows(con, "shared_limit", _limits())
    sql.run(con, "macro_content_number", "macro_record_rank", "steward_record")
    con.execute(sql.changed_record(staged_columns(con)))
    sql.run(con, "removed_record", "gone_person")
    normalise_people(con)
    if is_full:
        _judge_everyone(con)
    else:
        _judge_affected(con)
    sql.drop(con, "person")
    sql.run(con, "profile", "record_profile")
    sql.run(con, "macro_is_typo", "macro_is_same_phone", "macro_birth_level", "macro_contradiction")
    return int((con.execute(sql.statement("staged_count")).fetchone() or (0,))[0])


def _judge_everyone(con: duckdb.DuckDBPyConnection) -> None:
    sql.run(con, "carrier_is_everyone", "carried", "count_everything", "shared_found", "shared_now_is_found")
    sql.run(con, "affected_is_changed", "matchable_row", "matchable", "touched_profile")


def _judge_affected(con: duckdb.DuckDBPyConnection) -> None:
    """Touched identifiers are counted again; records that what they say about changed are judged like new ones."""
    sql.run(con, "carrier_of_changes", "carried", "touched_identifier")
    sql.run(con, "carrier_of_touched", "count_touched", "shared_found", "shared_now")
    sql.run(con, "sharing_change", "confirmation_change", "steward_change", "affected_record")
    sql.run(con, "known_as_person", "insert_affected_person", "matchable_row", "matchable", "touched_profile")
    sql.run(con, "person_of_touched_profiles", "insert_matchable")


def _steward_table(settings: Settings) -> pa.Table:
    links = read_steward_links(settings)
    return pa.Table.from_pylist([link._asdict() for link in links], schema=STEWARD_SCHEMA)


def _limits() -> pa.Table:
    text = resources.files("identity").joinpath("limits.yml").read_text(encoding="utf-8")
    kept = [{name: entry[name] for name in LIMIT_SCHEMA.names} for entry in yaml.safe_load(text)]
    return pa.Table.from_pylist(kept, schema=LIMIT_SCHEMA)
