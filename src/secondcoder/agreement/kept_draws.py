"""The bootstrap's weights, kept a while: figures on the same units are over the same replicates.

One report has hundreds of intervals over a few kinds of clusters; drawing takes longer than
computing with what was drawn. What is kept depends on nothing but the arguments.
"""

from collections import OrderedDict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.resampling import chunk_length, draws

BUDGET = 64 * 2**20
"""Bytes of weights kept at most; 1,000 replicates of 10,000 posts take 20 MB."""

_Key = tuple[bytes, int, int]


class _Memory:
    """Weights by what they were drawn for, the longest unused given up first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, NDArray[np.unsignedinteger]] = OrderedDict()

    def find(self, key: _Key) -> NDArray[np.unsignedinteger] | None:
        """Return the weights, or None where they are not kept."""
        found = self._kept.pop(key, None)
        if found is not None:
            self._kept[key] = found
        return found

    def keep(self, key: _Key, weights: NDArray[np.unsignedinteger]) -> None:
        """Keep weights, giving up others where there is no room."""
        self._kept[key] = weights
        while sum(each.nbytes for each in self._kept.values()) > BUDGET:
            self._kept.popitem(last=False)


_MEMORY = _Memory()


def kept_draws(
    counts: NDArray[np.int64], n_replicates: int, seed: int
) -> Iterator[NDArray[np.float64]]:
    """Yield what `draws` yields from a new generator of that seed, drawing only the first time.

    Args:
        counts: Clusters of each kind. Shape: (n_kinds,).
        n_replicates: How many replicates in all.
        seed: Of the generator.

    >>> first, again = (next(kept_draws(np.array([3, 2]), 4, 0)) for _ in range(2))
    >>> bool((first == again).all())
    True
    """
    rng = np.random.default_rng(seed)
    kind = np.min_scalar_type(int(counts.sum()))
    if len(counts) * n_replicates * kind.itemsize > BUDGET:
        yield from draws(counts, n_replicates, rng)
        return
    key = (counts.tobytes(), n_replicates, seed)
    weights = _MEMORY.find(key)
    if weights is None:
        weights = np.concatenate([chunk.astype(kind) for chunk in draws(counts, n_replicates, rng)])
        _MEMORY.keep(key, weights)
    step = chunk_length(len(counts))
    for first in range(0, n_replicates, step):
        yield weights[first : first + step].astype(np.float64)
