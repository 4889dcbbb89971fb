"""Krippendorff's alpha, for any number of coders and missing ratings."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix, hstack

from secondcoder.agreement.estimates import (
    Estimate,
    Formula,
    IntervalChoice,
    ratio,
    rows_of_kinds,
)
from secondcoder.agreement.rating_rows import RatingRows, Row
from secondcoder.agreement.ratings import MISSING, Patterns, Ratings, coder_pairs, read_ratings
from secondcoder.agreement.weights import Weighting, agreement_weights, numbers, squared_relative
from secondcoder.errors import InputError
from secondcoder.schema.statistics import Statistic, Undefined

Level = Literal["nominal", "ordinal", "interval", "ratio"]
"""What the numbers of a scale mean."""

WHY_UNDEFINED = "every rating that can be paired is the same, so no disagreement could be expected"

Matrix = NDArray[np.float64]


def krippendorff_alpha(
    ratings: Ratings | RatingRows,
    level: Level = "nominal",
    *,
    weights: Weighting | None = None,
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return Krippendorff's alpha: 1 - observed over expected disagreement.

    A unit with fewer than two ratings is left out. Where every rating that can be paired is the
    same, no disagreement could be expected and alpha is undefined.

    Args:
        ratings: None or NaN where missing; hashable if nominal, else numbers.
            Shape: (n_coders, n_units).
        level: Which distance separates two ratings.
        weights: Gwet's weights of agreement instead of a level. (Weights `ordinal` are not the
            level `ordinal`, whose distances come from the ratings' frequencies.)
        clusters: What each unit comes from, such as a post's id. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.

    >>> round(krippendorff_alpha(["aabbdcccedda", "babbbcccEddd".lower()]).value, 3)
    0.692
    """
    read = read_ratings(ratings, clusters=clusters)
    return alpha_estimate(read, level, weights=weights).result(interval)


def alpha_estimate(
    ratings: Ratings, level: Level = "nominal", *, weights: Weighting | None = None
) -> Estimate:
    """Return alpha as a function of sums over clusters.

    Raises:
        InputError: If there is no such level, or it needs numbers and a category is none, or below
            0 for `ratio`.
    """
    if weights is not None:
        return fixed_distance_estimate(
            ratings, 1 - agreement_weights(ratings, weights), f"alpha ({weights} weights)"
        )
    if level not in get_args(Level):
        raise InputError(f"there is no level '{level}'; choose from {', '.join(get_args(Level))}")
    name = f"alpha ({level})"
    if level == "nominal":
        return fixed_distance_estimate(ratings, None, name)
    values = numbers(ratings, f"level '{level}'")
    if level == "ordinal":
        return _ordinal_estimate(ratings, name)
    if level == "interval":
        return _interval_estimate(ratings, values, name)
    if np.any(values < 0):
        raise InputError("level 'ratio' needs numbers from 0 up; use level 'interval'")
    distances = squared_relative(values[:, None], values[None, :])
    return fixed_distance_estimate(ratings, distances, name)


def fixed_distance_estimate(ratings: Ratings, distances: Matrix | None, name: str) -> Estimate:
    """Return alpha with distances that do not depend on the ratings; None: 0 if equal, else 1.

    The sums are the disagreement inside units and the ratings of each category.

    Args:
        ratings: Their categories index the distances.
        distances: Symmetric, 0 on the diagonal. Shape: (n_categories, n_categories).
        name: Of the statistic.
    """

    def disagreement(first: NDArray[np.int64], second: NDArray[np.int64]) -> Matrix:
        return (first != second).astype(float) if distances is None else distances[first, second]

    def formula(sums: Matrix) -> Matrix:
        observed, margins = sums[:, 0], sums[:, 1:]
        n = margins.sum(axis=1)
        if distances is None:
            expected = n**2 - (margins**2).sum(axis=1)
        else:
            expected = ((margins @ distances) * margins).sum(axis=1)
        return _alpha(observed, expected, n)

    patterns = ratings.patterns(ordered=False)
    within = np.zeros(len(patterns.codes))
    for pair in coder_pairs(patterns.codes):
        # Twice: a pair disagrees in either order.
        within[pair.places] += 2 * pair.share * disagreement(pair.first, pair.second)
    margins = _margins(patterns.codes, len(ratings.categories))
    rows = csr_matrix(hstack([csr_matrix(within[:, None]), margins]))
    return _estimate(ratings, name, formula, patterns, rows)


