"""How many, in words: the borders of the rule as docs/decisions/0023-key-findings.md states it."""

import pytest

from secondcoder.induction.amounts import amount


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (1, "one participant"),
        (2, "two participants"),
        (10, "a few participants"),
        (11, "several participants"),
        (25, "several participants"),
        (26, "many participants"),
        (50, "many participants"),
        (51, "most participants"),
        (90, "most participants"),
        (91, "nearly all participants"),
        (99, "nearly all participants"),
        (100, "all 100 participants"),
    ],
)
def test_shares_of_a_hundred_get_the_word_of_their_step(n: int, words: str) -> None:
    """10, 25, 50 and 90 % belong to the lower word; more than that to the upper."""
    assert amount(n, 100, "participant") == words


@pytest.mark.parametrize(
    ("n", "of", "words"),
    [
        (1, 1, "the only reply"),
        (1, 2, "one of two replies"),
        (2, 2, "both replies"),
        (1, 9, "one of nine replies"),
        (8, 9, "eight of nine replies"),
        (9, 9, "all nine replies"),
        (9, 10, "most replies"),
        (10, 10, "all 10 replies"),
    ],
)
def test_few_are_counted_out(n: int, of: int, words: str) -> None:
    """A share of fewer than ten says too little."""
    assert amount(n, of, "reply", "replies") == words
