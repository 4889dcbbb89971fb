"""Clusters that hold the same ratings are one kind, however many different ratings there are."""

import pytest

from secondcoder.agreement import krippendorff_alpha, read_ratings
from secondcoder.agreement.ratings import Ratings


@pytest.mark.parametrize("n_categories", [3, 100])
def test_equal_posts_are_of_one_kind_with_few_patterns_and_with_many(n_categories: int) -> None:
    """Each category has two posts of two units: half as many kinds as posts, in order."""
    units = [category for category in range(n_categories) for _ in range(4)]
    posts = [unit // 2 for unit in range(len(units))]
    found = read_ratings([units, units], clusters=posts).patterns(ordered=True)
    assert found.kinds.tolist() == [post // 2 for post in range(len(posts) // 2)]
    assert found.composition is not None
    assert found.composition.shape == (n_categories, n_categories)


def test_posts_that_differ_are_of_different_kinds() -> None:
    """`ab` and `ba` hold the same units, `aa` and `bb` do not; no unit twice is no unit once."""
    read = read_ratings(["abbaaabba", "abbaaabba"], clusters=[0, 0, 1, 1, 2, 2, 3, 3, 4])
    assert read.patterns(ordered=True).kinds.tolist() == [0, 0, 1, 2, 3]


def test_alpha_does_not_depend_on_how_posts_are_grouped() -> None:
    """Its value is over units; clusters only widen the interval."""
    rows = ["aabbcabcab", "aabcbabcaa"]
    apart = krippendorff_alpha(rows)
    grouped: Ratings = read_ratings(rows, clusters=[0, 0, 0, 1, 1, 2, 2, 3, 3, 3])
    assert krippendorff_alpha(grouped).value == apart.value
