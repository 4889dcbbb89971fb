"""A coder's agreement with itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask

from secondcoder.agreement.stability import stability
from secondcoder.errors import InputError
from secondcoder.schema.statistics import Interval, Undefined

FIRST = list("aabbdcccedda")
SECOND = list("babbbcccEddd".lower())


def test_two_repeats_give_the_published_alpha() -> None:
    """Krippendorff (2011), section B: 0.692, three units of twelve changed."""
    found = stability({"morning": FIRST, "evening": SECOND})
    assert found.agreement.value == pytest.approx(0.692, abs=5e-4)
    assert found.changed_units == (0, 4, 11)
    assert (found.pairs[0].first, found.pairs[0].second) == ("morning", "evening")
    assert found.pairs[0].n_changed == 3
    assert found.pairs[0].exact_match.value == pytest.approx(9 / 12)
    assert isinstance(found.agreement.interval, Interval)


def test_a_table_by_hand() -> None:
    """Observed agreement 3/4; alpha = 1 - 7 * (2 / (2 * (3 * 5))) = 8/15."""
    found = stability([[1, 0, 1, 0], [1, 0, 0, 0]], interval=None)
    assert found.agreement.value == pytest.approx(8 / 15)
    assert found.pairs[0].first == "repeat 1"


def test_three_repeats_are_a_mean_over_pairs_as_nltk_counts_them() -> None:
    """An independent package on each pair."""
    third = list("abbbdcccedda")
    found = stability([FIRST, SECOND, third], interval=None)

    def alpha(one: list[str], two: list[str]) -> float:
        data = [("1", str(i), a) for i, a in enumerate(one)]
        data += [("2", str(i), b) for i, b in enumerate(two)]
        return float(AnnotationTask(data).alpha())

    alphas = [alpha(FIRST, SECOND), alpha(FIRST, third), alpha(SECOND, third)]
    assert [pair.agreement.value for pair in found.pairs] == pytest.approx(alphas)
    assert found.agreement.value == pytest.approx(sum(alphas) / 3)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=20))
def test_a_coder_who_never_changes_agrees_fully(ratings: list[str]) -> None:
    """Alpha 1 where the ratings vary, else undefined; the exact match is 1 in both."""
    found = stability([ratings, list(ratings)], interval=None)
    assert found.changed_units == ()
    assert found.pairs[0].exact_match.value == 1.0
    assert found.agreement.is_defined is (len(set(ratings)) > 1)


def test_the_order_of_repeats_and_units_does_not_matter() -> None:
    """Reversed in both."""
    plain = stability([FIRST, SECOND], interval=None)
    moved = stability([SECOND[::-1], FIRST[::-1]], interval=None)
    assert moved.agreement.value == pytest.approx(plain.agreement.value)
    assert moved.changed_units == tuple(11 - unit for unit in reversed(plain.changed_units))


def test_a_missing_rating_is_no_change() -> None:
    """Failed the second time, or the first: not compared."""
    found = stability([[1, 0, None, 1, None], [1, None, 0, 0, None]], interval=None)
    assert found.changed_units == (3,)
    assert found.n_units == 2
    assert found.pairs[0].n_changed == 1


def test_sets_that_change_are_seen() -> None:
    """The empty set is a rating."""
    found = stability(
        [[{"a"}, set(), {"b"}], [{"a"}, {"b"}, {"b"}]], coefficient="set_alpha", interval=None
    )
    assert found.changed_units == (1,)
    assert found.coefficient == "set_alpha"


def test_degenerate_repeats_have_reasons() -> None:
    """Nothing shared; one coding alone; none."""
    found = stability([[1, None], [None, 1]])
    assert isinstance(found.agreement, Undefined)
    assert isinstance(found.pairs[0].exact_match, Undefined)
    assert stability([[], []]).n_units == 0
    with pytest.raises(InputError, match="needs two codings by one coder, not 1"):
        stability({"once": [1]})
    with pytest.raises(InputError, match="not 0"):
        stability([])
