"""How a statistic moves when one cluster is left out, or counts a little more or less."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.resampling import Replicable, chunk_length, evaluate

_MAX_GROUPS = 2000
"""More kinds of clusters than this are left out in as many random groups of equal size."""

_STEP = 1e-3
"""Change of a cluster's weight in a central difference; the error is of order 1e-6."""


class Spread(NamedTuple):
    """The spread of a statistic over its clusters."""

    standard_error: float
    acceleration: float
    """`a` of the BCa interval."""
    n_groups: int
    """Clusters left out one by one, or groups of them, that gave a value."""
    n_undefined: int
    """Those that gave none."""


class _Groups(NamedTuple):
    """What is left out: one cluster of each kind, or groups of clusters."""

    members: NDArray[np.int64] | None
    """Clusters of each kind in each group, or None: group i is one cluster of kind i."""
    multiplicities: NDArray[np.int64]
    """How many groups are like this one. Shape: (n_groups,)."""


def leave_one_out(
    replicable: Replicable, counts: NDArray[np.int64], rng: np.random.Generator
) -> Spread:
    """Return the spread by leaving out one cluster at a time.

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapters 11 (standard
    error) and 14 (acceleration).
    """
    groups = _groups(counts, rng)
    values = evaluate(replicable, _weights(counts, groups, -1))
    weights, moves, n_undefined = _deviations(values, groups.multiplicities)
    n, squares = weights.sum(), float(weights @ moves**2)
    variance = squares * (n - 1) / n if n else 0.0
    cubes = float(weights @ (-moves) ** 3)
    acceleration = cubes / (6 * squares**1.5) if squares > 0 else 0.0
    return Spread(float(variance**0.5), acceleration, int(n), n_undefined)


def linearised(
    replicable: Replicable, counts: NDArray[np.int64], rng: np.random.Generator
) -> Spread:
    """Return the spread by letting each cluster count a little more and a little less.

    This is the infinitesimal jackknife. On complete ratings it equals the closed-form variances of
    Gwet (2014), Handbook of Inter-Rater Reliability, but for alpha, where those leave
    out the correction for small samples; docs/decisions/0011-intervals.md gives every difference.
    """
    groups = _groups(counts, rng)
    more = evaluate(replicable, _weights(counts, groups, _STEP))
    less = evaluate(replicable, _weights(counts, groups, -_STEP))
    values = (more - less) / (2 * _STEP)
    weights, moves, n_undefined = _deviations(values, groups.multiplicities)
    n = weights.sum()
    variance = float(weights @ moves**2) * n / (n - 1) if n > 1 else 0.0
    return Spread(variance**0.5, 0.0, int(n), n_undefined)


def _groups(counts: NDArray[np.int64], rng: np.random.Generator) -> _Groups:
    if len(counts) <= _MAX_GROUPS:
        return _Groups(None, counts)
    clusters = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    # Groups of one size: their influences then have the spread of single clusters.
    size = -(-len(clusters) // _MAX_GROUPS)
    whole = clusters[: len(clusters) // size * size].reshape(-1, size)
    return _Groups(whole, np.ones(len(whole), np.int64))


def _weights(
    counts: NDArray[np.int64], groups: _Groups, change: float
) -> Iterator[NDArray[np.float64]]:
    n_groups = len(groups.multiplicities)
    step = chunk_length(len(counts))
    for first in range(0, n_groups, step):
        rows = np.arange(first, min(first + step, n_groups))
        weights = np.tile(counts.astype(float), (len(rows), 1))
        members = rows[:, None] if groups.members is None else groups.members[rows]
        np.add.at(weights, (np.arange(len(rows))[:, None], members), change)
        yield weights


def _deviations(
    values: NDArray[np.float64], multiplicities: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], int]:
    defined = ~np.isnan(values)
    weights, values = multiplicities[defined], values[defined]
    n_undefined = int(multiplicities[~defined].sum())
    mean = float(weights @ values) / max(1, int(weights.sum()))
    return weights, values - mean, n_undefined
