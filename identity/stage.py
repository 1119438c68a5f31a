"""One night of identity: person records in, customers out.

Everything but the ids' history is a function of the records, rules and lists.
"""

from datetime import date
from importlib import resources
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import yaml

from guestbook.settings import Settings
from guestbook.warehouse import write_rows
from identity import ids, sql
from identity.cluster import (
    MUST_LINK_WEIGHT,
    Contradictions,
    Edges,
    Identifiers,
    Ints,
    cluster,
    components,
    link_tree,
    unite,
)
from identity.match import MatchModel, current_model, save_model, save_no_model
from identity.normalise import normalise_people
from identity.rules import RuleBook, rule_book
from identity.steward import StewardLink, read_steward_links

STEWARD_SCHEMA = pa.schema([(name, pa.string()) for name in StewardLink._fields])
LIMIT_SCHEMA = pa.schema(
    [("identifier_type", pa.string()), ("limit_count", pa.int64()), ("max_top_share", pa.float64())]
)
MAX_BITS = 60.0  # 2**-60 is nought in a probability
OUTPUTS = (
    "person_normalised",
    "shared_identifier",
    "match_edge",
    "customer_record",
    "customer_history",
    "customer_confidence",
)


def resolve(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> dict[str, int]:
    """Rebuild the identity tables from staging.stg_person_record; counts of records, customers, links.

    Ids and valid_from continue what the lake has committed; nothing is permanent until `commit`. Rules decide; a match
    model adds weak evidence once somebody has called `train`.
    Raises ConfigError for a wrong rule or steward list.
    """
    record_count = _prepare(con, settings)
    _link(con, rule_book(), current_model(settings))
    _cluster(con)
    sql.run(con, "customer_verdict")
    _place_profiles(con)
    sql.run(con, "assignment")
    ids.load_previous(con, settings, night_date)
    counts = _write(con, night_date)
    sql.drop_work_tables(con)
    return {"person_records": record_count, **counts}


def train(con: duckdb.DuckDBPyConnection, settings: Settings, as_of_date: date) -> dict[str, Any]:
    """Learn the match model from staging.stg_person_record and make it the one in force; its card.

    A new model is a full re-identification on the next `resolve`. Too few named people: no model, rules stand alone.
    """
    _prepare(con, settings)
    card = _learn(con, settings, as_of_date)
    sql.drop_work_tables(con)
    return card


def commit(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> dict[str, int]:
    """Make the night's ids permanent: append what changed to the lake; the same inputs overwrite the same file."""
    counts = ids.commit_ids(con, settings, night_date)
    sql.drop_work_tables(con)
    return counts


def _prepare(con: duckdb.DuckDBPyConnection, settings: Settings) -> int:
    """From person records to profiles; the number of records."""
    sql.keep_rows(con, "steward_link", _steward_table(settings))
    record_count = normalise_people(con)
    _make_profiles(con)
    return record_count


def _learn(con: duckdb.DuckDBPyConnection, settings: Settings, as_of_date: date) -> dict[str, Any]:
    """Train on the profiles at hand and keep the outcome; the model's card."""
    from identity.match.training import train_match_model

    model = train_match_model(con, as_of_date, settings.random_seed)
    if model is None:
        save_no_model(settings)
        return {"is_trained": False}
    save_model(settings, model)
    return {"is_trained": True, "model_version": model.model_version, **model.card}


def _make_profiles(con: duckdb.DuckDBPyConnection) -> None:
    """From normalised persons to profiles: shared identifiers lose their power, records that say the same collapse."""
    sql.keep_rows(con, "shared_limit", _limits())
    sql.run(con, "steward_record", "shared_found", "matchable")
    sql.drop(con, "person")
    sql.run(con, "profile", "record_profile", "facet")
    sql.run(con, "macro_is_typo", "macro_is_same_phone", "macro_birth_level", "macro_contradiction")


def _link(con: duckdb.DuckDBPyConnection, book: RuleBook, model: MatchModel | None) -> None:
    """From profiles to edges: candidate pairs, rules, the saved model and guards."""
    con.execute(sql.pair_candidate(book))
    if model:
        from identity.match.scoring import score_profiles

        score_profiles(con, model)
    else:
        sql.run(con, "no_model_pair")
    sql.run(con, "add_model_pair")
    sql.run(con, "wanted_names_of_profiles", "name_pair", "pair")
    con.execute(sql.edge(book))
    sql.drop(con, "pair", "pair_candidate", "record_profile")
    sql.run(con, "steward_pair", "delete_decided_edge")
    sql.run(con, "insert_steward_edge", must_link_weight=MUST_LINK_WEIGHT)


def _cluster(con: duckdb.DuckDBPyConnection) -> None:
    """From edges to profile_label (one row per profile: its cluster)."""
    nodes = sql.arrays(con, "profile_node_rows")
    facets, is_leaf = nodes["facet_number"].astype(np.int64), nodes["is_leaf"].astype(bool)
    numbers = np.arange(len(facets))
    edges = _edges(con)
    edges = edges.where(edges.weight < MUST_LINK_WEIGHT)
    linked = components(len(facets), edges)
    member = {"profile_number": numbers, "facet_number": facets, "component": linked}
    sql.keep_rows(con, "profile_component", pa.table(member))
    sql.run(con, "facet_pair", "wanted_names_of_facets", "name_pair", "contradiction", "insert_steward_contradiction")
    found = sql.arrays(con, "contradiction_rows")
    contradictions = Contradictions(found["first_facet"].astype(np.int64), found["second_facet"].astype(np.int64))
    carried = sql.arrays(con, "profile_identifier_rows")
    identifiers = Identifiers(*(carried[name].astype(np.int64) for name in ("profile_number", "slot", "identifier")))
    labels = unite(cluster(facets, is_leaf, edges, contradictions, identifiers), *_steward_pairs(con))
    sql.keep_rows(con, "profile_label", pa.table({"profile_number": numbers, "cluster": labels}))


def _place_profiles(con: duckdb.DuckDBPyConnection) -> None:
    """Fill profile_cluster: one row per profile with its cluster and the link that ties it towards the anchor."""
    labels = sql.arrays(con, "profile_label_rows")["cluster"].astype(np.int64)
    roots = sql.arrays(con, "cluster_root_rows")["root_profile"].astype(np.int64)
    edges = _edges(con)
    together = labels[edges.first] == labels[edges.second]
    rules = sql.rows(con, "edge_rule_rows").column(0).combine_chunks().filter(pa.array(together))
    inside = edges.where(together)
    tie = link_tree(len(labels), inside, roots)
    weight = inside.weight[tie] if len(inside) else np.zeros(len(tie))
    probability = 1 - 1 / (1 + np.exp2(np.minimum(weight, MAX_BITS)))
    placed = {
        "profile_number": np.arange(len(labels)),
        "cluster": labels,
        "link_rule": rules.take(pa.array(tie, mask=tie < 0)),
        "link_probability": pa.array(probability, mask=tie < 0),
    }
    sql.keep_rows(con, "profile_cluster", pa.table(placed))


def _edges(con: duckdb.DuckDBPyConnection) -> Edges:
    found = sql.arrays(con, "edge_rows")
    first, second, support = (
        found[name].astype(np.int64) for name in ("first_profile", "second_profile", "pair_count")
    )
    return Edges(first, second, found["match_weight"].astype(np.float64), support)


def _steward_pairs(con: duckdb.DuckDBPyConnection) -> tuple[Ints, Ints]:
    """Pairs of profiles that must be one customer, and pairs that must not."""
    found = sql.arrays(con, "steward_pair_rows")
    pairs = np.stack([found["first_profile"].astype(np.int64), found["second_profile"].astype(np.int64)], axis=1)
    is_must_link = found["is_must_link"].astype(bool)
    return pairs[is_must_link], pairs[~is_must_link]


def _write(con: duckdb.DuckDBPyConnection, night_date: date) -> dict[str, int]:
    """Replace the identity tables; counts."""
    written = {}
    for table in OUTPUTS:
        values = {"night_date": night_date} if table in {"customer_record", "customer_history"} else {}
        written[table] = write_rows(
            con, f"identity.{table}", sql.rows(con, f"{table}_rows", **values), replace_where={}
        )
    return {
        "customers": written["customer_confidence"],
        "links": written["match_edge"],
        "shared_identifiers": written["shared_identifier"],
    }


def _steward_table(settings: Settings) -> pa.Table:
    links = read_steward_links(settings)
    return pa.Table.from_pylist([link._asdict() for link in links], schema=STEWARD_SCHEMA)


def _limits() -> pa.Table:
    text = resources.files("identity").joinpath("limits.yml").read_text(encoding="utf-8")
    kept = [{name: entry[name] for name in LIMIT_SCHEMA.names} for entry in yaml.safe_load(text)]
    return pa.Table.from_pylist(kept, schema=LIMIT_SCHEMA)
