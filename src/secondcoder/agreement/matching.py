"""Quotes of two coders matched one to one by how much they overlap."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

Stretches = tuple[tuple[int, int], ...]
"""The half-open ranges a quote covers, in order and apart."""


class Match(NamedTuple):
    """Two quotes, one of each coder, that mark the same stretch."""

    first: int
    second: int
    overlap: float


def intersection_over_union(first: Stretches, second: Stretches) -> float:
    """Return the characters two quotes share over the characters that either covers.

    >>> intersection_over_union(((0, 4),), ((2, 6),))
    0.3333333333333333
    """
    if first == second:
        return 1.0
    shared = sum(
        max(0, min(one_end, other_end) - max(one_start, other_start))
        for one_start, one_end in first
        for other_start, other_end in second
    )
    return shared / (_length(first) + _length(second) - shared)


def match_quotes(
    first: Sequence[Stretches], second: Sequence[Stretches], threshold: float
) -> list[Match]:
    """Return the pairs that together overlap most, each quote in one pair at most.

    Args:
        first: Quotes of one coder in a post.
        second: Quotes of another coder in the same post.
        threshold: Least overlap (intersection over union) of a pair, above 0 and up to 1.

    >>> match_quotes([((0, 9),), ((9, 20),)], [((10, 20),)], 0.5)
    [Match(first=1, second=0, overlap=0.9090909090909091)]
    """
    close = [
        Match(one, other, overlap)
        for one, stretches in enumerate(first)
        for other, others in enumerate(second)
        if (overlap := intersection_over_union(stretches, others)) >= threshold
    ]
    if len({pair.first for pair in close}) == len({pair.second for pair in close}) == len(close):
        return close  # nobody has a choice
    gains = np.zeros((len(first), len(second)))
    for pair in close:
        gains[pair.first, pair.second] = pair.overlap
    rows, columns = linear_sum_assignment(gains, maximize=True)
    chosen = set(zip(rows.tolist(), columns.tolist(), strict=True))
    return [pair for pair in close if (pair.first, pair.second) in chosen]


def _length(stretches: Stretches) -> int:
    return sum(end - start for start, end in stretches)
