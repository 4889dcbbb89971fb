"""Kappa within groups of units: chance is told for each group by itself."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.chance import WHY_UNDEFINED
from secondcoder.agreement.counted import counted
from secondcoder.agreement.estimates import Estimate, ratio
from secondcoder.errors import InputError

Matrix = NDArray[np.float64]


def kappa_within_estimate(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    *,
    groups: Sequence[Hashable],
    clusters: Sequence[Hashable],
) -> Estimate:
    """Return Cohen's kappa with the agreement that chance makes within each group of units.

    Where each question has themes of its own, two coders who know the question agree by chance as
    often as they would within it. Kappa over all units takes chance from all themes together, as
    though a coder had to guess the question, too, and is mostly larger.

    Args:
        first: One coder's rating of each unit. Shape: (n_units,).
        second: The other's. Shape: (n_units,).
        groups: What each unit belongs to, such as its question. Shape: (n_units,).
        clusters: What each unit comes from; resampled whole. Shape: (n_units,).

    Raises:
        InputError: If they are not equally long.

    Source: Cohen (1960), A coefficient of agreement for nominal scales; the agreement expected by
    chance is the mean of the groups', each weighted by its units.

    >>> found = kappa_within_estimate("abcd", "abcc", groups="1122", clusters="wxyz")
    >>> found.result().value  # 3 of 4 agree; by chance 1 of group 1 and 1 of group 2
    0.5
    """
    lengths = {len(first), len(second), len(groups), len(clusters)}
    if len(lengths) > 1:
        raise InputError(
            f"{counted(len(first), 'rating')} beside {len(second)}, with {len(groups)} groups and "
            f"{len(clusters)} clusters; give one of each for every unit"
        )
    pairs = list(zip(groups, first, second, strict=True))
    group_of = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    cells = dict.fromkeys((group, one) for group, *both in pairs for one in both)
    cell_of = {cell: place for place, cell in enumerate(cells)}
    cluster_of = {cluster: place for place, cluster in enumerate(dict.fromkeys(clusters))}
    # Per cluster: units that agree, units of each group, then each rating of a group, by coder.
    by_first, by_second = 1 + len(group_of), 1 + len(group_of) + len(cell_of)
    rows = np.zeros((len(cluster_of), by_second + len(cell_of)))
    for cluster, (group, one, other) in zip(clusters, pairs, strict=True):
        row = rows[cluster_of[cluster]]
        row[0] += one == other
        row[1 + group_of[group]] += 1
        row[by_first + cell_of[group, one]] += 1
        row[by_second + cell_of[group, other]] += 1
    group_of_cell = np.array([group_of[group] for group, _ in cells], dtype=np.int64)

    def formula(sums: Matrix) -> Matrix:
        n_units = sums[:, 1:by_first]
        # A group that a replicate lacks has no ratings either: nothing divided by anything.
        of_cell = np.maximum(n_units, 1)[:, group_of_cell]
        expected = (sums[:, by_first:by_second] * sums[:, by_second:] / of_cell).sum(axis=1)
        total = n_units.sum(axis=1)
        observed = ratio(sums[:, 0] - expected, total)
        return ratio(observed, ratio(total - expected, total))

    return Estimate(
        name="kappa within groups",
        formula=formula,
        rows=rows,
        kinds=np.arange(len(rows)),
        n_units=len(pairs),
        why_undefined=WHY_UNDEFINED,
    )
