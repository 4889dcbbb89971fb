"""Stretches that coders marked, and the figures on them."""

import pytest
from agreement.coded_chats import ABSTAINED, LEFT_OUT, REPOST, coded

from secondcoder.agreement import (
    boundary_agreement,
    gamma_candidates,
    gamma_report,
    u_alpha,
    u_alpha_binary,
)
from secondcoder.agreement.marked_posts import MarkedPosts, marked_posts
from secondcoder.agreement.shared_posts import share_posts
from secondcoder.agreement.unitized_comparison import compare_marks, segmentations
from secondcoder.agreement.unitizing import Unit
from secondcoder.schema.agreement import Counting, Selection, Unitizing
from secondcoder.schema.codings import Codings, LeftOutReason
from secondcoder.schema.statistics import Interval, IntervalOptions, Undefined

TEA, TIME = frozenset({"tea"}), frozenset({"time"})
ANN = coded("ann", [[(0, 8, "tea"), (13, 26, "time")], "tea", "tea"])
BOB = coded("bob", [[(0, 8, "tea"), (13, 20, "time")], LEFT_OUT, ABSTAINED])


def marks(*codings: Codings, counting: Counting | None = None) -> MarkedPosts:
    """Return what all coders marked."""
    shared = share_posts(codings, Selection())
    return marked_posts(shared, counting or Counting(), coders=range(len(codings)))


def figures(marked: MarkedPosts, gamma_limit: int = 100) -> Unitizing:
    """Return the figures without intervals."""
    return compare_marks(marked, None, overlap=0.5, gamma_limit=gamma_limit)


def test_posts_that_two_coders_rated_are_the_continua() -> None:
    """Bob left p1 out: an empty continuum. He abstained on p2: none at all."""
    found = marks(ANN, BOB)
    assert found.lengths == {"p0": 26.0, "p1": 26.0}
    assert not found.missing
    assert found.apart == [
        Unit("ann", 0, 8, TEA, "p0"),
        Unit("ann", 13, 26, TIME, "p0"),
        Unit("bob", 0, 8, TEA, "p0"),
        Unit("bob", 13, 20, TIME, "p0"),
        Unit("ann", 0, 26, TEA, "p1"),
    ]


def test_a_third_coder_who_never_rated_a_post_is_missing_there() -> None:
    """Missing is not empty."""
    assert marks(ANN, BOB, ANN).missing == {("bob", "p2")}


def test_posts_set_aside_and_posts_without_text_are_no_continua() -> None:
    """Both coders left p0 out as a repost; there is nothing to mark in a post without text."""
    reposts = [coded(name, [REPOST, "tea"]) for name in ("ann", "bob")]
    counting = Counting(set_aside=(LeftOutReason.REPOST,))
    assert list(marks(*reposts, counting=counting).lengths) == ["p1"]
    empty = [coded(name, [LEFT_OUT], text="") for name in ("ann", "bob")]
    assert marks(*empty).lengths == {}


def test_overlapping_quotes_are_cut_where_they_overlap_and_kept_whole_beside() -> None:
    """[0, 8) tea and [4, 12) time: the middle has both themes; a gap stays a gap."""
    ann = coded("ann", [[(0, 8, "tea"), (4, 12, "time"), (20, 26, "tea")]])
    found = marks(ann, coded("bob", [LEFT_OUT]))
    assert [(unit.start, unit.end, unit.category) for unit in found.apart] == [
        (0, 4, TEA),
        (4, 8, TEA | TIME),
        (8, 12, TIME),
        (20, 26, TEA),
    ]
    assert [(unit.start, unit.end) for unit in found.whole] == [(0, 8), (4, 12), (20, 26)]


