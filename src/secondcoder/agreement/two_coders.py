"""Two coders on the same units: Cohen's kappa, Scott's pi, prevalence and bias."""

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.chance import WHY_UNDEFINED
from secondcoder.agreement.estimates import (
    Estimate,
    Formula,
    IntervalChoice,
    ratio,
    rows_of_kinds,
)
from secondcoder.agreement.rating_rows import RatingRows, Row
from secondcoder.agreement.ratings import MISSING, Ratings, read_ratings
from secondcoder.agreement.weights import Weighting, agreement_weights, weighted
from secondcoder.errors import InputError
from secondcoder.schema.statistics import Statistic, Undefined

Matrix = NDArray[np.float64]


def cohen_kappa(
    first: Row,
    second: Row,
    *,
    weights: Weighting = "identity",
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return Cohen's kappa: chance takes each rating from its own coder's ratings.

    Units that one of the two did not rate are left out.

    Args:
        first: One coder's ratings. Shape: (n_units,).
        second: The other's, of the same units.
        weights: How far different ratings agree.
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    Source: Cohen (1960), A coefficient of agreement for nominal scales; weighted: Cohen (1968).

    >>> round(cohen_kappa("aab", "abb").value, 3)
    0.4
    """
    read = read_ratings(pair(first, second), clusters=clusters)
    return cohen_estimate(read, weights).result(interval)


def cohen_kappa_maximum(
    first: Row,
    second: Row,
    *,
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return the largest kappa that the two coders' frequencies of the categories allow.

    Args:
        first: One coder's ratings. Shape: (n_units,).
        second: The other's, of the same units.
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    Source: Cohen (1960), page 42.

    >>> round(cohen_kappa_maximum("aab", "abb").value, 3)
    0.4
    """
    read = read_ratings(pair(first, second), clusters=clusters)

    def formula(sums: Matrix) -> Matrix:
        by_first, by_second = _shares(sums)
        reachable = np.minimum(by_first, by_second).sum(axis=1)
        expected = (by_first * by_second).sum(axis=1)
        return ratio(reachable - expected, 1 - expected)

    return _estimate(read, "Cohen kappa, maximum", "identity", formula).result(interval)


def scott_pi(
    ratings: Ratings | RatingRows,
    *,
    weights: Weighting = "identity",
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return Scott's pi: chance takes each rating from both coders' ratings together.

    Units that one of the two did not rate are left out.

    Args:
        ratings: Of two coders. Shape: (2, n_units).
        weights: How far different ratings agree.
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    Source: Scott (1955), Reliability of content analysis: the case of nominal scale coding.

    >>> round(scott_pi(["aab", "abb"]).value, 3)
    0.333
    """
    return scott_estimate(read_ratings(ratings, clusters=clusters), weights).result(interval)


def prevalence_index(
    first: Row,
    second: Row,
    *,
    positive: Hashable = True,
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return how much more often both say yes than both say no, as a share of the units.

    Args:
        first: One coder's ratings. Shape: (n_units,).
        second: The other's, of the same units.
        positive: The rating that means yes; every other means no.
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    Source: Byrt, Bishop & Carlin (1993), Bias, prevalence and kappa.

    >>> prevalence_index([1, 1, 1, 0], [1, 1, 0, 0]).value
    0.25
    """
    read = read_ratings(pair(first, second), clusters=clusters)
    return prevalence_index_estimate(read.present(positive)).result(interval)


def bias_index(
    first: Row,
    second: Row,
    *,
    positive: Hashable = True,
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return how much more often the first says yes than the second, as a share of the units.

    Args:
        first: One coder's ratings. Shape: (n_units,).
        second: The other's, of the same units.
        positive: The rating that means yes; every other means no.
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    Source: Byrt, Bishop & Carlin (1993), Bias, prevalence and kappa.

    >>> bias_index([1, 1, 1, 0], [1, 1, 0, 0]).value
    0.25
    """
    read = read_ratings(pair(first, second), clusters=clusters)
    return bias_index_estimate(read.present(positive)).result(interval)


def positives(
    ratings: Ratings | RatingRows,
    *,
    positive: Hashable = True,
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> tuple[Statistic | Undefined, ...]:
    """Return each coder's share of yes among the units that coder rated.

    Args:
        ratings: None or NaN where missing. Shape: (n_coders, n_units).
        positive: The rating that means yes; every other means no.
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    >>> [share.value for share in positives([[1, 1, 1, 0], [1, 1, None, 0]])]
    [0.75, 0.6666666666666666]
    """
    read = read_ratings(ratings, clusters=clusters).present(positive)
    return tuple(
        positives_estimate(read, place).result(interval) for place in range(len(read.codes))
    )


def pair(first: Row, second: Row) -> RatingRows:
    """Return two coders' ratings as rows of one table."""
    if len(first) == len(second) and all(isinstance(row, np.ndarray) for row in (first, second)):
        return np.array([first, second])
    return [list(first), list(second)]


def cohen_estimate(ratings: Ratings, weights: Weighting = "identity") -> Estimate:
    """Return Cohen's kappa as a function of sums over clusters."""
    near = agreement_weights(ratings, weights)

    def formula(sums: Matrix) -> Matrix:
        by_first, by_second = _shares(sums)
        expected = (weighted(by_first, near) * by_second).sum(axis=1)
        return ratio(ratio(sums[:, 0], sums[:, 1]) - expected, 1 - expected)

    return _estimate(ratings, "Cohen kappa", weights, formula)


def scott_estimate(ratings: Ratings, weights: Weighting = "identity") -> Estimate:
    """Return Scott's pi as a function of sums over clusters."""
    near = agreement_weights(ratings, weights)

    def formula(sums: Matrix) -> Matrix:
        by_first, by_second = _shares(sums)
        both = (by_first + by_second) / 2
        expected = (weighted(both, near) * both).sum(axis=1)
        return ratio(ratio(sums[:, 0], sums[:, 1]) - expected, 1 - expected)

    return _estimate(ratings, "Scott pi", weights, formula)


def prevalence_index_estimate(ratings: Ratings) -> Estimate:
    """Return the prevalence index of ratings that are False or True."""

    def formula(sums: Matrix) -> Matrix:
        by_first, by_second = _shares(sums)
        # Both yes less both no is yes of the first less no of the second.
        return by_first[:, 1] - by_second[:, 0]

    return _estimate(ratings, "prevalence index", "identity", formula)


def bias_index_estimate(ratings: Ratings) -> Estimate:
    """Return the bias index of ratings that are False or True."""

    def formula(sums: Matrix) -> Matrix:
        by_first, by_second = _shares(sums)
        return by_first[:, 1] - by_second[:, 1]

    return _estimate(ratings, "bias index", "identity", formula)


def positives_estimate(ratings: Ratings, coder: int) -> Estimate:
    """Return one coder's share of True. `coder` counts from 0."""

    def formula(sums: Matrix) -> Matrix:
        return ratio(sums[:, 0], sums[:, 1])

    patterns = ratings.patterns(ordered=True)
    own = patterns.codes[:, coder]
    rows = np.column_stack([own == 1, own != MISSING]).astype(float)
    return Estimate(
        name=f"positives of coder {coder + 1}",
        formula=formula,
        rows=rows_of_kinds(patterns, rows),
        kinds=patterns.kinds,
        n_units=int(np.count_nonzero(ratings.codes[coder] != MISSING)),
        why_undefined=WHY_UNDEFINED,
        why_empty="the coder rated no unit",
        bounds=(0.0, 1.0),
    )


def _shares(sums: Matrix) -> tuple[Matrix, Matrix]:
    """Return each category's share in the first coder's ratings and in the second's."""
    n_categories = (sums.shape[1] - 2) // 2
    shares = ratio(sums[:, 2:], sums[:, 1:2])
    return shares[:, :n_categories], shares[:, n_categories:]


def _estimate(ratings: Ratings, name: str, weights: Weighting, formula: Formula) -> Estimate:
    """Return an estimate from the units both coders rated.

    The sums are: agreement, units, and how often each coder gave each category.

    Raises:
        InputError: If the coders are not two.
    """
    if len(ratings.codes) != 2:  # noqa: PLR2004 # two coders
        raise InputError(
            f"{name} is for two coders, not {len(ratings.codes)}; use fleiss_kappa, conger_kappa "
            f"or krippendorff_alpha"
        )
    ratings = ratings.complete()
    near = agreement_weights(ratings, weights)
    patterns = ratings.patterns(ordered=True)
    first, second = patterns.codes.T
    rated = first != MISSING
    every = np.arange(len(near))
    rows = np.column_stack([
        np.where(rated, near[first, second], 0.0) if near.size else np.zeros(len(first)),
        rated,
        first[:, None] == every,
        second[:, None] == every,
    ])
    return Estimate(
        name=name if weights == "identity" else f"{name} ({weights} weights)",
        formula=formula,
        rows=rows_of_kinds(patterns, rows),
        kinds=patterns.kinds,
        n_units=ratings.n_pairable,
        why_undefined=WHY_UNDEFINED,
    )
