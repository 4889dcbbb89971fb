"""How near two categories are to each other: weights of partial agreement, and distances."""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.ratings import Ratings, is_number
from secondcoder.errors import InputError

Weighting = Literal["identity", "linear", "quadratic", "ordinal", "ratio", "circular", "bipolar"]
"""Weights of agreement as Gwet (2014) names them; all but `identity` need numbers."""

Matrix = NDArray[np.float64]


def numbers(ratings: Ratings, purpose: str) -> Matrix:
    """Return the categories as numbers. Shape: (n_categories,).

    Raises:
        InputError: If one is not a number, or is infinite.
    """
    for category in ratings.categories:
        if not is_number(category):
            raise InputError(
                f"{purpose} needs numbers, and {category!r} is none; give the rank or value of "
                f"each category instead"
            )
    values = np.array(ratings.categories, dtype=np.float64)
    if not np.isfinite(values).all():
        raise InputError(f"{purpose} needs numbers that have an end, and infinity has none")
    return values


def agreement_weights(ratings: Ratings, weighting: Weighting) -> Matrix:
    """Return how far each pair of categories agrees, 1 on the diagonal.

    Raises:
        InputError: If there are no such weights, or a category is no number where they need one.

    Returns:
        Shape: (n_categories, n_categories), between 0 and 1.

    Source: Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition, as irrCAC
    computes them; the tests hold the coefficients to its figures.

    >>> from secondcoder.agreement.ratings import read_ratings
    >>> agreement_weights(read_ratings([[1, 2], [2, 3]]), "linear").tolist()
    [[1.0, 0.5, 0.0], [0.5, 1.0, 0.5], [0.0, 0.5, 1.0]]
    """
    if weighting == "identity":
        return np.eye(len(ratings.categories))
    if weighting not in _DISTANCES:
        raise InputError(
            f"there are no weights '{weighting}'; choose from identity, {', '.join(_DISTANCES)}"
        )
    values = numbers(ratings, f"weighting '{weighting}'")
    apart = _DISTANCES[weighting](values[:, None], values[None, :])
    np.fill_diagonal(apart, 0.0)
    near: Matrix = 1 - apart / max(apart.max(initial=0.0), np.finfo(float).tiny)
    return near


def weighted(shares: Matrix, near: Matrix) -> Matrix:
    """Return `shares @ near`: how far each category's share agrees with every category.

    With weights `identity` that is the shares themselves, and hundreds of sets of themes need no
    product of large matrices.

    >>> weighted(np.array([0.25, 0.75]), np.eye(2)).tolist()
    [0.25, 0.75]
    """
    # Weights lie between 0 and 1, and are 1 on the diagonal.
    return shares if near.sum() == len(near) else shares @ near


def _linear(first: Matrix, second: Matrix) -> Matrix:
    apart: Matrix = np.abs(first - second)
    return apart


def _quadratic(first: Matrix, second: Matrix) -> Matrix:
    apart: Matrix = (first - second) ** 2
    return apart


def _ordinal(first: Matrix, second: Matrix) -> Matrix:
    """Return how many pairs of categories lie between two, both included."""
    ranks = np.unique(np.concatenate([first.ravel(), second.ravel()]))
    steps = np.abs(np.searchsorted(ranks, first) - np.searchsorted(ranks, second))
    apart: Matrix = steps * (steps + 1) / 2
    return apart


def squared_relative(first: Matrix, second: Matrix) -> Matrix:
    """Return the distance of ratio data, two zeros being equal.

    >>> squared_relative(np.array([0.0, 1.0]), np.array([0.0, 3.0])).tolist()
    [0.0, 0.25]
    """
    sums = first + second
    apart: Matrix = ((first - second) / np.where(sums == 0, 1.0, sums)) ** 2
    return apart


def _circular(first: Matrix, second: Matrix) -> Matrix:
    span = first.max() - first.min() + 1
    apart: Matrix = np.sin(np.pi * (first - second) / span) ** 2
    return apart


def _bipolar(first: Matrix, second: Matrix) -> Matrix:
    low, high = first.min(), first.max()
    sums = first + second
    scale = (sums - 2 * low) * (2 * high - sums)
    # Zero only between an end of the scale and itself, where the distance is zero.
    apart: Matrix = (first - second) ** 2 / np.where(scale == 0, 1.0, scale)
    return apart


_DISTANCES: dict[Weighting, Callable[[Matrix, Matrix], Matrix]] = {
    "linear": _linear,
    "quadratic": _quadratic,
    "ordinal": _ordinal,
    "ratio": squared_relative,
    "circular": _circular,
    "bipolar": _bipolar,
}

SetDistance = (
    Literal["masi", "jaccard", "nominal"] | Callable[[frozenset[object], frozenset[object]], float]
)
"""How far apart two sets of themes are, 0 to 1."""


def set_distances(sets: Sequence[frozenset[object]], distance: SetDistance) -> Matrix:
    """Return the distance of each pair of sets, 0 where they are equal (both empty included).

    MASI is 1 - J·M: J the Jaccard similarity, M 1 for equal sets, 2/3 where one holds the other,
    1/3 where they overlap, 0 where they share nothing. An empty set is at distance 1 from any
    other.

    Returns:
        Shape: (n_sets, n_sets).

    Raises:
        InputError: If there is no such distance.

    Source: Passonneau (2006), Measuring Agreement on Set-valued Items (MASI), LREC.

    >>> set_distances([frozenset("A"), frozenset("AB")], "masi").round(3).tolist()
    [[0.0, 0.667], [0.667, 0.0]]
    """
    if callable(distance):
        return np.array([[distance(one, other) for other in sets] for one in sets], dtype=float)
    if distance == "nominal":
        return 1 - np.eye(len(sets))
    if distance not in {"masi", "jaccard"}:
        raise InputError(
            f"there is no distance '{distance}'; choose masi, jaccard or nominal, or give a "
            f"function of two sets"
        )
    held, sizes = membership(sets)
    shared = held @ held.T
    union = sizes[:, None] + sizes[None, :] - shared
    likeness = shared / np.maximum(union, 1)
    if distance == "masi":
        smaller = np.minimum(sizes[:, None], sizes[None, :])
        likeness = likeness * np.where(
            shared == union, 1.0, np.where(shared == smaller, 2 / 3, 1 / 3)
        )
    # Two empty sets share nothing and are equal.
    likeness[union == 0] = 1.0
    return 1 - likeness


def membership(sets: Sequence[frozenset[object]]) -> tuple[Matrix, Matrix]:
    """Return which themes each set holds, and how many.

    Returns:
        Shapes: (n_sets, n_themes), themes in order of appearance, and (n_sets,).

    >>> membership([frozenset("A"), frozenset()])
    (array([[1.],
           [0.]]), array([1., 0.]))
    """
    place_of: dict[object, int] = {}
    for themes in sets:
        for theme in sorted(themes, key=str):
            place_of.setdefault(theme, len(place_of))
    held = np.zeros((len(sets), len(place_of)))
    for row, themes in enumerate(sets):
        held[row, [place_of[theme] for theme in themes]] = 1.0
    return held, held.sum(axis=1)
