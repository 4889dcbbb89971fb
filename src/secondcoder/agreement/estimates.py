"""A statistic as a function of sums over clusters: its value, its interval, its differences."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from secondcoder.agreement.bootstrap import interval as interval_of
from secondcoder.agreement.bootstrap import paired_difference
from secondcoder.agreement.counted import counted
from secondcoder.agreement.ratings import Patterns
from secondcoder.agreement.resampling import Replicable, evaluate
from secondcoder.errors import InputError
from secondcoder.schema.statistics import (
    IntervalMethod,
    IntervalOptions,
    Statistic,
    Undefined,
)

Formula = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Sums of shape (n_replicates, n_sums) to values of shape (n_replicates,), NaN where undefined."""

IntervalChoice = IntervalOptions | IntervalMethod | None
"""How an interval is made; None: without one."""

NEGLIGIBLE = 1e-12
"""A denominator below this is zero but for rounding; all are scaled to about 1."""

_DENSE = 4_000_000
"""Cells up to which rows are kept dense (32 MB), which multiplies faster."""

_MANY_SUMS = 100
"""Sums beyond which most are of sets of themes that most units do not have."""

_FEW_SUMS = 2
"""Sums up to which many clusters add the same, so that finding the kinds saves time."""


def ratio(numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the quotients, NaN where the denominator is zero but for rounding.

    >>> ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0]))
    array([0.5, nan])
    """
    # The replaced denominators keep numpy quiet; their quotients are thrown away.
    solid = np.abs(denominator) > NEGLIGIBLE
    return np.where(solid, numerator / np.where(solid, denominator, 1.0), np.nan)


@dataclass(frozen=True, eq=False)
class Estimate:
    """A statistic that is a function of sums over clusters.

    A dataclass and not a record: it holds arrays and a function, and nothing of it is stored.
    """

    name: str
    formula: Formula
    rows: NDArray[np.float64] | csr_matrix
    """What a cluster of each kind adds to the sums. Shape: (n_kinds, n_sums)."""
    kinds: NDArray[np.int64]
    """Kind of each cluster. Shape: (n_clusters,)."""
    n_units: int
    """Units that take part."""
    why_undefined: str
    """The reason where the formula gives no value although there are units."""
    why_empty: str = "no unit was rated by two coders"
    bounds: tuple[float, float] = (-1.0, 1.0)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Return how many clusters there are of each kind. Shape: (n_kinds,)."""
        return np.bincount(self.kinds, minlength=self.rows.shape[0])

    def over_kinds(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values for weights of kinds, shape (n_replicates, n_kinds)."""
        sums: NDArray[np.float64] = weights @ self.rows
        return self.formula(sums)

    @property
    def replicable(self) -> Replicable:
        """Return the statistic over single clusters, as `paired_difference` takes it."""
        rows = self.rows[self.kinds]

        def over_clusters(weights: NDArray[np.float64]) -> NDArray[np.float64]:
            sums: NDArray[np.float64] = weights @ rows
            return self.formula(sums)

        return over_clusters

    def result(self, interval: IntervalChoice = None) -> Statistic | Undefined:
        """Return the value, with an interval where one is asked for."""
        if not self.n_units:
            return Undefined(name=self.name, reason=self.why_empty)
        value = float(evaluate(self.over_kinds, [self.counts.astype(float)[None, :]])[0])
        if np.isnan(value):
            return Undefined(name=self.name, reason=self.why_undefined, n_units=self.n_units)
        found = None
        if interval is not None:
            part = self._informative()
            found = interval_of(
                part.over_kinds, len(part.counts), interval, counts=part.counts, bounds=self.bounds
            )
        return Statistic(name=self.name, value=value, n_units=self.n_units, interval=found)

    def _informative(self) -> "Estimate":
        """Return the estimate without kinds of clusters that add nothing to any sum."""
        used = np.flatnonzero(_adds(self.rows) & (self.counts > 0))
        new_kind = np.full(len(self.counts), -1)
        new_kind[used] = np.arange(len(used))
        kinds = new_kind[self.kinds]
        rows = self.rows[used]
        if isinstance(rows, np.ndarray) and rows.shape[1] > _MANY_SUMS:
            # Nearly all of so many cells are zero: as a sparse matrix it multiplies much faster.
            rows = csr_matrix(rows)
        return replace(self, rows=rows, kinds=kinds[kinds >= 0])


def estimate_difference(
    first: Estimate, second: Estimate, interval: IntervalOptions | IntervalMethod = "auto"
) -> Statistic | Undefined:
    """Return first minus second with the interval of the difference, on the same clusters.

    Raises:
        InputError: If the two are not over equally many clusters.
    """
    if len(first.kinds) != len(second.kinds):
        raise InputError(
            f"'{first.name}' is over {counted(len(first.kinds), 'cluster')} and '{second.name}' "
            f"over {len(second.kinds)}; a paired difference needs both on the same clusters"
        )
    both = np.stack([first.kinds, second.kinds], axis=1)
    both = both[_adds(first.rows)[first.kinds] | _adds(second.rows)[second.kinds]]
    pairs, counts = np.unique(both, axis=0, return_counts=True)
    first_rows, second_rows = first.rows[pairs[:, 0]], second.rows[pairs[:, 1]]

    def first_values(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        sums: NDArray[np.float64] = weights @ first_rows
        return first.formula(sums)

    def second_values(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        sums: NDArray[np.float64] = weights @ second_rows
        return second.formula(sums)

    found = paired_difference(
        first_values, second_values, len(pairs), interval, counts=counts.astype(np.int64)
    )
    name = f"{first.name} minus {second.name}"
    return found.model_copy(update={"name": name})


def distinct_rows(
    rows: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the kinds of clusters, as rows, and the kind of each cluster.

    Clusters of many sums are a kind each: hardly two add the same.

    Args:
        rows: What each cluster adds to the sums. Shape: (n_clusters, n_sums).

    >>> distinct_rows(np.array([[1.0], [0.0], [1.0]]))[1].tolist()
    [1, 0, 1]
    """
    if rows.shape[1] > _FEW_SUMS:
        return rows, np.arange(len(rows))
    kinds, of_cluster = np.unique(rows, axis=0, return_inverse=True)
    return kinds, of_cluster.reshape(-1)


def _adds(rows: NDArray[np.float64] | csr_matrix) -> NDArray[np.bool_]:
    """Return whether each row adds to any sum."""
    if isinstance(rows, csr_matrix):
        return np.asarray(np.diff(rows.indptr) > 0)
    return np.asarray((rows != 0).any(axis=1))


def rows_of_kinds(
    patterns: Patterns, rows: NDArray[np.float64] | csr_matrix
) -> NDArray[np.float64] | csr_matrix:
    """Return what a cluster of each kind adds to the sums, from what a unit of each pattern adds.

    Args:
        patterns: Distinct rows of ratings and where they occur.
        rows: Shape: (n_patterns, n_sums).
    """
    n_kinds, n_sums = rows.shape
    if isinstance(rows, csr_matrix) and n_sums <= _MANY_SUMS and n_kinds * n_sums <= _DENSE:
        rows = rows.toarray()
    if patterns.composition is None:
        return rows
    if isinstance(rows, csr_matrix):
        return csr_matrix(patterns.composition @ rows)
    return np.asarray(patterns.composition @ rows)
