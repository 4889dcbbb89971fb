"""The cheapest choice of sets that hold every element once, for many small problems at once.

Problems of one size are solved together: a table of the cheapest cover of every set of elements,
small sets first, in which each problem is a row.
"""

from functools import cache

import numpy as np

from secondcoder.agreement.unitizing import Floats, Ints

MOST_UNITS = 10
"""Elements at most: beyond, a linear programme is faster."""

_CELLS = 2_000_000
"""Sums held at a time: 16 MB."""


def cheapest_covers(costs: Floats) -> tuple[Ints, Ints]:
    """Return the sets chosen in each problem.

    Args:
        costs: What each set of elements costs in each problem, the set being the column's number
            in bits; infinite where there is no such set. Every element is a set of its own.
            Shape: (n_problems, 2 ** n_elements).

    Returns:
        The problems and, beside each, a set chosen there.

    >>> problems, sets = cheapest_covers(np.array([[0, 1.0, 1.0, 1.5], [0, 1.0, 1.0, 2.5]]))
    >>> problems.tolist(), sets.tolist()
    ([0, 1, 1], [3, 1, 2])
    """
    n_elements = costs.shape[1].bit_length() - 1
    levels = _levels(n_elements)
    widest = max(subsets.size for _, subsets in levels)
    step = max(1, _CELLS // max(widest, costs.shape[1]))
    problems, sets = [], []
    for first in range(0, len(costs), step):
        where, chosen = _covers(costs[first : first + step], levels)
        problems.append(where + first)
        sets.append(chosen)
    none = np.zeros(0, np.int64)
    return np.concatenate([none, *problems]), np.concatenate([none, *sets])


def _covers(costs: Floats, levels: tuple[tuple[Ints, Ints], ...]) -> tuple[Ints, Ints]:
    best = np.zeros(costs.shape)
    begins = np.zeros(costs.shape, np.int64)
    for wholes, subsets in levels:
        rests = wholes[:, None] ^ subsets
        total = costs.take(subsets, axis=1) + best.take(rests, axis=1)
        at = total.argmin(axis=2)
        best[:, wholes] = np.take_along_axis(total, at[:, :, None], axis=2)[:, :, 0]
        begins[:, wholes] = subsets[np.arange(len(wholes)), at]
    problem = np.arange(len(costs))
    left = np.full(len(costs), costs.shape[1] - 1)
    problems, sets = [], []
    while len(problem):
        chosen = begins[problem, left]
        problems.append(problem)
        sets.append(chosen)
        left = left ^ chosen
        problem, left = problem[left > 0], left[left > 0]
    return np.concatenate(problems), np.concatenate(sets)


@cache
def _levels(n_elements: int) -> tuple[tuple[Ints, Ints], ...]:
    """Return, by number of elements, the sets to cover and what a cover of each may begin with.

    A cover begins with a set that holds the lowest element left, so beside the whole only sets
    without the first element are ever left. Each set of size k has 2 ** (k - 1) beginnings.
    """
    whole = (1 << n_elements) - 1
    lefts = [*range(2, whole, 2), whole]
    levels = []
    for size in range(1, n_elements + 1):
        wholes = [left for left in lefts if left.bit_count() == size]
        subsets = [_beginnings(left) for left in wholes]
        levels.append((np.array(wholes, np.int64), np.array(subsets, np.int64)))
    return tuple(levels)


def _beginnings(whole: int) -> list[int]:
    """Return the subsets that hold the lowest element, in ascending order."""
    lowest = whole & -whole
    rest = whole ^ lowest
    found, subset = [lowest], 0
    while subset != rest:
        subset = (subset - rest) & rest
        found.append(subset | lowest)
    return found
