"""The rows of an export may stand in any order: the same posts give the same themes."""

import random
from pathlib import Path

import pytest

import secondcoder
from secondcoder.schema.chat import Chat, Post

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "improvement-chat" / "chat.csv"
SAYS = ("a cold kitchen", "the kitchen door", "no time to eat", "time is short", "eat the cake")


def timed() -> Chat:
    """Return the example chat, whose posts have times."""
    return secondcoder.read_chat(EXAMPLE)


def without_times() -> Chat:
    """Return some thirty posts that only their ids put in order."""
    says = (f"{one} and {other}" for one in SAYS for other in SAYS)
    posts = (
        Post(id=str(number), author=f"p{number}", text=text) for number, text in enumerate(says, 1)
    )
    return Chat(posts=tuple(posts))


@pytest.mark.parametrize("chat", [timed(), without_times()], ids=["times", "ids"])
@pytest.mark.parametrize("sample", [2000, 20], ids=["whole", "sample"])
def test_reversed_and_shuffled_rows_give_the_same_proposal(chat: Chat, sample: int) -> None:
    """Themes, their quotes in order, what no theme covers, the curve and the sample."""
    reversed_rows, shuffled = list(chat.posts[::-1]), list(chat.posts)
    random.Random(1).shuffle(shuffled)  # noqa: S311  # rows, no secret
    first, *others = (
        secondcoder.propose(chat.model_copy(update={"posts": tuple(posts)}), sample=sample)
        for posts in (chat.posts, reversed_rows, shuffled)
    )
    assert first.themes
    for other in others:
        assert other.codebook.sha256 == first.codebook.sha256
        assert other.themes == first.themes
        assert other.residue == first.residue
        assert other.saturation == first.saturation
        assert other.sample == first.sample
        assert other.notes == first.notes
