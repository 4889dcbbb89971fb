"""Clusters: units that share words or meaning, found without a model and without chance."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from secondcoder.induction.units import Group, Unit
from secondcoder.schema.proposed import Grain
from secondcoder.schema.similarity import FloatArray

_THEMES_PER_ROOT = {"few": 0.45, "medium": 0.9, "many": 1.8}
"""Themes of a question, by the square root of its units. `medium` is the mean of the questions of
the invented example chat, 0.89 rounded; the others are half and twice as many."""
IntArray = NDArray[np.intp]


class Clusters(NamedTuple):
    """Groups that can be themes, the best supported first, and those that can't."""

    themes: list[Group]
    too_few: list[Group]
    """Of two units or more, and of too few people."""


def n_themes(n_units: int, grain: Grain | int) -> int:
    """Return how many themes to look for among the units of a question.

    >>> n_themes(26, "medium"), n_themes(26, "few"), n_themes(3, 8)
    (5, 2, 3)
    """
    if isinstance(grain, int):
        return min(grain, n_units)
    return max(1, min(n_units, round(_THEMES_PER_ROOT[grain] * math.sqrt(n_units))))


def clusters(
    units: Sequence[Unit],
    alike: FloatArray,
    n: int,
    *,
    carry: Callable[[Sequence[int]], bool],
    is_exact: bool = False,
) -> Clusters:
    """Return groups of units; units in no group are left over.

    Complete linkage: two groups are as far apart as their two least similar units, so that a group
    holds no two units without anything in common. Nor does a unit stay that is no more like its
    group than two units of the question are on average. Units that nothing tells apart stay one.

    Args:
        units: Of one question.
        alike: How alike they are. Shape: (n_units, n_units).
        n: How many groups to form, before those that are no themes are taken out.
        carry: Whether the units at these places can be a theme.
        is_exact: So many groups are formed that `n` of them are themes; where that can't be, as
            many as come nearest to it. Of equals, the fewest groups.
    """
    tree = _Tree(units, alike, carry)
    if not is_exact:
        return tree.cut(n)
    best = tree.cut(1)
    for n_groups in range(2, len(units) + 1):
        if len(best.themes) == n:
            break
        finer = tree.cut(n_groups)
        if len(best.themes) < len(finer.themes) <= n:
            best = finer
    return best


class _Tree:
    """The groups of all sizes: single units, then each that two groups make."""

    def __init__(
        self, units: Sequence[Unit], alike: FloatArray, carry: Callable[[Sequence[int]], bool]
    ) -> None:
        self._units = units
        self._alike = alike
        self._carry = carry
        n = len(units)
        self._usual = float(alike[~np.eye(n, dtype=bool)].mean()) if n > 1 else 0.0
        distance = 1 - np.clip(np.round(alike, 9), 0, 1)
        np.fill_diagonal(distance, 0)
        made = linkage(squareform((distance + distance.T) / 2), "complete") if n > 1 else []
        self._parts = [(int(row[0]), int(row[1])) for row in made]
        self._widths = [float(row[2]) for row in made]
        self._members: list[IntArray] = [np.array([place]) for place in range(n)]
        for one, other in self._parts:
            self._members.append(np.union1d(self._members[one], self._members[other]))
        self._known: dict[int, tuple[Group, bool]] = {}

    def cut(self, n: int) -> Clusters:
        """Return so many groups, sorted into those that are themes and those that are not."""
        nodes = [len(self._members) - 1]
        while len(nodes) < n:
            # What was joined last is furthest apart.
            widest = max(nodes)
            if not self._widths[widest - len(self._units)]:
                break
            nodes += self._parts[nodes.pop(nodes.index(widest)) - len(self._units)]
        found = [self._group(node) for node in nodes]
        units = self._units
        return Clusters(
            themes=sorted(
                (group for group, is_theme in found if is_theme),
                key=lambda group: (-support(units, group), group.places),
            ),
            too_few=sorted(
                group for group, is_theme in found if not is_theme and len(group.places) > 1
            ),
        )

    def _group(self, node: int) -> tuple[Group, bool]:
        if node not in self._known:
            group = _cohesive(self._members[node], self._alike, self._usual)
            self._known[node] = (group, self._carry(group.places))
        return self._known[node]


def _cohesive(members: IntArray, alike: FloatArray, usual: float) -> Group:
    """Return the members that are more like the others of the group than is usual."""
    within = alike[np.ix_(members, members)].copy()
    np.fill_diagonal(within, 0)
    means = np.round(within.sum(axis=1) / max(1, len(members) - 1), 9)
    return Group(tuple(members[(means > round(usual, 9)) | (means >= 1)].tolist()))


def support(units: Sequence[Unit], group: Group) -> int:
    """Return how many people a group rests on; posts are counted where one of them is unsigned."""
    members = [units[place] for place in group.places]
    authors = {unit.author for unit in members}
    return len({unit.quote.post_id for unit in members} if None in authors else authors)
