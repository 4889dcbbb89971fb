"""What one coder decided about one chat, every post accounted for."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from secondcoder.schema.chat import Attribution, ChatInfo, Identifier, Post, author_key_of
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.quotes import Quote
from secondcoder.schema.record import Record
from secondcoder.schema.runs import Run
from secondcoder.schema.votes import Votes

CODE_AGAIN = "code again"
"""Stands in the note of a quote whose theme was split: which part it belongs to is not decided."""


def awaits_coding(note: str | None) -> bool:
    """Return whether the note of a quote says that its theme was split and it is to be coded again.

    >>> awaits_coding("theme 'time' was split into hours, rotas: code again"), awaits_coding(None)
    (True, False)
    """
    return CODE_AGAIN in (note or "")


class Coding(Record):
    """One decision: this quote, this question, these themes.

    No theme at all means "other ideas"; no question means the post is general.
    """

    quote: Quote
    question_id: Identifier | None = None
    theme_ids: tuple[Identifier, ...] = ()
    confidence: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Chance that the themes are right; of a panel the share of votes for them.",
    )
    raw_confidence: float | None = Field(
        default=None, description="As the coder gave it, where `confidence` was calibrated."
    )
    votes: Votes | None = Field(default=None, description="Of a panel's members; None: no panel.")
    answer_key: str | None = Field(
        default=None, description="Key of the ledger's answer it was read from; None: no request."
    )
    note: str | None = None

    @model_validator(mode="after")
    def _themes_are_named_once(self) -> Self:
        if len(set(self.theme_ids)) < len(self.theme_ids):
            raise ValueError(f"themes {list(self.theme_ids)} of one quote repeat; name each once")
        return self


class LeftOutReason(StrEnum):
    """Why a post, or a stretch of it, gave no quote."""

    GREETING = "greeting"
    LOGISTICS = "logistics"
    QUESTION = "question"
    """It asks: a moderator's question post, or a question to another participant."""
    REPOST = "repost"
    DUPLICATE = "duplicate"
    OFF_TOPIC = "off-topic"
    NOT_ENGLISH = "not-english"
    """Not in the codebook's language."""
    NO_IDEA = "no-idea"
    """Thanks, agreement or reaction without an idea of its own."""
    EMPTY = "empty"
    """Nothing but links, hashtags, mentions or emoji."""
    NOT_CODED = "not-coded"
    """The coder never looked at it: outside the sample, or the run was stopped before it."""


class Quoted(Record):
    """The post gave at least one quote."""

    kind: Literal["quoted"] = "quoted"
    codings: tuple[Coding, ...] = Field(min_length=1)


class LeftOut(Record):
    """The coder looked and found nothing to quote, for this reason."""

    kind: Literal["left-out"] = "left-out"
    reason: LeftOutReason
    same_as: str | None = Field(
        default=None, description="Id of the post whose words it repeats, which is coded instead."
    )
    note: str | None = None


class Abstention(Record):
    """The coder looked and declined to decide: people should."""

    kind: Literal["abstained"] = "abstained"
    note: str = Field(min_length=1, description="Why, in a few words.")
    confidence: float | None = Field(default=None, ge=0, le=1)
    answer_key: str | None = None


class Failure(Record):
    """The machinery failed on this post. It is not a decision, and never "no theme"."""

    kind: Literal["failed"] = "failed"
    error: str = Field(min_length=1, description="Name of the error.")
    detail: str = Field(min_length=1)


Outcome = Annotated[Quoted | LeftOut | Abstention | Failure, Field(discriminator="kind")]
"""What became of a post: exactly one of four."""


class PostCodings(Record):
    """One post, the questions it may answer, and what became of it. Its quotes are verbatim."""

    post: Post
    attribution: Attribution = Attribution()
    outcome: Outcome

    @model_validator(mode="after")
    def _quotes_are_the_posts_own_words(self) -> Self:
        for coding in self.codings:
            coding.quote.check(self.post)
        return self

    @property
    def codings(self) -> tuple[Coding, ...]:
        """Return the post's codings; none unless it was quoted."""
        return self.outcome.codings if isinstance(self.outcome, Quoted) else ()


class CodingsInfo(Record):
    """What holds for all codings of one coder and chat."""

    chat: ChatInfo
    codebook: Codebook
    run: Run

    def check(self, coded: PostCodings) -> None:
        """Refuse codings that name a theme or question the codebook lacks.

        Raises:
            ValueError: Naming the post and the unknown id.
        """
        known_questions = {question.id for question in self.codebook.questions}
        for coding in coded.codings:
            for theme_id in coding.theme_ids:
                if theme_id not in self.codebook.theme_by_id:
                    raise ValueError(
                        f"post {coded.post.id}: theme '{theme_id}' is not in the codebook"
                    )
            if coding.question_id is not None and coding.question_id not in known_questions:
                raise ValueError(
                    f"post {coded.post.id}: question '{coding.question_id}' is not in the codebook"
                )


class Codings(Record):
    """Everything one coder decided about one chat: one entry per post, in the chat's order."""

    info: CodingsInfo
    posts: tuple[PostCodings, ...] = ()
    members: tuple["Codings", ...] = Field(
        default=(), description="Of a panel, each member's; written to files of their own."
    )

    @model_validator(mode="after")
    def _every_post_once_and_every_id_known(self) -> Self:
        seen: set[str] = set()
        for coded in self.posts:
            if coded.post.id in seen:
                raise ValueError(f"post {coded.post.id} is coded twice; every post appears once")
            seen.add(coded.post.id)
            self.info.check(coded)
        return self

    @property
    def quotes(self) -> tuple[Coding, ...]:
        """Return every coding, in the order of the posts and of their quotes."""
        return tuple(coding for coded in self.posts for coding in coded.codings)

    @property
    def moderators(self) -> dict[str, str]:
        """Return the names of who moderated by `Post.author_key`: as named, and who asked."""
        askers = (
            coded.post.author
            for coded in self.posts
            if self.asks(coded) and coded.post.author is not None
        )
        found: dict[str, str] = {}
        for name in (*self.info.chat.moderators, *askers):
            if (key := author_key_of(name)) is not None:
                found.setdefault(key, name)
        return found

    def asks(self, coded: PostCodings) -> bool:
        """Return whether the post is one that put a question of the chat."""
        return any(coded.post.id == question.asked_by for question in self.info.chat.questions)

    @property
    def failures(self) -> tuple[PostCodings, ...]:
        """Return the posts on which the machinery failed."""
        return tuple(coded for coded in self.posts if isinstance(coded.outcome, Failure))
