"""The best alignment: every unit in exactly one unitary alignment, at the least total cost.

Two coders are an assignment problem. More are a set partition, which falls into independent parts:
small ones are solved by dynamic programming, large ones as a linear programme whose fractional
parts, if any, are solved again in whole numbers. All are exact.
"""

import math
from collections.abc import Iterator
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
from secondcoder.agreement.gamma_cover import MOST_UNITS, cheapest_covers
from secondcoder.agreement.unitizing import Floats, Ints

_BATCH = 100_000
"""Unitary alignments of whole blocks to be weighed at a time, at most, where blocks are small."""

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
    found = [_aligned(blocks, costs, units) for units in _batches(blocks)]
    # The place of any member tells the block: none lies in two.
    members = np.concatenate([each for each, _ in found])
    return Alignment(
        members, np.concatenate([each for _, each in found]), blocks.block[members.max(axis=1)]
    )


def _batches(blocks: Blocks) -> Iterator[Ints]:
    """Yield the units of as many blocks at a time as memory bears."""
    n_blocks = int(blocks.block.max(initial=-1)) + 1
    cells = blocks.block * blocks.n_coders + blocks.slot
    units = np.bincount(cells, minlength=n_blocks * blocks.n_coders)
    units = units.reshape(n_blocks, blocks.n_coders)
    # In log-space: of long texts the product would not fit into a number.
    most = np.exp(np.minimum(np.log(units + 1.0).sum(axis=1), math.log(_BATCH)))
    batch = (np.cumsum(most) / _BATCH).astype(np.int64)[blocks.block]
    order = np.argsort(batch, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(batch[order])) + 1)


def _aligned(blocks: Blocks, costs: Dissimilarity, units: Ints) -> tuple[Ints, Floats]:
    """Return members and cost of the best alignment of some blocks' units."""
    mine = blocks.of(units)
    possible = candidates(mine, costs)
    # Of equal costs the solver takes the one with fewer parts; what is returned is the true cost.
    possible_cost = possible.cost / costs.d_empty + _TIE
    choose = _matching if blocks.n_coders == 2 else _partition  # noqa: PLR2004 # a pair
    chosen = choose(possible._replace(cost=possible_cost), len(mine.start))
    members = possible.members[chosen]
    return np.where(members == EMPTY, EMPTY, units[members]), possible.cost[chosen]


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
    size = np.bincount(unit_part)
    # Each unit is a bit: its place among the units of its part.
    order = np.argsort(unit_part, kind="stable")
    rank = np.empty(len(unit_part), np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(np.cumsum(size) - size, size)
    bit = np.append(1 << np.minimum(rank, MOST_UNITS), 0)
    chosen = [np.zeros(0, np.int64)]
    for n_units in np.unique(size[part[these]]).tolist():
        mine = these[size[part[these]] == n_units]
        parts, problem = np.unique(part[mine], return_inverse=True)
        sets = bit[possible.members[mine]].sum(axis=1)
        costs = np.full((len(parts), 1 << n_units), np.inf)
        costs[problem, sets] = possible.cost[mine]
        place = np.zeros(costs.shape, np.int64)
        place[problem, sets] = mine
        chosen.append(place[cheapest_covers(costs)])
    return np.concatenate(chosen)


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
