"""A post in its place: all that coding it needs to know of the rest of its chat."""

from typing import NamedTuple

from secondcoder.schema.chat import Attribution, Post


class PlacedPost(NamedTuple):
    """A post with what only a look at the whole chat can tell of it.

    Who has this, and a codebook, can code the post without the chat.
    """

    post: Post
    attribution: Attribution = Attribution()
    context: str | None = None
    """Words of the post it replies to, where a coder was said to want them."""
    is_question_post: bool = False
    """Whether it asks a question of the chat."""
    same_as: str | None = None
    """Id of the post whose words it repeats."""
    precedes_questions: bool = False
    """Whether it was written before the first question was asked."""
    named: tuple[str, ...] = ()
    """Handles of the chat that stand in it, or in the context, without a sign; in small letters."""
