"""All figures on a small table, against counts by hand and the array functions."""

from collections.abc import Sequence

import pytest
from agreement.coded_chats import ABSTAINED, BOOK, LEFT_OUT, coded

from secondcoder.agreement import (
    bias_index,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    exact_match,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
    precision_recall_f1,
    prevalence_index,
    scott_pi,
    set_alpha,
)
from secondcoder.agreement.comparison import compare, score
from secondcoder.agreement.estimates import IntervalChoice
from secondcoder.agreement.marked_posts import MarkedPosts
from secondcoder.agreement.shared_posts import share_posts
from secondcoder.agreement.unit_table import OTHER_IDEAS, UnitTable
from secondcoder.agreement.unitized_comparison import compare_marks
from secondcoder.agreement.units import post_units
from secondcoder.schema.agreement import Comparison, Counting, Selection
from secondcoder.schema.codebook import Theme
from secondcoder.schema.statistics import Interval, Undefined

ANN = coded("ann", ["tea", "tea", "tea time", "time", "tea", LEFT_OUT, "tea", "tea"])
BOB = coded("bob", ["tea", "time", "tea", "time", "tea", LEFT_OUT, LEFT_OUT, ABSTAINED])
SETS = (
    [{"tea"}, {"tea"}, {"tea", "time"}, {"time"}, {"tea"}, set(), {"tea"}],
    [{"tea"}, {"time"}, {"tea"}, {"time"}, {"tea"}, set(), set()],
)
"""The seven posts both rated."""
TEA = tuple([int("tea" in themes) for themes in row] for row in SETS)
TABLE = post_units(share_posts([ANN, BOB], Selection()), Counting())


def figures_on(table: UnitTable, themes: Sequence[Theme], interval: IntervalChoice) -> Comparison:
    """Return the comparison; what was quoted is another test's."""
    nothing = MarkedPosts(("ann", "bob"), [], [], {}, set())
    unitizing = compare_marks(nothing, None, overlap=0.5, gamma_limit=0)
    return compare(table, themes, interval, unitizing=unitizing)


def test_over_all_themes_the_figures_are_those_of_the_array_functions() -> None:
    """Seven units of two coders; sets as categories, and with partial credit."""
    found = figures_on(TABLE, BOOK.themes, None)
    assert (found.n_units, found.n_posts, found.coders) == (7, 7, ("ann", "bob"))
    rows = [[frozenset(themes) for themes in row] for row in SETS]
    assert found.sets.alpha_masi.value == pytest.approx(set_alpha(rows).value)
    assert found.sets.alpha_jaccard.value == pytest.approx(set_alpha(rows, "jaccard").value)
    assert found.sets.exact_match.value == exact_match(rows).value == pytest.approx(4 / 7)
    nominal = found.sets.coefficients
    assert nominal.percent_agreement.value == pytest.approx(4 / 7)
    assert nominal.krippendorff_alpha.value == pytest.approx(krippendorff_alpha(rows).value)
    assert nominal.cohen_kappa is not None
    assert nominal.cohen_kappa.name == "Cohen kappa"
    assert nominal.cohen_kappa.value == pytest.approx(cohen_kappa(*rows).value)
    assert nominal.scott_pi is not None
    assert nominal.scott_pi.name == "Scott pi"
    assert nominal.scott_pi.value == pytest.approx(scott_pi(rows).value)


def test_themes_of_one_name_have_their_ids_beside_it() -> None:
    """A table holds the themes of all questions."""
    themes = [theme.model_copy(update={"name": "Pauses"}) for theme in BOOK.themes[:2]]
    found = figures_on(TABLE, themes, None)
    assert [each.name for each in found.themes] == [f"Pauses ({each.id})" for each in themes]


