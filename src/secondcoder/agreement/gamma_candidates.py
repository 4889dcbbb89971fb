"""Unitary alignments worth considering: one unit or none of each coder, near enough to be one.

Source: Mathet, Widlöcher & Métivier (2015), The Unified and Holistic Method Gamma for
Inter-Annotator Agreement Measure and Alignment, Computational Linguistics 41(3).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from secondcoder.agreement.unitizing import Floats, Ints
from secondcoder.errors import InputError

_MAX_CANDIDATES = 5_000_000
"""More pairings than this at a time do not fit into a gigabyte."""

_ROUNDING = 1 + 1e-12
"""Alignments that cost just as much apart stay, rounding or not."""

EMPTY = -1
"""In place of a unit: this coder has none here."""


@dataclass(frozen=True)
class Dissimilarity:
    """What it costs that two units differ, and that one has no partner."""

    alpha: float = 1.0
    """Weight of positions."""
    beta: float = 1.0
    """Weight of categories."""
    d_empty: float = 1.0
    """Cost of a unit against none, and of none against none: the scale of all costs."""

    counts_unaligned: bool = False
    """Whether gamma-cat takes a unit without a partner for a pair that differs."""

    def __post_init__(self) -> None:
        if min(self.alpha, self.beta) < 0 or self.d_empty <= 0:
            raise InputError(
                f"alpha {self.alpha}, beta {self.beta}, d_empty {self.d_empty}: the first two must "
                f"be 0 or more, the last above 0"
            )


class Blocks(NamedTuple):
    """Units of the same number of coders on continua (blocks) that never meet."""

    n_coders: int
    block: Ints
    """Shape: (n_units,), like all that follow; blocks count from 0."""
    slot: Ints
    """Which coder of the block: 0 to n_coders - 1."""
    start: Floats
    end: Floats
    category: Ints

    def of(self, units: Ints) -> "Blocks":
        """Return some of the units, by their places, in these blocks."""
        return Blocks(
            self.n_coders,
            self.block[units],
            self.slot[units],
            self.start[units],
            self.end[units],
            self.category[units],
        )


class Candidates(NamedTuple):
    """Unitary alignments, at least one unit in each."""

    members: Ints
    """Units by their place in the blocks, `EMPTY` for none. Shape: (n_candidates, n_coders)."""
    cost: Floats
    """The mean of the dissimilarities of all pairs of members. Shape: (n_candidates,)."""


def positional(blocks: Blocks, one: Ints, two: Ints) -> Floats:
    """Return the positional dissimilarity of pairs of units, before weights.

    The square of the distances between starts and between ends over the summed lengths.

    Source: the paper's sporadic positional dissimilarity, as the documentation of pygamma-agreement
    writes it; the tests hold its values to that package's.
    """
    start, end = blocks.start, blocks.end
    apart = np.abs(start[one] - start[two]) + np.abs(end[one] - end[two])
    lengths = end[one] - start[one] + end[two] - start[two]
    return np.asarray((apart / lengths) ** 2, np.float64)


def dissimilarities(blocks: Blocks, costs: Dissimilarity, one: Ints, two: Ints) -> Floats:
    """Return the combined dissimilarity of pairs of units."""
    differ = blocks.category[one] != blocks.category[two]
    place = costs.alpha * positional(blocks, one, two)
    return np.asarray((place + costs.beta * differ) * costs.d_empty, np.float64)


def candidates(blocks: Blocks, costs: Dissimilarity) -> Candidates:
    """Return every unitary alignment that a best alignment may need.

    The paper leaves out alignments that cost more than their units alone; here one is left out too
    if it costs more than with one unit taken out and left alone. Neither can change the best
    alignment's disorder.
    """
    n_coders = blocks.n_coders
    n_pairs = n_coders * (n_coders - 1) // 2
    # With a unit taken out, at most its own row of pairs and its own n_pairs fall to d_empty.
    limit = costs.d_empty * (n_coders - 1 + n_pairs)
    reach = np.sqrt((n_coders - 1 + n_pairs) / costs.alpha) if costs.alpha else np.inf
    members = np.zeros((0, 0), np.int64)
    sums = np.zeros((0, 0))
    for slot in range(n_coders):
        state, unit, theirs = _near(blocks, members, slot, reach)
        d = np.zeros((len(state), slot))
        for column in range(slot):
            other = members[state, column]
            real = np.flatnonzero(other != EMPTY)
            d[real, column] = dissimilarities(blocks, costs, unit[real], other[real])
        joined = np.column_stack([sums[state] + d, d.sum(axis=1)])
        fits = (joined <= limit * _ROUNDING).all(axis=1)
        alone = np.full((len(theirs), slot), EMPTY)
        members = np.concatenate([
            np.column_stack([members, np.full(len(members), EMPTY)]),
            np.column_stack([members[state[fits]], unit[fits]]),
            np.column_stack([alone, theirs]),
        ])
        sums = np.concatenate([
            np.column_stack([sums, np.zeros(len(sums))]),
            joined[fits],
            np.zeros((len(theirs), slot + 1)),
        ])
    size = (members != EMPTY).sum(axis=1)
    empty_pairs = n_pairs - size * (size - 1) / 2
    cost = (sums.sum(axis=1) / 2 + empty_pairs * costs.d_empty) / n_pairs
    cheaper = cost <= size * costs.d_empty * _ROUNDING
    most = costs.d_empty * (size - 1 + n_pairs) * _ROUNDING
    tight = (sums <= most[:, None]).all(axis=1)
    kept = (size == 1) | (cheaper & tight)
    return Candidates(members[kept], cost[kept])


def _near(blocks: Blocks, members: Ints, slot: int, reach: float) -> tuple[Ints, Ints, Ints]:
    """Return which units of the slot may join which states, and all units of the slot.

    Raises:
        InputError: There are too many.
    """
    theirs = np.flatnonzero(blocks.slot == slot)
    theirs = theirs[np.lexsort((blocks.start[theirs], blocks.block[theirs]))]
    if not len(members) or not len(theirs):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), theirs
    anchor = members[np.arange(len(members)), (members != EMPTY).argmax(axis=1)]
    low, high = _window(blocks, anchor, theirs, reach)
    count = np.maximum(high - low, 0)
    if count.sum() > _MAX_CANDIDATES:
        raise InputError(
            f"gamma would have to weigh over {_MAX_CANDIDATES:,} alignments of the units of "
            f"{blocks.n_coders} coders; compare fewer coders, or split the continuum"
        )
    state = np.repeat(np.arange(len(members)), count)
    within = np.arange(len(state)) - np.repeat(np.cumsum(count) - count, count)
    return state, theirs[np.repeat(low, count) + within], theirs


def _window(blocks: Blocks, anchor: Ints, theirs: Ints, reach: float) -> tuple[Ints, Ints]:
    """Return from where to where in `theirs` units may lie near each anchor, in its block."""
    block = blocks.block[theirs]
    first = np.searchsorted(block, blocks.block[anchor], side="left")
    last = np.searchsorted(block, blocks.block[anchor], side="right")
    if not np.isfinite(reach):
        return first, last
    longest = np.zeros(int(blocks.block.max()) + 1)
    np.maximum.at(longest, block, blocks.end[theirs] - blocks.start[theirs])
    # Blocks in a row on one axis, so that one search finds places in all of them.
    low, high = np.full(len(longest), np.inf), np.full(len(longest), -np.inf)
    np.minimum.at(low, blocks.block, blocks.start)
    np.maximum.at(high, blocks.block, blocks.start)
    extent = np.where(np.isfinite(low), high - low, 0.0) + 1.0
    shift = np.cumsum(extent) - extent - low
    at = blocks.start[theirs] + shift[block]
    home = blocks.block[anchor]
    length = blocks.end[anchor] - blocks.start[anchor]
    # A little more than the reach: rounding must not lose a neighbour.
    span = reach * (length + longest[home]) * (1 + 1e-9) + 1e-9
    place = blocks.start[anchor] + shift[home]
    return (
        np.maximum(first, np.searchsorted(at, place - span, side="left")),
        np.minimum(last, np.searchsorted(at, place + span, side="right")),
    )
