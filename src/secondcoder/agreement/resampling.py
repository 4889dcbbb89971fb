"""Clusters drawn again with replacement, as weights: how often each counts in a replicate."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Replicable = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""A statistic as a function of cluster weights.

Takes weights of shape (n_replicates, n_clusters), gives values of shape (n_replicates,), NaN where
the statistic is undefined. NaN stays inside `agreement`; a result never holds one.
"""

_CHUNK = 1_500_000
"""Weights held at a time: 12 MB of float64."""

_RARE = 9
"""Clusters of a kind from which one binomial draw is faster than drawing them one by one."""


def evaluate(replicable: Replicable, chunks: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the values of all replicates, whose weights come chunk by chunk.

    >>> evaluate(lambda weights: weights.sum(axis=1), [np.ones((2, 3)), np.zeros((1, 3))])
    array([3., 3., 0.])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.concatenate([replicable(weights) for weights in chunks])


def chunk_length(n_columns: int) -> int:
    """Return how many rows of weights are held at a time."""
    return max(1, _CHUNK // max(1, n_columns))


def draws(
    counts: NDArray[np.int64], n_replicates: int, rng: np.random.Generator
) -> Iterator[NDArray[np.float64]]:
    """Yield the weights of replicates, each as many clusters as there are, with replacement.

    Kinds with many clusters are drawn by their multinomial counts, rare ones cluster by cluster;
    together that is one multinomial draw over all clusters.

    Args:
        counts: Clusters of each kind; all one where clusters differ. Shape: (n_kinds,).
        n_replicates: How many replicates in all.
        rng: Source of randomness.

    Yields:
        Shape: (chunk, n_kinds); each row sums to the number of clusters.
    """
    common = np.flatnonzero(counts >= _RARE)
    rare = np.flatnonzero(counts < _RARE)
    rare_clusters = np.repeat(np.arange(len(rare)), counts[rare])
    n_clusters = int(counts.sum())
    shares = np.append(counts[common], len(rare_clusters)) / n_clusters
    step = chunk_length(max(len(counts), len(rare_clusters)))
    for first in range(0, n_replicates, step):
        n_rows = min(step, n_replicates - first)
        drawn = rng.multinomial(n_clusters, shares, size=n_rows)
        weights = np.zeros((n_rows, len(counts)))
        weights[:, common] = drawn[:, :-1]
        if len(rare):
            rows = np.repeat(np.arange(n_rows) * len(rare), drawn[:, -1])
            cells = rows + rare_clusters[rng.integers(len(rare_clusters), size=len(rows))]
            tally = np.bincount(cells, minlength=n_rows * len(rare))
            weights[:, rare] = tally.reshape(n_rows, len(rare))
        yield weights
