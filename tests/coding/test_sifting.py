"""A post in its place becomes a task, or is settled by rules."""

from secondcoder.coding.sifting import sift
from secondcoder.coding.tasks import Task
from secondcoder.schema.chat import Attribution, AttributionRule, Post
from secondcoder.schema.codings import LeftOut, LeftOutReason, PostCodings
from secondcoder.schema.placed import PlacedPost

POST = Post(id="2", text="A1 Protected time every week would help all of us a lot.")
ANSWERS_Q1 = Attribution(question_ids=("Q1",), rule=AttributionRule.LABEL)


def test_a_post_with_words_of_its_own_becomes_a_task() -> None:
    """Its segments cover its text; attribution and context go along."""
    sifted = sift(PlacedPost(POST, ANSWERS_Q1, "What would help?"), language="en")
    assert isinstance(sifted, Task)
    assert "".join(piece.span.of(POST.text) for piece in sifted.segments) == POST.text
    assert (sifted.attribution, sifted.context) == (ANSWERS_Q1, "What would help?")


def test_what_the_chat_tells_settles_a_post_without_a_coder() -> None:
    """The same words again are left out, whatever they say."""
    sifted = sift(PlacedPost(POST, ANSWERS_Q1, same_as="1"), language="en")
    outcome = LeftOut(reason=LeftOutReason.DUPLICATE, same_as="1")
    assert sifted == PostCodings(post=POST, attribution=ANSWERS_Q1, outcome=outcome)
