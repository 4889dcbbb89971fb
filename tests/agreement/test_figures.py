"""The figures put together: all coders, each two, each question, each against the reference."""

import pytest
from agreement.coded_chats import ABSTAINED, LEFT_OUT, coded

from secondcoder.agreement import set_alpha
from secondcoder.agreement.figures import Figures, Method, figures
from secondcoder.agreement.shared_posts import share_posts
from secondcoder.schema.agreement import Counting, Selection, UnitKind
from secondcoder.schema.codings import Codings

ANN = coded("ann", ["Q1:tea", "Q1:tea", "Q2a:time", "Q2a:time", LEFT_OUT])
BOB = coded("bob", ["Q1:tea", "Q1:trust", "Q2a:time", LEFT_OUT, LEFT_OUT])
CEM = coded("cem", ["Q1:tea", "Q1:tea", "Q1:tea", ABSTAINED, LEFT_OUT])


def computed(*codings: Codings, unit: UnitKind = "posts", has_reference: bool = False) -> Figures:
    """Return the figures without intervals."""
    method = Method(unit, Counting(), None, overlap=0.5, gamma_limit=100, seed=0)
    return figures(share_posts(codings, Selection()), method, has_reference=has_reference)


def test_two_coders_have_one_comparison() -> None:
    """No pairs beside it, and no scores without a reference."""
    found = computed(ANN, BOB)
    assert found.overall.coders == ("ann", "bob")
    assert found.pairs == ()
    assert found.scores == ()


def test_three_coders_are_compared_together_and_two_by_two() -> None:
    """Five posts together; with cem, who abstained on one, four."""
    found = computed(ANN, BOB, CEM)
    assert found.overall.n_units == 5
    assert {pair.coders: pair.n_units for pair in found.pairs} == {
        ("ann", "bob"): 5,
        ("ann", "cem"): 4,
        ("bob", "cem"): 4,
    }
    assert found.pairs[1].excluded[0].reason == "cem abstained"


def test_a_pair_among_three_has_the_figures_it_has_alone() -> None:
    """For posts and for quotes: a third coder changes nothing between two."""
    units: tuple[UnitKind, ...] = ("posts", "quotes")
    for unit in units:
        assert computed(ANN, BOB, CEM, unit=unit).pairs[0] == computed(ANN, BOB, unit=unit).overall


def test_each_question_has_its_own_posts() -> None:
    """Q1: p0, p1 and, for cem's quote, p2. Q2a: p2 and p3."""
    found = computed(ANN, BOB, CEM)
    assert [(row.question_id, row.n_units) for row in found.questions] == [("Q1", 3), ("Q2a", 2)]
    alone = computed(ANN, BOB)
    expected = set_alpha([[{"tea"}, {"tea"}], [{"tea"}, {"trust"}]])
    assert alone.questions[0].alpha_masi.value == pytest.approx(expected.value)


def test_one_question_alone_has_no_table_of_questions() -> None:
    """It would repeat what is said over all."""
    method = Method("posts", Counting(), None, overlap=0.5, gamma_limit=100, seed=0)
    shared = share_posts([ANN, BOB], Selection(question="Q2"))
    found = figures(shared, method, has_reference=False)
    assert found.questions == ()
    assert found.overall.n_units == 2


def test_the_first_coder_is_the_reference() -> None:
    """The others are scored in their order, on posts and on quotes."""
    assert [
        (each.reference, each.coder) for each in computed(ANN, BOB, CEM, has_reference=True).scores
    ] == [("ann", "bob"), ("ann", "cem")]
    quotes = computed(ANN, BOB, unit="quotes", has_reference=True)
    assert quotes.scores[0].scores.micro.f1.value == pytest.approx(2 / 3)
    assert dict(quotes.overall.n_unmatched) == {"ann": 1, "bob": 0}
