"""Ratings of the same units by several coders, as numbers that arithmetic can take."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from secondcoder.agreement.counted import counted
from secondcoder.agreement.rating_rows import RatingRows, Row, is_missing, rating_rows
from secondcoder.errors import InputError

MISSING = -1
"""Code of a rating that is not there."""


class Patterns(NamedTuple):
    """The distinct rows of ratings, and how often each occurs in which kind of cluster."""

    codes: NDArray[np.int64]
    """Category of each coder, or `MISSING`. Shape: (n_patterns, n_coders)."""
    composition: csr_matrix | None
    """Units of each pattern in a cluster of each kind, shape (n_kinds, n_patterns). None: each
    unit is its own cluster, so kinds are patterns."""
    kinds: NDArray[np.int64]
    """Kind of each cluster. Shape: (n_clusters,)."""
    n_units: NDArray[np.int64]
    """Units of each pattern. Shape: (n_patterns,)."""


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings of the same units by several coders; `read_ratings` makes them.

    A dataclass and not a record: it holds arrays, and nothing of it is stored.
    """

    codes: NDArray[np.int64]
    """Index into `categories`, or `MISSING`. Shape: (n_coders, n_units)."""
    categories: tuple[Hashable, ...]
    """What was given, sorted where it can be; or all that could be given, as the caller said."""
    clusters: NDArray[np.int64] | None = None
    """Cluster of each unit, counted from 0; None: each unit is its own. Shape: (n_units,)."""

    @property
    def n_pairable(self) -> int:
        """Return how many units at least two coders rated."""
        return int(np.count_nonzero((self.codes != MISSING).sum(axis=0) > 1))

    def complete(self) -> "Ratings":
        """Return the ratings with every unit taken back that some coder did not rate."""
        whole = (self.codes != MISSING).all(axis=0)
        return replace(self, codes=np.where(whole, self.codes, MISSING))

    def present(self, theme: Hashable) -> "Ratings":
        """Return whether each rating is, or where ratings are sets holds, this theme.

        The categories are False and True, both even if only one was ever given.
        """
        held = [
            theme in category if isinstance(category, frozenset) else category == theme
            for category in self.categories
        ]
        # The last place answers for MISSING, which is -1.
        table = np.array([*held, MISSING], np.int64)
        return replace(self, codes=table[self.codes], categories=(False, True))

    def patterns(self, *, ordered: bool) -> Patterns:
        """Return the distinct rows of ratings and where they occur.

        Args:
            ordered: Whether it matters which coder gave which rating.
        """
        return self._ordered if ordered else self._unordered

    # Every coefficient of a table asks for one of the two.
    @cached_property
    def _ordered(self) -> Patterns:
        return self._patterns(np.ascontiguousarray(self.codes.T))

    @cached_property
    def _unordered(self) -> Patterns:
        return self._patterns(np.sort(np.ascontiguousarray(self.codes.T), axis=1))

    def _patterns(self, codes: NDArray[np.int64]) -> Patterns:
        distinct, of_unit = _distinct_rows(codes, len(self.categories))
        counts = np.bincount(of_unit, minlength=len(distinct))
        if self.clusters is None:
            return Patterns(distinct, None, of_unit, counts)
        n_clusters = int(self.clusters.max(initial=-1)) + 1
        ones = np.ones(len(of_unit), np.int64)
        shape = (n_clusters, len(distinct))
        composition = csr_matrix((ones, (self.clusters, of_unit)), shape=shape)
        composition.sum_duplicates()
        kinds, first = _equal_rows(composition)
        return Patterns(distinct, composition[first], kinds, counts)


class CoderPair(NamedTuple):
    """Two coders' ratings of the patterns that both rated."""

    places: NDArray[np.int64]
    """Which patterns. Shape of this and the others: (n_places,)."""
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    share: NDArray[np.float64]
    """1/(ratings of the unit - 1): a unit's pairs together count half as much as its ratings."""


def coder_pairs(codes: NDArray[np.int64]) -> Iterator[CoderPair]:
    """Yield each two coders. `codes`: categories or `MISSING`, shape (n_patterns, n_coders)."""
    n_others = (codes != MISSING).sum(axis=1) - 1
    for first, second in combinations(codes.T, 2):
        places = np.flatnonzero((first != MISSING) & (second != MISSING))
        yield CoderPair(places, first[places], second[places], 1 / n_others[places])


def read_ratings(
    ratings: Ratings | RatingRows,
    *,
    categories: Iterable[Hashable] | None = None,
    clusters: Row | None = None,
) -> Ratings:
    """Return ratings as numbers; ratings read before pass through.

    Args:
        ratings: Any hashable values; None, NaN or pandas' NA where missing.
            Shape: (n_coders, n_units).
        categories: All that could be given, where that is more than what was given.
        clusters: What units come from, such as a post's id; units of one cluster are drawn
            together. None: each unit stands alone. Shape: (n_units,).

    Raises:
        InputError: If rows differ in length, a rating is not hashable or not among the categories.

    >>> read_ratings(["abb", "ab_"], categories="ab_").codes.tolist()
    [[0, 1, 1], [0, 1, 2]]
    """
    if isinstance(ratings, Ratings):
        if categories is not None or clusters is not None:
            raise InputError(
                "ratings that were read have their categories and clusters; give them to "
                "read_ratings instead"
            )
        return ratings
    ratings = rating_rows(ratings)
    n_units = len(ratings[0])
    if isinstance(ratings, np.ndarray) and ratings.dtype.kind in "biuf" and categories is None:
        codes, found = _codes_of_numbers(ratings)
    else:
        known = None if categories is None else tuple(dict.fromkeys(categories))
        codes, found = _codes_of_objects(ratings, known)
    return Ratings(codes, found, None if clusters is None else _cluster_codes(clusters, n_units))