def test_the_figures_are_those_of_the_array_functions() -> None:
    """Two coders, p0 and p1."""
    marked = marks(ANN, BOB)
    found = figures(marked)
    units, lengths, coders = marked.apart, marked.lengths, ("ann", "bob")
    assert found.u_alpha == u_alpha(units, lengths, coders=coders)
    assert found.u_alpha_binary == u_alpha_binary(units, lengths, coders=coders)
    cuts = {"ann": [(8, 5, 13), (26,)], "bob": [(8, 5, 7, 6), (26,)]}
    assert found.boundary_similarity == boundary_agreement(cuts)
    report = gamma_report(marked.whole, lengths, coders=coders, n_samples=10, precision=0.02)
    assert found.gamma == report.gamma
    assert found.gamma_cat == report.gamma_cat


def test_spans_found_again_are_counted_by_hand() -> None:
    """Ann 3 spans, bob 2; one is the same, and [13, 20) shares 7 of 13 with [13, 26)."""
    found = figures(marks(ANN, BOB))
    assert found.spans_exact is not None
    assert found.spans_exact.f1.value == pytest.approx(2 / 5)
    assert found.spans_overlap is not None
    assert found.spans_overlap.f1.value == pytest.approx(4 / 5)
    assert found.spans_overlap.recall.value == pytest.approx(2 / 3)


def test_three_coders_have_no_spans_to_score() -> None:
    """There is no pair."""
    found = figures(marks(ANN, BOB, ANN))
    assert found.spans_exact is found.spans_overlap is None
    assert found.u_alpha.is_defined


def test_gamma_beyond_its_limit_says_so() -> None:
    """Five stretches and a limit of four."""
    found = figures(marks(ANN, BOB), gamma_limit=4)
    assert isinstance(found.gamma, Undefined)
    assert "5 stretches are more than the 4" in found.gamma.reason
    assert isinstance(found.gamma_cat, Undefined)


def test_gamma_of_too_many_coders_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """More alignments than memory bears: the other figures stay."""
    monkeypatch.setattr(gamma_candidates, "_MAX_CANDIDATES", 1)
    found = figures(marks(ANN, BOB, ANN))
    assert isinstance(found.gamma, Undefined)
    assert "compare fewer coders" in found.gamma.reason
    assert found.u_alpha.is_defined


def test_overlapping_quotes_are_apart_for_u_alpha_and_whole_for_gamma() -> None:
    """Two quotes of one coder overlap: three stretches apart, two quotes."""
    ann = coded("ann", [[(0, 8, "tea"), (4, 12, "time")]])
    found = figures(marks(ann, ann))
    assert (found.u_alpha.n_units, found.gamma.n_units) == (6, 4)


def test_without_any_quote_every_figure_has_a_reason() -> None:
    """Both coders left everything out."""
    found = figures(marks(coded("ann", [LEFT_OUT]), coded("bob", [LEFT_OUT])))
    for result in (found.u_alpha, found.boundary_similarity, found.gamma):
        assert isinstance(result, Undefined)
    assert found.spans_exact is not None
    assert isinstance(found.spans_exact.f1, Undefined)


def test_a_coder_who_did_not_rate_a_post_has_no_segmentation_there() -> None:
    """None, not one uncut text."""
    ann = [Unit("ann", 0, 5, TEA, "p0")]
    marked = MarkedPosts(("ann", "bob"), ann, ann, {"p0": 9.0, "p1": 4.0}, {("bob", "p0")})
    assert segmentations(marked) == {"ann": [[5, 4], [4]], "bob": [None, [4]]}


def test_intervals_are_over_posts() -> None:
    """Four posts of equal kind give an interval."""
    shared = marks(
        coded("ann", [[(0, 8, "tea")], [(3, 9, "tea")], "time", LEFT_OUT]),
        coded("bob", [[(0, 8, "tea")], [(9, 20, "tea")], "time", LEFT_OUT]),
    )
    found = compare_marks(shared, IntervalOptions(), overlap=0.5, gamma_limit=0)
    assert isinstance(found.u_alpha_binary.interval, Interval)
