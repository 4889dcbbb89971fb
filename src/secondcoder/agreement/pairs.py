"""Mean agreement over pairs of coders, all resampled with the same weights."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.bootstrap import interval as interval_of
from secondcoder.agreement.coefficients import estimate as estimate_of
from secondcoder.agreement.estimates import Estimate
from secondcoder.agreement.people import Column, read_rating
from secondcoder.agreement.ratings import MISSING, Ratings, read_ratings
from secondcoder.agreement.resampling import Replicable, evaluate
from secondcoder.schema.statistics import (
    IntervalMethod,
    IntervalOptions,
    Statistic,
    Undefined,
)

Coefficient = str | Callable[[Ratings], Estimate]
"""A name of `coefficients.COEFFICIENTS`, or a function of the ratings of two coders."""

IntervalChoice = IntervalOptions | IntervalMethod
"""How an interval is made."""

Pair = tuple[int, int]
"""Places of two coders."""


def read_rows(rows: Sequence[Column], clusters: Column | None) -> Ratings:
    """Return coders' ratings, single values or sets of themes, as the coefficients take them.

    >>> read_rows([[{"a"}, None], [set(), {"a"}]], None).codes.tolist()
    [[0, -1], [1, 0]]
    """
    given = [[_hashable(read_rating(rating)) for rating in row] for row in rows]
    return read_ratings(given, clusters=None if clusters is None else list(clusters))


def coefficient_name(coefficient: Coefficient) -> str:
    """Return how the coefficient is called in a result."""
    if isinstance(coefficient, str):
        return coefficient
    return getattr(coefficient, "__name__", "own coefficient")


@dataclass(frozen=True, eq=False)
class PairTable:
    """The agreement of any pairs of coders, over the same kinds of clusters."""

    ratings: Ratings
    names: tuple[str, ...]
    coefficient: Coefficient
    made: dict[Pair, Estimate] = field(default_factory=dict)
    """Estimates made so far."""

    def mean(
        self, name: str, pairs: Sequence[Pair], interval: IntervalChoice | None
    ) -> Statistic | Undefined:
        """Return the mean over those pairs that share units, with its interval.

        A pair that shares units and yet has no value leaves the mean without one: leaving the pair
        out would compare different people.
        """
        return self._result(name, pairs, (), interval)

    def difference(
        self,
        name: str,
        first: Sequence[Pair],
        second: Sequence[Pair],
        interval: IntervalChoice | None,
    ) -> Statistic | Undefined:
        """Return the mean over the first pairs minus that over the second, paired."""
        return self._result(name, first, second, interval)

    def replicable(self, first: Sequence[Pair], second: Sequence[Pair] = ()) -> Replicable:
        """Return the mean, or the difference of two, as a function of weights of `kinds`.

        The pairs must share units; `sharing` picks those that do.
        """
        shares = [(pair, 1 / len(first)) for pair in first]
        shares += [(pair, -1 / len(second)) for pair in second]
        found = [(self.estimate(pair), share) for pair, share in shares]
        parts = [
            (one.formula, one.rows[one.kinds[self._one_of_each]], share) for one, share in found
        ]

        def over_kinds(weights: NDArray[np.float64]) -> NDArray[np.float64]:
            total = np.zeros(len(weights))
            for formula, rows, share in parts:
                total += share * formula(weights @ rows)
            return total

        return over_kinds

    def sharing(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Return the pairs of coders who rated a unit both."""
        rated = self.ratings.codes != MISSING
        return [(one, two) for one, two in pairs if (rated[one] & rated[two]).any()]

    @cached_property
    def of_cluster(self) -> NDArray[np.int64]:
        """Return the kind of each cluster. Shape: (n_clusters,)."""
        return np.unique(self.ratings.patterns(ordered=True).kinds, return_inverse=True)[1]

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Return how many clusters there are of each kind. Shape: (n_kinds,)."""
        return np.bincount(self.of_cluster)

    @cached_property
    def _one_of_each(self) -> NDArray[np.int64]:
        """Return a cluster of each kind. Shape: (n_kinds,)."""
        return np.unique(self.of_cluster, return_index=True)[1]

    def estimate(self, pair: Pair) -> Estimate:
        """Return the coefficient of two coders."""
        if pair not in self.made:
            two = replace(self.ratings, codes=self.ratings.codes[list(pair)])
            self.made[pair] = (
                estimate_of(self.coefficient, two)
                if isinstance(self.coefficient, str)
                else self.coefficient(two)
            )
        return self.made[pair]

    def _result(
        self,
        name: str,
        first: Sequence[Pair],
        second: Sequence[Pair],
        interval: IntervalChoice | None,
    ) -> Statistic | Undefined:
        sides = [self.sharing(pairs) for pairs in (first, second) if pairs]
        if not sides or not all(sides):
            return Undefined(name=name, reason="no two of these coders rated a unit both")
        n_units = int(self._rated([pair for side in sides for pair in side]).sum())
        for pair in (pair for side in sides for pair in side):
            found = self.estimate(pair).result()
            if isinstance(found, Undefined):
                who = " with ".join(self.names[place] for place in pair)
                return Undefined(name=name, reason=f"{who}: {found.reason}", n_units=n_units)
        function = self.replicable(*sides)
        value = float(evaluate(function, [self.counts.astype(float)[None, :]])[0])
        spread = None
        if interval is not None:
            counts = self._counts_of({pair for side in sides for pair in side})
            bounds = self._bounds(*sides)
            spread = interval_of(function, len(counts), interval, counts=counts, bounds=bounds)
        return Statistic(name=name, value=value, n_units=n_units, interval=spread)

    def _bounds(self, first: Sequence[Pair], second: Sequence[Pair] = ()) -> tuple[float, float]:
        """Return the least and the most that a mean, or a difference of two, can be."""
        ranges = [self.estimate(pair).bounds for pair in first]
        low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
        if second:
            least, most = self._bounds(second)
            low, high = low - most, high - least
        return low, high

    def _rated(self, pairs: Iterable[Pair]) -> NDArray[np.bool_]:
        """Return the units that both coders of some pair rated. Shape: (n_units,)."""
        rated = self.ratings.codes != MISSING
        shared: NDArray[np.bool_] = np.any([rated[one] & rated[two] for one, two in pairs], axis=0)
        return shared

    def _counts_of(self, pairs: Iterable[Pair]) -> NDArray[np.int64]:
        """Return the counts of kinds, 0 for those that tell nothing of these pairs."""
        clusters, units = self.ratings.clusters, np.flatnonzero(self._rated(pairs))
        used = np.unique(units if clusters is None else clusters[units])
        return np.bincount(self.of_cluster[used], minlength=len(self.counts))


def _hashable(rating: object) -> object:
    return frozenset(rating) if isinstance(rating, AbstractSet) else rating
