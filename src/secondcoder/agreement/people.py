"""Ratings of several people under their names, missing ones told from the rest."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.counted import counted
from secondcoder.agreement.rating_rows import is_missing
from secondcoder.errors import InputError

Column = Sequence[object] | NDArray[np.generic]
"""One rating per unit, None or NaN where missing. Shape: (n_units,)."""

People = Mapping[str, Column] | Sequence[Column] | NDArray[np.generic]
"""One column per person, by name or in order. Shape: (n_people, n_units)."""


def named(people: People, n_units: int, *, at_least: int = 2) -> dict[str, Column]:
    """Return each person's ratings under a name: the one given, or the place counted from 1.

    Raises:
        InputError: If there are too few people, or one has not a rating per unit.

    >>> list(named([["a", None], ["a", "b"]], 2))
    ['person 1', 'person 2']
    """
    if isinstance(people, Mapping):
        coders = dict(people)
    elif hasattr(people, "columns"):
        # A data frame: one column per person, which iterates over its columns' names.
        coders = {str(name): people[name] for name in people.columns}
    else:
        coders = {f"person {place}": row for place, row in enumerate(people, 1)}
    if len(coders) < at_least:
        raise InputError(
            f"ratings of {counted(len(coders), 'person', 'people')} are given; {at_least} are the "
            f"least"
        )
    for name, row in coders.items():
        if len(row) != n_units:
            raise InputError(
                f"{name} has {counted(len(row), 'rating')} and the model {n_units}; give one per "
                f"unit, None where it is missing"
            )
    return coders


def read_rating(rating: object) -> object:
    """Return the rating, or None where it is missing.

    >>> read_rating(float("nan")) is None, read_rating(0)
    (True, 0)
    """
    return None if is_missing(rating) else rating


def read_binary(column: Column, name: str) -> NDArray[np.float64]:
    """Return ratings as 0 and 1, NaN where missing. Shape: (n_units,).

    Raises:
        InputError: If a rating is neither present nor absent.

    >>> read_binary([True, None, 0], "ana")
    array([ 1., nan,  0.])
    """
    values = np.full(len(column), np.nan)
    for place, given in enumerate(column):
        rating = read_rating(given)
        if rating is None:
            continue
        if rating not in {0, 1}:
            raise InputError(
                f"{name}, unit {place + 1}: {rating!r} is not 0 or 1; a theme is present or absent"
            )
        values[place] = rating == 1
    return values


def cluster_codes(clusters: Column | None, n_units: int) -> NDArray[np.int64]:
    """Return the cluster of each unit, counted from 0; None: each unit is its own.

    Raises:
        InputError: If there is not one per unit.

    >>> cluster_codes(["p1", "p1", "p2"], 3)
    array([0, 0, 1])
    """
    if clusters is None:
        return np.arange(n_units)
    if len(clusters) != n_units:
        raise InputError(
            f"{counted(n_units, 'unit')} and {counted(len(clusters), 'cluster')} are given; name "
            f"the cluster of each unit"
        )
    code_of: dict[object, int] = {}
    return np.array([code_of.setdefault(name, len(code_of)) for name in clusters], np.int64)
