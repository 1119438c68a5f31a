"""The strongest links that hold a cluster together, as a tree from its first record."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from identity.arrays import Ints
from identity.cluster import MUST_LINK_WEIGHT, Edges


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
