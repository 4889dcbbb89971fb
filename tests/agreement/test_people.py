"""People's ratings under their names."""

import math

import numpy as np
import pandas as pd
import pytest

from secondcoder.agreement.people import cluster_codes, named, read_binary, read_rating
from secondcoder.errors import InputError


def test_people_keep_their_names_or_are_counted() -> None:
    """A mapping names them; a sequence or a table counts from 1."""
    assert list(named({"ana": [1], "ben": [0]}, 1)) == ["ana", "ben"]
    assert list(named(np.array([[1.0], [0.0]]), 1)) == ["person 1", "person 2"]


def test_too_few_or_uneven_people_are_refused() -> None:
    """With who and how many."""
    with pytest.raises(InputError, match="ratings of 1 person are given; 2 are the least"):
        named([[1]], 1)
    with pytest.raises(InputError, match="ben has 2 ratings and the model 1"):
        named({"ana": [1], "ben": [0, 1]}, 1)


def test_people_may_be_the_columns_of_a_data_frame() -> None:
    """Each column is one person under its name."""
    found = named(pd.DataFrame({"ana": [1, 0], "ben": [0, None]}), 2)
    assert [(name, [read_rating(each) for each in row]) for name, row in found.items()] == [
        ("ana", [1, 0]),
        ("ben", [0, None]),
    ]


def test_nan_is_missing_and_nothing_else_is() -> None:
    """Zero, the empty word and the empty set are ratings."""
    assert read_rating(math.nan) is None
    assert read_rating(np.float64("nan")) is None
    assert read_rating(None) is None
    ratings: list[object] = [0, "", frozenset(), False]
    assert [read_rating(rating) for rating in ratings] == ratings


def test_present_and_absent_are_one_and_zero() -> None:
    """In any of the usual spellings; other ratings are refused with their place."""
    assert np.array_equal(
        read_binary([True, 0.0, None, np.int64(1)], "ana"), [1, 0, math.nan, 1], equal_nan=True
    )
    with pytest.raises(InputError, match="ana, unit 2: 'yes' is not 0 or 1"):
        read_binary([1, "yes"], "ana")
    with pytest.raises(InputError, match="ana, unit 1: frozenset"):
        read_binary([frozenset({"tea"})], "ana")


def test_clusters_are_counted_as_they_appear() -> None:
    """Without any, each unit is its own."""
    assert cluster_codes(["b", "a", "b"], 3).tolist() == [0, 1, 0]
    assert cluster_codes(None, 2).tolist() == [0, 1]
    with pytest.raises(InputError, match="2 units and 1 cluster are"):
        cluster_codes(["a"], 2)
