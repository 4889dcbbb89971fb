"""Ratings that are sets of themes: alpha with MASI or Jaccard distance, and exact match."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TypeGuard

from secondcoder.agreement.alpha import fixed_distance_estimate
from secondcoder.agreement.chance import percent_estimate
from secondcoder.agreement.estimates import Estimate, IntervalChoice
from secondcoder.agreement.rating_rows import RatingRows, Row, is_missing, rating_rows
from secondcoder.agreement.ratings import Ratings, read_ratings
from secondcoder.agreement.weights import SetDistance, set_distances
from secondcoder.errors import InputError
from secondcoder.schema.statistics import Statistic, Undefined

SetRow = Sequence[AbstractSet[object] | None]
"""The themes one coder gave each unit; an empty set is a rating, None is missing."""


def set_alpha(
    ratings: Ratings | Sequence[SetRow],
    distance: SetDistance = "masi",
    *,
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return Krippendorff's alpha of sets of themes.

    Args:
        ratings: Sets; an empty set is a rating, None is missing. Shape: (n_coders, n_units).
        distance: How far apart two sets are, or a function that says so: symmetric, 0 for equal
            sets, at most 1.
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    Source: Passonneau (2006), Measuring Agreement on Set-valued Items (MASI), LREC.

    >>> round(set_alpha([[{"a"}, {"a", "b"}, set()], [{"a"}, {"a"}, set()]]).value, 3)
    0.667
    """
    read = read_sets(ratings, clusters=clusters)
    return set_alpha_estimate(read, distance).result(interval)


def exact_match(
    ratings: Ratings | Sequence[SetRow],
    *,
    clusters: Row | None = None,
    interval: IntervalChoice = None,
) -> Statistic | Undefined:
    """Return the share of pairs of coders that gave a unit just the same set of themes.

    Args:
        ratings: Sets; an empty set is a rating, None is missing. Shape: (n_coders, n_units).
        clusters: What each unit comes from. Shape: (n_units,).
        interval: How to make an interval; None: without one.

    >>> exact_match([[{"a"}, {"a", "b"}], [{"a"}, {"a"}]]).value
    0.5
    """
    return exact_match_estimate(read_sets(ratings, clusters=clusters)).result(interval)


def read_sets(ratings: Ratings | Sequence[SetRow], *, clusters: Row | None = None) -> Ratings:
    """Return sets of themes as ratings whose categories are frozen sets.

    A rating that is neither a set nor None is an `InputError`.

    >>> read_sets([[{"a"}, None], [set(), {"a"}]]).categories
    (frozenset({'a'}), frozenset())
    """
    if isinstance(ratings, Ratings):
        return read_ratings(ratings, clusters=clusters)
    rows: RatingRows = [
        [_frozen(rating, place, unit) for unit, rating in enumerate(row)]
        for place, row in enumerate(rating_rows(ratings))
    ]
    return read_ratings(rows, clusters=clusters)


def set_alpha_estimate(ratings: Ratings, distance: SetDistance = "masi") -> Estimate:
    """Return alpha of sets as a function of sums over clusters."""
    name = f"alpha ({distance} distance)" if isinstance(distance, str) else "alpha (own distance)"
    if distance == "nominal":
        return fixed_distance_estimate(ratings, None, name)
    distances = set_distances(sets_of(ratings), distance)
    return fixed_distance_estimate(ratings, distances, name)


def exact_match_estimate(ratings: Ratings) -> Estimate:
    """Return exact match as a function of sums over clusters."""
    return replace(percent_estimate(ratings), name="exact match")


def sets_of(ratings: Ratings) -> list[frozenset[object]]:
    """Return the categories as sets; one that is no set is a theme alone.

    >>> sets_of(read_ratings(["ab", "aa"]))
    [frozenset({'a'}), frozenset({'b'})]
    """
    return [
        category if isinstance(category, frozenset) else frozenset({category})
        for category in ratings.categories
    ]


def _frozen(rating: object, place: int, unit: int) -> frozenset[object] | None:
    # Asking for the concrete type first is several times faster.
    if isinstance(rating, frozenset):
        return rating
    if is_missing(rating):
        return None
    if _is_set(rating):
        return frozenset(rating)
    raise InputError(
        f"coder {place + 1}, unit {unit + 1}: {rating!r} is not a set of themes; give a set "
        f"(empty where no theme fits) or None where the rating is missing"
    )


def _is_set(rating: object) -> TypeGuard[AbstractSet[object]]:
    return isinstance(rating, AbstractSet)
