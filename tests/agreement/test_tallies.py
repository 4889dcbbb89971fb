"""What a post adds to the sums of an evaluation, and the scores made of the sums."""

import pytest

from secondcoder.agreement.tallies import COLUMNS, SCORES, by_cluster, estimates, tally
from secondcoder.schema.chat import Post
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    Failure,
    LeftOut,
    LeftOutReason,
    Outcome,
    PostCodings,
    Quoted,
)
from secondcoder.schema.evaluation import ScoreGroup
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.statistics import Statistic, Undefined

POST = Post(id="1", text="0123456789" * 2)
NO_IDEA = LeftOut(reason=LeftOutReason.NO_IDEA)
FAILED = Failure(error="E", detail="d")
UNSURE = Abstention(note="unsure")


def coded(*quotes: tuple[int, int, str]) -> PostCodings:
    """Return the post with quotes: start, end and themes as letters."""
    codings = tuple(
        Coding(quote=Quote.cut(POST, [Span(start=start, end=end)]), theme_ids=tuple(themes))
        for start, end, themes in quotes
    )
    return PostCodings(post=POST, outcome=Quoted(codings=codings))


def left(outcome: Outcome) -> PostCodings:
    """Return the post without quotes."""
    return PostCodings(post=POST, outcome=outcome)


def test_a_post_is_counted_by_hand() -> None:
    """Themes {a, b} and {a, c}; the first quotes overlap by 8 of 10, the second are equal."""
    row = tally(coded((0, 10, "a"), (12, 20, "b")), coded((2, 10, "a"), (12, 20, "c")))
    assert row == {
        "posts": 1,
        "answered": True,
        "same_set": False,
        "hit": True,
        "hit_answered": True,
        "jaccard": pytest.approx(1 / 3),
        "themes_both": 1,
        "themes_reference": 2,
        "themes_coder": 2,
        "quotes_reference": 2,
        "quotes_coder": 2,
        "quotes_matched": 2,
        "quotes_equal": 1,
        "quotes_right": 1,
        "several": True,
        "apart": True,
    }


def test_no_theme_is_right_only_when_the_coder_says_so() -> None:
    """An abstention is no answer, though it gives no theme either."""
    said, unsaid = tally(left(NO_IDEA), left(NO_IDEA)), tally(left(NO_IDEA), left(UNSURE))
    assert (said["same_set"], said["hit"], said["jaccard"], said["answered"]) == (True, True, 1, 1)
    assert not any((unsaid["same_set"], unsaid["hit"], unsaid["jaccard"], unsaid["answered"]))


@pytest.mark.parametrize(
    ("first", "second", "n_alike"),
    [
        (UNSURE, UNSURE, 1),
        (UNSURE, NO_IDEA, 0),
        (FAILED, FAILED, 0),
        (NO_IDEA, FAILED, 0),
    ],
)
def test_to_abstain_twice_is_to_decide_alike_and_to_fail_twice_is_not(
    first: Outcome, second: Outcome, n_alike: int
) -> None:
    """For a coder compared with itself."""
    row = tally(left(first), left(second))
    assert (row["same_set"], row["hit"], row["jaccard"]) == (n_alike,) * 3


@pytest.mark.parametrize(
    ("quotes", "n_apart"),
    [
        ([(0, 9, "a"), (10, 20, "b")], 1),
        ([(0, 4, "a"), (5, 9, "a"), (12, 13, "")], 1),
        ([(0, 20, "ab")], 0),
        ([(0, 10, "a")], 0),
    ],
)
def test_ideas_are_apart_when_no_quote_touches_two(
    quotes: list[tuple[int, int, str]], n_apart: int
) -> None:
    """And none goes unquoted."""
    row = tally(coded((0, 10, "a"), (10, 20, "b")), coded(*quotes))
    assert (row["several"], row["apart"]) == (True, n_apart)


def test_one_stretch_for_two_questions_is_nothing_to_keep_apart() -> None:
    """The reference quotes the same words twice."""
    row = tally(coded((0, 10, "a"), (0, 10, "b")), coded((0, 10, "ab")))
    assert not row["several"]


def test_scores_divide_sums_over_clusters() -> None:
    """Two posts of one cluster and one of another: 2 of 3 exact, F1 of 2·2/(3+4)."""
    rows = by_cluster([
        ("x", {"posts": 1, "same_set": 1, "themes_both": 1, "themes_reference": 1}),
        ("x", {"posts": 1, "same_set": 1, "themes_both": 1, "themes_coder": 3}),
        ("y", {"posts": 1, "same_set": 0, "themes_reference": 2, "themes_coder": 1}),
    ])
    found = estimates(rows, [ScoreGroup.THEMES])
    exact, f1 = found["theme_exact"].result("jackknife-t"), found["theme_f1"].result()
    assert isinstance(exact, Statistic)
    assert exact.value == pytest.approx(2 / 3)
    assert exact.n_units == 3
    assert exact.interval is not None
    assert f1.value == pytest.approx(4 / 7)
    assert set(found) == {n for n, rule in SCORES.items() if rule.group is ScoreGroup.THEMES}


def test_a_share_of_nothing_is_undefined() -> None:
    """No post has two quotes to keep apart; no post at all has no share."""
    rows = by_cluster([("x", {"posts": 1})])
    assert isinstance(estimates(rows, [ScoreGroup.SPLITTING])["apart"].result("auto"), Undefined)
    assert isinstance(estimates({}, [ScoreGroup.THEMES])["theme_exact"].result(), Undefined)


def test_scores_are_made_of_known_sums() -> None:
    """A misspelt column would count as zero."""
    for rule in SCORES.values():
        assert {*rule.numerator, *rule.denominator} <= set(COLUMNS)
