"""What became of every post: quoted, left out with a reason, abstained or failed."""

from datetime import datetime
from typing import assert_never

from pydantic import AwareDatetime

from secondcoder.reporting.wording import author_name, shown, told, web_link
from secondcoder.schema.codings import (
    Abstention,
    Codings,
    Failure,
    LeftOut,
    LeftOutReason,
    PostCodings,
    Quoted,
)
from secondcoder.schema.record import Record

REASONS = {
    LeftOutReason.GREETING: ("Greetings", "hello, goodbye and introductions"),
    LeftOutReason.LOGISTICS: ("Logistics", "how, when and where the chat is held"),
    LeftOutReason.QUESTION: ("Questions", "posts that ask, the moderators' questions among them"),
    LeftOutReason.NO_IDEA: ("No idea of their own", "thanks, agreement or reaction alone"),
    LeftOutReason.OFF_TOPIC: ("Off topic", "about something else"),
    LeftOutReason.NOT_ENGLISH: (
        "In another language",
        "not in the language the codebook is written for",
    ),
    LeftOutReason.EMPTY: ("No words", "links, hashtags, mentions or emoji alone"),
    LeftOutReason.REPOST: ("Reposts", "another's words passed on; the original is coded once"),
    LeftOutReason.DUPLICATE: (
        "Duplicates",
        "word for word an earlier post; the first one is coded",
    ),
    LeftOutReason.NOT_CODED: (
        "Not looked at",
        "outside the sample, or the run was stopped before them",
    ),
}
"""Heading and meaning of each reason, in the order the appendix prints them."""


class UnquotedPost(Record):
    """A post that gave no quote, with what there is to say about it."""

    post_id: str
    text: str | None
    """None where it is counted and not shown: quotes are paraphrased, and it gave none."""
    author: str | None
    created_at: AwareDatetime | None
    written: str | None
    """When it was written, in words."""
    url: str | None
    why: str | None
    same_as: str | None = None
    """Id of the post whose words it repeats."""
    same_is_here: bool = False
    """Whether that post is part of this report, so that it can be linked to."""


class LeftOutGroup(Record):
    """The posts left out for one reason."""

    reason: LeftOutReason
    title: str
    meaning: str
    posts: tuple[UnquotedPost, ...]

    @property
    def sentence(self) -> str:
        """Return the meaning as a sentence of its own."""
        return f"{self.meaning[:1].upper()}{self.meaning[1:]}."


class Accounting(Record):
    """What became of every post. `quoted`, left out, abstained and failed add up to all."""

    n_posts: int
    n_quoted: int
    left_out: tuple[LeftOutGroup, ...]
    abstained: tuple[UnquotedPost, ...]
    failed: tuple[UnquotedPost, ...]

    @property
    def n_left_out(self) -> int:
        """Return how many posts were left out, whatever the reason."""
        return sum(len(group.posts) for group in self.left_out)

    @property
    def rows(self) -> tuple[tuple[str, int], ...]:
        """Return the lines of the table that adds up, the total last."""
        return (
            ("Quoted", self.n_quoted),
            ("Left out, with a reason", self.n_left_out),
            ("Abstained: for people to decide", len(self.abstained)),
            ("Failed: not coded because of a fault", len(self.failed)),
            ("All posts", self.n_posts),
        )


def accounting(codings: Codings) -> Accounting:
    """Return what became of every post of the codings."""
    start = codings.info.chat.starts_at
    ids = {coded.post.id for coded in codings.posts}
    groups: dict[LeftOutReason, list[UnquotedPost]] = {reason: [] for reason in REASONS}
    abstained: list[UnquotedPost] = []
    failed: list[UnquotedPost] = []
    n_quoted = 0
    for coded in codings.posts:
        match coded.outcome:
            case Quoted():
                n_quoted += 1
            case LeftOut(reason=reason, note=note):
                groups[reason].append(_unquoted(coded, note, ids, start))
            case Abstention(note=note):
                abstained.append(_unquoted(coded, note, ids, start))
            case Failure(error=error, detail=detail):
                failed.append(_unquoted(coded, f"{error}: {detail}", ids, start))
            case _ as never:
                assert_never(never)
    return Accounting(
        n_posts=len(codings.posts),
        n_quoted=n_quoted,
        left_out=tuple(
            LeftOutGroup(
                reason=reason,
                title=REASONS[reason][0],
                meaning=REASONS[reason][1],
                posts=tuple(posts),
            )
            for reason, posts in groups.items()
            if posts
        ),
        abstained=tuple(abstained),
        failed=tuple(failed),
    )


def _unquoted(
    coded: PostCodings, why: str | None, ids: set[str], start: datetime | None
) -> UnquotedPost:
    post, outcome = coded.post, coded.outcome
    same_as = (outcome.same_as or post.repost_of) if isinstance(outcome, LeftOut) else None
    return UnquotedPost(
        post_id=post.id,
        text=shown(post.text),
        author=author_name(post.author),
        created_at=post.created_at,
        written=told(post.created_at, start),
        url=web_link(post.url),
        why=why,
        same_as=same_as,
        same_is_here=same_as in ids,
    )
