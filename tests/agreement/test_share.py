"""A share of posts with its interval over authors."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondcoder.agreement.share import share
from secondcoder.errors import InputError
from secondcoder.schema.statistics import Interval, Statistic, Undefined


def interval(n_with: list[int], n_of: list[int]) -> Interval:
    """Return the interval of a share that has one."""
    found = share(n_with, n_of)
    assert isinstance(found, Statistic)
    assert isinstance(found.interval, Interval)
    return found.interval


def test_many_authors_of_one_post_give_wilsons_interval() -> None:
    """40 of 100: Wilson's is 0.309 to 0.498; t in place of z widens it by a hair."""
    found = interval([1] * 40 + [0] * 60, [1] * 100)
    assert found.low == pytest.approx(0.309, abs=2e-3)
    assert found.high == pytest.approx(0.498, abs=2e-3)


def test_posts_of_one_author_are_no_independent_witnesses() -> None:
    """Ten authors who always or never say it: 100 posts are worth fewer than ten."""
    clustered = interval([10] * 5 + [0] * 5, [10] * 10)
    alone = interval([1] * 50 + [0] * 50, [1] * 100)
    ten = interval([1] * 5 + [0] * 5, [1] * 10)
    assert clustered.high - clustered.low == pytest.approx(ten.high - ten.low)
    assert clustered.high - clustered.low > 2 * (alone.high - alone.low)


def test_none_of_nine_posts_by_three_authors_count_as_none_of_three() -> None:
    """Wilson's upper end for 0 of n is z²/(n + z²)."""
    found = interval([0, 0, 0], [2, 3, 4])
    square = 1.959964**2
    assert found.low == 0
    assert found.high == pytest.approx(square / (3 + square))
    assert interval([2, 3, 4], [2, 3, 4]).low == pytest.approx(3 / (3 + square))


def test_authors_who_are_all_alike_count_all_their_posts() -> None:
    """Each says it in half of their posts: no spread over authors, and no wider for it."""
    found = interval([1, 1, 1, 1], [2, 2, 2, 2])
    n, square = 8, 1.959964**2
    assert found.high == pytest.approx(0.5 + math.sqrt(square / (n + square)) / 2)


def test_without_posts_or_with_one_author_something_is_missing() -> None:
    """No posts, no share; one author, no interval."""
    assert isinstance(share([], []), Undefined)
    alone = share([1], [2])
    assert isinstance(alone, Statistic)
    assert isinstance(alone.interval, Undefined)


def test_counts_that_contradict_each_other_are_refused() -> None:
    """Other lengths, and more posts with it than posts."""
    with pytest.raises(InputError, match="two per author"):
        share([1], [1, 2])
    with pytest.raises(InputError, match="more posts with it"):
        share([3], [2])


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=12))
def test_the_share_lies_in_its_interval_between_0_and_1(rows: list[tuple[int, int]]) -> None:
    """Whatever the counts; turned round, the interval is the mirror."""
    n_with, n_of = [a for a, _ in rows], [a + b for a, b in rows]
    found = share(n_with, n_of)
    if isinstance(found, Undefined) or not isinstance(found.interval, Interval):
        return
    assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1
    mirror = interval([b for _, b in rows], n_of)
    assert mirror.low == pytest.approx(1 - found.interval.high, abs=1e-9)
