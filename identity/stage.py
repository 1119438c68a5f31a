"""One night of identity: person records in, customers out. Everything but the ids' history is a function of the records, rules and lists."""

from datetime import date
from importlib import resources

import duckdb
import numpy as np
import pyarrow as pa
import yaml

from guestbook.settings import Settings
from guestbook.warehouse import write_rows
from identity import ids, sql
from identity.cluster import MUST_LINK_WEIGHT, Contradictions, Edges, Ints, cluster, components, link_tree, unite
from identity.normalise import keep_rows, normalise_people
from identity.rules import RuleBook, rule_book
from identity.steward import StewardLink, read_steward_links

STEWARD_SCHEMA = pa.schema([(name, pa.string()) for name in StewardLink._fields])
LIMIT_SCHEMA = pa.schema(
    [("identifier_type", pa.string()), ("limit_count", pa.int64()), ("max_top_share", pa.float64())]
)


def resolve(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> dict[str, int]:
    """Rebuild the identity tables from staging.stg_person_record; ids and valid_from continue what the lake has committed. Returns counts.

    Nothing is permanent until `commit`. Raises ConfigError for a wrong rule or steward list.
    """
    keep_rows(con, "steward_link", _steward_table(settings))
    counts = {"person_records": normalise_people(con)}
    _link(con, rule_book())
    _cluster(con)
    con.execute(sql.CUSTOMER_VERDICT)
    _place_profiles(con)
    con.execute(sql.ASSIGNMENT)
    ids.load_previous(con, settings, night_date)
    counts |= _write(con, night_date)
    for table in sql.WORK_TABLES:
        con.execute(sql.drop_work_table(table))
    return counts


def commit(con: duckdb.DuckDBPyConnection, settings: Settings, night_date: date) -> dict[str, int]:
    """Make the night's ids permanent: append what changed to the lake. The same inputs again overwrite the same file."""
    return ids.commit_ids(con, settings, night_date)


def _link(con: duckdb.DuckDBPyConnection, book: RuleBook) -> None:
    """From normalised persons to edges: shared identifiers, profiles, candidate pairs, rules and guards."""
    keep_rows(con, "shared_limit", _limits())
    con.execute(sql.STEWARD_RECORD)
    for statement in (sql.SHARED_FOUND, sql.MATCHABLE, sql.PROFILE, sql.RECORD_PROFILE, sql.FACET):
        con.execute(statement)
    for statement in (sql.pair_candidate(book), sql.NAME_PAIR_OF_PROFILES, sql.PAIR, sql.edge(book)):
        con.execute(statement)
    con.execute(sql.STEWARD_PAIR)
    con.execute(sql.DELETE_DECIDED_EDGE)
    con.execute(sql.INSERT_STEWARD_EDGE, {"must_link_weight": MUST_LINK_WEIGHT})


def _cluster(con: duckdb.DuckDBPyConnection) -> None:
    """From edges to profile_label (one row per profile: its cluster)."""
    nodes = con.execute(sql.PROFILE_NODE).fetchnumpy()
    facets = nodes["facet_number"].astype(np.int64)
    edges = _edges(con)
    edges = edges.where(edges.weight < MUST_LINK_WEIGHT)
    linked = components(len(facets), edges)
    keep_rows(
        con,
        "profile_component",
        pa.table({"profile_number": np.arange(len(facets)), "facet_number": facets, "component": linked}),
    )
    for statement in (sql.FACET_PAIR, sql.NAME_PAIR_OF_FACETS, sql.CONTRADICTION, sql.INSERT_STEWARD_CONTRADICTION):
        con.execute(statement)
    found = con.execute(sql.CONTRADICTION_ROWS).fetchnumpy()
    contradictions = Contradictions(found["first_facet"].astype(np.int64), found["second_facet"].astype(np.int64))
    labels = cluster(facets, nodes["is_leaf"].astype(bool), edges, contradictions)
    labels = unite(labels, *_steward_pairs(con))
    keep_rows(con, "profile_label", pa.table({"profile_number": np.arange(len(labels)), "cluster": labels}))


def _place_profiles(con: duckdb.DuckDBPyConnection) -> None:
    """profile_cluster: one row per profile with its cluster and the link that ties it towards the cluster's anchor."""
    labels = con.execute(sql.PROFILE_LABEL_ROWS).fetchnumpy()["cluster"].astype(np.int64)
    roots = con.execute(sql.CLUSTER_ROOT).fetchnumpy()["root_profile"].astype(np.int64)
    edges = _edges(con)
    together = labels[edges.first] == labels[edges.second]
    rules = con.execute(sql.LINK_ROWS).to_arrow_table().column(0).combine_chunks().filter(pa.array(together))
    inside = edges.where(together)
    tie = link_tree(len(labels), inside, roots)
    position = pa.array(tie, mask=tie < 0)
    weight = np.where(tie >= 0, inside.weight[tie] if len(inside) else 0.0, 0.0)
    probability = pa.array(1 - 1 / (1 + np.exp2(np.minimum(weight, 60))), mask=tie < 0)
    placed = {
        "profile_number": np.arange(len(labels)),
        "cluster": labels,
        "link_rule": rules.take(position),
        "link_probability": probability,
    }
    keep_rows(con, "profile_cluster", pa.table(placed))


def _edges(con: duckdb.DuckDBPyConnection) -> Edges:
    found = con.execute(sql.EDGE_ROWS).fetchnumpy()
    first, second, support = (
        found[name].astype(np.int64) for name in ("first_profile", "second_profile", "pair_count")
    )
    return Edges(first, second, found["match_weight"].astype(np.float64), support)


def _steward_pairs(con: duckdb.DuckDBPyConnection) -> tuple[Ints, Ints]:
    """Pairs of profiles that must be one customer, and pairs that must not."""
    found = con.execute(sql.STEWARD_PAIR_ROWS).fetchnumpy()
    pairs = np.stack([found["first_profile"].astype(np.int64), found["second_profile"].astype(np.int64)], axis=1)
    is_must_link = found["is_must_link"].astype(bool)
    return pairs[is_must_link], pairs[~is_must_link]


def _write(con: duckdb.DuckDBPyConnection, night_date: date) -> dict[str, int]:
    """Replace the identity tables; counts by table."""
    night = {"night_date": night_date}
    rows = {
        "person_normalised": con.execute(sql.PERSON_NORMALISED_ROWS).to_arrow_table(),
        "shared_identifier": con.execute(sql.SHARED_IDENTIFIER_ROWS).to_arrow_table(),
        "match_edge": con.execute(sql.MATCH_EDGE_ROWS).to_arrow_table(),
        "customer_record": con.execute(sql.CUSTOMER_RECORD_ROWS, night).to_arrow_table(),
        "customer_history": con.execute(sql.CUSTOMER_HISTORY_ROWS, night).to_arrow_table(),
        "customer_confidence": con.execute(sql.CONFIDENCE_ROWS).to_arrow_table(),
    }
    written = {name: write_rows(con, f"identity.{name}", table, replace_where={}) for name, table in rows.items()}
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


__all__ = ["commit", "resolve"]
