"""What a best alignment costs on each continuum: the sums that gamma and gamma-cat are made of."""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from secondcoder.agreement.gamma_alignment import Alignment, best_alignment
from secondcoder.agreement.gamma_candidates import EMPTY, Blocks, Dissimilarity, positional
from secondcoder.agreement.unitizing import Floats, Ints


class Tally(NamedTuple):
    """Sums per continuum; continua without two coders have none. Shape of each: (n_continua,)."""

    cost: Floats
    """Of the best alignment."""
    units: Floats
    """Mean number of units of a coder."""
    differing: Floats
    """Weight of aligned pairs whose categories differ."""
    aligned: Floats
    """Weight of aligned pairs."""
    n_alignments: Floats

    @property
    def disorder(self) -> float:
        """Return the disorder of all continua together."""
        return float(self.cost.sum() / self.units.sum())


def tally(blocks: Blocks, costs: Dissimilarity, continua: Ints, n_continua: int) -> Tally:
    """Return the sums of the best alignment, block by block at the place of its continuum.

    Args:
        blocks: Units.
        costs: What differences cost.
        continua: Place of each block among all continua. Shape: (n_blocks,).
        n_continua: How many continua there are.
    """
    found = best_alignment(blocks, costs)
    at = continua[found.block]
    differing, aligned = _categories(blocks, costs, found)

    def added(place: Ints, values: Floats) -> Floats:
        return np.asarray(np.bincount(place, values, minlength=n_continua), np.float64)

    return Tally(
        cost=added(at, found.cost),
        units=added(continua[blocks.block], np.full(len(blocks.block), 1 / blocks.n_coders)),
        differing=added(at, differing),
        aligned=added(at, aligned),
        n_alignments=added(at, np.ones(len(at))),
    )


def _categories(blocks: Blocks, costs: Dissimilarity, found: Alignment) -> tuple[Floats, Floats]:
    """Return, for each unitary alignment, the weights of its differing pairs and of all.

    Source: Mathet (2017), The Agreement Measure Gamma-cat, Computational Linguistics 43(3),
    as pygamma-agreement computes it (docs/decisions/0012-unitizing.md): a pair weighs one less its
    positional dissimilarity, at least 0, over the number of the alignment's units less one.
    """
    size = (found.members != EMPTY).sum(axis=1)
    differing, aligned = np.zeros((2, len(size)))
    for first, second in combinations(range(blocks.n_coders), 2):
        one, two = found.members[:, first], found.members[:, second]
        if costs.counts_unaligned:
            unaligned = (one != EMPTY) != (two != EMPTY)
            aligned += costs.d_empty * unaligned
            differing += costs.d_empty**2 * unaligned
        real = np.flatnonzero((one != EMPTY) & (two != EMPTY))
        near = 1 - costs.alpha * positional(blocks, one[real], two[real])
        weight = np.maximum(near, 0.0) / (size[real] - 1)
        aligned[real] += weight
        differing[real] += weight * (blocks.category[one[real]] != blocks.category[two[real]])
    return differing, aligned
