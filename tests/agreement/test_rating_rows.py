"""Ratings as people hand them in: arrays, lists, frames, and what is no table at all."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from secondcoder.agreement import krippendorff_alpha, set_alpha
from secondcoder.agreement.rating_rows import is_missing, rating_rows
from secondcoder.errors import InputError

ANN: list[int | None] = [1, 2, None, 3]
BOB: list[int | None] = [1, 2, 3, 3]
EVE: list[int | None] = [1, 3, 3, None]


def test_none_nan_and_what_pandas_writes_are_missing() -> None:
    """As Python, numpy and pandas have them; zero, nothing written and the empty set are not."""
    for missing in (None, float("nan"), np.float32("nan"), np.float64("nan"), pd.NA, pd.NaT):
        assert is_missing(missing)
    given: list[object] = [0, False, "", "nan", frozenset(), float("inf")]
    assert not any(is_missing(each) for each in given)


def test_the_same_ratings_have_one_alpha_whatever_holds_them() -> None:
    """Lists, tuples, a generator, arrays of numbers and of objects, series of several kinds."""
    expected = krippendorff_alpha([ANN, BOB, EVE])
    assert expected.is_defined
    rows = [ANN, BOB, EVE]
    numbers = [[np.nan if each is None else each for each in row] for row in rows]
    series = [pd.Series(row, dtype="Int64") for row in rows]
    for same in (
        tuple(tuple(row) for row in rows),
        np.array(numbers),
        np.array(rows, dtype=object),
        [np.array(row, np.float32) for row in numbers],
        series,
        [each.astype("category") for each in series],
        [pl.Series(row) for row in rows],
        pd.DataFrame(dict(zip("abc", rows, strict=True))).to_numpy().T,
    ):
        assert krippendorff_alpha(same) == expected  # type: ignore[arg-type]  # series are rows too
    assert krippendorff_alpha(row for row in rows) == expected  # type: ignore[arg-type]  # listed


@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        (pd.DataFrame({"ann": ANN, "bob": BOB}), "if each column is a coder"),
        (pl.DataFrame({"ann": ANN, "bob": BOB}), "if each column is a coder"),
        ({"ann": ANN, "bob": BOB}, "list\\(ratings.values"),
        ([1, 2, 3], "1 in place of row 1 is no row"),
        ([ANN, {1, 2, 3, 4}], "in place of row 2 is no row"),
        (np.array([1, 2, 3]), "this array has 1 dimension"),
        (np.zeros((2, 2, 2)), "this array has 3 dimensions"),
        ("abb", "'abb' is no table"),
        (7, "7 is no table"),
        ([], "needs two coders, not 0"),
        ([ANN], "needs two coders, not 1"),
        ([ANN, BOB[:3]], "coder 1 has 4 ratings and coder 2 has 3"),
    ],
)
def test_what_is_no_table_is_refused_and_told_what_to_give(ratings: object, reason: str) -> None:
    """Nothing is turned round, or read letter by letter, in silence."""
    with pytest.raises(InputError, match=reason):
        rating_rows(ratings)  # type: ignore[arg-type]  # what people hand in


def test_sets_may_be_missing_as_pandas_writes_it() -> None:
    """A series of sets with gaps holds NaN."""
    gaps = [[{"tea"}, float("nan"), {"time"}], [{"tea"}, {"time"}, pd.NA]]
    nones = [[{"tea"}, None, {"time"}], [{"tea"}, {"time"}, None]]
    assert set_alpha(gaps) == set_alpha(nones)
