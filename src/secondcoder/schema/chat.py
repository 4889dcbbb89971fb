"""A tweet chat: its posts, and the questions its moderators asked."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, StringConstraints, field_validator, model_validator

from secondcoder.schema.record import Record

Identifier = Annotated[str, StringConstraints(min_length=1, pattern=r"^\S+$")]
"""An id: not empty, no white space."""


LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a character, as damaged exports hold: no encoding can write it, so no text is one."""


def author_key_of(name: str) -> str | None:
    """Return a handle or name as authors are told apart; None if nothing of it is seen.

    >>> author_key_of("@Ann"), author_key_of(" ")
    ('ann', None)
    """
    seen = name if name.isprintable() else "".join(filter(str.isprintable, name))
    return seen.strip().lstrip("@").casefold() or None


class Post(Record):
    """One message exactly as read; `text` is never altered, not even its HTML entities."""

    id: Identifier
    text: str
    author: str | None = Field(default=None, description="Handle or name, without a leading @.")
    created_at: AwareDatetime | None = None
    in_reply_to: str | None = Field(default=None, description="Id of the post this one answers.")
    in_reply_to_author: str | None = None
    repost_of: str | None = Field(
        default=None, description="Id of the post this one repeats, where the platform tells it."
    )
    is_repost: bool = Field(default=False, description="Another's words passed on (`RT @…`).")
    quote_of: str | None = Field(default=None, description="Id of the post this one comments on.")
    question: str | None = Field(
        default=None,
        description="Which question it answers, as the source says: `Q2a`, or in full.",
    )
    url: str | None = None
    lang: str | None = Field(default=None, description="Language as the platform gives it: `en`.")
    row: int | None = Field(
        default=None, ge=1, description="Line or row of the source file, counted from 1."
    )

    @property
    def author_key(self) -> str | None:
        """Return the author as authors are told apart: case, a leading @ and what is unseen aside.

        >>> Post(id="1", text="", author="@Ann").author_key, Post(id="1", text="").author_key
        ('ann', None)
        """
        return author_key_of(self.author) if self.author is not None else None

    @model_validator(mode="after")
    def _a_post_that_repeats_another_is_a_repost(self) -> Self:
        if self.repost_of is not None and not self.is_repost:
            raise ValueError(f"post {self.id} names repost_of but is_repost is false")
        return self

    @field_validator("text")
    @classmethod
    def _text_can_be_written(cls, text: str) -> str:
        if not text.isascii() and (found := LONE_SURROGATE.search(text)):
            raise ValueError(
                f"the text holds half a character at {found.start()}; replace it, such as by "
                f"\ufffd: text.encode('utf-8', 'replace')"
            )
        return text


class Question(Record):
    """What a moderator asked. `Q2a` and `Q2b` are parts whose parent is `Q2`."""

    id: Identifier
    text: str = ""
    parent: Identifier | None = None
    asked_by: str | None = Field(default=None, description="Id of the post that asked it.")
    asked_at: AwareDatetime | None = None

    def unasked(self) -> Self:
        """Return the question without who asked it when, which is for each chat to say."""
        return self.model_copy(update={"asked_by": None, "asked_at": None})


def check_questions(questions: tuple[Question, ...]) -> None:
    """Refuse questions whose ids repeat, or whose parent is unknown, itself or a part.

    Raises:
        ValueError: With the offending id. (Pydantic turns it into a validation error.)
    """
    counts = Counter(question.id for question in questions)
    for question in questions:
        if counts[question.id] > 1:
            raise ValueError(f"question '{question.id}' appears twice; ids must be unique")
        if question.parent == question.id:
            raise ValueError(f"question '{question.id}' is its own parent; name another or none")
        if question.parent is not None and question.parent not in counts:
            raise ValueError(
                f"question '{question.id}' names parent '{question.parent}', which is not among "
                f"the questions; add it or remove 'parent'"
            )
    if misplaced := misplaced_part({question.id: question.parent for question in questions}):
        raise ValueError(misplaced[1])


def misplaced_part(parents: Mapping[str, str | None]) -> tuple[str, str] | None:
    """Return the first question that can't be a part of its parent, and why; None if all can.

    Parts have no parts: themes and answers are looked up over one step from part to whole.

    Args:
        parents: The parent of each question, by id.

    >>> misplaced_part({"Q1": "Q2", "Q2": "Q1"})[1]
    "questions are parts of each other in a circle: Q1 → Q2 → Q1; remove 'parent' from one"
    """
    for question_id in parents:
        path = [question_id]
        while (above := parents.get(path[-1])) is not None and above not in path:
            path.append(above)
        if above is not None:
            circle = " → ".join([*path[path.index(above) :], above])
            return above, (
                f"questions are parts of each other in a circle: {circle}; remove 'parent' from one"
            )
        if len(path) > 2:  # noqa: PLR2004 - a part and its whole
            whole = path[-1]
            return question_id, (
                f"question '{question_id}' names parent '{path[1]}', which is itself a part of "
                f"'{path[2]}'; parts have no parts, so name '{whole}' as its parent"
            )
    return None


