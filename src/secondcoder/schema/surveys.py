"""The questions of a chat, and how many posts answer each by which rule."""

from pydantic import Field

from secondcoder.schema.chat import ChatCounts, Question
from secondcoder.schema.readings import Note
from secondcoder.schema.record import Record


class QuestionSummary(Record):
    """One question and the posts that may answer it. No question: the general posts."""

    question: Question | None
    n_posts: int = Field(ge=0, description="A post with two candidate questions counts in both.")
    by_rule: dict[str, int] = Field(description="Posts by the rule that said so.")


class QuestionsSummary(Record):
    """The questions of a chat in order, the general posts last."""

    title: str
    moderators: tuple[str, ...]
    counts: ChatCounts
    questions: tuple[QuestionSummary, ...]
    notes: tuple[Note, ...] = ()
