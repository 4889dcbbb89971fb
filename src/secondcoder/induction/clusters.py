"""Clusters: units or codes that share words or meaning, found without a model or chance."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from secondcoder.induction.units import Group
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
    """Of too few people, single members included."""


def n_themes(n_units: int, grain: Grain | int) -> int:
    """Return how many themes to look for among the units of a question.

    >>> n_themes(26, "medium"), n_themes(26, "few"), n_themes(3, 8)
    (5, 2, 3)
    """
    if isinstance(grain, int):
        return min(grain, n_units)
    return max(1, min(n_units, round(_THEMES_PER_ROOT[grain] * math.sqrt(n_units))))


def clusters(  # noqa: PLR0913  # all but two by keyword
    alike: FloatArray,
    n: int,
    *,
    carry: Callable[[Sequence[int]], bool],
    weigh: Callable[[Sequence[int]], int],
    is_exact: bool = False,
    keeps_loners: bool = False,
) -> Clusters:
    """Return groups of a question's units, or of its codes; members in no group are left over.

    Complete linkage: two groups are as far apart as their two least similar members, so that a
    group holds no two members without anything in common. Nor does a member stay that is no more
    like its group than two of the question are on average. Members that nothing tells apart stay
    one.

    Args:
        alike: How alike they are. Shape: (n_members, n_members).
        n: How many groups to form, before those that are no themes are taken out.
        carry: Whether the members at these places can be a theme.
        weigh: On how many people they rest.
        is_exact: So many groups are formed that `n` of them are themes; where that can't be, as
            many as come nearest to it. Of equals, the fewest groups. Else `n` groups are formed, or
            fewer where that leaves more themes: a finer grain never finds fewer.
        keeps_loners: Whether a member stays that is no more like its group than usual. Then of
            equals that fall short of `n` themes, the most groups up to `n`: else what is like
            nothing would be laid to a theme for no reason.
    """
    tree = _Tree(alike, carry, weigh, keeps_loners=keeps_loners)
    if not is_exact:
        return max(map(tree.cut, range(n, 0, -1)), key=lambda cut: len(cut.themes))
    best = tree.cut(1)
    for n_groups in range(2, len(alike) + 1):
        if len(best.themes) == n:
            break
        finer = tree.cut(n_groups)
        fewest = len(best.themes) + (not keeps_loners or n_groups > n)
        if fewest <= len(finer.themes) <= n:
            best = finer
    return best


class _Tree:
    """The groups of all sizes: single members, then each that two groups make."""

    def __init__(
        self,
        alike: FloatArray,
        carry: Callable[[Sequence[int]], bool],
        weigh: Callable[[Sequence[int]], int],
        *,
        keeps_loners: bool,
    ) -> None:
        self._alike = alike
        self._keeps_loners = keeps_loners
        self._carry = carry
        self._weigh = weigh
        n = self._n = len(alike)
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
            if widest < self._n or not self._widths[widest - self._n]:
                break
            nodes += self._parts[nodes.pop(nodes.index(widest)) - self._n]
        found = [self._group(node) for node in nodes]
        return Clusters(
            themes=sorted(
                (group for group, is_theme in found if is_theme),
                key=lambda group: (-self._weigh(group.places), group.places),
            ),
            too_few=sorted(group for group, is_theme in found if not is_theme and group.places),
        )

    def _group(self, node: int) -> tuple[Group, bool]:
        if node not in self._known:
            members = self._members[node]
            if not self._keeps_loners:
                members = members[_is_cohesive(members, self._alike, self._usual)]
            group = Group(tuple(members.tolist()))
            self._known[node] = (group, self._carry(group.places))
        return self._known[node]


def _is_cohesive(members: IntArray, alike: FloatArray, usual: float) -> NDArray[np.bool_]:
    """Return which members are more like the others of the group than is usual."""
    within = alike[np.ix_(members, members)].copy()
    np.fill_diagonal(within, 0)
    means = np.round(within.sum(axis=1) / max(1, len(members) - 1), 9)
    return np.asarray((means > round(usual, 9)) | (means >= 1), dtype=np.bool_)
