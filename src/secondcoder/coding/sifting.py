"""Sifting: a post in its place becomes a task for a coder, or is settled by rules."""

from secondcoder.coding.segments import segments
from secondcoder.coding.tasks import Task
from secondcoder.coding.triage import triage
from secondcoder.schema.codings import PostCodings
from secondcoder.schema.placed import PlacedPost


def sift(placed: PlacedPost, *, language: str) -> Task | PostCodings:
    """Return what to ask a coder about a post, or the decision where rules suffice.

    Args:
        placed: The post, and what the whole chat tells of it.
        language: Language of the codebook, ISO 639-1.
    """
    post = placed.post
    pieces = segments(post.text)
    left_out = triage(
        post,
        pieces,
        language=language,
        is_question_post=placed.is_question_post,
        same_as=placed.same_as,
        precedes_questions=placed.precedes_questions,
    )
    if left_out is None:
        return Task(post, placed.attribution, pieces, placed.context, placed.named)
    return PostCodings(post=post, attribution=placed.attribution, outcome=left_out)
