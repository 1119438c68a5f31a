"""One night of identity: person records in, customers out.

A night judges again what it touches and leaves the rest; made from nothing, everything is touched, and the result is
the same. Everything but the ids' history is a function of the records, rules and lists.
"""

from datetime import date
from typing import Any

import duckdb

from guestbook.settings import Settings
from guestbook.warehouse import transaction
from identity import sql
from identity.changes import judge_changes, read_changes
from identity.cluster import MUST_LINK_WEIGHT
from identity.ids import decide_ids, load_committed, write_commit
from identity.match import MatchModel, current_model, save_model, save_no_model, was_trained
from identity.placing import place_members
from identity.rules import RuleBook, rule_book
from identity.state import (
    is_committed,
    keep_fingerprint,
    knows_commits,
    mark_committed,
    open_nothing,
    open_state,
)
from identity.words import listed_given_names

WRITES = (
    "write_person",
    "write_shared_identifier",
    "write_name",
    "write_profile",
    "write_edge",
    "write_touched_customer",
    "write_confidence",
    "write_customer_record",
    "write_customer_history",
    "write_uncommitted_record",
    "write_steward_link",
)


def resolve(
    con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date, *, is_full: bool = False
) -> dict[str, int]:
    """Bring the identity tables in line with staging.stg_person_record; counts of records, customers, links.

    Ids and valid_from continue what the lake has committed; nothing is permanent until `commit`. `is_full` forgets what
    earlier nights found and makes everything again; so does a change of code, rules or model. Rules and
    the saved match model decide.
    Raises ConfigError for a wrong rule or steward list.
    """
    sql.drop_work_tables(con)
    model, book = model_in_force(con, settings), rule_book()
    is_full = open_state(con, settings, model, is_full=is_full)
    changes = read_changes(con, settings)
    placed = 0
    if is_full or not changes.is_nothing:
        judge_changes(con, is_full=is_full)
        _link(con, book, model, is_full=is_full)
        placed = place_members(con, book, model)
        sql.run(con, "customer_verdict", "member_record", "assignment")
        decide_ids(con, night_date, is_full=is_full)
        _write(con, settings, model, is_full=is_full)
    elif is_committed(con):
        sql.run(con, "forget_touched_customer")
    sql.keep_rows(con, "listed_given_name", listed_given_names())
    sql.run(con, "write_given_name")
    counts = sql.rows(con, "result_counts").to_pylist()[0]
    sql.drop_work_tables(con)
    return {
        "person_records": changes.staged_records,
        "changed_records": changes.changed_records + changes.removed_records,
        "placed_profiles": placed,
        **counts,
    }


def model_in_force(con: duckdb.DuckDBPyConnection, settings: Settings) -> MatchModel | None:
    """The saved model as it serves as many records as are staged; None without one."""
    model = current_model(settings)
    return model and model.for_register(int(sql.rows(con, "staged_count")[0][0].as_py()))


def train(con: duckdb.DuckDBPyConnection, settings: Settings, as_of_date: date) -> dict[str, Any]:
    """Learn the match model from staging.stg_person_record and make it the one in force; its card.

    A new model is a full re-identification on the next `resolve`. Too few named people: no model, rules stand alone.
    """
    prepare(con, settings)
    card = _learn(con, settings, as_of_date)
    sql.drop_work_tables(con)
    return card


def ensure_model(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> dict[str, Any]:
    """Train where nobody has yet: the first night. Its card; later nights use what is saved."""
    if was_trained(settings):
        return {"is_trained": False}
    return train(con, settings, night_date)


def commit(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> dict[str, int]:
    """Make the night's ids permanent: append what changed to the lake. Nothing changed: nothing is written."""
    sql.run(con, "state_tables")
    if not knows_commits(con, settings):
        load_committed(con, settings)
        sql.run(con, "find_uncommitted_record")
    with transaction(con):
        counts = write_commit(con, settings, night_date)
        mark_committed(con, settings)
    sql.drop_work_tables(con)
    return counts


def prepare(con: duckdb.DuckDBPyConnection, settings: Settings) -> int:
    """All person records to profiles, from nothing, in work tables alone; the number of records."""
    sql.drop_work_tables(con)
    open_nothing(con)
    changes = read_changes(con, settings)
    judge_changes(con, is_full=True)
    return changes.staged_records


def _learn(con: duckdb.DuckDBPyConnection, settings: Settings, as_of_date: date) -> dict[str, Any]:
    """Train on the profiles at hand and keep the outcome; the model's card."""
    from identity.match.training import train_match_model

    model = train_match_model(con, as_of_date, settings.random_seed)
    if model is None:
        save_no_model(settings, as_of_date)
        return {"is_trained": False}
    save_model(settings, model)
    return {"is_trained": True, "model_version": model.model_version, **model.card}


def _link(con: duckdb.DuckDBPyConnection, book: RuleBook, model: MatchModel | None, *, is_full: bool) -> None:
    """From profiles to edges: candidate pairs with a touched profile, rules, the saved model and guards."""
    if not is_full:
        _find_neighbours(con, book, model)
    con.execute(sql.pair_candidate(book))
    if model:
        from identity.match.scoring import score_profiles

        score_profiles(con, model)
    else:
        sql.run(con, "document_slip", "no_model_pair")
    sql.run(con, "add_model_pair", "wanted_names_of_profiles", "name_pair", "pair")
    con.execute(sql.edge(book, has_model=model is not None))
    sql.drop(con, "pair", "pair_candidate", "record_profile", "model_pair")
    sql.run(con, "steward_pair", "delete_decided_edge")
    sql.run(con, "insert_steward_edge", must_link_weight=MUST_LINK_WEIGHT)
    sql.run(con, "lost_edge")


def _find_neighbours(con: duckdb.DuckDBPyConnection, book: RuleBook, model: MatchModel | None) -> None:
    """Bring in the untouched profiles that a rule or the model would compare with a touched one."""
    sql.run(con, "insert_missing_names", "record_neighbour", "document_slip", "match_input", "known_match_input")
    con.execute(sql.neighbour(book, model.blocks if model else []))
    sql.run(con, "insert_neighbour", "insert_missing_names")


def _write(con: duckdb.DuckDBPyConnection, settings: Settings, model: MatchModel | None, *, is_full: bool) -> None:
    """Write what the night found in one transaction."""
    with transaction(con):
        if is_committed(con):
            sql.run(con, "forget_touched_customer")
        sql.run(con, "forget_everything" if is_full else "delete_touched_identifier")
        sql.run(con, *WRITES)
        keep_fingerprint(con, settings, model)
