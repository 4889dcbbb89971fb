"""The measures of the evaluation of proposed themes, on cases small enough to count by hand."""

from fractions import Fraction

import pytest

from evals.propose import Quotation, bcubed_f1, matched, mean_scores, scores
from evals.written_codes import read_written

PEOPLE = {
    "Q1": {"a": "1234", "b": "56"},
    "Q2": {"c": "78"},
}
QUOTATIONS = [
    Quotation(id=each, text=f"words {each}", question_id=question_id, theme_id=theme_id)
    for question_id, themes in PEOPLE.items()
    for theme_id, ids in themes.items()
    for each in ids
]
FOUND = {**dict.fromkeys("123", "x"), **dict.fromkeys("456", "y"), "7": "z"}
"""One of a's quotations lies with b's, and the second of c's in no theme."""


def test_bcubed_of_a_table_done_by_hand() -> None:
    """Precision (3 + 1/3 + 2 · 2/3) / 6 = 7/9, recall (3 · 3/4 + 1/4 + 2) / 6 = 3/4: 42/55."""
    assert bcubed_f1(list("aaaabb"), list("xxxyyy")) == pytest.approx(42 / 55)
    assert bcubed_f1(list("aab"), list("xxy")) == 1
    assert bcubed_f1(list("ab"), list("xx")) == pytest.approx(2 / 3), "precision 1/2, recall 1"


def test_groups_are_matched_so_that_they_share_most_and_not_the_best_pair_first() -> None:
    """Jaccard 5/9 for the best pair leaves 0 for the other; 2/7 and 2/7 share more, and both match.

    p has seven quotations, five of them with q's two in one found theme, two in the other.
    """
    p, q = set("1234567"), set("89")
    assert matched([p, q], [set("1234589"), set("67")]) == 2
    assert matched([p], [set("1234589"), set("67")]) == 1, "one to one"


def test_a_quarter_of_the_quotations_is_a_match_and_less_is_none() -> None:
    """Jaccard 1/4, then 1/5; nothing found matches nothing."""
    assert matched([set("1234")], [set("1")]) == 1
    assert matched([set("12345")], [set("1")]) == 0
    assert matched([set("1")], []) == matched([], [set("1")]) == 0


def test_scores_are_means_over_questions_by_their_quotations() -> None:
    """Six quotations of Q1 and two of Q2; what is in no theme stands alone.

    Q1: pairs alike in both 4, in people's 7, in the found 6, of 15: ARI (4 - 2.8) / (6.5 - 2.8).
    Q2: ARI 0; B-cubed precision 1, recall 1/2.
    """
    found = mean_scores(QUOTATIONS, FOUND)
    q1, q2 = Fraction(6, 8), Fraction(2, 8)
    assert found["bcubed_f1"] == pytest.approx(float(q1 * Fraction(42, 55) + q2 * Fraction(2, 3)))
    assert found["ari"] == pytest.approx(float(q1 * Fraction(12, 37)))
    assert (found["covered"], found["spurious"]) == (1, 0)
    assert found["placed"] == pytest.approx(7 / 8)
    assert found["n_themes"] == 3


def test_what_nothing_matches_is_not_covered_on_one_side_and_spurious_on_the_other() -> None:
    """Theme a is split in four: one quarter matches. Theme b is found nowhere, c is whole."""
    labels = {**{each: f"x{each}" for each in "1234"}, **dict.fromkeys("78", "z")}
    found = mean_scores(QUOTATIONS, labels)
    assert found["covered"] == pytest.approx(6 / 8 * 1 / 2 + 2 / 8)
    assert found["spurious"] == pytest.approx(6 / 8 * 3 / 4)
    assert found["placed"] == pytest.approx(6 / 8 * 4 / 6 + 2 / 8)


def test_one_grouping_has_nothing_to_be_compared_with() -> None:
    """Of one seed neither stability nor what is found in draws is a number."""
    one = scores(QUOTATIONS, [FOUND], [])
    two = scores(QUOTATIONS, [FOUND, FOUND], [FOUND, FOUND])
    assert (one.stability, one.redrawn) == (None, None)
    assert (two.stability, two.redrawn) == (1, 1)


def test_written_codes_are_laid_together_at_most_once_and_moved_beside_one_another() -> None:
    """A name that is misspelt would leave its quotations out of a score without a word."""
    for question_id, parts in read_written().items():
        gathered = [name for names in parts.gathered for name in names]
        assert sorted(gathered) == sorted(parts.codes), question_id
        assert {*parts.moves, *parts.moves.values()} <= set(parts.codes), question_id
