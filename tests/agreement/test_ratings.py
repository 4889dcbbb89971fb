"""Ratings become numbers; missing, categories and clusters are kept apart."""

import numpy as np
import pytest

from secondcoder.agreement import krippendorff_alpha, read_ratings
from secondcoder.agreement.ratings import MISSING, coder_pairs
from secondcoder.errors import InputError


def test_missing_is_none_or_nan() -> None:
    """In lists and in arrays."""
    from_lists = read_ratings([[1, None, 2], [1, 2, float("nan")]])
    from_array = read_ratings(np.array([[1, np.nan, 2], [1, 2, np.nan]]))
    for ratings in (from_lists, from_array):
        assert ratings.codes.tolist() == [[0, MISSING, 1], [0, 1, MISSING]]
        assert ratings.categories == (1, 2)
        assert ratings.n_pairable == 1


def test_true_is_one() -> None:
    """As Python has it."""
    assert read_ratings([[True, 0], [1, False]]).codes.tolist() == [[1, 0], [1, 0]]
    assert read_ratings(np.array([[True, False], [True, True]])).categories == (False, True)


def test_any_hashable_is_a_category() -> None:
    """Mixed ones keep the order of appearance; numbers and strings are sorted."""
    assert read_ratings([[("x",), "b"], ["a", 3]]).categories == (("x",), "b", "a", 3)
    assert read_ratings(["cab", "abc"]).categories == ("a", "b", "c")
    assert read_ratings([[10, 9.5], [2, 10]]).categories == (2, 9.5, 10)


def test_named_categories_keep_their_order_and_close_the_set() -> None:
    """What was not given is still there; what is not named is refused."""
    ratings = read_ratings(["ab", "aa"], categories=["b", "a", "z"])
    assert ratings.categories == ("b", "a", "z")
    with pytest.raises(InputError, match="coder 2, unit 1: 'q' is not among the categories"):
        read_ratings(["a", "q"], categories="ab")


def test_what_cannot_be_read_is_refused_with_its_place() -> None:
    """Too few coders, rows of different lengths, sets, clusters that do not fit."""
    with pytest.raises(InputError, match="needs two coders, not 1"):
        read_ratings(["ab"])
    with pytest.raises(InputError, match="coder 1 has 2 ratings and coder 2 has 1"):
        read_ratings(["ab", "a"])
    with pytest.raises(InputError, match=r"coder 1, unit 1: .* go to set_alpha"):
        read_ratings([[{"a"}], [{"a"}]])
    with pytest.raises(InputError, match="2 units and 3 clusters"):
        read_ratings(["ab", "ab"], clusters=[1, 2, 3])


def test_ratings_read_before_pass_through() -> None:
    """With the clusters they have; others are refused."""
    ratings = read_ratings(["ab", "aa"])
    assert read_ratings(ratings) is ratings
    with pytest.raises(InputError, match="give them to read_ratings"):
        krippendorff_alpha(ratings, clusters=[0, 1])


def test_present_looks_for_a_theme_in_each_rating() -> None:
    """In sets as in single themes, and False and True are both categories."""
    single = read_ratings([["a", "b", None], ["b", "b", "b"]]).present("a")
    assert single.codes.tolist() == [[1, 0, MISSING], [0, 0, 0]]
    assert single.categories == (False, True)
    sets = read_ratings([[frozenset("ab"), None], [frozenset(), frozenset("b")]]).present("b")
    assert sets.codes.tolist() == [[1, MISSING], [0, 1]]


def test_complete_takes_back_units_that_one_coder_left() -> None:
    """They are then missing for all."""
    ratings = read_ratings([["a", "b"], ["a", None]]).complete()
    assert ratings.codes.tolist() == [[0, MISSING], [0, MISSING]]


@pytest.mark.parametrize("n_coders", [2, 70])
def test_equal_units_share_a_pattern(n_coders: int) -> None:
    """Also where one integer can't hold a pattern: 70 coders."""
    table = np.tile(np.array([1, 2, 1, 3]), (n_coders, 1))
    table[0] = [2, 1, 2, 3]
    ratings = read_ratings(table)
    ordered = ratings.patterns(ordered=True)
    assert sorted(ordered.n_units.tolist()) == [1, 1, 2]
    assert (ordered.codes[ordered.kinds] == ratings.codes.T).all()
    if n_coders == 2:
        assert sorted(ratings.patterns(ordered=False).n_units.tolist()) == [1, 3]


def test_equal_clusters_are_of_one_kind() -> None:
    """Posts p and r hold the same ratings, in another order."""
    ratings = read_ratings(["abaabb", "abaabb"], clusters=["p", "p", "q", "q", "r", "r"])
    assert ratings.patterns(ordered=True).kinds.tolist() == [0, 1, 2]
    ratings = read_ratings(["abaaba", "abaaba"], clusters=["p", "p", "q", "q", "r", "r"])
    patterns = ratings.patterns(ordered=True)
    assert patterns.kinds.tolist() == [0, 1, 0]
    assert patterns.composition is not None
    assert patterns.composition.toarray().tolist() == [[1, 1], [2, 0]]
    by_number = read_ratings(["abaaba", "abaaba"], clusters=np.array([7, 7, 3, 3, 9, 9]))
    assert by_number.clusters is not None
    assert by_number.clusters.tolist() == [1, 1, 0, 0, 2, 2]


def test_pairs_of_coders_share_a_unit() -> None:
    """Three ratings make three pairs, each counting one half."""
    codes = np.array([[0, 1, 2], [0, MISSING, 1], [MISSING, MISSING, 3]])
    found = [(p.places.tolist(), p.share.tolist()) for p in coder_pairs(codes)]
    assert found == [([0], [0.5]), ([0, 1], [0.5, 1.0]), ([0], [0.5])]
