"""Quotes of two coders matched one to one."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.agreement.matching import Stretches, intersection_over_union, match_quotes

QUOTES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda at: ((at[0], at[0] + at[1]),)),
    max_size=4,
    unique=True,
)


def test_overlap_is_shared_characters_over_covered_ones() -> None:
    """[0, 10) and [5, 15) share 5 of 15; parts of a quote count together; apart is 0."""
    assert intersection_over_union(((0, 10),), ((5, 15),)) == pytest.approx(1 / 3)
    assert intersection_over_union(((0, 4), (8, 12)), ((0, 12),)) == pytest.approx(8 / 12)
    assert intersection_over_union(((0, 4),), ((4, 8),)) == 0
    assert intersection_over_union(((2, 5),), ((2, 5),)) == 1


def test_quotes_go_where_all_together_overlap_most() -> None:
    """Pairing the closest two first would leave the other two with nothing.

    [0, 10) is closest to [0, 9), but then [0, 6) and [4, 14) share 2 of 14 characters and stay
    alone; crosswise the two pairs overlap 6/14 and 6/9.
    """
    first: list[Stretches] = [((0, 10),), ((0, 6),)]
    second: list[Stretches] = [((0, 9),), ((4, 14),)]
    found = {(pair.first, pair.second) for pair in match_quotes(first, second, 0.4)}
    assert found == {(0, 1), (1, 0)}


def test_a_pair_below_the_threshold_is_no_match() -> None:
    """Half is enough at 0.5 and not at 0.51."""
    assert len(match_quotes([((0, 10),)], [((0, 5),)], 0.5)) == 1
    assert not match_quotes([((0, 10),)], [((0, 5),)], 0.51)


@settings(deadline=None, max_examples=80)
@given(first=QUOTES, second=QUOTES)
def test_no_other_matching_overlaps_more(first: list[Stretches], second: list[Stretches]) -> None:
    """Every assignment of the shorter list is tried; each quote is in one pair at most."""
    found = match_quotes(first, second, 0.3)
    assert len({pair.first for pair in found}) == len(found)
    assert len({pair.second for pair in found}) == len(found)
    few, many = sorted((first, second), key=len)
    best = max(
        sum(
            overlap
            for one, other in zip(few, chosen, strict=True)
            if (overlap := intersection_over_union(one, other)) >= 0.3
        )
        for chosen in permutations(many, len(few))
    )
    assert sum(pair.overlap for pair in found) == pytest.approx(best)