class AttributionRule(StrEnum):
    """How it was decided which questions a post answers, in the order the rules are tried."""

    GIVEN = "given"
    """The source says so: a column of the file, or a report's heading."""
    LABEL = "label"
    """The post names the question: `A1`, `A2a:`, `Q1/A1`, `Answer 1`."""
    REPLY = "reply"
    """Its chain of replies leads to a moderator's question post."""
    THREAD = "thread"
    """It continues the author's own post, whose question is known."""
    TIME = "time"
    """It was written after one question was asked and before the next."""
    NONE = "none"
    """No rule applied: the post is general."""


class Attribution(Record):
    """The questions a post may answer, and the rule that said so.

    Several ids are candidates: the coder decides per quote. None means the post is general.
    """

    question_ids: tuple[Identifier, ...] = ()
    rule: AttributionRule = AttributionRule.NONE
    evidence: str | None = Field(
        default=None, description="What the rule saw: the label's text, or a post's id."
    )

    @model_validator(mode="after")
    def _a_rule_that_fired_names_a_question(self) -> Self:
        if (self.rule is AttributionRule.NONE) != (not self.question_ids):
            raise ValueError(f"rule {self.rule} with questions {list(self.question_ids)}")
        return self


class WindowCount(Record):
    """Posts and participants of one stretch of time, as a chat's report counts them."""

    hours: float = Field(gt=0, description="Length of the window from the chat's start, in hours.")
    n_posts: int = Field(ge=0, description="All posts in the window, reposts included.")
    n_reposts: int = Field(ge=0)
    n_participants: int = Field(ge=0, description="Distinct authors, case-insensitive.")


class ChatCounts(Record):
    """The figures of a report's introduction. `windows` holds the hour and the 24 hours."""

    n_posts: int = Field(ge=0)
    n_reposts: int = Field(ge=0)
    n_duplicates: int = Field(ge=0, description="Posts that repeat an earlier post's exact text.")
    n_participants: int = Field(ge=0)
    n_without_time: int = Field(ge=0, description="Posts that no window can count.")
    windows: tuple[WindowCount, ...] = ()


class ChatInfo(Record):
    """What is known of a chat beside its posts."""

    title: str = "Chat"
    hashtag: str | None = Field(default=None, description="Without the leading #.")
    source: str | None = Field(default=None, description="Name of the file the posts came from.")
    source_url: str | None = Field(default=None, description="Where the chat can be read.")
    starts_at: AwareDatetime | None = None
    start_is_inferred: bool = Field(
        default=False,
        description="Whether the start is the first question's time, none being given.",
    )
    length: timedelta | None = Field(
        default=None, gt=timedelta(0), description="How long the chat lasted, if that is known."
    )
    moderators: tuple[str, ...] = Field(
        default=(), description="Handles, as far as named; who asked the questions moderates, too."
    )
    questions: tuple[Question, ...] = ()
    counts: ChatCounts | None = None

    @property
    def usual_length(self) -> timedelta:
        """Return the length as given; an hour where it is not, as tweet chats mostly last."""
        return self.length or timedelta(hours=1)

    @model_validator(mode="after")
    def _questions_are_unique_and_parents_known(self) -> Self:
        check_questions(self.questions)
        return self


class Chat(Record):
    """The posts of one event, in the order of the file, and what is known of it."""

    info: ChatInfo = ChatInfo()
    posts: tuple[Post, ...] = ()

    @model_validator(mode="after")
    def _post_ids_are_unique(self) -> Self:
        counts = Counter(post.id for post in self.posts)
        twice = [post_id for post_id, n in counts.items() if n > 1]
        if twice:
            raise ValueError(f"post id {twice[0]} appears {counts[twice[0]]} times; ids are unique")
        return self


def parts_of(question_id: str, questions: tuple[Question, ...]) -> tuple[str, ...]:
    """Return the question's own id, or the ids of its parts where it has parts.

    >>> questions = (Question(id="Q2"), Question(id="Q2a", parent="Q2"))
    >>> parts_of("Q2", questions)
    ('Q2a',)
    """
    parts = tuple(question.id for question in questions if question.parent == question_id)
    return parts or (question_id,)
