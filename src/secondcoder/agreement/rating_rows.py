"""Ratings as they are handed in: one row per coder, whatever holds them."""

import math
from collections.abc import Iterable, Mapping, Sequence, Sized
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from secondcoder.agreement.counted import counted
from secondcoder.errors import InputError

Row = Sequence[object] | NDArray[np.generic]
"""One coder's ratings, None or NaN where missing, or each unit's cluster. Shape: (n_units,)."""

RatingRows = Sequence[Row] | NDArray[np.generic]
"""One row per coder, one column per unit; None or NaN is missing. Shape: (n_coders, n_units)."""

_SHAPE = "ratings have one row per coder and one column per unit"

_MISSING_TYPES = frozenset({"NAType", "NaTType"})
"""What pandas writes for a value that is not there; told by name, so that pandas need not be."""

_TABLE = 2


def is_missing(rating: object) -> bool:
    """Return whether this stands for no rating: None, NaN, or pandas' NA and NaT.

    >>> [is_missing(each) for each in (None, float("nan"), 0, "", frozenset())]
    [True, True, False, False, False]
    """
    if isinstance(rating, float | np.floating):
        return math.isnan(rating)
    return rating is None or type(rating).__name__ in _MISSING_TYPES


def rating_rows(ratings: RatingRows) -> RatingRows:
    """Return the rows, checked: two coders or more, as many ratings each.

    Raises:
        InputError: If it is no table of that shape, or if it could be read two ways.

    >>> rating_rows(["ab", "aa"])
    ['ab', 'aa']
    """
    _refuse_ambiguous(ratings)
    if isinstance(ratings, np.ndarray):
        if ratings.ndim != _TABLE:
            raise InputError(f"{_SHAPE}; this array has {counted(ratings.ndim, 'dimension')}")
        rows: RatingRows = ratings
    else:
        rows = list(ratings)
    for place, row in enumerate(rows):
        if not _is_row(row):
            raise InputError(f"{_SHAPE}; {row!r} in place of row {place + 1} is no row")
    lengths = [len(row) for row in rows]
    if len(lengths) <= 1:
        raise InputError(
            f"agreement needs two coders, not {len(lengths)}; give one row of ratings per coder"
        )
    for place, length in enumerate(lengths):
        if length != lengths[0]:
            raise InputError(
                f"coder 1 has {counted(lengths[0], 'rating')} and coder {place + 1} has {length}; "
                f"give every coder one per unit, None where it is missing"
            )
    return rows


def _refuse_ambiguous(ratings: object) -> None:
    """Refuse what has rows and columns of its own, or only looks like rows.

    Raises:
        InputError: Saying what to give instead.
    """
    if hasattr(ratings, "columns"):
        raise InputError(
            f"{_SHAPE}, and a data frame mostly has it the other way round; say which is meant: "
            f"[frame[coder] for coder in frame.columns] if each column is a coder, else "
            f"frame.to_numpy()"
        )
    if isinstance(ratings, Mapping):
        raise InputError(f"{_SHAPE}; of a mapping give its values: list(ratings.values())")
    if isinstance(ratings, str) or not isinstance(ratings, Iterable):
        raise InputError(f"{_SHAPE}; {ratings!r} is no table")


def _is_row(row: object) -> TypeGuard[Row]:
    """Return whether it has ratings in order: not a set, not a mapping, not a single value."""
    return isinstance(row, Sized) and isinstance(row, Iterable) and hasattr(row, "__getitem__")