def _codes_of_numbers(
    ratings: NDArray[np.generic],
) -> tuple[NDArray[np.int64], tuple[Hashable, ...]]:
    values, codes = np.unique(ratings, return_inverse=True)
    codes = codes.reshape(ratings.shape).astype(np.int64)
    # NaN sorts last and, since numpy 1.24, is one value.
    if values.dtype.kind == "f" and len(values) and np.isnan(values[-1]):
        values = values[:-1]
        codes[codes == len(values)] = MISSING
    return codes, tuple(values.tolist())


def _codes_of_objects(
    ratings: RatingRows, known: tuple[Hashable, ...] | None
) -> tuple[NDArray[np.int64], tuple[Hashable, ...]]:
    code_of = {category: code for code, category in enumerate(known or ())}
    codes = np.full((len(ratings), len(ratings[0])), MISSING, np.int64)
    for place, row in enumerate(ratings):
        for unit, rating in enumerate(row):
            if is_missing(rating):
                continue
            codes[place, unit] = _code(rating, code_of, (place, unit), is_open=known is None)
    found = tuple(code_of)
    return (codes, found) if known is not None else _sorted_codes(codes, found)


def _code(
    rating: object, code_of: dict[Hashable, int], at: tuple[int, int], *, is_open: bool
) -> int:
    place, unit = at
    try:
        code = code_of.setdefault(rating, len(code_of)) if is_open else code_of.get(rating)
    except TypeError as error:
        raise InputError(
            f"coder {place + 1}, unit {unit + 1}: {rating!r} is not hashable; ratings that are "
            f"sets of themes go to set_alpha"
        ) from error
    if code is None:
        raise InputError(
            f"coder {place + 1}, unit {unit + 1}: {rating!r} is not among the categories "
            f"{list(code_of)}; add it or correct the rating"
        )
    return code


def _sorted_codes(
    codes: NDArray[np.int64], found: tuple[Hashable, ...]
) -> tuple[NDArray[np.int64], tuple[Hashable, ...]]:
    """Sort categories if they are numbers or all strings; else keep the order of appearance."""
    if all(is_number(category) for category in found):
        order = np.argsort(np.array(found, dtype=np.float64))
    elif all(isinstance(category, str) for category in found):
        order = np.argsort(np.array(found, dtype=np.str_))
    else:
        return codes, found
    table = np.full(len(found) + 1, MISSING, np.int64)
    table[order] = np.arange(len(found))
    return table[codes], tuple(found[place] for place in order)


def is_number(value: object) -> bool:
    """Return whether a category is a number; True and False count as 1 and 0."""
    return isinstance(value, int | float | np.integer | np.floating | np.bool_)


def _cluster_codes(clusters: Row, n_units: int) -> NDArray[np.int64]:
    if len(clusters) != n_units:
        raise InputError(
            f"{counted(n_units, 'unit')} and {counted(len(clusters), 'cluster')} are given; name "
            f"the cluster of each unit"
        )
    if isinstance(clusters, np.ndarray) and clusters.dtype.kind in "biu":
        _, places = np.unique(clusters, return_inverse=True)
        return np.asarray(places, dtype=np.int64)
    code_of: dict[object, int] = {}
    numbered = [code_of.setdefault(name, len(code_of)) for name in clusters]
    return np.array(numbered, np.int64)


def _distinct_rows(
    codes: NDArray[np.int64], n_categories: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct rows and which of them each row is."""
    n_rows, n_columns = codes.shape
    if (n_categories + 1) ** n_columns < 2**63:
        # One integer per row sorts many times faster than rows do.
        key = np.zeros(n_rows, np.int64)
        for column in codes.T:
            key = key * (n_categories + 1) + column + 1
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    else:
        _, first, inverse = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    return codes[first], inverse.reshape(-1).astype(np.int64)


def _equal_rows(matrix: csr_matrix) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which distinct row each row is, and the first row of each distinct one."""
    base = int(matrix.data.max(initial=0)) + 1
    if base ** matrix.shape[1] < 2**63:
        # Read as the digits of one number, as few patterns can be, rows sort in one go.
        numbers = matrix @ base ** np.arange(matrix.shape[1], dtype=np.int64)
        _, leading, found = np.unique(numbers, return_index=True, return_inverse=True)
        order = np.argsort(leading)
        return np.argsort(order)[found].astype(np.int64), leading[order].astype(np.int64)
    kind_of: dict[tuple[bytes, bytes], int] = {}
    first: list[int] = []
    kinds = np.empty(matrix.shape[0], np.int64)
    ends = matrix.indptr
    for row in range(matrix.shape[0]):
        cells = slice(ends[row], ends[row + 1])
        key = (matrix.indices[cells].tobytes(), matrix.data[cells].tobytes())
        kinds[row] = kind_of.setdefault(key, len(first))
        if kinds[row] == len(first):
            first.append(row)
    return kinds, np.array(first, np.int64)
