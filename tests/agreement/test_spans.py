"""Span precision, recall and F1: by hand, published, properties, degenerate, brute force."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondcoder.agreement import Interval, Undefined, Unit, span_scores
from secondcoder.errors import InputError


@st.composite
def spans(draw: st.DrawFn) -> list[Unit]:
    """Return up to four spans in two short posts."""
    drawn = draw(
        st.lists(
            st.tuples(
                st.integers(0, 6), st.integers(1, 5), st.sampled_from("ab"), st.integers(1, 2)
            ),
            max_size=4,
        )
    )
    return [Unit("x", start, start + length, what, post) for start, length, what, post in drawn]


def most_matches(reference: list[Unit], other: list[Unit], iou: float) -> int:
    """Return the largest number of one-to-one matches, all assignments tried."""

    def fits(one: Unit, two: Unit) -> bool:
        shared = set(range(int(one.start), int(one.end))) & set(range(int(two.start), int(two.end)))
        union = set(range(int(one.start), int(one.end))) | set(range(int(two.start), int(two.end)))
        return one.continuum == two.continuum and len(shared) >= iou * len(union)

    few, many = sorted([reference, other], key=len)
    return max(
        (
            sum(fits(a, b) for a, b in zip(few, order, strict=True))
            for order in permutations(many, len(few))
        ),
        default=0,
    )


def test_scores_match_the_conll_2003_definition() -> None:
    """Tjong Kim Sang & De Meulder (2003): a span is right if start, end and type are.

    Reference LOC [0, 2), PER [3, 5), ORG [6, 9); found LOC [0, 2), ORG [3, 5), ORG [6, 8): one of
    three right, precision, recall and F1 1/3; two of three without types.
    """
    gold = [("g", 0, 2, "LOC"), ("g", 3, 5, "PER"), ("g", 6, 9, "ORG")]
    found = [("s", 0, 2, "LOC"), ("s", 3, 5, "ORG"), ("s", 6, 8, "ORG")]
    strict = span_scores(gold, found, with_category=True)
    assert strict.precision.value == strict.recall.value == strict.f1.value == pytest.approx(1 / 3)
    assert span_scores(gold, found).f1.value == pytest.approx(2 / 3)


def test_scores_by_hand_at_half_overlap() -> None:
    """[0, 10) and [0, 5) share half of ten; [20, 30) and [26, 36) 4 of 16: 1 of 2 and of 3."""
    scores = span_scores(
        [("a", 0, 10, "x"), ("a", 20, 30, "x")],
        [("b", 0, 5, "x"), ("b", 26, 36, "x"), ("b", 50, 60, "x")],
        iou=0.5,
    )
    assert (scores.n_reference, scores.n_other, scores.n_matched) == (2, 3, 1)
    assert scores.precision.value == pytest.approx(1 / 3)
    assert scores.recall.value == pytest.approx(1 / 2)
    assert scores.f1.value == pytest.approx(2 / 5)


def test_matching_is_one_to_one_and_as_large_as_can_be() -> None:
    """[0, 6) overlaps both; only by giving it [0, 9) do both spans find a partner."""
    reference = [("a", 0, 6, "x"), ("a", 0, 9, "x")]
    other = [("b", 0, 6, "x"), ("b", 0, 4, "x")]
    assert span_scores(reference, other, iou=0.5).n_matched == 2
    assert span_scores(reference, [other[0]], iou=0.5).n_matched == 1


@given(spans(), spans(), st.sampled_from([0.3, 0.5, 0.75, 1.0]))
@settings(deadline=None, max_examples=120)
def test_matches_equal_trying_all_assignments(
    reference: list[Unit], other: list[Unit], iou: float
) -> None:
    """Symmetric, order is irrelevant, F1 between precision and recall, IoU 1 is exact."""
    scores = span_scores(reference, other, iou=iou)
    assert scores.n_matched == most_matches(reference, other, iou)
    turned = span_scores(other[::-1], reference[::-1], iou=iou)
    assert (turned.n_matched, turned.f1) == (scores.n_matched, scores.f1)
    assert turned.precision.value == scores.recall.value
    if iou == 1:
        assert scores == span_scores(reference, other)


def test_scores_without_spans_have_reasons() -> None:
    """Recall needs a reference, precision an answer, F1 either."""
    nothing = span_scores([], [])
    assert all(isinstance(s, Undefined) for s in (nothing.precision, nothing.recall, nothing.f1))
    one = span_scores([("a", 0, 5, "x")], [])
    assert isinstance(one.precision, Undefined)
    assert one.precision.reason == "the other coder marked no span"
    assert one.recall.value == one.f1.value == 0


def test_what_is_no_span_or_threshold_is_refused() -> None:
    """Zero-length spans and thresholds outside (0, 1]."""
    with pytest.raises(InputError, match="has no length"):
        span_scores([("a", 5, 5, "x")], [])
    for iou in (0.0, 1.5):
        with pytest.raises(InputError, match="above 0 and at most 1"):
            span_scores([], [], iou=iou)


def test_the_interval_resamples_posts() -> None:
    """Posts are the clusters; the value lies inside."""
    reference = [Unit("a", 0, 10, "x", post) for post in range(40)]
    other = [Unit("b", 0, 10 - (post % 3), "x", post) for post in range(40)]
    f1 = span_scores(reference, other, interval="bootstrap").f1
    assert f1.value is not None
    assert isinstance(f1.interval, Interval)
    assert f1.interval.low < f1.value < f1.interval.high
