"""Halves of posts, and lines laid into a codebook."""

from datetime import UTC, datetime

import pytest
from induction.small_chat import BOOK, coded

from secondcoder.errors import CodebookError
from secondcoder.induction.refine import Pair, halves, refined
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
