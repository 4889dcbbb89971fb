"""Halves of posts, and lines laid into a codebook."""

from datetime import UTC, datetime

import pytest
from induction.small_chat import BOOK, coded

from secondcoder.errors import CodebookError
from secondcoder.induction.refine import (
    Case,
    Confused,
    Pair,
    halves,
    lines_from_quotes,
    refined,
)
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.refinements import Suggestion

NOON = datetime(2024, 5, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(5))
def test_an_author_is_on_one_side_and_nobody_is_lost(seed: int) -> None:
    """Ann wrote three of the posts, once as @Ann."""
    pairs = [Pair(one, one) for one in coded().posts]
    learnt, held = halves(pairs, 0.5, seed)
    authors = [{pair.people.post.author_key for pair in side} for side in (learnt, held)]
    assert authors[0].isdisjoint(authors[1])
    assert len(learnt) + len(held) == len(pairs)
    assert abs(len(held) - len(pairs) / 2) <= 3
    assert halves(pairs, 0.5, seed) == (learnt, held)


def test_a_definition_is_replaced_only_where_it_still_stands() -> None:
    """Somebody edited the theme in between."""
    line = Suggestion(
        theme_id="tea", field="definition", before="Pauses together.", after="Pauses.", reason="r"
    )
    book = refined(BOOK, [line], NOON)
    assert book.theme_by_id["tea"].definition == "Pauses."
    assert [edit.reason for edit in book.edits] == ["definition: r"]
    with pytest.raises(CodebookError, match="theme 'tea' has another definition by now"):
        refined(book, [line], NOON)
    assert refined(BOOK, [], NOON) is BOOK


def test_no_suggested_example_is_a_near_copy_of_another_or_of_one_that_is_there() -> None:
    """Of four missed quotes one repeats the theme's example and one its neighbour."""
    said = (
        "We planted roses by the gate!",
        "the kettle is always on in our shed",
        "The kettle is always on in our shed, always",
        "soup for whoever digs",
    )
    missed = tuple(
        Case(Quote(post_id=f"p{n}", spans=(Span(start=0, end=len(text)),), text=text), f"a{n}", ())
        for n, text in enumerate(said)
    )
    theme = BOOK.themes[0].model_copy(update={"examples": ("we planted roses by the gate",)})
    lines = list(lines_from_quotes(BOOK, [Confused(theme, missed, ())]))
    assert [line.after for line in lines] == [said[1], said[3]]
    assert {line.theme_name for line in lines} == {"Tea breaks"}
