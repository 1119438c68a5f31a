"""Clusters from edges: connected components, never with a contradiction inside.

Pure functions of arrays; node numbers must order by content, so that ties fall the same way every night.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, minimum_spanning_tree

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MUST_LINK_WEIGHT = 1000.0


@dataclass(frozen=True)
class Edges:
    """Pairs of nodes (first < second) that may be one person: evidence in bits, record pairs that stand behind it."""

    first: Ints
    second: Ints
    weight: Floats
    support: Ints

    def __len__(self) -> int:
        return len(self.first)

    def where(self, keep: Bools) -> "Edges":
        """The edges where `keep` is true."""
        return Edges(self.first[keep], self.second[keep], self.weight[keep], self.support[keep])


@dataclass(frozen=True)
class Contradictions:
    """Pairs of facets that can't be one person; a facet is all that contradictions are judged by."""

    first: Ints
    second: Ints

    def by_facet(self) -> dict[int, set[int]]:
        """Facets that a facet contradicts."""
        found: dict[int, set[int]] = {}
        for one, other in zip(self.first.tolist(), self.second.tolist(), strict=True):
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
        return found


def components(node_count: int, edges: Edges) -> Ints:
    """The component of each node, numbered by the first node in it."""
    graph = coo_array((np.ones(len(edges), dtype=np.int8), (edges.first, edges.second)), shape=(node_count, node_count))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def cluster(facets: Ints, is_leaf: Bools, edges: Edges, contradictions: Contradictions) -> Ints:
    """The cluster of each node.

    Nodes with a given name form clusters first. A leaf (no given name, or an initial) bridges nobody: groups of leaves
    join the one cluster with the strongest evidence, or stay alone when two are equally strong.
    """
    node_count = len(facets)
    both_core = ~is_leaf[edges.first] & ~is_leaf[edges.second]
    both_leaf = is_leaf[edges.first] & is_leaf[edges.second]
    grown = edges.where(both_core | both_leaf)
    labels = _without_contradictions(components(node_count, grown), facets, grown, contradictions)
    return _attach_leaves(labels, facets, is_leaf, edges.where(~both_core & ~both_leaf), contradictions)


def _without_contradictions(labels: Ints, facets: Ints, edges: Edges, contradictions: Contradictions) -> Ints:
    """Components with a contradiction are grown again, strongest edge first, without any union that holds one.

    So a cut falls on the weakest edge between the parts. Ties go by node number.
    """
    contradicted = contradictions.by_facet()
    bad = _contradicting_components(labels, facets, contradictions)
    if not len(bad):
        return labels
    inside = edges.where(np.isin(labels[edges.first], bad))
    order = np.lexsort((inside.second, inside.first, -inside.support, -inside.weight))
    groups = _Groups(facets, contradicted)
    for at in order.tolist():
        groups.join(int(inside.first[at]), int(inside.second[at]))
    nodes = np.flatnonzero(np.isin(labels, bad))
    fresh = labels.copy()
    next_label = int(labels.max()) + 1
    fresh[nodes] = [next_label + groups.root(node) for node in nodes.tolist()]
    return np.unique(fresh, return_inverse=True)[1].astype(np.int64)


def _contradicting_components(labels: Ints, facets: Ints, contradictions: Contradictions) -> Ints:
    """Components that hold both facets of some contradiction."""
    if not len(contradictions.first):
        return np.empty(0, dtype=np.int64)
    involved = np.flatnonzero(np.isin(facets, np.concatenate([contradictions.first, contradictions.second])))
    contradicted = contradictions.by_facet()
    members: dict[int, set[int]] = {}
    for node in involved.tolist():
        members.setdefault(int(labels[node]), set()).add(int(facets[node]))
    bad = [
        label for label, held in members.items() if len(held) > 1 and any(contradicted[facet] & held for facet in held)
    ]
    return np.array(sorted(bad), dtype=np.int64)


class _Groups:
    """Union-find whose groups know their facets and the facets that they forbid."""

    def __init__(self, facets: Ints, contradicted: dict[int, set[int]]) -> None:
        self._facets = facets
        self._contradicted = contradicted
        self._parent: dict[int, int] = {}
        self._held: dict[int, set[int]] = {}
        self._forbidden: dict[int, set[int]] = {}

    def root(self, node: int) -> int:
        """The group of a node: its smallest node."""
        at = node
        while (above := self._parent.get(at, at)) != at:
            at = above
        while node != at:
            self._parent[node], node = at, self._parent.get(node, node)
        return at

    def join(self, one: int, other: int) -> None:
        """Unite two groups unless they contradict each other."""
        low, high = sorted((self.root(one), self.root(other)))
        if low == high:
            return
        low_held, low_forbidden = self._content(low)
        high_held, high_forbidden = self._content(high)
        if low_forbidden & high_held or high_forbidden & low_held:
            return
        self._parent[high] = low
        self._held[low] = low_held | high_held
        self._forbidden[low] = low_forbidden | high_forbidden

    def _content(self, root: int) -> tuple[set[int], set[int]]:
        facet = int(self._facets[root])
        return self._held.get(root, {facet}), self._forbidden.get(root, self._contradicted.get(facet, set()))


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
    chosen = pairs[is_top & ~is_tied]
    target = np.arange(labels.max() + 1)
    target[chosen[:, 0]] = chosen[:, 1]
    return target[labels]


def _pairs_contradict(pairs: Ints, labels: Ints, facets: Ints, contradictions: Contradictions) -> Bools:
    """Whether any facet of one cluster contradicts any of the other, for each pair of clusters."""
    if not len(contradictions.first) or not len(pairs):
        return np.zeros(len(pairs), dtype=bool)
    contradicted = contradictions.by_facet()
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


def link_tree(node_count: int, edges: Edges, roots: Ints) -> Ints:
    """The position of the edge that ties each node towards its cluster's root along the strongest links; -1 for roots.

    `edges` must lie within clusters, and `roots` hold one node of each cluster.
    """
    cost = 2 * MUST_LINK_WEIGHT - edges.weight
    rooted_first = np.r_[edges.first, np.full(len(roots), node_count)]
    rooted_second = np.r_[edges.second, roots]
    order = np.lexsort((edges.second, edges.first, cost))
    # Ranks instead of weights: no ties, so the tree is one and the same for the same edges.
    rank = np.empty(len(edges), dtype=np.float64)
    rank[order] = np.arange(len(roots) + 1, len(roots) + 1 + len(edges))
    values = np.r_[rank, np.arange(1, len(roots) + 1)]
    size = node_count + 1
    graph = coo_array((values, (rooted_first, rooted_second)), shape=(size, size)).tocsr()
    tree = csr_array(minimum_spanning_tree(graph))
    _, parent = breadth_first_order(tree + tree.T, node_count, directed=False)
    return _edge_positions(parent[:node_count], node_count, edges)


def _edge_positions(parent: NDArray[np.int32], node_count: int, edges: Edges) -> Ints:
    """The position in `edges` of each node's edge to its parent; -1 where the parent is the virtual root."""
    nodes = np.arange(node_count)
    above = parent.astype(np.int64)
    wanted = np.minimum(nodes, above) * (node_count + 1) + np.maximum(nodes, above)
    keys = edges.first * (node_count + 1) + edges.second
    order = np.argsort(keys, kind="stable")
    if not len(keys):
        return np.full(node_count, -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    found = keys[order][at] == wanted
    return np.where(found & (above >= 0) & (above < node_count), order[at], -1)
