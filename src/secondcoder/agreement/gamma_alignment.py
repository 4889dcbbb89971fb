"""The best alignment: every unit in exactly one unitary alignment, at the least total cost.

Two coders are an assignment problem. More are a set partition, which falls into independent parts:
small ones are solved by dynamic programming, large ones as a linear programme whose fractional
parts, if any, are solved again in whole numbers. All are exact.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csc_array, csr_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

from secondcoder.agreement.gamma_candidates import (
    EMPTY,
    Blocks,
    Candidates,
    Dissimilarity,
    candidates,
)
from secondcoder.agreement.gamma_cover import MOST_UNITS, cheapest_cover
from secondcoder.agreement.unitizing import Floats, Ints

_INTEGRAL = 1e-6
"""How near 0 or 1 a solution of the linear programme counts as whole."""

_TIE = 1e-8
"""What a unitary alignment costs more than it does, in units of d_empty."""

_SCALE = 1e4
"""The solver takes costs for equal that differ by less than 1e-7; `_TIE` must count."""


class Alignment(NamedTuple):
    """Unitary alignments that hold every unit once."""

    members: Ints
    """Units by their place in the blocks, `EMPTY` for none. Shape: (n_alignments, n_coders)."""
    cost: Floats
    """Shape: (n_alignments,)."""
    block: Ints
    """Shape: (n_alignments,)."""


def best_alignment(blocks: Blocks, costs: Dissimilarity) -> Alignment:
    """Return an alignment of the least total cost; of several, one of few unitary alignments.

    >>> one = np.array([0, 0]), np.array([0, 1]), np.array([1.0, 2.0]), np.array([5.0, 6.0])
    >>> found = best_alignment(Blocks(2, *one, np.array([0, 0])), Dissimilarity())
    >>> found.members.tolist(), found.cost.tolist()
    ([[0, 1]], [0.0625])
    """
    possible = candidates(blocks, costs)
    # Of equal costs the solver takes the one with fewer parts; what is returned is the true cost.
    possible_cost = possible.cost / costs.d_empty + _TIE
    choose = _matching if blocks.n_coders == 2 else _partition  # noqa: PLR2004 # a pair
    chosen = choose(possible._replace(cost=possible_cost), len(blocks.start))
    members, cost = possible.members[chosen], possible.cost[chosen]
    # The place of any member tells the block: none lies in two.
    return Alignment(members, cost, blocks.block[members.max(axis=1)])


def _matching(possible: Candidates, n_units: int) -> Ints:
    """Return the candidates chosen, of two coders."""
    if not n_units:
        return np.zeros(0, np.int64)
    first, second = possible.members.T
    pair = (first != EMPTY) & (second != EMPTY)
    # A unit may meet its own stand-in instead of a partner. Rows are the first coder's units and
    # the second's stand-ins, columns the second's units and the first's stand-ins; stand-ins left
    # over meet each other for nothing where their units could have met.
    row = np.where(first != EMPTY, first, second)
    column = np.where(second != EMPTY, second, first)
    rows = np.concatenate([row, second[pair]])
    columns = np.concatenate([column, first[pair]])
    weights = np.concatenate([possible.cost, np.zeros(pair.sum())])
    # Zeros would vanish from a sparse matrix; what is added to each edge adds the same to all.
    matrix = csr_array((weights + 1.0, (rows, columns)), shape=(n_units, n_units))
    matched_rows, matched = min_weight_full_bipartite_matching(matrix)
    partner = np.empty(n_units, np.int64)
    partner[matched_rows] = matched
    # Left-over stand-ins sit on candidates' diagonals too: only rows of real first units and
    # stand-ins that met their own unit choose a candidate.
    return np.flatnonzero(partner[row] == column)


def _partition(possible: Candidates, n_units: int) -> Ints:
    """Return the candidates chosen, of any number of coders: each independent part by itself."""
    if not n_units:
        return np.zeros(0, np.int64)
    at, slot = np.nonzero(possible.members != EMPTY)
    unit, n_all = possible.members[at, slot], n_units + len(possible.cost)
    graph = coo_array((np.ones(len(at)), (unit, n_units + at)), shape=(n_all, n_all))
    part = connected_components(graph, directed=False)[1].astype(np.int64)
    size = np.bincount(part[:n_units])
    small = size[part[n_units:]] <= MOST_UNITS
    large = np.flatnonzero(~small)
    chosen = [_small_parts(possible, part[:n_units], part[n_units:], np.flatnonzero(small))]
    if len(large):
        chosen.append(large[_programme(possible.members[large], possible.cost[large])])
    return np.concatenate(chosen)


def _small_parts(possible: Candidates, unit_part: Ints, part: Ints, these: Ints) -> Ints:
    """Return the candidates chosen among `these`, whose parts are small."""
    order = np.argsort(unit_part, kind="stable")
    first = np.searchsorted(unit_part[order], unit_part)
    rank = np.empty(len(unit_part), np.int64)
    rank[order] = np.arange(len(order))
    bit = np.append(1 << np.minimum(rank - first, MOST_UNITS), 0)
    these = these[np.argsort(part[these], kind="stable")]
    masks = bit[possible.members[these]].sum(axis=1).tolist()
    costs = possible.cost[these].tolist()
    ends = np.flatnonzero(np.diff(part[these], append=-1)) + 1
    chosen: list[int] = []
    begin = 0
    for end in ends.tolist():
        chosen += [begin + place for place in cheapest_cover(masks[begin:end], costs[begin:end])]
        begin = end
    return these[chosen]


def _programme(members: Ints, cost: Floats) -> Ints:
    """Return the candidates chosen by linear programming."""
    at, slot = np.nonzero(members != EMPTY)
    units, row = np.unique(members[at, slot], return_inverse=True)
    cover = csc_array((np.ones(len(at)), (row, at)), shape=(len(units), len(cost)))
    share = _solve(cost, cover, whole=False)
    split = np.flatnonzero((share > _INTEGRAL) & (share < 1 - _INTEGRAL))
    if len(split):
        # Parts of the problem that came out whole are solved.
        _, part = connected_components(cover.T @ cover, directed=False)
        for label in np.unique(part[split]):
            inside = np.flatnonzero(part == label)
            rows = np.unique(cover[:, inside].indices)
            share[inside] = _solve(cost[inside], cover[:, inside][rows], whole=True)
    return np.flatnonzero(share > 0.5)  # noqa: PLR2004 # between 0 and 1


def _solve(cost: Floats, cover: csc_array, *, whole: bool) -> Floats:
    """Return how much of each candidate the cheapest exact cover takes."""
    found = milp(
        cost * _SCALE,
        integrality=np.full(len(cost), int(whole)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(cover, 1, 1),
        options={"mip_rel_gap": 0.0},
    )
    return np.asarray(found.x, np.float64)