def _ordinal_estimate(ratings: Ratings, name: str) -> Estimate:
    """Return alpha whose distance is the squared difference of mid-ranks.

    Krippendorff's (sum of n_g for g from c to k, less half of n_c and n_k)² is just that. The sums
    are the coincidences of each pair of categories that meets, and the ratings of each category.
    """
    n_categories = len(ratings.categories)
    patterns = ratings.patterns(ordered=False)
    cells, places, shares = [], [], []
    for pair in coder_pairs(patterns.codes):
        low, high = np.minimum(pair.first, pair.second), np.maximum(pair.first, pair.second)
        cells.append(low * n_categories + high)
        places.append(pair.places)
        shares.append(2 * pair.share)
    met, column = np.unique(np.concatenate(cells), return_inverse=True)
    shape = (len(patterns.codes), len(met))
    coincidences = coo_matrix(
        (np.concatenate(shares), (np.concatenate(places), column.reshape(-1))), shape=shape
    )
    rows = csr_matrix(hstack([coincidences, _margins(patterns.codes, n_categories)]))
    first, second = np.divmod(met, max(1, n_categories))

    def formula(sums: Matrix) -> Matrix:
        within, margins = sums[:, : len(met)], sums[:, len(met) :]
        n = margins.sum(axis=1)
        # As shares, so that the distances stay near 1 and rounding can be told from zero.
        ranks = mid_ranks(margins) / np.maximum(n, 1.0)[:, None]
        observed = (within * (ranks[:, first] - ranks[:, second]) ** 2).sum(axis=1)
        squares, total = (margins * ranks**2).sum(axis=1), (margins * ranks).sum(axis=1)
        return _alpha(observed, 2 * (n * squares - total**2), n)

    return _estimate(ratings, name, formula, patterns, rows)


def mid_ranks(margins: Matrix) -> Matrix:
    """Return the mean rank of each category's ratings, counted from 0.

    Args:
        margins: Ratings of each category, in order. Shape: (n_replicates, n_categories).

    >>> mid_ranks(np.array([[2.0, 4.0, 2.0]])).tolist()
    [[1.0, 4.0, 7.0]]
    """
    ranks: Matrix = np.cumsum(margins, axis=1) - margins / 2
    return ranks


def _interval_estimate(ratings: Ratings, values: Matrix, name: str) -> Estimate:
    """Return alpha whose distance is the squared difference of the numbers.

    The sums are the disagreement inside units, the number of ratings, their total and the total of
    their squares: it takes as many categories as there are ratings.
    """
    patterns = ratings.patterns(ordered=False)
    # Alpha does not change when numbers are shifted and scaled; sums of squares lose fewer digits.
    middle, span = (values.mean(), np.ptp(values)) if len(values) else (0.0, 0.0)
    scaled = (values - middle) / (span or 1.0)
    within = np.zeros(len(patterns.codes))
    for pair in coder_pairs(patterns.codes):
        within[pair.places] += 2 * pair.share * (scaled[pair.first] - scaled[pair.second]) ** 2
    margins = _margins(patterns.codes, len(values))
    powers = np.stack([scaled**power for power in range(3)], axis=1)
    rows = csr_matrix(np.column_stack([within, margins @ powers]))

    def formula(sums: Matrix) -> Matrix:
        observed, n, total, squares = sums.T
        return _alpha(observed, 2 * (n * squares - total**2), n)

    return _estimate(ratings, name, formula, patterns, rows)


def _margins(codes: NDArray[np.int64], n_categories: int) -> csr_matrix:
    """Return the ratings of each category that can be paired. Shape: (n_patterns, n_categories)."""
    rated = codes != MISSING
    unit, coder = np.nonzero(rated & (rated.sum(axis=1, keepdims=True) > 1))
    shape = (len(codes), n_categories)
    return csr_matrix((np.ones(len(unit)), (unit, codes[unit, coder])), shape=shape)


def _alpha(observed: Matrix, expected: Matrix, n: Matrix) -> Matrix:
    """Return alpha from sums of distances over ordered pairs: within units, and of all ratings."""
    return 1 - ratio(observed / np.maximum(n, 1.0), expected / np.maximum(n * (n - 1), 1.0))


def _estimate(
    ratings: Ratings, name: str, formula: Formula, patterns: Patterns, rows: csr_matrix
) -> Estimate:
    return Estimate(
        name=name,
        formula=formula,
        rows=rows_of_kinds(patterns, rows),
        kinds=patterns.kinds,
        n_units=ratings.n_pairable,
        why_undefined=WHY_UNDEFINED,
    )
