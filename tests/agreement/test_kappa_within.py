"""Kappa within groups: what chance makes is told for each group by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from secondcoder.agreement import Interval, Statistic, Undefined
from secondcoder.agreement.kappa_within import kappa_within_estimate
from secondcoder.errors import InputError

UNITS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=20
)


def kappa(units: list[tuple[int, int, int]]) -> Statistic | Undefined:
    """Return kappa of units of group, first and second rating, each a cluster."""
    groups, first, second = zip(*units, strict=True)
    estimate = kappa_within_estimate(first, second, groups=groups, clusters=range(len(units)))
    return estimate.result()


def by_hand(units: list[tuple[int, int, int]]) -> float | None:
    """Return the same from scikit-learn's agreement by chance in each group."""
    agree = expected = 0.0
    for group in {unit[0] for unit in units}:
        first, second = np.array([unit[1:] for unit in units if unit[0] == group]).T
        agree += (first == second).sum()
        expected += sum((first == c).mean() * (second == c).mean() for c in range(4)) * len(first)
    n = len(units)
    return None if n - expected < 1e-9 else (agree - expected) / (n - expected)


def test_a_table_done_by_hand() -> None:
    """Group 1 agrees in 3 of 4 (2 by chance), group 2 in 1 of 2 (0.5): (4 - 2.5) / (6 - 2.5)."""
    units = [(1, 0, 0), (1, 0, 0), (1, 1, 1), (1, 1, 0), (2, 2, 2), (2, 3, 1)]
    assert kappa(units).value == pytest.approx((4 - (2 * 3 + 2 * 1) / 4 - 0.5) / (6 - 2 - 0.5))


@given(UNITS)
def test_it_is_the_agreement_beyond_what_each_group_would_have_by_chance(
    units: list[tuple[int, int, int]],
) -> None:
    """Or undefined where nothing is left beyond it."""
    found, expected = kappa(units), by_hand(units)
    assert found.value == (None if expected is None else pytest.approx(expected))


@given(UNITS)
def test_of_one_group_it_is_cohen_s(units: list[tuple[int, int, int]]) -> None:
    """As scikit-learn computes it."""
    found = kappa([(0, *ratings) for _, *ratings in units])  # type: ignore[misc]
    if found.value is not None:
        _, first, second = zip(*units, strict=True)
        assert found.value == pytest.approx(cohen_kappa_score(first, second))


def test_knowing_the_group_is_no_agreement() -> None:
    """Two coders who use one theme a question agree wholly, and by chance alone."""
    units = [(1, 0, 0), (1, 0, 0), (2, 1, 1), (2, 1, 1)]
    assert isinstance(kappa(units), Undefined)


def test_units_of_one_cluster_are_drawn_together() -> None:
    """Each unit ten times in a cluster of its own says no more than each unit once."""
    groups, first, second = "112222", "abcdcd", "abcdcc"
    once = kappa_within_estimate(first, second, groups=groups, clusters=range(6))
    ten = kappa_within_estimate(
        first * 10, second * 10, groups=groups * 10, clusters=[*range(6)] * 10
    )
    one, other = once.result("jackknife-t"), ten.result("jackknife-t")
    assert isinstance(one, Statistic)
    assert isinstance(other, Statistic)
    assert isinstance(one.interval, Interval)
    assert isinstance(other.interval, Interval)
    assert other.value == pytest.approx(one.value)
    assert other.interval.low == pytest.approx(one.interval.low)


def test_units_without_a_group_are_refused() -> None:
    """Nothing is guessed."""
    with pytest.raises(InputError, match="2 ratings beside 2, with 1 groups"):
        kappa_within_estimate("ab", "ab", groups="1", clusters="12")
