"""Members to clusters: work tables to arrays, through identity.cluster, and back."""

import duckdb
import numpy as np
import pyarrow as pa

from identity import sql
from identity.arrays import Ints
from identity.cluster import (
    MUST_LINK_WEIGHT,
    STRONG_BITS,
    Edges,
    Nodes,
    cluster,
    components,
    unite,
)
from identity.groups import DOCUMENT_BITS, PROFILE_BITS, Contradictions, Identifiers
from identity.hotels import ANY_HOTEL
from identity.lives import Stays
from identity.match.model import MatchModel
from identity.normalise import staged_columns
from identity.rules import RuleBook
from identity.tree import link_tree

# So many records of a component must hold a value before another one there, a slip away and at most half as common, is
# taken for a slip of it.
COMMON_COUNT = 3
MAX_BITS = 60.0  # 2**-60 is nought in a probability


def place_members(con: duckdb.DuckDBPyConnection, book: RuleBook, model: MatchModel | None) -> int:
    """From edges to profile_cluster: one row per member with its cluster and the link that ties it to the anchor.

    Members are the profiles of components that lost or gained an edge; returns their number. The model says what
    another profile or document says against one person.
    """
    sql.run(con, "open_component", "insert_member_profile", "insert_missing_names", "node", "insert_known_edge")
    sql.run(con, "member_edge", family_rules=[rule.name for rule in book.rules if rule.is_of_family])
    sql.run(con, "steward_pair")
    every_edge = _edges(con)
    _link_members(con, every_edge.where(every_edge.weight < MUST_LINK_WEIGHT))
    sql.run(con, "tied_profile", "tie_in_crowd")
    sql.run(con, "tied_name", strong_bits=STRONG_BITS)
    sql.run(con, "wanted_names_of_ties", "name_pair", "fuller_name")
    sql.run(con, "commoner_date", "commoner_name", least_count=COMMON_COUNT)
    sql.run(con, "bearer", "facet", "facet_of_profile")
    _label_members(con, every_edge, model)
    return _tie_members(con)


def _link_members(con: duckdb.DuckDBPyConnection, edges: Edges) -> None:
    """Fill member: one row per member with the component that edges other than the steward's make of it."""
    numbers = sql.arrays(con, "node_rows")["profile_number"].astype(np.int64)
    sql.keep_rows(con, "member", pa.table({"profile_number": numbers, "linked": components(len(numbers), edges)}))


def _label_members(con: duckdb.DuckDBPyConnection, every_edge: Edges, model: MatchModel | None) -> None:
    """Fill profile_label: one row per member with its cluster and its component, named by its smallest profile."""
    members = sql.arrays(con, "member_rows")
    numbers, facets = members["profile_number"].astype(np.int64), members["facet_number"].astype(np.int64)
    kind = Nodes(facets, members["is_leaf"].astype(bool), members["is_bare"].astype(bool))
    edges = every_edge.where(every_edge.weight < MUST_LINK_WEIGHT)
    sql.run(
        con,
        "document_slip",
        "facet_pair",
        "wanted_names_of_facets",
        "name_pair",
        "contradiction",
        "insert_steward_contradiction",
    )
    found = sql.arrays(con, "contradiction_rows")
    contradictions = Contradictions(found["first_facet"].astype(np.int64), found["second_facet"].astype(np.int64))
    carried = sql.arrays(con, "member_identifier_rows")
    node, slot, value = (carried[name].astype(np.int64) for name in ("node_number", "slot", "identifier"))
    bits = (model.second_profile_bits, model.second_document_bits) if model else (PROFILE_BITS, DOCUMENT_BITS)
    stays, habits = _stays(con, model.hotels if model else []), model.hotel_habits if model else ANY_HOTEL
    identifiers = Identifiers(node, slot, value, *bits, stays=stays, hotels=habits)
    labels = unite(cluster(kind, edges, contradictions, identifiers), *_steward_pairs(con))
    reached = components(len(numbers), every_edge)
    smallest = numbers[np.unique(reached, return_index=True)[1]] if len(numbers) else numbers
    placed = {
        "profile_number": numbers,
        "node_number": np.arange(len(numbers)),
        "cluster": labels,
        "component": smallest[reached],
    }
    sql.keep_rows(con, "profile_label", pa.table(placed))


def _stays(con: duckdb.DuckDBPyConnection, hotels: list[str]) -> Stays:
    """When members were guests, and at which of the hotels that the model knows."""
    found = con.execute(sql.member_stay(staged_columns(con)), {"hotels": hotels}).fetchnumpy()
    node, day, hotel = (found[name].astype(np.int64) for name in ("node_number", "day", "hotel"))
    return Stays(node, day, found["is_member"].astype(bool), hotel)


def _tie_members(con: duckdb.DuckDBPyConnection) -> int:
    labels = sql.arrays(con, "profile_label_rows")["cluster"].astype(np.int64)
    roots = sql.arrays(con, "cluster_root_rows")["root_node"].astype(np.int64)
    edges = _edges(con)
    together = labels[edges.first] == labels[edges.second]
    rules = sql.rows(con, "member_edge_rule_rows").column(0).combine_chunks().filter(pa.array(together))
    inside = edges.where(together)
    tie = link_tree(len(labels), inside, roots)
    weight = inside.weight[tie] if len(inside) else np.zeros(len(tie))
    probability = 1 - 1 / (1 + np.exp2(np.minimum(weight, MAX_BITS)))
    placed = {
        "node_number": np.arange(len(labels)),
        "link_rule": rules.take(pa.array(tie, mask=tie < 0)),
        "link_probability": pa.array(probability, mask=tie < 0),
    }
    sql.keep_rows(con, "profile_tie", pa.table(placed))
    sql.run(con, "profile_cluster")
    sql.drop(con, "profile_tie", "member_edge")
    return len(labels)


def _edges(con: duckdb.DuckDBPyConnection) -> Edges:
    found = sql.arrays(con, "member_edge_rows")
    first, second, support = (found[name].astype(np.int64) for name in ("first_node", "second_node", "pair_count"))
    is_of_family = found["is_of_family"].astype(bool)
    return Edges(first, second, found["match_weight"].astype(np.float64), support, is_of_family)


def _steward_pairs(con: duckdb.DuckDBPyConnection) -> tuple[Ints, Ints]:
    """Pairs of members that must be one customer, and pairs that must not."""
    found = sql.arrays(con, "steward_pair_rows")
    pairs = np.stack([found["first_node"].astype(np.int64), found["second_node"].astype(np.int64)], axis=1)
    is_must_link = found["is_must_link"].astype(bool)
    return pairs[is_must_link], pairs[~is_must_link]
