"""Clusters from edges: connected components, never with a contradiction inside.

Pure functions of arrays; node numbers must order by content, so that ties fall the same way every night.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from identity.arrays import Bools, Floats, Ints
from identity.groups import CITY, DOCUMENT, RELATIVE_BITS, STREET, Contradictions, Groups, Identifiers, Link

MUST_LINK_WEIGHT = 1000.0
# Evidence (bits) from which an edge links whatever else its clusters say, unless parent and child of one name may share
# all that it rests on. Other edges are weighed against what differs between the clusters (identity.groups).
STRONG_BITS = 10.0
PART_SIZE = 50_000  # weak edges that are weighed at a time


@dataclass(frozen=True)
class Edges:
    """Pairs of nodes (first < second) that may be one person.

    `weight`: evidence in bits; `support`: record pairs that stand behind it; `is_of_family`: it rests on rules that
    parent and child of one name may satisfy, and on nothing else.
    """

    first: Ints
    second: Ints
    weight: Floats
    support: Ints
    is_of_family: Bools

    def __len__(self) -> int:
        return len(self.first)

    def where(self, keep: Bools) -> "Edges":
        """The edges where `keep` is true."""
        return Edges(
            self.first[keep], self.second[keep], self.weight[keep], self.support[keep], self.is_of_family[keep]
        )


@dataclass(frozen=True)
class Nodes:
    """What is to be clustered: a facet each; a leaf has no given name, a bare one no data of its own but the name."""

    facet: Ints
    is_leaf: Bools
    is_bare: Bools


def components(node_count: int, edges: Edges) -> Ints:
    """The component of each node, numbered by the first node in it."""
    graph = coo_array((np.ones(len(edges), dtype=np.int8), (edges.first, edges.second)), shape=(node_count, node_count))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def cluster(nodes: Nodes, edges: Edges, contradictions: Contradictions, identifiers: Identifiers) -> Ints:
    """The cluster of each node, in three steps.

    Strong edges make clusters of nodes that have a given name, and groups of leaves (no given name, or an initial).
    Weak edges join clusters, and groups, that differ in less than the edge says. A leaf bridges nobody: its group joins
    the one cluster with the strongest evidence among those that differ in less, or stays alone when two are equally
    strong.
    """
    facets, is_leaf = nodes.facet, nodes.is_leaf
    are_alike = is_leaf[edges.first] == is_leaf[edges.second]
    is_strong = _are_strong(edges)
    grown = edges.where(are_alike & is_strong)
    labels = _without_contradictions(components(len(facets), grown), facets, grown, contradictions)
    labels = _join_by_weak_edges(labels, nodes, edges.where(are_alike & ~is_strong), contradictions, identifiers)
    to_leaf = _borne(labels, nodes, edges.where(~are_alike), contradictions, identifiers)
    return _attach_leaves(labels, facets, is_leaf, to_leaf, contradictions)


def _join_by_weak_edges(
    labels: Ints, nodes: Nodes, edges: Edges, contradictions: Contradictions, identifiers: Identifiers
) -> Ints:
    """Clusters that a weak edge connects become one, strongest first, unless facets conflict or too much differs.

    First come links of relatives between records that differ in nothing: what a person always shows is known then
    before any other life is compared with it. Where two people of one name are known, a record that fits both joins
    neither.
    """
    between = edges.where(labels[edges.first] != labels[edges.second])
    target = np.arange(labels.max(initial=-1) + 1)
    for is_in_part in _parts(labels, between):
        _join_part(target, labels, nodes, between.where(is_in_part), contradictions, identifiers)
    return target[labels]


def _join_part(
    target: Ints, labels: Ints, nodes: Nodes, between: Edges, contradictions: Contradictions, identifiers: Identifiers
) -> None:
    """Write into `target`, by label, the cluster that it becomes."""
    first, second = labels[between.first].tolist(), labels[between.second].tolist()
    links = _links(between, nodes, identifiers)
    involved = np.flatnonzero(np.isin(labels, np.r_[first, second]))
    groups = Groups(contradictions)
    groups.fill(labels, nodes.facet, involved, identifiers)
    for one, other, link in zip(first, second, links, strict=True):
        groups.meet(one, other, link.weight)
    left = between.weight.copy()
    for at in np.flatnonzero(between.is_of_family).tolist():
        left[at] = groups.bits_left(first[at], second[at], links[at])
    is_clear = between.is_of_family & (left >= np.minimum(between.weight, RELATIVE_BITS))
    order = np.lexsort((between.second, between.first, -between.support, -left, -between.weight, ~is_clear))
    for at in order.tolist():
        groups.join(first[at], second[at], links[at])
    touched = np.unique(labels[involved])
    target[touched] = [groups.root(label) for label in touched.tolist()]


def _borne(labels: Ints, nodes: Nodes, edges: Edges, contradictions: Contradictions, identifiers: Identifiers) -> Edges:
    """The edges that are strong, or between clusters that differ in less than the edge says."""
    keep = _are_strong(edges)
    weak = edges.where(~keep)
    is_borne = np.zeros(len(weak), dtype=bool)
    for is_in_part in _parts(labels, weak):
        part = weak.where(is_in_part)
        first, second = labels[part.first].tolist(), labels[part.second].tolist()
        groups = Groups(contradictions)
        groups.fill(labels, nodes.facet, np.flatnonzero(np.isin(labels, np.r_[first, second])), identifiers)
        links = _links(part, nodes, identifiers)
        is_borne[is_in_part] = [not groups.differ_in_more(*sides) for sides in zip(first, second, links, strict=True)]
    keep[~keep] = is_borne
    return edges.where(keep)


def _are_strong(edges: Edges) -> Bools:
    return (edges.weight >= STRONG_BITS) & ~edges.is_of_family


def _links(edges: Edges, nodes: Nodes, identifiers: Identifiers) -> list[Link]:
    """What each edge says, as groups weigh it."""
    are_bare = nodes.is_bare[edges.first] & nodes.is_bare[edges.second]
    known = {slot: identifiers.node[identifiers.slot == slot] for slot in (CITY, STREET, DOCUMENT)}
    weighed = [np.isin(edges.first, node) & np.isin(edges.second, node) for node in known.values()]
    of_both = [
        frozenset(slot for slot, is_known in zip(known, row, strict=True) if is_known)
        for row in zip(*weighed, strict=True)
    ]
    return [
        Link(*columns)
        for columns in zip(edges.weight.tolist(), edges.is_of_family.tolist(), are_bare.tolist(), of_both, strict=True)
    ]


def _parts(labels: Ints, between: Edges) -> Iterator[Bools]:
    """The edges in parts whose clusters never meet, each of about PART_SIZE, so that memory does not grow with them."""
    of_labels = replace(between, first=labels[between.first], second=labels[between.second])
    component = components(len(labels), of_labels)[of_labels.first]
    ordered = np.sort(component)
    ends = np.unique(np.searchsorted(ordered, ordered[PART_SIZE - 1 :: PART_SIZE], side="right"))
    for start, end in pairwise(np.unique(np.r_[0, ends, len(ordered)]).tolist()):
        yield (component >= ordered[start]) & (component <= ordered[end - 1])


def _without_contradictions(labels: Ints, facets: Ints, edges: Edges, contradictions: Contradictions) -> Ints:
    """Components with a contradiction are grown again, strongest edge first, without any union that holds one.

    So a cut falls on the weakest edge between the parts. Ties go by node number.
    """
    bad = _contradicting_components(labels, facets, contradictions)
    if not len(bad):
        return labels
    inside = edges.where(np.isin(labels[edges.first], bad))
    order = np.lexsort((inside.second, inside.first, -inside.support, -inside.weight))
    nodes = np.flatnonzero(np.isin(labels, bad))
    groups = Groups(contradictions)
    groups.fill(np.arange(len(labels)), facets, nodes)
    for at in order.tolist():
        groups.join(int(inside.first[at]), int(inside.second[at]))
    fresh = labels.copy()
    next_label = int(labels.max()) + 1
    fresh[nodes] = [next_label + groups.root(node) for node in nodes.tolist()]
    return np.unique(fresh, return_inverse=True)[1].astype(np.int64)


def _contradicting_components(labels: Ints, facets: Ints, contradictions: Contradictions) -> Ints:
    """Components that hold both facets of some contradiction."""
    if not len(contradictions.first):
        return np.empty(0, dtype=np.int64)
    involved = np.flatnonzero(np.isin(facets, np.concatenate([contradictions.first, contradictions.second])))
    contradicted = contradictions.by_facet
    members: dict[int, set[int]] = {}
    for node in involved.tolist():
        members.setdefault(int(labels[node]), set()).add(int(facets[node]))
    bad = [
        label for label, held in members.items() if len(held) > 1 and any(contradicted[facet] & held for facet in held)
    ]
    return np.array(sorted(bad), dtype=np.int64)


def _attach_leaves(labels: Ints, facets: Ints, is_leaf: Bools, edges: Edges, contradictions: Contradictions) -> Ints:
    """Each group of leaves joins the core cluster that has the strongest evidence and no contradiction with it."""
    if not len(edges):
        return labels
    first_is_leaf = is_leaf[edges.first]
    leaf = labels[np.where(first_is_leaf, edges.first, edges.second)]
    core = labels[np.where(first_is_leaf, edges.second, edges.first)]
    pairs, position = np.unique(np.stack([leaf, core], axis=1), axis=0, return_inverse=True)
    best = np.full(len(pairs), -np.inf)
    np.maximum.at(best, position, edges.weight)
    support = np.zeros(len(pairs), dtype=np.int64)
    np.add.at(support, position, edges.support + 1)
    allowed = ~_pairs_contradict(pairs, labels, facets, contradictions)
    pairs, best, support = pairs[allowed], best[allowed], support[allowed]
    order = np.lexsort((-support, -best, pairs[:, 0]))
    pairs, best, support = pairs[order], best[order], support[order]
    is_top = np.r_[True, pairs[1:, 0] != pairs[:-1, 0]] if len(pairs) else np.empty(0, dtype=bool)
    is_tied = np.zeros(len(pairs), dtype=bool)
    if len(pairs) > 1:
        same = (pairs[1:, 0] == pairs[:-1, 0]) & (best[1:] == best[:-1]) & (support[1:] == support[:-1])
        is_tied[:-1] = same
    is_chosen = is_top & ~is_tied
    strongest = np.lexsort((pairs[is_chosen, 0], -support[is_chosen], -best[is_chosen]))
    chosen = _without_rivals(pairs[is_chosen][strongest], labels, facets, contradictions)
    target = np.arange(labels.max() + 1)
    target[chosen[:, 0]] = chosen[:, 1]
    return target[labels]


def _without_rivals(chosen: Ints, labels: Ints, facets: Ints, contradictions: Contradictions) -> Ints:
    """Leaf groups with their core, strongest first, but for those that contradict one that came to the core before."""
    contradicted = contradictions.by_facet
    is_involved = np.isin(facets, np.concatenate([contradictions.first, contradictions.second]))
    held: dict[int, set[int]] = {}
    for node in np.flatnonzero(is_involved & np.isin(labels, chosen[:, 0])).tolist():
        held.setdefault(int(labels[node]), set()).add(int(facets[node]))
    joined: dict[int, set[int]] = {}
    keep = np.ones(len(chosen), dtype=bool)
    for at, (leaf, core) in enumerate(chosen.tolist()):
        there, mine = joined.setdefault(core, set()), held.get(leaf, set())
        keep[at] = not any(contradicted[facet] & there for facet in mine)
        if keep[at]:
            there |= mine
    return chosen[keep]


def _pairs_contradict(pairs: Ints, labels: Ints, facets: Ints, contradictions: Contradictions) -> Bools:
    """Whether any facet of one cluster contradicts any of the other, for each pair of clusters."""
    if not len(contradictions.first) or not len(pairs):
        return np.zeros(len(pairs), dtype=bool)
    contradicted = contradictions.by_facet
    wanted = np.flatnonzero(np.isin(labels, pairs))
    held: dict[int, set[int]] = {}
    for node in wanted.tolist():
        held.setdefault(int(labels[node]), set()).add(int(facets[node]))
    return np.array(
        [any(contradicted.get(facet, set()) & held[core] for facet in held[leaf]) for leaf, core in pairs.tolist()],
        dtype=bool,
    )


def unite(labels: Ints, must_link: Ints, cannot_link: Ints) -> Ints:
    """Clusters after the steward's unions (pairs of nodes); one that joins a pair that must not be one is left out."""
    fresh = labels.copy()
    for one, other in must_link.tolist():
        keep, gone = sorted((int(fresh[one]), int(fresh[other])))
        united = np.where(fresh == gone, keep, fresh)
        if not (united[cannot_link[:, 0]] == united[cannot_link[:, 1]]).any():
            fresh = united
    return fresh