def test_each_theme_is_present_or_absent() -> None:
    """`tea`: ann 5, bob 3 of 7; five posts alike; every coefficient by its own function."""
    tea = next(t for t in figures_on(TABLE, BOOK.themes, None).themes if t.theme_id == "tea")
    assert (tea.name, tea.n_units, dict(tea.positives)) == ("Tea", 7, {"ann": 5, "bob": 3})
    found = tea.coefficients
    assert found.percent_agreement.value == pytest.approx(5 / 7)
    for result, function in (
        (found.krippendorff_alpha, krippendorff_alpha),
        (found.scott_pi, scott_pi),
        (found.fleiss_kappa, fleiss_kappa),
        (found.conger_kappa, conger_kappa),
        (found.brennan_prediger, brennan_prediger),
        (found.gwet_ac1, gwet_ac1),
        (found.percent_agreement, percent_agreement),
    ):
        assert result is not None
        assert result.value == pytest.approx(function(TEA).value)
    assert found.cohen_kappa is not None
    assert found.cohen_kappa.value == pytest.approx(cohen_kappa(*TEA).value)
    assert tea.prevalence_index is not None
    assert tea.prevalence_index.value == pytest.approx(prevalence_index(*TEA).value)
    assert tea.bias_index is not None
    assert tea.bias_index.value == pytest.approx(bias_index(*TEA).value) == pytest.approx(2 / 7)


def test_a_theme_nobody_gave_has_no_alpha_and_full_agreement() -> None:
    """Agreement of 1 by never saying yes is no evidence; the reason is given."""
    trust = next(t for t in figures_on(TABLE, BOOK.themes, None).themes if t.theme_id == "trust")
    assert isinstance(trust.coefficients.krippendorff_alpha, Undefined)
    assert trust.coefficients.krippendorff_alpha.reason
    assert trust.coefficients.percent_agreement.value == 1
    assert set(trust.positives.values()) == {0}


def test_three_coders_have_no_two_coder_figures() -> None:
    """Cohen, Scott, prevalence and bias are None; the rest is there."""
    three = post_units(share_posts([ANN, BOB, ANN], Selection()), Counting())
    found = figures_on(three, BOOK.themes, None)
    assert found.sets.coefficients.cohen_kappa is None
    assert found.themes[0].prevalence_index is found.themes[0].bias_index is None
    assert found.sets.coefficients.conger_kappa.is_defined


def test_intervals_come_where_asked_for() -> None:
    """Seven posts: jackknife-t."""
    alpha = figures_on(TABLE, BOOK.themes, "auto").sets.alpha_masi
    assert isinstance(alpha.interval, Interval)
    assert alpha.interval.method == "cluster jackknife, t"


def test_other_ideas_have_a_row_where_they_are_a_category() -> None:
    """Beside the themes of the codebook."""
    shared = share_posts([coded("ann", ["", "tea"]), coded("bob", ["", "tea"])], Selection())
    table = post_units(shared, Counting(other_ideas="own-category"))
    last = figures_on(table, BOOK.themes, None).themes[-1]
    assert (last.theme_id, last.name, dict(last.positives)) == (
        OTHER_IDEAS,
        "Other ideas",
        {"ann": 1, "bob": 1},
    )


def test_many_different_sets_give_the_same_value_as_few_columns_would() -> None:
    """Over a hundred sums the rows are sparse; the value is that of the array function."""
    themes = BOOK.model_copy(
        update={
            "themes": tuple(BOOK.themes[0].model_copy(update={"id": f"t{n}"}) for n in range(60))
        }
    )
    one = coded("ann", [f"t{n}" for n in range(60)] * 2, book=themes)
    two = coded("bob", [f"t{n if n % 3 else 0}" for n in range(60)] * 2, book=themes)
    table = post_units(share_posts([one, two], Selection()), Counting())
    found = figures_on(table, (), "bootstrap").sets.coefficients
    rows = [[n % 60 for n in range(120)], [(n % 60) if n % 60 % 3 else 0 for n in range(120)]]
    expected = fleiss_kappa(rows, interval="bootstrap")
    assert found.fleiss_kappa.value == pytest.approx(expected.value)
    assert isinstance(found.fleiss_kappa.interval, Interval)


def test_scores_take_the_reference_as_right() -> None:
    """Of ann's 8 themes bob found 5, and gave 6: one `time` too many."""
    found = score(TABLE, reference=0, other=1, interval=None)
    expected = precision_recall_f1(*SETS)
    assert (found.reference, found.coder) == ("ann", "bob")
    assert found.scores.micro.recall.value == expected.micro.recall.value
    assert found.scores.micro.precision.value == expected.micro.precision.value
    assert found.confusion.n_units == 7
