"""Codings beside a codebook of another version: checked, followed, or sent to what helps."""

from collections.abc import Callable

import pytest
from induction.small_chat import BOOK, coded

import secondcoder
from secondcoder import Codebook
from secondcoder.errors import CodebookError, CodingsError
from secondcoder.schema.codebook_checks import IssueKind


def merged() -> Codebook:
    """Return the codebook with tea and time as one theme."""
    return secondcoder.merge_codebook(BOOK, ["tea", "time"], into="pause", reason="r")


@pytest.mark.parametrize(
    "edit",
    [
        merged,
        lambda: secondcoder.rename_codebook(BOOK, "tea", "pause", reason="r"),
        lambda: secondcoder.retire_codebook(BOOK, "cake", reason="r"),
    ],
    ids=["merge", "rename", "retire"],
)
def test_codings_of_an_earlier_version_are_not_checked_but_sent_to_follow(
    edit: Callable[[], Codebook],
) -> None:
    """Nobody was coded under the new themes yet: that tells nothing about them."""
    book = edit()
    with pytest.raises(
        CodingsError,
        match=r"codings are of version 1 of 'Tea', whose themes are others than in version 2.*"
        r"'secondcoder codebook follow'",
    ):
        secondcoder.check_codebook(book, codings=coded())
    moved = secondcoder.follow_codebook(book, coded()).codings
    assert secondcoder.check_codebook(book, codings=moved).n_quotes == 13


def test_codings_of_a_later_version_are_told_which_codebook_to_give() -> None:
    """Their themes are not there yet."""
    moved = secondcoder.follow_codebook(merged(), coded()).codings
    with pytest.raises(CodingsError, match=r"are of version 2 of 'Tea', later than version 1"):
        secondcoder.check_codebook(BOOK, codings=moved)


def test_a_theme_deleted_by_hand_is_named_by_a_check() -> None:
    """No step says what became of it."""
    less = BOOK.changed(themes=BOOK.themes[1:])
    with pytest.raises(CodingsError, match="the theme 'tea', which is not in this codebook"):
        secondcoder.check_codebook(less, codings=coded())


def test_a_theme_that_came_after_the_coding_is_not_called_unused() -> None:
    """Whether anybody speaks of it is not known; of cake it is."""
    pie = secondcoder.Theme(id="pie", name="Pie", definition="Of apples.")
    more = BOOK.changed(themes=(*BOOK.themes, pie))
    unused = {
        issue.theme_ids: issue.detail
        for issue in secondcoder.check_codebook(more, codings=coded()).issues
        if issue.kind is IssueKind.UNUSED
    }
    assert unused["pie",].startswith("not there yet when the chat was coded; code it again")
    assert unused["cake",].startswith("no quote; retire what nobody speaks of")


def test_codings_do_not_follow_where_a_theme_was_deleted_by_hand() -> None:
    """Nor where a question was; each is named with what helps."""
    less = BOOK.changed(themes=BOOK.themes[1:], version="1b")
    with pytest.raises(
        CodebookError,
        match=r"theme 'tea' has quotes and is gone from codebook version 1b without a recorded "
        r"step.*'secondcoder codebook retire'",
    ):
        secondcoder.follow_codebook(less, coded())
    time = BOOK.themes[1].model_copy(update={"questions": ("Q1",)})
    themes = (BOOK.themes[0], time, BOOK.themes[2])
    shorter = BOOK.changed(themes=themes, questions=BOOK.questions[:1])
    with pytest.raises(CodebookError, match="question 'Q2' has quotes and is gone"):
        secondcoder.follow_codebook(shorter, coded())
    unused = BOOK.changed(themes=BOOK.themes[:2])
    assert secondcoder.follow_codebook(unused, coded()).n_moved == 0
