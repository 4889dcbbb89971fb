"""Clusters: units that share words or meaning, found without a model and without chance."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering

from secondcoder.induction.units import Group, Unit
from secondcoder.schema.proposals import Grain
from secondcoder.schema.similarity import FloatArray

_THEMES_PER_ROOT = {"few": 0.45, "medium": 0.9, "many": 1.8}
"""Themes of a question, by the square root of its units. `medium` is the mean of the questions of
the invented example chat, 0.89 rounded; the others are half and twice as many."""
IntArray = NDArray[np.intp]
_FEWEST_SUPPORT = 2
"""Authors, or posts where authors are not known, that a theme must rest on."""


def n_themes(n_units: int, grain: Grain | int) -> int:
    """Return how many themes to look for among the units of a question.

    >>> n_themes(26, "medium"), n_themes(26, "few"), n_themes(3, 8)
    (5, 2, 3)
    """
    if isinstance(grain, int):
        return min(grain, n_units)
    return max(1, min(n_units, round(_THEMES_PER_ROOT[grain] * math.sqrt(n_units))))


def clusters(units: Sequence[Unit], alike: FloatArray, n: int) -> list[Group]:
    """Return groups of units, the best supported first; units in no group are left over.

    Complete linkage: two groups are as far apart as their two least similar units, so that a group
    holds no two units without anything in common. A group that rests on one author, or on one post
    where authors are not known, is no theme. Nor does a unit stay that is no more like its group
    than two units of the question are on average.

    Args:
        units: Of one question.
        alike: How alike they are. Shape: (n_units, n_units).
        n: How many groups to form before those without support are dropped.
    """
    if len(units) < _FEWEST_SUPPORT:
        return []
    distance = 1 - np.clip(np.round(alike, 9), 0, 1)
    np.fill_diagonal(distance, 0)
    fitted = AgglomerativeClustering(n, metric="precomputed", linkage="complete")
    labels = fitted.fit_predict((distance + distance.T) / 2)
    usual = float(alike[~np.eye(len(units), dtype=bool)].mean())
    groups = [_cohesive(np.flatnonzero(labels == label), alike, usual) for label in range(n)]
    supported = [group for group in groups if support(units, group) >= _FEWEST_SUPPORT]
    return sorted(supported, key=lambda group: (-support(units, group), group.places))


def _cohesive(members: IntArray, alike: FloatArray, usual: float) -> Group:
    """Return the members that are more like the others of the group than is usual."""
    within = alike[np.ix_(members, members)].copy()
    np.fill_diagonal(within, 0)
    means = np.round(within.sum(axis=1) / max(1, len(members) - 1), 9)
    return Group(tuple(members[means > round(usual, 9)].tolist()))


def support(units: Sequence[Unit], group: Group) -> int:
    """Return how many people a group rests on; posts are counted where one of them is unsigned."""
    members = [units[place] for place in group.places]
    authors = {unit.author for unit in members}
    return len({unit.quote.post_id for unit in members} if None in authors else authors)
